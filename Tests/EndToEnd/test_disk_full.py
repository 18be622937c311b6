"""Runs disk_full_cases.py where it may mount a small file system that nobody else sees."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def test_disk_full():
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        pytest.skip("needs root to mount a small file system: the disk-full tests did NOT run")
    cases = Path(__file__).with_name("disk_full_cases.py")
    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-m", "pytest", "-q", str(cases)], capture_output=True, text=True,
        timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
