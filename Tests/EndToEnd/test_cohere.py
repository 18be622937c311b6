"""Cohere's own chat and embeddings through the pass-through: the same objects in its SDK as straight from the recorded
answers, and the tokens that Cohere charges for.

The recordings are not part of this repository; TOLLBOOK_SHARED names the directory that holds them.
"""

import json

import cohere
import httpx
import jsonschema
import pytest

from harness.gateway import UPSTREAM_KEY, Gateway
from harness.governance import governance
from harness.media import newest
from harness.recordings import SHARED, Recording, listed
from harness.upstream import ScriptedUpstream

CASES = sorted(
    case["case"] for case in listed() if case["provider"] == "cohere" and case["api"] in ("v2/chat", "v2/embed"))
SCHEMAS = SHARED.parent / "specs" / "derived"


@pytest.fixture(scope="module")
def passed(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    file = governance(
        upstream.base_url.removesuffix("/v1"), dialect="cohere", model="any",
        projects=[{"name": "ranking", "routes": ["passthrough/up"]}],
        routes=[{"name": "passthrough/up", "strategy": "priority", "targets": ["up-d"]}])
    gateway = Gateway(tmp_path_factory.mktemp("passed"), file)
    try:
        yield gateway
        gateway.check_books()
    finally:
        gateway.close()


def client(url: str, key: str) -> cohere.ClientV2:
    return cohere.ClientV2(api_key=key, base_url=url, httpx_client=httpx.Client(trust_env=False))


def called(sdk: cohere.ClientV2, recording: Recording) -> list[dict]:
    """What the SDK makes of the recorded call: one object, or those of its stream."""
    asked = {name: value for name, value in recording.asked.items() if name != "stream"}
    if recording.path.endswith("/embed"):
        return [sdk.embed(**asked).model_dump()]
    if recording.streamed:
        return [part.model_dump() for part in sdk.chat_stream(**asked)]
    return [sdk.chat(**asked).model_dump()]


def charged(recording: Recording) -> dict[str, int]:
    """The billed units as meters, worked out here without the gateway's code."""
    found = [part.partition(b"}")[0] for part in recording.answer.split(b'"billed_units"')[1:]]
    units = json.loads(found[-1].partition(b":")[2] + b"}")
    meters = {"input": units.get("input_tokens", 0), "output": units.get("output_tokens", 0)}
    return {meter: count for meter, count in meters.items() if count}


@pytest.mark.skipif(not CASES, reason=f"no recordings at {SHARED}: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(CASES) >= 6


@pytest.mark.parametrize("case", CASES)
def test_the_sdk_makes_the_same_objects(passed: Gateway, upstream: ScriptedUpstream, case: str):
    recording = Recording(case)
    upstream.handler = recording.send(1 << 20)
    expected = called(client(f"http://127.0.0.1:{upstream.port}", UPSTREAM_KEY), recording)
    sent = upstream.last
    upstream.handler = recording.send(13)
    assert called(client(f"{passed.url}/passthrough/up", passed.key), recording) == expected
    assert upstream.last.target == sent.target == recording.path and upstream.last.body == sent.body
    assert upstream.last.all("authorization") == sent.all("authorization")
    found = newest(passed)
    assert found.tokens == charged(recording) and found.sources == {"provider"} and found.caveat is None


@pytest.mark.parametrize("case", [case for case in CASES if not Recording(case).streamed])
def test_the_bytes_are_the_providers(passed: Gateway, upstream: ScriptedUpstream, case: str):
    recording = Recording(case)
    upstream.handler = recording.send(1 << 20)
    answer = passed.post(
        "/passthrough/up" + recording.path, recording.request, {"authorization": f"Bearer {passed.key}"})
    assert answer.body == recording.answer
    name = "EmbedByTypeResponse" if recording.path.endswith("embed") else "V2ChatResponse"
    jsonschema.validate(answer.json, json.loads((SCHEMAS / f"cohere.{name}.schema.json").read_text()))


@pytest.mark.parametrize(("status", "expected"), [
    ("400 Bad Request", cohere.BadRequestError), ("404 Not Found", cohere.NotFoundError),
    ("429 Too Many Requests", cohere.TooManyRequestsError), ("500 Error", cohere.InternalServerError)])
def test_errors_reach_the_sdk(passed: Gateway, upstream: ScriptedUpstream, status: str, expected: type):
    upstream.handler = lambda exchange: exchange.send_plain(b'{"id":"x","message":"no"}', status)
    with pytest.raises(expected):
        client(f"{passed.url}/passthrough/up", passed.key).chat(
            model="m", messages=[{"role": "user", "content": "Hi"}],
            request_options={"max_retries": 0})
