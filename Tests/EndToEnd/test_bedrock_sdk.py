"""boto3 against the binary: what an application of AWS Bedrock does on its first day."""

import base64
import datetime
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import botocore.auth
import pytest
from botocore.exceptions import ClientError, EventStreamError

from harness import bedrock
from harness.bedrock import connect, signed_headers
from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream

MODEL = "eu.anthropic.claude-sonnet-4-20250514-v1:0"
HELLO = [{"role": "user", "content": [{"text": "Say hello."}]}]
CALL = {"modelId": "demo", "messages": HELLO, "inferenceConfig": {"maxTokens": 100}}
WEATHER = {"toolSpec": {
    "name": "get_weather", "description": "The weather of a city.",
    "inputSchema": {"json": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}}
PLAIN = "/model/demo/converse"


def file(base_url: str, **more: object) -> dict:
    return bedrock.bedrock_file(base_url, model=MODEL, **more)


@pytest.fixture(scope="module")
def aws(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """A gateway in front of the simulator as Bedrock."""
    server = Gateway(tmp_path_factory.mktemp("aws"), file(simulator.base_url), environment=bedrock.ENVIRONMENT)
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
        assert server.key not in server.output
    finally:
        server.close()


def client(gateway: Gateway, sim: str = "", **options: object):
    return connect(gateway.url, gateway.key, headers={"x-sim": sim} if sim else {}, **options)


def request_id(answer: dict) -> str:
    return answer["ResponseMetadata"]["HTTPHeaders"]["x-tollbook-request-id"]


def code(raised) -> str:
    return raised.value.response["Error"]["Code"]


def test_plain_call_costs_what_the_provider_counted(aws: Gateway):
    answer = client(aws, "prompt=100,cached=40,cache_write=10,completion=20").converse(**CALL)
    assert answer["output"]["message"]["content"][0]["text"] and answer["stopReason"] == "end_turn"
    assert answer["usage"]["inputTokens"] == 50 and answer["usage"]["cacheReadInputTokens"] == 40
    story = aws.ledger.story(request_id(answer))
    assert story.request["endpoint"] == "converse" and story.request["dialect"] == "bedrock-converse"
    assert story.request["stream"] == 0
    assert story.tokens == {"input": 50, "cache_read": 40, "cache_write": 10, "output": 20}
    assert story.sources == {"provider"} and story.end_reason == "completed" and story.caveat is None
    assert story.total == 100 * 1_000 + 20 * 2_000 == story.outcome["total_nano"]
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-tollbook-cost-usd"] == "0.000140000" and headers["x-tollbook-route"] == "demo"
    assert story.attempts[0]["upstream_request_id"] == answer["ResponseMetadata"]["RequestId"]


def test_stream_events_come_in_order_and_are_metered(aws: Gateway):
    answer = client(aws, "prompt=50,cached=20,completion=8").converse_stream(**CALL)
    events = list(answer["stream"])
    kinds = [next(iter(event)) for event in events]
    assert kinds == [
        "messageStart", *["contentBlockDelta"] * 8, "contentBlockStop", "messageStop", "metadata"]
    assert events[-2]["messageStop"]["stopReason"] == "end_turn"
    assert events[-1]["metadata"]["usage"]["outputTokens"] == 8
    story = aws.ledger.story(request_id(answer))
    assert story.tokens == {"input": 30, "cache_read": 20, "output": 8} and story.sources == {"provider"}
    assert story.request["endpoint"] == "converse_stream" and story.request["stream"] == 1
    assert story.end_reason == "completed" and story.caveat is None


def test_many_at_once(aws: Gateway):
    shared = client(aws, "completion=30")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: list(shared.converse_stream(**CALL)["stream"]), range(32)))
    assert all(next(iter(events[-1])) == "metadata" and len(events) == 34 for events in answers)


def test_tools(aws: Gateway):
    tools = {"tools": [WEATHER], "toolChoice": {"any": {}}}
    answer = client(aws, "tool_calls=2").converse(**CALL, toolConfig=tools)
    calls = [block["toolUse"] for block in answer["output"]["message"]["content"]]
    assert [call["name"] for call in calls] == ["get_weather"] * 2 and "city" in calls[0]["input"]
    assert answer["stopReason"] == "tool_use"


def test_streamed_tools(aws: Gateway):
    stream = client(aws, "tool_calls=1").converse_stream(**CALL, toolConfig={"tools": [WEATHER]})["stream"]
    events = list(stream)
    starts = [event["contentBlockStart"]["start"]["toolUse"] for event in events if "contentBlockStart" in event]
    pieces = [event["contentBlockDelta"]["delta"]["toolUse"]["input"] for event in events
              if "contentBlockDelta" in event]
    assert starts[0]["name"] == "get_weather" and len(pieces) > 1 and "city" in json.loads("".join(pieces))


def test_everything_reaches_the_provider_as_sent(aws: Gateway, simulator: Simulator):
    picture = bytes(range(256)) * 16
    notes = b"Meeting notes, plain. " * 300
    fields = {
        "system": [{"text": "Be kind."}, {"cachePoint": {"type": "default"}}],
        "messages": [
            {"role": "user", "content": [
                {"text": "What is this?"},
                {"image": {"format": "png", "source": {"bytes": picture}}},
                {"document": {"format": "txt", "name": "notes", "source": {"bytes": notes}}},
            ]},
            {"role": "assistant", "content": [
                {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
                {"toolUse": {"toolUseId": "t1", "name": "get_weather", "input": {"city": "Köln"}}}]},
            {"role": "user", "content": [
                {"toolResult": {"toolUseId": "t1", "content": [{"json": {"celsius": 4}}], "status": "success"}}]},
        ],
        "toolConfig": {"tools": [WEATHER]}, "inferenceConfig": {"maxTokens": 2000, "temperature": 0.5},
        "additionalModelRequestFields": {"top_k": 5}, "requestMetadata": {"team": "search"},
    }
    sent: dict = {}
    shared = client(aws)
    shared.meta.events.register(
        "before-send.bedrock-runtime", lambda request, **_: sent.update(body=request.body, url=request.url))
    answer = shared.converse(modelId="demo", **fields)
    last = simulator.last()
    assert last["body"] == sent["body"]
    assert last["request_line"].split()[1] == "/model/eu.anthropic.claude-sonnet-4-20250514-v1%3A0/converse"
    headers = {name.lower(): value for name, value in last["headers"]}
    assert aws.key not in str(last)
    assert headers["amz-sdk-invocation-id"] and headers["content-type"] == "application/json"
    request = aws.ledger.story(request_id(answer)).request
    # An image counts 2,000 tokens whatever its base64's length; a document of plain text counts its text.
    least = 2_000 + len(notes) // 3
    assert least < request["estimated_input_tokens"] < least + 400


@pytest.mark.parametrize("session", [False, True], ids=["key", "session"])
def test_the_provider_gets_a_signature_of_its_own(simulator: Simulator, make_gateway, session: bool):
    secret = bedrock.ENVIRONMENT["UPSTREAM_KEY"] + (f":{bedrock.SESSION_TOKEN}" if session else "")
    gateway = make_gateway(file(simulator.base_url), environment={**bedrock.ENVIRONMENT, "UPSTREAM_KEY": secret})
    for _ in range(2):
        list(client(gateway).converse_stream(**CALL)["stream"])
        last = simulator.last()
        headers = {name.lower(): value for name, value in last["headers"]}
        credential, names, made = (part.partition("=")[2] for part in headers["authorization"].split(", "))
        access_key, _, scope = credential.partition("/")
        assert access_key == bedrock.ACCESS_KEY
        assert scope == f"{headers['x-amz-date'][:8]}/{bedrock.REGION}/bedrock/aws4_request"
        assert headers.get("x-amz-security-token") == (bedrock.SESSION_TOKEN if session else None)
        assert [name for name, _ in last["headers"]].count("x-amz-date") == 1
        assert made == bedrock.signature(
            bedrock.SECRET_KEY, scope, headers["x-amz-date"], "POST", last["request_line"].split()[1],
            {name: headers[name] for name in names.split(";")}, hashlib.sha256(last["body"]).hexdigest())
    gateway.check_books()
    assert bedrock.SECRET_KEY not in gateway.output


def test_a_bedrock_api_key_goes_up_as_bearer(simulator: Simulator, make_gateway):
    gateway = make_gateway(file(simulator.base_url), environment={"UPSTREAM_KEY": "bedrock-api-key-c2VjcmV0"})
    client(gateway).converse(**CALL)
    headers = {name.lower(): value for name, value in simulator.last()["headers"]}
    assert headers["authorization"] == "Bearer bedrock-api-key-c2VjcmV0" and "x-amz-date" not in headers


def test_another_region_signs_the_next_call(simulator: Simulator, make_gateway):
    changed = file(simulator.base_url)
    gateway = make_gateway(changed, environment=bedrock.ENVIRONMENT)
    for region in ["us-east-1", "us-gov-west-1"]:
        changed["providers"][0]["aws_region"] = region
        gateway.apply(changed)
        client(gateway).converse(**CALL)
        assert f"/{region}/bedrock/aws4_request" in str(simulator.last()["headers"])
    del changed["providers"][0]["aws_region"]
    refused = gateway.apply(changed, check=False)
    assert refused.returncode != 0 and "the address names no region of AWS" in refused.stderr


# The caller's credentials

def test_the_key_as_bearer(aws: Gateway):
    answer = aws.post(PLAIN, {"messages": HELLO}, {"authorization": f"Bearer {aws.key}"})
    assert answer.status == 200 and answer.json["stopReason"] == "end_turn"


@pytest.mark.parametrize("minutes", [-4.9, 0, 4.9])
def test_a_signature_made_by_hand(aws: Gateway, minutes: float):
    body = json.dumps({"messages": HELLO}).encode()
    for path in ["/model/demo/converse", "/model/demo/converse?b=2&a=%C3%BC&a=1&c"]:
        headers = signed_headers(aws.url + path, aws.key, body, minutes=minutes, **{"x-my": "two   words"})
        answer = aws.post(path, body, headers)
        assert answer.status == 200, answer.body


@pytest.mark.parametrize("minutes", [-5.5, 5.5])
def test_a_skewed_clock(aws: Gateway, minutes: float):
    body = json.dumps({"messages": HELLO}).encode()
    answer = aws.post(PLAIN, body, signed_headers(aws.url + PLAIN, aws.key, body, minutes=minutes))
    assert answer.status == 403 and answer.headers["x-amzn-errortype"] == "InvalidSignatureException"
    assert answer.json["tollbook"]["code"] == "signature_expired"


def test_boto3_with_a_skewed_clock(aws: Gateway, monkeypatch: pytest.MonkeyPatch):
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=10)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: later)
    with pytest.raises(ClientError) as raised:
        client(aws).converse(**CALL)
    assert code(raised) == "InvalidSignatureException"


def test_a_wrong_secret(aws: Gateway):
    with pytest.raises(ClientError) as raised:
        connect(aws.url, aws.key, secret="tb-another").converse(**CALL)
    assert code(raised) == "InvalidSignatureException"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def tampered(headers: dict, **changes: str) -> dict:
    return {**headers, **changes}


def test_what_is_signed_cannot_be_changed(aws: Gateway, simulator: Simulator):
    body = json.dumps({"messages": HELLO}).encode()
    headers = signed_headers(aws.url + PLAIN, aws.key, body, **{"x-my": "1"})
    calls = simulator.calls
    stream = signed_headers(aws.url + "/model/demo/converse-stream", aws.key, body)
    flipped = "1" if headers["authorization"].endswith("0") else "0"
    unsigned_host = headers["authorization"].replace("host;", "")
    for path, sent, fields in [
        (PLAIN, body.replace(b"hello", b"hullo"), headers),
        (PLAIN, body + b" ", headers),
        (PLAIN + "?a=1", body, headers),
        ("/model/other/converse", body, headers),
        (PLAIN, body, stream),
        (PLAIN, body, tampered(headers, **{"x-my": "2"})),
        (PLAIN, body, {name: value for name, value in headers.items() if name != "x-my"}),
        (PLAIN, body, tampered(headers, authorization=unsigned_host)),
        (PLAIN, body, tampered(headers, authorization=headers["authorization"][:-1])),
        (PLAIN, body, tampered(headers, authorization=headers["authorization"][:-1] + flipped)),
        (PLAIN, body, signed_headers(aws.url + PLAIN, aws.key, body, service="s3")),
        (PLAIN, body, signed_headers(aws.url + PLAIN, aws.key, b"UNSIGNED-PAYLOAD")),
    ]:
        answer = aws.post(path, sent, fields)
        assert answer.status == 403 and answer.json["tollbook"]["code"] == "invalid_signature", (path, sent, fields)
        assert answer.headers["x-amzn-errortype"] == "InvalidSignatureException"
    assert simulator.calls == calls


def test_signed_calls_of_other_endpoints_are_checked_too(aws: Gateway):
    body = b'{"model":"demo","messages":[]}'
    for path in ["/v1/chat/completions", "/v1/messages"]:
        headers = signed_headers(aws.url + path, aws.key, body, secret="wrong")
        assert aws.post(path, body, headers).status == 403
        # Signed rightly, it is served as far as its provider can.
        assert aws.post(path, body, signed_headers(aws.url + path, aws.key, body)).status in (400, 422)


def test_an_unknown_key(aws: Gateway):
    with pytest.raises(ClientError) as raised:
        connect(aws.url, "tb-nobody").converse(**CALL)
    assert code(raised) == "UnrecognizedClientException"
    answer = aws.post(PLAIN, b"{}", {"authorization": "AWS4-HMAC-SHA256 nothing"})
    assert answer.status == 401 and answer.headers["x-amzn-errortype"] == "UnrecognizedClientException"


def test_a_compressed_body_cannot_be_signed(aws: Gateway):
    headers = signed_headers(aws.url + PLAIN, aws.key, b"{}", **{"content-encoding": "gzip"})
    answer = aws.post(PLAIN, b"{}", headers)
    assert answer.status == 415 and answer.json["tollbook"]["code"] == "unsupported_encoding"


# Errors: the code that botocore raises must be the one that it raises against the provider.

@pytest.mark.parametrize(("status", "expected"), [
    (400, "ValidationException"),
    (404, "ResourceNotFoundException"),
    (408, "ModelTimeoutException"),
    (424, "ModelErrorException"),
    (429, "ThrottlingException"),
    (500, "InternalServerException"),
    (503, "ServiceUnavailableException"),
])
@pytest.mark.parametrize("operation", ["converse", "converse_stream"])
def test_errors_of_the_provider_are_passed_on(aws: Gateway, status: int, expected: str, operation: str):
    shared = client(aws, f"status={status}")
    with pytest.raises(getattr(shared.exceptions, expected)) as raised:
        getattr(shared, operation)(**CALL)
    assert code(raised) == expected and "Simulated" in raised.value.response["Error"]["Message"]
    story = aws.story(request_id(raised.value.response))
    assert story.charges == [] and story.end_reason == "error" and story.outcome["status"] == status


def test_a_refused_credential_is_the_gateways_fault(aws: Gateway):
    with pytest.raises(ClientError) as raised:
        client(aws, "status=401").converse(**CALL)
    error = raised.value.response
    assert code(raised) == "InternalServerException" and error["ResponseMetadata"]["HTTPStatusCode"] == 502
    assert error["ResponseMetadata"]["RequestId"] == request_id(error)


def test_an_unknown_model(aws: Gateway):
    with pytest.raises(ClientError) as raised:
        client(aws).converse(**{**CALL, "modelId": "arn:aws:bedrock:eu-west-1:1:inference-profile/nowhere"})
    assert code(raised) == "ResourceNotFoundException"
    assert "inference-profile/nowhere" in raised.value.response["Error"]["Message"]


@pytest.mark.parametrize(("body", "name"), [
    (b'{"inferenceConfig": {"maxTokens": 1, "maxTokens": 9}}', "duplicate_field"),
    (b'{"messages": [], "messages": []}', "duplicate_field"),
    (b'{"inferenceConfig": {"maxTokens": "many"}}', "invalid_field"),
    (b'{"inferenceConfig": {"maxTokens": 1}', "invalid_json"),
    (b"[]", "invalid_json"),
])
def test_bodies_that_cannot_be_served(aws: Gateway, body: bytes, name: str):
    answer = aws.post(PLAIN, body, signed_headers(aws.url + PLAIN, aws.key, body))
    assert answer.status == 400 and answer.headers["x-amzn-errortype"] == "ValidationException"
    assert answer.json["message"] and answer.json["tollbook"]["code"] == name


def test_paths_and_methods_answer_in_awss_form(aws: Gateway):
    headers = {"authorization": f"Bearer {aws.key}"}
    answer = aws.client.get(PLAIN, headers=headers)
    assert answer.status_code == 405 and answer.headers["allow"] == "POST"
    signed = signed_headers(aws.url + "/model/demo/invoke", aws.key, b"{}")
    answer = aws.post("/model/demo/invoke", b"{}", signed)
    assert answer.status == 404 and answer.headers["x-amzn-errortype"] == "UnknownOperationException"


def test_an_exhausted_budget_is_not_retried(simulator: Simulator, make_gateway):
    gateway = make_gateway(
        file(simulator.base_url, budgets=[hard_budget(1_000)]), environment=bedrock.ENVIRONMENT)
    shared = connect(gateway.url, gateway.key)
    with pytest.raises(shared.exceptions.ServiceQuotaExceededException) as raised:
        shared.converse(**CALL)
    error = raised.value.response
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 402 and "Budget" in error["Error"]["Message"]
    answer = gateway.post(PLAIN, {"messages": HELLO}, {"authorization": f"Bearer {gateway.key}"})
    assert answer.json["tollbook"]["code"] == "budget_exhausted" and answer.json["tollbook"]["limit"] == "0.000001000"
    gateway.check_books()


def test_the_hold_covers_max_tokens(aws: Gateway):
    held = []
    for limit in (10, 1_010):
        answer = client(aws).converse(**{**CALL, "inferenceConfig": {"maxTokens": limit}})
        held.append(aws.story(request_id(answer)).held)
    assert held[1] - held[0] == pytest.approx(1_000 * 2_000, abs=3_000)


def test_what_no_provider_serves_is_refused(simulator: Simulator, make_gateway):
    path = "/v1/completions"
    gateway = make_gateway(file(simulator.base_url), environment=bedrock.ENVIRONMENT)
    body = {"messages": HELLO, "model": "demo"}
    answer = gateway.post(path, body, {"authorization": f"Bearer {gateway.key}"})
    assert answer.status == 422
    told = answer.json.get("tollbook") or answer.json["error"]
    assert told["code"] == "unservable" and told["reason"] == "endpoint_not_served"


def test_the_built_in_provider_answers(make_gateway):
    file = governance("", prices=None)
    file["providers"] = [{"name": "up", "dialect": "simulated"}]
    gateway = make_gateway(file)
    assert client(gateway).converse(**CALL)["stopReason"]
    assert list(client(gateway).converse_stream(**CALL)["stream"])[-1]["metadata"]["usage"]


# Streams that do not end well

@pytest.fixture(scope="module")
def broken(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    upstream.handler = bedrock.answer_converse
    server = Gateway(tmp_path_factory.mktemp("broken"), file(upstream.base_url), environment=bedrock.ENVIRONMENT)
    yield server
    try:
        server.check_books()
    finally:
        server.close()


def follow(gateway: Gateway) -> tuple[list[str], str | None, str]:
    """The kinds of events that boto3 hands out, the error that ends them, and the request's id."""
    answer = client(gateway).converse_stream(**CALL)
    kinds: list[str] = []
    try:
        for found in answer["stream"]:
            kinds.append(next(iter(found)))
    except EventStreamError as error:
        return kinds, error.response["Error"]["Code"], request_id(answer)
    return kinds, None, request_id(answer)


def test_a_whole_stream_keeps_its_bytes(broken: Gateway, upstream: ScriptedUpstream):
    upstream.handler = bedrock.send_stream(*bedrock.EVENTS)
    answer = broken.post("/model/demo/converse-stream", {"messages": HELLO}, {"x-api-key": broken.key})
    assert answer.body == b"".join(bedrock.EVENTS)
    assert answer.headers["content-type"] == "application/vnd.amazon.eventstream"
    assert broken.story(answer).tokens == {"input": 11, "output": 7}


def test_an_exception_of_the_provider_is_raised(broken: Gateway, upstream: ScriptedUpstream):
    upstream.handler = bedrock.send_stream(
        bedrock.START, bedrock.text("Hel"), bedrock.exception("throttlingException", "Too many tokens"))
    kinds, error, request = follow(broken)
    assert kinds == ["messageStart", "contentBlockDelta"] and error == "throttlingException"
    story = broken.story(request)
    assert story.end_reason == "error" and story.attempts[0]["error_class"] == "error_event"
    assert story.sources == {"estimated"}


def test_an_exception_in_place_of_the_answer_costs_nothing(broken: Gateway, upstream: ScriptedUpstream):
    upstream.handler = bedrock.send_stream(bedrock.exception("modelStreamErrorException", "Failed"))
    kinds, error, request = follow(broken)
    assert kinds == [] and error == "modelStreamErrorException" and broken.story(request).charges == []


@pytest.mark.parametrize("parts", [
    [bedrock.START, bedrock.text("Hel")],
    [bedrock.START, bedrock.text("Hel"), bedrock.STOP],
    [bedrock.START, bedrock.text("Hel"), bedrock.STOP[:40]],
])
def test_a_cut_stream_never_looks_whole(broken: Gateway, upstream: ScriptedUpstream, parts: list[bytes]):
    upstream.handler = bedrock.send_stream(*parts, cut=True)
    kinds, error, request = follow(broken)
    assert kinds == ["messageStart", "contentBlockDelta"] and error == "modelStreamErrorException"
    story = broken.story(request)
    assert story.end_reason == "upstream_cut" and story.sources == {"estimated"}


def test_a_stream_without_usage_is_estimated(broken: Gateway, upstream: ScriptedUpstream):
    upstream.handler = bedrock.send_stream(bedrock.START, bedrock.text("Hello there."), bedrock.STOP)
    kinds, error, request = follow(broken)
    assert kinds[-1] == "messageStop" and error is None
    story = broken.story(request)
    assert story.caveat == "usage_estimated" and story.end_reason == "completed" and story.tokens["output"] == 3


@pytest.mark.parametrize("at", [0, 5, 9, 20, -30, -1])
def test_a_message_with_a_wrong_byte_ends_the_stream(broken: Gateway, upstream: ScriptedUpstream, at: int):
    wrong = bytearray(bedrock.text("lo."))
    wrong[at] ^= 0x10
    upstream.handler = bedrock.send_stream(bedrock.START, bedrock.text("Hel"), bytes(wrong), bedrock.STOP, bedrock.END)
    kinds, error, request = follow(broken)
    assert kinds == ["messageStart", "contentBlockDelta"] and error == "modelStreamErrorException"
    assert broken.story(request).attempts[0]["error_class"] == "malformed_response"


@pytest.mark.parametrize("fault", ["error_event", "cut_mid_stream", "clean_close_no_done", "malformed_json"])
def test_the_simulators_faults(aws: Gateway, fault: str):
    answer = client(aws, f"fault={fault},completion=10").converse_stream(**CALL)
    try:
        kinds = [next(iter(found)) for found in answer["stream"]]
    except (EventStreamError, ValueError) as error:
        kinds = [str(error)]
    story = aws.story(request_id(answer))
    expected = {
        "error_event": ("error", "throttlingException"), "cut_mid_stream": ("upstream_cut", "modelStreamError"),
        "clean_close_no_done": ("completed", "messageStop"), "malformed_json": ("completed", ""),
    }[fault]
    assert story.end_reason == expected[0] and expected[1] in kinds[-1], kinds


def test_metadata_of_a_prompt_router_names_the_model(broken: Gateway, upstream: ScriptedUpstream):
    end = bedrock.event(
        "metadata", metrics={"latencyMs": 7}, usage={"inputTokens": 1, "outputTokens": 2, "totalTokens": 3},
        trace={"promptRouter": {"invokedModelId": "arn:aws:bedrock:x::m"}})
    upstream.handler = bedrock.send_stream(*bedrock.EVENTS[:-1], end)
    assert broken.story(follow(broken)[2]).attempts[0]["served_model"] == "arn:aws:bedrock:x::m"


def test_base64_is_the_only_bytes_in_a_body(aws: Gateway, simulator: Simulator):
    client(aws).converse(**{**CALL, "messages": [{"role": "user", "content": [
        {"document": {"format": "pdf", "name": "d", "source": {"bytes": b"%PDF-1.7" + bytes(9_000)}}}]}]})
    sent = json.loads(simulator.last()["body"])["messages"][0]["content"][0]["document"]["source"]["bytes"]
    assert base64.b64decode(sent).startswith(b"%PDF")
