"""A full process: places go by projects' shares, queues are bounded, and what gets no place has its row."""

import json
import re
import signal
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import anthropic
import httpx
import openai
import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.load import Loop, at_once
from harness.simulator import Simulator
from harness.upstream import DONE, Exchange, completion, delta, usage_event
from harness.waiting import until

CALL = {"model": "demo", "max_tokens": 20, "messages": [{"role": "user", "content": "Say hello."}]}
PROJECTS = [{"name": "ranking", "applications": ["web"]}, {"name": "flood"}]


def two_projects(simulator: Simulator, **shares: dict) -> dict:
    projects = [{**project, **shares.get(project["name"], {})} for project in PROJECTS]
    return governance(simulator.base_url, projects=projects)


def metric(gateway: Gateway, name: str) -> float:
    return gateway.metrics()[name]


def decisions(gateway: Gateway, reason: str) -> list[dict]:
    return gateway.ledger.rows(
        "SELECT d.* FROM decision d JOIN vocabulary v ON v.domain = 'reason' AND v.code = d.reason"
        " WHERE v.name = ? ORDER BY d.request_id", reason)


def waiting(gateway: Gateway, count: int):
    until(lambda: metric(gateway, "tollbook_queued_calls") == count, f"{count} calls to wait")


class Background:
    """Calls that are answered some time, each in a thread of its own."""

    def __init__(self):
        self.pool = ThreadPoolExecutor(max_workers=64)
        self.calls: list = []

    def add(self, gateway: Gateway, count: int = 1, **options: object) -> list:
        made = [self.pool.submit(gateway.chat, CALL, **options) for _ in range(count)]
        self.calls += made
        return made

    def answers(self) -> list:
        return [call.result(30) for call in self.calls]


def test_a_flood_of_one_project_leaves_the_other_its_share(make_gateway, simulator: Simulator):
    """200 connections call as fast as they can; a call of another project waits until one place is freed, so it takes
    at most three times as long as alone. In the order of arrival it would wait for 24 turns of the eight places."""
    gateway: Gateway = make_gateway(two_projects(simulator), flags=["--max-calls", "8"])
    flood_key = gateway.create_key(name="flood", project="flood")

    def latency() -> float:
        begun = time.monotonic()
        assert gateway.chat(CALL, sim="latency_ms=100").status == 200
        return time.monotonic() - begun

    alone = statistics.median(latency() for _ in range(5))
    statuses: set[int] = set()
    flood = Loop(200, lambda _: statuses.add(gateway.chat(CALL, key=flood_key, sim="latency_ms=100").status))
    until(lambda: metric(gateway, "tollbook_queued_calls") >= 150, "the flood to fill the queue")
    beside = statistics.median(latency() for _ in range(9))
    flood.stop()
    assert statuses == {200}
    assert beside <= 3 * alone, (beside, alone)
    # Each waited, and its row says how long.
    waited = [row["detail"] for row in decisions(gateway, "queued")]
    assert len(waited) >= 150 and all(re.fullmatch(r"waited \d+ ms", text) for text in waited)
    gateway.check_books()


def served_of_forty(gateway: Gateway, first_key: str, second_key: str) -> int:
    """How many of the first forty calls that end are the first key's, while both have more than enough waiting."""
    order: list[str] = []
    lock = threading.Lock()

    def call(key: str) -> None:
        assert gateway.chat(CALL, key=key, sim="latency_ms=60").status == 200
        with lock:
            order.append(key)

    background = Background()
    background.add(gateway, 10, sim="latency_ms=700")
    until(lambda: metric(gateway, "tollbook_call_places_held") == 10, "the places to be held")
    at_once(100, lambda number: call(first_key if number % 2 else second_key))
    background.answers()
    return order[:40].count(first_key)


@pytest.mark.parametrize(("shares", "least", "most"), [
    ({"ranking": {"weight": 4}}, 27, 37),
    ({"ranking": {"priority": "interactive"}, "flood": {"priority": "batch"}}, 32, 39),
])
def test_places_follow_weight_and_priority(make_gateway, simulator: Simulator, shares: dict, least: int, most: int):
    """Shares of 4 to 1, and of 16 to 1; the lower one is never left out."""
    gateway: Gateway = make_gateway(two_projects(simulator, **shares), flags=["--max-calls", "10"])
    flood_key = gateway.create_key(name="flood", project="flood")
    assert least <= served_of_forty(gateway, gateway.key, flood_key) <= most


def test_a_full_queue_refuses_with_a_row(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(two_projects(simulator), flags=["--max-calls", "1", "--max-queued", "8"])
    flood_key = gateway.create_key(name="flood", project="flood")
    background = Background()
    background.add(gateway, key=flood_key, sim="latency_ms=2000")
    until(lambda: gateway.ledger.open_holds == 1, "the place to be held")
    # Of the queue's eight places a project has two.
    background.add(gateway, 2, key=flood_key)
    waiting(gateway, 2)
    refused = gateway.chat(CALL, key=flood_key)
    assert (refused.status, refused.code) == (503, "overloaded")
    assert refused.headers["retry-after"] == "1" and refused.json["error"]["reason"] == "queue_full"
    story = gateway.ledger.story(refused.request_id)
    assert story.end_reason == "denied" and story.outcome["status"] == 503
    assert (story.attempts, story.charges, story.transfers) == ([], [], [])
    last = story.decisions[-1]
    assert (last["stage"], last["verdict"], last["reason"]) == ("limit", "deny", "overloaded")
    assert last["policy_kind"] == "project" and last["detail"] == "queue_full, waited 0 ms"
    # The other project still has its part.
    background.add(gateway)
    waiting(gateway, 3)
    assert {answer.status for answer in background.answers()} == {200}
    assert metric(gateway, 'tollbook_shed_calls_total{reason="queue_full"}') == 1
    assert metric(gateway, "tollbook_call_queue_seconds_count") == 3
    assert metric(gateway, "tollbook_queued_calls") == metric(gateway, "tollbook_call_places_held") == 0
    gateway.check_books()


def test_a_project_with_less_displaces_the_newest_of_one_with_more(make_gateway, simulator: Simulator):
    projects = [{"name": "ranking"}, *({"name": f"flood-{number}"} for number in range(4))]
    file = governance(simulator.base_url, projects=projects)
    gateway: Gateway = make_gateway(file, flags=["--max-calls", "1", "--max-queued", "8"])
    keys = [gateway.create_key(name="flood", project=f"flood-{number}") for number in range(4)]
    background = Background()
    background.add(gateway, key=keys[0], sim="latency_ms=1500")
    until(lambda: gateway.ledger.open_holds == 1, "the place to be held")
    for key in keys:
        background.add(gateway, 2, key=key)
    waiting(gateway, 8)
    newcomer = background.add(gateway)[0]
    assert newcomer.result(30).status == 200
    answers = background.answers()
    assert sorted(answer.status for answer in answers) == [200] * 9 + [503]
    displaced = next(answer for answer in answers if answer.status == 503)
    assert displaced.json["error"]["reason"] == "displaced"
    assert gateway.ledger.story(displaced.request_id).decisions[-1]["reason"] == "overloaded"
    gateway.check_books()


def test_a_call_waits_no_longer_than_it_may(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(
        two_projects(simulator), flags=["--max-calls", "1", "--queue-timeout", "300ms"])
    background = Background()
    background.add(gateway, sim="latency_ms=1500")
    until(lambda: gateway.ledger.open_holds == 1, "the place to be held")
    begun = time.monotonic()
    refused = gateway.chat(CALL)
    assert (refused.status, refused.code) == (503, "overloaded") and time.monotonic() - begun >= 0.3
    assert refused.json["error"]["reason"] == "waited_too_long"
    detail = gateway.ledger.story(refused.request_id).decisions[-1]["detail"]
    assert 300 <= int(re.fullmatch(r"waited_too_long, waited (\d+) ms", detail)[1]) < 1000
    assert background.answers()[0].status == 200
    assert gateway.chat(CALL).status == 200
    gateway.check_books()


def test_a_stream_holds_its_place_to_its_end(make_gateway, make_upstream):
    go_on = threading.Event()

    def handle(exchange: Exchange) -> None:
        if not json.loads(exchange.request.body).get("stream"):
            return exchange.send_plain(completion())
        exchange.begin_stream()
        exchange.send_chunk(delta("first"))
        go_on.wait(30)
        exchange.send_chunk(delta(finish="stop") + usage_event() + DONE)
        exchange.end_stream()

    gateway: Gateway = make_gateway(governance(make_upstream(handle).base_url), flags=["--max-calls", "1"])
    wire = gateway.wire()
    wire.send(gateway.raw_chat({**CALL, "stream": True}))
    wire.read_until(b"first")
    background = Background()
    later = background.add(gateway)[0]
    waiting(gateway, 1)
    assert not later.done()
    go_on.set()
    answer = later.result(10)
    assert answer.status == 200
    assert [row["reason"] for row in gateway.ledger.story(answer.request_id).decisions].count("queued") == 1


def test_a_client_that_leaves_the_queue_has_its_row(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(two_projects(simulator), flags=["--max-calls", "1"])
    simulator.reset()
    background = Background()
    background.add(gateway, sim="latency_ms=1500")
    until(lambda: gateway.ledger.open_holds == 1, "the place to be held")
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{gateway.url}/v1/chat/completions", json=CALL, timeout=0.3, trust_env=False,
            headers={"authorization": f"Bearer {gateway.key}"})
    waiting(gateway, 0)
    until(lambda: len(gateway.ledger.requests) == 2 and len(gateway.ledger.unsettled) == 1, "the row of who left")
    left = next(gateway.ledger.story(number) for number in gateway.ledger.requests
                if number not in gateway.ledger.unsettled)
    assert left.end_reason == "client_gone" and left.outcome["status"] == 499
    assert left.attempts == [] and left.charges == [] and "queued" in [row["reason"] for row in left.decisions]
    # It left no place behind that nobody uses.
    assert background.answers()[0].status == 200
    assert gateway.chat(CALL).status == 200
    assert simulator.calls == 2
    gateway.check_books()


def test_calls_that_wait_are_served_during_the_drain(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(two_projects(simulator), flags=["--max-calls", "1"])
    background = Background()
    background.add(gateway, sim="latency_ms=800")
    until(lambda: gateway.ledger.open_holds == 1, "the place to be held")
    background.add(gateway, 3)
    waiting(gateway, 3)
    gateway.process.send_signal(signal.SIGTERM)
    assert {answer.status for answer in background.answers()} == {200}
    assert gateway.wait() == 0
    gateway.check_books()


def test_calls_that_still_wait_at_the_cut_are_settled(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(two_projects(simulator), flags=["--max-calls", "1", "--drain-timeout", "300ms"])
    background = Background()
    background.add(gateway, sim="latency_ms=20000")
    until(lambda: gateway.ledger.open_holds == 1, "the place to be held")
    later = background.add(gateway, 3)
    waiting(gateway, 3)
    begun = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - begun < 5
    assert {(call.result(5).status, call.result(5).code) for call in later} == {(503, "shutting_down")}
    assert len(gateway.ledger.requests) == 4 and gateway.ledger.unsettled == []
    unused = [story for story in map(gateway.ledger.story, gateway.ledger.requests) if not story.attempts]
    assert [(story.end_reason, story.caveat) for story in unused] == [("error", "shutdown")] * 3
    gateway.check_books()


def test_a_key_revoked_while_its_call_waits_binds_it(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(two_projects(simulator), flags=["--max-calls", "1"])
    key = gateway.create_key(name="soon-gone")
    simulator.reset()
    background = Background()
    background.add(gateway, sim="latency_ms=1500")
    until(lambda: gateway.ledger.open_holds == 1, "the place to be held")
    later = background.add(gateway, key=key)[0]
    waiting(gateway, 1)
    gateway.cli("key", "revoke", "soon-gone")
    assert later.result(10).code == "invalid_api_key"
    background.answers()
    assert simulator.calls == 1


def test_the_sdks_raise_their_classes_and_try_again(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(two_projects(simulator), flags=["--max-calls", "1", "--queue-timeout", "100ms"])
    background = Background()
    background.add(gateway, sim="latency_ms=2500")
    until(lambda: gateway.ledger.open_holds == 1, "the place to be held")

    def clients(retries: int) -> tuple[openai.OpenAI, anthropic.Anthropic]:
        return (
            openai.OpenAI(
                base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=retries,
                http_client=httpx.Client(trust_env=False)),
            anthropic.Anthropic(base_url=gateway.url, api_key=gateway.key, max_retries=retries))

    first, second = clients(0)
    with pytest.raises(openai.InternalServerError) as error:
        first.chat.completions.create(model="demo", messages=CALL["messages"])
    assert error.value.status_code == 503 and error.value.code == "overloaded"
    with pytest.raises(anthropic.APIStatusError) as other:
        second.messages.create(model="demo", max_tokens=20, messages=CALL["messages"])
    assert other.value.status_code == 503 and other.value.body["error"]["type"] == "overloaded_error"
    assert other.value.response.headers["retry-after"] == "1"
    # With tries left they wait as long as they are told, and are served.
    first, second = clients(4)
    begun = time.monotonic()
    assert first.chat.completions.create(model="demo", messages=CALL["messages"]).id
    assert time.monotonic() - begun >= 1
    assert second.messages.create(model="demo", max_tokens=20, messages=CALL["messages"]).id
    background.answers()


def test_shares_are_governed(make_gateway, simulator: Simulator):
    file = two_projects(simulator, ranking={"weight": 4, "priority": "interactive"})
    gateway: Gateway = make_gateway(file)
    assert gateway.ledger.rows("SELECT name, value FROM project_setting WHERE closed = 0 ORDER BY name") == [
        {"name": "priority", "value": "interactive"}, {"name": "weight", "value": "4"}]
    revision = gateway.ledger.value("SELECT max(log_index) FROM project_setting_version")
    gateway.apply(file)
    assert gateway.ledger.value("SELECT max(log_index) FROM project_setting_version") == revision
    gateway.apply(two_projects(simulator))
    assert gateway.ledger.value("SELECT count(*) FROM project_setting WHERE value IS NOT NULL") == 0
    for wrong in ({"weight": 0}, {"weight": 101}, {"priority": "urgent"}):
        refused = gateway.apply(two_projects(simulator, ranking=wrong), check=False)
        assert refused.returncode != 0 and next(iter(wrong)) in refused.stderr
    gateway.check_books()
