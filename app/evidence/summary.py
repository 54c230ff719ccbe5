"""Facts and claims as one line: the numbers people look for first, by the names of facts, whatever their kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from app.evidence.claims import Facts
from app.evidence.findings import Report
from app.evidence.ledger import LedgerRow
from app.evidence.units import plainly, shown

GAP = "   "
_MOST_PLANS = 5
_MOST_GROUPS = 4


def summary(report: Report) -> str:
    """One line; empty when the facts have nothing that is known here."""
    parts = (GAP.join(part(report.facts)) for part in _PARTS)
    return next((line for line in parts if line), "")


def claimed(row: LedgerRow) -> str:
    """What was claimed, as a number with its unit or in words."""
    return row.said if row.claimed is None else f"{shown(row.claimed)} {row.unit}".strip()


def _latency(facts: Facts) -> Iterator[str]:
    """A summary of a load tool may lack any of it; then the mean stands for the percentiles."""
    count = _number(facts.get("n")) or _number(facts.get("requests"))
    rate = _number(facts.get("throughput"))
    names = (
        ("p50", "p95", "p99") if any(_value(facts.get(name)) for name in ("p50", "p95", "p99")) else ("mean",)
    )
    times = [
        f"{name} {shown(value)}" for name in (*names, "max") if (value := _value(facts.get(name))) is not None
    ]
    if not times and rate is None:
        return
    if count is not None:
        yield "1 request" if count == 1 else f"{count:,.0f} requests"
    yield from times[:-1]
    yield from (f"{longest} ms" for longest in times[-1:])
    if rate is not None:
        yield f"{shown(rate)} req/s"


def _plans(facts: Facts) -> Iterator[str]:
    plans = facts.get("plans")
    if not isinstance(plans, list) or not plans:
        return
    yield "1 plan" if len(plans) == 1 else f"{len(plans)} plans"
    times = [_number(plan.get("execution_ms")) for plan in plans[:_MOST_PLANS] if isinstance(plan, dict)]
    yield from (f"{shown(ms)} ms" for ms in times if ms is not None)


def _profile(facts: Facts) -> Iterator[str]:
    functions = facts.get("functions")
    if not isinstance(functions, list) or not functions or not isinstance(functions[0], dict):
        return
    samples, seconds = _number(facts.get("samples")), _number(facts.get("duration_s"))
    if samples is not None:
        yield f"{samples:,.0f} samples"
    if seconds is not None:
        yield f"{shown(seconds)} s"
    share = _number(functions[0].get("self_share"))
    if share is not None:
        yield f"{share * 100:.0f} % in {functions[0].get('name')}"


def _costs(facts: Facts) -> Iterator[str]:
    groups = facts.get("groups")
    for group in groups[:_MOST_GROUPS] if isinstance(groups, list) else ():
        cost = _value(group.get("divided")) if isinstance(group, dict) else None
        if cost is not None:
            name = " ".join(filter(None, (group.get("layer"), group.get("side")))) or "cost"
            yield f"{name} {plainly(cost, 3)} {facts.get('currency') or ''} a request".replace("  ", " ")


def _patch(facts: Facts) -> Iterator[str]:
    files, added, removed = (_number(facts.get(name)) for name in ("file_count", "added", "removed"))
    if files is not None and added is not None and removed is not None:
        yield f"{files:,.0f} file{'' if files == 1 else 's'}"
        yield f"+{added:,.0f} −{removed:,.0f} lines"


_PARTS: tuple[Callable[[Facts], Iterator[str]], ...] = (_latency, _plans, _profile, _costs, _patch)


def _value(level: Any) -> float | None:
    """A number, or the value of one that has an interval."""
    return _number(level.get("value")) if isinstance(level, dict) else _number(level)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
