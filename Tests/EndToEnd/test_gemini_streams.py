"""Gemini's streams, as events and as arrays: what is kept back, what is counted, and how they end badly."""

import json
import threading

import pytest

from harness.gateway import Answer, Gateway
from harness.gemini import BLOCKED, CHUNKS, METERS, OVERLOADED, array, chunk, event, send_array, send_events, usage
from harness.governance import governance
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream

BODY = {"contents": [{"parts": [{"text": "Say hello."}]}]}
PRICES = {"input": "1.00", "output": "2.00"}


@pytest.fixture(scope="module")
def gemini(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    server = Gateway(tmp_path_factory.mktemp("gemini"), governance(upstream.base_url, dialect="gemini"))
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
    finally:
        server.close()


def stream(gateway: Gateway, *, sse: bool, sim: str = "") -> Answer:
    path = "/v1beta/models/demo:streamGenerateContent" + ("?alt=sse" if sse else "")
    return gateway.post(path, BODY, {"x-goog-api-key": gateway.key, **({"x-sim": sim} if sim else {})})


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 7, 64, 301])
def test_events_are_passed_on_wherever_they_are_cut(gemini: Gateway, upstream: ScriptedUpstream, size: int):
    whole = b"".join(event(part) for part in CHUNKS)
    upstream.handler = send_events(whole, size=size)
    answer = stream(gemini, sse=True)
    # Without a comment on the cost: Google's SDKs take comments for broken JSON.
    assert answer.body == whole
    story = gemini.story(answer)
    assert story.tokens == METERS and story.sources == {"provider"} and story.caveat is None
    assert story.end_reason == "completed" and story.request["stream"] == 1


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 7, 64, 301])
def test_arrays_are_passed_on_wherever_they_are_cut(gemini: Gateway, upstream: ScriptedUpstream, size: int):
    whole = array(*CHUNKS)
    upstream.handler = send_array(whole, size=size)
    answer = stream(gemini, sse=False)
    assert answer.body == whole and answer.headers["content-type"].startswith("application/json")
    story = gemini.story(answer)
    assert story.tokens == METERS and story.sources == {"provider"} and story.caveat is None
    assert story.end_reason == "completed" and story.request["stream"] == 1


@pytest.mark.parametrize("sse", [True, False])
def test_only_the_last_chunk_waits(upstream: ScriptedUpstream, gemini: Gateway, sse: bool):
    """What the caller has got before the body's end: all but the newest chunk from the finish reason on."""
    go_on = threading.Event()
    parts = [event(part) for part in CHUNKS]
    if not sse:
        parts = [b"[" + json.dumps(CHUNKS[0]).encode(), *(b",\n" + json.dumps(part).encode() for part in CHUNKS[1:])]

    def handle(exchange: Exchange) -> None:
        exchange.begin_stream({"content-type": "text/event-stream" if sse else "application/json"})
        for part in parts:
            exchange.send_chunk(part)
        assert go_on.wait(20)
        if not sse:
            exchange.send_chunk(b"]")
        exchange.end_stream()

    upstream.handler = handle
    got = b""
    path = "/v1beta/models/demo:streamGenerateContent" + ("?alt=sse" if sse else "")
    with gemini.client.stream("POST", path, json=BODY, headers={"x-goog-api-key": gemini.key}) as answer:
        for piece in answer.iter_raw():
            got += piece
            if len(got) >= len(b"".join(parts[:-1])) and not go_on.is_set():
                assert got == b"".join(parts[:-1])
                assert gemini.ledger.story(answer.headers["x-tollbook-request-id"]).outcome is None
                go_on.set()
    assert go_on.is_set() and got.endswith(parts[-1] if sse else parts[-1] + b"]")


CUTS = [
    # So much of the stream; what was told of it.
    ([chunk("Hello there", usage=usage(30, 2))], {"input": 30, "output": 3}),
    ([chunk("Hello there", usage=usage(30, 9, 4))], {"input": 30, "output": 13}),
]


@pytest.mark.parametrize("sse", [True, False])
@pytest.mark.parametrize(("parts", "tokens"), CUTS)
@pytest.mark.parametrize("cut", [True, False], ids=["cut", "ended"])
def test_a_stream_that_breaks_off_costs_what_was_seen(
    gemini: Gateway, upstream: ScriptedUpstream, sse: bool, parts: list, tokens: dict, cut: bool
):
    if sse:
        upstream.handler = send_events(*[event(part) for part in parts], b'data: {"cand', cut=cut)
    else:
        upstream.handler = send_array(array(*parts).rstrip(b"]\n") + b',\n{"cand', cut=cut)
    answer = stream(gemini, sse=sse)
    story = gemini.story(answer)
    assert story.tokens == tokens and story.end_reason == "upstream_cut" and story.caveat == "usage_estimated"
    told = json.loads(answer.body.split(b"\r\n\r\n")[-1].removeprefix(b"data: ") if sse else answer.body)
    error = told["error"] if sse else told[-1]["error"]
    assert error["code"] == 502 and error["status"] == "UNAVAILABLE"
    if not sse:
        assert told[:-1] == parts


def test_an_array_that_never_began_ends_as_one(gemini: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_array(b" ", cut=True)
    answer = stream(gemini, sse=False)
    assert [part["error"]["code"] for part in json.loads(answer.body)] == [502]
    # Nothing was seen of the answer: the whole hold is posted.
    story = gemini.story(answer)
    assert story.caveat == "hold_posted" and story.total == story.held


@pytest.mark.parametrize("body", [b'{"candidates":[]}', b"[[]]", b'["x"]', b"[{}]x", b"[{},]", b"\xff[{}]"])
def test_what_is_no_array_of_objects_ends_as_an_error(gemini: Gateway, upstream: ScriptedUpstream, body: bytes):
    upstream.handler = send_array(body)
    answer = stream(gemini, sse=False)
    told = json.loads(answer.body)
    assert told[-1]["error"]["details"][0]["reason"] == "UPSTREAM_MALFORMED"
    assert gemini.story(answer).end_reason in ("upstream_cut", "error")


def test_an_array_is_made_whole_after_its_finish_reason(gemini: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_array(array(chunk("Hi"), chunk(finish="STOP", usage=usage(3, 1))).rstrip(b"\n]"))
    answer = stream(gemini, sse=False)
    assert len(json.loads(answer.body)) == 2
    story = gemini.story(answer)
    assert story.tokens == {"input": 3, "output": 1} and story.end_reason == "completed"


def test_an_array_closed_without_a_finish_reason_is_whole(gemini: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_array(array(chunk("Hi", usage=usage(3, 1))))
    story = gemini.story(stream(gemini, sse=False))
    assert story.tokens == {"input": 3, "output": 1} and story.end_reason == "completed" and story.caveat is None


@pytest.mark.parametrize("sse", [True, False])
def test_a_blocked_prompt(gemini: Gateway, upstream: ScriptedUpstream, sse: bool):
    upstream.handler = send_events(event(BLOCKED)) if sse else send_array(array(BLOCKED))
    story = gemini.story(stream(gemini, sse=sse))
    assert story.tokens == {"input": 44} and story.end_reason == "completed" and story.caveat is None


@pytest.mark.parametrize("sse", [True, False])
def test_an_error_in_the_stream_is_passed_on(gemini: Gateway, upstream: ScriptedUpstream, sse: bool):
    parts = [chunk("Hello", usage=usage(30, 2)), OVERLOADED]
    whole = b"".join(map(event, parts)) if sse else array(*parts)
    upstream.handler = send_events(whole) if sse else send_array(whole)
    answer = stream(gemini, sse=sse)
    assert answer.body.startswith(whole)
    story = gemini.story(answer)
    assert story.end_reason == "error" and story.tokens == {"input": 30, "output": 2}


def test_the_last_usage_with_a_prompt_counts(gemini: Gateway, upstream: ScriptedUpstream):
    parts = [
        chunk("Hi", usage=usage(3, 1)), chunk("Hi", usage={"trafficType": "ON_DEMAND"}), chunk("x", usage=usage(9, 2)),
        chunk(finish="STOP", usage={"trafficType": "ON_DEMAND"})]
    upstream.handler = send_events(*map(event, parts))
    story = gemini.story(stream(gemini, sse=True))
    assert story.tokens == {"input": 9, "output": 2} and json.loads(story.attempts[0]["raw_usage"]) == usage(9, 2)


def test_a_search_is_told_as_not_counted(gemini: Gateway, upstream: ScriptedUpstream):
    last = chunk(finish="STOP", usage=usage(9, 2))
    last["candidates"][0]["groundingMetadata"] = {"webSearchQueries": ["weather today"]}
    upstream.handler = send_events(event(chunk("Hi")), event(last))
    assert gemini.story(stream(gemini, sse=True)).caveat == "usage_uncounted"


def test_an_event_larger_than_the_limit_is_not_held(gemini: Gateway, upstream: ScriptedUpstream):
    huge = b'[{"candidates":[{"content":{"parts":[{"inlineData":{"data":"' + b"A" * (9 << 20)
    upstream.handler = send_array(huge, cut=True, size=1 << 16)
    before = gemini.resident_bytes()
    answer = stream(gemini, sse=False)
    # It went on as it came; what was missing at its end cannot be made up for.
    assert answer.body[:8 << 20] == huge[:8 << 20] and b"UPSTREAM_CUT" in answer.body[-400:]
    assert gemini.resident_bytes() - before < 24 << 20


@pytest.mark.parametrize("sse", [True, False])
@pytest.mark.parametrize(("directives", "end_reason", "caveat"), [
    ("completion=8,fault=no_usage", "completed", "usage_estimated"),
    ("completion=8,fault=cut_mid_stream,after=4", "upstream_cut", "usage_estimated"),
    ("completion=8,fault=error_event,after=4", "error", "usage_estimated"),
    ("completion=8,fault=clean_close_no_finish", "upstream_cut", "usage_estimated"),
    ("completion=8,fault=drip", "completed", None),
    ("completion=8,fault=gzip", "completed", None),
    ("completion=8,fault=large_body", "completed", None),
])
def test_faults(simulator: Simulator, gemini_sim: Gateway, sse: bool, directives: str, end_reason: str, caveat):
    answer = stream(gemini_sim, sse=sse, sim=directives)
    story = gemini_sim.story(answer)
    assert (story.end_reason, story.caveat) == (end_reason, caveat)
    if end_reason == "completed":
        assert story.tokens["output"] == 8 or caveat
    if not sse:
        assert isinstance(json.loads(answer.body), list)


@pytest.fixture(scope="module")
def gemini_sim(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    server = Gateway(tmp_path_factory.mktemp("simulated"), governance(simulator.base_url, dialect="gemini"))
    yield server
    try:
        server.check_books()
    finally:
        server.close()
