"""`python -m embedded demo` and `python -m embedded dev`: everything on this machine, one Ctrl-C ends it all."""

import argparse
import contextlib
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from embedded.process import Unstartable, is_listening
from embedded.stack import Stack, stack
from embedded.supervisor import Program, Stopped, Supervisor, python

_SOURCE = Path(__file__).resolve().parent.parent
_PEOPLE_SHOWN = 6


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m embedded", description=__doc__)
    parser.add_argument("what", choices=("demo", "dev"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    parser.add_argument("--data", type=Path)
    asked = parser.parse_args()
    data = asked.data or _SOURCE / "var" / asked.what
    try:
        with _interrupted_by_sigterm():
            _run(data, asked.port, is_dev=asked.what == "dev")
    except Unstartable as reason:
        sys.exit(f"\n{reason}")
    except (Stopped, KeyboardInterrupt):
        print("Stopped.")


def _run(data: Path, port: int, *, is_dev: bool) -> None:
    """Parts, migrations, web, worker, demo data at the first start; then until Ctrl-C."""
    if is_listening(port):
        raise Unstartable(
            f"Port {port} is taken. Stop the program that uses it, or choose another: "
            f"python -m embedded {'dev' if is_dev else 'demo'} --port {port + 1}"
        )
    print("Starting PostgreSQL, Redis, the file store, the sign-in and the mailbox …", flush=True)
    with stack(data, base_url=f"http://localhost:{port}") as parts, _supervising() as supervisor:
        if parts.redis is None:
            print("No Redis here: the worker looks into the database every few seconds instead.")
        env = {**os.environ, **parts.environment(), "DRAIN_FILE": str(data / "drain")}
        _migrate(supervisor, env)
        supervisor.start(_web(env, port, is_dev=is_dev), ready=lambda: _is_ready(port), seconds=90)
        supervisor.start(_worker(env), ready=lambda: True)
        _load_once(supervisor, data, env)
        print(_welcome(parts), flush=True)
        supervisor.watch()


def _migrate(supervisor: Supervisor, env: Mapping[str, str]) -> None:
    if supervisor.run(_command("migrations", env, "-m", "alembic", "upgrade", "head")) != 0:
        raise Unstartable("The database could not be migrated; the reason is above.")


def _load_once(supervisor: Supervisor, data: Path, env: Mapping[str, str]) -> None:
    """Fill the demo at its first start; a load that was cut is done again at the next."""
    loaded = data / "loaded"
    if loaded.exists():
        return
    words = ("-m", "flask", "--app", "wsgi:app", "demo", "load")
    if supervisor.run(_command("demo", env, *words)) == 0:
        loaded.touch()
    else:
        print(
            "The demo's people and work could not be loaded; the reason is above. The portal runs without them."
        )


def _web(env: Mapping[str, str], port: int, *, is_dev: bool) -> Program:
    if is_dev:
        words = ("-m", "flask", "--app", "wsgi:app", "run", "--debug", "--port", str(port))
        return _command("web", env, *words)
    workers = min(2, os.cpu_count() or 1)
    return _command(
        "web",
        env,
        *("-m", "gunicorn", "wsgi:app", "-k", "gthread", "--threads", "8", "--workers", str(workers)),
        *("--bind", f"127.0.0.1:{port}", "--graceful-timeout", "10", "--log-level", "warning"),
    )


def _worker(env: Mapping[str, str]) -> Program:
    """Killed outright if we are: its work is leased, and another worker does it again."""
    return Program("worker", python("-m", "worker"), env, _SOURCE, restarts=True, orphaned=signal.SIGKILL)


def _command(name: str, env: Mapping[str, str], *words: str) -> Program:
    return Program(name, python(*words), env, _SOURCE)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


def _welcome(parts: Stack) -> str:
    people = json.loads(parts.people.read_text(encoding="utf-8")) if parts.people.exists() else []
    lines = [
        "",
        f"  Touchstone is ready:  {parts.base_url}",
        f"  Mail it sends:        {parts.mailbox_url}",
        "",
        "  Sign in as",
        *(f"    {person['name']:<24} {person.get('note', '')}" for person in people[:_PEOPLE_SHOWN]),
        "    anybody else: the sign-in page lists them all, or takes a new name",
        "",
        "  Ctrl-C stops everything; what you did is kept for the next start.",
        "",
    ]
    return "\n".join(lines)


@contextlib.contextmanager
def _supervising() -> Iterator[Supervisor]:
    supervisor = Supervisor()
    with supervisor.signals():
        try:
            yield supervisor
        finally:
            supervisor.stop()


@contextlib.contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """Before and after the supervisor: SIGTERM ends us like Ctrl-C, so that the parts are stopped in order."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    main()
