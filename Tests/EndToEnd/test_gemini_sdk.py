"""Google's Gen AI SDK for Python against the binary: what an application does on its first day."""

import asyncio
import base64
import json
from pathlib import Path

import httpx
import pytest
from google import genai
from google.genai import errors, types

from harness.gateway import UPSTREAM_KEY, Answer, Gateway
from harness.gemini import BLOCKED, OVERLOADED, chunk, event, send_events, send_json
from harness.governance import governance, hard_budget
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream
from harness.waiting import until

HELLO = "Say hello."
# A client closes its connections when it is forgotten, also in the middle of `connect(…).models.…`.
clients: list[genai.Client] = []


def connect(gateway: Gateway, *, key: str | None = None, version: str | None = None, sim: str = "") -> genai.Client:
    options = types.HttpOptions(base_url=gateway.url, api_version=version, headers={"x-sim": sim} if sim else {})
    clients.append(genai.Client(api_key=key or gateway.key, http_options=options))
    return clients[-1]


def sim(directives: str, **more: object) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(http_options=types.HttpOptions(headers={"x-sim": directives}), **more)


def request_id(answer: object) -> str:
    return answer.sdk_http_response.headers["x-tollbook-request-id"]


def post(gateway: Gateway, method: str, body: dict | bytes | None = None, *, query: str = "", model: str = "demo",
         version: str = "v1beta", sim: str = "", **headers: str) -> Answer:
    """A call without the SDK."""
    if body is None:
        body = {"contents": [{"parts": [{"text": HELLO}]}]}
    sent = {"x-goog-api-key": gateway.key, **({"x-sim": sim} if sim else {}), **headers}
    return gateway.post(f"/{version}/models/{model}:{method}{query}", body, sent)


def reason(answer: Answer) -> str:
    """Tollbook's code in an error of Google's form."""
    error = answer.json["error"]
    info = next(part for part in error["details"] if part["@type"].endswith("google.rpc.ErrorInfo"))
    assert error["code"] == answer.status and info["reason"] == info["metadata"]["code"].upper()
    return info["metadata"]["code"]


@pytest.fixture(scope="module")
def gemini(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """A gateway in front of the simulator as Google's API."""
    file = governance(simulator.base_url.removesuffix("/v1"), dialect="gemini")
    server = Gateway(tmp_path_factory.mktemp("gemini"), file)
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
    finally:
        server.close()


@pytest.fixture(scope="module")
def client(gemini: Gateway) -> genai.Client:
    return connect(gemini)


@pytest.mark.parametrize("version", [None, "v1beta", "v1alpha", "v1"])
def test_a_call_costs_what_the_provider_counted(gemini: Gateway, simulator: Simulator, version: str | None):
    answer = connect(gemini, version=version).models.generate_content(
        model="demo", contents=HELLO, config=sim("prompt=100,cached=40,completion=20,reasoning=5"))
    assert len(answer.text.split()) > 1 and answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.usage_metadata.thoughts_token_count == 5 and answer.usage_metadata.total_token_count == 120
    assert simulator.last()["request_line"] == "POST /v1beta/models/upstream-model:generateContent HTTP/1.1"
    story = gemini.story(request_id(answer))
    assert story.request["endpoint"] == "generate_content" and story.request["dialect"] == "gemini"
    assert story.tokens == {"input": 60, "cache_read": 40, "output": 15, "reasoning": 5}
    assert story.sources == {"provider"} and story.end_reason == "completed" and story.caveat is None
    assert story.total == 100 * 1_000 + 20 * 2_000 == story.outcome["total_nano"]
    headers = answer.sdk_http_response.headers
    assert headers["x-tollbook-cost-usd"] == "0.000140000" and headers["x-tollbook-route"] == "demo"
    assert story.attempts[0]["upstream_request_id"]


def test_a_stream_is_metered(client: genai.Client, gemini: Gateway):
    chunks = list(client.models.generate_content_stream(
        model="demo", contents=HELLO, config=sim("prompt=50,cached=20,completion=11,reasoning=3,chunks=8")))
    assert len(chunks) == 9 and len("".join(chunk.text or "" for chunk in chunks).split()) == 8
    assert [chunk.candidates[0].finish_reason for chunk in chunks][7:] == [None, types.FinishReason.STOP]
    story = gemini.story(request_id(chunks[0]))
    assert story.request["endpoint"] == "stream_generate_content" and story.request["stream"] == 1
    assert story.tokens == {"input": 30, "cache_read": 20, "output": 8, "reasoning": 3}
    assert story.sources == {"provider"} and story.end_reason == "completed" and story.caveat is None


def test_candidates_take_turns(client: genai.Client, gemini: Gateway):
    config = sim("completion=12,chunks=3", candidate_count=2, max_output_tokens=100)
    chunks = list(client.models.generate_content_stream(model="demo", contents=HELLO, config=config))
    assert [chunk.candidates[0].index for chunk in chunks] == [0, 1, 0, 1, 0, 1, 0, 1]
    story = gemini.story(request_id(chunks[0]))
    assert story.tokens["output"] == 12 and story.request["held_output_tokens"] == 200


def test_async_client(gemini: Gateway):
    async def run() -> list[int]:
        client = connect(gemini, sim="completion=6")
        answers = await asyncio.gather(
            *[client.aio.models.generate_content(model="demo", contents=HELLO) for _ in range(8)])
        stream = await client.aio.models.generate_content_stream(model="demo", contents=HELLO)
        words = [word async for chunk in stream for word in (chunk.text or "").split()]
        return [len(answer.text.split()) for answer in answers] + [len(words)]

    assert asyncio.run(run()) == [6] * 9


def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"It rains in {city}."


def test_tools(client: genai.Client):
    declared = types.FunctionDeclaration.from_callable(client=client._api_client, callable=get_weather)
    config = sim(
        "tool_calls=2", tools=[types.Tool(function_declarations=[declared])],
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True))
    answer = client.models.generate_content(model="demo", contents=HELLO, config=config)
    assert [(call.name, call.args) for call in answer.function_calls] == [("get_weather", {"city": "lorem"})] * 2
    parts = [
        part for chunk in client.models.generate_content_stream(model="demo", contents=HELLO, config=config)
        for part in chunk.function_calls or []]
    assert [part.args for part in parts] == [{"city": "lorem"}] * 2


def test_structured_answers(client: genai.Client):
    schema = {"type": "OBJECT", "properties": {"name": {"type": "STRING"}, "age": {"type": "INTEGER"}}}
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=schema)
    answer = client.models.generate_content(model="demo", contents=HELLO, config=config)
    assert json.loads(answer.text) == {"name": "lorem", "age": 1}


def test_everything_reaches_the_provider_as_sent(client: genai.Client, gemini: Gateway, simulator: Simulator):
    picture = bytes(range(256)) * 16
    answer = client.models.generate_content(
        model="demo",
        contents=[
            types.Content(role="user", parts=[
                types.Part.from_text(text="What is this?"), types.Part.from_bytes(data=picture, mime_type="image/png"),
                types.Part.from_uri(file_uri="https://files/1", mime_type="application/pdf")]),
            types.Content(role="model", parts=[types.Part.from_function_call(name="look", args={"at": "Köln"})]),
            types.Content(role="user", parts=[types.Part.from_function_response(name="look", response={"is": "4 °C"})]),
        ],
        config=types.GenerateContentConfig(
            system_instruction="Be kind. " * 100, temperature=0.5, max_output_tokens=77, stop_sequences=["x"],
            thinking_config=types.ThinkingConfig(thinking_budget=12),
            safety_settings=[types.SafetySetting(
                category="HARM_CATEGORY_HARASSMENT", threshold="BLOCK_ONLY_HIGH")]))
    last = simulator.last()
    sent = json.loads(last["body"])
    assert sent["generationConfig"] == {
        "temperature": 0.5, "maxOutputTokens": 77, "stopSequences": ["x"], "thinkingConfig": {"thinking_budget": 12}}
    assert base64.urlsafe_b64decode(sent["contents"][0]["parts"][1]["inlineData"]["data"]) == picture
    headers = {name.lower(): value for name, value in last["headers"]}
    assert headers["x-goog-api-key"] == UPSTREAM_KEY and "authorization" not in headers
    assert gemini.key not in str(last) and headers["x-goog-api-client"]
    request = gemini.story(request_id(answer)).request
    # A picture and a file count 2,000 tokens each, whatever their size; the instruction counts its text.
    assert 4_000 + 300 < request["estimated_input_tokens"] < 4_000 + 300 + 150
    assert request["held_output_tokens"] == 77


def test_bodies_are_passed_on_byte_for_byte(upstream: ScriptedUpstream, make_gateway):
    gateway = make_gateway(governance(upstream.base_url, dialect="gemini"))
    body = (
        b'{ "contents":{"parts" : {"text":"a\\u00e9"}}, "generation_config":{"max_output_tokens":"12","n":1e400},\n'
        b'"unknown":[1.50], "model" :"models/demo" }')
    answer = b'{"candidates":[ ],"usageMetadata":{"promptTokenCount":3 }, "x":1.50}'
    upstream.handler = lambda exchange: exchange.send_plain(answer)
    got = post(gateway, "generateContent", body, query="?prettyPrint=false")
    assert got.body == answer and upstream.last.body == body.replace(b"models/demo", b"models/upstream-model")
    assert upstream.last.target == "/v1/models/upstream-model:generateContent?prettyPrint=false"
    story = gateway.story(got)
    assert story.tokens == {"input": 3} and story.request["held_output_tokens"] == 12
    gateway.check_books()


def test_tokens_are_counted_without_a_charge(client: genai.Client, gemini: Gateway, simulator: Simulator):
    counted = connect(gemini, sim="prompt=2095").models.count_tokens(model="demo", contents=HELLO)
    assert counted.total_tokens == 2095
    assert simulator.last()["request_line"].startswith("POST /v1beta/models/upstream-model:countTokens ")
    story = gemini.story(request_id(counted))
    assert story.request["endpoint"] == "gemini_count_tokens" and story.end_reason == "completed"
    assert story.charges == [] and story.held == 0 and story.total == 0 and story.caveat is None
    whole = {"generateContentRequest": {"model": "models/demo", "contents": [{"parts": [{"text": HELLO}]}]}}
    assert post(gemini, "countTokens", whole).status == 200
    assert json.loads(simulator.last()["body"])["generateContentRequest"]["model"] == "models/upstream-model"


def test_embeddings_cost_their_input(client: genai.Client, gemini: Gateway, simulator: Simulator):
    answer = client.models.embed_content(model="demo", contents=["one", "two", "three"])
    assert [item.values for item in answer.embeddings] == [[0.5, -0.25, 0.125, 0, 1, -1, 0.75, 2]] * 3
    sent = json.loads(simulator.last()["body"])
    assert simulator.last()["request_line"].startswith("POST /v1beta/models/upstream-model:batchEmbedContents ")
    assert [part["model"] for part in sent["requests"]] == ["models/upstream-model"] * 3
    story = gemini.story(request_id(answer))
    assert story.request["endpoint"] == "batch_embed_contents" and story.request["held_output_tokens"] == 0
    # Google tells no usage of embeddings.
    assert set(story.tokens) == {"input"} and story.caveat == "usage_estimated" and story.sources == {"estimated"}
    assert story.total == story.held == story.request["estimated_input_tokens"] * 1_000


def test_one_embedding(gemini: Gateway, simulator: Simulator):
    body = {"model": "models/demo", "content": {"parts": [{"text": "x" * 300}]}, "outputDimensionality": 8}
    answer = post(gemini, "embedContent", body)
    assert answer.json["embedding"]["values"][0] == 0.5
    assert json.loads(simulator.last()["body"]) == {**body, "model": "models/upstream-model"}
    story = gemini.story(answer)
    assert story.request["endpoint"] == "embed_content" and story.tokens["input"] >= 100


def test_embeddings_with_usage_cost_it(upstream: ScriptedUpstream, make_gateway):
    gateway = make_gateway(governance(upstream.base_url, dialect="gemini", prices={"input": "1.00"}))
    upstream.handler = send_json({
        "embedding": {"values": [0.5]},
        "usageMetadata": {"promptTokenCount": 9, "promptTokenDetails": [{"modality": "TEXT", "tokenCount": 9}]}})
    story = gateway.story(post(gateway, "embedContent", {"content": {"parts": [{"text": "x"}]}}))
    assert story.tokens == {"input": 9} and story.sources == {"provider"} and story.caveat is None


def test_models_have_googles_shape(client: genai.Client, gemini: Gateway):
    models = list(client.models.list())
    assert [model.name for model in models] == ["models/demo"] and models[0].output_token_limit == 4096
    assert "generateContent" in models[0].supported_actions
    assert client.models.get(model="demo").display_name == "demo"
    with pytest.raises(errors.ClientError) as raised:
        client.models.get(model="nowhere")
    assert raised.value.code == 404 and raised.value.status == "NOT_FOUND"
    for path in ["/v1beta/models", "/v1/models"]:
        listed = gemini.client.get(path, params={"key": gemini.key, "pageSize": 5}).json()
        assert [model["name"] for model in listed["models"]] == ["models/demo"]
    # OpenAI's shape for OpenAI's way to send a key.
    kept = gemini.client.get("/v1/models", headers={"authorization": f"Bearer {gemini.key}"}).json()
    assert kept["object"] == "list"


# Errors: the class that the SDK raises must be the one that it raises against Google.

@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("status", "expected", "name"), [
    (400, errors.ClientError, "INVALID_ARGUMENT"), (404, errors.ClientError, "NOT_FOUND"),
    (429, errors.ClientError, "RESOURCE_EXHAUSTED"), (500, errors.ServerError, "INTERNAL"),
    (503, errors.ServerError, "UNAVAILABLE"), (504, errors.ServerError, "DEADLINE_EXCEEDED"),
])
def test_errors_of_the_provider_are_passed_on(
    client: genai.Client, gemini: Gateway, status: int, expected: type, name: str, streamed: bool
):
    with pytest.raises(expected) as raised:
        if streamed:
            list(client.models.generate_content_stream(model="demo", contents=HELLO, config=sim(f"status={status}")))
        else:
            client.models.generate_content(model="demo", contents=HELLO, config=sim(f"status={status}"))
    assert raised.value.code == status and raised.value.status == name
    story = gemini.story(raised.value.response.headers["x-tollbook-request-id"])
    assert story.charges == [] and story.end_reason == "error" and story.outcome["status"] == status


@pytest.mark.parametrize(("status", "told"), [
    ("403 Forbidden", "PERMISSION_DENIED"), ("400 Bad Request", "INVALID_ARGUMENT"),
])
def test_a_refused_credential_is_the_gateways_fault(
    upstream: ScriptedUpstream, make_gateway, status: str, told: str
):
    gateway = make_gateway(governance(upstream.base_url, dialect="gemini"))
    # Google says 400 of a key that is none.
    upstream.handler = send_json({"error": {
        "code": int(status[:3]), "message": "API key not valid. Please pass a valid API key.", "status": told,
        "details": [{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID",
            "domain": "googleapis.com"}]}}, status)
    with pytest.raises(errors.ServerError) as raised:
        connect(gateway).models.generate_content(model="demo", contents=HELLO)
    assert raised.value.code == 502 and raised.value.status == "UNAVAILABLE"
    assert "gateway's credential" in raised.value.message and "API key not valid" not in str(raised.value)


def test_an_unknown_key(gemini: Gateway):
    with pytest.raises(errors.ClientError) as raised:
        connect(gemini, key="tb-nobody").models.generate_content(model="demo", contents=HELLO)
    assert raised.value.code == 401 and raised.value.status == "UNAUTHENTICATED"


def test_an_unknown_model(client: genai.Client):
    with pytest.raises(errors.ClientError) as raised:
        client.models.generate_content(model="nowhere", contents=HELLO)
    assert raised.value.code == 404 and "nowhere" in raised.value.message


def test_an_exhausted_budget_tells_its_figures(simulator: Simulator, make_gateway):
    gateway = make_gateway(governance(simulator.base_url, dialect="gemini", budgets=[hard_budget(1_000)]))
    with pytest.raises(errors.ClientError) as raised:
        connect(gateway).models.generate_content(model="demo", contents=HELLO)
    error = raised.value
    assert error.code == 402 and error.status == "FAILED_PRECONDITION"
    details = {part["@type"].rsplit(".", 1)[1]: part for part in error.details["error"]["details"]}
    assert details["ErrorInfo"]["reason"] == "BUDGET_EXHAUSTED"
    assert details["ErrorInfo"]["metadata"]["limit"] == "0.000001000"
    assert details["RequestInfo"]["requestId"] == error.response.headers["x-tollbook-request-id"]
    # Counting is free: it needs no room in a budget.
    assert connect(gateway).models.count_tokens(model="demo", contents=HELLO).total_tokens > 0
    gateway.check_books()


@pytest.mark.parametrize(("body", "code", "field"), [
    (b'{"generationConfig":{"maxOutputTokens":1,"max_output_tokens":9}}', "duplicate_field",
     "generationConfig.maxOutputTokens"),
    (b'{"generationConfig":{},"generation_config":{"maxOutputTokens":9}}', "duplicate_field", "generationConfig"),
    (b'{"contents":[],"contents":[]}', "duplicate_field", "contents"),
    (b'{"generationConfig":{"candidateCount":0}}', "invalid_field", "generationConfig.candidateCount"),
    (b'{"generationConfig":{"maxOutputTokens":-1}}', "invalid_field", "generationConfig.maxOutputTokens"),
    (b'{"model":"models/another","contents":[]}', "invalid_field", "model"),
    (b'{"contents":[', "invalid_json", None), (b"[]", "invalid_json", None),
])
def test_bodies_that_cannot_be_served(gemini: Gateway, body: bytes, code: str, field: str | None):
    answer = post(gemini, "generateContent", body)
    assert answer.status == 400 and answer.json["error"]["status"] == "INVALID_ARGUMENT" and reason(answer) == code
    violations = [part["fieldViolations"][0]["field"]
                  for part in answer.json["error"]["details"] if "fieldViolations" in part]
    assert violations == ([field] if field else [])
    # Where the answer would have been an array, the error stands in one, as Google's does.
    assert json.loads(post(gemini, "streamGenerateContent", body).body) == [answer.json]
    assert post(gemini, "streamGenerateContent", body, query="?alt=sse").json == answer.json


@pytest.mark.parametrize("query", [
    "fields=candidates", "$fields=candidates", "alt=media", "alt=proto", "callback=f", "access_token=x",
    "$alt=proto", "f%69elds=x", "k%65y=tb-secret-secret",
])
def test_parameters_that_would_hide_the_usage_or_bring_a_credential_are_refused(gemini: Gateway, query: str):
    answer = post(gemini, "generateContent", query=f"?{query}")
    assert answer.status == 400 and reason(answer) == "invalid_field" and b"tb-secret" not in answer.body


def test_headers_that_would_hide_the_usage_or_bill_another_stop(gemini: Gateway, simulator: Simulator):
    answer = post(gemini, "generateContent", **{"x-goog-fieldmask": "candidates", "x-goog-user-project": "other"})
    assert answer.status == 200
    assert not {"x-goog-fieldmask", "x-goog-user-project"} & {name.lower() for name, _ in simulator.last()["headers"]}


def test_a_key_in_the_query_goes_nowhere(gemini: Gateway, simulator: Simulator):
    path = f"/v1beta/models/demo:generateContent?key={gemini.key}&prettyPrint=true"
    answer = gemini.post(path, {"contents": []}, {})
    assert answer.status == 200 and gemini.key not in str(simulator.last())
    assert simulator.last()["request_line"] == (
        "POST /v1beta/models/upstream-model:generateContent?prettyPrint=true HTTP/1.1")
    assert gemini.key not in gemini.output


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/v1beta/models/demo:generateContent", 405), ("POST", "/v1beta/models/demo:predict", 404),
    ("POST", "/v1beta/models/demo", 404), ("POST", "/v1beta/models", 405), ("POST", "/v1beta/cachedContents", 404),
])
def test_paths_and_methods_answer_in_googles_form(gemini: Gateway, method: str, path: str, status: int):
    answer = gemini.client.request(method, path, headers={"x-goog-api-key": gemini.key})
    assert answer.status_code == status and answer.json()["error"]["code"] == status


def test_embeddings_are_served_across_dialects(gemini: Gateway, gateway: Gateway):
    answer = post(gateway, "embedContent", {"content": {"parts": [{"text": HELLO}]}})
    assert answer.status == 200 and len(answer.json["embedding"]["values"]) == 8
    own = gemini.post("/v1/embeddings", {"model": "demo", "input": HELLO}, {"authorization": f"Bearer {gemini.key}"})
    assert own.status == 200 and len(own.json["data"][0]["embedding"]) == 8


def test_a_blocked_prompt_costs_its_tokens(upstream: ScriptedUpstream, make_gateway):
    gateway = make_gateway(governance(upstream.base_url, dialect="gemini"))
    upstream.handler = send_json(BLOCKED)
    answer = connect(gateway).models.generate_content(model="demo", contents=HELLO)
    assert answer.candidates is None and answer.prompt_feedback.block_reason == "PROHIBITED_CONTENT"
    upstream.handler = send_events(event(BLOCKED))
    chunks = list(connect(gateway).models.generate_content_stream(model="demo", contents=HELLO))
    assert len(chunks) == 1 and chunks[0].prompt_feedback.block_reason == "PROHIBITED_CONTENT"
    for one in [answer, chunks[0]]:
        story = gateway.story(request_id(one))
        assert story.tokens == {"input": 44} and story.end_reason == "completed" and story.caveat is None
    gateway.check_books()


def test_an_error_inside_the_stream_is_raised(upstream: ScriptedUpstream, make_gateway):
    gateway = make_gateway(governance(upstream.base_url, dialect="gemini"))
    upstream.handler = send_events(event(chunk("Hel")), event(OVERLOADED))
    with pytest.raises(errors.ServerError) as raised:
        list(connect(gateway).models.generate_content_stream(model="demo", contents=HELLO))
    assert raised.value.code == 503 and "overloaded" in raised.value.message
    upstream.handler = send_events(event(chunk("Hel")), cut=True)
    with pytest.raises(errors.ServerError) as raised:
        list(connect(gateway).models.generate_content_stream(model="demo", contents=HELLO))
    assert raised.value.code == 502 and raised.value.status == "UNAVAILABLE"
    gateway.check_books()


def test_vertex_serves_it_with_a_token_that_is_renewed(simulator: Simulator, tmp_path: Path, make_gateway):
    token = tmp_path / "token"
    token.write_text("ya29.first\n")
    base_url = simulator.base_url.removesuffix("/v1") + "/v1/projects/p-1/locations/global"
    gateway = make_gateway(governance(base_url, dialect="vertex", credential=f"file:{token}"))
    client = connect(gateway)

    def sent() -> tuple[str, str | None, str | None]:
        answer = client.models.generate_content(model="demo", contents=HELLO)
        assert answer.text and gateway.story(request_id(answer)).sources == {"provider"}
        headers = {name.lower(): value for name, value in simulator.last()["headers"]}
        return simulator.last()["request_line"], headers.get("authorization"), headers.get("x-goog-api-key")

    line = "POST /v1/projects/p-1/locations/global/publishers/google/models/upstream-model:generateContent HTTP/1.1"
    assert sent() == (line, "Bearer ya29.first", None)
    token.write_text("ya29.second\n")
    until(lambda: sent()[1] == "Bearer ya29.second", "the new token to be sent")
    assert client.models.count_tokens(model="demo", contents=HELLO).total_tokens > 0
    assert len(list(client.models.generate_content_stream(model="demo", contents=HELLO))) > 2
    body = {"model": "models/demo", "content": {"parts": [{"text": "x"}]}}
    assert post(gateway, "embedContent", body).status == 200
    model = "projects/p-1/locations/global/publishers/google/models/upstream-model"
    assert json.loads(simulator.last()["body"])["model"] == model
    # Vertex AI has no such method.
    with pytest.raises(errors.ClientError) as raised:
        client.models.embed_content(model="demo", contents=["one", "two"])
    assert raised.value.code == 422
    gateway.check_books()


def test_the_built_in_provider_speaks_it(make_gateway):
    file = governance("", dialect="simulated")
    del file["providers"][0]["base_url"], file["providers"][0]["credential"]
    gateway = make_gateway(file)
    assert connect(gateway).models.generate_content(model="demo", contents=HELLO).text
    assert len(list(connect(gateway).models.generate_content_stream(model="demo", contents=HELLO))) > 2
    with httpx.Client(trust_env=False, base_url=gateway.url, headers={"x-goog-api-key": gateway.key}) as plain:
        parts = plain.post("/v1beta/models/demo:streamGenerateContent", json={"contents": []}).json()
    assert isinstance(parts, list) and parts[-1]["candidates"][0]["finishReason"] == "STOP"
    gateway.check_books()
