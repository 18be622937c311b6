"""Measures a release binary; run through scripts/bench. Needs nginx, wrk and Python's standard library."""

import argparse
import contextlib
import json
import os
import platform
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

MODEL = "bench"
BODY = json.dumps({"model": MODEL, "max_tokens": 64, "messages": [{"role": "user", "content": "Say hello."}]})
ANSWER = json.dumps({
    "id": "chatcmpl-bench", "object": "chat.completion", "created": 1767225600, "model": MODEL,
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 12, "completion_tokens": 2, "total_tokens": 14}})
STREAM_BODY = BODY.replace('{"model"', '{"stream": true, "stream_options": {"include_usage": true}, "model"', 1)
# The same as messages in Anthropic's dialect, for the same provider: request and answer are translated.
TRANSLATED_PATH = "/v1/messages"
TRANSLATED_STREAM_BODY = BODY.replace('{"model"', '{"stream": true, "model"', 1)
LARGE_BODY = BODY.replace("Say hello.", "Say hello to everybody. " * 41_600)
CHUNKS = 500
OPEN_STREAMS = 1_000
CONNECTIONS = 32
# Of the throughput measurement; odd.
ROUNDS = 7
GIVEN_PORTS: set[int] = set()

WRK_SCRIPT = """
wrk.method = "POST"
wrk.body = [==[%(body)s]==]
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer %(key)s"
%(extra)s
done = function(summary, latency, requests)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.status + summary.errors.timeout
  io.write(string.format("RESULT %%d %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration, bad,
    latency:percentile(50), latency:percentile(99), latency.max))
end
"""

NGINX = """
worker_processes auto; pid %(directory)s/%(name)s.pid; error_log %(directory)s/%(name)s.log warn;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; client_body_buffer_size 2m;
  client_body_temp_path %(directory)s/%(name)s-body; proxy_temp_path %(directory)s/%(name)s-proxy;
  fastcgi_temp_path %(directory)s/%(name)s-f; uwsgi_temp_path %(directory)s/%(name)s-u;
  scgi_temp_path %(directory)s/%(name)s-s;
  %(content)s
}
"""

STATIC = """server {
    listen 127.0.0.1:%(port)d backlog=4096;
    location / { default_type application/json; return 200 '%(answer)s'; }
  }"""

PROXY = """upstream up { server 127.0.0.1:%(to)d; keepalive 128; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:%(port)d backlog=4096;
    location / {
      proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
      proxy_read_timeout 600s;
    }
  }"""


def free_port() -> int:
    """A port that nobody listens on, and that was not given before: the system may offer one twice."""
    while True:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
        if port not in GIVEN_PORTS:
            GIVEN_PORTS.add(port)
            return port


def progress(text: str) -> None:
    print(f"--> {text}", file=sys.stderr, flush=True)


def wait_for(condition, what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"gave up waiting for {what}")
        time.sleep(0.01)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class Processes:
    """Everything that was started; ended in reverse order."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.started: list[subprocess.Popen] = []

    def start(self, name: str, command: list[str], environment: dict | None = None) -> subprocess.Popen:
        log = open(self.directory / f"{name}.out", "ab")
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **(environment or {})})
        self.started.append(process)
        return process

    def nginx(self, name: str, content: str, port: int) -> subprocess.Popen:
        text = NGINX % {"directory": self.directory, "name": name, "content": content}
        (self.directory / f"{name}.conf").write_text(text)
        process = self.start(name, ["nginx", "-c", str(self.directory / f"{name}.conf"), "-g", "daemon off;"])
        wait_for(lambda: listens(port), name)
        return process

    def end(self) -> None:
        for process in reversed(self.started):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(30)
                if process.poll() is None:
                    process.kill()


def family(pid: int) -> list[int]:
    """A process and its children."""
    found = [pid]
    for entry in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (entry / "children").read_text().split()]
    return found


def cpu_seconds(pid: int) -> float:
    total = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    kilobytes = 0
    for member in family(pid):
        kilobytes += int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{member}/status").read_text()).group(1))
    return kilobytes / 1024


def fsync_micros(directory: Path) -> tuple[float, float]:
    """p50 and p99 of appending a page and fdatasync, as a commit does."""
    times = []
    with open(directory / "fsync-probe", "wb", buffering=0) as file:
        for _ in range(600):
            file.write(b"\0" * 4096)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - start) * 1e6)
    (directory / "fsync-probe").unlink()
    times = sorted(times[100:])
    return statistics.median(times), times[int(len(times) * 0.99)]


class Load:
    """wrk with one script a target."""

    def __init__(self, directory: Path, key: str):
        self.directory = directory
        self.key = key

    def run(
        self, port: int, seconds: float, connections: int, body: str = BODY, sim: str = "", path: str = ""
    ) -> dict:
        extra = f'wrk.headers["x-sim"] = "{sim}"' if sim else ""
        script = self.directory / "load.lua"
        script.write_text(WRK_SCRIPT % {"body": body, "key": self.key, "extra": extra})
        command = [
            "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script),
            f"http://127.0.0.1:{port}{path or '/v1/chat/completions'}"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        result = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", text)
        requests, micros, bad, p50, p99, longest = map(int, result.groups())
        if bad:
            sys.exit(f"{bad} of {requests} calls to port {port} failed:\n{text}")
        return {"rate": requests / (micros / 1e6), "calls": requests, "p50": p50, "p99": p99, "max": longest}


class Gateway:
    """The binary under test on a data directory."""

    def __init__(self, processes: Processes, binary: str, data: Path, upstream: str):
        self.processes, self.binary, self.data = processes, binary, data
        self.port, self.admin = free_port(), free_port()
        # One a gateway: a restart applies it again.
        self.file = processes.directory / f"governance-{self.port}.yaml"
        self.file.write_text(json.dumps({
            "version": 1,
            "organizations": [{"name": "bench", "teams": [{"name": "bench", "projects": [{"name": "bench"}]}]}],
            "budgets": [
                {"scope": scope, "limit": "1000000.00 USD", "period": period, "enforcement": "hard"}
                for scope, period in (("organization/bench", "month"), ("project/bench", "month"))],
            "providers": [{"name": "up", "dialect": "openai", "base_url": upstream, "credential": "env:BENCH_KEY"}],
            "deployments": [{"name": "d", "provider": "up", "model": MODEL, "max_output": 4096}],
            "routes": [{"name": MODEL, "strategy": "priority", "targets": ["d"]}],
            "prices": [{
                "provider": "up", "model": MODEL, "effective_from": "2024-01-01",
                "per_million": {"input": "0.15", "output": "0.60"}}],
            "guardrails": [],
        }))
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        self.process = self.processes.start("gateway", [
            self.binary, "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}", "--admin-listen",
            f"127.0.0.1:{self.admin}", "--apply", str(self.file)], {"BENCH_KEY": "sk-bench"})

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            sys.exit(f"the gateway ended:\n{(self.processes.directory / 'gateway.out').read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(60) != 0:
            sys.exit("the gateway did not stop cleanly")

    def command(self, *arguments: str) -> str:
        environment = {
            **os.environ, "TOLLBOOK_URL": f"http://127.0.0.1:{self.admin}",
            "TOLLBOOK_TOKEN": (self.data / "owner-token").read_text().strip()}
        return subprocess.run(
            [self.binary, *arguments], env=environment, check=True, capture_output=True, text=True).stdout

    def seconds_to_first_call(self, key: str) -> float:
        """From the start of the process to the first served call."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/chat/completions", data=BODY.encode(),
            headers={"authorization": f"Bearer {key}", "content-type": "application/json"})
        start = time.perf_counter()
        self.start()
        while True:
            try:
                urllib.request.urlopen(request, timeout=30).read()
                return time.perf_counter() - start
            except OSError:
                time.sleep(0.001)

    def metric(self, name: str) -> float | None:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=10) as answer:
            found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
        return float(found.group(1)) if found else None


def disk_bytes(data: Path) -> int:
    return sum(file.stat().st_size for file in data.glob("ledger.db*"))


def open_streams(port: int, key: str, count: int) -> list[socket.socket]:
    """Streams that have begun and go on slowly."""
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n"
        f"x-sim: completion=2000,tps=2\r\ncontent-type: application/json\r\ncontent-length: {len(STREAM_BODY)}\r\n\r\n")
    sockets = []
    for _ in range(count):
        sock = socket.create_connection(("127.0.0.1", port), timeout=30)
        sock.sendall(head.encode() + STREAM_BODY.encode())
        sockets.append(sock)
    for sock in sockets:
        data = b""
        while b"data:" not in data:
            data += sock.recv(4096)
    return sockets


class Bench:
    """One run: the processes, and the figures in the order in which they are told."""

    def __init__(self, options: argparse.Namespace, directory: Path):
        self.options = options
        self.directory = directory
        self.processes = Processes(directory)
        self.data = Path(options.data) if options.data else directory / "data"
        self.figures: dict[str, object] = {}
        self.rows: list[tuple[str, str, str, str, str]] = []

    def row(self, name: str, alone: str, nginx: str, gateway: str, note: str = "") -> None:
        self.rows.append((name, alone, nginx, gateway, note))

    def run(self) -> None:
        self.start_references()
        for step in (
            self.latency, self.large_prompt, self.throughput, self.streams, self.memory_of_streams,
            self.many_calls, self.first_call,
        ):
            progress((step.__doc__ or step.__name__).strip())
            step()
        self.report()

    def start_references(self) -> None:
        self.sim, self.static, self.proxy, self.stream_proxy = (free_port() for _ in range(4))
        self.processes.start("simulator", [self.options.binary, "simulate", "--listen", f"127.0.0.1:{self.sim}"])
        wait_for(lambda: listens(self.sim), "the simulator")
        self.processes.nginx("static", STATIC % {"port": self.static, "answer": ANSWER}, self.static)
        self.plain = self.static if self.options.upstream == "static" else self.sim
        self.nginx = self.processes.nginx("proxy", PROXY % {"port": self.proxy, "to": self.plain}, self.proxy)
        self.processes.nginx("streams", PROXY % {"port": self.stream_proxy, "to": self.sim}, self.stream_proxy)
        self.data.mkdir(parents=True, exist_ok=True)
        self.figures["fsync p50, p99 (us)"] = fsync_micros(self.data)
        self.gateway = Gateway(
            self.processes, self.options.binary, self.data, f"http://127.0.0.1:{self.plain}/v1")
        self.gateway.start()
        wait_for(self.gateway.is_ready, "the gateway")
        self.key = self.gateway.command(
            "key", "create", "--project", "bench", "--name", f"bench-{os.getpid()}").strip()
        # Streams come from the simulator: a gateway of its own, so that both need no header to choose.
        self.stream_gateway = Gateway(
            self.processes, self.options.binary, self.directory / "stream-data", f"http://127.0.0.1:{self.sim}/v1")
        self.stream_gateway.start()
        wait_for(self.stream_gateway.is_ready, "the second gateway")
        self.stream_key = self.stream_gateway.command("key", "create", "--project", "bench").strip()
        self.load = Load(self.directory, self.key)
        self.stream_load = Load(self.directory, self.stream_key)

    def latency(self) -> None:
        """one call at a time"""
        ports = {"alone": self.plain, "nginx": self.proxy, "gateway": self.gateway.port}
        rounds: dict[str, list[dict]] = {name: [] for name in ports}
        for name, port in ports.items():
            self.load.run(port, 1, 1)
        # In turn, so that a moment of the machine's neighbors falls on all three.
        for _ in range(3):
            for name, port in ports.items():
                rounds[name].append(self.load.run(port, self.options.seconds, 1))
        for quantile in ("p50", "p99"):
            found = {name: round(statistics.median(run[quantile] for run in runs)) for name, runs in rounds.items()}
            base = found["alone"]
            self.figures[f"added latency {quantile} (us)"] = found["gateway"] - base
            self.row(
                f"one call at a time, {quantile} (us)", str(base), f"+{found['nginx'] - base}",
                f"+{found['gateway'] - base}", "added over the upstream alone; median of 3")

    def large_prompt(self) -> None:
        """a prompt of 1 MB"""
        runs = {"alone": (self.plain, ""), "nginx": (self.proxy, ""), "gateway": (self.gateway.port, ""),
                "translated": (self.gateway.port, TRANSLATED_PATH)}
        found = {
            name: self.load.run(port, max(2, self.options.seconds // 2), 1, LARGE_BODY, path=path)["p50"]
            for name, (port, path) in runs.items()}
        for name, label in (("gateway", "the same dialect"), ("translated", "translated")):
            self.figures[f"1 MB prompt beyond nginx, {label} (us)"] = found[name] - found["nginx"]
            self.row(
                f"a prompt of {len(LARGE_BODY):,} bytes, {label}, p50 (us)", str(found["alone"]), str(found["nginx"]),
                str(found[name]), f"{found[name] - found['nginx']:+,} beyond nginx")

    def throughput(self) -> None:
        """throughput with 32 connections"""
        # Many short rounds in turn: a neighbor of the machine spoils some of them, and not their median.
        seconds = max(3, self.options.seconds // 2)
        alone = self.load.run(self.plain, seconds, CONNECTIONS)["rate"]
        rounds = []
        for _ in range(ROUNDS):
            nginx_cpu = cpu_seconds(self.nginx.pid)
            nginx = self.load.run(self.proxy, seconds, CONNECTIONS)
            nginx["cpu"] = (cpu_seconds(self.nginx.pid) - nginx_cpu) / nginx["calls"] * 1e6
            cpu = cpu_seconds(self.gateway.process.pid)
            ours = self.load.run(self.gateway.port, seconds, CONNECTIONS)
            ours["cpu"] = (cpu_seconds(self.gateway.process.pid) - cpu) / ours["calls"] * 1e6
            rounds.append((ours["rate"] / nginx["rate"], nginx, ours))
        ratio, nginx, ours = sorted(rounds, key=lambda entry: entry[0])[ROUNDS // 2]
        rounds_text = ", ".join(f"{entry[0]:.2f}" for entry in sorted(rounds, key=lambda entry: entry[0]))
        self.figures |= {"throughput ratio": ratio, "calls/s": ours["rate"], "cpu us": ours["cpu"]}
        self.row(
            f"calls/s, {CONNECTIONS} connections", f"{alone:,.0f}", f"{nginx['rate']:,.0f}", f"{ours['rate']:,.0f}",
            f"{ratio:.2f} of nginx (median of {ROUNDS}: {rounds_text})")
        self.row(
            f"p50, p99 at {CONNECTIONS} connections (us)", "", f"{nginx['p50']}, {nginx['p99']}",
            f"{ours['p50']}, {ours['p99']}", f"longest {ours['max'] / 1000:.0f} ms")
        self.row("CPU per call (us)", "", f"{nginx['cpu']:.0f}", f"{ours['cpu']:.0f}", "user and system")

    def streams(self) -> None:
        """streams of 500 chunks"""
        seconds = self.options.seconds
        for name, per_write in (("one write a chunk", ",per_write=1"), ("ten chunks a write", ",per_write=10")):
            sim = f"chunks={CHUNKS},completion={CHUNKS}{per_write}"
            run = lambda port: self.stream_load.run(port, seconds, CONNECTIONS, STREAM_BODY, sim)["rate"]  # noqa: E731
            alone, nginx, ours = run(self.sim), run(self.stream_proxy), run(self.stream_gateway.port)
            self.figures[f"stream ratio, {name}"] = ours / nginx
            self.row(
                f"streams/s, {CHUNKS} chunks, {name}", f"{alone:,.0f}", f"{nginx:,.0f}", f"{ours:,.0f}",
                f"{ours / nginx:.2f} of nginx, proxy_buffering off")
            translated = self.stream_load.run(
                self.stream_gateway.port, seconds, CONNECTIONS, TRANSLATED_STREAM_BODY, sim, TRANSLATED_PATH)["rate"]
            self.figures[f"translated stream ratio, {name}"] = translated / ours
            self.row(
                f"the same, translated, {name}", "", "", f"{translated:,.0f}",
                f"{translated / ours:.2f} of the same dialect")

    def memory_of_streams(self) -> None:
        """1,000 open streams"""
        streams = open_streams(self.stream_gateway.port, self.stream_key, OPEN_STREAMS)
        resident = resident_mib(self.stream_gateway.process.pid)
        self.figures["resident MiB with streams"] = resident
        self.row(f"resident memory, {OPEN_STREAMS:,} open streams (MiB)", "", "", f"{resident:.0f}")
        for sock in streams:
            sock.close()

    def many_calls(self) -> None:
        """many calls: memory and disk"""
        before = self.size_when_stopped()
        start = self.count()
        rates = []
        while (made := self.count() - start) < self.options.calls:
            progress(f"{made:,} of {self.options.calls:,} calls")
            rates.append(self.load.run(self.gateway.port, 20, CONNECTIONS)["rate"])
        resident = resident_mib(self.gateway.process.pid)
        made = self.count() - start
        per_call = (self.size_when_stopped() - before) / made
        self.figures |= {"resident MiB": resident, "bytes per call": per_call, "calls in ledger": self.count()}
        self.row(f"resident memory after {made:,} calls (MiB)", "", "", f"{resident:.0f}")
        self.row("disk per call (bytes)", "", "", f"{per_call:,.0f}", "request, decisions, transfers, journal, indexes")
        self.row("calls/s over that run", "", "", f"{statistics.mean(rates):,.0f}", f"slowest 20 s: {min(rates):,.0f}")

    def count(self) -> int:
        with contextlib.closing(sqlite3.connect(f"file:{self.data / 'ledger.db'}?mode=ro", uri=True)) as ledger:
            return ledger.execute("SELECT count(*) FROM request").fetchone()[0]

    def size_when_stopped(self) -> int:
        """The ledger's size after the checkpoint of a clean stop; the gateway runs again afterwards."""
        self.gateway.stop()
        size = disk_bytes(self.data)
        self.gateway.start()
        wait_for(self.gateway.is_ready, "the gateway")
        return size

    def first_call(self) -> None:
        """start to the first served call"""
        times = []
        for _ in range(3):
            self.gateway.stop()
            times.append(self.gateway.seconds_to_first_call(self.key) * 1000)
        self.figures["first call ms"] = statistics.median(times)
        self.row(
            f"start to first served call, {self.figures['calls in ledger']:,} requests (ms)", "", "",
            f"{statistics.median(times):.0f}", "median of 3")

    def report(self) -> None:
        p50, p99 = self.figures["fsync p50, p99 (us)"]
        model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        print(f"\nmachine: {os.cpu_count()} cores, {model.group(1) if model else platform.machine()},"
              f" Linux {platform.release()}")
        print(f"disk: fdatasync of a 4 KiB append, p50 {p50:.0f} us, p99 {p99:.0f} us")
        print(f"upstream: {'nginx, a fixed answer' if self.options.upstream == 'static' else 'tollbook simulate'};"
              " streams from tollbook simulate. Load generator, upstream and proxy share the cores; nothing is pinned.")
        print("ledger: synchronous=FULL, two hard budgets; two durable commits a call\n")
        header = ("", "upstream alone", "nginx", "tollbook", "")
        print("| " + " | ".join(header) + " |\n|---|--:|--:|--:|---|")
        for row in self.rows:
            print("| " + " | ".join(row) + " |")
        if self.options.json:
            Path(self.options.json).write_text(json.dumps({"figures": self.figures, "rows": self.rows}, indent=2))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--upstream", choices=["static", "simulate"], default="static")
    parser.add_argument("--seconds", type=int, default=8, help="length of one measurement")
    parser.add_argument("--calls", type=int, default=200_000, help="calls before memory and disk are read")
    parser.add_argument("--million", action="store_const", const=1_000_000, dest="calls")
    parser.add_argument("--data", help="data directory; default: a temporary one, removed afterwards")
    parser.add_argument("--json", help="also write the figures to this file")
    options = parser.parse_args()
    # Beside the checkout's build products: /tmp is often memory, where fsync costs nothing.
    base = Path(__file__).resolve().parents[2] / ".build"
    directory = Path(tempfile.mkdtemp(prefix="bench-", dir=base if base.is_dir() else None))
    bench = Bench(options, directory)
    try:
        bench.run()
    finally:
        bench.processes.end()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
