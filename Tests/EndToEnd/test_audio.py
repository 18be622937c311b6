"""OpenAI's audio through the SDK: speech, transcriptions and translations have rows, holds and charges by tokens,
characters or seconds; sound and files pass as they are, in bounded memory."""

import json
import os
import threading
import time

import httpx
import openai
import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.media import TOKENS, UNITS, connect, form, media, newest, send_form, serve, sim
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream
from harness.uploads import upload_row
from harness.waiting import until


@pytest.fixture(scope="module")
def by_tokens(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    yield from serve(tmp_path_factory, media(simulator.base_url, TOKENS))


@pytest.fixture(scope="module")
def by_units(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    yield from serve(tmp_path_factory, media(simulator.base_url, UNITS))


@pytest.fixture(scope="module")
def replayed(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    models = ("media", "text-moderation-latest", "dall-e-2")
    yield from serve(tmp_path_factory, media(upstream.base_url, {**TOKENS, **UNITS}, *models))


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


def test_a_file_of_40_megabytes_passes(by_units: Gateway, simulator: Simulator):
    raw = connect(by_units).audio.transcriptions.with_raw_response.create(
        model="whisper-1", file=("a.wav", os.urandom(40 << 20)), extra_headers=sim("prompt=600"))
    story = by_units.story(raw.headers["x-tollbook-request-id"])
    assert story.tokens == {"audio_second": 600} and upload_row(by_units, story.request)["body_bytes"] > 40 << 20
