"""Ollama's own SDK and API through the pass-through: the same objects as straight from the recorded answers, streams
line by line, and the tokens that Ollama counted.

The recordings are not part of this repository; TOLLBOOK_SHARED names the directory that holds them.
"""

import json
import threading

import jsonschema
import ollama
import pytest

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.media import newest
from harness.recordings import SHARED, Recording, listed
from harness.upstream import Exchange, ScriptedUpstream
from harness.waiting import until

CASES = sorted(case["case"] for case in listed() if case["provider"] == "ollama" and case["api"].startswith("api/"))
ASK = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}


def passing(base_url: str, **more: object) -> dict:
    """Ollama's own API stands at the root of its server."""
    return governance(
        base_url.removesuffix("/v1"), model="any", credential=None,
        projects=[{"name": "ranking", "routes": ["passthrough/desk"]}],
        routes=[{"name": "passthrough/desk", "strategy": "priority", "targets": ["up-d"]}], **more)


def desk(file: dict) -> dict:
    """The provider under the name that it has in the path."""
    file["providers"][0]["name"] = "desk"
    for entry in file["deployments"] + file["prices"]:
        entry["provider"] = "desk"
    return file


@pytest.fixture(scope="module")
def passed(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    gateway = Gateway(tmp_path_factory.mktemp("passed"), desk(passing(upstream.base_url)))
    try:
        yield gateway
        gateway.check_books()
    finally:
        gateway.close()


def client(gateway: Gateway) -> ollama.Client:
    return ollama.Client(
        host=f"{gateway.url}/passthrough/desk", headers={"authorization": f"Bearer {gateway.key}"}, trust_env=False)


def straight(upstream: ScriptedUpstream) -> ollama.Client:
    return ollama.Client(host=f"http://127.0.0.1:{upstream.port}", trust_env=False)


def called(sdk: ollama.Client, recording: Recording) -> list[dict]:
    """What the SDK makes of the recorded call: one object, or those of its stream."""
    call = sdk.chat if recording.path.endswith("/chat") else sdk.generate
    asked = {
        name: value for name, value in recording.asked.items()
        if name in ("model", "messages", "prompt", "tools", "options", "stream")}
    answer = call(**asked)
    return [part.model_dump() for part in answer] if asked.get("stream") else [answer.model_dump()]


@pytest.mark.skipif(not CASES, reason=f"no recordings at {SHARED}: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(CASES) >= 6


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
def test_the_sdk_makes_the_same_objects(passed: Gateway, upstream: ScriptedUpstream, case: str, pieces: int):
    recording = Recording(case)
    upstream.handler = recording.send(pieces)
    expected = called(straight(upstream), recording)
    sent = upstream.last.body
    assert called(client(passed), recording) == expected and upstream.last.body == sent
    assert upstream.last.target == recording.path and upstream.last.all("authorization") == []
    last = expected[-1]
    counts = {"input": last["prompt_eval_count"], "output": last["eval_count"]}
    found = newest(passed)
    assert found.tokens == {name: count for name, count in counts.items() if count}
    # One recording is of a prompt that Ollama had in its cache and counted nothing of.
    assert found.caveat == (None if counts["input"] else "usage_uncounted")
    assert found.sources == {"provider"} and found.end_reason == "completed"
    assert found.attempts[0]["served_model"] == (None if recording.streamed else recording.asked["model"])


@pytest.mark.parametrize("case", CASES)
def test_the_bytes_are_the_providers(passed: Gateway, upstream: ScriptedUpstream, case: str):
    recording = Recording(case)
    upstream.handler = recording.send(11)
    answer = passed.post(
        "/passthrough/desk" + recording.path, recording.request, {"authorization": f"Bearer {passed.key}"})
    assert answer.status == 200 and answer.body == recording.answer
    assert answer.headers["content-type"] == recording.kind
    name = "Chat" if recording.path.endswith("chat") else "Generate"
    schema = json.loads((SHARED.parent / "specs" / "derived" / f"ollama.{name}Response.schema.json").read_text())
    jsonschema.validate(json.loads(answer.body.splitlines()[-1]), schema)


def test_embeddings_have_a_prompt_alone(passed: Gateway, upstream: ScriptedUpstream):
    upstream.handler = lambda exchange: exchange.send_plain(json.dumps({
        "model": "m", "embeddings": [[0.5, -0.25]], "total_duration": 1, "prompt_eval_count": 8}).encode())
    answer = client(passed).embed(model="m", input="Hi")
    assert answer.embeddings == [[0.5, -0.25]] and upstream.last.target == "/api/embed"
    assert newest(passed).tokens == {"input": 8}


def test_the_servers_other_paths(passed: Gateway, upstream: ScriptedUpstream):
    upstream.handler = lambda exchange: exchange.send_plain(b'{"models":[{"model":"m:latest","size":5}]}')
    assert [model.model for model in client(passed).list().models] == ["m:latest"]
    assert upstream.last.start == "GET /api/tags HTTP/1.1"
    assert newest(passed).tokens == {"request": 1}


def line(text: str, **more: object) -> bytes:
    return json.dumps({"model": "m", "message": {"role": "assistant", "content": text}, "done": False, **more}
                      ).encode() + b"\n"


LAST = line("", done=True, done_reason="stop", prompt_eval_count=5, eval_count=2)


def lines(exchange: Exchange, *parts: bytes, ends: bool = True) -> None:
    exchange.begin_stream({"content-type": "application/x-ndjson"})
    for part in parts:
        exchange.send_chunk(part)
    if ends:
        exchange.end_stream()


def test_lines_arrive_while_the_answer_is_still_made(passed: Gateway, upstream: ScriptedUpstream):
    goes_on = threading.Event()

    def slow(exchange: Exchange) -> None:
        lines(exchange, line("Hel"), ends=False)
        goes_on.wait(10)
        exchange.send_chunk(line("lo")[:9])
        exchange.send_chunk(line("lo")[9:] + LAST)
        exchange.end_stream()

    upstream.handler = slow
    stream = client(passed).chat(**ASK, stream=True)
    assert next(stream).message.content == "Hel"
    goes_on.set()
    rest = list(stream)
    # The last line came behind the commit.
    assert newest(passed).tokens == {"input": 5, "output": 2}
    assert [part.message.content for part in rest] == ["lo", ""] and rest[-1].eval_count == 2


@pytest.mark.parametrize(("parts", "caveat"), [
    ((line("a"), LAST.rstrip()), None),  # without a last line end
    ((LAST, b"\n"), None),
    ((LAST, line("b")), None),  # nothing is cut off behind a line that calls itself the last
    ((line("a"),), "usage_estimated"),
    ((b"no JSON\n", line("a") * 50, LAST), None)])
def test_streams_of_lines_come_whole(
    passed: Gateway, upstream: ScriptedUpstream, parts: tuple[bytes, ...], caveat: str | None
):
    upstream.handler = lambda exchange: lines(exchange, *parts)
    answer = passed.post("/passthrough/desk/api/chat", ASK, {"authorization": f"Bearer {passed.key}"})
    assert answer.body == b"".join(parts)
    found = passed.story(answer)
    assert found.end_reason == "completed"
    if caveat is None:
        assert found.tokens == {"input": 5, "output": 2} and found.caveat is None
    else:
        assert "provider" not in found.sources


def test_a_stream_that_is_cut_ends_with_an_error_line(make_gateway, make_upstream):
    upstream: ScriptedUpstream = make_upstream()
    gateway = make_gateway(desk(passing(upstream.base_url, budgets=[hard_budget(10**9)])))

    def cut(exchange: Exchange) -> None:
        lines(exchange, line("Hel"), line("lo")[:20], ends=False)
        exchange.reset()

    upstream.handler = cut
    parts = []
    with pytest.raises(ollama.ResponseError) as failure:
        for part in client(gateway).chat(**ASK, stream=True):
            parts.append(part.message.content)
    # Half a line is not passed on.
    assert parts == ["Hel"] and "broke off" in failure.value.error
    found = newest(gateway)
    # Nobody knows what it cost, which is not nothing.
    assert found.end_reason == "upstream_cut" and found.tokens == {"request": 1}
    assert found.charges[0]["amount_nano"] is None
    gateway.check_books()


@pytest.mark.parametrize("stream", [False, True])
def test_errors_reach_the_sdk(passed: Gateway, upstream: ScriptedUpstream, stream: bool):
    upstream.handler = lambda exchange: exchange.send_plain(b'{"error":"model \\"m\\" not found"}', "404 Not Found")
    with pytest.raises(ollama.ResponseError) as failure:
        list(client(passed).chat(**ASK, stream=stream))
    assert (failure.value.status_code, failure.value.error) == (404, 'model "m" not found')
    wrong = ollama.Client(
        host=f"{passed.url}/passthrough/desk", headers={"authorization": "Bearer tb-unknown"}, trust_env=False)
    with pytest.raises(ollama.ResponseError) as failure:
        list(wrong.chat(**ASK, stream=stream))
    assert failure.value.status_code == 401


def test_a_client_that_leaves_a_stream(passed: Gateway, upstream: ScriptedUpstream):
    closed = []

    def endless(exchange: Exchange) -> None:
        lines(exchange, line("Hel"), ends=False)
        closed.append(exchange.wait_for_close())

    upstream.handler = endless
    with passed.wire() as wire:
        wire.send(passed.raw_chat(ASK).replace(b"/v1/chat/completions", b"/passthrough/desk/api/chat"))
        wire.read_until(b"Hel")
    until(lambda: closed == [True], "the provider's connection to be closed")
    assert newest(passed).end_reason == "client_gone"
