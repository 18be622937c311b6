"""Rate limits: no minute holds more than they let in, whoever calls at once, and SDKs wait as they are told."""

import re
import threading
import time

import anthropic
import httpx
import openai
import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.load import at_once
from harness.simulator import Simulator
from harness.upstream import Exchange, completion
from harness.waiting import until

CALL = {"model": "demo", "max_tokens": 100, "messages": [{"role": "user", "content": "Say hello."}]}


def limited(simulator: Simulator, *limits: dict, **more: object) -> dict:
    return governance(simulator.base_url, rate_limits=list(limits), **more)


@pytest.mark.parametrize("scope", ["organization/acme", "team/search", "project/ranking", "key/burst"])
def test_two_hundred_calls_and_room_for_thirty(make_gateway, simulator: Simulator, scope: str):
    gateway: Gateway = make_gateway(limited(simulator))
    key = gateway.create_key(name="burst")
    gateway.apply(limited(simulator, {"scope": scope, "requests_per_minute": 30}))
    simulator.reset()
    answers = at_once(200, lambda _: gateway.chat(CALL, key=key))
    served = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status != 200]
    assert len(served) == 30 == simulator.calls
    assert {(answer.status, answer.code) for answer in refused} == {(429, "rate_limited")}
    assert all(1 <= int(answer.headers["retry-after"]) <= 61 for answer in refused)
    assert sorted(int(answer.headers["x-ratelimit-remaining-requests"]) for answer in served) == list(range(30))
    assert {answer.headers["x-ratelimit-limit-requests"] for answer in served} == {"30"}
    story = gateway.ledger.story(refused[0].request_id)
    assert story.end_reason == "denied" and story.attempts == []
    assert story.decisions[-1]["verdict"] == "deny" and story.decisions[-1]["reason"] == "rate_limited"
    assert re.fullmatch(r"requests 30 of 30, asked 1", story.decisions[-1]["detail"])
    assert gateway.ledger.story(served[0].request_id).decisions[-2]["reason"] == "within_rate_limit"
    error = refused[0].json["error"]
    assert error["scope"].startswith(scope.split("/")[0]) and error["counts"] == "requests"
    assert (error["limit"], error["used"], error["asked"]) == (30, 30, 1)
    gateway.check_books()


def test_calls_at_a_time(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(limited(simulator, {"scope": "project/ranking", "concurrent": 4}))
    answers = at_once(20, lambda _: gateway.chat({**CALL, "stream": True}, sim="latency_ms=700"))
    assert [answer.status for answer in answers].count(200) == 4
    assert {answer.headers.get("retry-after") for answer in answers if answer.status == 429} == {"1"}
    until(lambda: gateway.ledger.open_holds == 0, "the calls to end")
    assert gateway.chat(CALL).status == 200


def test_a_call_whose_client_left_gives_its_place_back(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(limited(simulator, {"scope": "project/ranking", "concurrent": 1}))
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{gateway.url}/v1/chat/completions", json=CALL, timeout=0.5, trust_env=False,
            headers={"authorization": f"Bearer {gateway.key}", "x-sim": "latency_ms=20000"})
    until(lambda: gateway.ledger.open_holds == 0, "the call to be settled")
    assert gateway.chat(CALL).status == 200


def test_tokens_are_reserved_and_then_counted(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(limited(simulator, {"scope": "project/ranking", "tokens_per_minute": 1000}))
    first = gateway.chat(CALL, sim="prompt=300,completion=500")
    assert first.status == 200 and first.headers["x-ratelimit-limit-tokens"] == "1000"
    second = gateway.chat(CALL, sim="prompt=10,completion=10")
    assert second.status == 200
    # 820 are used: what is left is too little for the prompt's estimate and a hundred tokens of answer.
    third = gateway.chat({**CALL, "max_tokens": 200})
    assert (third.status, third.code) == (429, "rate_limited")
    assert third.json["error"]["counts"] == "tokens" and third.json["error"]["used"] == 820
    never = gateway.chat({**CALL, "max_tokens": 1500})
    assert never.status == 429 and never.headers["x-should-retry"] == "false" and "retry-after" not in never.headers


def test_limits_count_on_after_a_crash(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(limited(simulator, {"scope": "project/ranking", "requests_per_minute": 5}))
    for _ in range(3):
        assert gateway.chat(CALL).status == 200
    gateway.kill()
    gateway.start()
    assert [gateway.chat(CALL).status for _ in range(4)] == [200, 200, 429, 429]
    gateway.check_books()


def test_a_new_limit_counts_the_last_minutes_calls(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(limited(simulator))
    for _ in range(3):
        assert gateway.chat(CALL).status == 200
    gateway.apply(limited(simulator, {"scope": "application/ranking/web", "requests_per_minute": 1}))
    assert gateway.chat(CALL).status == 200
    gateway.apply(limited(simulator, {"scope": "project/ranking", "requests_per_minute": 4}))
    assert gateway.chat(CALL).status == 429
    gateway.apply(limited(simulator, {"scope": "project/ranking", "requests_per_minute": 6}))
    assert [gateway.chat(CALL).status for _ in range(3)] == [200, 200, 429]


def test_the_sdks_wait_as_long_as_they_are_told(make_gateway, simulator: Simulator):
    """Against the wall clock: a call is refused, and served once the SDK has waited."""
    file = limited(simulator, {"scope": "project/ranking", "concurrent": 1})
    gateway: Gateway = make_gateway(file)
    client = openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=4, http_client=httpx.Client(trust_env=False))
    other = anthropic.Anthropic(base_url=gateway.url, api_key=gateway.key, max_retries=4)

    def busy() -> None:
        gateway.chat(CALL, sim="latency_ms=1500")

    for call in (
        lambda: client.chat.completions.create(model="demo", messages=CALL["messages"]),
        lambda: other.messages.create(model="demo", max_tokens=50, messages=CALL["messages"]),
    ):
        holder = threading.Thread(target=busy)
        holder.start()
        until(lambda: gateway.ledger.open_holds == 1, "the first call to be open")
        start = time.monotonic()
        assert call().id
        assert time.monotonic() - start >= 1
        holder.join()
        until(lambda: gateway.ledger.open_holds == 0, "the calls to end")
    denied = gateway.ledger.value("SELECT count(*) FROM decision WHERE reason = 14 AND verdict = 2")
    assert 2 <= denied <= 6


def test_the_providers_limits_are_told_only_where_there_are_none(make_gateway, make_upstream):
    def handle(exchange: Exchange) -> None:
        exchange.send_plain(
            completion(),
            headers={"x-ratelimit-remaining-requests": "7", "x-ratelimit-limit-requests": "9"})

    upstream = make_upstream(handle)
    gateway: Gateway = make_gateway(governance(upstream.base_url))
    assert gateway.chat(CALL).headers["x-ratelimit-remaining-requests"] == "7"
    gateway.apply(
        governance(upstream.base_url, rate_limits=[{"scope": "project/ranking", "requests_per_minute": 100}]))
    assert gateway.chat(CALL).headers["x-ratelimit-remaining-requests"] == "98"
