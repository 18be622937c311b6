"""Libraries that applications call models with, each under one name, towards any address."""

import os
from collections.abc import Callable
from dataclasses import dataclass

import httpx

# Read at the import: litellm would fetch its price map and send reports otherwise.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LANGSMITH_TRACING"] = "false"

import litellm  # noqa: E402
from langchain_anthropic import ChatAnthropic  # noqa: E402
from langchain_openai import ChatOpenAI  # noqa: E402

litellm.telemetry = False

QUESTION = "What is the weather in Paris?"
TOOL = {"type": "function", "function": {
    "name": "get_weather", "description": "The weather of a place.",
    "parameters": {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}}}


@dataclass
class Call:
    """One question to one address. `tools`: whether a tool is offered."""

    origin: str
    key: str
    model: str
    tools: bool = False


def _litellm(call: Call, dialect: str, stream: bool):
    base = f"{call.origin}/v1" if dialect == "openai" else call.origin
    more = {"tools": [TOOL]} if call.tools else {}
    if stream:
        more["stream_options"] = {"include_usage": True}
    return litellm.completion(
        model=f"{dialect}/{call.model}", api_base=base, api_key=call.key, max_retries=0, timeout=30, max_tokens=500,
        messages=[{"role": "user", "content": QUESTION}], stream=stream, **more)


def _langchain(call: Call, dialect: str):
    if dialect == "openai":
        model = ChatOpenAI(
            model=call.model, base_url=f"{call.origin}/v1", api_key=call.key, max_retries=0, max_tokens=500,
            stream_usage=True, http_client=httpx.Client(trust_env=False))
    else:
        model = ChatAnthropic(
            model=call.model, base_url=call.origin, api_key=call.key, max_retries=0, max_tokens=500)
    return model.bind_tools([TOOL]) if call.tools else model


def _plain(library: str, dialect: str) -> Callable[[Call], list[dict]]:
    if library == "litellm":
        return lambda call: [_litellm(call, dialect, stream=False).model_dump()]
    return lambda call: [_langchain(call, dialect).invoke(QUESTION).model_dump()]


def _stream(library: str, dialect: str) -> Callable[[Call], list[dict]]:
    if library == "litellm":
        return lambda call: [chunk.model_dump() for chunk in _litellm(call, dialect, stream=True)]
    return lambda call: [chunk.model_dump() for chunk in _langchain(call, dialect).stream(QUESTION)]


def objects(library: str, dialect: str, call: Call, stream: bool) -> list[dict]:
    """What the library makes of the answer: one object, or those of its stream; without what it makes up itself."""
    found = (_stream if stream else _plain)(library, dialect)(call)
    for part in found:
        made_up = dialect == "anthropic" or str(part.get("id", "")).startswith(("run-", "lc_run-"))
        if made_up:
            part.pop("id", None)
        if library == "litellm" and (stream or dialect == "anthropic"):
            part.pop("created", None)
    return found
