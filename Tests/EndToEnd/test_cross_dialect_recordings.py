"""Answers that providers gave, replayed to callers of the other dialect: what their SDK makes of them says the same as
what the provider's own SDK makes of the recording.

The recordings are not part of this repository; TOLLBOOK_SHARED names the directory that holds them.
"""

import json

import anthropic
import httpx
import openai
import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.messages import PRICES
from harness.recordings import SHARED, Recording, listed
from harness.upstream import ScriptedUpstream

ASKED = [{"role": "user", "content": "Say hello."}]
CHATS = sorted(case["case"] for case in listed() if case["api"].endswith("chat/completions"))
MESSAGES = sorted(case["case"] for case in listed() if case["provider"] == "anthropic" and case["api"] == "messages")
# Tools that take text: no caller of messages can have asked for one.
CUSTOM_TOOL = "openai/chat-completion-custom-tool-call-0"
FINISHES = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "function_call": "tool_use",
            "content_filter": "refusal"}
STOPS = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_use": "tool_calls",
         "refusal": "content_filter", "pause_turn": "stop", "model_context_window_exceeded": "length"}


def usable(cases: list[str]) -> list[str]:
    return [case for case in cases if Recording(case).status == 200]


@pytest.mark.skipif(not CHATS, reason=f"no recordings at {SHARED}: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(usable(CHATS)) > 40 and len(usable(MESSAGES)) >= 20


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory):
    """One upstream that is an OpenAI provider behind the route `gpt`, and an Anthropic one behind `claude`."""
    with ScriptedUpstream() as upstream:
        gateway = Gateway(tmp_path_factory.mktemp("replayed"), governance(
            upstream.base_url, dialect="anthropic", prices=PRICES,
            extra_providers=[
                {"name": "open", "dialect": "openai", "base_url": upstream.base_url, "credential": "env:UPSTREAM_KEY"}],
            deployments=[
                {"name": "claude-d", "provider": "up", "model": "c"},
                {"name": "gpt-d", "provider": "open", "model": "g"}],
            routes=[
                {"name": "claude", "strategy": "priority", "targets": ["claude-d"]},
                {"name": "gpt", "strategy": "priority", "targets": ["gpt-d"]}]))
        try:
            yield gateway, upstream
            gateway.check_books()
        finally:
            gateway.close()


def chat_client(base: str, key: str) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=f"{base}/v1", api_key=key, max_retries=0, http_client=httpx.Client(trust_env=False))


def words(content: str | list | None) -> str:
    """The text of a message's content; Mistral's models that think send a list of parts."""
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if part["type"] == "text")
    return content or ""


def called(call: object) -> tuple[str, object]:
    """A tool call's name and input; a custom tool takes text."""
    if call.type == "custom":
        return call.custom.name, call.custom.input
    return call.function.name, json.loads(call.function.arguments or "{}")


def ask_chat(client: openai.OpenAI, model: str, streamed: bool) -> dict:
    """What a caller of chat completions reads."""
    call = {"model": model, "messages": ASKED}
    if not streamed:
        answer = client.chat.completions.create(**call)
        choice = answer.choices[0]
        # Azure's filter leaves an answer without a message.
        calls = [called(call) for call in (choice.message and choice.message.tool_calls) or []]
        return {"text": words(choice.message and choice.message.content), "calls": calls,
                "finish": choice.finish_reason, "usage": answer.usage}
    text, finish, usage, calls = "", None, None, {}
    for chunk in client.chat.completions.create(**call, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices[:1]:
            text += words(choice.delta and choice.delta.content)
            finish = choice.finish_reason or finish
            for part in (choice.delta and choice.delta.tool_calls) or []:
                name, arguments = calls.get(part.index, ("", ""))
                calls[part.index] = (name or part.function.name, arguments + (part.function.arguments or ""))
    return {"text": text, "calls": [(n, json.loads(a or "{}")) for n, a in calls.values()], "finish": finish,
            "usage": usage}


def ask_messages(client: anthropic.Anthropic, model: str, streamed: bool) -> dict:
    """What a caller of messages reads."""
    call = {"model": model, "max_tokens": 64, "messages": ASKED}
    if streamed:
        with client.messages.stream(**call) as stream:
            answer = stream.get_final_message()
    else:
        answer = client.messages.create(**call)
    return {"text": "".join(block.text for block in answer.content if block.type == "text"),
            "calls": [(block.name, block.input) for block in answer.content if block.type == "tool_use"],
            "finish": answer.stop_reason, "usage": answer.usage}


@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
@pytest.mark.parametrize("case", usable(MESSAGES))
def test_claudes_answers_reach_callers_of_chats(replayed, case: str, pieces: int):
    gateway, upstream = replayed
    recording = Recording(case)
    upstream.handler = recording.send(pieces)
    with anthropic.Anthropic(base_url=upstream.base_url[:-3], api_key="x", max_retries=0) as direct:
        expected = ask_messages(direct, "c", recording.streamed)
    told = ask_chat(chat_client(gateway.url, gateway.key), "claude", recording.streamed)
    assert (told["text"], told["calls"]) == (expected["text"], expected["calls"])
    assert told["finish"] == STOPS[expected["finish"]]
    usage = expected["usage"]
    cached = (usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0)
    assert told["usage"].prompt_tokens == usage.input_tokens + sum(cached)
    assert told["usage"].completion_tokens == usage.output_tokens
    story = gateway.ledger.story(gateway.ledger.requests[-1])
    assert story.end_reason == "completed" and story.sources == {"provider"}
    counted = story.tokens
    assert counted["input"] == usage.input_tokens and counted.get("cache_read", 0) == cached[0]
    assert counted.get("output", 0) + counted.get("reasoning", 0) == usage.output_tokens


def is_one_message(recording: Recording) -> bool:
    """Whether it is an answer, and has one choice: Anthropic's form has no place for a second."""
    texts = [line[5:] for line in recording.answer.splitlines() if line.startswith(b"data:")] or [recording.answer]
    choices = []
    for text in texts:
        if text.strip() == b"[DONE]":
            continue
        value = json.loads(text)
        if not isinstance(value, dict) or value.get("error") or "choices" not in value:
            return False
        choices += value["choices"]
    return {choice.get("index", 0) for choice in choices} == {0}


@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
@pytest.mark.parametrize("case", [
    case for case in usable(CHATS) if case != CUSTOM_TOOL and is_one_message(Recording(case))])
def test_answers_to_chats_reach_callers_of_messages(replayed, case: str, pieces: int):
    gateway, upstream = replayed
    recording = Recording(case)
    upstream.handler = recording.send(pieces)
    expected = ask_chat(chat_client(upstream.base_url[:-3], "x"), "g", recording.streamed)
    client = anthropic.Anthropic(base_url=gateway.url, api_key=gateway.key, max_retries=0)
    told = ask_messages(client, "gpt", recording.streamed)
    assert (told["text"], told["calls"]) == (expected["text"], expected["calls"])
    assert told["finish"] == FINISHES[expected["finish"]]
    story = gateway.ledger.story(gateway.ledger.requests[-1])
    assert story.end_reason == "completed"
    if usage := expected["usage"]:
        prompt = told["usage"].input_tokens + (told["usage"].cache_read_input_tokens or 0) + (
            told["usage"].cache_creation_input_tokens or 0)
        # Gemini's thoughts are in its total alone.
        completion = max(usage.completion_tokens, usage.total_tokens - usage.prompt_tokens)
        assert (prompt, told["usage"].output_tokens) == (usage.prompt_tokens, completion)
