"""kill -9 under load: nothing that a client saw complete is lost, and the next start closes what was open."""

import random
import threading
import time
from pathlib import Path

from harness.gateway import Gateway
from harness.governance import governance
from harness.ledger import request_number
from harness.simulator import Simulator

ROUNDS = 30
CALLERS = 12
BODIES = [
    ({"model": "demo", "messages": [], "max_tokens": 50}, "prompt=20,completion=10"),
    ({"model": "demo", "messages": [], "max_tokens": 50, "stream": True}, "prompt=20,completion=10,chunks=10"),
    ({"model": "demo", "messages": [], "max_tokens": 50, "stream": True}, "prompt=20,completion=10,tps=200"),
    ({"model": "demo", "messages": [], "max_tokens": 50}, "prompt=20,completion=10,latency_ms=20"),
]


def caller(gateway: Gateway, seed: int, complete: list[str], lock: threading.Lock) -> None:
    """Calls until the gateway dies; notes the ids of answers that arrived whole."""
    choice = random.Random(seed)
    while True:
        body, directives = choice.choice(BODIES)
        try:
            with gateway.wire() as wire:
                for _ in range(20):
                    wire.send(gateway.raw_chat(body, {"x-sim": directives}))
                    head = wire.read_head()
                    request_id = head.header("x-tollbook-request-id")
                    wire.read_body(head, is_answer=True)
                    ended = b"[DONE]" in head.body if body.get("stream") else head.whole
                    if head.status == 200 and ended:
                        with lock:
                            complete.append(request_id)
                    if not head.whole:
                        return
        except (OSError, EOFError):
            return


def test_thirty_kills_lose_nothing(simulator: Simulator, tmp_path: Path):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    gateway = Gateway(tmp_path, governance(simulator.base_url), start=False)
    simulator.reset()
    complete: list[str] = []
    checked = newest = 0
    try:
        for round_number in range(ROUNDS):
            gateway.start()
            _ = gateway.key
            # What the crash before left open is closed before the gateway is ready.
            assert gateway.ledger.open_holds == 0
            assert gateway.ledger.unsettled == []
            settled = gateway.ledger.rows(
                "SELECT o.request_id, o.end_reason, sum(c.amount_nano) AS total FROM outcome o"
                " LEFT JOIN charge c ON c.request_id = o.request_id WHERE o.request_id > ? GROUP BY 1", newest)
            found = {row["request_id"]: (row["end_reason"], row["total"]) for row in settled}
            for request_id in complete[checked:]:
                # 1: completed, with all that the provider counted.
                assert found.get(request_number(request_id)) == (1, 20 * 1_000 + 10 * 2_000), request_id
            checked = len(complete)
            newest = max(found, default=newest)
            lock = threading.Lock()
            threads = [
                threading.Thread(target=caller, args=(gateway, chance.randrange(2**32), complete, lock))
                for _ in range(CALLERS)]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.02, 0.6))
            gateway.kill()
            for thread in threads:
                thread.join(30)
            if round_number % 10 == 9:
                gateway.start()
                gateway.check_books()
                gateway.kill()
        gateway.start()
        gateway.check_books()
        recovered = gateway.ledger.value("SELECT count(*) FROM outcome WHERE end_reason = 6")
        attempts = gateway.ledger.value("SELECT count(*) FROM attempt")
        # No spend without a row: whatever reached the provider has an attempt.
        assert simulator.calls <= attempts
        # The rounds were worth something: answers were seen, and calls were cut.
        assert len(complete) > 10 * ROUNDS, len(complete)
        assert recovered > 0
        for row in gateway.ledger.rows(
            "SELECT request_id, caveat FROM outcome WHERE end_reason = 6 ORDER BY request_id LIMIT 50"):
            story = gateway.ledger.story(row["request_id"])
            assert story.caveat == "hold_posted" and story.total == story.held
            assert story.sources == {"estimated"}
        assert gateway.stop() == 0
    finally:
        gateway.close()
    print(f"{len(complete)} answers seen complete, {recovered} calls recovered")


def test_a_kill_with_streams_open_is_recovered_with_an_estimate(simulator: Simulator, tmp_path: Path):
    gateway = Gateway(tmp_path, governance(simulator.base_url))
    try:
        stream = {"model": "demo", "messages": [], "stream": True, "max_tokens": 100}
        wires, ids = [], []
        for _ in range(10):
            wire = gateway.wire()
            wire.send(gateway.raw_chat(stream, {"x-sim": "completion=100,tps=20"}))
            ids.append(wire.read_head().header("x-tollbook-request-id"))
            wires.append(wire)
        held = gateway.ledger.value("SELECT sum(amount_nano) FROM open_hold")
        gateway.kill()
        gateway.start()
        stories = [gateway.ledger.story(request_id) for request_id in ids]
        assert {(s.end_reason, s.caveat) for s in stories} == {("recovered", "hold_posted")}
        assert {a["error_class"] for s in stories for a in s.attempts} == {"crash"}
        assert sum(story.total for story in stories) == held
        gateway.check_books()
        row = gateway.cli_json("report", "spend", "--by", "project")["rows"][0]
        assert row["estimated"] == 10
    finally:
        gateway.close()


def test_a_ledger_that_another_process_has_is_not_opened(gateway: Gateway):
    import subprocess

    from harness.net import free_port
    from harness.process import BINARY, clean_environment

    done = subprocess.run(
        [str(BINARY), "serve", "--data", str(gateway.data), "--listen", f"127.0.0.1:{free_port()}", "--admin-listen",
         f"127.0.0.1:{free_port()}"], env=clean_environment(), capture_output=True, text=True, timeout=30)
    assert done.returncode == 4 and "ledger_locked" in done.stderr
    assert gateway.chat().status == 200
