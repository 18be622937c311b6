"""Credentials that commands print, that change, and that a provider refuses."""

import json
import os
import sys
import threading
from pathlib import Path

import pytest

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.upstream import ScriptedUpstream, answer_chat
from harness.waiting import until

STDERR_SECRET = "stderr-secret-5d1c"


class Program:
    """A script that counts its runs and does what the test says."""

    def __init__(self, directory: Path, body: str):
        self.directory = directory
        self.runs = directory / "runs"
        self.path = directory / "print-token"
        self.write(body)

    def write(self, body: str) -> None:
        new = self.directory / "new"
        new.write_text(f"#!/bin/sh\necho run >> '{self.runs}'\necho {STDERR_SECRET} >&2\n{body}\n")
        new.chmod(0o755)
        os.replace(new, self.path)

    @property
    def count(self) -> int:
        return len(self.runs.read_text().splitlines()) if self.runs.exists() else 0

    def credential(self, *arguments: str, ttl: str = "1h") -> dict:
        return {"command": [str(self.path), *arguments], "ttl": ttl}


@pytest.fixture
def make_program(tmp_path: Path):
    return lambda body: Program(tmp_path, body)


def with_credential(upstream: ScriptedUpstream, credential: object, **more: object) -> dict:
    file = governance(upstream.base_url, budgets=[hard_budget(10**9)], **more)
    file["providers"][0]["credential"] = credential
    return file


def sent(upstream: ScriptedUpstream) -> list[str]:
    return upstream.last.all("authorization")


def test_a_command_prints_the_credential(make_gateway, upstream: ScriptedUpstream, make_program):
    program = make_program("printf '%s-%s\\n' \"$1\" \"$2\"")
    file = with_credential(upstream, program.credential("first arg", "$HOME;`id`\"\\"))
    gateway: Gateway = make_gateway(file, flags=["--log-level", "trace"])
    # It is run when the first call needs it, once for all of them.
    assert program.count == 0
    gateway.key
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(gateway.chat().status)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8 and program.count == 1
    # No shell has looked at the arguments.
    assert sent(upstream) == ["Bearer first arg-$HOME;`id`\"\\"]
    assert STDERR_SECRET not in gateway.output
    # Applied again, nothing changes.
    assert gateway.cli_json("apply", str(gateway.file))["changes"] == []
    gateway.check_books()


def test_a_command_gets_no_open_file_and_a_clean_environment(
    make_gateway, upstream: ScriptedUpstream, make_program, tmp_path: Path
):
    program = make_program(
        f"{sys.executable} -c 'import json, os, signal; print(json.dumps([sorted(os.listdir(\"/proc/self/fd\")), "
        f"os.read(0, 9).decode(), signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, os.environ.get(\"MARK\")]))' "
        f"> '{tmp_path}/seen'\necho token")
    gateway: Gateway = make_gateway(with_credential(upstream, program.credential()), environment={"MARK": "m"})
    assert gateway.chat().status == 200
    descriptors, read, is_default, mark = json.loads((tmp_path / "seen").read_text())
    # The fourth is the listing's own.
    assert len(descriptors) <= 4 and read == "" and is_default and mark == "m"


def test_a_command_runs_again_when_its_time_is_over(make_gateway, upstream: ScriptedUpstream, make_program):
    program = make_program("echo first")
    gateway: Gateway = make_gateway(with_credential(upstream, program.credential(ttl="1s")))
    assert gateway.chat().status == 200
    program.write("echo second")
    until(lambda: gateway.chat().status == 200 and sent(upstream) == ["Bearer second"], "the second answer")


@pytest.mark.parametrize(
    "body, reason",
    [
        ("echo half-a-token; exit 3", "exit code 3"),
        ("true", "is no credential"),
        ("printf 'one\\ntwo\\n'", "is no credential"),
        ("head -c 100000 /dev/zero | tr '\\0' a; sleep 60", "bytes and was killed"),
        ("kill -9 $$", "signal 9"),
    ])
def test_a_command_that_fails(make_gateway, upstream: ScriptedUpstream, make_program, body: str, reason: str):
    program = make_program(body)
    before = len(upstream.requests)
    gateway: Gateway = make_gateway(with_credential(upstream, program.credential()), flags=["--log-level", "trace"])
    answer = gateway.chat()
    assert answer.status == 502 and answer.code == "credential_unavailable"
    attempt = gateway.story(answer).attempts[0]
    assert (attempt["error_class"], attempt["dispatched"]) == ("credential_unavailable", 0)
    assert len(upstream.requests) == before
    assert reason in gateway.output and str(program.path) in gateway.output
    assert STDERR_SECRET not in gateway.output and "half-a-token" not in gateway.output
    # It is run again by itself, and works once it does.
    program.write("echo mended")
    until(lambda: gateway.chat().status == 200, "the mended command")
    assert sent(upstream) == ["Bearer mended"]
    gateway.check_books()


def test_a_program_that_is_not_there(make_gateway, upstream: ScriptedUpstream, tmp_path: Path):
    path = tmp_path / "nothing"
    gateway: Gateway = make_gateway(with_credential(upstream, {"command": [str(path)]}))
    assert f"the program '{path}' is none that the gateway's user may run" in gateway.output
    assert gateway.chat().code == "credential_unavailable"
    assert "cannot be started" in gateway.output


def test_a_command_that_hangs_does_not_hold_up_the_end(make_gateway, upstream: ScriptedUpstream, make_program):
    program = make_program("sleep 100")
    gateway: Gateway = make_gateway(
        with_credential(upstream, program.credential()), flags=["--drain-timeout", "200ms"])
    gateway.key
    call = threading.Thread(target=gateway.chat)
    call.start()
    until(lambda: program.count == 1, "the command to run")
    # Other calls are not held up either.
    assert gateway.client.get("/v1/models", headers={"authorization": f"Bearer {gateway.key}"}).status_code == 200
    assert gateway.stop() == 0
    call.join()
    gateway.check_books()


def refusing(upstream: ScriptedUpstream, secret: str, status: str = "401 Unauthorized"):
    """Answers calls with this credential, and refuses others."""

    def handle(exchange):
        if exchange.request.all("authorization") == [f"Bearer {secret}"]:
            return answer_chat(exchange)
        exchange.send_plain(b'{"error":{"message":"no"}}', status=status)

    return handle


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_refused_credential_is_asked_for_again(make_gateway, make_upstream, make_program, status: str):
    upstream: ScriptedUpstream = make_upstream()
    program = make_program("echo old")
    gateway: Gateway = make_gateway(with_credential(upstream, program.credential()))
    assert gateway.chat().status == 200
    upstream.handler = refusing(upstream, "new", status)
    program.write("echo new")
    before = len(upstream.requests)
    answer = gateway.chat()
    # The call itself is not repeated. A 403 that says nothing of the credential may be about what was asked for.
    if status.startswith("401"):
        assert answer.status == 502 and answer.code == "upstream_auth_failed"
    else:
        assert answer.status == 403 and answer.body == b'{"error":{"message":"no"}}'
    assert len(upstream.requests) == before + 1
    until(lambda: gateway.chat().status == 200, "the new credential")
    assert program.count == 2
    gateway.check_books()


def test_refusals_do_not_make_a_command_run_all_the_time(make_gateway, make_upstream, make_program):
    upstream: ScriptedUpstream = make_upstream()
    upstream.handler = refusing(upstream, "never")
    program = make_program("echo old")
    gateway: Gateway = make_gateway(with_credential(upstream, program.credential()))
    for _ in range(200):
        assert gateway.chat().code == "upstream_auth_failed"
    assert program.count <= 2


def test_a_refused_credential_is_read_again_from_its_file(make_gateway, make_upstream, tmp_path: Path):
    """Also where the file's times do not tell of the change."""
    upstream: ScriptedUpstream = make_upstream()
    secret = tmp_path / "provider-key"
    secret.write_text("old")
    gateway: Gateway = make_gateway(with_credential(upstream, f"file:{secret}"))
    assert gateway.chat().status == 200
    upstream.handler = refusing(upstream, "new")
    secret.write_text("new")
    until(lambda: gateway.chat().status == 200, "the new credential")


def test_each_project_is_served_with_its_own_credential(make_gateway, make_upstream, make_program):
    upstream: ScriptedUpstream = make_upstream()
    program = make_program("echo \"token-of-$1\"")
    file = with_credential(upstream, "none", projects=[{"name": "ranking"}, {"name": "other"}, {"name": "third"}])
    del file["providers"][0]["credential"]
    file["providers"][0]["credentials"] = [
        {"name": "for-ranking", **program.credential("ranking"), "projects": ["ranking"]},
        {"name": "for-other", **program.credential("other", ttl="2m"), "projects": ["other"]},
    ]
    gateway: Gateway = make_gateway(file)
    keys = {name: gateway.create_key(name) for name in ("ranking", "other", "third")}
    for name in ("ranking", "other", "ranking"):
        answer = gateway.chat(key=keys[name])
        assert answer.status == 200 and sent(upstream) == [f"Bearer token-of-{name}"]
    assert gateway.chat(key=keys["third"]).status == 422
    listed = gateway.cli("query", "SELECT name, source FROM credential ORDER BY name").stdout
    assert "command:120s:" in listed and "command:3600s:" in listed
    gateway.check_books()
