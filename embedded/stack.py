"""All parts together: one context manager for the demo, the tests and the bench.

What must stay the same between two starts on one folder is kept there: data, secrets, and the port of the identity
provider, because its address is half of everybody's identity.
"""

import contextlib
import json
import os
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from embedded import postgres
from embedded import redis as redis_server
from embedded.postgres import Postgres
from embedded.process import LOOPBACK, Child, Unstartable, free_port, is_listening, wait_until
from embedded.redis import Redis
from embedded.scratch import Scratch

BUCKET = "touchstone-evidence"
REGION = "us-east-1"
CLIENT_ID = "touchstone-portal"
SIGNED_IN_AT = "/sign-in/demo/callback"  # the portal's path the provider sends people back to
_SECRETS = ("SECRET_KEY", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "OIDC_DEMO_CLIENT_SECRET")
_PORTS = ("store", "identity", "smtp", "mailbox")
_SOURCE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Stack:
    """The running parts and their addresses. `people` is the file whose people the sign-in page offers."""

    postgres: Postgres
    redis: Redis | None
    base_url: str
    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    people: Path
    certificate_key: Path
    children: Sequence[Child]

    @property
    def store_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['store']}"

    @property
    def issuer(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['identity']}"

    @property
    def mailbox_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['mailbox']}"

    def environment(self) -> dict[str, str]:
        """Every setting of the portal, as config reads it; REDIS_URL only if there is a Redis."""
        optional = {"REDIS_URL": self.redis.url} if self.redis else {}
        return (
            dict(self.secrets)
            | optional
            | {
                "DEMO": "1",
                "BASE_URL": self.base_url,
                "PORT": str(urlsplit(self.base_url).port or 80),
                "DATABASE_URL": self.postgres.app_url(),
                "MIGRATION_DATABASE_URL": self.postgres.owner_url(),
                "S3_ENDPOINT_URL": self.store_url,
                "S3_BUCKET": BUCKET,
                "S3_REGION": REGION,
                "OIDC_DEMO_ISSUER": self.issuer,
                "OIDC_DEMO_CLIENT_ID": CLIENT_ID,
                "OIDC_DEMO_LABEL": "Demo sign-in",
                "DEMO_PEOPLE_FILE": str(self.people),
                "SMTP_HOST": LOOPBACK,
                "SMTP_PORT": str(self.ports["smtp"]),
                "SMTP_STARTTLS": "0",
                "MAIL_FROM": "Touchstone <touchstone@localhost>",
                "MAILBOX_URL": self.mailbox_url,
                "CERTIFICATE_KEY_FILE": str(self.certificate_key),  # the portal makes it at the first use
                "REVIEW_UNDO_SECONDS": os.environ.get("REVIEW_UNDO_SECONDS", "20"),  # long enough to try
                "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),  # the terminal is for people
            }
        )


@contextlib.contextmanager
def stack(
    data: Path | None = None, *, redis: bool = True, base_url: str = "http://localhost:8000"
) -> Iterator[Stack]:
    """Start every part on the folder `data`, or (None) on one that is thrown away; stop them at the end.

    `base_url` is the portal's own address: browsers may upload from there and are sent back there.
    """
    with contextlib.ExitStack() as running:
        folder = data.resolve() if data else _throw_away(running)
        folder.mkdir(parents=True, exist_ok=True)
        known = _secrets(folder)
        ports = _ports(folder)
        people = folder / "people.json"
        children = _start_children(running, folder, people, known, ports, base_url)
        database = running.enter_context(postgres.start(folder / "postgres" if data else None))
        bell = redis_server.start() if redis else None
        if bell:
            running.enter_context(bell)
        for child, port in zip(children, (ports["store"], ports["identity"], ports["mailbox"]), strict=True):
            _await(child, port, folder)
        key = folder / "certificate-key.pem"
        yield Stack(database, bell, base_url, ports, known, people, key, children)


def _start_children(
    running: contextlib.ExitStack,
    folder: Path,
    people: Path,
    known: Mapping[str, str],
    ports: Mapping[str, int],
    base_url: str,
) -> list[Child]:
    """Start the parts that are our own programs; they come up while PostgreSQL does."""
    addresses = _both_names(base_url)
    origins = [word for address in addresses for word in ("--origin", address)]
    redirects = [word for address in addresses for word in ("--redirect", f"{address}{SIGNED_IN_AT}")]
    commands = {
        "objectstore": [folder / "store", "--port", ports["store"], "--bucket", BUCKET, *origins],
        "identity": [folder / "identity", "--port", ports["identity"], "--people", people, *redirects],
        "mailbox": [folder / "mail", "--smtp", ports["smtp"], "--web", ports["mailbox"]],
    }
    env = {**os.environ, **known, "S3_REGION": REGION, "OIDC_DEMO_CLIENT_ID": CLIENT_ID}
    children = []
    for name, words in commands.items():
        with (folder / f"{name}.log").open("wb") as output:
            argv = [sys.executable, "-m", f"embedded.{name}", *map(str, words)]
            child = Child(argv, name=name, env=env, cwd=_SOURCE, output=output)
        running.callback(child.stop)
        children.append(child)
    return children


def _await(child: Child, port: int, folder: Path) -> None:
    log = folder / f"{child.name}.log"
    wait_until(
        lambda: is_listening(port),
        child,
        seconds=60,
        complaint=lambda: (
            f"The {child.name} did not start: {log.read_text(errors='replace')[-2000:].strip()}"
        ),
    )


def _throw_away(running: contextlib.ExitStack) -> Path:
    scratch = Scratch("stack")
    running.callback(scratch.remove)
    return scratch.path


def _secrets(folder: Path) -> dict[str, str]:
    """Random at the first start, the same afterwards, readable by us alone."""
    path = folder / "secrets.json"
    if not path.exists():
        made = {name: secrets.token_hex(32) for name in _SECRETS}
        _write(path, made | {"S3_ACCESS_KEY_ID": f"TS{secrets.token_hex(9).upper()}"})
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def _ports(folder: Path) -> dict[str, int]:
    """The ports of the last start where they are free; the identity provider's must be."""
    path = folder / "ports.json"
    kept: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    ports = {name: kept[name] if name in kept and not is_listening(kept[name]) else 0 for name in _PORTS}
    if "identity" in kept and not ports["identity"]:
        raise Unstartable(
            f"Port {kept['identity']} is taken, and the demo's people are known by it. "
            f"Stop the program that uses it, or start afresh: remove {folder}."
        )
    for name, port in ports.items():
        while not ports[name]:
            candidate = free_port()
            ports[name] = port or (candidate if candidate not in ports.values() else 0)
    _write(path, ports)
    return ports


def _write(path: Path, content: Mapping[str, str | int]) -> None:
    making = path.with_suffix(".making")
    with open(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=2)
    making.rename(path)


def _both_names(base_url: str) -> list[str]:
    """The portal's address and, if it is this machine, its other name: people type either."""
    names = {"localhost": LOOPBACK, LOOPBACK: "localhost"}
    host = urlsplit(base_url).hostname or ""
    return [base_url] + ([base_url.replace(host, names[host], 1)] if host in names else [])
