"""OpenAI embeddings whose model Cohere serves."""

import json

import cohere as sdk
import httpx
import openai
import pytest

from harness.cohere import client, cohere_file
from harness.gateway import Gateway
from harness.media import newest
from harness.recordings import SHARED, Recording, listed
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream

CASES = sorted(case["case"] for case in listed() if case["provider"] == "cohere" and case["api"] == "v2/embed")


def openai_client(gateway: Gateway, directives: str = "") -> openai.OpenAI:
    headers = {"x-sim": directives} if directives else {}
    return openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0, default_headers=headers,
        http_client=httpx.Client(trust_env=False))


def serve(gateway: Gateway):
    yield gateway
    try:
        gateway.check_books()
    finally:
        gateway.close()


@pytest.fixture(scope="module")
def served(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    yield from serve(Gateway(tmp_path_factory.mktemp("embedded"), cohere_file(simulator.base_url)))


def test_texts_are_embedded(served: Gateway, simulator: Simulator):
    raw = openai_client(served, "prompt=40").embeddings.with_raw_response.create(
        model="demo", input=["one", "two"], dimensions=256, user="customer-7")
    answer = raw.parse()
    assert [each.index for each in answer.data] == [0, 1] and answer.model == "demo" and answer.object == "list"
    # OpenAI's SDK asks for base64 and reads it.
    assert answer.data[1].embedding == [0.5, -0.25, 0.125, 0, 1, -1, 0.75, 2]
    assert (answer.usage.prompt_tokens, answer.usage.total_tokens) == (40, 40)
    last = simulator.last()
    assert last["request_line"].startswith("POST /v2/embed HTTP")
    assert json.loads(last["body"]) == {
        "model": "upstream-model", "input_type": "search_document", "texts": ["one", "two"], "output_dimension": 256,
        "embedding_types": ["base64"], "truncate": "NONE"}
    assert raw.headers["x-tollbook-dropped-fields"] == "user"
    story = newest(served)
    assert story.tokens == {"input": 40} and story.sources == {"provider"} and story.caveat is None
    assert story.request["endpoint"] == "embeddings" and story.total == 40 * 1_000


def test_what_they_are_for_can_be_said(served: Gateway, simulator: Simulator):
    answer = openai_client(served).embeddings.create(
        model="demo", input="one", encoding_format="float", extra_body={"input_type": "search_query"})
    sent = json.loads(simulator.last()["body"])
    assert (sent["input_type"], sent["embedding_types"], sent["texts"]) == ("search_query", ["float"], ["one"])
    assert answer.data[0].embedding[:2] == [0.5, -0.25]


@pytest.mark.parametrize("tokens", [[1, 2], [[1, 2], [3]]])
def test_tokens_are_refused(served: Gateway, simulator: Simulator, tokens: list):
    with pytest.raises(openai.BadRequestError) as raised:
        openai_client(served).embeddings.create(model="demo", input=tokens)
    assert raised.value.param == "input"


@pytest.mark.parametrize(("status", "raised"), [
    (400, openai.BadRequestError), (404, openai.NotFoundError), (429, openai.RateLimitError),
    (500, openai.InternalServerError)])
def test_errors_are_raised_as_the_callers_own(served: Gateway, status: int, raised: type):
    with pytest.raises(raised) as error:
        openai_client(served, f"status={status}").embeddings.create(model="demo", input="one")
    assert "Simulated" in error.value.body["message"] and newest(served).charges == []


def test_an_answer_without_vectors_is_an_error(tmp_path):
    with ScriptedUpstream(lambda exchange: exchange.send_plain(b'{"id":"x","embeddings":{"int8":[[1]]}}')) as upstream:
        gateway = Gateway(tmp_path, cohere_file(upstream.base_url))
        try:
            with pytest.raises(openai.InternalServerError) as error:
                openai_client(gateway).embeddings.create(model="demo", input="one")
            assert error.value.code == "upstream_malformed"
            gateway.check_books()
        finally:
            gateway.close()


@pytest.mark.skipif(not CASES, reason=f"no recordings at {SHARED}: the replay tests did NOT run")
def test_there_are_recordings():
    assert CASES


@pytest.mark.parametrize("case", CASES)
def test_recorded_vectors_reach_openais_sdk(case: str, tmp_path):
    recording = Recording(case)
    with ScriptedUpstream(recording.send(1 << 20)) as upstream:
        asked = {name: value for name, value in recording.asked.items() if name != "stream"}
        expected = client(f"http://127.0.0.1:{upstream.port}", "x").embed(**asked)
        gateway = Gateway(tmp_path, cohere_file(upstream.base_url))
        try:
            answer = openai_client(gateway).embeddings.create(
                model="demo", input=asked["texts"], encoding_format="float",
                extra_body={"input_type": asked["input_type"]})
            assert [each.embedding for each in answer.data] == expected.embeddings.float_
            assert answer.usage.prompt_tokens == expected.meta.billed_units.input_tokens
            sent = json.loads(upstream.last.body)
            assert {name: sent[name] for name in ("texts", "input_type")} == {
                name: asked[name] for name in ("texts", "input_type")}
            assert newest(gateway).tokens == {"input": int(expected.meta.billed_units.input_tokens)}
            gateway.check_books()
        finally:
            gateway.close()


def test_the_simulator_embeds_for_coheres_sdk(simulator: Simulator):
    answer = client(simulator.base_url.removesuffix("/v1"), "k", "prompt=9").embed(
        model="embed-v4.0", texts=["one", "two"], input_type="search_document", embedding_types=["float"])
    assert isinstance(answer, sdk.EmbedByTypeResponse) and len(answer.embeddings.float_) == 2
    assert answer.meta.billed_units.input_tokens == 9
