"""The wall clock is set while the gateway runs, and between two runs: nothing is lost, and the books stay right."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.upstream import ScriptedUpstream, answer_chat
from harness.waiting import until

HOUR = 3_600


class Clock:
    """The clock of the gateway: this machine's, and an offset."""

    def __init__(self, directory: Path):
        self.file = directory / "offset"
        self.library = directory / "clock.so"
        self.set(0)
        source = Path(__file__).parent / "harness" / "clock.c"
        compiler = shutil.which("clang") or shutil.which("cc")
        if compiler is None:
            pytest.skip("no C compiler, which the Swift toolchain brings")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(self.library), str(source)], check=True)

    def set(self, seconds: int) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.rename(self.file)

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.library), "CLOCK_OFFSET": str(self.file)}


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


def steps(gateway: Gateway) -> list[int]:
    """The steps on record, in whole hours."""
    rows = gateway.ledger.rows("SELECT detail FROM event WHERE action = 'clock.step' ORDER BY log_index")
    return [round(json.loads(row["detail"])["step_micros"] / 1_000_000 / HOUR) for row in rows]


def is_all_reported(gateway: Gateway, requests: int) -> None:
    """Reports by day, which search by time, have every request and the sum of the charges."""
    report = gateway.cli_json("report", "spend", "--by", "day", "--from", "2026-01-01", "--to", "2100-01-01")
    assert sum(row["requests"] for row in report["rows"]) == requests
    spent = sum(round(float(row["spend"]) * 1e9) for row in report["rows"])
    assert spent == gateway.ledger.value("SELECT sum(amount_nano) FROM charge")


def test_the_clock_is_set_while_calls_go_on(make_gateway, upstream: ScriptedUpstream, clock: Clock):
    upstream.handler = answer_chat
    gateway = make_gateway(governance(upstream.base_url), environment=clock.environment, flags=["--event-loops", "1"])
    for count, offset in enumerate((-2 * HOUR, 25 * HOUR, 0), 1):
        assert gateway.chat().status == 200
        clock.set(offset)
        until(lambda: len(steps(gateway)) == count, "the step to be on record")
        for _ in range(5):
            assert gateway.chat().status == 200
    assert steps(gateway) == [-2, 27, -25] and gateway.output.count("The wall clock was set") == 3
    is_all_reported(gateway, 18)
    gateway.check_books()


@pytest.mark.parametrize("offset", [-2 * HOUR, -HOUR // 4])
def test_a_start_with_the_clock_set_back(make_gateway, upstream: ScriptedUpstream, clock: Clock, offset: int):
    upstream.handler = answer_chat
    gateway = make_gateway(governance(upstream.base_url), environment=clock.environment, flags=["--event-loops", "1"])
    seen = {gateway.chat().request_id for _ in range(5)}
    clock.set(offset)
    gateway.restart()
    until(lambda: len(steps(gateway)) == 1, "the step to be on record")
    seen |= {gateway.chat().request_id for _ in range(5)}
    clock.set(0)
    gateway.restart()
    seen |= {gateway.chat().request_id for _ in range(5)}
    assert len(seen) == 15
    is_all_reported(gateway, 15)
    gateway.check_books()
