"""Calls that are passed through to a provider's own paths: authorized, held, recorded, and charged where their usage is
found; nothing of them is changed but the credential."""

import hashlib
import json
import os
import threading

import anthropic
import httpx
import openai
import pytest

from harness.gateway import UPSTREAM_KEY, Gateway
from harness.governance import governance, hard_budget
from harness.media import newest
from harness.net import request_bytes
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream

PRICES = {"input": "1.00", "output": "2.00"}


def passing(base_url: str, prices: dict | None = PRICES, routes: list[str] | None = None, **more: object) -> dict:
    """A project that may call every path of the provider `up`, and another that may not."""
    return governance(
        base_url, prices=prices, model="any",
        projects=[
            {"name": "ranking", "routes": routes or ["demo", "passthrough/up"]}, {"name": "other"},
            {"name": "narrow", "routes": ["demo"]}],
        routes=[
            {"name": name, "strategy": "priority", "targets": ["up-d"]} for name in ("demo", "passthrough/up")],
        **more)


@pytest.fixture(scope="module")
def passed(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    gateway = Gateway(tmp_path_factory.mktemp("passed"), passing(upstream.base_url))
    try:
        yield gateway
        gateway.check_books()
    finally:
        gateway.close()


def send(gateway: Gateway, method: str, path: str, content: bytes | None = None, **headers: str) -> httpx.Response:
    fields = {"authorization": f"Bearer {gateway.key}"} | {name.replace("_", "-"): v for name, v in headers.items()}
    return gateway.client.request(method, path, content=content, headers=fields)


def story(gateway: Gateway, answer: httpx.Response):
    return gateway.story(answer.headers["x-tollbook-request-id"])


def plain(body: bytes, status: str = "200 OK", **headers: str):
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange: exchange.send_plain(body, status, fields)


# What goes up


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_everything_goes_up_as_it_was_sent(passed: Gateway, upstream: ScriptedUpstream, method: str):
    upstream.handler = plain(b'{"ok":true}')
    body = None if method in ("GET", "OPTIONS") else os.urandom(5_000)
    answer = send(
        passed, method, "/passthrough/up/files/a%2Fb%20c;v=1?x=%31&key=tb-leak&y=", body,
        content_type="application/octet-stream", x_custom="1")
    assert answer.status_code == 200 and answer.content == b'{"ok":true}'
    assert upstream.last.start == f"{method} /v1/files/a%2Fb%20c;v=1?x=%31&y= HTTP/1.1"
    assert upstream.last.body == (body or b"")
    assert upstream.last.header("x-custom") == "1"
    assert upstream.last.header("authorization") == f"Bearer {UPSTREAM_KEY}"
    assert "tb-" not in upstream.last.start + repr(upstream.last.headers)
    found = story(passed, answer)
    assert (found.request["endpoint"], found.request["dialect"]) == ("passthrough", "passthrough")
    assert found.end_reason == "completed" and found.attempts[0]["status"] == 200


@pytest.mark.parametrize("path", [
    "/passthrough/up", "/passthrough//x", "/passthrough/up/../x", "/passthrough/up/a/%2e%2E/b", "/passthrough/up/..%2f",
    "/passthrough/up/%zz", "/passthrough/nobody/x"])
def test_paths_that_lead_nowhere(passed: Gateway, upstream: ScriptedUpstream, path: str):
    before = len(upstream.requests)
    with passed.wire() as wire:
        wire.send(request_bytes(path, b"{}", {"authorization": f"Bearer {passed.key}"}))
        answer = wire.read_answer()
    assert answer.status == 404 and json.loads(answer.body)["error"]["code"] == "not_found"
    assert len(upstream.requests) == before


def test_a_head_is_refused(passed: Gateway):
    answer = send(passed, "HEAD", "/passthrough/up/x")
    assert answer.status_code == 405 and "GET" in answer.headers["allow"]


# Who may


@pytest.mark.parametrize("project", ["other", "narrow"])
def test_only_a_project_that_names_it_may(passed: Gateway, upstream: ScriptedUpstream, project: str):
    before = len(upstream.requests)
    key = passed.create_key(project)
    answer = passed.client.get("/passthrough/up/x", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 403 and answer.json()["error"]["code"] == "route_not_permitted"
    assert len(upstream.requests) == before
    assert story(passed, answer).end_reason == "denied"


def test_without_a_key_nothing_is_passed(passed: Gateway):
    assert passed.client.get("/passthrough/up/x").status_code == 401


def test_it_is_no_model(passed: Gateway):
    listed = passed.client.get("/v1/models", headers={"authorization": f"Bearer {passed.key}"}).json()
    assert [model["id"] for model in listed["data"]] == ["demo"]
    body = {"model": "passthrough/up", "messages": []}
    assert passed.chat(body).status == 404
    assert send(passed, "GET", "/v1/models/passthrough%2Fup").status_code == 404


# What it costs


@pytest.mark.parametrize(("usage", "tokens"), [
    ({"prompt_tokens": 30, "completion_tokens": 12, "prompt_tokens_details": {"cached_tokens": 10}},
     {"input": 20, "cache_read": 10, "output": 12}),
    ({"input_tokens": 30, "output_tokens": 12, "input_tokens_details": {"cached_tokens": 10}},
     {"input": 20, "cache_read": 10, "output": 12}),
    ({"prompt_tokens": 30, "total_tokens": 30}, {"input": 30}),
    ({"type": "duration", "seconds": 3}, {"audio_second": 3}),
])
def test_usage_of_any_form_is_found(passed: Gateway, upstream: ScriptedUpstream, usage: dict, tokens: dict):
    upstream.handler = plain(json.dumps({"id": "x", "error": {"code": None}, "usage": usage}).encode())
    answer = send(passed, "POST", "/passthrough/up/anything", b'{"a":1}', content_type="application/json")
    found = story(passed, answer)
    assert found.tokens == tokens and found.sources == {"provider"} and found.caveat is None
    assert found.held > 0 and found.request["held_output_tokens"] == 4096


def test_a_call_without_usage_is_unpriced_and_not_free(passed: Gateway, upstream: ScriptedUpstream):
    upstream.handler = plain(b'{"data":[]}')
    found = story(passed, send(passed, "GET", "/passthrough/up/files"))
    assert found.tokens == {"request": 1} and found.charges[0]["amount_nano"] is None
    report = passed.cli_json("report", "spend", "--by", "project")
    assert sum(row["unpriced"] for row in report["rows"]) > 0


def test_a_call_can_have_a_price(upstream: ScriptedUpstream, make_gateway):
    upstream.handler = plain(b'{"data":[]}')
    gateway = make_gateway(passing(upstream.base_url, {"request": "500.00"}, budgets=[hard_budget(1_200_000)]))
    first, second, third = (send(gateway, "GET", "/passthrough/up/files") for _ in range(3))
    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 402)
    assert third.json()["error"]["code"] == "budget_exhausted"
    found = story(gateway, first)
    assert found.tokens == {"request": 1} and found.total == 500_000 == found.held
    assert first.headers["x-tollbook-cost-usd"] == "0.000500000"
    gateway.check_books()


def test_an_unpriced_provider_is_refused_under_a_budget(upstream: ScriptedUpstream, make_gateway):
    gateway = make_gateway(passing(upstream.base_url, None, budgets=[hard_budget(1_000_000_000)]))
    answer = send(gateway, "GET", "/passthrough/up/files")
    assert answer.status_code == 402 and answer.json()["error"]["code"] == "unpriced_model"


@pytest.mark.parametrize(("status", "shown"), [("404 Not Found", 404), ("429 Too Many", 429), ("500 Oops", 500)])
def test_a_refused_call_costs_nothing(passed: Gateway, upstream: ScriptedUpstream, status: str, shown: int):
    upstream.handler = plain(b'{"error":{"message":"no"}}', status)
    answer = send(passed, "GET", "/passthrough/up/files/x")
    assert answer.status_code == shown and answer.content == b'{"error":{"message":"no"}}'
    assert story(passed, answer).charges == []


def test_what_the_provider_says_of_its_credential_stays(passed: Gateway, upstream: ScriptedUpstream):
    upstream.handler = plain(
        f'{{"error":{{"message":"Incorrect key {UPSTREAM_KEY}"}}}}'.encode(), "401 Unauthorized")
    answer = send(passed, "GET", "/passthrough/up/files")
    assert answer.status_code == 502 and UPSTREAM_KEY not in answer.text


# What comes back


@pytest.mark.parametrize(("status", "body"), [("204 No Content", b""), ("200 OK", b""), ("201 Created", b"{")])
def test_answers_of_every_form_come_back(passed: Gateway, upstream: ScriptedUpstream, status: str, body: bytes):
    def handler(exchange: Exchange) -> None:
        length = "" if status.startswith("204") else f"content-length: {len(body)}\r\n"
        exchange.send(f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{length}\r\n".encode() + body)

    upstream.handler = handler
    answer = send(passed, "DELETE", "/passthrough/up/files/x")
    assert f"{answer.status_code}" == status[:3] and answer.content == body
    assert story(passed, answer).end_reason == "completed"


def test_redirects_are_the_callers(passed: Gateway, upstream: ScriptedUpstream):
    upstream.handler = plain(b"", "302 Found", location="https://files.invalid/x?signed=1")
    answer = send(passed, "GET", "/passthrough/up/files/x/content")
    assert answer.status_code == 302 and answer.headers["location"] == "https://files.invalid/x?signed=1"


def test_a_large_file_comes_back_in_bounded_memory(passed: Gateway, upstream: ScriptedUpstream):
    piece = os.urandom(1 << 20)

    def handler(exchange: Exchange) -> None:
        exchange.begin_stream({"content-type": "application/octet-stream"})
        for _ in range(48):
            exchange.send_chunk(piece)
        exchange.end_stream()

    upstream.handler = handler
    before = passed.resident_bytes()
    digest = hashlib.sha256()
    with passed.client.stream(
        "GET", "/passthrough/up/files/x/content", headers={"authorization": f"Bearer {passed.key}"}
    ) as answer:
        for data in answer.iter_raw():
            digest.update(data)
    assert digest.digest() == hashlib.sha256(piece * 48).digest()
    assert passed.resident_bytes() - before < 24 << 20
    assert passed.story(answer.headers["x-tollbook-request-id"]).tokens == {"request": 1}


def test_a_large_file_goes_up(passed: Gateway, upstream: ScriptedUpstream):
    upstream.handler = plain(b'{"id":"file-1"}')
    content = os.urandom(20 << 20)
    answer = send(passed, "POST", "/passthrough/up/files", content, content_type="application/octet-stream")
    assert upstream.last.body == content
    # A file is no prompt.
    assert story(passed, answer).request["estimated_input_tokens"] < 100
    # What counts as a prompt is held whole.
    json_body = send(passed, "POST", "/passthrough/up/x", bytes(33 << 20), content_type="application/json")
    assert json_body.status_code == 413


def test_events_come_as_they_are_sent(passed: Gateway, upstream: ScriptedUpstream):
    go_on = threading.Event()
    first = b'event: response.created\ndata: {"type":"response.created","response":{"usage":null}}\n\n'
    last = (
        b'event: response.completed\ndata: {"type":"response.completed","response":{"id":"r","usage":'
        b'{"input_tokens":9,"output_tokens":4,"total_tokens":13}}}\n\n')

    def handler(exchange: Exchange) -> None:
        exchange.begin_stream()
        exchange.send_chunk(first)
        assert go_on.wait(20)
        exchange.send_chunk(last)
        exchange.end_stream()

    upstream.handler = handler
    with passed.client.stream(
        "POST", "/passthrough/up/responses", content=b"{}", headers={"authorization": f"Bearer {passed.key}"}
    ) as answer:
        pieces = answer.iter_raw()
        got = next(pieces)
        assert got == first
        go_on.set()
        got += b"".join(pieces)
    assert got.startswith(first + last) and b"cost_usd=0.000017000" in got
    found = passed.story(answer.headers["x-tollbook-request-id"])
    assert found.tokens == {"input": 9, "output": 4} and found.caveat is None and found.end_reason == "completed"


@pytest.mark.parametrize("ending", ["cut", "gone"])
def test_calls_that_break_off_are_settled(passed: Gateway, upstream: ScriptedUpstream, ending: str):
    def handler(exchange: Exchange) -> None:
        exchange.begin_stream({"content-type": "application/octet-stream"})
        exchange.send_chunk(bytes(3 << 20))
        if ending == "cut":
            exchange.close()
        else:
            exchange.wait_for_close()

    upstream.handler = handler
    with pytest.raises(httpx.HTTPError):
        with passed.client.stream(
            "GET", "/passthrough/up/x", headers={"authorization": f"Bearer {passed.key}"}
        ) as answer:
            request_id = answer.headers["x-tollbook-request-id"]
            if ending == "gone":
                raise httpx.HTTPError("leaves")
            answer.read()
    found = passed.story(request_id)
    assert found.end_reason == ("upstream_cut" if ending == "cut" else "client_gone")
    assert found.tokens == {"request": 1}


# With SDKs


def test_the_openai_sdk_works_through_it(simulator: Simulator, make_gateway):
    gateway = make_gateway(passing(simulator.base_url))
    client = openai.OpenAI(
        base_url=f"{gateway.url}/passthrough/up", api_key=gateway.key, max_retries=0,
        http_client=httpx.Client(trust_env=False))
    assert client.models.list().data
    answer = client.chat.completions.create(
        model="whatever", messages=[{"role": "user", "content": "Hi"}],
        extra_headers={"x-sim": "prompt=30,completion=12"})
    assert len(answer.choices[0].message.content.split()) == 12
    assert json.loads(simulator.last()["body"])["model"] == "whatever"
    assert newest(gateway).tokens == {"input": 30, "output": 12}
    chunks = list(client.chat.completions.create(
        model="whatever", messages=[{"role": "user", "content": "Hi"}], stream=True,
        stream_options={"include_usage": True}, extra_headers={"x-sim": "prompt=30,completion=12"}))
    assert chunks[-1].usage.total_tokens == 42
    found = newest(gateway)
    assert found.tokens == {"input": 30, "output": 12} and found.caveat is None
    gateway.check_books()


def test_the_anthropic_sdk_works_through_it(simulator: Simulator, make_gateway):
    gateway = make_gateway(passing(simulator.base_url.removesuffix("/v1"), dialect="anthropic"))
    client = anthropic.Anthropic(
        base_url=f"{gateway.url}/passthrough/up", api_key=gateway.key, max_retries=0)
    ask = {"model": "claude", "max_tokens": 50, "messages": [{"role": "user", "content": "Hi"}]}
    headers = {"x-sim": "prompt=30,completion=12"}
    assert client.messages.create(**ask, extra_headers=headers).usage.output_tokens == 12
    assert newest(gateway).tokens == {"input": 30, "output": 12}
    with client.messages.stream(**ask, extra_headers=headers) as stream:
        assert stream.get_final_message().usage.output_tokens == 12
    assert newest(gateway).tokens == {"input": 30, "output": 12}
    gateway.check_books()
