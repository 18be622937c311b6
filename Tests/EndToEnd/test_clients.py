"""litellm and langchain as clients: the same objects and exceptions through the gateway as straight from the recorded
answers, and the tokens in the books.

The recordings are not part of this repository; TOLLBOOK_SHARED names the directory that holds them.
"""

import anthropic
import litellm
import openai
import pytest

from harness.clients import Call, objects
from harness.gateway import UPSTREAM_KEY, Gateway
from harness.governance import PRICES, governance, hard_budget
from harness.media import newest
from harness.recordings import SHARED, Recording
from harness.upstream import ScriptedUpstream

# Plain answers, tools, thoughts and caches, each with its dialect.
CASES = [
    ("openai", "openai/chat-completion-parse-0"),
    ("openai", "openai/chat-completion-prompt-caching-cache-read-0"),
    ("openai", "openai/completion-reasoning-0"),
    ("openai", "mistral/test-image-as-binary-content-tool-response-0"),
    ("openai", "openai/chat-completion-stream-prompt-caching-cache-read-0"),
    ("openai", "openai/completion-stream-multiple-choices-with-tools-0"),
    ("anthropic", "anthropic/test-anthropic-opus-5-features-0"),
    ("anthropic", "anthropic/test-mixed-tools-native-output-0"),
    ("anthropic", "anthropic/test-anthropic-code-execution-files-cache-prefix-stable-messages-sonne-2"),
    ("anthropic", "anthropic/test-anthropic-tools-streaming-legacy-0"),
    ("anthropic", "anthropic/test-fixed-version-tool-chain-with-thinking-display-regression-0"),
    ("anthropic", "anthropic/test-prompt-with-prefill-and-stop-sequences-0"),
]
pytestmark = [
    pytest.mark.skipif(not SHARED.exists(), reason=f"no recordings at {SHARED}: the tests of clients did NOT run"),
    # Of litellm's own making.
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning"),
]
ids = pytest.mark.parametrize(("dialect", "case"), CASES, ids=[case.split("/", 1)[1][:40] for _, case in CASES])
libraries = pytest.mark.parametrize("library", ["litellm", "langchain"])


def providers(base_url: str, **more: object) -> dict:
    """A provider of each dialect; routes are named like the dialects."""
    prices = [
        {"provider": name, "model": name, "effective_from": "2024-01-01",
         "per_million": {**PRICES, "cache_read": "0.10", "cache_write_5m": "1.25", "cache_write_1h": "2.00"}}
        for name in ("openai", "anthropic")]
    file = governance(
        base_url, prices=None,
        extra_providers=[
            {"name": "openai", "dialect": "openai", "base_url": base_url, "credential": "env:UPSTREAM_KEY"},
            {"name": "anthropic", "dialect": "anthropic", "base_url": base_url, "credential": "env:UPSTREAM_KEY"}],
        deployments=[{"name": name, "provider": name, "model": name} for name in ("openai", "anthropic")],
        routes=[{"name": name, "strategy": "priority", "targets": [name]} for name in ("openai", "anthropic")],
        **more)
    file["providers"].pop(0)
    return {**file, "prices": prices}


@pytest.fixture(scope="module")
def served(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    gateway = Gateway(tmp_path_factory.mktemp("served"), providers(upstream.base_url))
    try:
        yield gateway
        gateway.check_books()
    finally:
        gateway.close()


def called(gateway: Gateway, dialect: str, **more: object) -> Call:
    return Call(gateway.url, gateway.key, dialect, **more)


def straight(upstream: ScriptedUpstream, dialect: str, **more: object) -> Call:
    return Call(f"http://127.0.0.1:{upstream.port}", UPSTREAM_KEY, dialect, **more)


@ids
@libraries
def test_the_same_objects(served: Gateway, upstream: ScriptedUpstream, library: str, dialect: str, case: str):
    recording = Recording(case)
    tools = "tool" in case
    upstream.handler = recording.send(1 << 20)
    expected = objects(library, dialect, straight(upstream, dialect, tools=tools), recording.streamed)
    sent = upstream.last
    upstream.handler = recording.send(23)
    found = objects(library, dialect, called(served, dialect, tools=tools), recording.streamed)
    assert found == expected
    assert upstream.last.target == sent.target and upstream.last.body == sent.body
    assert UPSTREAM_KEY in upstream.last.raw.decode() and served.key not in upstream.last.raw.decode()
    story = newest(served)
    assert story.sources == {"provider"} and story.end_reason == "completed"


@libraries
def test_the_other_dialects_model_looks_like_ones_own(served: Gateway, upstream: ScriptedUpstream, library: str):
    """OpenAI's clients get Claude's tool calls and tokens as the clients of Anthropic do."""
    recording = Recording("anthropic/test-mixed-tools-native-output-0")
    upstream.handler = recording.send(1 << 20)
    native = objects(library, "anthropic", called(served, "anthropic", tools=True), False)[0]
    crossed = objects(library, "openai", called(served, "anthropic", tools=True), False)[0]
    if library == "litellm":
        def calls(answer: dict) -> list:
            return [
                (call["id"], call["function"]["name"], call["function"]["arguments"])
                for call in answer["choices"][0]["message"]["tool_calls"]]

        assert len(calls(native)) == len(calls(crossed)) > 0
        assert [call[:2] for call in calls(native)] == [call[:2] for call in calls(crossed)]
        assert crossed["choices"][0]["finish_reason"] == native["choices"][0]["finish_reason"] == "tool_calls"
        assert crossed["usage"]["total_tokens"] == native["usage"]["total_tokens"]
    else:
        assert crossed["tool_calls"] == native["tool_calls"] and crossed["tool_calls"]
        assert crossed["usage_metadata"]["total_tokens"] == native["usage_metadata"]["total_tokens"]


ERRORS = {
    "openai": b'{"error":{"message":"no","type":"invalid_request_error","param":null,"code":null}}',
    "anthropic": b'{"type":"error","error":{"type":"invalid_request_error","message":"no"}}',
}


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "429 Too Many Requests", "500 Error"])
@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
@libraries
def test_the_same_exceptions(
    served: Gateway, upstream: ScriptedUpstream, library: str, dialect: str, status: str
):
    upstream.handler = lambda exchange: exchange.send_plain(ERRORS[dialect], status)
    raised = []
    for call in (straight(upstream, dialect), called(served, dialect)):
        with pytest.raises(Exception) as failure:
            objects(library, dialect, call, False)
        raised.append((type(failure.value), getattr(failure.value, "status_code", None)))
    assert raised[0] == raised[1] and raised[1][1] == int(status[:3])


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("library", "dialect", "unknown", "wrong_key"), [
    ("litellm", "openai", litellm.NotFoundError, litellm.AuthenticationError),
    ("litellm", "anthropic", litellm.NotFoundError, litellm.AuthenticationError),
    ("langchain", "openai", openai.NotFoundError, openai.AuthenticationError),
    ("langchain", "anthropic", anthropic.NotFoundError, anthropic.AuthenticationError),
])
def test_the_gateways_own_errors(
    served: Gateway, library: str, dialect: str, unknown: type, wrong_key: type, stream: bool
):
    with pytest.raises(unknown):
        objects(library, dialect, Call(served.url, served.key, "nobody"), stream)
    with pytest.raises(wrong_key):
        objects(library, dialect, Call(served.url, "tb-unknown", dialect), stream)


@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
@libraries
def test_a_budget_that_is_used_up_is_not_tried_again(make_gateway, make_upstream, library: str, dialect: str):
    upstream: ScriptedUpstream = make_upstream()
    gateway = make_gateway(providers(upstream.base_url, budgets=[hard_budget(1)]))
    with pytest.raises(Exception) as failure:
        objects(library, dialect, called(gateway, dialect), False)
    assert "project/ranking" in str(failure.value) and upstream.requests == []
    assert gateway.ledger.value("SELECT count(*) FROM request") == 1
