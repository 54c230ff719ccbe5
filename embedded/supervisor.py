"""Runs programs side by side: merged logs, restarts, an orderly end.

Everything happens in one thread: it copies the logs, notices who has ended, and acts on the flag a signal sets. The
signal handler itself does nothing else, because waiting for a child there can wait for itself.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from embedded.process import PATIENCE, Child, Unstartable

_TICK = 0.1  # seconds
_SHORT_LIFE = 10.0  # seconds; a program that ends sooner is restarted ever more slowly
_LONGEST_PAUSE = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Program:
    """A command to run; `restarts` says whether its end is mended or ends everything."""

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str]
    cwd: Path
    restarts: bool = False
    orphaned: signal.Signals = signal.SIGTERM


@dataclass(slots=True)
class _Running:
    program: Program
    child: Child
    started_at: float
    quick_ends: int = 0
    due_at: float | None = None  # when to start it again
    rest: bytes = b""  # the beginning of a line not finished yet


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C or SIGTERM."""


@dataclass
class Supervisor:
    """Start programs in order with `start`, then `watch`; `stop` ends them in reverse."""

    write: Callable[[str], None] = field(default=lambda line: print(line, flush=True))

    def __post_init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._programs: list[_Running] = []
        self._is_asked_to_stop = False

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """While open, SIGTERM and SIGINT only set a flag, which `start`, `run` and `watch` turn into `Stopped`."""
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self._ask_to_stop) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(self, program: Program, *, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Start it and wait until it is ready; raises `Unstartable` if it ends or takes too long."""
        running = _Running(program, self._spawn(program), time.monotonic())
        self._programs.append(running)
        deadline = time.monotonic() + seconds
        while not ready():
            self._tick()
            if not running.child.is_running():
                self._drain(running)
            if not running.child.is_running() or time.monotonic() > deadline:
                raise Unstartable(f"The {program.name} did not become ready; its last lines are above.")

    def run(self, program: Program) -> int:
        """Run a command to its end on our own terminal, while the others go on; returns its exit status."""
        child = Child(program.argv, name=program.name, env=program.env, cwd=program.cwd)
        try:
            while child.is_running():
                self._tick()
        finally:
            status = child.stop()
        return status

    def watch(self) -> None:
        """Keep everything running until asked to stop; raises `Unstartable` if what must not end has ended."""
        while True:
            self._tick()
            for running in self._programs:
                self._mend(running)

    def stop(self) -> None:
        """End the programs, the last started first, and print what they still have to say."""
        for running in reversed(self._programs):
            running.child.ask_to_end()
            deadline = time.monotonic() + PATIENCE
            while running.child.is_running() and time.monotonic() < deadline:
                self._copy_ready()  # a program that cannot write its last words cannot end
            running.child.stop(patience=0)
            self._drain(running)
        self._programs.clear()
        self._selector.close()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._is_asked_to_stop = True

    def _spawn(self, program: Program) -> Child:
        child = Child(
            program.argv,
            name=program.name,
            env=program.env,
            cwd=program.cwd,
            output=subprocess.PIPE,
            orphaned=program.orphaned,
        )
        os.set_blocking(child.output.fileno(), False)
        self._selector.register(child.output, selectors.EVENT_READ)
        return child

    def _tick(self) -> None:
        """Copy what was logged within a tenth of a second; raise `Stopped` if we were asked to stop."""
        self._copy_ready()
        if self._is_asked_to_stop:
            raise Stopped

    def _copy_ready(self) -> None:
        ready = {key.fileobj for key, _ in self._selector.select(_TICK)}
        for running in self._programs:
            if running.child.output in ready:
                self._copy(running)

    def _copy(self, running: _Running) -> bool:
        """Print the finished lines of what can be read now; False at the end of the log."""
        data = running.child.output.read(1 << 16)
        if data is None:
            return False
        *lines, running.rest = (running.rest + data).split(b"\n")
        for line in lines:
            self._say(running.program.name, line.decode(errors="replace"))
        if not data:
            self._close(running)
        return bool(data)

    def _drain(self, running: _Running) -> None:
        while not running.child.output.closed and self._copy(running):
            pass
        self._close(running)

    def _close(self, running: _Running) -> None:
        if running.child.output.closed:
            return
        self._selector.unregister(running.child.output)
        running.child.output.close()
        if running.rest:
            self._say(running.program.name, running.rest.decode(errors="replace"))
            running.rest = b""

    def _mend(self, running: _Running) -> None:
        """Restart what has ended and may be restarted, at once the first time, later if it keeps ending."""
        if running.child.is_running():
            return
        now = time.monotonic()
        if running.due_at is None:
            self._note_end(running, now)
        elif now >= running.due_at:
            running.child, running.started_at, running.due_at = self._spawn(running.program), now, None

    def _note_end(self, running: _Running, now: float) -> None:
        status = running.child.stop()  # nothing of its group may live on beside its successor
        self._drain(running)
        if not running.program.restarts:
            raise Unstartable(f"The {running.program.name} has ended (status {status}).")
        is_quick = now - running.started_at < _SHORT_LIFE
        running.quick_ends = running.quick_ends + 1 if is_quick else 0
        pause = min(2.0 ** (running.quick_ends - 1), _LONGEST_PAUSE) if running.quick_ends > 1 else 0.0
        running.due_at = now + pause
        self._say(running.program.name, f"ended (status {status}); starts again in {pause:.0f} s")

    def _say(self, name: str, line: str) -> None:
        self.write(f"{name:<8}| {line}")


def python(*words: str | Path) -> list[str | Path]:
    """The command that runs `python …` with this very interpreter."""
    return [sys.executable, *words]
