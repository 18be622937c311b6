"""The gateway as a process of its own, with its data directory, its commands and its ledger."""

import json
import os
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import httpx

from . import governance as files
from .ledger import Ledger, Story
from .net import Wire, free_port, request_bytes
from .process import BINARY, Server, clean_environment
from .waiting import until

# What providers' credentials are in all tests; nothing that the gateway writes may hold it.
UPSTREAM_KEY = "sk-upstream-5f0c2b9e77aa41"


@dataclass
class Answer:
    """What a caller got: the status, the headers, and the body's bytes as they came."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def request_id(self) -> str:
        return self.headers["x-tollbook-request-id"]

    @property
    def code(self) -> str | None:
        """The code of an error answer."""
        return self.json["error"]["code"]


class Gateway(Server):
    """`tollbook serve` on a directory; every start applies the governance file."""

    def __init__(
        self, directory: Path, governance: dict | str, *, flags: list[str] | None = None,
        environment: dict[str, str] | None = None, start: bool = True,
    ):
        super().__init__(directory / "gateway.log")
        self.directory = directory
        self.data = directory / "data"
        self.file = directory / "governance.yaml"
        self.flags = flags or []
        self.environment = {"UPSTREAM_KEY": UPSTREAM_KEY, **(environment or {})}
        self.port = free_port()
        self.admin_port = free_port()
        self.ledger = Ledger(self.data / "ledger.db")
        self.write(governance)
        limits = httpx.Limits(max_connections=512, max_keepalive_connections=512)
        self.client = httpx.Client(trust_env=False, base_url=self.url, timeout=60, limits=limits)
        self.admin = httpx.Client(trust_env=False, base_url=self.admin_url, timeout=60)
        self._key: str | None = None
        if start:
            self.start()

    # Life

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def admin_url(self) -> str:
        return f"http://127.0.0.1:{self.admin_port}"

    def write(self, governance: dict | str) -> Path:
        """Replaces the governance file without applying it."""
        self.file.write_text(governance if isinstance(governance, str) else files.text(governance))
        return self.file

    def start(self, wait: bool = True) -> "Gateway":
        arguments = [
            str(BINARY), "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}",
            "--admin-listen", f"127.0.0.1:{self.admin_port}", "--apply", str(self.file), *self.flags]
        self.spawn(arguments, clean_environment(**self.environment))
        if wait:
            until(self.is_ready_or_dead, "the gateway to be ready", seconds=60)
        return self

    def is_ready(self) -> bool:
        try:
            return self.admin.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def is_ready_or_dead(self) -> bool:
        assert self.is_running, f"the gateway ended with {self.process.poll()}:\n{self.output[-4000:]}"
        return self.is_ready()

    def stop(self) -> int:
        return self.terminate()

    def restart(self) -> "Gateway":
        """Stops, if it runs, and starts on the same directory and ports."""
        if self.is_running:
            assert self.stop() == 0
        return self.start()

    def check_books(self) -> None:
        """Every request is settled, nothing is held, and `verify` has no finding."""
        until(lambda: self.ledger.open_holds == 0 and not self.ledger.unsettled, "every request to be settled")
        found = self.cli("verify", "--data", str(self.data), check=False)
        assert found.returncode == 0, found.stdout + found.stderr

    def close(self) -> None:
        """Ends the process if it runs; the fixture's last word."""
        self.client.close()
        self.admin.close()
        if self.is_running:
            self.kill()

    # Commands

    @property
    def token_file(self) -> Path:
        return self.data / "owner-token"

    @property
    def token(self) -> str:
        return self.token_file.read_text().strip()

    def cli(
        self, *arguments: str, check: bool = True, environment: dict[str, str] | None = None, token: bool = True,
    ) -> subprocess.CompletedProcess:
        """Runs a command against the running server."""
        settings = {"TOLLBOOK_URL": self.admin_url, **(environment or {})}
        if token and self.token_file.exists():
            settings["TOLLBOOK_TOKEN"] = self.token
        done = subprocess.run(
            [str(BINARY), *arguments], env=clean_environment(**settings), capture_output=True, text=True, timeout=120)
        assert not check or done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def cli_json(self, *arguments: str):
        return json.loads(self.cli(*arguments, "--format", "json").stdout)

    def apply(self, governance: dict | str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        return self.cli("apply", str(self.write(governance)), *arguments, check=check)

    def create_key(self, project: str = "ranking", **options: str) -> str:
        """A new key's secret."""
        extra = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
        secret = self.cli("key", "create", "--project", project, *extra).stdout
        assert secret.startswith("tb-") and secret.count("\n") == 1, secret
        return secret.strip()

    @property
    def key(self) -> str:
        """A key of the project `ranking`, made on first use."""
        if self._key is None:
            self._key = self.create_key()
        return self._key

    # Calls

    def chat(
        self, body: dict | bytes | None = None, *, key: str | None = None, headers: dict[str, str] | None = None,
        sim: str | None = None, **fields: object,
    ) -> Answer:
        """POST /v1/chat/completions; without a body a short one for the route `demo` with these fields."""
        if body is None:
            body = {"model": "demo", "messages": [{"role": "user", "content": "Say hello."}], **fields}
        sent = {"authorization": f"Bearer {key or self.key}"}
        return self.post("/v1/chat/completions", body, {**sent, **({"x-sim": sim} if sim else {}), **(headers or {})})

    def messages(
        self, body: dict | bytes | None = None, *, headers: dict[str, str] | None = None, sim: str | None = None,
        path: str = "/v1/messages", **fields: object,
    ) -> Answer:
        """POST /v1/messages, with the key as Anthropic's older SDKs send it; else as `chat`."""
        if body is None:
            limit = {"max_tokens": 100} if path == "/v1/messages" else {}
            body = {"model": "demo", **limit, "messages": [{"role": "user", "content": "Say hello."}], **fields}
        sent = {"x-api-key": self.key, "anthropic-version": "2023-06-01"}
        return self.post(path, body, {**sent, **({"x-sim": sim} if sim else {}), **(headers or {})})

    def post(self, path: str, body: dict | bytes, headers: dict[str, str]) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"content-type": "application/json", **headers}
        with self.client.stream("POST", path, content=content, headers=sent) as answer:
            # Raw: the bytes as the gateway sent them, whatever content-encoding says.
            return Answer(answer.status_code, answer.headers, b"".join(answer.iter_raw()))

    def wire(self) -> Wire:
        """A raw connection to the data plane."""
        return Wire.connect(self.port)

    def raw_chat(self, body: dict | bytes, headers: dict[str, str] | None = None, **more: object) -> bytes:
        """The bytes of a call, for a raw connection."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = {"authorization": f"Bearer {self.key}", **(headers or {})}
        return request_bytes("/v1/chat/completions", content, fields, **more)

    def story(self, answer: "Answer | str") -> Story:
        """What the ledger says of a call, once it is settled."""
        request = answer if isinstance(answer, str) else answer.request_id
        return until(
            lambda: (story := self.ledger.story(request)).outcome and story, f"{request} to be settled")

    # Figures

    def metrics(self) -> dict[str, float]:
        """Every sample of /metrics by its name with labels."""
        text = self.admin.get("/metrics").text
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}

    def resident_bytes(self) -> int:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")


def mode(path: Path) -> int:
    """A file's permission bits."""
    return stat.S_IMODE(os.stat(path).st_mode)


def sse_events(body: bytes) -> list[bytes]:
    """The events of a stream, each with its closing blank line."""
    parts = body.split(b"\n\n")
    assert parts[-1] == b"", f"the stream ends inside an event: {parts[-1][-200:]!r}"
    return [part + b"\n\n" for part in parts[:-1]]


def data_events(body: bytes) -> list[bytes]:
    """The payloads of a stream's data events, comments left out."""
    return [event[len(b"data: ") :].strip() for event in sse_events(body) if event.startswith(b"data: ")]


def cost_comments(body: bytes) -> list[bytes]:
    """Tollbook's own comments in a stream."""
    return [event for event in sse_events(body) if event.startswith(b":") and b"tollbook" in event]
