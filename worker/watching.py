"""Watch one child: memory, wall clock, output and disk; nothing of it is left afterwards.

The kernel's own limits (see `worker.sandbox`) hold for each process; the watch holds for all of them together
and says in a word why it ended them.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROUND = 0.02
COMPLAINT = 4096  # bytes of standard error that are kept
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may use at most: bytes, and seconds on the wall clock."""

    memory: int
    output: int
    disk: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a child ended. `stopped` is None or what it had too much of: memory, time, output, disk; or "asked"."""

    status: int
    output: bytes
    complaint: str
    stopped: str | None
    took_ms: int
    peak: int


def start(command: Sequence[str], *, env: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """Start `command` in a session of its own; it does nothing until it is told to on its standard input."""
    return subprocess.Popen(
        command,
        env=dict(env),
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def watch(
    child: "subprocess.Popen[bytes]",
    order: bytes,
    *,
    scratch: Path,
    bounds: Bounds,
    asked_to_stop: Callable[[], bool],
) -> Outcome:
    """Give a started child its order and run it until it ends or must be ended.

    `scratch` is the folder it may write to. What it has begun before the order counts as its own.
    """
    strangers = set(children(os.getpid())) - {child.pid}
    began = time.monotonic()
    watched = _Watched(child, strangers, scratch, bounds)
    try:
        _tell(child, order)
        stopped = watched.run(asked_to_stop)
    finally:
        end(child, strangers)
    took = round((time.monotonic() - began) * 1000)
    complaint = bytes(watched.complaint).decode(errors="replace")
    return Outcome(child.returncode, bytes(watched.output), complaint, stopped, took, watched.peak)


def _tell(child: "subprocess.Popen[bytes]", order: bytes) -> None:
    """The one thing a child is told. One that died before it could hear is judged by how it ended."""
    if child.stdin is not None:
        with contextlib.suppress(BrokenPipeError), child.stdin:
            child.stdin.write(order)


class _Watched:
    """One running child, what it has said, and the most memory it and its descendants had together."""

    def __init__(self, child: "subprocess.Popen[bytes]", strangers: set[int], scratch: Path, bounds: Bounds):
        self.child, self.strangers, self.scratch, self.bounds = child, strangers, scratch, bounds
        self.output, self.complaint, self.peak = bytearray(), bytearray(), 0
        self._began = self._disk_seen = time.monotonic()

    def run(self, asked_to_stop: Callable[[], bool]) -> str | None:
        """Listen until the child has ended; the word for what was too much, or None."""
        with selectors.DefaultSelector() as pipes:
            for pipe, kept in ((self.child.stdout, self.output), (self.child.stderr, self.complaint)):
                if pipe is not None:
                    os.set_blocking(pipe.fileno(), False)
                    pipes.register(pipe, selectors.EVENT_READ, kept)
            while self.child.poll() is None:
                self._listen(pipes)
                if stopped := self._too_much() or ("asked" if asked_to_stop() else None):
                    return stopped
            while pipes.get_map() and self._read(pipes, 0):
                pass
        return "output" if len(self.output) > self.bounds.output else None

    def _listen(self, pipes: selectors.BaseSelector) -> None:
        """One round: take what is said or, when nothing will be said any more, wait for the end."""
        if pipes.get_map():
            self._read(pipes, ROUND)
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(ROUND)

    def _read(self, pipes: selectors.BaseSelector, seconds: float) -> bool:
        """Whether there was anything to read within `seconds`."""
        ready = pipes.select(seconds)
        for key, _ in ready:
            piece = os.read(key.fd, 1 << 16)
            key.data.extend(piece)
            if not piece or len(self.output) > self.bounds.output:
                pipes.unregister(key.fileobj)
            del self.complaint[:-COMPLAINT]
        return bool(ready)

    def _too_much(self) -> str | None:
        if len(self.output) > self.bounds.output:
            return "output"
        if time.monotonic() - self._began > self.bounds.seconds:
            return "time"
        memory = sum(_resident(pid) for pid in family(self.strangers))
        self.peak = max(self.peak, memory)
        if memory > self.bounds.memory:
            return "memory"
        return "disk" if self._is_disk_full() else None

    def _is_disk_full(self) -> bool:
        """Looked at ten times a second: a folder with many files takes longer to add up than a round."""
        if time.monotonic() - self._disk_seen < 5 * ROUND:
            return False
        self._disk_seen = time.monotonic()
        return sum(_sizes(self.scratch)) > self.bounds.disk


def family(strangers: set[int]) -> list[int]:
    """Every process below this one that was not there before, whatever session it has moved to."""
    found: list[int] = []
    waiting = [pid for pid in children(os.getpid()) if pid not in strangers]
    while waiting:
        found.append(waiting.pop())
        waiting += children(found[-1])
    return found


def children(pid: int) -> list[int]:
    """The processes `pid` has started and those it has adopted; none once it has ended."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    return found


def end(child: "subprocess.Popen[bytes]", strangers: set[int]) -> None:
    """Kill the child, its session, and what has left the session and was given to us by the kernel."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    for pipe in filter(None, (child.stdin, child.stdout, child.stderr)):
        with contextlib.suppress(BrokenPipeError):
            pipe.close()
    while left := family(strangers):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in left:
            with contextlib.suppress(ChildProcessError):  # not ours yet: its parent goes first
                os.waitpid(pid, 0)


def _resident(pid: int) -> int:
    """Bytes of memory the process has in use; 0 once it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _sizes(folder: Path) -> Iterator[int]:
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                yield os.lstat(os.path.join(parent, name)).st_blocks * 512
