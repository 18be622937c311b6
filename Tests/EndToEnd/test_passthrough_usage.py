"""Gemini's and Bedrock's own calls that are passed through: their SDKs work, their usage is found, their streams stay
streams.
"""

import hashlib
import json

import pytest
from botocore.exceptions import EventStreamError
from google import genai
from google.genai import errors, types

from harness import bedrock
from harness.gateway import UPSTREAM_KEY, Gateway
from harness.gemini import METERS, USAGE, array, chunk, event, send_array, send_events, send_json, usage
from harness.governance import governance
from harness.media import newest
from harness.net import Message
from harness.recordings import SHARED
from harness.upstream import ScriptedUpstream

INVOKED = {
    "ai21-invoke-0": {"input": 10, "output": 10},
    "amazon-invoke-model-arn-0": {"input": 18, "output": 50},
    "test-invoke-model-with-content-tool-call-anthropic-claude-1": {"input": 604, "output": 146},
    "testclaudeinvokemodelmessageapi-test-invoke-model-with-image-1": {"input": 480, "output": 76},
}
CONVERSATION = [{"role": "user", "content": [{"text": "x"}]}]
STREAMED = "test-invoke-model-with-response-stream-close-before-consumption-amazon-0"
# Google's SDK closes what a client that is not kept was reading.
clients: list[genai.Client] = []
needs_recordings = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no recordings at {SHARED}")


def passing(upstream: ScriptedUpstream, dialect: str) -> dict:
    base = f"http://127.0.0.1:{upstream.port}"
    file = governance(
        base, dialect=dialect, model="any", prices={"input": "1.00", "output": "2.00"},
        routes=[{"name": "passthrough/up", "strategy": "priority", "targets": ["up-d"]}],
        projects=[{"name": "ranking", "routes": ["passthrough/up"]}])
    if dialect == "bedrock":
        file["providers"][0]["aws_region"] = bedrock.REGION
    return file


def passed(dialect: str, upstream: ScriptedUpstream, factory: pytest.TempPathFactory):
    gateway = Gateway(
        factory.mktemp(f"passed-{dialect}"), passing(upstream, dialect),
        **({"environment": bedrock.ENVIRONMENT} if dialect == "bedrock" else {}))
    try:
        yield gateway
        gateway.check_books()
    finally:
        gateway.close()


@pytest.fixture(scope="module")
def google(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    yield from passed("gemini", upstream, tmp_path_factory)


@pytest.fixture(scope="module")
def aws(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    yield from passed("bedrock", upstream, tmp_path_factory)


def gemini_client(gateway: Gateway) -> genai.Client:
    options = types.HttpOptions(base_url=f"{gateway.url}/passthrough/up")
    clients.append(genai.Client(api_key=gateway.key, http_options=options))
    return clients[-1]


def aws_client(gateway: Gateway):
    return bedrock.connect(f"{gateway.url}/passthrough/up", gateway.key)


def check_signature(request: Message) -> None:
    """That a request is signed with the provider's credential, worked out here."""
    headers = {name: request.header(name) for name in ("host", "x-amz-date")}
    credential, _, made = (part.partition("=")[2] for part in request.header("authorization").split(", "))
    access_key, _, scope = credential.partition("/")
    assert access_key == bedrock.ACCESS_KEY
    method, target, _ = request.start.split(" ")
    assert made == bedrock.signature(
        bedrock.SECRET_KEY, scope, headers["x-amz-date"], method, target, headers,
        hashlib.sha256(request.body).hexdigest())


# Gemini


def test_googles_sdk_is_passed_through(google: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_json(chunk("Hello.", finish="STOP", usage=USAGE))
    answer = gemini_client(google).models.generate_content(model="gemini-x", contents="Hi")
    assert answer.text == "Hello."
    assert upstream.last.start.endswith("/models/gemini-x:generateContent HTTP/1.1")
    assert upstream.last.all("x-goog-api-key") == [UPSTREAM_KEY] and "tb-" not in repr(upstream.last.headers)
    found = newest(google)
    assert found.tokens == METERS and found.sources == {"provider"} and found.caveat is None


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_googles_stream_is_read_and_not_changed(google: Gateway, upstream: ScriptedUpstream, size: int):
    upstream.handler = send_events(
        event(chunk("Hel", usage=usage(30, 2))), event(chunk("lo.", finish="STOP", usage=usage(30, 12))), size=size)
    told = "".join(
        part.text for part in gemini_client(google).models.generate_content_stream(model="gemini-x", contents="Hi"))
    assert told == "Hello."
    found = newest(google)
    assert found.tokens == {"input": 30, "output": 12} and found.caveat is None


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_an_array_streams_and_is_read(google: Gateway, upstream: ScriptedUpstream, size: int):
    body = array(chunk("Hel", usage=usage(30, 2)), chunk("lo.", finish="STOP", usage=usage(30, 12)))
    upstream.handler = send_array(body, size=size)
    path = "/passthrough/up/v1beta/models/gemini-x:streamGenerateContent"
    answer = google.post(path, b'{"contents":[]}', {"authorization": f"Bearer {google.key}"})
    assert answer.status == 200 and answer.body == body
    assert google.story(answer).tokens == {"input": 30, "output": 12}
    # What no path tells is read all the same.
    upstream.handler = lambda exchange: exchange.send_plain(body)
    answer = google.post("/passthrough/up/v1beta/else", b"{}", {"authorization": f"Bearer {google.key}"})
    assert answer.body == body and google.story(answer).tokens == {"input": 30, "output": 12}


def test_a_google_stream_that_is_cut_ends_with_googles_error(google: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_events(event(chunk("Hel", usage=usage(30, 2))), cut=True)
    with pytest.raises(errors.APIError) as raised:
        list(gemini_client(google).models.generate_content_stream(model="gemini-x", contents="Hi"))
    assert raised.value.code == 502 and raised.value.status == "UNAVAILABLE"
    assert newest(google).end_reason == "upstream_cut"


def test_a_key_that_google_refuses_is_the_gateways_fault(google: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_json({"error": {
        "code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}},
        "400 Bad Request")
    with pytest.raises(errors.ServerError) as raised:
        gemini_client(google).models.generate_content(model="gemini-x", contents="Hi")
    assert raised.value.code == 502 and "API key not valid" not in str(raised.value)


@pytest.mark.parametrize(("told", "tokens"), [
    ({"inputTokens": 30, "outputTokens": 12, "totalTokens": 47, "cacheReadInputTokens": 5},
     {"input": 30, "output": 12, "cache_read": 5}),
    ({"input_tokens": 30, "cache_creation_input_tokens": 4, "cache_read_input_tokens": 5, "output_tokens": 12},
     {"input": 30, "output": 12, "cache_read": 5, "cache_write": 4}),
    ({"input_tokens": 30, "output_tokens": 12, "input_tokens_details": {"cached_tokens": 10}},
     {"input": 20, "output": 12, "cache_read": 10}),
])
def test_other_forms_are_found_whoever_answers(google: Gateway, upstream: ScriptedUpstream, told: dict, tokens: dict):
    upstream.handler = send_json({"usage": told})
    answer = google.post("/passthrough/up/x", b"{}", {"authorization": f"Bearer {google.key}"})
    assert google.story(answer).tokens == tokens
    upstream.handler = send_events(event({"usage": told}))
    answer = google.post("/passthrough/up/x", b"{}", {"authorization": f"Bearer {google.key}"})
    assert google.story(answer).tokens == tokens


# Bedrock


@needs_recordings
@pytest.mark.parametrize("case", INVOKED)
def test_invoked_models_cost_what_bedrocks_headers_tell(aws: Gateway, upstream: ScriptedUpstream, case: str):
    folder = SHARED / "bedrock" / case
    meta = json.loads((folder / "meta.json").read_text())
    body = (folder / meta["response_file"]).read_bytes()
    kept = {n.lower(): v for n, v in meta["response_headers"] if n.lower().startswith(("x-amzn", "content-type"))}
    upstream.handler = lambda exchange: exchange.send_plain(body, headers=kept)
    model = "arn:aws:bedrock:eu-central-1::foundation-model/amazon.titan"
    answer = aws_client(aws).invoke_model(modelId=model, body=b'{"inputText": "x"}')
    assert answer["body"].read() == body
    assert upstream.last.start.startswith("POST /model/arn%3Aaws%3Abedrock") and "/invoke " in upstream.last.start
    check_signature(upstream.last)
    found = newest(aws)
    assert found.tokens == INVOKED[case] and found.sources == {"provider"}


@needs_recordings
@pytest.mark.parametrize("size", [1, 97, 1 << 20])
def test_an_invoked_stream_costs_what_its_last_chunk_tells(aws: Gateway, upstream: ScriptedUpstream, size: int):
    folder = SHARED / "bedrock" / STREAMED
    meta = json.loads((folder / "meta.json").read_text())
    body = (folder / meta["response_file"]).read_bytes()

    upstream.handler = bedrock.send_stream(*(body[begin:begin + size] for begin in range(0, len(body), size)))
    answer = aws_client(aws).invoke_model_with_response_stream(modelId="amazon.nova", body=b"{}")
    parts = [json.loads(part["chunk"]["bytes"]) for part in answer["body"]]
    assert "messageStart" in parts[0] and "amazon-bedrock-invocationMetrics" in parts[-1]
    found = newest(aws)
    assert found.tokens == {"input": 5, "output": 10} and found.sources == {"provider"}
    assert found.end_reason == "completed" and found.caveat is None


def test_a_converse_stream_is_passed_through(aws: Gateway, upstream: ScriptedUpstream):
    upstream.handler = bedrock.send_stream(*bedrock.EVENTS)
    answer = aws_client(aws).converse_stream(modelId="m", messages=CONVERSATION)
    assert [next(iter(part)) for part in answer["stream"]] == [
        "messageStart", "contentBlockDelta", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"]
    assert newest(aws).tokens == {"input": 11, "output": 7}


def test_what_a_converse_stream_is_cut_to_ends_with_an_exception(aws: Gateway, upstream: ScriptedUpstream):
    upstream.handler = bedrock.send_stream(bedrock.START, cut=True)
    answer = aws_client(aws).converse_stream(modelId="m", messages=CONVERSATION)
    with pytest.raises(EventStreamError, match="broke off"):
        list(answer["stream"])
    assert newest(aws).end_reason == "upstream_cut"
