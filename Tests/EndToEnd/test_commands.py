"""The command line: exit codes, forms, keys, and errors that say what to do."""

import json
import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

import pytest

from harness.gateway import Gateway
from harness.net import free_port
from harness.process import BINARY, clean_environment

COMMANDS = [
    "serve", "apply", "key", "budget", "provider", "report", "export", "verify", "explain", "query", "simulate",
    "demo-governance"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(BINARY), *arguments], env=clean_environment(**environment), capture_output=True, text=True, timeout=60)


def test_version():
    done = run("--version")
    assert done.returncode == 0 and done.stdout.strip()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_ends_with_the_exit_codes(command: str):
    done = run(command, "--help")
    assert done.returncode == 0 and "USAGE" in done.stdout
    assert command in run("--help").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["no-such-command"], 64), (["report", "spend", "--no-such-flag"], 64), (["serve"], 2),
        (["simulate", "--listen", "nonsense"], 2), (["explain"], 64),
        (["report", "spend", "--token-file", "/nonexistent/token"], None), (["verify", "--data", "/nonexistent"], None),
    ])
def test_exit_codes(arguments: list[str], code: int | None):
    done = run(*arguments)
    assert done.returncode == code or (code is None and done.returncode in (1, 2, 4)), (done.returncode, done.stderr)
    assert done.stderr.strip() and "Fatal error" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", "spend", "--by", "shoe-size"], ["report", "spend", "--basis", "cash"],
        ["report", "spend", "--from", "yesterday"], ["report", "spend", "--tz", "Mars/Olympus"],
        ["report", "spend", "--from", "2026-02-01", "--to", "2026-01-01"],
        ["report", "spend", "--as-of", "999999999"], ["query", "DELETE FROM request"], ["query", "selekt"],
        ["key", "create", "--project", "ranking", "--name", "=cmd"],
    ])
def test_an_argument_that_makes_no_sense(gateway: Gateway, arguments: list[str]):
    done = gateway.cli(*arguments, check=False)
    assert done.returncode == 2 and "hint: " in done.stderr, (done.returncode, done.stderr)


def test_no_server(gateway: Gateway):
    done = run(
        "report", "spend", "--token-file", str(gateway.token_file), TOLLBOOK_URL=f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 3 and "server_unreachable" in done.stderr


def test_wrong_token(gateway: Gateway):
    done = run("report", "spend", TOLLBOOK_URL=gateway.admin_url, TOLLBOOK_TOKEN="tbo-wrong")
    assert done.returncode == 4 and "unauthorized" in done.stderr
    assert run("report", "spend", TOLLBOOK_URL=gateway.admin_url).returncode == 4


def test_data_port_in_place_of_the_control_port(gateway: Gateway):
    done = run("report", "spend", "--token-file", str(gateway.token_file), TOLLBOOK_URL=gateway.url)
    assert done.returncode == 1 and "control plane" in done.stderr


def test_a_port_that_is_taken(gateway: Gateway, tmp_path: Path):
    for flags in (
        ["--listen", f"127.0.0.1:{gateway.port}", "--admin-listen", f"127.0.0.1:{free_port()}"],
        ["--listen", f"127.0.0.1:{free_port()}", "--admin-listen", f"127.0.0.1:{gateway.admin_port}"],
    ):
        done = run("serve", "--data", str(tmp_path / "data"), *flags)
        assert done.returncode == 1 and "cannot" in done.stderr, done.stderr
        # The system's own words, and nothing of a library's that was not waited for.
        assert "\n  Address already in use\n" in done.stderr and "EventLoop" not in done.stderr, done.stderr


def test_keys(gateway: Gateway):
    secret = gateway.create_key(name="listed", application="web", user="grace@acme.example")
    assert re.fullmatch(r"tb-[A-Za-z0-9_-]{24,}", secret)
    listed = gateway.cli("key", "list", "--format", "json").stdout
    assert "listed" in listed and secret not in listed and secret[-4:] in listed
    assert "listed" in gateway.cli("key", "list").stdout
    assert gateway.chat(key=secret).status == 200

    rotated = gateway.cli("key", "rotate", "listed", check=False)
    if rotated.returncode != 64:
        assert rotated.returncode == 0, rotated.stderr
        fresh = rotated.stdout.strip()
        assert fresh.startswith("tb-") and fresh != secret
        assert gateway.chat(key=fresh).status == 200
        secret = fresh
    gateway.cli("key", "revoke", "listed")
    assert gateway.chat(key=secret).status == 401
    assert gateway.cli("key", "revoke", "listed", check=False).returncode != 0


def test_key_of_an_unknown_project(gateway: Gateway):
    done = gateway.cli("key", "create", "--project", "nowhere", check=False)
    assert done.returncode != 0 and "nowhere" in done.stderr and done.stdout == ""
    done = gateway.cli("key", "create", "--project", "ranking", "--application", "nowhere", check=False)
    assert done.returncode != 0 and "nowhere" in done.stderr


def test_budget_list(make_gateway, simulator):
    from harness.governance import governance, hard_budget

    gateway = make_gateway(governance(simulator.base_url, budgets=[hard_budget(10**9, period="day")]))
    gateway.chat(sim="prompt=10,completion=10")
    listed = json.loads(gateway.cli("budget", "list", "--format", "json").stdout)
    flat = json.dumps(listed)
    assert "project/ranking" in flat and "1.000000000" in flat and "0.000030000" in flat
    assert "project/ranking" in gateway.cli("budget", "list").stdout


def test_settings_come_from_flag_variable_and_file(tmp_path: Path):
    """The flag wins over the variable, the variable over the file."""
    ports = [free_port() for _ in range(4)]
    config = tmp_path / "tollbook.yaml"
    config.write_text(f"listen: 127.0.0.1:{ports[0]}\nadmin_listen: 127.0.0.1:{ports[1]}\ndata: {tmp_path / 'data'}\n")
    process = subprocess.Popen(
        [str(BINARY), "serve", "--config", str(config), "--listen", f"127.0.0.1:{ports[2]}"],
        env=clean_environment(TOLLBOOK_ADMIN_LISTEN=f"127.0.0.1:{ports[3]}", TOLLBOOK_LISTEN="127.0.0.1:1"),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        import httpx

        from harness.waiting import until

        def ready() -> bool:
            assert process.poll() is None, process.stderr.read()
            try:
                return httpx.get(f"http://127.0.0.1:{ports[3]}/readyz", trust_env=False).status_code == 200
            except httpx.TransportError:
                return False

        until(ready, "the gateway", seconds=30)
        assert httpx.get(f"http://127.0.0.1:{ports[2]}/v1/models", trust_env=False).status_code == 401
        assert (tmp_path / "data" / "ledger.db").exists()
    finally:
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_trust_roots_that_cannot_be_read_are_refused(tmp_path: Path, content: str | None):
    roots = tmp_path / "roots.pem"
    if content is not None:
        roots.write_text(content)
    done = run("serve", "--data", str(tmp_path / "data"), "--ca-file", str(roots))
    assert done.returncode == 2 and "--ca-file" in done.stderr and not (tmp_path / "data").exists()


def test_a_data_directory_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").touch()
    done = run("serve", "--data", str(tmp_path / "file" / "data"))
    assert done.returncode == 1 and "directory_unusable" in done.stderr and "NSCocoa" not in done.stderr


@pytest.mark.parametrize("kind", ["text", "database", "short"])
def test_a_directory_of_another_program_is_left_as_it_is(tmp_path: Path, kind: str):
    data = tmp_path / "data"
    data.mkdir()
    if kind == "database":
        with closing(sqlite3.connect(data / "ledger.db")) as connection:
            connection.execute("CREATE TABLE invoice (id INTEGER)")
            connection.commit()
    else:
        (data / "ledger.db").write_text("ledger of 1998\n" if kind == "short" else "line\n" * 1000)
    before = (data / "ledger.db").read_bytes()
    done = run("serve", "--data", str(data), "--listen", f"127.0.0.1:{free_port()}",
               "--admin-listen", f"127.0.0.1:{free_port()}")
    assert done.returncode == 1 and "is not a Tollbook ledger" in done.stderr and "hint: " in done.stderr
    assert [file.name for file in data.iterdir()] == ["ledger.db"]
    assert (data / "ledger.db").read_bytes() == before


def test_the_simulated_provider_is_switched_by_flag(make_gateway, simulator):
    from harness.governance import governance

    file = governance(simulator.base_url) | {"providers": [{"name": "up", "dialect": "simulated"}]}
    assert make_gateway(file, flags=["--simulator"]).chat().status == 200
    assert make_gateway(file, flags=["--no-simulator"]).chat().status == 502


def test_unknown_settings_are_refused(tmp_path: Path):
    config = tmp_path / "tollbook.yaml"
    config.write_text("lisden: 127.0.0.1:1\n")
    done = run("serve", "--config", str(config), "--data", str(tmp_path / "data"))
    assert done.returncode == 2 and "lisden" in done.stderr
    done = run("serve", "--data", str(tmp_path / "data"), "--first-byte-timeout", "soon")
    assert done.returncode == 2 and "first-byte-timeout" in done.stderr


def test_logs_are_lines_with_time_and_level(gateway: Gateway):
    lines = [line for line in gateway.output.splitlines() if line.startswith("time=")]
    assert lines
    stamp = re.match(r"time=(\S+) level=(\w+)", lines[0])
    assert stamp[1].endswith("Z"), "a time without its zone"
    moment = datetime.fromisoformat(stamp[1].replace("Z", "+00:00"))
    assert abs((datetime.now(timezone.utc) - moment).total_seconds()) < 3_600


def test_json_logs(make_gateway, simulator):
    from harness.governance import governance

    gateway = make_gateway(governance(simulator.base_url), flags=["--log-format", "json"])
    lines = [line for line in gateway.output.splitlines() if line.startswith("{")]
    assert lines and all({"time", "level", "message"} <= set(json.loads(line)) for line in lines)


def test_a_reader_that_leaves_does_not_crash_a_command(gateway: Gateway):
    command = f"'{BINARY}' query 'SELECT * FROM vocabulary' | head -n 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, timeout=30,
        env=clean_environment(TOLLBOOK_URL=gateway.admin_url, TOLLBOOK_TOKEN=gateway.token))
    assert done.returncode in (0, 141) and "Fatal" not in done.stderr and done.stdout.count("\n") == 1
