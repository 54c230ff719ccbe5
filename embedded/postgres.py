"""A private PostgreSQL on a unix socket: no port, no password, gone when we are.

Three roles, as in production: `postgres` (superuser, makes databases), `touchstone_owner` (owns them, runs
the migrations) and `touchstone_app` (what the web and the worker log in as; owns nothing). Whoever can open
the socket may log in, so the socket lives in a folder only its account and root can enter.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from embedded.postgres_binaries import Binaries, choose
from embedded.process import Child, Unstartable, User, unprivileged, wait_until
from embedded.scratch import Scratch

SUPERUSER, OWNER, APP = "postgres", "touchstone_owner", "touchstone_app"
DATABASE = "touchstone"
_THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_SHARED = Path("/var/tmp")  # noqa: S108 - only for data that root keeps where nobody cannot go


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. Use as a context manager or call `stop`."""

    data: Path
    major: int
    _child: Child
    _scratch: Scratch

    def app_url(self, database: str = DATABASE) -> str:
        return self._url(APP, database)

    def owner_url(self, database: str = DATABASE) -> str:
        return self._url(OWNER, database)

    def superuser_url(self, database: str = "postgres") -> str:
        return self._url(SUPERUSER, database)

    @property
    def pid(self) -> int:
        return self._child.pid

    def is_running(self) -> bool:
        return self._child.is_running()

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """An empty database of the owner's, or a copy of `template` (nobody may be connected to that)."""
        copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self._execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
            + copied
        )

    def drop_database(self, name: str) -> None:
        """Drop it, if it is there, and whoever is connected to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Roll back what is open, write everything down, end. May be called twice."""
        self._child.stop()
        self._scratch.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _url(self, role: str, database: str) -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={self._scratch.path}"

    def _execute(self, statement: sql.Composed) -> None:
        with _connect(self._scratch.path) as connection:
            connection.execute(statement)


def start(data: Path | None = None, *, patience: float = 15) -> Postgres:
    """Start on the persistent folder `data`, made if missing, or (None) on a throw-away one tuned for tests.

    A server of a killed parent that still writes its checkpoint is given `patience` seconds to end.
    Raises `Unstartable` with what to do: no programs, a folder of another version, a folder in use.
    """
    user, scratch = _account(data), Scratch("postgres")
    try:
        _hand_over(scratch.path, user)
        folder = scratch.path / "data" if data is None else _reachable(data.resolve(), user)
        binaries = choose(folder, user)
        _initialise(folder, binaries, user)
        _await_predecessor(folder, patience)
        child = _launch(folder, binaries, scratch.path, user, lasting=data is not None)
    except BaseException:
        scratch.remove()
        raise
    server = Postgres(folder, binaries.major, child, scratch)
    try:
        _provide(server)
    except BaseException:
        server.stop()
        raise
    return server


def _account(data: Path | None) -> User | None:
    """Whom the server runs as: us or, when we are root, the owner of the data folder, else `nobody`."""
    user = unprivileged()
    if data is None or not data.exists():
        return user
    owner = data.stat()
    if user is None and owner.st_uid != os.geteuid():
        raise Unstartable(
            f"{data} belongs to another account. Run as that account, or choose another data folder."
        )
    return User(owner.st_uid, owner.st_gid) if user and owner.st_uid != 0 else user


def _launch(folder: Path, binaries: Binaries, sockets: Path, user: User | None, *, lasting: bool) -> Child:
    """Start the server and wait until it answers."""
    settings = [] if lasting else [f"--{setting}" for setting in _THROW_AWAY]
    log = sockets / "log"
    with log.open("wb") as output:
        child = Child(
            [binaries.folder / "postgres", "-D", folder, "-h", "", "-k", sockets, *settings],
            name="postgres",
            parting=signal.SIGINT,  # "fast": ends sessions, then writes a checkpoint
            env=_environment(),
            cwd=Path("/"),
            output=output,
            user=user,
        )
    wait_until(
        lambda: _answers(sockets),
        child,
        seconds=60,
        complaint=lambda: f"PostgreSQL did not start on {folder}: {log.read_text(errors='replace')[-2000:]}",
    )
    return child


def _initialise(folder: Path, binaries: Binaries, user: User | None) -> None:
    """Make the data folder beside its place and rename it, so that a killed start leaves no half of one."""
    if (folder / "PG_VERSION").exists():
        return
    making = folder.with_name(f"{folder.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True, mode=0o700)
    _hand_over(making, user)
    locale = "C.UTF-8" if sys.platform.startswith("linux") else "en_US.UTF-8"
    done = subprocess.run(
        [
            binaries.folder / "initdb",
            *("-D", making, f"--username={SUPERUSER}", "--auth-local=trust", "--auth-host=reject"),
            *("--encoding=UTF8", f"--locale={locale}", "--no-instructions"),
            "--no-sync",  # a power cut in the first seconds costs an empty database, the sync costs all of them
        ],
        capture_output=True,
        text=True,
        env=_environment(),
        cwd="/",
        **(user.arguments() if user else {}),
    )
    if done.returncode != 0:
        raise Unstartable(f"PostgreSQL could not prepare {folder}: {done.stderr.strip()}")
    with contextlib.suppress(FileNotFoundError):
        folder.rmdir()  # an empty folder made beforehand
    making.rename(folder)


def _await_predecessor(folder: Path, patience: float) -> None:
    """Wait a little for the server of a killed parent that is still writing its checkpoint."""
    deadline = time.monotonic() + patience
    while _holder(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    if holder := _holder(folder):
        raise Unstartable(
            f"{folder} is in use by another PostgreSQL (process {holder}). Stop that one first."
        )


def _holder(folder: Path) -> int | None:
    """The live process that has the data folder open."""
    try:
        pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except PermissionError:
        return pid
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return None
    return pid


def _reachable(data: Path, user: User | None) -> Path:
    """`data`, or a folder under /var/tmp when we are root and `nobody` cannot reach it (say, in /root)."""
    data.parent.mkdir(parents=True, exist_ok=True)
    if user is None or _can_enter(data.parent, user):
        return data
    key = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    home = _SHARED / f"touchstone-data-{key}"
    home.mkdir(mode=0o711, exist_ok=True)
    if home.is_symlink() or home.lstat().st_uid != os.geteuid():
        raise Unstartable(f"{home} belongs to somebody else; choose a data folder outside {data.parent}.")
    return home / data.name


def _can_enter(folder: Path, user: User) -> bool:
    return subprocess.run(["test", "-x", folder], cwd="/", **user.arguments()).returncode == 0


def _hand_over(folder: Path, user: User | None) -> None:
    if user:
        os.chown(folder, user.uid, user.gid)


def _environment() -> dict[str, str]:
    """Ours, without the PG* variables and locales that would change what the server does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C.UTF-8" if sys.platform.startswith("linux") else "en_US.UTF-8"}


def _connect(sockets: Path) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(sockets), user=SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=2
    )


def _answers(sockets: Path) -> bool:
    try:
        _connect(sockets).close()
    except psycopg.OperationalError:
        return False
    return True


def _provide(server: Postgres) -> None:
    """Make the two roles and the database that are missing."""
    with _connect(server._scratch.path) as connection:
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in {OWNER, APP} - roles:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
    if DATABASE not in databases:
        server.create_database(DATABASE)
