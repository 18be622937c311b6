"""The simulated provider of the binary as a process of its own."""

import base64
from pathlib import Path

import httpx

from .net import free_port
from .process import BINARY, Server, clean_environment
from .waiting import until


class Simulator(Server):
    """`tollbook simulate --record`; told what to do by the header `x-sim`, or `default` for every call."""

    def __init__(self, directory: Path, default: str = "", port: int | None = None):
        super().__init__(directory / "simulator.log")
        self.port = port or free_port()
        arguments = [str(BINARY), "simulate", "--listen", f"127.0.0.1:{self.port}", "--record"]
        self.spawn(arguments + (["--default", default] if default else []), clean_environment())
        self._client = httpx.Client(trust_env=False, base_url=f"http://127.0.0.1:{self.port}")
        until(self._answers, "the simulator to listen")

    def _answers(self) -> bool:
        assert self.is_running, f"the simulator ended: {self.output[-2000:]}"
        try:
            return self._client.get("/sim/calls").status_code == 200
        except httpx.TransportError:
            return False

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def calls(self) -> int:
        """Chat calls that reached it."""
        return self._client.get("/sim/calls").json()["chat"]

    def batches(self) -> list[dict]:
        """Its batches, newest first; does not count as a look."""
        return self._client.get("/v1/batches").json()["data"]

    def last(self) -> dict:
        """The last request: its headers as pairs, and its body."""
        answer = self._client.get("/sim/last").json()
        return {**answer, "body": base64.b64decode(answer["body_base64"])}

    def reset(self) -> None:
        self._client.post("/sim/reset")
