"""scripts/serve as a newcomer runs it: it prints a curl line that works when pasted, and keeps what it made."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from harness.gateway import mode
from harness.net import free_port
from harness.process import BINARY, ROOT, clean_environment
from harness.waiting import until


class Served:
    """scripts/serve on a directory, with the binary that is there."""

    def __init__(self, directory: Path, *flags: str):
        self.output = directory / f"output-{free_port()}"
        self.data = directory / "data"
        self.port, self.admin_port = free_port(), free_port()
        with open(self.output, "wb") as output:
            # A session of its own, as a terminal gives: Ctrl-C reaches the script and the gateway alike.
            self.process = subprocess.Popen(
                [str(ROOT / "scripts" / "serve"), "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}",
                 "--admin-listen", f"127.0.0.1:{self.admin_port}", *flags],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                env=clean_environment(TOLLBOOK_BIN=str(BINARY)))

    def text(self) -> str:
        return self.output.read_text()

    def wait_for_instructions(self) -> str:
        def told() -> str | None:
            assert self.process.poll() is None, self.text()
            return self.text() if "Ctrl-C" in self.text() else None

        return until(told, "the instructions", seconds=60)

    def stop(self, number: int = signal.SIGINT, whole_group: bool = True) -> int:
        (os.killpg if whole_group else os.kill)(self.process.pid, number)
        return self.process.wait(40)

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def serve(tmp_path: Path):
    made: list[Served] = []

    def start(*flags: str) -> Served:
        made.append(Served(tmp_path, *flags))
        return made[-1]

    yield start
    for one in made:
        one.close()


def pasted(command: str) -> str:
    return subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True, env=clean_environment()).stdout


def test_the_curl_line_works_when_pasted(serve):
    served = serve()
    text = served.wait_for_instructions()
    curl = re.search(r"^  (curl .*?(?:\\\n.*?)*)$", text, re.MULTILINE).group(1)
    answer = json.loads(pasted(curl))
    assert answer["choices"][0]["message"]["content"]
    report = re.search(r"^  (\S+ report .*)$", text, re.MULTILINE).group(1)
    assert "ranking" in pasted(report)
    assert mode(served.data / "demo-key") == 0o600 and str(served.data / "demo-key") in text
    assert str(served.data / "owner-token") in text
    secret = (served.data / "demo-key").read_text().strip()
    assert secret.startswith("tb-") and secret not in text
    assert served.stop() == 0


def test_a_second_start_keeps_the_key_and_the_data(serve):
    first = serve()
    first.wait_for_instructions()
    key = (first.data / "demo-key").read_text()
    assert first.stop() == 0
    second = serve()
    text = second.wait_for_instructions()
    assert (second.data / "demo-key").read_text() == key
    curl = re.search(r"^  (curl .*?(?:\\\n.*?)*)$", text, re.MULTILINE).group(1)
    assert "choices" in json.loads(pasted(curl))
    assert second.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_script_alone_stops_the_gateway(serve, number: int):
    served = serve()
    served.wait_for_instructions()
    assert served.stop(number, whole_group=False) == 0
    with pytest.raises(OSError):
        import socket

        socket.create_connection(("127.0.0.1", served.port), timeout=2)


def test_a_failed_start_says_why(serve):
    served = serve("--first-byte-timeout", "soon")
    assert served.process.wait(30) != 0
    assert "first-byte-timeout" in served.text()


def test_help():
    done = subprocess.run([str(ROOT / "scripts" / "serve"), "--help"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0 and "usage: scripts/serve" in done.stdout
