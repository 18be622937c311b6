"""Readers of the event feed."""

import json
import subprocess
from pathlib import Path

from harness.gateway import Gateway
from harness.process import BINARY, clean_environment


def feed(gateway: Gateway, **query: object) -> list[dict]:
    """Every event up to the newest as of now."""
    events: list[dict] = []
    cursor, head = -1, None
    while head is None or cursor < head:
        answer = gateway.admin.get(
            "/api/v1/events", params={**query, **({"after": cursor} if cursor >= 0 else {})},
            headers={"authorization": f"Bearer {gateway.token}"})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        head = page["head"] if head is None else head
        events += [event for event in page["events"] if event["data"]["log_index"] <= head]
        cursor = page["next"]
    return events


class Follower:
    """`tollbook events --follow`, its lines kept in a file."""

    def __init__(self, gateway: Gateway, file: Path, *arguments: str, after: int | None = 0):
        self.file = file
        start = [] if after is None else ["--after", str(after)]
        with open(file, "wb") as output:
            self.process = subprocess.Popen(
                [str(BINARY), "events", "--follow", "--format", "json", *start, *arguments], stdout=output,
                stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                env=clean_environment(TOLLBOOK_URL=gateway.admin_url, TOLLBOOK_TOKEN=gateway.token))

    def __enter__(self) -> "Follower":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def events(self) -> list[dict]:
        lines = self.file.read_text().split("\n")
        assert self.process.poll() in (None, 0), self.process.returncode
        return [json.loads(line) for line in lines[:-1]]

    @property
    def requests(self) -> list[str]:
        """The refused requests, as they came."""
        return [event["data"]["request_id"] for event in self.events if event["type"] == "request.denied"]

    def end(self, number: int) -> int:
        """Sends a signal and gives the exit code."""
        self.process.send_signal(number)
        return self.process.wait(10)
