"""A full disk: calls in flight settle from the ballast, new ones are refused, and room is enough to go on.

Run by test_disk_full.py in mounts of its own.
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.upstream import DONE, ScriptedUpstream, delta, usage_event
from harness.waiting import until

STREAM = {"model": "demo", "stream": True, "max_tokens": 100, "messages": []}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB that only this process and its children see."""
    disk = tmp_path / "disk"
    disk.mkdir()
    assert os.system(f"mount -t tmpfs -o size=24m tmpfs '{disk}'") == 0
    yield disk
    os.system(f"umount -l '{disk}'")


def fill(path: Path) -> int:
    """Takes all the room that is left; gives how much it was."""
    size = 0
    with open(path, "wb", buffering=0) as file:
        for piece in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    size += file.write(b"\0" * piece)
            except OSError:
                continue
    return size


def test_calls_on_a_full_disk(small_disk: Path, make_upstream, tmp_path: Path):
    go_on = threading.Event()

    def send(exchange):
        if exchange.request.header("x-slow"):
            exchange.begin_stream()
            exchange.send_chunk(delta("first"))
            go_on.wait(60)
            exchange.send_chunk(delta(finish="stop") + usage_event() + DONE)
            exchange.end_stream()
        else:
            from harness.upstream import answer_chat

            answer_chat(exchange)

    upstream: ScriptedUpstream = make_upstream(send)
    gateway = Gateway(small_disk, governance(upstream.base_url), flags=["--ballast", "4MiB"], start=False)
    # The log of the process itself must not need the disk.
    gateway.log = tmp_path / "gateway.log"
    gateway.start()
    try:
        key = gateway.key
        assert gateway.chat({"model": "demo"}).status == 200
        in_flight = []
        for _ in range(20):
            wire = gateway.wire()
            wire.send(gateway.raw_chat(STREAM, {"x-slow": "1"}))
            in_flight.append((wire, wire.read_head().header("x-tollbook-request-id")))
            wire.read_until(b"first")

        assert fill(small_disk / "filler") > 0
        reached = len(upstream.requests)

        # New calls are refused as soon as the ledger cannot commit; none of them goes out.
        def refused() -> bool:
            answer = gateway.chat({"model": "demo"}, key=key)
            assert answer.status in (200, 503), answer.body
            return answer.status == 503

        until(refused, "the ledger to be full", seconds=60)
        served = len(upstream.requests) - reached
        answer = gateway.chat({"model": "demo"}, key=key)
        assert answer.status == 503 and answer.code == "ledger_unavailable"
        assert int(answer.headers["retry-after"]) >= 1
        assert len(upstream.requests) == reached + served
        assert not gateway.is_ready()
        assert gateway.admin.get("/healthz").status_code == 200

        # What was admitted before ends whole, and its row is there.
        go_on.set()
        for wire, request_id in in_flight:
            wire.read_until(b"[DONE]")
            wire.close()
            assert gateway.ledger.story(request_id).end_reason == "completed"
        assert gateway.ledger.open_holds == 0

        # Room, and no restart: calls go on.
        (small_disk / "filler").unlink()
        until(gateway.is_ready, "the gateway to be ready again", seconds=30)
        assert gateway.chat({"model": "demo"}, key=key).status == 200
        gateway.check_books()
        assert gateway.stop() == 0
    finally:
        go_on.set()
        gateway.close()


def test_a_start_on_a_full_disk_says_so(small_disk: Path, upstream: ScriptedUpstream, tmp_path: Path):
    gateway = Gateway(small_disk, governance(upstream.base_url), start=False)
    gateway.log = tmp_path / "gateway.log"
    fill(small_disk / "filler")
    gateway.start(wait=False)
    try:
        assert gateway.wait(30) != 0
        assert "Fatal error" not in gateway.output
    finally:
        gateway.close()
