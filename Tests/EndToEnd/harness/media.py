"""Governance files, SDK clients and forms for moderations, images and audio."""

import httpx
import openai
import pytest

from .gateway import Gateway
from .governance import governance
from .ledger import Story
from .waiting import until

TOKENS = {"input": "5.00", "input_image": "10.00", "input_audio": "6.00", "output": "40.00", "output_audio": "12.00"}
# One dollar is a billion nano-dollars.
UNITS = {"image": "40000.00", "character": "15.00", "audio_second": "100.00"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


def sim(directives: str) -> dict[str, str]:
    return {"x-sim": directives}


def connect(gateway: Gateway, **more: object) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0, http_client=httpx.Client(trust_env=False),
        **more)


def media(base_url: str, prices: dict | None, *models: str, **more: object) -> dict:
    """A governance file whose routes are named like their models."""
    names = models or ("media", "whisper-1", "omni-moderation-latest", "dall-e-2")
    return governance(
        base_url, prices=prices,
        deployments=[{"name": name, "provider": "up", "model": name} for name in names],
        routes=[{"name": name, "strategy": "priority", "targets": [name]} for name in names], **more)


def serve(tmp_path_factory: pytest.TempPathFactory, file: dict):
    gateway = Gateway(tmp_path_factory.mktemp("media"), file)
    try:
        yield gateway
        gateway.check_books()
    finally:
        gateway.close()


def newest(gateway: Gateway) -> Story:
    """The story of the newest request, once it is settled."""
    return until(
        lambda: (story := gateway.ledger.story(gateway.ledger.requests[-1])).outcome and story, "it to be settled")


def form(*parts: tuple[str, bytes], boundary: str = "xYz") -> bytes:
    body = b""
    for disposition, content in parts:
        body += f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def send_form(gateway: Gateway, body: bytes, path: str = "/v1/audio/transcriptions", **headers: str):
    sent = {"authorization": f"Bearer {gateway.key}", "content-type": "multipart/form-data; boundary=xYz"}
    return gateway.post(path, body, {**sent, **headers})
