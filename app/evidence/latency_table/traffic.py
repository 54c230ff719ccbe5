"""Facts about who answered what: statuses, instances, a count a second for each, failures one by one, hosts.

Alignment with a log of kills or deploys needs these; every list is bounded, and what is left out is summed up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.counts import Counts, Share

MOST_INSTANCES = 12
OTHERS = "(others)"
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")


def traffic_facts(layout: Layout, counts: Counts) -> dict[str, Any]:
    """Statuses, classes, what failed when, hosts; `instances` and `seconds` where the log says who answered."""
    traffic = counts.traffic
    found: dict[str, Any] = {
        "statuses": [[code, n] for code, n in traffic.statuses],
        "classes": _classes(counts),
        "failures": _listed(traffic.failures),
        "broken": _listed(traffic.broken),
        "hosts": [[host, n] for host, n in traffic.hosts],
        "masked": sum(share.masked for share in traffic.shares) if layout.has_upstreams else None,
    }
    if traffic.moments:
        points = [[one.at, one.count, one.fives, one.unanswered, one.aborted] for one in traffic.moments]
        found["moments"] = {"step_s": traffic.moment_s, "points": points}
    if traffic.shares:
        names = _names(traffic.shares)
        found["instances"] = _instances(traffic.shares, names)
        found["seconds"] = _seconds(traffic.shares, names, traffic.share_s)
    return found


def _listed(failures: Sequence[tuple[float, int | None, str | None]] | None) -> list[list[Any]] | None:
    return None if failures is None else [[round(at, 3), code, instance] for at, code, instance in failures]


def _classes(counts: Counts) -> dict[str, int]:
    """Requests by class of status; `other` are 499, 0, -1 and what is no number."""
    found = dict.fromkeys((*CLASSES, "other"), 0)
    for code, n in counts.traffic.statuses:
        name = f"{code // 100}xx" if code is not None and code != 499 else "other"
        found[name if name in found else "other"] += n
    return {name: n for name, n in found.items() if n}


def _names(shares: Sequence[Share]) -> list[str]:
    """The instances with most requests, in the order of their names."""
    total: dict[str, int] = {}
    for share in shares:
        total[share.instance] = total.get(share.instance, 0) + share.count
    most = sorted(total, key=lambda name: (-total[name], name))[:MOST_INSTANCES]
    return sorted(most) + ([OTHERS] if len(total) > len(most) else [])


def _instances(shares: Sequence[Share], names: Sequence[str]) -> list[dict[str, Any]]:
    """What each instance answered, and from when to when."""
    found: dict[str, dict[str, Any]] = {}
    for share in shares:
        name = share.instance if share.instance in names else OTHERS
        one = found.setdefault(name, {"name": name, "n": 0, "errors": 0, "masked": 0, "first_s": share.at})
        one["n"] += share.count
        one["errors"] += share.errors
        one["masked"] += share.masked
        one["last_s"] = share.at
    return [found[name] for name in names if name in found]


def _seconds(shares: Sequence[Share], names: Sequence[str], step_s: float) -> dict[str, Any]:
    """Rows [from second, requests, errors, aborted, masked, requests of each instance]; empty seconds are left out."""
    rows: dict[float, list[float]] = {}
    places = {name: 5 + at for at, name in enumerate(names)}
    for share in shares:
        row = rows.setdefault(share.at, [share.at, 0, 0, 0, 0, *[0] * len(names)])
        for at, n in enumerate((share.count, share.errors, share.aborted, share.masked), 1):
            row[at] += n
        row[places.get(share.instance, len(row) - 1)] += share.count
    return {"step_s": step_s, "instances": list(names), "points": [rows[at] for at in sorted(rows)]}
