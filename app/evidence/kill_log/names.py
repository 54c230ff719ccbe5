"""Which instance of a request log a killed one is: people, containers and balancers name one server differently."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from app.evidence.claims import FileFacts

_APART = re.compile(r"[_@.:/]")
Aliases = Mapping[str, Collection[str]]


def aliases(files: Sequence[FileFacts]) -> Aliases:
    """Every name and address of each server that a balancer's configuration lists, by each of them."""
    found: dict[str, set[str]] = {}
    for file in files:
        pools = file.facts.get("pools", ()) if file.kind == "load_balancer" else ()
        for server in [server for pool in pools for server in pool["servers"]]:
            name, address, port = (str(server[key] or "").lower() for key in ("name", "address", "port"))
            same = {word for word in (name, address, f"{address}:{port}" if port else "") if word}
            for word in same:
                found.setdefault(word, set()).update(same)
    own = {word for word in found if _is_one(word, found)}
    return {word: same & own for word, same in found.items() if word in own}


def _is_one(word: str, found: Mapping[str, Collection[str]]) -> bool:
    """An address that several servers share names none of them."""
    return len({other for other in found[word] if ":" in other}) <= 1


def match(killed: str, known: Sequence[str], also: Aliases) -> str | None:
    """The one of the log's names that means the killed instance; None when none or several do."""
    own = [name for name in known if _is_equal(killed.lower(), name.lower())]
    if len(own) == 1:
        return own[0]
    wanted = {killed.lower(), *also.get(killed.lower(), ())}
    for fits in (_is_equal, _is_same_host, _is_part):
        found = [name for name in known if name and any(fits(one, name.lower()) for one in wanted)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _is_equal(one: str, name: str) -> bool:
    """`backend/app-2` is app-2."""
    return one in (name, name.rpartition("/")[2])


def _is_same_host(one: str, name: str) -> bool:
    """`10.0.0.12` is `10.0.0.12:8000`."""
    return one in (name.rpartition("/")[2].rpartition(":")[0], name) or name == one.rpartition(":")[0]


def _is_part(one: str, name: str) -> bool:
    """`shop-app-2` and `app@2` are app-2; `app-21` is not."""
    first, second = (f"-{_APART.sub('-', text)}-" for text in (one, name))
    return first in second or second in first
