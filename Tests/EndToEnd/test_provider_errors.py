"""Errors of providers as the caller's SDK raises them: refusals of a request against refusals of the gateway's own
credential, and what an error tells besides its status.
"""

import json

import anthropic
import openai
import pytest
from botocore.exceptions import ClientError
from google.genai import errors

from harness import bedrock
from harness.callers import CALLERS, PROVIDERS, Callers, every_dialect, send_error
from harness.gateway import UPSTREAM_KEY, Gateway
from harness.governance import governance
from harness.upstream import ScriptedUpstream

INFO = "type.googleapis.com/google.rpc.ErrorInfo"
# Each dialect's word for what the account, the country or the model is not permitted, with its request id's header.
FORBIDDEN = {
    "openai": ({"error": {
        "message": "Country, region, or territory not supported", "type": "request_forbidden", "param": None,
        "code": "unsupported_country_region_territory"}}, "x-request-id"),
    "anthropic": ({"type": "error", "request_id": "req-7", "error": {
        "type": "permission_error", "message": "Your organization may not use this model."}}, "request-id"),
    "gemini": ({"error": {
        "code": 403, "message": "Permission denied on resource project acme.", "status": "PERMISSION_DENIED",
        "details": [{"@type": INFO, "reason": "CONSUMER_SUSPENDED", "domain": "googleapis.com"}]}}, "x-request-id"),
    "bedrock": ({"message": "You don't have access to the model with the specified model ID."}, "x-amzn-requestid"),
}
AWS_HEADER = {"bedrock": {"x_amzn_errortype": "AccessDeniedException:http://internal.amazon.com/"}}
# The class that each caller's SDK raises for 403 at its own provider.
RAISED = {
    "chat": openai.PermissionDeniedError, "responses": openai.PermissionDeniedError,
    "messages": anthropic.PermissionDeniedError, "gemini": errors.ClientError, "bedrock": ClientError}


@pytest.fixture(scope="module")
def served(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    # A pair, because Bedrock's requests are signed.
    server = Gateway(
        tmp_path_factory.mktemp("errors"), every_dialect(upstream), environment=bedrock.ENVIRONMENT)
    try:
        yield server
        server.check_books()
    finally:
        server.close()


@pytest.fixture(scope="module")
def callers(served: Gateway) -> Callers:
    return Callers(served)


def headers_of(error: Exception) -> dict[str, str]:
    response = error.response
    found = response["ResponseMetadata"]["HTTPHeaders"] if isinstance(response, dict) else response.headers
    return {name.lower(): value for name, value in found.items()}


def status_of(error: Exception) -> int:
    if isinstance(error, ClientError):
        return error.response["ResponseMetadata"]["HTTPStatusCode"]
    return error.code if isinstance(error, errors.APIError) else error.status_code


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("caller", CALLERS)
def test_what_a_provider_does_not_permit_is_told_as_it_tells_it(
    served: Gateway, callers: Callers, upstream: ScriptedUpstream, caller: str, provider: str
):
    body, id_header = FORBIDDEN[provider]
    message = body["message"] if provider == "bedrock" else body["error"]["message"]
    upstream.handler = send_error(
        "403 Forbidden", body, **{id_header.replace("-", "_"): "req-7"}, **AWS_HEADER.get(provider, {}))
    with pytest.raises(RAISED[caller]) as raised:
        callers.call(caller, provider)
    error = raised.value
    assert status_of(error) == 403 and message in str(error)
    if caller == "bedrock":
        assert error.response["Error"]["Code"] == "AccessDeniedException"
    if caller == "gemini":
        assert error.status == "PERMISSION_DENIED"
    told = headers_of(error)
    own_header = {"messages": "request-id", "bedrock": "x-amzn-requestid"}.get(caller, "x-request-id")
    assert told[own_header] == "req-7"
    story = served.story(told["x-tollbook-request-id"])
    assert story.charges == [] and story.end_reason == "error" and story.outcome["status"] == 403
    assert story.attempts[0]["status"] == 403 and story.attempts[0]["error_class"] == "upstream_status"


@pytest.mark.parametrize("caller", ["chat", "messages", "gemini", "bedrock"])
def test_the_same_dialects_refusal_comes_byte_for_byte(
    served: Gateway, upstream: ScriptedUpstream, caller: str
):
    body = b'{ "error" : {"message":"flagged", "metadata":{"reasons":["violence"]},"code":403}}'
    upstream.handler = send_error("403 Forbidden", body, x_own="1")
    path, asked = {
        "chat": ("/v1/chat/completions", {"model": "openai", "messages": []}),
        "messages": ("/v1/messages", {"model": "anthropic", "max_tokens": 5, "messages": []}),
        "gemini": ("/v1beta/models/gemini:generateContent", {"contents": []}),
        "bedrock": ("/model/bedrock/converse", {"messages": []})}[caller]
    answer = served.post(path, json.dumps(asked).encode(), {"authorization": f"Bearer {served.key}"})
    assert (answer.status, answer.body, answer.headers["x-own"]) == (403, body, "1")


# What says that the gateway's own credential is none: AWS has no 401.
REFUSED = [
    ("bedrock", {"message": "The security token included in the request is invalid."}, "UnrecognizedClientException"),
    ("bedrock", {"message": "The security token included in the request is expired"}, "ExpiredTokenException"),
    ("bedrock", {"message": "Signature mismatch"}, "InvalidSignatureException"),
    ("bedrock", {"Message": "Authentication failed: Please make sure your API Key is valid."}, "AccessDeniedException"),
    ("gemini", {"error": {
        "code": 403, "message": "Your API key was reported as leaked.", "status": "PERMISSION_DENIED"}}, None),
    ("gemini", {"error": {
        "code": 403, "status": "PERMISSION_DENIED",
        "message": "Method doesn't allow unregistered callers (callers without established identity)."}}, None),
    ("openai", {"error": {"message": "Invalid API key", "code": 403}}, None),
    ("openai", {"error": {"message": "no", "type": "authentication_error"}}, None),
]


@pytest.mark.parametrize(("provider", "body", "kind"), REFUSED)
@pytest.mark.parametrize("caller", ["chat", "messages", "bedrock"])
def test_a_refused_credential_is_the_gateways_fault_whatever_its_status(
    served: Gateway, callers: Callers, upstream: ScriptedUpstream, caller: str, provider: str, body: dict,
    kind: str | None
):
    upstream.handler = send_error("403 Forbidden", body, **({"x_amzn_errortype": kind} if kind else {}))
    with pytest.raises((openai.InternalServerError, anthropic.InternalServerError, ClientError)) as raised:
        callers.call(caller, provider)
    assert status_of(raised.value) == 502 and "gateway's credential" in str(raised.value)
    story = served.story(headers_of(raised.value)["x-tollbook-request-id"])
    assert story.charges == [] and story.attempts[0]["status"] == 403


def test_a_passed_through_refusal_comes_as_it_is(make_gateway, make_upstream):
    upstream: ScriptedUpstream = make_upstream()
    gateway: Gateway = make_gateway(governance(upstream.base_url, model="any", routes=[
        {"name": "passthrough/up", "strategy": "priority", "targets": ["up-d"]}],
        projects=[{"name": "ranking", "routes": ["passthrough/up"]}]))
    upstream.handler = send_error("403 Forbidden", b"<html>not from here</html>", content_type="text/html")
    headers = {"authorization": f"Bearer {gateway.key}"}
    answer = gateway.client.get("/passthrough/up/models", headers=headers)
    assert answer.status_code == 403 and answer.content == b"<html>not from here</html>"
    upstream.handler = send_error("403 Forbidden", {"error": {"message": f"Incorrect API key: {UPSTREAM_KEY}"}})
    answer = gateway.client.get("/passthrough/up/models", headers=headers)
    assert answer.status_code == 502 and UPSTREAM_KEY not in answer.text
    gateway.check_books()


# When to come back.

RETRY = "type.googleapis.com/google.rpc.RetryInfo"


def busy(code: int, delay: object, kind: str = RETRY) -> dict:
    return {"error": {"code": code, "message": "Busy.", "status": "UNAVAILABLE", "details": [
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": []},
        {"@type": kind, "retryDelay": delay}]}}


@pytest.mark.parametrize(("status", "delay", "told"), [
    ("429 Too Many Requests", "37.5s", "38"), ("503 Service Unavailable", "2s", "2"),
    ("429 Too Many Requests", "0.000000001s", "1"), ("429 Too Many Requests", "-1s", None),
    ("429 Too Many Requests", "soon", None), ("429 Too Many Requests", 5, None), ("429 Too Many Requests", "s", None),
])
@pytest.mark.parametrize("caller", CALLERS)
def test_googles_delay_is_told_to_every_caller(
    callers: Callers, upstream: ScriptedUpstream, caller: str, status: str, delay: object, told: str | None
):
    upstream.handler = send_error(status, busy(int(status[:3]), delay))
    with pytest.raises((openai.APIStatusError, anthropic.APIStatusError, errors.APIError, ClientError)) as raised:
        callers.call(caller, "gemini")
    assert headers_of(raised.value).get("retry-after") == told


def test_the_heads_own_delay_is_the_one_that_counts(callers: Callers, upstream: ScriptedUpstream):
    upstream.handler = send_error("429 Too Many Requests", busy(429, "37s"), retry_after="9")
    for caller in ("chat", "gemini"):
        with pytest.raises((openai.APIStatusError, errors.APIError)) as raised:
            callers.call(caller, "gemini")
        assert headers_of(raised.value)["retry-after"] == "9"


# What is wrong with a body, as servers made with FastAPI say it.

@pytest.mark.parametrize(("detail", "message", "parameter"), [
    ("Model not loaded.", "Model not loaded.", None),
    ([{"loc": ["body", "messages", 0, "role"], "msg": "Field required", "type": "missing"}],
     "messages.0.role: Field required", "messages.0.role"),
    ([{"loc": ["body", "top_p"], "msg": "Too large \"é\"", "type": "x"}, {"loc": ["query", "q"], "msg": "Odd"},
      {"msg": "All wrong"}], "top_p: Too large \"é\"; query.q: Odd; All wrong", "top_p"),
])
def test_a_list_of_what_is_wrong_is_told_across_dialects(
    callers: Callers, upstream: ScriptedUpstream, detail: object, message: str, parameter: str | None
):
    upstream.handler = send_error("422 Unprocessable Entity", {"detail": detail})
    with pytest.raises(anthropic.UnprocessableEntityError) as raised:
        callers.call("messages", "openai")
    assert raised.value.body["error"]["message"] == message
    assert raised.value.body["error"].get("param") == parameter
    with pytest.raises(ClientError) as told:
        callers.call("bedrock", "openai")
    assert told.value.response["Error"]["Message"] == message
    with pytest.raises(errors.ClientError) as named:
        callers.call("gemini", "openai")
    assert named.value.message == message


def test_details_that_say_nothing_leave_the_status_to_speak(callers: Callers, upstream: ScriptedUpstream):
    for detail in ([], [7, None], {"a": 1}, [{"loc": "x"}]):
        upstream.handler = send_error("422 Unprocessable Entity", {"detail": detail})
        with pytest.raises(anthropic.UnprocessableEntityError) as raised:
            callers.call("messages", "openai")
        assert raised.value.body["error"]["message"]
