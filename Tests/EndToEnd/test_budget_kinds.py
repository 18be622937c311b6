"""Budgets of every unit, scope, period and enforcement: each holds under any number of callers, and the books agree."""

import json
import time

import pytest

from harness.events import feed
from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.load import at_once
from harness.simulator import Simulator
from harness.waiting import until

CALL = {"model": "demo", "max_tokens": 100, "messages": [{"role": "user", "content": "Say hello."}]}
MANAGED = {"x-tollbook-end-user": "customer-7", "x-tollbook-tags": "env=prod,run=42"}
ROUTES = [
    {"name": "demo", "strategy": "priority", "targets": ["up-d"]},
    {"name": "cheap", "strategy": "priority", "targets": ["cheap-d"]},
]
DEPLOYMENTS = [
    {"name": "up-d", "provider": "up", "model": "upstream-model", "max_output": 4096},
    {"name": "cheap-d", "provider": "up", "model": "cheap-model", "max_output": 4096},
]


def budgeted(simulator: Simulator, *budgets: dict, **more: object) -> dict:
    return governance(
        simulator.base_url, budgets=list(budgets), deployments=DEPLOYMENTS, routes=ROUTES, **more)


def counted(limit: str, scope: str = "project/ranking", period: str = "total", **more: object) -> dict:
    return {"scope": scope, "limit": limit, "period": period, "name": "counted", **more}


def standing(gateway: Gateway, name: str = "counted") -> dict:
    budgets = gateway.cli_json("budget", "list")["budgets"]
    return next(budget for budget in budgets if budget["name"] == name)


SCOPES = [
    "organization/acme", "team/search", "project/ranking", "application/ranking/web", "user/ada", "key/burst",
    "end_user/customer-7", "tag/run=42", "model/upstream-model", "route/demo", "provider/up",
    "project/ranking & model/upstream-model", "team/search & tag/env=prod & end_user/customer-7",
]


@pytest.mark.parametrize("scope", SCOPES)
def test_five_hundred_callers_and_room_for_seven(make_gateway, simulator: Simulator, scope: str):
    gateway: Gateway = make_gateway(budgeted(simulator))
    key = gateway.create_key(name="burst", application="web", user="ada")
    gateway.apply(budgeted(simulator, counted("7 requests", scope)))
    simulator.reset()
    answers = at_once(500, lambda _: gateway.chat(CALL, key=key, headers=MANAGED, sim="latency_ms=30"))
    served = [answer for answer in answers if answer.status == 200]
    assert len(served) == 7 == simulator.calls
    refused = [answer for answer in answers if answer.status != 200]
    assert {(answer.status, answer.code) for answer in refused} <= {(402, "budget_exhausted"), (429, "budget_held")}
    error = refused[0].json["error"]
    assert error["unit"] == "requests" and error["limit"] == "7" and error["asked"] == "1"
    until(lambda: gateway.ledger.open_holds == 0, "the holds to be released")
    found = standing(gateway)
    assert (found["spent"], found["held"], found["left"]) == ("7", "0", "0")
    gateway.check_books()


@pytest.mark.parametrize(("scope", "other"), [
    ("user/ada", {"key": "eve"}), ("end_user/customer-7", {"headers": {"x-tollbook-end-user": "customer-8"}}),
    ("tag/run=42", {"headers": {"x-tollbook-tags": "run=4"}}), ("model/upstream-model", {"model": "cheap"}),
    ("route/demo", {"model": "cheap"}), ("project/ranking & model/upstream-model", {"model": "cheap"}),
])
def test_other_calls_do_not_count(make_gateway, simulator: Simulator, scope: str, other: dict):
    gateway: Gateway = make_gateway(budgeted(simulator))
    keys = {name: gateway.create_key(name=name, user=name) for name in ("ada", "eve")}
    gateway.apply(budgeted(simulator, counted("1 request", scope)))
    call = {**CALL, "model": other.get("model", "demo")}
    for _ in range(3):
        answer = gateway.chat(
            call, key=keys[other.get("key", "ada")], headers={**MANAGED, **other.get("headers", {})})
        assert answer.status == 200, answer.body
    assert gateway.chat(CALL, key=keys["ada"], headers=MANAGED).status == 200
    assert gateway.chat(CALL, key=keys["ada"], headers=MANAGED).status == 402
    gateway.check_books()


def test_tokens_are_held_at_their_worst_and_counted_as_used(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(budgeted(simulator, counted("1000 tokens"), prices=None))
    for _ in range(3):
        assert gateway.chat(CALL, sim="prompt=200,completion=50").status == 200
    assert standing(gateway)["spent"] == "750"
    # 250 are left, which the prompt and 400 of an answer may pass.
    answer = gateway.chat({**CALL, "max_tokens": 400})
    assert (answer.status, answer.code) == (402, "budget_exhausted")
    error = answer.json["error"]
    assert (error["unit"], error["limit"], error["spent"], error["currency"]) == ("tokens", "1000", "750", None)
    assert int(error["asked"]) > 400
    assert gateway.chat({**CALL, "max_tokens": 100}, sim="prompt=10,completion=5").status == 200
    gateway.check_books()


def test_a_free_model_passes_a_spent_budget(make_gateway, simulator: Simulator):
    prices = [
        {"provider": "up", "model": "upstream-model", "effective_from": "2024-01-01",
         "per_million": {"input": "1.00", "output": "2.00"}},
        {"provider": "up", "model": "cheap-model", "effective_from": "2024-01-01",
         "per_million": {"input": "0", "output": "0"}},
    ]
    file = {**budgeted(simulator, {**hard_budget(0), "name": "counted"}), "prices": prices}
    gateway: Gateway = make_gateway(file)
    assert gateway.chat(CALL).status == 402
    assert gateway.chat({**CALL, "model": "cheap"}).status == 200


@pytest.mark.parametrize("period", [
    "minute", "hour", "day", "week", "month", "quarter", "year", "rolling 1h", "rolling 30d", "total"])
def test_every_period_counts_what_was_spent_before_it_was_made(make_gateway, simulator: Simulator, period: str):
    gateway: Gateway = make_gateway(budgeted(simulator))
    if period == "minute" and time.time() % 60 > 50:
        time.sleep(61 - time.time() % 60)
    for _ in range(2):
        assert gateway.chat(CALL).status == 200
    gateway.apply(budgeted(simulator, counted("3 requests", period=period, time_zone="Asia/Kathmandu")))
    assert [gateway.chat(CALL).status for _ in range(2)] == [200, 402]
    found = standing(gateway)
    assert (found["period"], found["spent"]) == (period, "3")
    gateway.kill()
    gateway.start()
    assert gateway.chat(CALL).status == 402
    gateway.check_books()


def test_a_minute_begins_anew(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(budgeted(simulator, counted("1 request", period="minute")))
    if time.time() % 60 > 50:
        time.sleep(61 - time.time() % 60)
    assert [gateway.chat(CALL).status for _ in range(2)] == [200, 402]
    end = gateway.chat(CALL).json["error"]["period_end"]
    time.sleep(60.5 - time.time() % 60)
    assert gateway.chat(CALL).status == 200
    assert end == gateway.cli_json("budget", "show", "counted")["budget"]["period_start"]
    gateway.check_books()


@pytest.mark.parametrize("scope", ["tag/run=42", "end_user/customer-7", "model/upstream-model", "user/ada"])
def test_holds_of_a_killed_gateway_are_charged_to_the_same_budgets(make_gateway, simulator: Simulator, scope: str):
    gateway: Gateway = make_gateway(budgeted(simulator))
    key = gateway.create_key(name="burst", user="ada")
    gateway.apply(budgeted(simulator, counted("100000 tokens", scope, period="month")))
    assert gateway.chat(CALL, key=key, headers=MANAGED, sim="prompt=10,completion=5").status == 200
    with gateway.wire() as wire:
        wire.send(gateway.raw_chat(
            CALL, {**MANAGED, "authorization": f"Bearer {key}", "x-sim": "latency_ms=20000"}))
        until(lambda: gateway.ledger.open_holds == 1, "the call to be held")
        gateway.kill()
    gateway.start()
    held = gateway.ledger.value(
        "SELECT estimated_input_tokens + held_output_tokens FROM request ORDER BY id DESC LIMIT 1")
    assert standing(gateway)["spent"] == str(15 + held)
    gateway.check_books()


def test_spending_past_a_part_of_a_limit_is_an_event_once(make_gateway, simulator: Simulator):
    soft = counted("10 requests", enforcement="soft", alerts=[50, 80, 100], contact="finance@acme.example")
    gateway: Gateway = make_gateway(budgeted(simulator, soft))

    def crossed() -> list[int]:
        return [e["data"]["detail"]["percent"] for e in feed(gateway, type="budget.threshold_crossed")]

    for number in range(1, 13):
        assert gateway.chat(CALL).status == 200
        assert crossed() == [percent for percent in (50, 80, 100) if number * 10 >= percent]
    gateway.restart()
    assert gateway.chat(CALL).status == 200
    event = feed(gateway, type="budget.threshold_crossed")[-1]
    assert crossed() == [50, 80, 100]
    detail = event["data"]["detail"]
    assert (detail["name"], detail["limit"], detail["spent"]) == ("counted", "10 requests", "10 requests")
    assert detail["contact"] == "finance@acme.example" and event["subject"].startswith("budget/")
    gateway.check_books()


def test_a_throttling_budget_lets_a_few_through(make_gateway, simulator: Simulator):
    budget = counted("2 requests", enforcement="throttle", throttle_requests_per_minute=3)
    gateway: Gateway = make_gateway(budgeted(simulator, budget))
    answers = at_once(40, lambda _: gateway.chat(CALL))
    assert sum(answer.status == 200 for answer in answers) == 5
    refused = next(answer for answer in answers if answer.status != 200)
    assert (refused.status, refused.code) == (429, "budget_throttled")
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    reasons = [
        decision["reason"] for answer in answers if answer.status == 200
        for decision in gateway.ledger.story(answer.request_id).decisions]
    assert reasons.count("within_throttle") == 3 and reasons.count("within_budget") == 2
    gateway.restart()
    assert gateway.chat(CALL).code == "budget_throttled"
    gateway.check_books()


def test_a_budget_without_room_falls_back_to_a_cheaper_route(make_gateway, simulator: Simulator):
    budget = counted("2 requests", "route/demo", enforcement="fallback", fallback_route="cheap")
    gateway: Gateway = make_gateway(budgeted(simulator, budget))
    routes = [gateway.chat(CALL).headers["x-tollbook-route"] for _ in range(4)]
    assert routes == ["demo", "demo", "cheap", "cheap"]
    answer = gateway.chat(CALL)
    decision = next(d for d in gateway.story(answer).decisions if d["reason"] == "budget_fallback")
    assert decision["verdict"] == "fall_back" and "cheap serves in place of demo" in decision["detail"]
    whole = counted("2 requests", enforcement="fallback", fallback_route="cheap", name="whole")
    gateway.apply(budgeted(simulator, budget, whole))
    answer = gateway.chat(CALL)
    assert (answer.status, answer.headers["x-tollbook-route"]) == (200, "cheap")
    assert {d["reason"] for d in gateway.story(answer).decisions} >= {"budget_fallback", "target_chosen"}
    gateway.check_books()


def test_a_fallback_that_the_project_may_not_use_is_refused(make_gateway, simulator: Simulator):
    budget = counted("1 request", enforcement="fallback", fallback_route="cheap")
    projects = [{"name": "ranking", "routes": ["demo"]}]
    gateway: Gateway = make_gateway(budgeted(simulator, budget, projects=projects))
    assert gateway.chat(CALL).status == 200
    answer = gateway.chat(CALL)
    assert (answer.status, answer.code) == (403, "route_not_permitted")
    gateway.check_books()


def test_a_raise_holds_until_its_end(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(budgeted(simulator, counted("1 request", contact="finance@acme.example")))
    assert [gateway.chat(CALL).status for _ in range(2)] == [200, 402]
    until_time = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
    done = gateway.cli(
        "budget", "raise", "counted", "--by", "2 requests", "--until", until_time, "--reason", "launch day")
    assert "raised by 2 requests" in done.stdout
    assert [gateway.chat(CALL).status for _ in range(3)] == [200, 200, 402]
    found = gateway.cli_json("budget", "show", "counted")
    assert found["budget"]["limit"] == "3" and [r["amount"] for r in found["raises"]] == ["2"]
    gateway.restart()
    assert standing(gateway)["limit"] == "3"
    event = feed(gateway, type="budget.raised")[-1]
    assert event["data"]["detail"]["fields"]["amount"]["to"] == "2 requests"
    time.sleep(4.5)
    assert gateway.chat(CALL).json["error"]["limit"] == "1"
    gateway.check_books()


@pytest.mark.parametrize(("arguments", "problem"), [
    (["nobody", "--by", "1 request"], "no open budget"), (["counted", "--by", "1.00 USD"], "counts requests"),
    (["counted", "--by", "0 requests"], "above zero"), (["counted", "--by", "many"], "many"),
])
def test_a_raise_that_cannot_be_made_says_why(make_gateway, simulator: Simulator, arguments: list[str], problem: str):
    gateway: Gateway = make_gateway(budgeted(simulator, counted("1 request")))
    done = gateway.cli("budget", "raise", *arguments, "--until", "2999-01-01", "--reason", "why", check=False)
    assert done.returncode != 0 and problem in done.stderr, done.stderr
    past = gateway.cli(
        "budget", "raise", "counted", "--by", "1 request", "--until", "2020-01-01", "--reason", "why", check=False)
    assert past.returncode != 0 and "later end" in past.stderr


def test_a_team_cannot_allot_more_than_it_has(make_gateway, simulator: Simulator):
    def file(**parent: object) -> dict:
        return budgeted(
            simulator, {"scope": "team/search", "limit": "100.00 USD", "period": "month", **parent},
            {"scope": "project/ranking", "limit": "60.00 USD", "period": "month"},
            {"scope": "project/other", "limit": "50.00 USD", "period": "month"},
            projects=[{"name": "ranking"}, {"name": "other"}])

    gateway: Gateway = make_gateway(budgeted(simulator))
    done = gateway.apply(file(), check=False)
    assert done.returncode != 0 and "110.00 USD" in done.stderr and "overcommit: true" in done.stderr
    gateway.apply(file(overcommit=True))
    again = gateway.apply(file(limit="110.00 USD", overcommit=True))
    assert again.returncode == 0
    gateway.apply(file(limit="110.00 USD"))


def test_status_says_who_spent_it_and_where_it_is_heading(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(budgeted(simulator, counted("1000000 tokens", period="year")))
    key = gateway.create_key(name="heavy")
    for _ in range(3):
        assert gateway.chat(CALL, key=key, sim="prompt=100,completion=10").status == 200
    assert gateway.chat(CALL, sim="prompt=10,completion=1").status == 200
    shown = gateway.cli_json("budget", "show", "counted")
    assert [(s["project"], s["key"], s["spent"]) for s in shown["spenders"]][0] == ("ranking", "heavy", "330")
    assert sum(int(s["spent"]) for s in shown["spenders"]) == 341 == int(shown["budget"]["spent"])
    assert int(shown["budget"]["forecast"]) >= 341 and shown["budget"]["unit"] == "tokens"
    assert shown["periods"][0]["spent"] == "341"
    text = gateway.cli("budget", "show", "counted").stdout
    assert "heavy" in text and "330" in text
    status = gateway.cli_json("report", "budget_status")["budgets"]
    offline = json.loads(gateway.cli(
        "report", "budget_status", "--data", str(gateway.data), "--format", "json", token=False).stdout)["budgets"]
    assert [b["spent"] for b in status] == [b["spent"] for b in offline] == ["341"]


@pytest.mark.parametrize(("budget", "problem"), [
    ({"scope": "user/ada"}, "name of its own"), ({"scope": "model/nothing-like-it"}, "no deployment has the model"),
    ({"scope": "route/dema"}, "demo"), ({"scope": "tag/env"}, "tag/NAME=VALUE"), ({"limit": "ten tokens"}, "tokens"),
    ({"period": "fortnight"}, "period"), ({"period": "rolling 20m"}, "rolling"),
    ({"enforcement": "throttle"}, "throttle_requests_per_minute"),
    ({"enforcement": "fallback", "fallback_route": "nowhere"}, "nowhere"), ({"alerts": [0]}, "percentage"),
    ({"scope": "project/ranking & project/ranking"}, "two scopes of one kind"),
    ({"fallback_route": "cheap"}, "no effect"),
])
def test_a_budget_that_cannot_be_says_why(make_gateway, simulator: Simulator, budget: dict, problem: str):
    gateway: Gateway = make_gateway(budgeted(simulator))
    file = budgeted(simulator, {"scope": "project/ranking", "limit": "1.00 USD", "period": "month", **budget})
    done = gateway.apply(file, check=False)
    assert done.returncode != 0 and problem in done.stderr, done.stderr


def test_the_books_hold_no_name_of_a_person(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(
        budgeted(simulator, counted("5 requests", "user/ada.lovelace & end_user/charles.babbage")))
    assert standing(gateway)["scope"] == "user/ada.lovelace & end_user/charles.babbage"
    gateway.restart()
    for table in ("budget_version", "event", "journal"):
        rows = json.dumps(gateway.ledger.rows(f"SELECT * FROM {table}"), default=repr)
        assert "lovelace" not in rows and "babbage" not in rows, table
