"""Ports and raw HTTP/1.1 over sockets, for tests that care about every byte."""

import itertools
import os
import random
import socket
import struct
from dataclasses import dataclass, field

# Below Linux's range for outgoing connections, so that nothing takes a port between the choice and its use.
_ports = itertools.count(random.Random(os.getpid()).randrange(15_000, 30_000))


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on; never the same one twice in a run."""
    while True:
        port = 15_000 + next(_ports) % 17_000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@dataclass
class Message:
    """An HTTP message as it came: the start line, the header fields in order, and the decoded body."""

    start: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    raw: bytes = b""
    # False when the connection ended inside the body.
    whole: bool = True
    trailers: bytes = field(default=b"")

    @property
    def status(self) -> int:
        return int(self.start.split()[1])

    @property
    def target(self) -> str:
        """A request's path and query."""
        return self.start.split()[1]

    def header(self, name: str) -> str | None:
        values = self.all(name)
        return values[0] if values else None

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


class Wire:
    """A buffered socket that reads HTTP messages and nothing else."""

    def __init__(self, sock: socket.socket):
        self.sock = sock
        self.buffer = b""

    @classmethod
    def connect(cls, port: int, timeout: float = 20.0) -> "Wire":
        sock = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(sock)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        try:
            self.sock.close()
        except OSError:
            pass

    def reset(self) -> None:
        """Closes with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def fill(self) -> bool:
        """Reads more; False at the end of the stream."""
        data = self.sock.recv(65_536)
        self.buffer += data
        return bool(data)

    def is_closed(self, timeout: float = 5.0) -> bool:
        """Whether the peer closes within the time; bytes that come first are kept."""
        self.sock.settimeout(timeout)
        try:
            while self.fill():
                pass
            return True
        except (TimeoutError, socket.timeout):
            return False
        except OSError:
            return True

    def read_until(self, mark: bytes) -> bytes:
        """Everything up to and with the mark; raises EOFError when the stream ends before it."""
        while mark not in self.buffer:
            if not self.fill():
                raise EOFError(f"the stream ended after {self.buffer[-200:]!r}")
        head, _, self.buffer = self.buffer.partition(mark)
        return head + mark

    def read_exactly(self, count: int) -> bytes:
        while len(self.buffer) < count:
            if not self.fill():
                raise EOFError(f"{count - len(self.buffer)} bytes are missing")
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read_head(self) -> Message:
        raw = self.read_until(b"\r\n\r\n")
        lines = raw.decode("latin-1").split("\r\n")
        fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if line]
        return Message(start=lines[0], headers=fields, raw=raw)

    def read_chunk(self) -> bytes | None:
        """The next chunk of a chunked body; None for the last one."""
        size = int(self.read_until(b"\r\n").split(b";")[0], 16)
        if size == 0:
            while self.read_until(b"\r\n") != b"\r\n":
                pass
            return None
        data = self.read_exactly(size)
        assert self.read_exactly(2) == b"\r\n"
        return data

    def read_body(self, message: Message, is_answer: bool) -> None:
        """Reads the body that the head announces into the message."""
        length = message.header("content-length")
        try:
            if "chunked" in (message.header("transfer-encoding") or ""):
                while (chunk := self.read_chunk()) is not None:
                    message.body += chunk
            elif length is not None:
                message.body = self.read_exactly(int(length))
            elif is_answer and message.status >= 200 and message.status not in (204, 304):
                while self.fill():
                    pass
                message.body, self.buffer = self.buffer, b""
        except (EOFError, ConnectionError):
            message.whole = False

    def read_pieces(self, message: Message):
        """A request's body as it comes, of which the head was read; ends early where the connection does."""
        length = message.header("content-length")
        try:
            if length is None:
                while (chunk := self.read_chunk()) is not None:
                    yield chunk
                return
            left = int(length)
            while left > 0:
                if not self.buffer and not self.fill():
                    raise EOFError
                piece, self.buffer = self.buffer[:left], self.buffer[left:]
                left -= len(piece)
                yield piece
        except (EOFError, ConnectionError):
            message.whole = False

    def read_answer(self) -> Message:
        """The next final answer with its body."""
        while True:
            message = self.read_head()
            if message.status >= 200:
                self.read_body(message, is_answer=True)
                return message

    def read_request(self) -> Message:
        message = self.read_head()
        if (message.header("expect") or "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.read_body(message, is_answer=False)
        return message


def request_bytes(
    path: str, body: bytes, headers: dict[str, str] | None = None, method: str = "POST", length: int | None = None
) -> bytes:
    """A whole request with a content-length; the header dictionary may override every field."""
    fields = {"host": "127.0.0.1", "content-type": "application/json"}
    if length is not None or body:
        fields["content-length"] = str(len(body) if length is None else length)
    fields.update({name.lower(): value for name, value in (headers or {}).items()})
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return head.encode() + b"\r\n" + body


def chunked(body: bytes, size: int) -> bytes:
    """The body in chunks of a size, with its end."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
