"""Reports, explanations, queries and exports: sums of the same charges, in every form."""

import csv
import hashlib
import io
import json
import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from harness.gateway import Answer, Gateway
from harness.governance import governance, hard_budget
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream
from harness.waiting import until

PROJECTS = [{"name": "ranking", "applications": ["web", "batch"]}, {"name": "chat"}]


@pytest.fixture(scope="module")
def books(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """A gateway with calls of two projects, applications, users and keys; and the answers."""
    gateway = Gateway(
        tmp_path_factory.mktemp("books"),
        governance(
            simulator.base_url, projects=PROJECTS, budgets=[hard_budget(10**9)],
            deployments=[
                {"name": "up-d", "provider": "up", "model": "upstream-model", "region": "eu-west"},
                {"name": "large-d", "provider": "up", "model": "large-model"}],
            routes=[
                {"name": "demo", "strategy": "priority", "targets": ["up-d"]},
                {"name": "large", "strategy": "priority", "targets": ["large-d"]}]))
    web = gateway.create_key(application="web", user="ada@acme.example", name="web-key")
    chat = gateway.create_key("chat", name="chat-key")
    answers: list[Answer] = []
    for count in range(1, 6):
        answers.append(gateway.chat(key=web, sim=f"prompt={count * 10},completion={count}", max_tokens=50))
    answers.append(gateway.chat(key=web, sim="status=500", max_tokens=50))
    large = {"model": "large", "max_tokens": 50, "messages": []}
    for _ in range(3):
        answers.append(gateway.chat(large, key=chat, sim="prompt=100,completion=10"))
    answers.append(gateway.chat({**large, "stream": True}, key=chat, sim="completion=5,fault=no_usage"))
    answers.append(gateway.chat(key=web, max_tokens=4_000_000))
    answers.append(gateway.chat({"model": "demo", "max_tokens": 4_096, "n": 128}, key=web))
    try:
        yield gateway, answers
        gateway.check_books()
    finally:
        gateway.close()


def amount(text: str) -> int:
    """Decimal text with exactly nine decimals, in nano-units."""
    whole, decimals = text.lstrip("-").split(".")
    assert len(decimals) == 9, text
    return int(whole + decimals) * (-1 if text.startswith("-") else 1)


def spend(gateway: Gateway, *arguments: str) -> dict:
    return gateway.cli_json("report", "spend", *arguments)


def test_json_report(books):
    gateway, answers = books
    report = spend(gateway, "--by", "project")
    assert {"as_of_index", "from", "to", "time_zone", "basis", "rows"} <= set(report)
    assert report["basis"] == "usage"
    rows = {row["project"]: row for row in report["rows"]}
    assert set(rows) == {"ranking", "chat"}
    ranking = rows["ranking"]
    assert ranking["requests"] == 8 and ranking["currency"] == "USD" and ranking["open_holds"] == 0
    assert amount(ranking["spend"]) == sum(n * 10 * 1_000 + n * 2_000 for n in range(1, 6))
    assert rows["chat"]["requests"] == 4 and rows["chat"]["estimated"] == 1
    assert report["as_of_index"] <= gateway.ledger.value("SELECT max(log_index) FROM journal")


@pytest.mark.parametrize(
    "dimension",
    ["organization", "team", "project", "application", "user", "key", "model", "provider", "route", "day", "month"])
def test_every_dimension_adds_up_to_the_charges(books, dimension: str):
    gateway, _ = books
    report = spend(gateway, "--by", dimension)
    charged = gateway.ledger.value("SELECT sum(amount_nano) FROM charge")
    assert sum(amount(row["spend"]) for row in report["rows"]) == charged
    assert sum(row["requests"] for row in report["rows"]) == gateway.ledger.value("SELECT count(*) FROM request")
    assert all(dimension in row for row in report["rows"])


def test_several_dimensions(books):
    gateway, _ = books
    for form in (["--by", "project", "--by", "model"], ["--by", "project,model"]):
        done = gateway.cli("report", "spend", *form, "--format", "json", check=False)
        if done.returncode == 0:
            rows = json.loads(done.stdout)["rows"]
            assert {(row["project"], row["model"]) for row in rows if amount(row["spend"])} == {
                ("ranking", "upstream-model"), ("chat", "large-model")}
            return
    pytest.fail("--by takes several dimensions in neither form")


def test_csv_report_says_the_same(books):
    gateway, _ = books
    rows = list(csv.DictReader(io.StringIO(
        gateway.cli("report", "spend", "--by", "project", "--format", "csv").stdout)))
    as_json = spend(gateway, "--by", "project")["rows"]
    assert [(row["project"], row["spend"], int(row["requests"])) for row in rows] == [
        (row["project"], row["spend"], row["requests"]) for row in as_json]


def test_table_report_says_the_same(books):
    gateway, _ = books
    report = spend(gateway, "--by", "project")
    arguments = ["report", "spend", "--by", "project", "--as-of", str(report["as_of_index"])]
    table = gateway.cli(*arguments).stdout
    assert table == gateway.cli(*arguments, "--format", "table").stdout
    for row in report["rows"]:
        assert any(row["project"] in line and row["spend"] in line for line in table.splitlines()), table


def test_periods(books):
    gateway, _ = books
    today = datetime.now(timezone.utc).date()
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    everything = spend(gateway, "--from", str(yesterday), "--to", str(tomorrow + timedelta(days=1)), "--tz", "UTC")
    assert sum(row["requests"] for row in everything["rows"]) == 12
    before = spend(gateway, "--from", "2020-01-01", "--to", str(yesterday), "--tz", "UTC")
    assert sum(row["requests"] for row in before["rows"]) == 0
    assert gateway.cli("report", "spend", "--from", "2026-02-01", "--to", "2026-01-01", check=False).returncode != 0
    assert gateway.cli("report", "spend", "--tz", "Mars/Olympus", check=False).returncode != 0
    assert gateway.cli("report", "spend", "--by", "shoe-size", check=False).returncode != 0


def test_as_of_gives_the_same_bytes_whenever_it_runs(books, simulator: Simulator):
    gateway, _ = books
    index = spend(gateway, "--by", "project")["as_of_index"]
    arguments = ["report", "spend", "--by", "project", "--as-of", str(index), "--format", "json"]
    first = gateway.cli(*arguments).stdout
    chat = gateway.create_key("chat")
    assert gateway.chat({"model": "large", "messages": []}, key=chat, sim="prompt=1,completion=1").status == 200
    assert gateway.cli(*arguments).stdout == first
    assert spend(gateway, "--by", "project")["rows"] != json.loads(first)["rows"]


def test_reading_a_directory_needs_no_server_and_says_that_it_is_not_recorded(books):
    gateway, _ = books
    online = spend(gateway, "--by", "project")
    done = gateway.cli(
        "report", "spend", "--by", "project", "--data", str(gateway.data), "--format", "json", token=False,
        environment={"TOLLBOOK_URL": "http://127.0.0.1:1"})
    offline = json.loads(done.stdout)
    assert offline["rows"] == online["rows"] and offline["recorded"] is False


def test_what_commands_read_is_recorded(books):
    gateway, _ = books
    before = gateway.ledger.value("SELECT count(*) FROM event")
    spend(gateway)
    rows = gateway.ledger.rows("SELECT action, outcome, actor_id FROM event ORDER BY log_index DESC LIMIT 1")
    assert gateway.ledger.value("SELECT count(*) FROM event") == before + 1
    assert rows[0]["action"].startswith("report") and rows[0]["outcome"] == "success" and rows[0]["actor_id"]


def test_explain_tells_the_whole_story(books):
    gateway, answers = books
    story = gateway.ledger.story(answers[0].request_id)
    text = gateway.cli("explain", answers[0].request_id).stdout
    told = gateway.cli_json("explain", answers[0].request_id)
    for part in (
        answers[0].request_id, "ranking", "web-key", "acme", "search", "demo", "upstream-model", "eu-west", "completed",
        "0.000012000", "input", "output", str(story.request["log_index"]), str(story.outcome["log_index"]),
        "key_permitted", "within_budget", "target_chosen",
    ):
        assert part in text, f"{part} is missing in\n{text}"
        assert part in json.dumps(told), f"{part} is missing in the JSON"
    # Which policy revision, and which price version.
    assert str(story.request["revision"]) in text
    assert str(story.charges[0]["price_id"]) in text


def test_explain_tells_why_a_call_was_refused(books):
    gateway, answers = books
    refused = [answer for answer in answers if answer.status == 402]
    assert refused
    text = gateway.cli("explain", refused[0].request_id).stdout
    assert "budget_exhausted" in text and "1.000000000" in text and "denied" in text


def test_explain_of_an_unknown_request(books):
    gateway, _ = books
    assert gateway.cli("explain", "req_0000000000001", check=False).returncode == 1
    assert gateway.cli("explain", "nonsense", check=False).returncode in (1, 2)


def test_export(books, tmp_path: Path):
    gateway, answers = books
    target = tmp_path / "trail"
    gateway.cli("export", "request_trail", "--output", str(target))
    assert {path.name for path in target.iterdir()} >= {"request_trail.csv", "manifest.json"}
    data = (target / "request_trail.csv").read_bytes()
    manifest = json.loads((target / "manifest.json").read_text())
    flat = json.dumps(manifest)
    assert hashlib.sha256(data).hexdigest() in flat
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    charged = gateway.ledger.value("SELECT sum(amount_nano) FROM charge")
    ids = {row["request_id"] for row in rows}
    assert {answer.request_id for answer in answers if "x-tollbook-request-id" in answer.headers} <= ids
    assert f'"{charged // 10**9}.{charged % 10**9:09d}"' in flat or str(charged) in flat
    assert str(len(rows)) in flat and "as_of_index" in flat
    # Money as a decimal and as an integer beside it.
    nano = [name for name in rows[0] if name.endswith("_nano")]
    assert nano
    for row in rows:
        for name in nano:
            if row[name]:
                decimal = row[name.removesuffix("_nano")]
                assert amount(decimal) == int(row[name])


def test_export_is_the_same_twice(books, tmp_path: Path):
    gateway, _ = books
    index = spend(gateway)["as_of_index"]
    contents = []
    for name in ("one", "two"):
        gateway.cli("export", "request_trail", "--as-of", str(index), "--output", str(tmp_path / name))
        contents.append((tmp_path / name / "request_trail.csv").read_bytes())
    assert contents[0] == contents[1]


def test_export_refuses_a_directory_that_is_not_empty(books, tmp_path: Path):
    gateway, _ = books
    (tmp_path / "kept").write_text("mine")
    done = gateway.cli("export", "request_trail", "--output", str(tmp_path), check=False)
    assert done.returncode != 0 and "empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_exports_are_recorded(books, tmp_path: Path):
    gateway, _ = books
    gateway.cli("export", "request_trail", "--output", str(tmp_path / "recorded"))
    data = (tmp_path / "recorded" / "request_trail.csv").read_bytes()
    newest = gateway.ledger.rows("SELECT name, sha256, row_count FROM export ORDER BY id DESC LIMIT 1")[0]
    assert newest["name"] == "request_trail" and newest["sha256"] == hashlib.sha256(data).hexdigest()
    assert newest["row_count"] == len(list(csv.DictReader(io.StringIO(data.decode()))))


def test_calls_in_flight_export_as_open(make_gateway, make_upstream, tmp_path: Path):
    import threading

    go_on = threading.Event()

    def slow(exchange):
        go_on.wait(30)
        exchange.send_plain(b"{}", status="500 Oh No")

    upstream: ScriptedUpstream = make_upstream(slow)
    gateway: Gateway = make_gateway(governance(upstream.base_url))
    key = gateway.key
    waiting = threading.Thread(target=lambda: gateway.chat(key=key))
    waiting.start()
    until(lambda: upstream.requests, "the call to be in flight")
    row = spend(gateway, "--by", "project")["rows"][0]
    assert row["open_holds"] == 1
    gateway.cli("export", "request_trail", "--output", str(tmp_path / "open"))
    text = (tmp_path / "open" / "request_trail.csv").read_text()
    assert "open" in next(csv.DictReader(io.StringIO(text))).values()
    go_on.set()
    waiting.join()
    gateway.check_books()


def test_query_reads(books):
    gateway, _ = books
    done = gateway.cli("query", "SELECT count(*) AS requests FROM request", "--format", "json")
    assert json.dumps(gateway.ledger.value("SELECT count(*) FROM request")) in done.stdout
    assert "requests" in gateway.cli("query", "SELECT count(*) AS requests FROM request").stdout


@pytest.mark.parametrize("sql", [
    "DELETE FROM budget_period", "UPDATE budget SET limit_nano = 0", "DROP TABLE open_hold",
    "PRAGMA journal_mode=DELETE", "ATTACH 'x.db' AS x",
    "INSERT INTO subject VALUES (1,1,x'00',null,1)", "VACUUM", "SELECT 1; DELETE FROM open_hold",
    "CREATE TABLE x (y)", "SELECT load_extension('x')", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n)"
    " SELECT count(*) FROM n", "not SQL", "",
])
@pytest.mark.parametrize("offline", [False, True], ids=["server", "directory"])
def test_query_does_nothing_else(books, sql: str, offline: bool):
    gateway, _ = books
    extra = ["--data", str(gateway.data)] if offline else []
    done = gateway.cli("query", sql, *extra, check=False)
    assert done.returncode not in (0, -11, -6), done.stdout
    assert done.stderr.strip()


def test_any_sqlite_tool_can_read_the_file(books):
    gateway, _ = books
    connection = sqlite3.connect(f"file:{gateway.data / 'ledger.db'}?mode=ro", uri=True)
    views = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")]
    for view in views:
        connection.execute(f'SELECT * FROM "{view}" LIMIT 5').fetchall()
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_verify_says_what_it_looked_at(books):
    gateway, _ = books
    for extra in ([], ["--data", str(gateway.data)]):
        done = gateway.cli("verify", *extra, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        report = json.loads(gateway.cli("verify", *extra, "--format", "json").stdout)
        assert json.dumps(report)
