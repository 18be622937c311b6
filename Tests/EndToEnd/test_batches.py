"""OpenAI's files and batches with the OpenAI SDK: whose they are, what they hold, and what they cost, once."""

import json
import threading

import httpx
import openai
import pytest

from harness.batches import client_of, create, jsonl, line, settled, upload
from harness.gateway import Gateway
from harness.governance import INPUT_NANO, OUTPUT_NANO, governance, hard_budget
from harness.simulator import Simulator
from harness.waiting import until

# What the simulator counts for each line of these models.
MODEL = "sim/prompt=100,completion=20"
LINE_NANO = 100 * INPUT_NANO + 20 * OUTPUT_NANO
POLL = ["--batch-poll", "100ms"]
NEVER = ["--batch-poll", "1h"]


def file_for(simulator: Simulator, **more: object) -> dict:
    """Two projects, a route to the simulator, and one to nowhere."""
    return governance(
        simulator.base_url, projects=[{"name": "ranking"}, {"name": "other"}, {"name": "narrow", "routes": ["second"]}],
        deployments=[
            {"name": "up-d", "provider": "up", "model": MODEL, "max_output": 4096},
            {"name": "up-e", "provider": "up", "model": "sim/second", "max_output": 4096}],
        routes=[
            {"name": "demo", "strategy": "priority", "targets": ["up-d"]},
            {"name": "second", "strategy": "priority", "targets": ["up-e"]}],
        **more)


@pytest.fixture(scope="module")
def batching(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    gateway = Gateway(tmp_path_factory.mktemp("batching"), file_for(simulator), flags=POLL)
    try:
        yield gateway
        gateway.check_books()
        assert gateway.stop() == 0, gateway.output[-4000:]
    finally:
        gateway.close()


@pytest.fixture(scope="module")
def client(batching: Gateway) -> openai.OpenAI:
    return client_of(batching)


# The whole way


def test_a_batch_from_its_file_to_its_charges(batching: Gateway, client: openai.OpenAI):
    lines = [line(number) for number in range(3)]
    file = upload(client, lines)
    assert file.object == "file" and file.purpose == "batch" and file.filename == "input.jsonl"
    # The provider got its own model's name.
    sent = [json.loads(text) for text in client.files.content(file.id).text.splitlines()]
    assert [each["body"]["model"] for each in sent] == [MODEL] * 3
    assert [{**each, "body": {**each["body"], "model": "demo"}} for each in sent] == lines

    batch, request = create(client, file.id)
    assert batch.status == "validating" and batch.input_file_id == file.id
    story = settled(batching, request)
    assert story.request["endpoint"] == "batches" and story.request["dialect"] == "openai-files"
    assert story.tokens == {"input": 300, "output": 60} and story.total == 3 * LINE_NANO
    assert story.sources == {"provider"} and {charge["origin"] for charge in story.charges} == {"batch"}
    assert story.end_reason == "completed" and story.caveat is None
    # Each line's answer is at most 50 tokens, and was held.
    assert story.held >= 3 * 50 * OUTPUT_NANO and story.request["held_output_tokens"] == 150
    assert story.attempts[0]["upstream_request_id"] == batch.id
    assert len(json.loads(story.attempts[0]["raw_usage"])) == 3

    done = client.batches.retrieve(batch.id)
    assert done.status == "completed" and done.request_counts.completed == 3
    results = [json.loads(text) for text in client.files.content(done.output_file_id).text.splitlines()]
    assert [each["custom_id"] for each in results] == ["line-0", "line-1", "line-2"]
    assert all(each["response"]["body"]["usage"]["prompt_tokens"] == 100 for each in results)
    # Asking again charges nothing.
    assert batching.ledger.story(request).total == 3 * LINE_NANO


def test_the_story_and_the_report_have_it(batching: Gateway, client: openai.OpenAI):
    before = batching.cli_json("report", "spend", "--by", "project")["rows"]
    batch, request = create(client, upload(client, [line(0), line(1)]).id)
    settled(batching, request)
    after = batching.cli_json("report", "spend", "--by", "project")["rows"]
    spend = [sum(float(row["spend"] or 0) for row in rows) for rows in (before, after)]
    assert round((spend[1] - spend[0]) * 1e9) == 2 * LINE_NANO
    text = batching.cli("explain", request).stdout
    assert f"{batch.id} of {batch.input_file_id}, 2 lines: completed, 2 answered, 0 failed" in text
    told = batching.cli_json("explain", request)
    assert told["batch"]["status"] == "completed" and told["files"][0]["purpose"] == "batch_output"


def test_files_and_batches_are_listed_and_deleted(batching: Gateway):
    client = client_of(batching, batching.create_key("other"))
    first, second = (upload(client, [line(number)]) for number in range(2))
    with pytest.raises(openai.BadRequestError) as several:
        client.files.list(limit=0)
    assert several.value.body["param"] == "limit"
    assert [file.id for file in client.files.list()] == [second.id, first.id]
    assert [file.id for file in client.files.list(order="asc", limit=1)] == [first.id, second.id]
    assert client.files.list(limit=1).has_more and not client.files.list(limit=2).has_more
    assert list(client.files.list(purpose="assistants")) == []
    assert client.files.retrieve(first.id).id == first.id
    assert client.files.delete(first.id).deleted
    assert [file.id for file in client.files.list()] == [second.id]
    for call in (client.files.retrieve, client.files.content, client.files.delete):
        with pytest.raises(openai.NotFoundError):
            call(first.id)
    row = batching.ledger.rows("SELECT * FROM stored_file WHERE upstream_id = ?", first.id)
    assert len(row) == 1 and batching.ledger.value(
        "SELECT count(*) FROM stored_file_deletion WHERE file_id = ?", row[0]["id"]) == 1
    batches = [create(client, second.id)[0].id for _ in range(3)]
    assert [batch.id for batch in client.batches.list(limit=2)] == list(reversed(batches))


def test_another_purpose_goes_up_as_it_is(batching: Gateway, client: openai.OpenAI):
    content = bytes(range(256)) * 8_000
    file = client.files.create(file=("data.bin", content), purpose="user_data")
    # Larger than what is held whole.
    assert client.files.content(file.id).content == content
    with pytest.raises(openai.BadRequestError) as refused:
        create(client, file.id)
    assert refused.value.body["param"] == "input_file_id"


def test_a_file_of_no_model_goes_where_the_header_says(simulator: Simulator, make_gateway):
    file = file_for(
        simulator, extra_providers=[
            {"name": "second", "dialect": "openai", "base_url": simulator.base_url, "credential": "none"}])
    file["deployments"].append({"name": "second-d", "provider": "second", "model": "sim/x", "max_output": 4096})
    file["routes"].append({"name": "elsewhere", "strategy": "priority", "targets": ["second-d"]})
    gateway = make_gateway(file)
    client = client_of(gateway)

    def add(**headers: str):
        return client.files.create(
            file=("a.txt", b"text"), purpose="user_data",
            extra_headers={name.replace("_", "-"): value for name, value in headers.items()})

    with pytest.raises(openai.BadRequestError) as refused:
        add()
    assert refused.value.code == "invalid_header" and refused.value.body["param"] == "x-tollbook-route"
    with pytest.raises(openai.NotFoundError):
        add(x_tollbook_route="nowhere")
    made = [add(x_tollbook_route=name).id for name in ("elsewhere", "demo")]
    providers = gateway.ledger.rows(
        "SELECT p.name FROM stored_file f JOIN provider p ON p.id = f.provider_id ORDER BY f.id")
    assert [row["name"] for row in providers] == ["second", "up"]
    assert [client.files.retrieve(file_id).id for file_id in made] == made
    # The lines of a batch say it by themselves.
    batch, request = create(client, upload(client, [line(0, model="elsewhere")]).id)
    assert client.batches.retrieve(batch.id).status == "completed"
    assert gateway.ledger.story(request).charges
    gateway.check_books()


@pytest.mark.parametrize("api_version", ["2024-10-21", None])
def test_azure(simulator: Simulator, make_gateway, api_version: str | None):
    file = governance(simulator.base_url.removesuffix("/v1"), dialect="azure", model=MODEL)
    if api_version:
        file["providers"][0]["api_version"] = api_version
    gateway = make_gateway(file, flags=NEVER)
    client = openai.AzureOpenAI(
        azure_endpoint=gateway.url, api_key=gateway.key, api_version="2024-10-21", max_retries=0,
        http_client=httpx.Client(trust_env=False))
    batch, request = create(client, upload(client, [line(0, url="/chat/completions")]).id, endpoint="/chat/completions")
    sent = simulator.last()["request_line"]
    query = f"?api-version={api_version}" if api_version else ""
    assert sent == f"POST /openai{'' if api_version else '/v1'}/batches{query} HTTP/1.1"
    done = client.batches.retrieve(batch.id)
    assert done.status == "completed" and client.files.content(done.output_file_id).text.count("\n") == 1
    assert gateway.ledger.story(request).total == LINE_NANO
    gateway.check_books()


# Whose they are


def test_another_project_has_none_of_it(batching: Gateway, client: openai.OpenAI):
    file = upload(client, [line(0)])
    batch, _ = create(client, file.id)
    stranger = client_of(batching, batching.create_key("narrow"))
    for call in (
        lambda: stranger.files.retrieve(file.id), lambda: stranger.files.content(file.id),
        lambda: stranger.files.delete(file.id), lambda: create(stranger, file.id),
        lambda: stranger.batches.retrieve(batch.id), lambda: stranger.batches.cancel(batch.id)):
        with pytest.raises(openai.NotFoundError) as refused:
            call()
        assert refused.value.code == "not_found"
    assert list(stranger.files.list()) == [] and list(stranger.batches.list()) == []
    # A second key of the same project has all of it.
    assert client_of(batching, batching.create_key("ranking")).batches.retrieve(batch.id).id == batch.id


# What is wrong with a line


@pytest.mark.parametrize("lines, number, says", [
    ([line(0), line(1, model="nowhere")], 2, "another than the first line's"),
    ([line(0, model="nowhere")], 1, "does not exist"),
    ([line(0, url="/v1/images/generations")], 1, "url"),
    ([line(0), {**line(1), "url": "/v1/embeddings"}], 2, "url is another"),
    ([line(0, stream=True)], 1, "stream"),
    ([line(0), {**line(1), "method": "GET"}], 2, "method"),
    ([line(0), {"custom_id": "x", "method": "POST", "url": "/v1/chat/completions"}], 2, "body"),
])
def test_a_line_that_cannot_be_is_named(client: openai.OpenAI, lines: list[dict], number: int, says: str):
    with pytest.raises(openai.BadRequestError) as refused:
        upload(client, lines)
    assert f"Line {number} of the file" in refused.value.body["message"], refused.value.body
    assert says in refused.value.body["message"]


def test_files_that_are_none(client: openai.OpenAI):
    for content, says in ((b"", "no line"), (jsonl([line(0)]) + b"{", "Line 2"), (b'{"a":"\xff"}', "UTF-8")):
        with pytest.raises(openai.BadRequestError) as refused:
            upload(client, content)
        assert says in refused.value.body["message"]


def test_a_route_that_is_not_the_projects(batching: Gateway):
    client = client_of(batching, batching.create_key("narrow"))
    with pytest.raises(openai.BadRequestError) as refused:
        upload(client, [line(0)])
    assert "may not use 'demo'" in refused.value.body["message"]


# How it may end


@pytest.mark.parametrize("sim, status, answered, total, caveat, end", [
    ("errors=1", "completed", 2, 2 * LINE_NANO, None, "completed"),
    ("end=failed", "failed", 0, 0, None, "error"),
    ("end=expired,done=2", "expired", 2, 2 * LINE_NANO, None, "error"),
    ("looks=3", "completed", 3, 3 * LINE_NANO, None, "completed"),
    # The share of the hold of the line without usage is added.
    ("unread=1", "completed", 2, None, "usage_estimated", "completed"),
])
def test_each_end_costs_what_was_done(
    batching: Gateway, client: openai.OpenAI, sim: str, status: str, answered: int, total: int | None,
    caveat: str | None, end: str,
):
    batch, request = create(client, upload(client, [line(number) for number in range(3)]).id, sim)
    story = settled(batching, request)
    assert client.batches.retrieve(batch.id).status == status
    result = batching.ledger.rows(
        "SELECT * FROM stored_batch_result WHERE request_id = ?", story.request["id"])[0]
    assert (result["status"], result["answered_count"]) == (status, answered)
    if total is None:
        total = 2 * LINE_NANO + -(-story.request["estimated_input_tokens"] // 3) * INPUT_NANO + 50 * OUTPUT_NANO
    assert story.total == total and (story.caveat, story.end_reason) == (caveat, end)


def test_a_cancelled_batch_costs_what_was_done(batching: Gateway, client: openai.OpenAI):
    batch, request = create(client, upload(client, [line(number) for number in range(3)]).id, "looks=1000,done=1")
    assert client.batches.cancel(batch.id).status == "cancelling"
    story = settled(batching, request)
    assert story.total == LINE_NANO and story.end_reason == "completed"
    assert client.batches.retrieve(batch.id).status == "cancelled"
    with pytest.raises(openai.ConflictError):
        client.batches.cancel(batch.id)


@pytest.mark.parametrize("endpoint, body", [
    ("/v1/embeddings", {"model": "demo", "input": ["a", "b"]}),
    ("/v1/responses", {"model": "demo", "input": "Say hello.", "max_output_tokens": 50}),
    ("/v1/completions", {"model": "demo", "prompt": "Say", "max_tokens": 50}),
])
def test_other_endpoints(batching: Gateway, client: openai.OpenAI, endpoint: str, body: dict):
    each = {"custom_id": "one", "method": "POST", "url": endpoint, "body": body}
    _, request = create(client, upload(client, [each]).id, endpoint=endpoint)
    story = settled(batching, request)
    assert story.sources == {"provider"} and story.tokens["input"] == 100


# Once


def test_the_callers_own_look_settles_it(simulator: Simulator, make_gateway):
    gateway = make_gateway(file_for(simulator), flags=NEVER)
    client = client_of(gateway)
    batch, request = create(client, upload(client, [line(0)]).id)
    assert gateway.ledger.story(request).outcome is None and gateway.ledger.open_holds == 1
    assert client.batches.retrieve(batch.id).status == "completed"
    # Before the answer.
    assert gateway.ledger.story(request).total == LINE_NANO
    gateway.check_books()


def test_many_looks_at_once_charge_once(simulator: Simulator, make_gateway):
    gateway = make_gateway(file_for(simulator), flags=["--batch-poll", "10ms"])
    client = client_of(gateway)
    batch, request = create(client, upload(client, [line(0)]).id, "looks=20,delay=30")
    statuses: list[str] = []

    def look() -> None:
        own = client_of(gateway)
        while (status := own.batches.retrieve(batch.id).status) != "completed":
            statuses.append(status)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    story = settled(gateway, request)
    assert story.total == LINE_NANO and len(story.attempts) == 1
    gateway.check_books()


def test_a_budget_without_room_refuses_the_batch(simulator: Simulator, make_gateway):
    file = file_for(simulator, budgets=[hard_budget(2 * LINE_NANO)])
    gateway = make_gateway(file, flags=POLL)
    client = client_of(gateway)
    uploaded = upload(client, [line(number) for number in range(3)])
    with pytest.raises(openai.APIStatusError) as refused:
        create(client, uploaded.id)
    assert refused.value.status_code == 402 and refused.value.code == "budget_exhausted"
    assert list(client.batches.list()) == []
    # What is held is held against every other call, and comes back with the result.
    one, request = create(client, upload(client, [line(0)]).id, "looks=1000000,done=0")
    assert gateway.ledger.budget()["held_nano"] > 0
    assert gateway.chat(max_tokens=100).status == 429
    client.batches.cancel(one.id)
    settled(gateway, request)
    assert gateway.ledger.budget()["held_nano"] == 0 and gateway.ledger.budget()["spent_nano"] == 0
    gateway.check_books()


# Restarts


def test_a_restart_leaves_a_batch_open(simulator: Simulator, make_gateway):
    gateway = make_gateway(file_for(simulator), flags=NEVER)
    client = client_of(gateway)
    batch, request = create(client, upload(client, [line(0)]).id)
    gateway.restart()
    assert gateway.ledger.open_holds == 1 and gateway.ledger.story(request).outcome is None
    assert gateway.cli("verify", "--data", str(gateway.data), check=False).returncode == 0
    gateway.kill()
    gateway.flags = POLL
    gateway.start()
    assert settled(gateway, request).total == LINE_NANO
    assert client.batches.retrieve(batch.id).status == "completed"
    gateway.check_books()


def test_a_kill_between_results_and_settlement_charges_once(simulator: Simulator, make_gateway):
    gateway = make_gateway(file_for(simulator), flags=["--batch-poll", "20ms"])
    client = client_of(gateway)
    _, request = create(client, upload(client, [line(0)]).id, "delay=400")
    # The provider says that it has ended, and its results are on their way.
    until(lambda: simulator.batches()[0]["status"] == "completed", "the batch to end")
    gateway.kill()
    assert gateway.ledger.open_holds == 1
    gateway.start()
    assert settled(gateway, request).total == LINE_NANO
    gateway.check_books()
