"""The control plane: health, metrics and the owner's API, on a port of its own."""

import httpx
import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.net import Wire, request_bytes
from harness.simulator import Simulator
from harness.waiting import until


def test_health_and_readiness_are_open(gateway: Gateway):
    for path in ("/healthz", "/readyz", "/metrics"):
        assert gateway.admin.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/keys", "/api/v1/budgets", "/api/v1/reports/spend"])
@pytest.mark.parametrize("value", [None, "Bearer wrong", "Bearer", "Basic dXNlcjpwYXNz"])
def test_the_api_needs_the_owners_token(gateway: Gateway, path: str, value: str | None):
    answer = gateway.admin.get(path, headers={"authorization": value} if value else {})
    assert answer.status_code in (401, 429)
    assert answer.json()["code"] in ("unauthorized", "too_many_refusals")


def test_a_virtual_key_is_no_owners_token(gateway: Gateway):
    answer = gateway.admin.get("/api/v1/keys", headers={"authorization": f"Bearer {gateway.key}"})
    assert answer.status_code in (401, 429)
    assert gateway.chat(key=gateway.token).status == 401


def test_the_control_plane_serves_no_calls(gateway: Gateway):
    answer = gateway.admin.post("/v1/chat/completions", json={"model": "demo"})
    assert answer.status_code in (401, 404)


def test_the_owners_token_is_made_once_and_told(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(governance(simulator.base_url))
    assert str(gateway.token_file) in gateway.output
    assert gateway.token not in gateway.output


EXPECTED = ["commit", "batch", "queue", "wal", "hold", "call", "added_latency"]


@pytest.mark.parametrize("word", EXPECTED)
def test_metrics_have_what_an_operator_needs(gateway: Gateway, word: str):
    gateway.chat()
    names = {name.split("{")[0] for name in gateway.metrics()}
    assert all(name.startswith("tollbook_") for name in names)
    assert [name for name in names if word in name], sorted(names)


def test_metrics_are_prometheus_text(gateway: Gateway):
    answer = gateway.admin.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    helped, typed = set(), set()
    for line in answer.text.splitlines():
        if line.startswith("# HELP "):
            helped.add(line.split()[2])
        elif line.startswith("# TYPE "):
            typed.add(line.split()[2])
        elif line:
            name = line.split("{")[0].split(" ")[0]
            base = name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
            assert name in typed or base in typed, line
            float(line.rsplit(" ", 1)[1])
    assert helped == typed and helped


def test_metrics_count_calls_by_outcome(gateway: Gateway):
    def calls() -> dict[str, float]:
        return {name: value for name, value in gateway.metrics().items() if "call" in name and "{" in name}

    before = calls()
    gateway.chat()
    gateway.chat(sim="status=500")
    gateway.chat({"model": "none"})
    grown = until(
        lambda: {name: value for name, value in calls().items() if value > before.get(name, 0)}, "the counters")
    for outcome in ("ok", "upstream_error", "model_not_found"):
        assert [name for name in grown if f'"{outcome}"' in name], grown
    # Labels come from closed lists: no key, route or request id.
    assert not [name for name in gateway.metrics() if "demo" in name or "req_" in name]


def test_open_holds_show(gateway: Gateway):
    name = next(name for name in gateway.metrics() if "hold" in name and "{" not in name)
    with gateway.wire() as wire:
        wire.send(gateway.raw_chat({"model": "demo", "stream": True}, {"x-sim": "completion=50,tps=20"}))
        wire.read_head()
        until(lambda: gateway.metrics()[name] >= 1, "the hold to be counted")
    until(lambda: gateway.metrics()[name] == 0, "the hold to be released")


def test_a_page_of_another_origin_cannot_act(gateway: Gateway):
    """A form post carries no JSON content type; the token is no cookie."""
    answer = gateway.admin.post(
        "/api/v1/keys", content=b'{"project":"ranking"}',
        headers={"authorization": f"Bearer {gateway.token}", "content-type": "text/plain"})
    assert answer.status_code in (400, 415)
    assert "access-control-allow-origin" not in answer.headers


def test_unknown_fields_are_refused(gateway: Gateway):
    answer = gateway.admin.post(
        "/api/v1/keys", json={"project": "ranking", "expire": "never"},
        headers={"authorization": f"Bearer {gateway.token}"})
    assert answer.status_code == 400 and "expire" in answer.json()["detail"]


def test_wrong_tokens_are_slowed_and_the_right_one_is_not_locked_out(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(governance(simulator.base_url))
    with httpx.Client(trust_env=False, base_url=gateway.admin_url) as client:
        statuses = [
            client.get("/api/v1/keys", headers={"authorization": f"Bearer wrong-{n}"}).status_code for n in range(200)]
    assert set(statuses) <= {401, 429}
    assert gateway.cli("key", "list").returncode == 0


def test_large_bodies_are_refused(gateway: Gateway):
    answer = gateway.admin.post(
        "/api/v1/keys", content=b'{"project":"' + b"x" * 20_000_000 + b'"}',
        headers={"authorization": f"Bearer {gateway.token}", "content-type": "application/json"})
    assert answer.status_code == 413


def test_garbage_on_the_control_port(gateway: Gateway):
    with Wire.connect(gateway.admin_port) as wire:
        wire.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100)
        assert wire.is_closed()
    with Wire.connect(gateway.admin_port) as wire:
        wire.send(request_bytes("/readyz", b"", method="GET"))
        assert wire.read_answer().status == 200
