"""Child programs that never outlive this one, ports that are free, waiting until something answers.

A child runs in its own session and is tied to the thread that started it: when that thread dies, even by
SIGKILL, the kernel sends the child its `orphaned` signal (Linux only). Start children from a thread that lives
as long as they should, which in practice is the main thread.
"""

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

LOOPBACK = "127.0.0.1"
PATIENCE = 15.0
_PR_SET_PDEATHSIG = 1
_prctl: Callable[..., int] | None = (
    ctypes.CDLL(None, use_errno=True).prctl if sys.platform.startswith("linux") else None
)


class Unstartable(Exception):
    """A part could not be started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class User:
    """The account a child runs as when we are root and it must not be."""

    uid: int
    gid: int

    def arguments(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def unprivileged() -> User | None:
    """`nobody` when we are root, for programs that refuse to run as root; None when we are not."""
    if os.geteuid() != 0:
        return None
    account = pwd.getpwnam("nobody")
    return User(account.pw_uid, account.pw_gid)


class Child:
    """A running program, stopped by its `parting` signal; then what is left of its process group is killed."""

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        name: str,
        parting: signal.Signals = signal.SIGTERM,
        orphaned: signal.Signals | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        output: int | IO[bytes] | None = None,
        user: User | None = None,
    ) -> None:
        self.name = name
        self.parting = parting
        self.popen = subprocess.Popen(
            [str(word) for word in argv],
            env=None if env is None else dict(env),
            cwd=cwd,
            bufsize=0,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_leash(orphaned or parting, parting),
            **(user.arguments() if user else {}),
        )

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def output(self) -> IO[bytes]:
        """What it writes, if it was started with `output=PIPE`."""
        if self.popen.stdout is None:
            raise ValueError(f"The output of {self.name} goes elsewhere.")
        return self.popen.stdout

    def is_running(self) -> bool:
        return self.popen.poll() is None

    def ask_to_end(self) -> None:
        if self.is_running():
            self.popen.send_signal(self.parting)

    def stop(self, *, patience: float = PATIENCE) -> int:
        """Ask with the parting signal, wait `patience` seconds, then kill whatever is left of its group."""
        self.ask_to_end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(patience)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        return self.popen.wait()


def wait_until(
    ready: Callable[[], bool], child: Child, *, seconds: float, complaint: Callable[[], str]
) -> None:
    """Return once `ready()`; if the child dies or takes too long, stop it and raise the complaint."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not child.is_running() or time.monotonic() > deadline:
            child.stop()
            raise Unstartable(complaint())
        time.sleep(0.02)


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _leash(orphaned: signal.Signals, parting: signal.Signals) -> Callable[[], None]:
    """What the child does between fork and exec: heed its parting signal, and die with its parent."""
    prctl, parent = _prctl, os.getpid()

    def tie() -> None:
        signal.signal(parting, signal.SIG_DFL)  # what a shell starts in the background ignores SIGINT
        if prctl is None:
            return
        prctl(_PR_SET_PDEATHSIG, int(orphaned), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the leash was on
            os._exit(1)

    return tie
