"""Webhooks: every event in order, at least once, signed, to nobody else."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.events import feed
from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.simulator import Simulator
from harness.waiting import until
from harness.webhooks import Receiver, new_secret

DENIED = {"types": ["request.denied"]}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver(new_secret()).up()
    yield made
    made.down()


@pytest.fixture
def hooked(make_gateway, simulator: Simulator):
    """Makes a gateway whose project can pay nothing, with webhooks."""

    def make(receiver: Receiver, *hooks: dict, **more: object) -> Gateway:
        budgets = [hard_budget(1, name="pot", contact="finance@acme.example")]
        file = governance(simulator.base_url, budgets=budgets, webhooks=list(hooks), **more)
        return make_gateway(file, environment={"HOOK_SECRET": receiver.secret})

    return make


def metric(gateway: Gateway, name: str) -> float:
    return gateway.metrics()[name]


def test_a_refusal_reaches_the_receiver_signed(hooked, receiver: Receiver):
    gateway: Gateway = hooked(receiver, receiver.entry())
    answer = gateway.chat()
    until(lambda: receiver.requests == [answer.request_id], "the refusal to be told")
    told = receiver.events[-1]
    assert told["data"]["contact"] == "finance@acme.example" and told["specversion"] == "1.0"
    assert told == next(event for event in feed(gateway) if event["id"] == told["id"])
    head = receiver.headers[-1]
    assert head["content-type"] == "application/cloudevents+json" and "." not in head["webhook-id"]
    assert head["user-agent"].startswith("tollbook/")
    # Begins behind the command that made it, and tells what comes.
    assert "webhook.created" not in [event["type"] for event in receiver.events]
    assert metric(gateway, 'tollbook_webhook_deliveries_total{result="delivered"}') >= 1


def test_types_choose(hooked, receiver: Receiver):
    gateway: Gateway = hooked(receiver, receiver.entry(types=["api_key.*", "request.denied"]))
    gateway.chat()
    gateway.cli("report", "spend")
    gateway.create_key(name="another")
    until(lambda: len(receiver.events) >= 3, "the events to be told")
    assert [event["type"] for event in receiver.events] == ["api_key.created", "request.denied", "api_key.created"]


def test_an_organization_is_told_its_own_calls_alone(hooked, receiver: Receiver):
    gateway: Gateway = hooked(receiver, receiver.entry(organization="acme"))
    first = gateway.chat().request_id
    until(lambda: receiver.requests == [first], "the refusal to be told")
    assert {event["type"] for event in receiver.events} == {"request.denied"}


def test_a_receiver_that_is_down_gets_everything_in_order_later(hooked, receiver: Receiver):
    receiver.down()
    gateway: Gateway = hooked(receiver, receiver.entry(**DENIED))
    made = [gateway.chat().request_id for _ in range(40)]
    until(lambda: metric(gateway, "tollbook_webhook_lag_seconds") > 0, "the lag to be seen")
    until(lambda: metric(gateway, 'tollbook_webhook_deliveries_total{result="failed"}') >= 1, "a failure")
    receiver.up()
    until(lambda: receiver.requests == made, "the backlog to be told")
    until(lambda: metric(gateway, "tollbook_webhook_lag_seconds") == 0, "nothing to be owed")


@pytest.mark.parametrize("status", [500, 429, 302, 404])
def test_an_event_is_sent_again_under_the_same_id_until_it_is_taken(hooked, receiver: Receiver, status: int):
    tries: list[int] = []

    def answer(event: dict) -> int:
        tries.append(1)
        return status if len(tries) <= 2 else 200

    receiver.answer = answer
    gateway: Gateway = hooked(receiver, receiver.entry(**DENIED))
    made = [gateway.chat().request_id for _ in range(3)]
    until(lambda: receiver.requests == made, "the events to be told")
    assert receiver.ids[0] == receiver.ids[1] == receiver.ids[2] and len(set(receiver.ids)) == 3
    # A redirect is not followed: every try came to the address itself.
    assert len(receiver.ids) == 5


def test_a_crash_loses_nothing_and_keeps_the_order(hooked, receiver: Receiver):
    gateway: Gateway = hooked(receiver, receiver.entry(**DENIED))
    made: list[str] = []
    for _ in range(3):
        made += [gateway.chat().request_id for _ in range(20)]
        gateway.kill()
        gateway.start()
    receiver.down()
    made += [gateway.chat().request_id for _ in range(5)]
    gateway.kill()
    receiver.up()
    gateway.start()
    until(lambda: receiver.requests[-1:] == made[-1:], "the last to be told")
    # Some may come twice; first seen, they are all there and in order.
    assert list(dict.fromkeys(receiver.requests)) == made
    assert len(receiver.requests) < 3 * len(made)


def test_a_restart_tells_nothing_twice(hooked, receiver: Receiver):
    gateway: Gateway = hooked(receiver, receiver.entry(**DENIED))
    made = [gateway.chat().request_id for _ in range(10)]
    until(lambda: receiver.requests == made, "the events to be told")
    until(lambda: gateway.ledger.value("SELECT log_index FROM webhook_cursor") > 0, "the cursor to be kept")
    gateway.restart()
    made.append(gateway.chat().request_id)
    until(lambda: receiver.requests[-1:] == made[-1:], "the last to be told")
    assert receiver.requests == made
    gateway.check_books()


def test_one_that_is_dead_holds_up_nobody(hooked, receiver: Receiver):
    dead = receiver.entry("dead", url="http://127.0.0.1:1/", **DENIED)
    gateway: Gateway = hooked(receiver, dead, receiver.entry(**DENIED))
    made = [gateway.chat().request_id for _ in range(5)]
    until(lambda: receiver.requests == made, "the living one to be told")
    assert gateway.stop() == 0


def test_gone_suspends_with_an_event_until_the_webhook_is_changed(hooked, receiver: Receiver, simulator: Simulator):
    receiver.answer = lambda event: 410
    gateway: Gateway = hooked(receiver, receiver.entry(**DENIED))
    made = [gateway.chat().request_id for _ in range(2)]
    event = until(lambda: feed(gateway, type="webhook.suspended"), "the suspension")[0]
    assert event["data"]["detail"] == {"name": "hook"} and event["data"]["object_kind"] == "webhook"
    assert metric(gateway, "tollbook_webhooks_suspended") == 1
    gateway.restart()
    receiver.answer = lambda event: 200
    made.append(gateway.chat().request_id)
    assert len(receiver.ids) == 1
    file = governance(
        simulator.base_url, budgets=[hard_budget(1, name="pot", contact="finance@acme.example")],
        webhooks=[receiver.entry(types=["request.denied", "webhook.test"])])
    gateway.apply(file)
    until(lambda: receiver.requests == made, "what is owed to be told")
    assert metric(gateway, "tollbook_webhooks_suspended") == 0


def test_a_change_binds_the_next_event(hooked, receiver: Receiver, simulator: Simulator):
    gateway: Gateway = hooked(receiver, receiver.entry(url="http://127.0.0.1:1/", **DENIED))
    made = [gateway.chat().request_id for _ in range(3)]
    until(lambda: metric(gateway, 'tollbook_webhook_deliveries_total{result="failed"}') >= 2, "two failures")
    file = json.loads(gateway.file.read_text())
    file["webhooks"] = [receiver.entry(**DENIED)]
    gateway.apply(file)
    until(lambda: receiver.requests == made, "what is owed to be told", seconds=5)
    file["webhooks"] = []
    gateway.apply(file, "--prune")
    gateway.chat()
    gateway.restart()
    assert receiver.requests == made


def test_both_secrets_sign_while_receivers_change_over(hooked, receiver: Receiver, tmp_path: Path):
    new = tmp_path / "secret"
    new.write_text(new_secret() + "\n")
    entry = receiver.entry(secret=f"file:{new}", previous_secret="env:HOOK_SECRET", **DENIED)
    gateway: Gateway = hooked(receiver, entry)
    first = gateway.chat().request_id
    until(lambda: receiver.requests == [first], "the old secret to be accepted")
    assert len(receiver.headers[-1]["webhook-signature"].split(" ")) == 2
    receiver.secret = new.read_text().strip()
    second = gateway.chat().request_id
    until(lambda: receiver.requests == [first, second], "the new secret to be accepted")
    assert receiver.secret not in gateway.output


def test_a_secret_that_is_none_sends_nothing_until_it_is_mended(hooked, receiver: Receiver, tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("not a secret")
    gateway: Gateway = hooked(receiver, receiver.entry(secret=f"file:{secret}", **DENIED))
    first = gateway.chat().request_id
    until(lambda: "its secret is missing" in gateway.output, "the log to say so")
    assert not receiver.ids
    secret.write_text(receiver.secret)
    until(lambda: receiver.requests == [first], "the event to be told")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"])
def test_private_addresses_are_for_those_that_say_so(hooked, receiver: Receiver, host: str):
    entry = receiver.entry(url=f"https://{host}:{receiver.port}/", **DENIED)
    del entry["private_network"]
    if host == "169.254.169.254":
        # Where clouds tell machines their credentials: never.
        entry["private_network"] = True
    gateway: Gateway = hooked(receiver, entry)
    gateway.chat()
    until(lambda: "the host has" in gateway.output, "the log to say so")
    assert not receiver.ids


@pytest.mark.parametrize(("change", "words"), [
    ({"private_network": False}, "not encrypted"), ({"url": "ftp://a.example/"}, "https://"),
    ({"url": "https://u:p@a.example/"}, "user name"), ({"secret": "whsec_abc"}, "looks like a credential"),
    ({"secret": "none"}, "signed with a secret"), ({"types": []}, "allows nothing"),
    ({"types": ["budget"]}, "no type of events"), ({"organization": "nobody"}, "no organization"),
    ({"private_network": "yes"}, "private_network"), ({"kind": "x"}, "unknown key"),
])
def test_what_makes_no_sense_is_refused(gateway: Gateway, change: dict, words: str):
    entry = {"name": "h", "url": "http://127.0.0.1:1/", "secret": "env:X", "private_network": True, **change}
    file = json.loads(gateway.file.read_text())
    done = gateway.apply({**file, "webhooks": [entry]}, "--dry-run", check=False)
    gateway.write(file)
    assert done.returncode == 1 and words in done.stderr, done.stderr


def test_a_backlog_takes_no_memory(hooked, receiver: Receiver):
    receiver.down()
    gateway: Gateway = hooked(receiver, receiver.entry(**DENIED))
    keys = [gateway.create_key(name=f"key-{number}") for number in range(3)]
    gateway.chat()
    before = gateway.resident_bytes()
    made = [gateway.chat(key=key).request_id for key in keys for _ in range(900)]
    assert gateway.resident_bytes() - before < 48 << 20
    receiver.up()
    until(lambda: len(receiver.requests) >= len(made) + 1, "the backlog to be told", seconds=40)
    assert receiver.requests[1:] == made
