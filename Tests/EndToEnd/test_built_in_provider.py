"""The simulated provider inside the gateway: calls without a key and without a network."""

import subprocess

import pytest

from harness.gateway import Gateway, data_events
from harness.governance import governance
from harness.process import BINARY, clean_environment


@pytest.fixture
def built_in(make_gateway) -> Gateway:
    file = governance("", dialect="simulated", credential=None)
    file["providers"] = [{"name": "up", "dialect": "simulated"}]
    return make_gateway(file)


def test_it_answers_and_is_charged(built_in: Gateway):
    answer = built_in.chat(sim="prompt=10,completion=5")
    assert answer.status == 200 and answer.json["usage"]["total_tokens"] == 15
    assert built_in.story(answer).total == 10 * 1_000 + 5 * 2_000


def test_it_streams(built_in: Gateway):
    answer = built_in.chat(stream=True, sim="prompt=10,completion=5")
    assert data_events(answer.body)[-1] == b"[DONE]"
    assert built_in.story(answer).tokens == {"input": 10, "output": 5}


def test_it_fails_on_demand(built_in: Gateway):
    assert built_in.chat(sim="status=429").status == 429
    assert built_in.story(built_in.chat(sim="fault=close_before_head")).caveat == "hold_posted"


def test_it_is_not_there_when_it_is_off(make_gateway):
    file = governance("", dialect="simulated", credential=None)
    file["providers"] = [{"name": "up", "dialect": "simulated"}]
    gateway: Gateway = make_gateway(file, flags=["--no-simulator"])
    answer = gateway.chat()
    assert answer.status in (502, 503)
    assert gateway.story(answer).charges == []


def test_the_demo_file_applies_and_serves(make_gateway):
    text = subprocess.run(
        [str(BINARY), "demo-governance"], env=clean_environment(), capture_output=True, text=True, check=True).stdout
    gateway: Gateway = make_gateway(text)
    answer = gateway.chat({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello."}]})
    assert answer.status == 200 and answer.json["choices"]
    assert gateway.story(answer).total > 0
    # Applied again it changes nothing.
    assert "0 created, 0 updated" in gateway.cli("apply", str(gateway.file), "--dry-run").stdout
