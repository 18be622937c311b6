"""OpenAI's moderations and images through the SDK: rows, holds and charges by tokens and images; pictures pass as they
are, in bounded memory."""

import base64
import hashlib
import json
import os
from pathlib import Path

import httpx
import jsonschema
import openai
import pytest

from harness.gateway import Gateway
from harness.governance import hard_budget
from harness.media import PNG, TOKENS, UNITS, connect, form, media, send_form, serve, sim
from harness.process import ROOT
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream

SHARED = Path(os.environ.get("TOLLBOOK_SHARED") or ROOT.parent / "shared")


@pytest.fixture(scope="module")
def by_tokens(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    yield from serve(tmp_path_factory, media(simulator.base_url, TOKENS))


@pytest.fixture(scope="module")
def by_units(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    yield from serve(tmp_path_factory, media(simulator.base_url, UNITS))


@pytest.fixture(scope="module")
def unpriced(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    yield from serve(tmp_path_factory, media(simulator.base_url, None))


@pytest.fixture(scope="module")
def replayed(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    models = ("media", "text-moderation-latest", "dall-e-2")
    yield from serve(tmp_path_factory, media(upstream.base_url, {**TOKENS, **UNITS}, *models))


# Moderations


def test_a_moderation_is_free_and_recorded(unpriced: Gateway, simulator: Simulator):
    raw = connect(unpriced).moderations.with_raw_response.create(model="omni-moderation-latest", input=["a", "b"])
    assert [result.flagged for result in raw.parse().results] == [False, False]
    assert simulator.last()["request_line"].startswith("POST /v1/moderations ")
    story = unpriced.story(raw.headers["x-tollbook-request-id"])
    assert (story.request["endpoint"], story.request["dialect"]) == ("moderations", "openai-moderations")
    assert story.charges == [] and story.held == 0 and story.caveat is None and story.end_reason == "completed"
    assert raw.headers["x-tollbook-cost-usd"] == "0.000000000"


def test_a_moderation_without_a_model_takes_openais_default(unpriced: Gateway, simulator: Simulator):
    answer = connect(unpriced).moderations.create(input="a")
    assert answer.model == "omni-moderation-latest"
    assert json.loads(simulator.last()["body"]) == {"model": "omni-moderation-latest", "input": "a"}


def test_a_moderation_can_be_priced(simulator: Simulator, make_gateway):
    gateway = make_gateway(media(
        simulator.base_url, {"request": "100.00"}, "omni-moderation-latest", budgets=[hard_budget(150_000)]))
    answer = connect(gateway).moderations.with_raw_response.create(input="a")
    story = gateway.story(answer.headers["x-tollbook-request-id"])
    assert story.tokens == {"request": 1} and story.total == 100_000 == story.held and story.caveat is None
    with pytest.raises(openai.APIStatusError) as refused:
        connect(gateway).moderations.create(input="a")
    assert refused.value.status_code == 402 and refused.value.code == "budget_exhausted"


def test_a_free_moderation_needs_no_room_in_a_budget(simulator: Simulator, make_gateway):
    gateway = make_gateway(media(simulator.base_url, None, "omni-moderation-latest", budgets=[hard_budget(1)]))
    assert connect(gateway).moderations.create(input="a").results


# Images


def test_images_cost_their_tokens(by_tokens: Gateway, simulator: Simulator):
    raw = connect(by_tokens).images.with_raw_response.generate(
        model="media", prompt="A lamp.", n=2, extra_headers=sim("prompt=50,completion=544,bytes=2000"))
    answer = raw.parse()
    assert len(answer.data) == 2 and len(answer.data[0].b64_json) == 2000 and answer.usage.output_tokens == 544
    assert simulator.last()["request_line"].startswith("POST /v1/images/generations ")
    story = by_tokens.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "image_generations" and story.request["dialect"] == "openai-images"
    assert story.tokens == {"input": 50, "output_image": 544} and story.sources == {"provider"}
    assert story.total == 50 * 5_000 + 544 * 40_000 and story.held >= story.total
    assert story.request["held_output_tokens"] == 2 * 6_240
    assert raw.headers["x-tollbook-cost-usd"] == "0.022010000"


def test_images_without_usage_cost_their_number(by_units: Gateway):
    raw = connect(by_units).images.with_raw_response.generate(
        model="media", prompt="A lamp.", n=3, response_format="url", extra_headers=sim("fault=no_usage"))
    assert len(raw.parse().data) == 3
    story = by_units.story(raw.headers["x-tollbook-request-id"])
    assert story.tokens == {"image": 3} and story.sources == {"counted"} and story.caveat is None
    assert story.total == 3 * 40_000_000 == story.held


def test_images_charged_by_number_are_not_charged_by_their_tokens_too(by_units: Gateway):
    raw = connect(by_units).images.with_raw_response.generate(model="media", prompt="A lamp.")
    story = by_units.story(raw.headers["x-tollbook-request-id"])
    assert story.tokens == {"image": 1} and story.attempts[0]["raw_usage"]


def test_images_without_a_price_are_unpriced_and_not_free(unpriced: Gateway):
    raw = connect(unpriced).images.with_raw_response.generate(
        model="media", prompt="x", extra_headers=sim("fault=no_usage"))
    story = unpriced.story(raw.headers["x-tollbook-request-id"])
    assert story.tokens == {"image": 1} and story.charges[0]["amount_nano"] is None


def test_unpriced_images_are_refused_under_a_budget(simulator: Simulator, make_gateway):
    gateway = make_gateway(media(
        simulator.base_url, {"character": "15.00"}, "media", budgets=[hard_budget(1_000_000_000)]))
    with pytest.raises(openai.APIStatusError) as refused:
        connect(gateway).images.generate(model="media", prompt="x")
    assert refused.value.status_code == 402 and refused.value.code == "unpriced_model"


def test_a_hard_budget_holds_every_image(simulator: Simulator, make_gateway):
    gateway = make_gateway(media(simulator.base_url, UNITS, "media", budgets=[hard_budget(130_000_000)]))
    client = connect(gateway)
    with pytest.raises(openai.APIStatusError) as refused:
        client.images.generate(model="media", prompt="x", n=4)
    assert refused.value.code == "budget_exhausted"
    client.images.generate(model="media", prompt="x", n=3)
    gateway.check_books()


def test_streamed_images_are_metered(by_tokens: Gateway):
    with connect(by_tokens).images.with_streaming_response.generate(
        model="media", prompt="x", stream=True, partial_images=1, n=2,
        extra_headers=sim("prompt=40,completion=600,bytes=100000")
    ) as raw:
        events = list(raw.parse())
        request_id = raw.headers["x-tollbook-request-id"]
    assert [event.type.split(".")[1] for event in events] == ["partial_image", "completed", "completed"]
    assert len(events[1].b64_json) == 100_000 and events[2].usage.output_tokens == 300
    story = by_tokens.story(request_id)
    assert story.request["stream"] == 1
    assert story.tokens == {"input": 40, "output_image": 600} and story.caveat is None


def test_a_large_picture_is_relayed_in_bounded_memory(replayed: Gateway, upstream: ScriptedUpstream):
    """48 MB of base64, whose usage stands behind it."""
    piece = base64.b64encode(os.urandom(3 << 18))
    usage = b'{"input_tokens":12,"output_tokens":6240,"total_tokens":6252,"input_tokens_details":{"text_tokens":12}}'

    def send(exchange: Exchange) -> None:
        exchange.begin_stream({"content-type": "application/json"})
        exchange.send_chunk(b'{"created":1,"data":[{"b64_json":"')
        for _ in range(48):
            exchange.send_chunk(piece)
        exchange.send_chunk(b'"}],"usage":' + usage + b"}")
        exchange.end_stream()

    upstream.handler = send
    before = replayed.resident_bytes()
    digest, size, request_id, peak = hashlib.sha256(), 0, "", 0
    with replayed.client.stream(
        "POST", "/v1/images/generations", json={"model": "media", "prompt": "x"},
        headers={"authorization": f"Bearer {replayed.key}"}
    ) as answer:
        request_id = answer.headers["x-tollbook-request-id"]
        for data in answer.iter_raw(1 << 16):
            digest.update(data)
            size += len(data)
            peak = max(peak, replayed.resident_bytes()) if size % 8 == 0 else peak
    wanted = hashlib.sha256(b'{"created":1,"data":[{"b64_json":"' + piece * 48 + b'"}],"usage":' + usage + b"}")
    assert digest.digest() == wanted.digest() and size > 48_000_000
    assert max(peak, replayed.resident_bytes()) - before < 24 << 20
    story = replayed.story(request_id)
    assert story.tokens == {"input": 12, "output_image": 6240} and story.sources == {"provider"}


def test_a_picture_that_breaks_off_costs_what_was_asked_for(by_units: Gateway):
    answer_id = None
    with pytest.raises(httpx.HTTPError):
        with by_units.client.stream(
            "POST", "/v1/images/generations", json={"model": "media", "prompt": "x", "n": 2},
            headers={"authorization": f"Bearer {by_units.key}", "x-sim": "bytes=3000000,fault=cut_mid_stream"}
        ) as answer:
            answer_id = answer.headers["x-tollbook-request-id"]
            answer.read()
    story = by_units.story(answer_id)
    assert story.tokens == {"image": 2} and story.sources == {"estimated"}
    assert (story.end_reason, story.caveat) == ("upstream_cut", "usage_estimated")


def test_an_edit_passes_its_images_on(by_tokens: Gateway, simulator: Simulator):
    raw = connect(by_tokens).images.with_raw_response.edit(
        model="media", prompt="Brighter.", image=[("a.png", PNG, "image/png"), ("b.png", PNG, "image/png")], n=2,
        extra_headers=sim("prompt=200,completion=544"))
    assert len(raw.parse().data) == 2
    assert simulator.last()["request_line"].startswith("POST /v1/images/edits ")
    story = by_tokens.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "image_edits"
    assert story.tokens == {"input": 100, "input_image": 100, "output_image": 544}
    assert story.request["estimated_input_tokens"] >= 4_000


# Recordings


@pytest.mark.parametrize(("case", "path", "tokens"), [
    ("openai/moderation-0", "/v1/moderations", {}), ("openai/image-create-0", "/v1/images/generations", {"image": 1})])
@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
def test_replay(replayed: Gateway, upstream: ScriptedUpstream, case: str, path: str, tokens: dict, pieces: int):
    directory = SHARED / "recordings" / case
    if not directory.exists():
        pytest.skip(f"no recordings at {directory}: the replay tests did NOT run")
    recorded = (directory / "response.json").read_bytes()

    def send(exchange: Exchange) -> None:
        exchange.begin_stream({"content-type": "application/json"})
        for start in range(0, len(recorded), pieces):
            exchange.send_chunk(recorded[start : start + pieces])
        exchange.end_stream()

    upstream.handler = send
    body = (directory / "request.json").read_bytes()
    answer = replayed.post(path, body, {"authorization": f"Bearer {replayed.key}"})
    assert answer.status == 200 and answer.body == recorded
    asked = json.loads(body)
    assert json.loads(upstream.last.body) == {"model": "dall-e-2", **asked}
    story = replayed.story(answer)
    assert story.end_reason == "completed"
    if tokens:
        assert story.tokens == tokens and story.sources == {"counted"} and story.caveat is None
    through = openai.OpenAI(
        base_url=f"{replayed.url}/v1", api_key=replayed.key, http_client=httpx.Client(trust_env=False))
    straight = openai.OpenAI(
        base_url=upstream.base_url, api_key="x", http_client=httpx.Client(trust_env=False))
    kind = openai.types.ModerationCreateResponse if "moderation" in case else openai.types.ImagesResponse
    objects = [
        client.post(path.removeprefix("/v1"), body=asked, cast_to=kind) for client in (straight, through)]
    assert objects[0] == objects[1]


def schema(name: str) -> dict:
    file = SHARED / "specs" / "openai" / "openapi.json"
    if not file.exists():
        pytest.skip(f"no descriptions at {file}: the schema tests did NOT run")
    return {**json.loads(file.read_text()), "$ref": f"#/components/schemas/{name}"}


def test_the_simulators_answers_fit_the_published_description(unpriced: Gateway):
    headers = {"authorization": f"Bearer {unpriced.key}"}

    def check(name: str, path: str, body: dict) -> None:
        jsonschema.validate(unpriced.post(path, body, headers).json, schema(name))

    check("CreateModerationResponse", "/v1/moderations", {"input": "x"})
    check("ImagesResponse", "/v1/images/generations", {"model": "media", "prompt": "x"})
    for model, kind, name in [
        ("media", "json", "CreateTranscriptionResponseJson"), ("whisper-1", "json", "CreateTranscriptionResponseJson"),
        ("whisper-1", "verbose_json", "CreateTranscriptionResponseVerboseJson"),
    ]:
        body = form(
            ('name="file"; filename="a"', b"x" * 9_000), ('name="model"', model.encode()),
            ('name="response_format"', kind.encode()))
        jsonschema.validate(send_form(unpriced, body).json, schema(name))
    streams = [
        ("/v1/images/generations", {"model": "media", "prompt": "x", "stream": True}, "ImageGenStreamEvent"),
        ("/v1/audio/speech", {"model": "media", "voice": "a", "input": "x", "stream_format": "sse"},
         "CreateSpeechResponseStreamEvent"),
    ]
    for path, body, name in streams:
        lines = unpriced.post(path, body, headers).body.splitlines()
        events = [json.loads(line[5:]) for line in lines if line.startswith(b"data:")]
        assert len(events) > 1
        for event in events:
            jsonschema.validate(event, schema(name))
