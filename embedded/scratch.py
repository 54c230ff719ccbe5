"""Folders for sockets and throw-away data, removed at the end or, after a kill, by the next process.

Each folder is held by a lock on the file `held` inside it. The kernel drops the lock when its holder dies,
however it dies, so a folder whose lock can be taken belongs to nobody.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from embedded.process import unprivileged

_PREFIX = "touchstone-"


class Scratch:
    """A private folder with a path short enough for a unix socket (< 108 bytes)."""

    def __init__(self, purpose: str) -> None:
        _sweep()
        self.path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{purpose}-", dir=_parent()))
        self._lock = os.open(self.path / "making", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        os.rename(self.path / "making", self.path / "held")  # never seen by a sweep before it is locked

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.close(self._lock)


def _parent() -> str:
    """The system's temporary folder, or /tmp where that path (macOS) is too long for a socket."""
    usual = tempfile.gettempdir()
    return usual if len(usual) < 60 else "/tmp"  # noqa: S108 - mkdtemp below makes a private folder in it


def _sweep() -> None:
    for folder in Path(_parent()).glob(f"{_PREFIX}*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """True if it is ours, was held once and is held no more."""
    try:
        if folder.lstat().st_uid not in _our_accounts():
            return False
        lock = os.open(folder / "held", os.O_RDWR | os.O_NOFOLLOW)
    except OSError:  # being made, being removed, or not ours to read
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def _our_accounts() -> set[int]:
    """Root gives PostgreSQL's folders to `nobody`; they are still ours to sweep."""
    user = unprivileged()
    return {os.geteuid()} | ({user.uid} if user else set())
