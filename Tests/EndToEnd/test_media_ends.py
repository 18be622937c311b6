"""How calls of moderations, images and audio end: errors, callers who leave, crashes, and what does not serve them."""

import threading

import openai
import pytest

from harness.gateway import Gateway
from harness.media import PNG, TOKENS, UNITS, connect, media, newest, serve, sim
from harness.simulator import Simulator
from harness.waiting import until


@pytest.fixture(scope="module")
def by_tokens(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    yield from serve(tmp_path_factory, media(simulator.base_url, TOKENS))


@pytest.fixture(scope="module")
def by_units(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    yield from serve(tmp_path_factory, media(simulator.base_url, UNITS))


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
