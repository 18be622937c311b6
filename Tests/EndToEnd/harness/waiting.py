"""Waiting for conditions, never for time to pass."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def until(condition: Callable[[], Value], what: str, seconds: float = 15.0) -> Value:
    """The first true value of the condition; fails the test when there is none in time."""
    deadline = time.monotonic() + seconds
    pause = 0.002
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"gave up after {seconds} s waiting for {what}"
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
