"""Budgets: checked and held in one transaction, so that no number of calls at once passes a limit."""

import threading

import pytest

from harness.gateway import Gateway
from harness.governance import PRICES, governance, hard_budget
from harness.load import at_once
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream, answer_chat, completion
from harness.waiting import until

CALL = {"model": "demo", "max_tokens": 100, "messages": [{"role": "user", "content": "Say hello."}]}


@pytest.fixture(scope="module")
def worst_case(gateway: Gateway) -> tuple[int, str]:
    """What CALL holds, in nano-dollars, and directives that make it cost exactly that."""
    story = gateway.story(gateway.chat(CALL))
    estimate = story.request["estimated_input_tokens"]
    assert story.held == estimate * 1_000 + 100 * 2_000
    return story.held, f"prompt={estimate},completion=100"


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_three_hundred_calls_and_room_for_forty(
    make_gateway, simulator: Simulator, worst_case: tuple[int, str], stream: bool
):
    hold, exactly = worst_case
    room = 40
    # Room for forty and almost for one more.
    limit = room * hold + hold - 1
    gateway: Gateway = make_gateway(governance(simulator.base_url, budgets=[hard_budget(limit)]))
    simulator.reset()
    key = gateway.key
    answers = at_once(300, lambda _: gateway.chat({**CALL, "stream": stream}, key=key, sim=f"{exactly},latency_ms=50"))

    served = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status != 200]
    assert len(served) == room and simulator.calls == room
    assert {(answer.status, answer.code) for answer in refused} <= {(402, "budget_exhausted"), (429, "budget_held")}
    assert all("retry-after" in answer.headers for answer in refused if answer.status == 429)

    until(lambda: gateway.ledger.open_holds == 0, "the holds to be released")
    budget = gateway.ledger.budget()
    charged = gateway.ledger.value("SELECT sum(amount_nano) FROM charge")
    assert budget["held_nano"] == 0
    assert budget["spent_nano"] == charged == room * hold <= limit
    assert len(gateway.ledger.requests) == 300
    for answer in refused:
        story = gateway.ledger.story(answer.request_id)
        assert story.end_reason == "denied" and story.attempts == [] and story.charges == []
        denial = story.decisions[-1]
        assert denial["verdict"] == "deny" and denial["stage"] == "limit"
        assert denial["spent_nano"] + denial["held_nano"] + denial["asked_nano"] > denial["limit_nano"] == limit
        assert story.outcome["status"] == answer.status
    gateway.check_books()


def test_calls_that_cost_less_than_their_hold_leave_room(make_gateway, simulator: Simulator, worst_case):
    hold, _ = worst_case
    gateway: Gateway = make_gateway(governance(simulator.base_url, budgets=[hard_budget(4 * hold)]))
    for _ in range(8):
        assert gateway.chat(CALL, sim="prompt=1,completion=1").status == 200
    assert gateway.ledger.budget()["spent_nano"] == 8 * 3_000


def test_failed_calls_cost_nothing(make_gateway, simulator: Simulator, worst_case):
    hold, exactly = worst_case
    gateway: Gateway = make_gateway(governance(simulator.base_url, budgets=[hard_budget(hold)]))
    for _ in range(5):
        assert gateway.chat(CALL, sim="status=500").status == 500
    assert gateway.chat(CALL, sim=exactly).status == 200
    assert gateway.ledger.budget() == {
        "name": gateway.ledger.budget()["name"], "limit_nano": hold, "spent_nano": hold, "held_nano": 0}


def test_figures_of_an_exhausted_budget(make_gateway, simulator: Simulator, worst_case):
    hold, exactly = worst_case
    limit = 2 * hold + 1
    budget = hard_budget(limit, period="month", time_zone="Europe/Berlin", contact="finance@acme.example")
    gateway: Gateway = make_gateway(governance(simulator.base_url, budgets=[budget]))
    for _ in range(2):
        assert gateway.chat(CALL, sim=exactly).status == 200
    answer = gateway.chat(CALL)
    assert answer.status == 402 and "retry-after" not in answer.headers
    error = answer.json["error"]
    assert error["code"] == "budget_exhausted" and error["type"] == "insufficient_quota"
    assert error["scope"] == "project/ranking" and error["contact"] == "finance@acme.example"
    money = {name: f"{value // 10**9}.{value % 10**9:09d}" for name, value in {
        "limit": limit, "spent": 2 * hold, "held": 0, "asked": hold}.items()}
    assert {name: error[name] for name in money} == money and error["currency"] == "USD"
    # The month ends at midnight in Berlin, which is the evening before in UTC.
    assert error["period_end"][8:13] in ("31T23", "30T22", "31T22", "30T23", "28T23", "29T23")


def test_held_but_not_spent_says_try_again(make_gateway, make_upstream, worst_case):
    hold, _ = worst_case
    answer_now = threading.Event()

    def slow(exchange):
        answer_now.wait(20)
        exchange.send_plain(completion(usage={"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}))

    upstream: ScriptedUpstream = make_upstream(slow)
    gateway: Gateway = make_gateway(governance(upstream.base_url, budgets=[hard_budget(2 * hold - 1)]))
    key = gateway.key
    first = threading.Thread(target=lambda: gateway.chat(CALL, key=key))
    first.start()
    until(lambda: upstream.requests, "the first call to be in flight")
    answer = gateway.chat(CALL)
    assert answer.status == 429 and answer.code == "budget_held" and int(answer.headers["retry-after"]) >= 1
    answer_now.set()
    first.join()
    assert gateway.chat(CALL).status == 200


@pytest.mark.parametrize(
    "scope", ["organization/acme", "team/search", "project/ranking", "application/ranking/web", "key/counted"])
def test_every_scope_is_held_at_once(make_gateway, simulator: Simulator, worst_case, scope: str):
    """A call must fit into every budget that applies; the narrow one refuses although the wide one has room."""
    hold, exactly = worst_case
    wide = [hard_budget(100 * hold, scope="organization/acme", name="wide")]
    gateway: Gateway = make_gateway(governance(simulator.base_url, budgets=wide))
    key = gateway.create_key(application="web", name="counted")
    gateway.apply(governance(simulator.base_url, budgets=[*wide, hard_budget(hold, scope=scope, name="narrow")]))
    assert gateway.chat(CALL, key=key, sim=exactly).status == 200
    refused = gateway.chat(CALL, key=key, sim=exactly)
    assert refused.status == 402 and refused.json["error"]["scope"].startswith(scope.split("/")[0])
    assert refused.json["error"]["budget"] == "narrow"
    assert gateway.ledger.budget("wide") == {
        "name": "wide", "limit_nano": 100 * hold, "spent_nano": hold, "held_nano": 0}
    gateway.check_books()


def test_other_projects_do_not_count(make_gateway, simulator: Simulator, worst_case):
    hold, exactly = worst_case
    projects = [{"name": "ranking"}, {"name": "other"}]
    gateway: Gateway = make_gateway(
        governance(simulator.base_url, projects=projects, budgets=[hard_budget(hold)]))
    other = gateway.create_key("other")
    for _ in range(3):
        assert gateway.chat(CALL, key=other, sim=exactly).status == 200
    assert gateway.chat(CALL, sim=exactly).status == 200
    assert gateway.chat(CALL, sim=exactly).status == 402


def test_soft_budgets_count_and_never_refuse(make_gateway, simulator: Simulator, worst_case):
    hold, exactly = worst_case
    budget = {**hard_budget(1), "enforcement": "soft"}
    gateway: Gateway = make_gateway(governance(simulator.base_url, budgets=[budget]))
    for _ in range(2):
        assert gateway.chat(CALL, sim=exactly).status == 200
    assert gateway.ledger.budget()["spent_nano"] == 2 * hold


def test_a_budget_made_later_knows_what_was_spent_before(make_gateway, simulator: Simulator, worst_case):
    hold, exactly = worst_case
    gateway: Gateway = make_gateway(governance(simulator.base_url))
    for _ in range(3):
        assert gateway.chat(CALL, sim=exactly).status == 200
    gateway.apply(governance(simulator.base_url, budgets=[hard_budget(3 * hold, period="day")]))
    assert gateway.chat(CALL, sim=exactly).status == 402
    assert gateway.ledger.budget()["spent_nano"] == 3 * hold
    gateway.check_books()


def test_an_overrun_is_recorded_and_blocks_the_next(make_gateway, simulator: Simulator, worst_case):
    """A provider that counts more than the worst case: what was spent is never refused its row."""
    hold, _ = worst_case
    gateway: Gateway = make_gateway(governance(simulator.base_url, budgets=[hard_budget(2 * hold)]))
    answer = gateway.chat(CALL, sim="prompt=5000,completion=5000")
    assert answer.status == 200
    story = gateway.story(answer)
    assert story.total == 5_000 * 3_000 > 2 * hold
    assert sum(t["amount_nano"] for t in story.transfers if t["code"] == "overrun") == story.total - hold
    assert gateway.ledger.budget()["spent_nano"] == story.total
    assert gateway.chat(CALL).status == 402
    gateway.check_books()


def test_unpriced_models_are_refused_under_a_money_budget(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(governance(simulator.base_url, prices=None, budgets=[hard_budget(10**12)]))
    simulator.reset()
    answer = gateway.chat(CALL)
    assert answer.status == 402 and answer.code == "unpriced_model"
    assert gateway.story(answer).decisions[-1]["reason"] == "unpriced_model"
    assert simulator.calls == 0


def test_unpriced_models_are_unknown_and_never_zero(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(governance(simulator.base_url, prices=None))
    answer = gateway.chat(CALL, sim="prompt=10,completion=5")
    assert answer.status == 200 and "x-tollbook-cost-usd" not in answer.headers
    story = gateway.story(answer)
    assert story.tokens == {"input": 10, "output": 5}
    assert [charge["amount_nano"] for charge in story.charges] == [None, None]
    assert story.outcome["total_nano"] is None
    row = gateway.cli_json("report", "spend", "--by", "project")["rows"][0]
    assert row["unpriced"] == 1 and row["spend"] in (None, "0.000000000")
    gateway.check_books()


def test_fractions_of_a_nano_dollar_round_half_to_even(make_gateway, simulator: Simulator):
    # 0.0005 dollars a million: half a nano-dollar a token.
    gateway: Gateway = make_gateway(
        governance(simulator.base_url, prices={"input": "0.0005", "output": "0.0005"}))
    totals = {
        prompt: gateway.story(gateway.chat(CALL, sim=f"prompt={prompt},completion=0")).total for prompt in (1, 3, 5, 7)}
    assert totals == {1: 0, 3: 2, 5: 2, 7: 4}


def test_many_meters_with_prices_of_their_own(make_gateway, simulator: Simulator):
    prices = {**PRICES, "cache_read": "0.10", "cache_write": "1.25", "reasoning": "4.00", "input_audio": "40.00"}
    gateway: Gateway = make_gateway(governance(simulator.base_url, prices=prices))
    story = gateway.story(gateway.chat(
        CALL, sim="prompt=1000,cached=300,cache_write=200,audio_in=100,completion=50,reasoning=20"))
    assert story.tokens == {
        "input": 400, "cache_read": 300, "cache_write": 200, "input_audio": 100, "output": 30, "reasoning": 20}
    assert {charge["meter"]: charge["amount_nano"] for charge in story.charges} == {
        "input": 400_000, "cache_read": 30_000, "cache_write": 250_000, "input_audio": 4_000_000, "output": 60_000,
        "reasoning": 80_000}


def test_usage_that_contradicts_itself_is_clamped_and_says_so(scripted: Gateway, upstream: ScriptedUpstream):
    usage = {
        "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15,
        "prompt_tokens_details": {"cached_tokens": 50}}
    upstream.handler = lambda exchange: exchange.send_plain(completion(usage=usage))
    story = scripted.story(scripted.chat(CALL))
    upstream.handler = answer_chat
    assert story.caveat == "usage_inconsistent"
    assert sum(story.tokens.values()) == 15


def test_decisions_allow_too(gateway: Gateway):
    decisions = gateway.story(gateway.chat(CALL)).decisions
    assert "allow" in {d["verdict"] for d in decisions} and "route" in {d["verdict"] for d in decisions}
    assert all(d["policy_version"] is not None for d in decisions if d["policy_id"] is not None)
