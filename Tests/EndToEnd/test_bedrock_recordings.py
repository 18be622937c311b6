"""Answers that AWS Bedrock gave to Converse, replayed through the gateway: the same bytes, the same objects in boto3,
and rows with the tokens that were counted. What the gateway and the simulator write is checked against Bedrock's model.

The recordings and the model are not part of this repository; TOLLBOOK_SHARED names the directory that holds them.
"""

import json
from urllib.parse import unquote

import pytest
from botocore.exceptions import ClientError, EventStreamError

from harness import bedrock
from harness.bedrock import bedrock_file, connect
from harness.bedrock_recordings import MODEL, SHARED, Recording, Shapes, cases, messages, meters
from harness.gateway import Gateway
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream

CASES = cases()


@pytest.mark.skipif(not CASES, reason=f"no recordings at {SHARED}: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(CASES) >= 15


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory):
    with ScriptedUpstream() as upstream:
        # Public names of their own, so that each call's path is made anew.
        models = sorted({Recording(case).model for case in CASES})
        deployments = [{"name": f"d{n}", "provider": "up", "model": model} for n, model in enumerate(models)]
        routes = [
            {"name": f"public/{model}", "strategy": "priority", "targets": [f"d{n}"]}
            for n, model in enumerate(models)]
        file = bedrock_file(upstream.base_url, deployments=deployments, routes=routes)
        gateway = Gateway(tmp_path_factory.mktemp("replayed"), file, environment=bedrock.ENVIRONMENT)
        try:
            yield gateway, upstream
            gateway.check_books()
        finally:
            gateway.close()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
def test_replay(replayed, case: str, pieces: int):
    gateway, upstream = replayed
    recording = Recording(case)
    upstream.handler = recording.send(pieces)
    # A slash in a path may be escaped or not.
    path = f"/model/public/{recording.model}/{recording.operation}"
    answer = gateway.post(path, recording.request, {"authorization": f"Bearer {gateway.key}"})
    assert upstream.last.body == recording.request
    assert unquote(upstream.last.target) == unquote(recording.path) and ":" not in upstream.last.target
    assert answer.status == recording.status and answer.body == recording.answer
    story = gateway.story(answer)
    assert story.attempts[0]["upstream_request_id"] == "recorded"
    if recording.status >= 400:
        assert story.charges == [] and story.end_reason == "error"
        return
    usage = recording.usage()
    assert story.tokens == meters(usage) and story.sources == {"provider"}
    assert story.caveat is None and story.end_reason == "completed"
    assert json.loads(story.attempts[0]["raw_usage"]) == usage
    assert all(charge["amount_nano"] is not None for charge in story.charges)


@pytest.mark.parametrize("case", CASES)
def test_the_sdk_makes_the_same_of_both(replayed, case: str):
    """The same call to the recording and to the gateway in front of it: equal objects, or errors of the same code."""
    gateway, upstream = replayed
    recording = Recording(case)
    upstream.handler = recording.send(1 << 20)

    def outcome(url: str, key: str, model: str):
        client = connect(url, key)
        # The recorded body as it is, whatever this version of boto3 would make of it.
        client.meta.events.register(
            "before-call.bedrock-runtime", lambda params, **_: params.update(body=recording.request))
        call = client.converse_stream if recording.operation == "converse-stream" else client.converse
        try:
            answer = call(modelId=model, messages=[{"role": "user", "content": [{"text": "x"}]}])
            answer.pop("ResponseMetadata")
            return list(answer["stream"]) if "stream" in answer else answer
        except EventStreamError as error:
            return error.response
        except ClientError as error:
            return error.response["Error"], error.response["ResponseMetadata"]["HTTPStatusCode"]

    direct = outcome(upstream.base_url.removesuffix("/v1"), "AKIDDIRECT", recording.model)
    through = outcome(gateway.url, gateway.key, f"public/{recording.model}")
    assert through == direct and direct


# Bedrock's own description of its answers

@pytest.fixture(scope="module")
def shapes() -> Shapes:
    if not MODEL.exists():
        pytest.skip(f"no model at {MODEL}: what is written was NOT checked against it")
    return Shapes()


@pytest.fixture(scope="module")
def simulated(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    gateway = Gateway(
        tmp_path_factory.mktemp("simulated"), bedrock_file(simulator.base_url), environment=bedrock.ENVIRONMENT)
    yield gateway
    gateway.close()


TOOLS = {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {
    "type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}}}}]}


@pytest.mark.parametrize("sim", ["completion=9", "tool_calls=2", "cached=5,cache_write=3,prompt=20"])
@pytest.mark.parametrize("operation", ["converse", "converse-stream"])
def test_answers_fit_bedrocks_model(simulated: Gateway, shapes: Shapes, sim: str, operation: str):
    body = {"messages": [], "toolConfig": TOOLS}
    headers = {"authorization": f"Bearer {simulated.key}", "x-sim": sim}
    answer = simulated.post(f"/model/demo/{operation}", body, headers)
    assert answer.status == 200
    if operation == "converse":
        return shapes.check("ConverseResponse", answer.json)
    found = messages(answer.body)
    assert [headers[":event-type"] for headers, _ in found[-2:]] == ["messageStop", "metadata"]
    for headers, payload in found:
        # Padding, which the service's model leaves out.
        payload.pop("p", None)
        shapes.check("ConverseStreamOutput", {headers[":event-type"]: payload})


def test_errors_fit_bedrocks_model(simulated: Gateway, shapes: Shapes):
    """Tollbook's own members stand beside what is described."""
    headers = {"authorization": f"Bearer {simulated.key}"}
    answer = simulated.post("/model/nowhere/converse", {"messages": []}, headers)
    assert answer.headers["x-amzn-errortype"] in shapes.shapes
    assert set(answer.json) == {"message", "tollbook"}
    shapes.check(answer.headers["x-amzn-errortype"], {"message": answer.json["message"]})
    streamed = simulated.post(
        "/model/demo/converse-stream", {"messages": []}, {**headers, "x-sim": "fault=cut_mid_stream"})
    last, payload = messages(streamed.body)[-1]
    assert last[":message-type"] == "exception" and last[":exception-type"] == "modelStreamErrorException"
    shapes.check("ConverseStreamOutput", {last[":exception-type"]: {"message": payload["message"]}})
