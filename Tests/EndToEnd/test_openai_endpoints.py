"""OpenAI's completions and embeddings through the SDK: the same bytes, rows and charges as for chat."""

import json

import httpx
import openai
import pytest

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.messages import PRICES
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream


def sim(directives: str) -> dict[str, str]:
    return {"x-sim": directives}


def connect(gateway: Gateway) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0, http_client=httpx.Client(trust_env=False))


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> openai.OpenAI:
    return connect(gateway)


def test_a_completion_costs_what_the_provider_counted(
    client: openai.OpenAI, gateway: Gateway, simulator: Simulator
):
    raw = client.completions.with_raw_response.create(
        model="demo", prompt="Say hello.", max_tokens=20, extra_headers=sim("prompt=30,cached=10,completion=12"))
    answer = raw.parse()
    assert answer.object == "text_completion" and len(answer.choices[0].text.split()) == 12
    assert simulator.last()["request_line"].startswith("POST /v1/completions ")
    assert json.loads(simulator.last()["body"]) == {"model": "upstream-model", "prompt": "Say hello.", "max_tokens": 20}
    story = gateway.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "completions" and story.request["dialect"] == "openai-completions"
    assert story.tokens == {"input": 20, "cache_read": 10, "output": 12} and story.sources == {"provider"}
    assert story.total == 30 * 1_000 + 12 * 2_000 and raw.headers["x-tollbook-cost-usd"] == "0.000054000"


def test_a_streamed_completion_is_metered_without_being_asked(client: openai.OpenAI, gateway: Gateway):
    with client.completions.with_streaming_response.create(
        model="demo", prompt="Say hello.", stream=True, extra_headers=sim("prompt=30,completion=8")
    ) as raw:
        chunks = list(raw.parse())
        request_id = raw.headers["x-tollbook-request-id"]
    assert len("".join(chunk.choices[0].text for chunk in chunks).split()) == 8
    assert all(chunk.usage is None for chunk in chunks) and chunks[-1].choices[0].finish_reason == "stop"
    story = gateway.story(request_id)
    assert story.tokens == {"input": 30, "output": 8} and story.sources == {"provider"} and story.caveat is None


@pytest.mark.parametrize(("directives", "end_reason", "caveat"), [
    ("completion=8,fault=no_usage", "completed", "usage_estimated"),
    ("completion=8,fault=cut_mid_stream", "upstream_cut", "usage_estimated"),
    ("completion=8,fault=error_event", "error", "usage_estimated"),
])
def test_streams_that_end_badly_are_estimated(gateway: Gateway, directives: str, end_reason: str, caveat: str):
    answer = gateway.post(
        "/v1/completions", {"model": "demo", "prompt": "Hi", "stream": True},
        {"authorization": f"Bearer {gateway.key}", "x-sim": directives})
    story = gateway.story(answer)
    assert (story.end_reason, story.caveat, story.sources) == (end_reason, caveat, {"estimated"})
    assert 4 <= story.tokens["output"] <= 16 and story.tokens["input"] > 0


@pytest.mark.parametrize(("fields", "answers"), [
    ({"prompt": "a"}, 1), ({"prompt": "a", "n": 3}, 3), ({"prompt": "a", "n": 2, "best_of": 5}, 5),
    ({"prompt": ["a", "b"]}, 2), ({"prompt": ["a", "b"], "n": 2}, 4), ({"prompt": [1, 2, 3]}, 1),
    ({"prompt": [[1, 2], [3], [4]]}, 3),
])
def test_the_hold_covers_every_answer(gateway: Gateway, fields: dict, answers: int):
    story = gateway.story(gateway.post(
        "/v1/completions", {"model": "demo", "max_tokens": 100, **fields},
        {"authorization": f"Bearer {gateway.key}"}))
    assert story.request["held_output_tokens"] == 100 * answers


def test_embeddings_cost_their_input(client: openai.OpenAI, gateway: Gateway, simulator: Simulator):
    raw = client.embeddings.with_raw_response.create(
        model="demo", input=["one", "two", "three"], extra_headers=sim("prompt=21"))
    answer = raw.parse()
    # The SDK asks for base64 and decodes it.
    assert [item.embedding for item in answer.data] == [[0.5, -0.25, 0.125, 0, 1, -1, 0.75, 2]] * 3
    assert json.loads(simulator.last()["body"])["encoding_format"] == "base64"
    story = gateway.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "embeddings" and story.request["held_output_tokens"] == 0
    assert story.tokens == {"input": 21} and story.total == 21 * 1_000 and story.sources == {"provider"}
    assert story.held == story.request["estimated_input_tokens"] * 1_000


def test_embeddings_need_no_output_price(simulator: Simulator, make_gateway):
    gateway = make_gateway(
        governance(simulator.base_url, prices={"input": "0.02"}, budgets=[hard_budget(1_000_000)]))
    answer = connect(gateway).embeddings.create(model="demo", input="x", encoding_format="float")
    assert answer.data[0].embedding[0] == 0.5
    # A chat would have an unpriced answer.
    assert gateway.chat().code == "unpriced_model"
    gateway.check_books()


def test_embeddings_without_usage_are_estimated(gateway: Gateway):
    answer = gateway.post(
        "/v1/embeddings", {"model": "demo", "input": "x" * 300},
        {"authorization": f"Bearer {gateway.key}", "x-sim": "fault=no_usage"})
    story = gateway.story(answer)
    assert story.caveat == "usage_estimated" and set(story.tokens) == {"input"} and story.tokens["input"] >= 100


@pytest.mark.parametrize(("status", "expected"), [(400, openai.BadRequestError), (429, openai.RateLimitError)])
def test_errors_are_passed_on(client: openai.OpenAI, status: int, expected: type):
    with pytest.raises(expected):
        client.embeddings.create(model="demo", input="x", extra_headers=sim(f"status={status}"))
    with pytest.raises(expected):
        client.completions.create(model="demo", prompt="x", extra_headers=sim(f"status={status}"))


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/embeddings"])
def test_bodies_are_passed_on_byte_for_byte(scripted: Gateway, upstream: ScriptedUpstream, path: str):
    body = b'{ "input":["a", 1.50],\n"prompt":"x","unknown":{"n":1e400},  "model":"demo","dimensions":2.0 }'
    answer = b'{"object":"list","data":[],"usage":{"prompt_tokens":3,"total_tokens":3} , "model":"m"}'
    upstream.handler = lambda exchange: exchange.send_plain(answer)
    got = scripted.post(path, body, {"authorization": f"Bearer {scripted.key}"})
    assert got.body == answer and scripted.story(got).tokens == {"input": 3}
    assert upstream.last.target == path
    assert upstream.last.body == body.replace(b'"demo"', b'"upstream-model"')


@pytest.mark.parametrize(("path", "name"), [("/v1/completions", "completions"), ("/v1/embeddings", "embeddings")])
def test_an_anthropic_provider_does_not_serve_them(simulator: Simulator, make_gateway, path: str, name: str):
    gateway = make_gateway(governance(simulator.base_url, dialect="anthropic", prices=PRICES))
    answer = gateway.post(
        path, {"model": "demo", "input": "x", "prompt": "x"}, {"authorization": f"Bearer {gateway.key}"})
    assert answer.status == 422 and answer.json["error"]["reason"] == "endpoint_not_served"
    assert name in answer.json["error"]["message"]


def test_azures_paths_name_the_model(gateway: Gateway, simulator: Simulator):
    client = openai.AzureOpenAI(
        azure_endpoint=gateway.url, api_key=gateway.key, api_version="2024-10-21", max_retries=0,
        http_client=httpx.Client(trust_env=False))
    raw = client.chat.completions.with_raw_response.create(
        model="demo", messages=[{"role": "user", "content": "Hi"}], extra_headers=sim("prompt=30,completion=12"))
    assert raw.parse().usage.completion_tokens == 12
    assert json.loads(simulator.last()["body"])["model"] == "upstream-model"
    assert gateway.story(raw.headers["x-tollbook-request-id"]).total == 30 * 1_000 + 12 * 2_000
    chunks = list(client.chat.completions.create(
        model="demo", messages=[{"role": "user", "content": "Hi"}], stream=True, extra_headers=sim("completion=5")))
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert client.embeddings.create(model="demo", input="x").data[0].embedding
    with pytest.raises(openai.NotFoundError) as caught:
        client.completions.create(model="unheard/of", prompt="x")
    assert caught.value.code == "model_not_found" and "unheard/of" in caught.value.message


def test_a_path_names_the_model_though_the_body_names_another_or_none(gateway: Gateway):
    headers = {"api-key": gateway.key}
    with httpx.Client(base_url=f"{gateway.url}/openai/deployments", headers=headers, trust_env=False) as client:
        for body in [{"input": "x"}, {"input": "x", "model": "another"}]:
            assert client.post("/demo/embeddings?api-version=1", json=body).status_code == 200
        answer = client.post("/demo/images/variations", json={"prompt": "x"})
        assert answer.status_code == 404 and answer.json()["error"]["code"] == "not_found"
