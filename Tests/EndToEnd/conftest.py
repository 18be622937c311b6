"""Fixtures: a gateway in front of the simulated provider for a whole file, and makers for tests with their own."""

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness.gateway import Gateway  # noqa: E402
from harness.governance import governance  # noqa: E402
from harness.process import BINARY  # noqa: E402
from harness.simulator import Simulator  # noqa: E402
from harness.upstream import ScriptedUpstream  # noqa: E402


def pytest_sessionstart(session: pytest.Session) -> None:
    if not BINARY.exists():
        raise pytest.UsageError(f"no binary at {BINARY}: build it, or name one in TOLLBOOK_BIN")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Shows what the gateway logged when a test fails."""
    report = (yield).get_result()
    if report.when == "call" and report.failed:
        for value in item.funcargs.values():
            if isinstance(value, Gateway):
                report.sections.append(("gateway's log", value.output[-4000:]))


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    server = Simulator(tmp_path_factory.mktemp("simulator"))
    yield server
    server.kill()


@pytest.fixture(scope="module")
def gateway(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway in front of the simulator. When its file is done the books must be right and the exit clean."""
    server = Gateway(tmp_path_factory.mktemp("gateway"), governance(simulator.base_url))
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
    finally:
        server.close()


@pytest.fixture(scope="module")
def upstream() -> Iterator[ScriptedUpstream]:
    with ScriptedUpstream() as server:
        yield server


@pytest.fixture(scope="module")
def scripted(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway in front of the scripted upstream, checked like `gateway`."""
    server = Gateway(tmp_path_factory.mktemp("scripted"), governance(upstream.base_url))
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
    finally:
        server.close()


@pytest.fixture
def make_gateway(tmp_path: Path) -> Iterator[Callable[..., Gateway]]:
    """Makes gateways that the test stops or breaks as it likes."""
    made: list[Gateway] = []
    numbers = itertools.count()

    def make(file: dict | str, **options: object) -> Gateway:
        directory = tmp_path / f"gateway-{next(numbers)}"
        directory.mkdir()
        made.append(Gateway(directory, file, **options))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture
def make_upstream() -> Iterator[Callable[..., ScriptedUpstream]]:
    made: list[ScriptedUpstream] = []

    def make(handler=None, **options: object) -> ScriptedUpstream:
        made.append(ScriptedUpstream(handler, **options))
        return made[-1]

    yield make
    for server in made:
        server.__exit__()
