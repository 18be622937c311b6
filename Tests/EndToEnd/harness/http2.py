"""A provider over HTTP/2 whose every frame the test decides, and nginx with HTTP/2 before another provider."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h2.settings

from .net import Message, free_port
from .process import Server
from .upstream import answer_chat
from .waiting import until


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """A frame as RFC 9113, section 4.1, has it."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


class Http2Exchange:
    """One request that reached the provider, and its stream; answers as `Exchange` does over HTTP/1.1."""

    def __init__(self, connection: "Http2Connection", stream: int, request: Message):
        self.connection = connection
        self.stream = stream
        self.request = request
        self.body_ended = threading.Event()
        self.was_reset = threading.Event()
        self.received = 0

    def head(self, status: str = "200", headers: dict[str, str] | None = None, ends: bool = False) -> None:
        fields = [(":status", status.split()[0]), *((headers or {}).items())]
        self.connection.act(lambda engine: engine.send_headers(self.stream, fields, end_stream=ends))

    def send_plain(
        self, body: bytes, status: str = "200 OK", headers: dict[str, str] | None = None, length: int | None = None
    ) -> None:
        """A whole answer with a content-length."""
        size = len(body) if length is None else length
        self.head(status, {"content-type": "application/json", "content-length": str(size), **(headers or {})})
        self.end_stream(body)

    def begin_stream(self, headers: dict[str, str] | None = None) -> None:
        self.head(headers={"content-type": "text/event-stream", **(headers or {})})

    def send_chunk(self, data: bytes, ends: bool = False, padding: int | None = None) -> None:
        """Waits where the gateway's windows are full; raises ConnectionError once the stream is over."""
        while data:
            data = data[self.connection.send(self.stream, data, ends, padding):]

    def end_stream(self, last: bytes = b"") -> None:
        if last:
            self.send_chunk(last, ends=True)
        else:
            self.connection.act(lambda engine: engine.end_stream(self.stream))

    def reset(self, code: int) -> None:
        self.connection.act(lambda engine: engine.reset_stream(self.stream, code))

    def close(self) -> None:
        self.connection.close()

    def take_streams(self, count: int) -> None:
        """Tells the gateway how many streams the connection takes from now on."""
        self.connection.act(lambda engine: engine.update_settings(
            {h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: count}))

    def take_body(self, count: int) -> None:
        """Lets the gateway send so many bytes more, where the provider acknowledges nothing by itself."""
        self.connection.act(lambda engine: engine.acknowledge_received_data(count, self.stream))


class Http2Connection:
    """One connection: a thread reads it, and each request's handler has a thread of its own."""

    def __init__(self, server: "Http2Upstream", sock: ssl.SSLSocket):
        self.server = server
        self.sock = sock
        self.changed = threading.Condition()
        self.exchanges: dict[int, Http2Exchange] = {}
        self.is_over = False
        self.pings = 0
        self.went_away = threading.Event()
        self.engine = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))

    def serve(self) -> None:
        settings = h2.settings.SettingCodes
        bounds = {settings.MAX_CONCURRENT_STREAMS: self.server.max_streams}
        if self.server.window is not None:
            bounds[settings.INITIAL_WINDOW_SIZE] = self.server.window
        self.engine.local_settings = h2.settings.Settings(client=False, initial_values=bounds)
        self.server.opened(self)
        try:
            self.act(lambda engine: engine.initiate_connection())
            while data := self.sock.recv(65_536):
                with self.changed:
                    events = self.engine.receive_data(data)
                    for event in events:
                        self.took(event)
                    self.flush()
                    self.changed.notify_all()
        except (OSError, h2.exceptions.ProtocolError):
            pass
        finally:
            self.close()

    def took(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.RequestReceived():
                fields = [(name.decode(), value.decode()) for name, value in event.headers]
                named = dict(fields)
                request = Message(start=f"{named[':method']} {named[':path']} HTTP/2", headers=fields)
                exchange = Http2Exchange(self, event.stream_id, request)
                self.exchanges[event.stream_id] = exchange
                with self.server.lock:
                    self.server.requests.append(request)
                if self.server.heads_only:
                    self.start(exchange)
            case h2.events.DataReceived():
                exchange = self.exchanges[event.stream_id]
                exchange.received += len(event.data)
                if not self.server.heads_only:
                    exchange.request.body += event.data
                if self.server.acknowledges:
                    self.engine.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case h2.events.StreamEnded():
                self.exchanges[event.stream_id].body_ended.set()
                if not self.server.heads_only:
                    self.start(self.exchanges[event.stream_id])
            case h2.events.StreamReset():
                self.exchanges[event.stream_id].was_reset.set()
            case h2.events.PingReceived():
                self.pings += 1
            case h2.events.ConnectionTerminated():
                self.went_away.set()

    def start(self, exchange: Http2Exchange) -> None:
        threading.Thread(target=self.handle, args=(exchange,), daemon=True).start()

    def handle(self, exchange: Http2Exchange) -> None:
        try:
            self.server.handler(exchange)
        except (OSError, h2.exceptions.ProtocolError):
            pass

    def act(self, action: Callable[[h2.connection.H2Connection], None]) -> None:
        """Does something with the protocol's engine and sends what comes of it."""
        with self.changed:
            action(self.engine)
            self.flush()

    def flush(self) -> None:
        if (data := self.engine.data_to_send()) and not self.server.is_deaf:
            self.sock.sendall(data)

    def send(self, stream: int, data: bytes, ends: bool, padding: int | None) -> int:
        """Sends what the windows let pass, at least a byte; how many bytes that were."""
        with self.changed:
            while (room := self.room(stream)) == 0:
                if not self.changed.wait(60):
                    raise ConnectionError("the window stayed shut")
            piece = data[:min(room, self.engine.max_outbound_frame_size) - (padding or -1) - 1]
            self.engine.send_data(stream, piece, end_stream=ends and len(piece) == len(data), pad_length=padding)
            self.flush()
            return len(piece)

    def room(self, stream: int) -> int:
        if self.is_over:
            raise ConnectionError("the connection is over")
        try:
            return self.engine.local_flow_control_window(stream)
        except h2.exceptions.ProtocolError as error:
            raise ConnectionError("the stream is over") from error

    def go_away(self, last: int, code: int = 0) -> None:
        """Takes no more streams; the engine itself would end those on the way as well."""
        self.raw(frame(7, 0, 0, last.to_bytes(4, "big") + code.to_bytes(4, "big")))

    def raw(self, data: bytes) -> None:
        """Sends bytes behind the engine's back."""
        with self.changed:
            self.sock.sendall(data)

    def close(self) -> None:
        with self.changed:
            self.is_over = True
            self.changed.notify_all()
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()


class Http2Upstream:
    """Listens on 127.0.0.1 with TLS and answers each request as `handler` says.

    :param heads_only: the handler is called with the head, and bodies are not kept.
    :param acknowledges: whether the windows for requests' bodies are refilled.
    """

    def __init__(
        self, tls: ssl.SSLContext, handler: Callable[[Http2Exchange], None] | None = None, *, max_streams: int = 128,
        window: int | None = None, heads_only: bool = False, acknowledges: bool = True,
    ):
        self.handler = handler or answer_chat
        self.max_streams = max_streams
        self.window = window
        self.heads_only = heads_only
        self.acknowledges = acknowledges
        # Whether nothing is sent, not even what the protocol asks for.
        self.is_deaf = False
        self.requests: list[Message] = []
        self.connections: list[Http2Connection] = []
        self.lock = threading.Lock()
        self.port = free_port()
        tls.set_alpn_protocols(["h2"])
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"https://127.0.0.1:{self.port}/v1"

    @property
    def last(self) -> Message:
        return self.requests[-1]

    def opened(self, connection: Http2Connection) -> None:
        with self.lock:
            self.connections.append(connection)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            encrypted = self._tls.wrap_socket(sock, server_side=True)
        except OSError:
            return sock.close()
        Http2Connection(self, encrypted).serve()

    def close(self) -> None:
        self._listener.close()
        for connection in self.connections:
            connection.close()


NGINX = """
daemon off; worker_processes 1; pid {directory}/nginx.pid; error_log {directory}/nginx.log warn;
events {{ worker_connections 1024; }}
http {{
  log_format kept '$server_protocol $connection $status'; access_log {directory}/access.log kept;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi; keepalive_requests {requests};
  upstream up {{ server 127.0.0.1:{to}; keepalive 64; }}
  server {{
    large_client_header_buffers 4 64k;
    listen 127.0.0.1:{port} ssl{http2} backlog=512; ssl_certificate {certificate}; ssl_certificate_key {key};
    http2_max_concurrent_streams 64; client_max_body_size 64m;
    location / {{
      proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
      proxy_request_buffering off; proxy_read_timeout 60s;
    }}
  }}
}}
"""


class Nginx(Server):
    """nginx that ends the encryption before a provider on this machine.

    :param http2: whether HTTP/2 is offered to the gateway.
    :param requests: that a connection serves before nginx takes no more on it.
    """

    def __init__(
        self, directory: Path, to: int, certificate: Path, key: Path, *, http2: bool = True, requests: int = 1_000
    ):
        super().__init__(directory / "nginx.out")
        self.directory = directory
        self.port = free_port()
        (directory / "nginx.conf").write_text(NGINX.format(
            directory=directory, to=to, port=self.port, certificate=certificate, key=key, requests=requests,
            http2=" http2" if http2 else ""))
        self.spawn(["nginx", "-p", str(directory), "-c", str(directory / "nginx.conf")], {"PATH": "/usr/sbin:/usr/bin"})
        until(self._listens, "nginx to listen")

    def _listens(self) -> bool:
        assert self.is_running, self.output
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def base_url(self) -> str:
        return f"https://127.0.0.1:{self.port}/v1"

    @property
    def served(self) -> list[list[str]]:
        """Of each request: the protocol, the connection's number, the status."""
        return [line.split() for line in (self.directory / "access.log").read_text().splitlines()]


def has_nginx() -> bool:
    """Whether there is an nginx with HTTP/2 and TLS."""
    try:
        told = subprocess.run(["nginx", "-V"], capture_output=True, text=True, env={"PATH": "/usr/sbin:/usr/bin"})
    except FileNotFoundError:
        return False
    return "http_v2_module" in told.stderr and "http_ssl_module" in told.stderr


def quiet_for(seconds: float, figure: Callable[[], int]) -> bool:
    """Whether a figure stays what it is."""
    first = figure()
    time.sleep(seconds)
    return first == figure()
