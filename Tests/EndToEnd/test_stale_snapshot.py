"""A change is in force before its command is answered, whatever the event loops had planned before."""

import json
import threading

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.load import Loop
from harness.simulator import Simulator

CALL = {"model": "demo", "max_tokens": 10, "messages": []}


class Caller:
    """Calls without pause on one connection and notes when each call began and how it ended."""

    def __init__(self, gateway: Gateway, key: str, lock: threading.Lock, log: list):
        self.request = gateway.raw_chat(CALL, {"authorization": f"Bearer {key}", "x-sim": "prompt=1,completion=1"})
        self.wire = gateway.wire()
        self.lock, self.log = lock, log

    def __call__(self) -> None:
        with self.lock:
            number = len(self.log)
            self.log.append(None)
        self.wire.send(self.request)
        answer = self.wire.read_answer()
        code = None if answer.status == 200 else json.loads(answer.body)["error"]["code"]
        self.log[number] = (answer.status, code, answer.header("x-tollbook-request-id"))


def run(gateway: Gateway, key: str, change) -> tuple[list, int]:
    """Eight callers while `change` runs; the log, and how many calls had begun when the change was answered."""
    lock, log = threading.Lock(), []
    callers = [Caller(gateway, key, lock, log) for _ in range(8)]
    loop = Loop(8, lambda number: callers[number]())
    from harness.waiting import until

    until(lambda: len(log) > 200, "the load to run")
    change()
    with lock:
        begun = len(log)
    until(lambda: len(log) > begun + 200, "the load after the change")
    loop.stop()
    return log, begun


def test_a_revoked_key_opens_nothing_after_the_answer(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(governance(simulator.base_url))
    key = gateway.create_key(name="short-lived")
    log, begun = run(gateway, key, lambda: gateway.cli("key", "revoke", "short-lived"))
    assert {entry[0] for entry in log[:100]} == {200}
    # Every call that began after the command was answered is refused.
    assert {entry[:2] for entry in log[begun:]} == {(401, "invalid_api_key")}
    # And in the order of the log nothing was opened with it after its last version.
    revoked = gateway.ledger.value("SELECT max(log_index) FROM api_key_version WHERE name = 'short-lived'")
    assert gateway.ledger.value(
        "SELECT count(*) FROM request WHERE log_index > ? AND api_key_id = "
        "(SELECT id FROM api_key_version WHERE name = 'short-lived' LIMIT 1)", revoked) == 0
    gateway.check_books()


def test_a_lowered_budget_binds_after_the_answer(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(governance(simulator.base_url, budgets=[hard_budget(10**12)]))
    key = gateway.key
    low = governance(simulator.base_url, budgets=[hard_budget(1)])
    log, begun = run(gateway, key, lambda: gateway.apply(low))
    assert {entry[0] for entry in log[:100]} == {200}
    assert {entry[:2] for entry in log[begun:]} <= {(402, "budget_exhausted"), (429, "budget_held")}
    # In the order of the log no call was opened (2) after the budget's version; denials (3) were.
    lowered = gateway.ledger.value("SELECT max(log_index) FROM budget_version")
    kinds = gateway.ledger.rows(
        "SELECT kind, count(*) AS calls FROM journal WHERE log_index > ? AND kind IN (2, 3) GROUP BY kind", lowered)
    assert [row["kind"] for row in kinds] == [3]
    gateway.check_books()


def test_a_new_price_applies_after_the_answer(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(governance(simulator.base_url))
    dear = governance(simulator.base_url, prices={"input": "500.00", "output": "500.00"})
    for price in dear["prices"]:
        price["effective_from"] = "2024-06-01"
    _ = gateway.key
    log, begun = run(gateway, gateway.key, lambda: gateway.apply(dear))
    totals = {gateway.ledger.story(entry[2]).total for entry in log[begun:]}
    assert totals == {2 * 500_000}
    assert gateway.ledger.story(log[0][2]).total == 3_000


def test_a_closed_route_is_gone_after_the_answer(make_gateway, simulator: Simulator):
    routes = [
        {"name": "demo", "strategy": "priority", "targets": ["up-d"]},
        {"name": "other", "strategy": "priority", "targets": ["up-d"]}]
    gateway: Gateway = make_gateway(governance(simulator.base_url, routes=routes))
    without = governance(simulator.base_url, routes=routes[1:])
    log, begun = run(gateway, gateway.key, lambda: gateway.apply(without, "--prune"))
    assert {entry[:2] for entry in log[begun:]} == {(404, "model_not_found")}
