"""A provider whose every byte the test decides: it reads requests and calls the test's function for each."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable

from .net import Message, Wire, free_port


class Exchange:
    """One request that reached the upstream, and the connection to answer it on."""

    def __init__(self, request: Message, wire: Wire):
        self.request = request
        self.wire = wire
        self.keeps_alive = True

    def send(self, data: bytes) -> None:
        self.wire.send(data)

    def pieces(self):
        """The request's body as it comes, from an upstream that reads heads alone; `request.whole` tells its end."""
        return self.wire.read_pieces(self.request)

    def read_body(self) -> bytes:
        """The rest of the request's body."""
        self.request.body = b"".join(self.pieces())
        return self.request.body

    def send_plain(
        self, body: bytes, status: str = "200 OK", headers: dict[str, str] | None = None, length: int | None = None
    ) -> None:
        """A whole answer with a content-length."""
        fields = {"content-type": "application/json", "content-length": str(len(body) if length is None else length)}
        fields.update(headers or {})
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.send(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

    def begin_stream(self, headers: dict[str, str] | None = None) -> None:
        fields = {"content-type": "text/event-stream", "transfer-encoding": "chunked", **(headers or {})}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.send(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode())

    def send_chunk(self, data: bytes) -> None:
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def end_stream(self, last: bytes = b"") -> None:
        """Ends the body, together with its last chunk if one is given.

        In two writes the gateway may have answered the caller before the connection can serve the next call, which
        then makes one of its own.
        """
        chunk = b"%x\r\n%s\r\n" % (len(last), last) if last else b""
        self.send(chunk + b"0\r\n\r\n")

    def close(self) -> None:
        self.keeps_alive = False
        self.wire.close()

    def reset(self) -> None:
        self.keeps_alive = False
        self.wire.reset()

    def wait_for_close(self, seconds: float = 20.0) -> bool:
        """Whether the gateway closes the connection within the time."""
        self.keeps_alive = False
        return self.wire.is_closed(seconds)


Handler = Callable[[Exchange], None]


class ScriptedUpstream:
    """Listens on 127.0.0.1 and answers each request as `handler` says; keeps every request as it came.

    With `heads_only` the handler reads the body, or does not.
    """

    def __init__(
        self, handler: Handler | None = None, tls: ssl.SSLContext | None = None, *, heads_only: bool = False,
    ):
        self._heads_only = heads_only
        self.handler: Handler = handler or answer_chat
        self.requests: list[Message] = []
        self.errors: list[BaseException] = []
        self.connections = 0
        self.port = free_port()
        self._tls = tls
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        if heads_only:
            # What the kernel takes for a provider that does not read is not large.
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> "ScriptedUpstream":
        return self

    def __exit__(self, *_: object) -> None:
        # Wakes the thread that accepts: it could go on with whatever socket has the listener's number next.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for sock in self._open:
                sock.close()

    def refuse(self) -> None:
        """Takes no more connections; those it has go on."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def last(self) -> Message:
        return self.requests[-1]

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            sock.settimeout(60)
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(sock)
                self.connections += 1
            wire = Wire(sock)
            while True:
                try:
                    request = wire.read_head() if self._heads_only else wire.read_request()
                except (EOFError, OSError):
                    return
                exchange = Exchange(request, wire)
                with self._lock:
                    self.requests.append(request)
                self.handler(exchange)
                if not exchange.keeps_alive:
                    return
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass
        except OSError as error:
            # A handler that outlives the test writes to a closed socket.
            self.errors.append(error)
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()


USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


def completion(content: str = "Hello.", usage: dict | None = USAGE, **more: object) -> bytes:
    """A chat completion as a provider sends it."""
    answer = {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_767_225_600, "model": "upstream-model",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
        **more,
    }
    if usage is not None:
        answer["usage"] = usage
    return json.dumps(answer).encode()


def event(payload: dict | str) -> bytes:
    """One server-sent event."""
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return f"data: {text}\n\n".encode()


def delta(content: str | None = None, finish: str | None = None) -> bytes:
    """A chunk of a streamed completion."""
    choice = {"index": 0, "delta": {} if content is None else {"content": content}, "finish_reason": finish}
    return event({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_767_225_600, "model": "upstream-model",
        "choices": [choice],
    })


def usage_event(usage: dict = USAGE) -> bytes:
    """The extra chunk of `include_usage`: no choices, a usage object."""
    return event({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_767_225_600, "model": "upstream-model",
        "choices": [], "usage": usage,
    })


DONE = b"data: [DONE]\n\n"


def answer_chat(exchange: Exchange) -> None:
    """Answers as OpenAI would: plain or streamed, with usage where it is asked for."""
    body = json.loads(exchange.request.body)
    if not body.get("stream"):
        exchange.send_plain(completion(), headers={"x-request-id": "upstream-1"})
        return
    exchange.begin_stream()
    for word in ("Hel", "lo", "."):
        exchange.send_chunk(delta(word))
    exchange.send_chunk(delta(finish="stop"))
    if (body.get("stream_options") or {}).get("include_usage"):
        exchange.send_chunk(usage_event())
    exchange.end_stream(DONE)
