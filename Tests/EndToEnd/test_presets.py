"""Providers by the names of their presets: where calls go, what is changed for them, and vendors' recorded answers."""

import json
import re
import subprocess
from urllib.parse import urlsplit

import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI
from mistralai.client import Mistral
from mistralai.client.errors import MistralError

from harness.gateway import Gateway, cost_comments
from harness.governance import PRICES, governance
from harness.process import BINARY, clean_environment
from harness.recordings import Recording, listed
from harness.upstream import ScriptedUpstream, answer_chat

# The recordings' provider and the preset that it is called with here.
VENDORS = {
    "deepseek": "deepseek", "groq": "groq", "llamacpp": "llama.cpp", "mistral": "mistral", "ollama": "ollama",
    "openrouter": "openrouter", "transformers_serve": "transformers",
}
ENDPOINTS = {"chat/completions": "/v1/chat/completions", "completions": "/v1/completions",
             "embeddings": "/v1/embeddings"}
HELLO = [{"role": "user", "content": "Say hello."}]


def presets() -> dict[str, dict]:
    done = subprocess.run(
        [str(BINARY), "provider", "presets", "--format", "json"], env=clean_environment(), capture_output=True,
        text=True, timeout=60, check=True)
    return {preset["name"]: preset for preset in json.loads(done.stdout)["presets"]}


def endpoint_of(case: dict) -> str:
    return ENDPOINTS.get(case["api"].removeprefix("v1/"), "")


def cases() -> list[str]:
    """Recorded calls of the vendors to endpoints of OpenAI's dialect that their presets have, with a readable body."""
    known = presets() if BINARY.exists() else {}
    found = []
    for case in listed():
        preset = known.get(VENDORS.get(case["provider"], ""))
        path = endpoint_of(case)
        name = path.removeprefix("/v1/").replace("/", "_")
        if preset and name in preset["endpoints"] and "err_bad_json" not in case["case"]:
            found.append(case["case"])
    return sorted(found)


CASES = cases()
MISTRAL = [case for case in CASES if case.startswith("mistral/")]


@pytest.mark.skipif(not CASES, reason="no recordings: the replay tests did NOT run")
def test_there_are_recordings():
    assert {case.split("/")[0] for case in CASES} == set(VENDORS) and len(CASES) > 40


def preset_of(recording: Recording) -> str:
    return VENDORS[recording.case.split("/")[0]]


def path_of(recording: Recording) -> str:
    return next(path for path in ENDPOINTS.values() if recording.path.endswith(path.removeprefix("/v1")))


class Replay:
    """A gateway whose providers have the presets' names and paths, and the scripted upstream's address."""

    def __init__(self, directory, upstream: ScriptedUpstream):
        self.upstream = upstream
        known = presets()
        origin = f"http://127.0.0.1:{upstream.port}"
        providers, deployments, routes, prices = [], [], [], []
        self.base_paths = {}
        for name in sorted(set(VENDORS.values()) | {"together", "perplexity"}):
            self.base_paths[name] = urlsplit(known[name]["base_url"]).path
            provider = {"name": name, "preset": name, "base_url": origin + self.base_paths[name]}
            if known[name]["needs_credential"]:
                provider["credential"] = "env:UPSTREAM_KEY"
            providers.append(provider)
        wanted = {(preset_of(r), r.asked["model"]) for r in map(Recording, CASES) if "model" in r.asked}
        wanted |= {(name, "upstream-model") for name in self.base_paths}
        for number, (name, model) in enumerate(sorted(wanted)):
            deployments.append({"name": f"d{number}", "provider": name, "model": model})
            routes.append({"name": f"{name}/{model}", "strategy": "priority", "targets": [f"d{number}"]})
            prices.append({
                "provider": name, "model": model, "effective_from": "2024-01-01", "per_million": PRICES})
        file = governance(
            origin, extra_providers=providers, deployments=deployments, routes=routes, prices=None)
        file["providers"].pop(0)
        self.gateway = Gateway(directory, {**file, "prices": prices})

    def post(self, path: str, body: bytes):
        return self.gateway.post(path, body, {"authorization": f"Bearer {self.gateway.key}"})

    def chat(self, preset: str, **fields: object) -> dict:
        """Calls a preset's provider; what came to it."""
        body = {"model": f"{preset}/upstream-model", "messages": HELLO, **fields}
        assert self.post("/v1/chat/completions", json.dumps(body).encode()).status == 200
        return json.loads(self.upstream.last.body)


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory):
    with ScriptedUpstream() as upstream:
        replay = Replay(tmp_path_factory.mktemp("replay"), upstream)
        try:
            yield replay
            replay.gateway.check_books()
        finally:
            replay.gateway.close()


@pytest.fixture(autouse=True)
def answers_again(replay: Replay):
    replay.upstream.handler = answer_chat


def test_the_table_asks_no_server_and_says_where_it_is_from():
    for preset in presets().values():
        assert preset["sources"]
        # Every resource of Azure's has an address of its own.
        assert preset["name"] == "azure" or preset["base_url"].startswith("http")
    done = subprocess.run(
        [str(BINARY), "provider", "presets"], env=clean_environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "https://api.groq.com/openai/v1" in done.stdout


def test_a_preset_alone_is_a_provider(make_gateway):
    file = governance("http://127.0.0.1:1/v1", extra_providers=[
        {"name": "mine", "preset": "ollama"}, {"name": "theirs", "preset": "groq", "credential": "env:GROQ"}])
    gateway = make_gateway(file)
    found = {
        row["name"]: (row["dialect"], row["base_url"])
        for row in gateway.ledger.rows("SELECT name, dialect, base_url FROM provider")}
    assert found["mine"] == ("openai", "http://localhost:11434/v1")
    assert found["theirs"] == ("openai", "https://api.groq.com/openai/v1")
    receipt = gateway.apply(file, "--dry-run")
    assert "0 created, 0 updated" in receipt.stdout
    file["providers"][2]["preset"] = "grok"
    refused = gateway.apply(file, check=False)
    assert refused.returncode == 1 and "Write groq" in refused.stderr


def test_calls_go_to_the_vendors_path_and_ask_for_usage(replay: Replay):
    for preset in ("together", "perplexity", "groq"):
        sent = replay.chat(preset, stream=True, max_completion_tokens=5)
        assert replay.upstream.last.target == f"{replay.base_paths[preset]}/chat/completions"
        assert sent["stream_options"] == {"include_usage": True} and sent["max_completion_tokens"] == 5
        assert sent["model"] == "upstream-model"


def test_mistral_gets_what_it_takes(replay: Replay):
    sent = replay.chat(
        "mistral", stream=True, stream_options={"include_usage": True}, max_completion_tokens=5, temperature=0.5)
    assert sent == {
        "model": "upstream-model", "messages": HELLO, "stream": True, "max_tokens": 5, "temperature": 0.5}
    assert replay.chat("mistral", max_tokens=7)["max_tokens"] == 7
    assert replay.chat("ollama", max_completion_tokens=5)["max_tokens"] == 5


def test_a_call_goes_only_where_its_endpoint_is(replay: Replay):
    body = {"model": "mistral/upstream-model", "prompt": "Hi"}
    answer = replay.post("/v1/completions", json.dumps(body).encode())
    assert answer.status == 422 and answer.json["error"]["reason"] == "endpoint_not_served"


def test_a_preset_without_a_credential_sends_none(replay: Replay):
    replay.chat("ollama")
    assert replay.upstream.last.all("authorization") == []
    replay.chat("groq")
    assert len(replay.upstream.last.all("authorization")) == 1


def test_langchain_streams_from_a_vendor_that_refuses_its_options(replay: Replay):
    model = ChatOpenAI(
        model="mistral/upstream-model", base_url=f"{replay.gateway.url}/v1", api_key=replay.gateway.key,
        max_retries=0, max_tokens=9, stream_usage=True, http_client=httpx.Client(trust_env=False))
    assert "".join(chunk.content for chunk in model.stream("Say hello.")) == "Hello."
    sent = json.loads(replay.upstream.last.body)
    assert sent["stream"] and sent["max_tokens"] == 9 and "stream_options" not in sent


def renamed(body: bytes, model: str, name: str) -> bytes:
    """The same bytes with another model."""
    done, count = re.subn(
        rb'("model":\s*)' + re.escape(json.dumps(model).encode()),
        lambda found: found[1] + json.dumps(name).encode(), body)
    assert count == 1
    return done


def meters(usage: dict, embeds: bool) -> dict[str, int]:
    """A usage object as disjoint meters, worked out here without the gateway's code."""
    prompt, completion = usage["prompt_tokens"], usage.get("completion_tokens") or 0
    details = usage.get("prompt_tokens_details") or {}
    cached = details.get("cached_tokens") or usage.get("num_cached_tokens") or 0
    written = details.get("cache_write_tokens") or 0
    thought = min((usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0, completion)
    found = {
        "input": prompt - cached - written, "cache_read": cached, "cache_write": written,
        "output": completion - thought, "reasoning": thought}
    return {name: quantity for name, quantity in found.items() if quantity and not (embeds and name == "output")}


def asks_for_usage(recording: Recording) -> bool:
    return bool((recording.asked.get("stream_options") or {}).get("include_usage"))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
def test_replay(replay: Replay, case: str, pieces: int):
    gateway, upstream, recording = replay.gateway, replay.upstream, Recording(case)
    if "model" not in recording.asked:
        pytest.skip("the recorded request has no model: the gateway refuses it itself")
    upstream.handler = recording.send(pieces)
    preset, model, path = preset_of(recording), recording.asked["model"], path_of(recording)
    answer = replay.post(path, renamed(recording.request, model, f"{preset}/{model}"))
    base = replay.base_paths[preset]
    assert upstream.last.target == base + path.removeprefix("/v1")
    if not recording.case.startswith(("llamacpp", "transformers")):
        assert upstream.last.target == recording.path
    sent = json.loads(upstream.last.body)
    if recording.streamed and preset != "mistral":
        assert sent.pop("stream_options")["include_usage"] is True
        sent.update({"stream_options": recording.asked["stream_options"]} if asks_for_usage(recording) else {})
    assert sent == recording.asked
    if recording.status == 401:
        assert answer.status == 502 and answer.code == "upstream_auth_failed"
        return
    assert answer.status == recording.status, answer.body
    got = answer.body
    for comment in cost_comments(got) if recording.streamed else []:
        got = got.replace(comment, b"")
    if recording.streamed and not asks_for_usage(recording):
        kept = [part for part in recording.answer.split(b"\n\n") if b'"choices":[]' not in part]
        assert got in (recording.answer, b"\n\n".join(kept))
    else:
        assert got == recording.answer
    check_books(gateway, recording, answer, embeds=path.endswith("embeddings"))


def check_books(gateway: Gateway, recording: Recording, answer, embeds: bool) -> None:
    story = gateway.story(answer)
    if recording.status >= 400:
        assert story.charges == [] and story.end_reason == "error"
        return
    usage = recording.usage()
    if not usage or not usage.get("total_tokens"):
        assert story.sources <= {"estimated"}
        return
    assert story.sources == {"provider"} and story.tokens == meters(usage, embeds)
    assert json.loads(story.attempts[0]["raw_usage"]) == usage
    assert story.end_reason == ("error" if b'"error":{' in recording.answer else "completed")
    inputs = sum(n for name, n in story.tokens.items() if name.startswith(("input", "cache")))
    outputs = sum(n for name, n in story.tokens.items() if name in ("output", "reasoning"))
    assert story.total == inputs * 1_000 + outputs * 2_000


# The SDK tells that Mistral's parts of content are not of OpenAI's types; they are the same both ways.
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
@pytest.mark.parametrize("case", CASES)
def test_the_openai_sdk_makes_the_same_of_both(replay: Replay, case: str):
    """The same call to the recording and to the gateway in front of it: equal objects, or errors of the same class."""
    recording = Recording(case)
    if "model" not in recording.asked:
        pytest.skip("the recorded request has no model: the gateway refuses it itself")
    replay.upstream.handler = recording.send()
    preset, model = preset_of(recording), recording.asked["model"]

    def outcome(url: str, key: str, name: str):
        client = openai.OpenAI(
            base_url=url, api_key=key, max_retries=0, http_client=httpx.Client(trust_env=False))
        fields = {**recording.asked, "model": name}
        call = {
            "/v1/chat/completions": (openai.types.chat.ChatCompletion, openai.types.chat.ChatCompletionChunk),
            "/v1/completions": (openai.types.Completion, openai.types.Completion),
            "/v1/embeddings": (openai.types.CreateEmbeddingResponse, None)}[path_of(recording)]
        path = path_of(recording).removeprefix("/v1")
        try:
            if not recording.streamed:
                return client.post(path, cast_to=call[0], body=fields).to_dict()
            events = client.post(path, cast_to=call[0], body=fields, stream=True, stream_cls=openai.Stream[call[1]])
            return [event.to_dict() for event in events]
        except openai.APIStatusError as error:
            return type(error), error.status_code, error.body
        except openai.APIError as error:
            return type(error), error.body

    base = f"http://127.0.0.1:{replay.upstream.port}{replay.base_paths[preset]}"
    direct = outcome(base, "sk-direct", model)
    through = outcome(f"{replay.gateway.url}/v1", replay.gateway.key, f"{preset}/{model}")
    if recording.status == 401:
        assert direct[0] is openai.AuthenticationError and through[0] is openai.InternalServerError
        return
    if recording.streamed and not asks_for_usage(recording) and isinstance(direct, list):
        direct = [event for event in direct if event["choices"]]
    assert through == direct and (recording.status >= 400 or direct)


@pytest.mark.parametrize("case", MISTRAL)
def test_the_mistral_sdk_makes_the_same_of_both(replay: Replay, case: str):
    recording = Recording(case)
    replay.upstream.handler = recording.send()
    model = recording.asked["model"]

    def outcome(url: str, key: str, name: str):
        client = Mistral(api_key=key, server_url=url)
        fields = {key: value for key, value in recording.asked.items() if key != "stream"} | {"model": name}
        try:
            if path_of(recording).endswith("embeddings"):
                return client.embeddings.create(model=name, inputs=fields["input"]).model_dump()
            if recording.streamed:
                return [event.model_dump() for event in client.chat.stream(**fields)]
            return client.chat.complete(**fields).model_dump()
        except MistralError as error:
            return type(error), error.status_code, error.body

    direct = outcome(f"http://127.0.0.1:{replay.upstream.port}", "sk-direct", model)
    through = outcome(replay.gateway.url, replay.gateway.key, f"mistral/{model}")
    assert through == direct and direct
