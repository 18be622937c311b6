"""Forms and files that are larger than what a gateway holds, sent piece by piece."""

from collections.abc import Callable, Iterator

import httpx

from .gateway import Gateway
from .governance import governance
from .media import UNITS
from .net import Wire
from .upstream import Exchange

TRANSCRIPT = b'{"text":"hi","usage":{"type":"duration","seconds":3}}'
HEAD = b'--xYz\r\nContent-Disposition: form-data; name="model"\r\n\r\ndemo\r\n'
FILE = b'--xYz\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
END = b"\r\n--xYz--\r\n"
FORM = "multipart/form-data; boundary=xYz"
# More than is held of a body before its call is opened.
PREFIX = 200 << 10


def uploading(base_url: str, **more: object) -> dict:
    """A governance file with a model for audio and images, and every path of its provider."""
    prices = more.pop("prices", UNITS)
    return governance(
        base_url, prices=prices,
        projects=[{"name": "ranking", "routes": ["demo", "passthrough/up"]}],
        routes=[
            {"name": name, "strategy": "priority", "targets": ["up-d"]} for name in ("demo", "passthrough/up")],
        **more)


class Upload:
    """A request on a raw connection whose body the test sends as it likes."""

    def __init__(
        self, gateway: Gateway, length: int | None, path: str = "/v1/audio/transcriptions", kind: str = FORM,
        **headers: str,
    ):
        self.wire: Wire = gateway.wire()
        self.length = length
        framing = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
        extra = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        self.head = (
            f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {gateway.key}\r\ncontent-type: {kind}\r\n"
            f"{extra}{framing}\r\n\r\n").encode()
        self.wire.send(self.head)

    def send(self, data: bytes) -> None:
        self.wire.send(b"%x\r\n%s\r\n" % (len(data), data) if self.length is None else data)

    def end(self) -> None:
        if self.length is None:
            self.wire.send(b"0\r\n\r\n")


def answer_whole(exchange: Exchange) -> None:
    """Reads the body and answers with a transcript."""
    exchange.read_body()
    exchange.send_plain(TRANSCRIPT)


def large_form(megabytes: int) -> tuple[int, Callable[[], Iterator[bytes]]]:
    """A form with a file of zeros: its length, and its bytes made as they are sent."""
    piece = bytes(1 << 20)

    def pieces() -> Iterator[bytes]:
        yield HEAD + FILE
        for _ in range(megabytes):
            yield piece
        yield END

    return len(HEAD + FILE + END) + (megabytes << 20), pieces


def send_large(gateway: Gateway, megabytes: int, path: str = "/v1/audio/transcriptions") -> httpx.Response:
    length, pieces = large_form(megabytes)
    headers = {"authorization": f"Bearer {gateway.key}", "content-type": FORM, "content-length": str(length)}
    return gateway.client.post(path, content=pieces(), headers=headers, timeout=120)


def upload_row(gateway: Gateway, request: dict) -> dict | None:
    """What the ledger says of a streamed body; None: it was held whole."""
    rows = gateway.ledger.rows("SELECT * FROM upload WHERE request_id = ?", request["id"])
    return rows[0] if rows else None
