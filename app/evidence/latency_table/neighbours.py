"""What a log says of the others: clients that gave up, instances that stood in for each other, a shared machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.evidence.findings import Finding
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.rules import GAVE_UP, LOCAL_CLIENT, RESCUED, SAME_HOST

LOCAL_NAMES = frozenset({"localhost", "::1", "[::1]", "0.0.0.0"})  # noqa: S104  (compared, not listened on)
MOSTLY = 0.9


def around(layout: Layout, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Findings about the other end, whichever it is."""
    if facts["aborted"]:
        yield GAVE_UP.at(aborted=f"{facts['aborted']:,}", n=f"{facts['requests']:,}")
    if facts["masked"]:
        yield RESCUED.at(masked=facts["masked"])
    if (host := _local(facts["hosts"])) is not None:
        yield (SAME_HOST if layout.url is not None else LOCAL_CLIENT).at(host=host)


def _local(hosts: list[list[Any]]) -> str | None:
    """The commonest of the local names, when they have nearly all requests."""
    total = sum(n for _, n in hosts)
    local = [(n, name) for name, n in hosts if name in LOCAL_NAMES or name.startswith("127.")]
    return max(local)[1] if local and sum(n for n, _ in local) >= MOSTLY * total else None


def classes_in_words(facts: Mapping[str, Any]) -> str:
    """`28 x 502, 2 x 404`: the commonest statuses that are errors; empty when no status is a number."""
    failed = [(n, code) for code, n in facts["statuses"] if code is not None and not 100 <= code < 400]
    return ", ".join(f"{n} x {code}" for n, code in failed[:4] if code not in (499, 0, -1))
