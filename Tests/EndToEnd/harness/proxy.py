"""An HTTP proxy that makes tunnels, as companies put between their servers and the internet."""

import base64
import socket
import threading

from .net import Message, Wire, free_port


class TunnelProxy:
    """Listens on 127.0.0.1 and answers CONNECT; keeps every request as it came."""

    def __init__(self, credential: str | None = None, answer: bytes | None = None, port: int | None = None):
        """
        :param credential: `USER:PASSWORD` that it asks for.
        :param answer: sent instead of making a tunnel; empty: nothing is sent.
        """
        self.credential = credential
        self.answer = answer
        self.requests: list[Message] = []
        self.port = port or free_port()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "TunnelProxy":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Takes no more connections and cuts those it has."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for sock in self._open:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with self._lock:
            self._open.add(sock)
        try:
            wire = Wire(sock)
            request = wire.read_head()
            self.requests.append(request)
            if self.answer is not None:
                wire.send(self.answer)
                wire.is_closed(20)
            elif not self._may_pass(request):
                wire.send(b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                          b"proxy-authenticate: Basic realm=\"test\"\r\ncontent-length: 5\r\n\r\nno...")
                wire.is_closed(20)
            else:
                self._tunnel(wire, request)
        except (EOFError, OSError):
            pass
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()

    def _may_pass(self, request: Message) -> bool:
        if self.credential is None:
            return True
        expected = "Basic " + base64.b64encode(self.credential.encode()).decode()
        return request.all("proxy-authorization") == [expected]

    def _tunnel(self, wire: Wire, request: Message) -> None:
        host, _, port = request.target.rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port)), timeout=20) as target:
            # In two pieces, with a field: what follows must not be taken for the provider's.
            wire.send(b"HTTP/1.1 200 Connection ")
            wire.send(b"established\r\nvia: 1.1 test\r\n\r\n")
            with self._lock:
                self._open.add(target)
            target.sendall(wire.buffer)
            back = threading.Thread(target=_copy, args=(target, wire.sock), daemon=True)
            back.start()
            _copy(wire.sock, target)
            back.join(20)
        with self._lock:
            self._open.discard(target)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
