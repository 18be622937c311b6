"""OpenAI's moderations, images and audio through the SDK: rows, holds and charges by tokens, images, characters and
seconds; pictures, audio and files pass through as they are, in bounded memory."""

import base64
import hashlib
import io
import json
import os
import threading
import time
from pathlib import Path

import httpx
import jsonschema
import openai
import pytest

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.ledger import Story
from harness.process import ROOT
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream
from harness.waiting import until

SHARED = Path(os.environ.get("TOLLBOOK_SHARED") or ROOT.parent / "shared")
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


# Speech


def test_speech_costs_its_characters(by_units: Gateway, simulator: Simulator):
    text = "Grüße, 世界! " * 10
    client = connect(by_units)
    with client.audio.speech.with_streaming_response.create(
        model="media", voice="alloy", input=text, extra_headers=sim("bytes=300000")
    ) as raw:
        sound = b"".join(raw.iter_bytes())
        assert raw.headers["content-type"] == "audio/mpeg"
        request_id = raw.headers["x-tollbook-request-id"]
    assert sound == b"a" * 300_000
    assert json.loads(simulator.last()["body"])["input"] == text
    story = by_units.story(request_id)
    assert (story.request["endpoint"], story.request["dialect"]) == ("speech", "openai-audio")
    assert story.tokens == {"character": len(text)} and story.sources == {"counted"} and story.caveat is None
    assert story.total == len(text) * 15_000 == story.held


def test_speech_priced_by_tokens_without_usage_says_so(by_tokens: Gateway):
    answer = connect(by_tokens).audio.speech.with_raw_response.create(model="media", voice="alloy", input="x" * 100)
    assert answer.content == b"a" * 16_384
    story = by_tokens.story(answer.headers["x-tollbook-request-id"])
    assert story.caveat == "usage_estimated" and story.sources == {"estimated"}
    assert set(story.tokens) == {"input", "output_audio"} and 100 < story.tokens["output_audio"] < 200
    assert story.total < story.held


def test_a_stream_of_speech_tells_its_usage(by_tokens: Gateway):
    answer = by_tokens.post(
        "/v1/audio/speech", {"model": "media", "voice": "alloy", "input": "Hello.", "stream_format": "sse"},
        {"authorization": f"Bearer {by_tokens.key}", "x-sim": "prompt=14,completion=101,bytes=50000"})
    events = [json.loads(line[5:]) for line in answer.body.splitlines() if line.startswith(b"data:")]
    assert [event["type"] for event in events] == ["speech.audio.delta", "speech.audio.delta", "speech.audio.done"]
    assert len(events[0]["audio"]) == 50_000 and b"cost_usd=" in answer.body
    story = by_tokens.story(answer)
    assert story.request["stream"] == 1
    assert story.tokens == {"input": 14, "output_audio": 101} and story.sources == {"provider"}
    assert story.total == 14 * 5_000 + 101 * 12_000


def test_speech_is_heard_while_it_is_made(replayed: Gateway, upstream: ScriptedUpstream):
    go_on = threading.Event()

    def send(exchange: Exchange) -> None:
        exchange.begin_stream({"content-type": "audio/mpeg"})
        exchange.send_chunk(b"first" * 100)
        exchange.send_chunk(b"second" * 100)
        assert go_on.wait(20)
        exchange.send_chunk(b"third" * 100)
        exchange.end_stream()

    upstream.handler = send
    with replayed.client.stream(
        "POST", "/v1/audio/speech", json={"model": "media", "voice": "a", "input": "Hi"},
        headers={"authorization": f"Bearer {replayed.key}"}
    ) as answer:
        pieces = answer.iter_raw()
        first = next(pieces)
        assert first.startswith(b"first")
        go_on.set()
        rest = b"".join(pieces)
    assert first + rest == b"first" * 100 + b"second" * 100 + b"third" * 100


def test_audio_that_nobody_takes_is_not_read(replayed: Gateway, upstream: ScriptedUpstream):
    sent = []

    def send(exchange: Exchange) -> None:
        exchange.begin_stream({"content-type": "audio/wav"})
        for _ in range(2_000):
            exchange.send_chunk(b"\x00\xff" * (1 << 14))
            sent.append(1 << 15)
        exchange.end_stream()

    upstream.handler = send
    before = replayed.resident_bytes()
    with replayed.client.stream(
        "POST", "/v1/audio/speech", json={"model": "media", "voice": "a", "input": "Hi"},
        headers={"authorization": f"Bearer {replayed.key}"}
    ) as answer:
        # The kernel's buffers fill, then the provider waits.
        last = [0, time.monotonic()]

        def is_still() -> bool:
            if len(sent) != last[0]:
                last[:] = [len(sent), time.monotonic()]
            return last[0] > 0 and time.monotonic() - last[1] > 0.5

        until(is_still, "the provider to wait")
        assert len(sent) < 1_000 and replayed.resident_bytes() - before < 24 << 20
        assert sum(len(piece) for piece in answer.iter_raw()) == 2_000 << 15


def test_speech_that_breaks_off_costs_its_characters(by_units: Gateway):
    with pytest.raises(httpx.HTTPError):
        with by_units.client.stream(
            "POST", "/v1/audio/speech", json={"model": "media", "voice": "a", "input": "Hello."},
            headers={"authorization": f"Bearer {by_units.key}", "x-sim": "bytes=200000,fault=cut_mid_stream"}
        ) as answer:
            answer_id = answer.headers["x-tollbook-request-id"]
            answer.read()
    story = by_units.story(answer_id)
    assert story.tokens == {"character": 6} and story.end_reason == "upstream_cut"


# Transcriptions


def test_a_transcript_costs_its_tokens(by_tokens: Gateway, simulator: Simulator):
    raw = connect(by_tokens).audio.transcriptions.with_raw_response.create(
        model="media", file=("talk.mp3", os.urandom(40_000), "audio/mpeg"), language="en",
        extra_headers=sim("prompt=90,completion=12"))
    answer = raw.parse()
    assert len(answer.text.split()) == 12 and answer.usage.type == "tokens"
    assert simulator.last()["request_line"].startswith("POST /v1/audio/transcriptions ")
    story = by_tokens.story(raw.headers["x-tollbook-request-id"])
    assert (story.request["endpoint"], story.request["dialect"]) == ("transcriptions", "openai-audio")
    assert story.tokens == {"input": 2, "input_audio": 88, "output": 12} and story.sources == {"provider"}
    assert story.total == 2 * 5_000 + 88 * 6_000 + 12 * 40_000 and story.held > story.total


@pytest.mark.parametrize("response_format", ["json", "verbose_json"])
def test_a_transcript_can_cost_its_seconds(by_units: Gateway, response_format: str):
    raw = connect(by_units).audio.transcriptions.with_raw_response.create(
        model="whisper-1", file=("talk.mp3", os.urandom(40_000)), response_format=response_format,
        extra_headers=sim("prompt=9"))
    assert raw.parse().text
    story = by_units.story(raw.headers["x-tollbook-request-id"])
    assert story.tokens == {"audio_second": 9} and story.sources == {"provider"}
    assert story.total == 9 * 100_000


@pytest.mark.parametrize(("response_format", "begins"), [("text", "lorem"), ("srt", "1\n00:"), ("vtt", "WEBVTT")])
def test_a_transcript_as_text_is_estimated(by_units: Gateway, response_format: str, begins: str):
    raw = connect(by_units).audio.transcriptions.with_raw_response.create(
        model="whisper-1", file=("talk.mp3", os.urandom(39_000)), response_format=response_format)
    assert raw.parse().startswith(begins) and raw.headers["content-type"].startswith("text/plain")
    story = by_units.story(raw.headers["x-tollbook-request-id"])
    # 4,000 bytes are taken for a second.
    assert story.tokens == {"audio_second": 10} and story.sources == {"estimated"}
    assert story.caveat == "usage_estimated" and story.total == story.held


def test_a_streamed_transcript_is_metered(by_tokens: Gateway):
    events = list(connect(by_tokens).audio.transcriptions.create(
        model="media", file=("talk.mp3", b"\x00" * 9_000), stream=True, extra_headers=sim("prompt=90,completion=12")))
    assert [event.type for event in events] == ["transcript.text.delta"] * 12 + ["transcript.text.done"]
    story = newest(by_tokens)
    assert story.request["stream"] == 1 and story.tokens == {"input": 2, "input_audio": 88, "output": 12}
    assert story.caveat is None


def test_a_translation_has_its_row(by_tokens: Gateway, simulator: Simulator):
    raw = connect(by_tokens).audio.translations.with_raw_response.create(
        model="media", file=("talk.mp3", b"\x00" * 9_000), extra_headers=sim("prompt=90,completion=12"))
    assert raw.parse().text and simulator.last()["request_line"].startswith("POST /v1/audio/translations ")
    assert by_tokens.story(raw.headers["x-tollbook-request-id"]).request["endpoint"] == "translations"


def form(*parts: tuple[str, bytes], boundary: str = "xYz") -> bytes:
    body = b""
    for disposition, content in parts:
        body += f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def send_form(gateway: Gateway, body: bytes, path: str = "/v1/audio/transcriptions", **headers: str):
    sent = {"authorization": f"Bearer {gateway.key}", "content-type": "multipart/form-data; boundary=xYz"}
    return gateway.post(path, body, {**sent, **headers})


def test_only_the_models_bytes_change(upstream: ScriptedUpstream, make_gateway):
    gateway = make_gateway(governance(upstream.base_url, prices=UNITS))
    upstream.handler = lambda exchange: exchange.send_plain(b'{"text":"hi","usage":{"type":"duration","seconds":3}}')
    noise = b"\r\n--xY\r\n\r\n\x00\xff--xYz\r\n" * 500
    body = form(('name="temperature"', b"0.30"), ('name="file"; filename="demo"', noise), ('name="model"', b"demo"))
    answer = send_form(gateway, body)
    assert answer.json == {"text": "hi", "usage": {"type": "duration", "seconds": 3}}
    assert upstream.last.body == body.replace(b"\r\n\r\ndemo\r\n", b"\r\n\r\nupstream-model\r\n")
    assert upstream.last.header("content-type") == "multipart/form-data; boundary=xYz"
    assert upstream.last.header("content-length") == str(len(upstream.last.body))
    assert gateway.story(answer).tokens == {"audio_second": 3}
    # Azure's clients name the model in the path.
    without = form(('name="file"; filename="demo"', noise))
    assert send_form(gateway, without, "/openai/deployments/demo/audio/transcriptions").status == 200
    part = b'--xYz\r\nContent-Disposition: form-data; name="model"\r\n\r\nupstream-model\r\n'
    assert upstream.last.target == "/v1/audio/transcriptions" and upstream.last.body == part + without


def test_azure_is_asked_at_its_own_paths(upstream: ScriptedUpstream, make_gateway):
    file = media(upstream.base_url.removesuffix("/v1"), UNITS, "media", dialect="azure")
    file["providers"][0]["api_version"] = "2024-10-21"
    gateway = make_gateway(file)
    client = openai.AzureOpenAI(
        azure_endpoint=gateway.url, api_key=gateway.key, api_version="2024-02-01", max_retries=0,
        http_client=httpx.Client(trust_env=False))
    upstream.handler = lambda exchange: exchange.send_plain(b'{"created":1,"data":[{"url":"https://x.invalid/"}]}')
    assert client.images.generate(model="media", prompt="x").data[0].url == "https://x.invalid/"
    assert upstream.last.target == "/openai/deployments/media/images/generations?api-version=2024-10-21"
    upstream.handler = lambda exchange: exchange.send_plain(b'{"text":"hi","usage":{"type":"duration","seconds":3}}')
    assert client.audio.transcriptions.create(model="media", file=("a.mp3", b"x")).text == "hi"
    assert upstream.last.target == "/openai/deployments/media/audio/transcriptions?api-version=2024-10-21"
    assert newest(gateway).tokens == {"audio_second": 3}
    gateway.check_books()


@pytest.mark.parametrize(("body", "status", "code"), [
    pytest.param(b"", 400, "invalid_request", id="empty"),
    pytest.param(b"{}", 400, "invalid_request", id="JSON"),
    pytest.param(form(("name=file", b"x")), 400, "missing_field", id="no model"),
    pytest.param(form(('name="model"', b"whisper-1"))[:-4], 400, "invalid_request", id="cut off"),
    pytest.param(form(('name="model"', b"a"), ('name="model"', b"b")), 400, "duplicate_field", id="two models"),
    pytest.param(form(('name="model"; filename="x"', b"whisper-1")), 400, "invalid_field", id="model as a file"),
    pytest.param(form(('name="model"', b"m" * 9_000)), 400, "invalid_field", id="endless model"),
    pytest.param(form(('name="model"', b"nowhere")), 404, "model_not_found", id="unknown model"),
    pytest.param(form(*[('name="a"', b"x")] * 300), 400, "invalid_request", id="too many parts"),
    pytest.param(form((f'name="{"a" * 9_000}"', b"x")), 400, "invalid_request", id="long headers"),
])
def test_forms_that_are_none(by_units: Gateway, body: bytes, status: int, code: str):
    answer = send_form(by_units, body)
    assert (answer.status, answer.code) == (status, code)


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "multipart/form-data; boundary="])
def test_a_transcription_needs_a_form(by_units: Gateway, kind: str):
    answer = send_form(by_units, form(('name="model"', b"whisper-1")), **{"content-type": kind})
    assert (answer.status, answer.code) == (400, "invalid_request") and "multipart" in answer.json["error"]["message"]


def test_a_file_larger_than_the_limit_is_refused(by_units: Gateway):
    with pytest.raises(openai.APIStatusError) as refused:
        connect(by_units).audio.transcriptions.create(model="whisper-1", file=("a.wav", bytes(33 << 20)))
    assert refused.value.status_code == 413


def test_a_file_of_25_megabytes_passes(by_units: Gateway, simulator: Simulator):
    raw = connect(by_units).audio.transcriptions.with_raw_response.create(
        model="whisper-1", file=("a.wav", os.urandom(25 << 20)), extra_headers=sim("prompt=600"))
    story = by_units.story(raw.headers["x-tollbook-request-id"])
    assert story.tokens == {"audio_second": 600} and story.request["body_bytes"] > 25 << 20


# All of them


CALLS = {
    "moderations": lambda client, **more: client.moderations.create(model="media", input="x", **more),
    "images": lambda client, **more: client.images.generate(model="media", prompt="x", **more),
    "edits": lambda client, **more: client.images.edit(model="media", prompt="x", image=("a.png", PNG), **more),
    "speech": lambda client, **more: client.audio.speech.create(model="media", voice="a", input="x", **more),
    "transcriptions": lambda client, **more: client.audio.transcriptions.create(
        model="media", file=("a.mp3", b"x"), **more),
    "translations": lambda client, **more: client.audio.translations.create(
        model="media", file=("a.mp3", b"x"), **more),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("status", "expected"), [
    (400, openai.BadRequestError), (429, openai.RateLimitError), (500, openai.InternalServerError)])
def test_errors_are_passed_on_and_cost_nothing(by_tokens: Gateway, name: str, status: int, expected: type):
    with pytest.raises(expected):
        CALLS[name](connect(by_tokens), extra_headers=sim(f"status={status}"))
    story = newest(by_tokens)
    assert story.charges == [] and story.outcome["status"] == status


@pytest.mark.parametrize("name", CALLS)
def test_a_client_that_leaves_is_settled(by_units: Gateway, name: str):
    with pytest.raises(openai.APITimeoutError):
        CALLS[name](connect(by_units), extra_headers=sim("latency_ms=5000"), timeout=0.4)
    story = newest(by_units)
    assert story.end_reason == "client_gone" and story.caveat in ("hold_posted", "client_left_early")
    assert story.total == story.held


@pytest.mark.parametrize("name", CALLS)
def test_an_anthropic_provider_does_not_serve_them(simulator: Simulator, make_gateway, name: str):
    gateway = make_gateway(media(simulator.base_url, TOKENS, "media", dialect="anthropic"))
    with pytest.raises(openai.UnprocessableEntityError) as refused:
        CALLS[name](connect(gateway))
    assert refused.value.body["reason"] == "endpoint_not_served"


@pytest.mark.parametrize("name", CALLS)
def test_the_wrong_method_is_told(by_units: Gateway, name: str):
    paths = {
        "moderations": "moderations", "images": "images/generations", "edits": "images/edits", "speech": "audio/speech"}
    path = f"/v1/{paths.get(name, f'audio/{name}')}"
    answer = by_units.client.get(path, headers={"authorization": f"Bearer {by_units.key}"})
    assert answer.status_code == 405 and answer.headers["allow"] == "POST"


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("prices", [TOKENS, UNITS], ids=["tokens", "units"])
def test_a_crash_costs_the_hold(simulator: Simulator, make_gateway, name: str, prices: dict):
    gateway = make_gateway(media(simulator.base_url, prices, "media"))
    client = connect(gateway)
    caller = threading.Thread(
        target=lambda: pytest.raises(
            openai.APIConnectionError, CALLS[name], client, extra_headers=sim("latency_ms=60000")))
    caller.start()
    try:
        until(lambda: gateway.ledger.open_holds == 1, "the call to be opened")
    finally:
        gateway.kill()
    caller.join()
    story = gateway.start().ledger.story(gateway.ledger.requests[-1])
    assert story.end_reason == "recovered"
    if story.held or name != "moderations":
        assert story.caveat == "hold_posted" and story.sources == {"estimated"}
        assert story.total == story.held
    else:
        assert story.charges == []
    gateway.check_books()


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
