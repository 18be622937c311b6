"""One gateway in front of one scripted provider that is asked in every dialect, and each dialect's real SDK."""

import json

import anthropic
import httpx
import openai
from google import genai
from google.genai import types

from . import bedrock
from .gateway import Gateway
from .governance import governance
from .upstream import Exchange, ScriptedUpstream

PROVIDERS = ("openai", "anthropic", "gemini", "bedrock")
CALLERS = ("chat", "responses", "messages", "gemini", "bedrock")
HELLO = [{"role": "user", "content": "Say hello."}]


def every_dialect(upstream: ScriptedUpstream, **more: object) -> dict:
    """A governance file with a provider of each dialect, whose route has the dialect's name."""
    origin = f"http://127.0.0.1:{upstream.port}"
    file = governance(
        f"{origin}/v1", model="model-openai",
        deployments=[
            {"name": f"{name}-d", "provider": "up" if name == "openai" else name, "model": f"model-{name}",
             "max_output": 4096} for name in PROVIDERS],
        routes=[{"name": name, "strategy": "priority", "targets": [f"{name}-d"]} for name in PROVIDERS],
        extra_providers=[
            {"name": "anthropic", "dialect": "anthropic", "base_url": origin, "credential": "env:UPSTREAM_KEY"},
            {"name": "gemini", "dialect": "gemini", "base_url": origin, "credential": "env:UPSTREAM_KEY"},
            {"name": "bedrock", "dialect": "bedrock", "base_url": origin, "credential": "env:UPSTREAM_KEY",
             "aws_region": bedrock.REGION}],
        **more)
    for name in PROVIDERS[1:]:
        file["prices"].append({
            "provider": name, "model": f"model-{name}", "effective_from": "2024-01-01",
            "per_million": {"input": "1.00", "output": "2.00"}})
    return file


class Callers:
    """Every SDK that is pointed at one gateway."""

    def __init__(self, gateway: Gateway):
        self.openai = openai.OpenAI(
            base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0,
            http_client=httpx.Client(trust_env=False))
        self.anthropic = anthropic.Anthropic(base_url=gateway.url, api_key=gateway.key, max_retries=0)
        self.gemini = genai.Client(api_key=gateway.key, http_options=types.HttpOptions(base_url=gateway.url))
        self.bedrock = bedrock.connect(gateway.url, gateway.key)

    def call(self, caller: str, model: str):
        """Asks a model for an answer through a caller's SDK."""
        match caller:
            case "chat": return self.openai.chat.completions.create(model=model, messages=HELLO)
            case "responses": return self.openai.responses.create(model=model, input="Say hello.")
            case "messages": return self.anthropic.messages.create(model=model, max_tokens=100, messages=HELLO)
            case "gemini": return self.gemini.models.generate_content(model=model, contents="Say hello.")
            case _: return self.bedrock.converse(
                modelId=model, messages=[{"role": "user", "content": [{"text": "Say hello."}]}])


def send_error(status: str, body: object, **headers: str):
    """A handler that answers with an error; a body that is no bytes goes out as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def handle(exchange: Exchange) -> None:
        exchange.send_plain(content, status, {name.replace("_", "-"): value for name, value in headers.items()})

    return handle
