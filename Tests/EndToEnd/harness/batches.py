"""Files of JSON lines for batches, and calls with the OpenAI SDK."""

import json

import httpx
import openai

from .gateway import Gateway
from .waiting import until


def line(number: int, model: str = "demo", url: str = "/v1/chat/completions", **body: object) -> dict:
    """A request of a batch."""
    fields = {"model": model, "messages": [{"role": "user", "content": f"Say {number}."}], "max_tokens": 50, **body}
    return {"custom_id": f"line-{number}", "method": "POST", "url": url, "body": fields}


def jsonl(lines: list[dict]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in lines)


def client_of(gateway: Gateway, key: str | None = None) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key=key or gateway.key, max_retries=0,
        http_client=httpx.Client(trust_env=False))


def upload(client: openai.OpenAI, lines: list[dict] | bytes, **more: object):
    content = lines if isinstance(lines, bytes) else jsonl(lines)
    return client.files.create(file=("input.jsonl", content), purpose="batch", **more)


def create(client: openai.OpenAI, file_id: str, sim: str = "", endpoint: str = "/v1/chat/completions"):
    """A batch, and the id of its request; `sim` says how the simulator treats it."""
    raw = client.batches.with_raw_response.create(
        input_file_id=file_id, endpoint=endpoint, completion_window="24h", metadata={"sim": sim} if sim else None)
    return raw.parse(), raw.headers["x-tollbook-request-id"]


def settled(gateway: Gateway, request_id: str):
    """What the ledger says of a batch's request, once it is settled."""
    return until(
        lambda: (story := gateway.ledger.story(request_id)).outcome and story, f"batch {request_id} to be settled", 30)
