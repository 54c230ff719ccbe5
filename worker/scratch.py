"""One folder a worker for everything it writes to disk, removed at its end or, after a kill, by the next worker.

The folder is held by a lock, which the kernel drops however its holder dies. What lies in a folder whose lock can
be taken belongs to nobody: copies of evidence, which must not stay behind.
"""

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "touchstone-worker-"
HELD = "held"


def hold() -> Path:
    """Make this process's folder, let every temporary file go there, and remove what dead workers left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
    own = Path(tempfile.mkdtemp(prefix=PREFIX))
    own.chmod(0o711)  # the sandboxed child passes through to its own part
    lock = os.open(own / "making", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.rename(own / "making", own / HELD)  # never seen by another worker before it is locked
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    tempfile.tempdir = str(own)
    return own


def _is_abandoned(folder: Path) -> bool:
    """Whether it is ours, was held once and is held no more."""
    with contextlib.suppress(OSError):
        if folder.lstat().st_uid != os.geteuid():
            return False
        lock = os.open(folder / HELD, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(lock)
        return True
    return False
