"""Azure OpenAI as a provider and as a front: its clients, its paths, its key header, and its recorded answers."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import openai
import pytest

from harness.gateway import UPSTREAM_KEY, Gateway, cost_comments
from harness.governance import PRICES, governance
from harness.recordings import Recording, listed
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream, answer_chat

HELLO = [{"role": "user", "content": "Say hello."}]
CASES = sorted(case["case"] for case in listed() if case["provider"] == "azure")
TYPES = {
    "chat/completions": (openai.types.chat.ChatCompletion, openai.types.chat.ChatCompletionChunk),
    "completions": (openai.types.Completion, openai.types.Completion),
    "embeddings": (openai.types.CreateEmbeddingResponse, None),
}


@pytest.mark.skipif(not CASES, reason="no recordings: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(CASES) >= 8


class Call:
    """What a recorded call asked for: deployment, endpoint and version, out of its address."""

    def __init__(self, case: str):
        self.recording = Recording(case)
        parts = urlsplit(self.recording.meta["url"])
        found = re.fullmatch(r"/+openai/deployments/([^/]+)/(.+)", parts.path)
        assert found, parts.path
        self.deployment, self.endpoint = found.groups()
        self.version = parse_qs(parts.query)["api-version"][0]

    @property
    def route(self) -> str:
        return f"public-{self.deployment}-{self.version}"

    @property
    def target(self) -> str:
        return f"/openai/deployments/{self.deployment}/{self.endpoint}?api-version={self.version}"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory):
    with ScriptedUpstream() as upstream:
        origin = f"http://127.0.0.1:{upstream.port}"
        calls = [Call(case) for case in CASES]
        versions = sorted({call.version for call in calls} | {"2024-10-21"})
        providers = [
            {"name": version, "dialect": "azure", "base_url": origin, "api_version": version,
             "credential": "env:UPSTREAM_KEY"} for version in versions]
        providers.append(
            {"name": "v1", "preset": "azure", "base_url": f"{origin}/openai/v1/", "credential": "env:UPSTREAM_KEY"})
        wanted = sorted({(call.version, call.deployment, call.route) for call in calls})
        wanted += [("2024-10-21", "my gpt", "dated"), ("v1", "my-gpt", "newer"), ("up", "gpt-4o", "plain")]
        deployments = [
            {"name": f"d{number}", "provider": provider, "model": model}
            for number, (provider, model, _) in enumerate(wanted)]
        routes = [{"name": name, "targets": [f"d{number}"]} for number, (_, _, name) in enumerate(wanted)]
        file = governance(
            f"{origin}/v1", extra_providers=providers, deployments=deployments, routes=routes, prices=None)
        prices = [
            {"provider": provider, "model": model, "effective_from": "2024-01-01", "per_million": PRICES}
            for provider, model, _ in wanted]
        gateway = Gateway(tmp_path_factory.mktemp("azure"), {**file, "prices": prices})
        try:
            yield gateway, upstream
            gateway.check_books()
        finally:
            gateway.close()


@pytest.fixture(autouse=True)
def answers_again(azure):
    azure[1].handler = answer_chat


def client(url: str, key: str, version: str = "2099-01-01") -> openai.AzureOpenAI:
    return openai.AzureOpenAI(
        azure_endpoint=url, api_key=key, api_version=version, max_retries=0, http_client=httpx.Client(trust_env=False))


def test_the_client_of_azure_reaches_azure(azure):
    gateway, upstream = azure
    answer = client(gateway.url, gateway.key).chat.completions.create(model="dated", messages=HELLO)
    assert answer.choices[0].message.content == "Hello."
    last = upstream.last
    # The provider's version, and not the one that the caller has with the gateway.
    assert last.target == "/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21"
    assert last.all("api-key") == [UPSTREAM_KEY] and last.all("authorization") == []
    assert json.loads(last.body)["model"] == "my gpt"


def test_a_version_is_not_asked_of_others(azure):
    gateway, upstream = azure
    client(gateway.url, gateway.key).chat.completions.create(
        model="plain", messages=HELLO, extra_query={"seen": "yes"})
    assert upstream.last.target == "/v1/chat/completions?seen=yes"
    client(gateway.url, gateway.key).chat.completions.create(
        model="dated", messages=HELLO, extra_query={"seen": "yes"})
    assert upstream.last.target.endswith("/chat/completions?api-version=2024-10-21&seen=yes")


@pytest.mark.parametrize("path", ["/v1", "/openai/v1"])
def test_the_newer_paths(azure, path: str):
    gateway, upstream = azure
    plain = openai.OpenAI(
        base_url=gateway.url + path, api_key=gateway.key, max_retries=0, http_client=httpx.Client(trust_env=False))
    chunks = list(plain.chat.completions.create(model="newer", messages=HELLO, stream=True))
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert upstream.last.target == "/openai/v1/chat/completions"
    sent = json.loads(upstream.last.body)
    assert sent["model"] == "my-gpt" and sent["stream_options"] == {"include_usage": True}
    assert upstream.last.all("api-key") == [UPSTREAM_KEY]
    assert "dated" in [model.id for model in plain.models.list()]


def test_the_client_of_azure_lists_models(azure):
    gateway, _ = azure
    assert {"dated", "newer", "plain"} <= {model.id for model in client(gateway.url, gateway.key).models.list()}


RESPONSE = {
    "id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": "my gpt", "output": [{
        "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
        "content": [{"type": "output_text", "text": "Hello.", "annotations": []}]}],
    "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
    "usage": {
        "input_tokens": 30, "output_tokens": 12, "total_tokens": 42, "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0}}}


@pytest.mark.parametrize("deployment", [None, "other"])
@pytest.mark.parametrize(("model", "target"), [
    ("dated", "/openai/responses?api-version=2024-10-21"), ("newer", "/openai/v1/responses"),
    ("plain", "/v1/responses")])
def test_azures_client_creates_responses(azure, model: str, target: str, deployment: str | None):
    gateway, upstream = azure
    upstream.handler = lambda exchange: exchange.send_plain(json.dumps(RESPONSE).encode())
    azures = openai.AzureOpenAI(
        azure_endpoint=gateway.url, azure_deployment=deployment, api_key=gateway.key, api_version="2099-01-01",
        max_retries=0, http_client=httpx.Client(trust_env=False))
    raw = azures.responses.with_raw_response.create(model=model, input="Say hello.")
    assert raw.parse().output_text == "Hello." and upstream.last.target == target
    assert gateway.story(raw.headers["x-tollbook-request-id"]).tokens == {"input": 30, "output": 12}
    upstream.handler = lambda exchange: exchange.send_plain(
        b'{"object":"response.input_tokens","input_tokens":30}')
    assert azures.responses.input_tokens.count(model=model, input="Say hello.").input_tokens == 30
    assert upstream.last.target == target.replace("/responses", "/responses/input_tokens")


def test_azures_client_is_told_what_is_not_kept_here(azure):
    gateway, _ = azure
    with pytest.raises(openai.NotFoundError, match="not read"):
        client(gateway.url, gateway.key).responses.retrieve("resp_1")
    with pytest.raises(openai.NotFoundError):
        client(gateway.url, gateway.key).get("/nothing", cast_to=object)


def test_the_simulator_speaks_azures_paths(make_gateway, simulator: Simulator):
    origin = f"http://127.0.0.1:{simulator.port}"
    file = governance(origin, dialect="azure")
    file["providers"][0]["api_version"] = "2024-10-21"
    gateway = make_gateway(file)
    for fields in ({}, {"stream": True}):
        answer = gateway.chat(sim="prompt=30,completion=12", **fields)
        assert answer.status == 200 and gateway.story(answer).tokens == {"input": 30, "output": 12}
    assert simulator.last()["request_line"].startswith(
        "POST /openai/deployments/upstream-model/chat/completions?api-version=2024-10-21 ")
    file["providers"][0].pop("api_version")
    gateway.apply(file)
    assert gateway.chat().status == 200
    assert simulator.last()["request_line"].startswith("POST /openai/v1/chat/completions ")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
def test_replay(azure, case: str, pieces: int):
    gateway, upstream = azure
    call = Call(case)
    recording = call.recording
    upstream.handler = recording.send(pieces)
    answer = gateway.post(
        f"/openai/deployments/{call.route}/{call.endpoint}?api-version={call.version}", recording.request,
        {"api-key": gateway.key})
    assert upstream.last.target == call.target
    assert upstream.last.all("api-key") == [UPSTREAM_KEY]
    if recording.status == 401:
        assert answer.status == 502 and answer.code == "upstream_auth_failed"
        return
    assert answer.status == recording.status
    got = answer.body
    for comment in cost_comments(got) if recording.streamed else []:
        got = got.replace(comment, b"")
    assert got == recording.answer
    story = gateway.story(answer)
    usage = recording.usage()
    if not usage:
        assert story.sources <= {"estimated"}
        return
    assert story.sources == {"provider"}
    assert sum(story.tokens.values()) == usage["total_tokens"] and story.total > 0
    assert json.loads(story.attempts[0]["raw_usage"]) == usage


# The SDK tells that base64 is no list of numbers; it is the same both ways.
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
@pytest.mark.parametrize("case", CASES)
def test_the_sdk_makes_the_same_of_both(azure, case: str):
    """The same call to the recording and to the gateway in front of it: equal objects, or errors of the same class."""
    gateway, upstream = azure
    call = Call(case)
    recording = call.recording
    upstream.handler = recording.send()

    def outcome(url: str, key: str, name: str):
        plain, chunk = TYPES[call.endpoint]
        caller = client(url, key, call.version)
        fields = {**recording.asked, "model": name}
        try:
            if not recording.streamed:
                return caller.post(f"/{call.endpoint}", cast_to=plain, body=fields).to_dict()
            events = caller.post(
                f"/{call.endpoint}", cast_to=plain, body=fields, stream=True, stream_cls=openai.Stream[chunk])
            return [event.to_dict() for event in events]
        except openai.APIStatusError as error:
            return type(error), error.status_code, error.body

    direct = outcome(f"http://127.0.0.1:{upstream.port}", "direct", call.deployment)
    assert upstream.last.target == call.target
    through = outcome(gateway.url, gateway.key, call.route)
    if recording.status == 401:
        assert direct[0] is openai.AuthenticationError and through[0] is openai.InternalServerError
        return
    assert through == direct and direct


def test_its_request_id_is_kept(azure):
    gateway, upstream = azure
    upstream.handler = lambda exchange: exchange.send_plain(
        b'{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}',
        headers={"apim-request-id": "apim-1"})
    story = gateway.story(gateway.chat(model="dated"))
    assert story.attempts[0]["upstream_request_id"] == "apim-1"
