"""Secrets and prompts: in no log, error, row, metric or export; credentials that change are followed."""

import os
from pathlib import Path

import pytest

from harness.gateway import UPSTREAM_KEY, Gateway, mode
from harness.governance import governance, hard_budget
from harness.net import free_port
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream, answer_chat
from harness.waiting import until

CANARY = "canary-prompt-4b1f9d"
SECRET_ANSWER = "canary-answer-77aa01"


def everything(gateway: Gateway, exported: Path) -> dict[str, bytes]:
    """All that the gateway wrote or tells: files, log, metrics, reports, exports."""
    found = {str(path): path.read_bytes() for path in gateway.data.rglob("*") if path.is_file()}
    found |= {str(path): path.read_bytes() for path in exported.rglob("*") if path.is_file()}
    found["log"] = gateway.output.encode()
    found["metrics"] = gateway.admin.get("/metrics").content
    found["key list"] = gateway.cli("key", "list", "--format", "json").stdout.encode()
    for table in ("credential", "credential_version", "api_key", "api_key_version", "attempt", "event"):
        found[table] = gateway.cli("query", f"SELECT * FROM {table}", "--format", "json").stdout.encode()
    return found


def test_nothing_tells_a_secret(make_gateway, make_upstream, tmp_path: Path):
    upstream: ScriptedUpstream = make_upstream()
    file = governance(upstream.base_url, budgets=[hard_budget(10**9)])
    gateway: Gateway = make_gateway(file, flags=["--log-level", "trace"])
    key = gateway.key
    body = {"model": "demo", "messages": [{"role": "user", "content": CANARY}], "user": "person@acme.example"}
    answers = [gateway.chat(body), gateway.chat({**body, "stream": True}), gateway.chat({**body, "model": "none"})]
    answers.append(gateway.chat(b'{"model":"demo","messages":"' + CANARY.encode()))

    def echo(exchange):
        text = exchange.request.raw + exchange.request.body
        exchange.send_plain(b'{"error":{"message":"' + text.hex().encode() + b'"}}', status="401 Unauthorized")

    upstream.handler = echo
    answers.append(gateway.chat(body))
    upstream.handler = lambda exchange: exchange.send_plain(
        SECRET_ANSWER.encode() + b" is not JSON", headers={"content-type": "application/json"})
    answers.append(gateway.chat(body))
    upstream.handler = lambda exchange: exchange.reset()
    answers.append(gateway.chat(body))
    upstream.handler = answer_chat

    explained = gateway.cli("explain", answers[0].request_id).stdout
    exported = tmp_path / "export"
    gateway.cli("export", "request_trail", "--output", str(exported))
    written = everything(gateway, exported) | {"explain": explained.encode()}
    secrets = {
        "the provider's key": UPSTREAM_KEY.encode(), "the virtual key": key.encode(), "the prompt": CANARY.encode(),
        "the answer": SECRET_ANSWER.encode(),
    }
    for name, secret in secrets.items():
        places = [place for place, text in written.items() if secret in text]
        assert places == [], f"{name} stands in {places}"
        assert not any(secret in answer.body for answer in answers[2:] if name != "the answer"), name
    owner = gateway.token.encode()
    assert [place for place, text in written.items() if owner in text] == [str(gateway.token_file)]
    # Neither does an error that echoes the request in another form reach the caller.
    assert UPSTREAM_KEY.encode().hex().encode() not in answers[4].body


def test_files_are_private(gateway: Gateway):
    assert mode(gateway.data) == 0o700 and mode(gateway.data / "secrets") == 0o700
    assert mode(gateway.token_file) == 0o600
    for path in (gateway.data / "secrets").iterdir():
        assert mode(path) == 0o600, path
    assert mode(gateway.data / "ledger.db") & 0o007 == 0


def test_the_environment_of_a_child_shows_no_token_in_its_arguments(gateway: Gateway):
    arguments = Path(f"/proc/{gateway.pid}/cmdline").read_bytes()
    assert UPSTREAM_KEY.encode() not in arguments and gateway.token.encode() not in arguments


def test_a_credential_in_a_file_is_followed_when_it_changes(make_gateway, make_upstream, tmp_path: Path):
    upstream: ScriptedUpstream = make_upstream()
    secret = tmp_path / "provider-key"
    secret.write_text("first-secret\n")
    gateway: Gateway = make_gateway(governance(upstream.base_url, credential=f"file:{secret}"))

    def sent() -> list[str]:
        assert gateway.chat().status == 200
        return upstream.last.all("authorization")

    assert sent() == ["Bearer first-secret"]
    replacement = tmp_path / "new"
    replacement.write_text("second-secret")
    os.replace(replacement, secret)
    until(lambda: sent() == ["Bearer second-secret"], "the new credential")
    # In place, same length.
    secret.write_text("third--secret")
    until(lambda: sent() == ["Bearer third--secret"], "the credential written in place")


def test_a_credential_file_that_is_missing_comes_back(make_gateway, make_upstream, tmp_path: Path):
    upstream: ScriptedUpstream = make_upstream()
    secret = tmp_path / "provider-key"
    gateway: Gateway = make_gateway(governance(upstream.base_url, credential=f"file:{secret}"))
    answer = gateway.chat()
    assert answer.status == 502 and answer.code == "credential_unavailable"
    assert upstream.requests == []
    secret.write_text("late-secret")
    until(lambda: gateway.chat().status == 200, "the credential to be found")
    assert upstream.last.all("authorization") == ["Bearer late-secret"]


def test_a_provider_without_a_credential(make_gateway, make_upstream):
    upstream: ScriptedUpstream = make_upstream()
    gateway: Gateway = make_gateway(governance(upstream.base_url, credential=None))
    assert gateway.chat().status == 200
    # Not the caller's key either.
    assert upstream.last.all("authorization") == []


def test_keys_of_other_projects_do_not_get_a_restricted_credential(make_gateway, simulator: Simulator):
    file = governance(simulator.base_url, projects=[{"name": "ranking"}, {"name": "other"}], credential=None)
    del file["providers"][0]["credential"]
    file["providers"][0]["credentials"] = [
        {"name": "only-ranking", "source": "env:UPSTREAM_KEY", "projects": ["ranking"]}]
    gateway: Gateway = make_gateway(file)
    assert gateway.chat().status == 200
    refused = gateway.chat(key=gateway.create_key("other"))
    assert refused.status == 422
    assert "credential_not_allowed" in {d["reason"] for d in gateway.story(refused).decisions}


def test_proxies_of_the_environment_are_not_used(make_gateway, make_upstream):
    """A proxy in the environment would see every prompt; only configuration may send traffic there."""
    upstream: ScriptedUpstream = make_upstream()
    trap = f"http://127.0.0.1:{free_port()}"
    gateway: Gateway = make_gateway(
        governance(upstream.base_url), environment={"http_proxy": trap, "HTTP_PROXY": trap, "ALL_PROXY": trap})
    assert gateway.chat().status == 200


@pytest.mark.parametrize("name", ["key-hash", "body-hash", "subject-hash"])
def test_a_lost_secret_is_not_made_anew(make_gateway, upstream: ScriptedUpstream, name: str):
    """With another secret every key would be unknown and every person somebody else, and nobody would be told."""
    gateway = make_gateway(governance(upstream.base_url))
    key = gateway.key
    assert gateway.stop() == 0
    secret = gateway.data / "secrets" / name
    kept = secret.read_bytes()
    secret.unlink()
    gateway.start(wait=False)
    assert gateway.wait() == 1 and "secret_unusable" in gateway.output and not secret.exists()
    secret.write_bytes(kept)
    gateway.start()
    assert gateway.chat({"model": "demo"}, key=key).status == 200


def test_an_empty_owner_token_is_refused(make_gateway, upstream: ScriptedUpstream):
    gateway = make_gateway(governance(upstream.base_url))
    assert gateway.stop() == 0
    gateway.token_file.write_text("\n")
    gateway.start(wait=False)
    assert gateway.wait() == 1 and "secret_unusable" in gateway.output
    gateway.token_file.unlink()
    gateway.start()
    assert len(gateway.token) > 40
