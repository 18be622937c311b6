"""Starts and stops the product's processes and keeps what they print."""

import os
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("TOLLBOOK_BIN") or ROOT / ".build" / "release" / "tollbook").resolve()


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without what would change the product's behaviour."""
    kept = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("TOLLBOOK_", "OPENAI_")) and not name.lower().endswith("_proxy")}
    return {**kept, **more}


class Server:
    """A child process whose output goes to a file."""

    def __init__(self, log: Path):
        self.log = log
        self.process: subprocess.Popen | None = None

    def spawn(self, arguments: list[str], environment: dict[str, str], pass_fds: tuple[int, ...] = ()) -> None:
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                arguments, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, pass_fds=pass_fds)

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def terminate(self, seconds: float = 40.0) -> int:
        """Sends SIGTERM and gives the exit code."""
        assert self.process
        if self.is_running:
            self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds: float = 40.0) -> int:
        assert self.process
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            command = self.process.args[:2]
            raise AssertionError(f"{command} did not end within {seconds} s\n{self.output[-3000:]}") from None

    def kill(self) -> None:
        """Sends SIGKILL, as a crash would."""
        assert self.process
        self.process.kill()
        self.process.wait()
