"""AWS Bedrock's Converse: boto3 against the gateway, signatures worked out here, and streams of a scripted provider."""

import binascii
import hashlib
import hmac
import json
import struct
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

import boto3
from botocore.config import Config

from .governance import governance
from .upstream import Exchange

REGION = "eu-central-1"
ACCESS_KEY = "AKIDUPSTREAM"
SECRET_KEY = "upstream/secret+5f0c2b9e77aa41"
SESSION_TOKEN = "upstream-session-token=="
ENVIRONMENT = {"UPSTREAM_KEY": f"{ACCESS_KEY}:{SECRET_KEY}"}


def bedrock_file(base_url: str, **more: object) -> dict:
    """A governance file with a provider of Bedrock; the address in tests names no region."""
    file = governance(base_url, dialect="bedrock", **more)
    file["providers"][0]["aws_region"] = REGION
    return file


def connect(url: str, key: str, secret: str | None = None, **options: object):
    """boto3's client as an application makes it; `headers` go with every call and are signed."""
    headers = options.pop("headers", {})
    config = Config(
        retries={"total_max_attempts": 1}, proxies={}, user_agent="tollbook-tests", max_pool_connections=50,
        **options.pop("config", {}))
    client = boto3.client(
        "bedrock-runtime", endpoint_url=url, region_name="us-east-1", aws_access_key_id=key,
        aws_secret_access_key=key if secret is None else secret, config=config, **options)
    client.meta.events.register("before-call.bedrock-runtime", lambda params, **_: params["headers"].update(headers))
    return client


def hmac256(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(
    secret: str, scope: str, time: str, method: str, target: str, headers: dict[str, str], body_hash: str
) -> str:
    """Signature Version 4 of a request whose signed headers are given, written after AWS's description."""
    path, _, query = target.partition("?")
    names = sorted(headers)
    pairs = sorted(pair.partition("=")[::2] for pair in query.split("&")) if query else []
    canonical = "\n".join([
        method, quote(path, safe="/~"), "&".join(f"{name}={value}" for name, value in pairs),
        *(f"{name}:{' '.join(headers[name].split())}" for name in names), "", ";".join(names), body_hash])
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac256(key, part)
    return hmac256(key, text).hex()


def signed_headers(
    url: str, key: str, body: bytes, *, secret: str | None = None, minutes: float = 0, service: str = "bedrock",
    **more: str,
) -> dict[str, str]:
    """Headers of a signed POST, made `minutes` from now."""
    parts = urlsplit(url)
    time = (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{time[:8]}/us-east-1/{service}/aws4_request"
    headers = {"host": parts.netloc, "x-amz-date": time, **more}
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    made = signature(
        key if secret is None else secret, scope, time, "POST", target, headers, hashlib.sha256(body).hexdigest())
    return {
        **headers,
        "authorization": f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={';'.join(sorted(headers))}, "
                         f"Signature={made}",
    }


def message(headers: dict[str, str], payload: dict | bytes) -> bytes:
    """A message of an event stream."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    encoded = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in headers.items())
    prelude = struct.pack(">II", 16 + len(encoded) + len(body), len(encoded))
    whole = prelude + struct.pack(">I", binascii.crc32(prelude)) + encoded + body
    return whole + struct.pack(">I", binascii.crc32(whole))


def event(name: str, **payload: object) -> bytes:
    return message(
        {":event-type": name, ":content-type": "application/json", ":message-type": "event"}, payload)


def exception(name: str, text: str) -> bytes:
    return message(
        {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"},
        {"message": text})


def text(word: str) -> bytes:
    return event("contentBlockDelta", contentBlockIndex=0, delta={"text": word}, p="abc")


def metadata(**usage: int) -> bytes:
    return event("metadata", metrics={"latencyMs": 7}, usage=usage)


START = event("messageStart", role="assistant", p="ab")
STOP = event("messageStop", stopReason="end_turn")
END = metadata(inputTokens=11, outputTokens=7, totalTokens=18)
EVENTS = [START, text("Hel"), text("lo."), event("contentBlockStop", contentBlockIndex=0), STOP, END]
ANSWER = {
    "metrics": {"latencyMs": 7}, "output": {"message": {"role": "assistant", "content": [{"text": "Hello."}]}},
    "stopReason": "end_turn", "usage": {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18}}


def send_stream(*parts: bytes, cut: bool = False):
    """A handler that streams these messages, then ends the answer or cuts the connection."""

    def handle(exchange: Exchange) -> None:
        exchange.begin_stream({
            "content-type": "application/vnd.amazon.eventstream", "x-amzn-RequestId": "up-stream"})
        for part in parts:
            exchange.send_chunk(part)
        if cut:
            exchange.close()
        else:
            exchange.end_stream()

    return handle


def answer_converse(exchange: Exchange) -> None:
    """Answers as Bedrock would, plain or streamed."""
    if exchange.request.target.split("?")[0].endswith("-stream"):
        send_stream(*EVENTS)(exchange)
    else:
        exchange.send_plain(json.dumps(ANSWER).encode(), headers={"x-amzn-RequestId": "up-plain"})
