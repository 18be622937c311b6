"""The event feed: audit events and refusals in journal order, by page, by stream and by `tollbook events`."""

import json
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from harness.events import Follower, feed
from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.process import BINARY, clean_environment
from harness.simulator import Simulator
from harness.waiting import until

CONTACT = "finance@acme.example"
BROKE = [hard_budget(1, name="pot", contact=CONTACT)]


@pytest.fixture
def broke(make_gateway, simulator: Simulator) -> Gateway:
    """A gateway whose project can pay nothing."""
    return make_gateway(governance(simulator.base_url, budgets=BROKE))


def test_a_refusal_says_who_asked_what_refused_and_whom_to_ask(broke: Gateway):
    answer = broke.chat()
    assert answer.status == 402 and answer.json["error"]["contact"] == CONTACT
    event = feed(broke, type="request.denied")[-1]
    data = event["data"]
    assert event["specversion"] == "1.0" and event["subject"] == f"request/{answer.request_id}"
    assert event["source"].startswith("urn:uuid:") and event["id"] == f"{data['log_index']}-0"
    assert data["request_id"] == answer.request_id and data["status"] == 402
    assert (data["organization"], data["project"], data["route"]) == ("acme", "ranking", "demo")
    assert data["reason"] == "budget_exhausted" and data["policy"] == "pot" and data["scope"] == "project/ranking"
    error = answer.json["error"]
    assert {name: data[name] for name in ("limit", "spent", "held", "asked", "currency", "contact")} == {
        name: error[name] for name in ("limit", "spent", "held", "asked", "currency", "contact")}


@pytest.mark.parametrize(("path", "body"), [
    ("/v1/chat/completions", {"model": "demo", "messages": [{"role": "user", "content": "Hi"}]}),
    ("/v1/completions", {"model": "demo", "prompt": "Hi"}),
    ("/v1/responses", {"model": "demo", "input": "Hi"}),
    ("/v1/messages", {"model": "demo", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}),
    ("/v1beta/models/demo:generateContent", {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}),
    ("/model/demo/converse", {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}),
])
def test_every_dialect_tells_whom_to_ask(broke: Gateway, path: str, body: dict):
    answer = broke.post(path, body, {"authorization": f"Bearer {broke.key}"})
    assert answer.status == 402 and CONTACT.encode() in answer.body, answer.body
    assert feed(broke, type="request.denied")[-1]["data"]["contact"] == CONTACT


def test_the_feed_has_every_event_and_every_refusal_in_journal_order(broke: Gateway):
    for _ in range(5):
        broke.chat()
        broke.cli("report", "spend")
    events = feed(broke)
    wanted = broke.ledger.rows(
        "SELECT log_index, ordinal + 1, action FROM event UNION ALL "
        "SELECT log_index, 0, 'request.denied' FROM journal WHERE kind = 3 ORDER BY 1, 2")
    # The reading itself is recorded, and comes behind.
    told = [(*map(int, event["id"].split("-")), event["type"]) for event in events]
    assert told == [tuple(row.values()) for row in wanted][:len(told)] and len(told) >= len(wanted) - 3
    assert [event["type"] for event in events].count("request.denied") == 5


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 5000])
def test_pages_of_any_size_make_the_same_feed(broke: Gateway, limit: int):
    for _ in range(4):
        broke.chat()
    whole, paged, cursor = feed(broke), [], -1
    end = whole[-1]["data"]["log_index"]
    while cursor < end:
        page = broke.admin.get(
            "/api/v1/events", params={"limit": limit, **({"after": cursor} if cursor >= 0 else {})},
            headers={"authorization": f"Bearer {broke.token}"}).json()
        assert page["next"] > cursor
        paged += page["events"]
        cursor = page["next"]
    assert [event for event in paged if event["data"]["log_index"] <= end] == whole


def test_types_are_exact_or_all_of_a_kind(broke: Gateway):
    broke.chat()
    assert {event["type"] for event in feed(broke, type="budget.*")} == {"budget.created"}
    assert {event["type"] for event in feed(broke, type="budget.*,request.denied")} == {
        "budget.created", "request.denied"}
    assert feed(broke, type="budget.closed") == []


@pytest.mark.parametrize("query", [
    "limit=0", "limit=99999", "after=-1", "after=x", "type=budget", "type=*.*", "type=A.b", "since=yesterday",
    "after=1&since=2026-01-01", "after=99999999", "until=3"])
def test_what_makes_no_sense_is_refused(gateway: Gateway, query: str):
    answer = gateway.admin.get(f"/api/v1/events?{query}", headers={"authorization": f"Bearer {gateway.token}"})
    assert answer.status_code == 400, answer.text


def test_reading_is_recorded_and_ends(broke: Gateway):
    """Whoever reads until nothing comes must come to an end, though each reading makes an event."""
    cursor, rounds = -1, 0
    while True:
        page = broke.admin.get(
            "/api/v1/events", params={"after": cursor} if cursor >= 0 else {},
            headers={"authorization": f"Bearer {broke.token}"}).json()
        if not page["events"]:
            break
        cursor, rounds = page["next"], rounds + 1
        assert rounds < 10
    reads = feed(broke, type="events.read")
    assert reads and reads[0]["data"]["detail"]["events"] > 0 and reads[0]["data"]["actor"] == "owner"


def test_events_needs_the_owners_token(gateway: Gateway):
    assert gateway.admin.get("/api/v1/events").status_code in (401, 429)


def test_the_stream_tells_where_to_go_on(broke: Gateway):
    headers = {"authorization": f"Bearer {broke.token}"}
    with httpx.Client(trust_env=False, base_url=broke.admin_url, timeout=30) as client:
        with client.stream("GET", "/api/v1/events?follow=true&after=0", headers=headers) as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            lines, seen = answer.iter_lines(), 0
            for line in lines:
                if line.startswith("id: ") and (seen := int(line[4:])) > 0:
                    break
        # A browser says what it has seen last.
        with client.stream(
            "GET", "/api/v1/events?follow=true&after=0", headers={**headers, "last-event-id": str(seen)}
        ) as answer:
            first = next(line for line in answer.iter_lines() if line.startswith("data: "))
            assert json.loads(first[6:])["data"]["log_index"] > seen


def test_follow_goes_on_across_restarts_and_a_crash(broke: Gateway, tmp_path: Path):
    with Follower(broke, tmp_path / "followed", "--type", "request.denied") as follower:
        made = []
        for end in (broke.stop, broke.kill, broke.stop):
            for _ in range(3):
                made.append(broke.chat().request_id)
            until(lambda: follower.requests[-1:] == made[-1:], "the refusals to be followed")
            end()
            broke.start()
            # What is refused before the follower is back must come too.
            made.append(broke.chat().request_id)
        until(lambda: follower.requests[-1:] == made[-1:], "the last refusal to be followed")
        seen = list(dict.fromkeys(follower.requests))
        assert seen == made
        assert follower.end(signal.SIGINT) == 0


def test_follow_alone_begins_now(broke: Gateway, tmp_path: Path):
    broke.chat()
    with Follower(broke, tmp_path / "followed", "--type", "request.denied", after=None) as follower:
        until(lambda: feed(broke, type="events.read"), "the follower to be there")
        second = broke.chat().request_id
        until(lambda: follower.requests == [second], "the second refusal alone")
        assert follower.end(signal.SIGTERM) == 0


def test_a_follower_does_not_hold_up_the_end(broke: Gateway, tmp_path: Path):
    with Follower(broke, tmp_path / "followed") as follower:
        until(lambda: follower.events, "something to be followed")
        assert broke.stop() == 0


def test_follow_without_a_server_says_so(tmp_path: Path):
    done = subprocess.run(
        [str(BINARY), "events", "--follow"], capture_output=True, text=True, timeout=30,
        env=clean_environment(TOLLBOOK_URL="http://127.0.0.1:1", TOLLBOOK_TOKEN="t"))
    assert done.returncode == 3 and "server_unreachable" in done.stderr


def test_the_command_prints_lines_and_cloud_events(broke: Gateway):
    broke.chat()
    table = broke.cli("events", "--type", "request.denied").stdout.splitlines()
    assert len(table) == 1 and "budget_exhausted" in table[0] and f"contact {CONTACT}" in table[0]
    lines = broke.cli("events", "--format", "json", "--after", "0").stdout.splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["type"] for event in events if event["type"] == "request.denied"] == ["request.denied"]
    offline = broke.cli("events", "--format", "json", "--data", str(broke.data), "--after", "0").stdout.splitlines()
    assert [json.loads(line)["id"] for line in offline][:len(events)] == [event["id"] for event in events]
    time = events[-1]["time"]
    since = broke.cli("events", "--format", "json", "--since", time).stdout.splitlines()
    assert json.loads(since[0])["data"]["log_index"] == events[-1]["data"]["log_index"]
    assert broke.cli("events", "--since", "2999-01-01", check=False).stdout == ""


def test_a_flood_of_refusals_takes_no_memory(make_gateway, simulator: Simulator, tmp_path: Path):
    keys = 4
    gateway: Gateway = make_gateway(governance(simulator.base_url, budgets=BROKE))
    secrets = [gateway.create_key(name=f"key-{n}") for n in range(keys)]
    with Follower(gateway, tmp_path / "followed", "--type", "request.denied", "--type", "calls.denied") as follower:
        before = gateway.resident_bytes()
        for secret in secrets:
            for _ in range(1_200):
                assert gateway.chat(key=secret).status == 402
        grown = gateway.resident_bytes() - before
        told = gateway.ledger.value("SELECT count(*) FROM journal WHERE kind = 3")
        until(lambda: len(follower.requests) == told, "every refusal with a row", seconds=30)
        counted = until(
            lambda: [event for event in follower.events if event["type"] == "calls.denied"], "the counted ones")
        assert counted[0]["data"]["detail"]["reason"] == "budget_exhausted"
        assert grown < 48 << 20, grown
