"""verify against a ledger that somebody changed: the first bad row is named."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.media import form, send_form
from harness.process import BINARY, clean_environment
from harness.simulator import Simulator

# Derived from the truth and rebuilt by verify; or erasable; or about the file itself.
NOT_TRUTH = {
    "open_hold", "budget_period", "account_balance", "rollup_quarter", "subject", "vocabulary", "migration",
    "organization", "team", "project", "application", "principal", "provider", "credential", "deployment", "route",
    "api_key", "budget", "rate_limit",
}


@pytest.fixture(scope="module")
def stopped(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a gateway that served, refused, failed, exported and was stopped."""
    directory = tmp_path_factory.mktemp("stopped")
    file = governance(
        simulator.base_url, budgets=[hard_budget(10**9, contact="finance@acme.example")],
        rate_limits=[{"scope": "project/ranking", "requests_per_minute": 6000}])
    gateway = Gateway(directory, file)
    try:
        key = gateway.create_key(application="web", user="ada@acme.example")
        tagged = {"x-tollbook-tags": "a=b", "x-tollbook-interaction": "s", "x-tollbook-end-user": "e"}
        for stream in (False, True):
            gateway.chat(key=key, headers=tagged, stream=stream, sim="prompt=100,cached=20,completion=10",
                         max_tokens=50)
        gateway.chat(key=key, sim="status=500", max_tokens=50)
        send_form(
            gateway, form(('name="model"', b"demo"), ('name="file"; filename="a.wav"', bytes(200_000))),
            authorization=f"Bearer {key}")
        gateway.chat(key=key, stream=True, sim="fault=no_usage", max_tokens=50)
        gateway.chat({"model": "demo", "max_tokens": 4096, "n": 128}, key=key)
        gateway.chat(key=key, sim="prompt=90000,completion=90000", max_tokens=50)
        gateway.cli("export", "request_trail", "--output", str(directory / "export"))
        gateway.check_books()
        assert gateway.stop() == 0
    finally:
        gateway.close()
    return gateway.data


@pytest.mark.parametrize("version", [1, 99])
@pytest.mark.parametrize("command", [["verify"], ["report", "spend"], ["query", "SELECT 1"]])
def test_a_ledger_of_another_version_is_not_read(stopped: Path, tmp_path: Path, version: int, command: list[str]):
    """A binary that does not know all tables would call them clean, and add up what it knows of."""
    copy = tmp_path / "data"
    shutil.copytree(stopped, copy)
    with sqlite3.connect(copy / "ledger.db") as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    done = subprocess.run(
        [str(BINARY), *command, "--data", str(copy)], env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 1 and "schema_unknown" in done.stderr and f"version {version}" in done.stderr


def verify(data: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(BINARY), "verify", "--data", str(data)], env=clean_environment(), capture_output=True, text=True,
        timeout=120)


def copy_of(data: Path, target: Path) -> Path:
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(data, target)
    return target


def open_without_guards(data: Path) -> sqlite3.Connection:
    """As somebody with the file and no respect would: no triggers, no checks."""
    connection = sqlite3.connect(data / "ledger.db", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    return connection


def keys_of(connection: sqlite3.Connection, table: str) -> list[str]:
    columns = connection.execute(f"SELECT name, pk FROM pragma_table_info('{table}') ORDER BY pk").fetchall()
    return [name for name, position in columns if position]


def truth_columns(data: Path) -> list[tuple[str, str]]:
    """Every column of every truth table that has a value somewhere."""
    connection = sqlite3.connect(data / "ledger.db")
    tables = [row[0] for row in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")]
    found = []
    for table in tables:
        if table in NOT_TRUTH:
            continue
        for (column,) in connection.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchall():
            if connection.execute(f"SELECT 1 FROM {table} WHERE {column} IS NOT NULL LIMIT 1").fetchone():
                found.append((table, column))
    connection.close()
    return found


def flipped(value):
    """The value with one bit changed."""
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"\x01"
    return chr(ord(value[0]) ^ 1) + value[1:] if value else "x"


def test_the_copy_itself_is_clean(stopped: Path):
    done = verify(stopped)
    assert done.returncode == 0, done.stdout + done.stderr


def test_one_byte_in_any_truth_row_is_named(stopped: Path, tmp_path: Path):
    """Every column of every truth table, one at a time."""
    columns = truth_columns(stopped)
    tables = {table for table, _ in columns}
    assert {"journal", "request", "decision", "attempt", "charge", "transfer", "outcome", "event", "export", "price",
            "account", "budget_version", "api_key_version", "upload"} <= tables
    assert len(columns) > 100
    missed = []
    for table, column in columns:
        data = copy_of(stopped, tmp_path / "data")
        connection = open_without_guards(data)
        keys = keys_of(connection, table)
        where = " AND ".join(f"{key} = ?" for key in keys)
        *key, value = connection.execute(
            f"SELECT {', '.join(keys)}, {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {keys[0]} DESC"
            " LIMIT 1").fetchone()
        try:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (flipped(value), *key))
        except sqlite3.IntegrityError:
            # Another row has that key; a larger change of it is none.
            shift = (1 << 40) if isinstance(value, int) else 0
            assert shift, f"{table}.{column}"
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value ^ shift, *key))
        connection.close()
        done = verify(data)
        text = done.stdout + done.stderr
        if done.returncode == 0 or table not in text:
            missed.append((table, column, done.returncode, text[-300:]))
    assert missed == [], f"{len(missed)} of {len(columns)} changes were missed or not named"


@pytest.mark.parametrize("table", ["charge", "transfer", "decision", "attempt", "outcome", "request", "event"])
def test_a_deleted_row_is_found(stopped: Path, tmp_path: Path, table: str):
    data = copy_of(stopped, tmp_path / "data")
    connection = open_without_guards(data)
    keys = keys_of(connection, table)
    connection.execute(
        f"DELETE FROM {table} WHERE ({', '.join(keys)}) = (SELECT {', '.join(keys)} FROM {table} LIMIT 1)")
    connection.close()
    done = verify(data)
    assert done.returncode == 1 and done.stdout + done.stderr


def test_an_added_row_is_found(stopped: Path, tmp_path: Path):
    data = copy_of(stopped, tmp_path / "data")
    connection = open_without_guards(data)
    connection.execute(
        "INSERT INTO charge SELECT request_id, ordinal + 100, log_index, attempt_ordinal, meter, quantity, price_id,"
        " amount_nano, currency, usage_source, origin, kind, corrects, reason, usage_at_micros, posting_period"
        " FROM charge LIMIT 1")
    connection.close()
    done = verify(data)
    assert done.returncode == 1 and "charge" in done.stdout + done.stderr


def test_a_hole_in_the_journal_is_found(stopped: Path, tmp_path: Path):
    data = copy_of(stopped, tmp_path / "data")
    connection = open_without_guards(data)
    connection.execute("DELETE FROM journal WHERE log_index = 3")
    connection.close()
    done = verify(data)
    assert done.returncode == 1 and "journal" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("budget_period", "UPDATE budget_period SET spent = spent + 1"),
        ("budget_period", "UPDATE budget_period SET held = held + 1"),
        ("budget_period", "DELETE FROM budget_period"),
        ("account_balance", "UPDATE account_balance SET debits_posted_nano = debits_posted_nano + 1"),
        ("rollup_quarter", "UPDATE rollup_quarter SET amount_nano = amount_nano + 1"),
        ("rollup_quarter", "UPDATE rollup_quarter SET requests = requests + 1"),
        ("open_hold", "INSERT INTO open_hold VALUES (17, 5, 'USD')"),
        ("budget", "UPDATE budget SET limit_nano = limit_nano + 1"),
        ("route", "UPDATE route SET name = 'renamed'"),
        ("api_key", "UPDATE api_key SET closed = 1"),
        ("vocabulary", "UPDATE vocabulary SET name = 'other' WHERE domain = 'meter' AND code = 1"),
    ])
def test_derived_tables_are_compared_with_the_truth(stopped: Path, tmp_path: Path, table: str, change: str):
    data = copy_of(stopped, tmp_path / "data")
    connection = open_without_guards(data)
    assert connection.execute(change).rowcount > 0
    connection.close()
    done = verify(data)
    assert done.returncode == 1 and table in done.stdout + done.stderr, done.stdout + done.stderr


def test_a_damaged_page_is_found(stopped: Path, tmp_path: Path):
    data = copy_of(stopped, tmp_path / "data")
    file = data / "ledger.db"
    content = bytearray(file.read_bytes())
    for position in range(40_960, 41_060):
        content[position] ^= 0xFF
    file.write_bytes(content)
    done = verify(data)
    assert done.returncode not in (0, -11, -6) and done.stdout + done.stderr


def test_guards_stop_honest_mistakes(stopped: Path, tmp_path: Path):
    """With the triggers in place no statement changes or deletes a truth row."""
    data = copy_of(stopped, tmp_path / "data")
    connection = sqlite3.connect(data / "ledger.db", isolation_level=None)
    for table in sorted({table for table, _ in truth_columns(data)}):
        column = connection.execute(f"SELECT name FROM pragma_table_info('{table}') ORDER BY pk LIMIT 1").fetchone()[0]
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):
            with pytest.raises(sqlite3.Error, match="append-only"):
                connection.execute(statement)
    connection.close()
