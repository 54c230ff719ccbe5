"""Watching processes end: what the tests of the parts have in common."""

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def is_gone(pid, *, within=15):
    """Whether the process ends, or is a zombie nobody waited for, within so many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
    return False


def run_and_kill(program):
    """Run a program that prints numbers, kill it outright once it has, and give the numbers."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with process:
        numbers = [int(word) for word in process.stdout.readline().split()]
        process.send_signal(signal.SIGKILL)
    return numbers
