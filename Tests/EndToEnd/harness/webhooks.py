"""A receiver of webhooks that checks every signature with the library that receivers use."""

import base64
import http.server
import secrets
import threading
from collections.abc import Callable

from standardwebhooks import Webhook

from .net import free_port


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Receiver:
    """Listens on a port of its own; may go down and come up again on it."""

    def __init__(self, secret: str):
        self.secret = secret
        self.port = free_port()
        self.events: list[dict] = []
        # As they came, whatever was answered.
        self.ids: list[str] = []
        self.headers: list[dict[str, str]] = []
        # The status for an event, 204 by default.
        self.answer: Callable[[dict], int] = lambda event: 204
        self._server: http.server.ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?token=x"

    def up(self) -> "Receiver":
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                # Raises, and so closes the connection, unless the signature fits.
                event = Webhook(receiver.secret).verify(body, dict(self.headers))
                status = receiver.answer(event)
                receiver.ids.append(self.headers["webhook-id"])
                receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
                if status < 300:
                    receiver.events.append(event)
                self.send_response(status)
                if status == 302:
                    self.send_header("location", f"http://127.0.0.1:{receiver.port}/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def down(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def requests(self) -> list[str]:
        """The refused requests that it has, as they came."""
        return [event["data"]["request_id"] for event in self.events if event["type"] == "request.denied"]

    def entry(self, name: str = "hook", **more: object) -> dict:
        """As a governance file has it; its secret is in the variable HOOK_SECRET."""
        return {"name": name, "url": self.url, "secret": "env:HOOK_SECRET", "private_network": True, **more}
