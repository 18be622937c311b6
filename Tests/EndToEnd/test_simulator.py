"""The simulated provider as a server of its own, and the one built into the gateway."""

import json

import httpx
import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.simulator import Simulator

CALL = {"model": "sim", "messages": [{"role": "user", "content": "hi"}]}


def post(simulator: Simulator, directives: str, **fields: object) -> httpx.Response:
    url = f"{simulator.base_url}/chat/completions"
    return httpx.post(url, json={**CALL, **fields}, headers={"x-sim": directives}, trust_env=False)


def test_pinned_counts(simulator: Simulator):
    usage = post(simulator, "prompt=12,completion=3,cached=4,reasoning=1").json()["usage"]
    assert usage["prompt_tokens"] == 12 and usage["completion_tokens"] == 3 and usage["total_tokens"] == 15
    assert usage["prompt_tokens_details"]["cached_tokens"] == 4
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 1


def test_directives_in_the_model_name(simulator: Simulator):
    assert post(simulator, "", model="sim/completion=7").json()["usage"]["completion_tokens"] == 7


def test_unknown_directives_are_refused(simulator: Simulator):
    assert post(simulator, "complection=7").status_code == 400


def test_latency(simulator: Simulator):
    assert post(simulator, "latency_ms=120").elapsed.total_seconds() >= 0.12


@pytest.mark.parametrize(
    ("status", "shape", "mark"),
    [
        (429, "openai", "rate_limit_exceeded"), (401, "openai", "invalid_api_key"), (502, "html", "<html>"),
        (529, "anthropic", "overloaded_error"), (500, "text", "Simulated"), (400, "azure", '"code":"400"'),
        (401, "vllm", "Unauthorized"),
        (422, "mistral", '"object":"error"'),
    ])
def test_error_bodies_of_the_real_providers(simulator: Simulator, status: int, shape: str, mark: str):
    answer = post(simulator, f"status={status},shape={shape}")
    assert answer.status_code == status and mark in answer.text


@pytest.mark.parametrize("fault", ["refuse", "close_before_head", "cut_mid_stream", "wrong_length"])
def test_faults_break_connections(simulator: Simulator, fault: str):
    with pytest.raises(httpx.TransportError):
        post(simulator, f"fault={fault},after=2", stream=True).read()


def test_the_built_in_provider_needs_no_network(make_gateway):
    file = governance("", dialect="simulated", credential=None)
    del file["providers"][0]["base_url"]
    gateway: Gateway = make_gateway(file)
    answer = gateway.chat(sim="prompt=10,completion=5")
    assert answer.status == 200 and json.loads(answer.body)["usage"]["total_tokens"] == 15
    assert gateway.story(answer).total == 10 * 1_000 + 5 * 2_000
