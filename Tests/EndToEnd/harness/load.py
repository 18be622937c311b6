"""Many calls at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def at_once(count: int, call: Callable[[int], Result]) -> list[Result]:
    """Runs `call` with 0 to count - 1, all started at the same moment; raises what one of them raises."""
    gate = threading.Barrier(count)

    def run(number: int) -> Result:
        gate.wait()
        return call(number)

    with ThreadPoolExecutor(max_workers=count) as pool:
        return list(pool.map(run, range(count)))


class Loop:
    """Calls again and again from several threads until told to stop."""

    def __init__(self, threads: int, call: Callable[[int], None]):
        self._stop = threading.Event()
        self.errors: list[BaseException] = []

        def run(number: int) -> None:
            try:
                while not self._stop.is_set():
                    call(number)
            except BaseException as error:  # noqa: BLE001 - told to the test in stop()
                self.errors.append(error)

        self._threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(threads)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends the loop; raises the first error of a call."""
        self._stop.set()
        for thread in self._threads:
            thread.join(30)
        if self.errors:
            raise self.errors[0]
