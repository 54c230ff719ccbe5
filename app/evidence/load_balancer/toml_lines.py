"""Where in a file of TOML each pool, server and check stands: the parser of the standard library does not say.

Names and addresses are looked for as text, each from where the one before it was found.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.evidence.load_balancer.loose import plain
from app.evidence.load_balancer.setup import Pool, Setup

MOST_LINES = 20_000
_KINDS = {"services", "backends"}


def place(setup: Setup, rows: Sequence[str]) -> None:
    """Give every part of the setup the line on which its name or address stands; without one it keeps its line."""
    rows = rows[:MOST_LINES]
    heads = [(number, _names(row)) for number, row in enumerate(rows, 1) if row.lstrip().startswith("[")]
    for pool in setup.pools:
        own = [number for number, names in heads if pool.name.lower() in names and _KINDS & set(names)]
        if own:
            pool.line = own[0]
        _servers(pool, rows)
        check = [number for number, names in heads if number in own and "healthcheck" in map(plain, names)]
        if pool.health and check:
            pool.health.line = check[0]
    api = next((number for number, names in heads if names == ["api"]), None)
    setup.open_doors = [(door, api or line) for door, line in setup.open_doors]


def _servers(pool: Pool, rows: Sequence[str]) -> None:
    row, column = pool.line - 1, 0
    for server in pool.servers:
        sought = f"{server.address}:{server.port}" if server.port else server.address
        found = _next(rows, sought, row, column) if sought else None
        if found is not None:
            row, column = found
            server.line, column = row + 1, column + len(sought)


def _next(rows: Sequence[str], sought: str, row: int, column: int) -> tuple[int, int] | None:
    for number in range(row, len(rows)):
        text = rows[number]
        at = text.find(sought, column if number == row else 0)
        while at >= 0:
            after = text[at + len(sought) : at + len(sought) + 1]
            if not text.lstrip().startswith("#") and not after.isalnum():
                return number, at
            at = text.find(sought, at + 1)
    return None


def _names(row: str) -> list[str]:
    """The parts of a table's head, `[[http.services.app.loadBalancer.servers]]`, in small letters."""
    inside = row.split("#", 1)[0].strip().strip("[] ")
    return [part.strip(" \"'").lower() for part in inside.split(".")][:20]
