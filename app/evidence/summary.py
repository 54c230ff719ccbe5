"""The numbers people look for first, as one line; by the names of facts, whatever kind they are of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from app.evidence.claims import Facts
from app.evidence.findings import Report

GAP = "   "
_MOST_PLANS = 5


def summary(report: Report) -> str:
    """One line; empty when the facts have nothing that is known here."""
    parts = (GAP.join(part(report.facts)) for part in _PARTS)
    return next((line for line in parts if line), "")


def _latency(facts: Facts) -> Iterator[str]:
    levels = {name: _value(facts.get(name)) for name in ("p50", "p95", "p99")}
    if all(value is None for value in levels.values()):
        return
    count = _number(facts.get("n")) or _number(facts.get("requests"))
    if count is not None:
        yield f"{count:,.0f} requests"
    yield from (f"{name} {value:.4g}" for name, value in levels.items() if value is not None)
    if (longest := _value(facts.get("max"))) is not None:
        yield f"max {longest:.4g} ms"
    if (rate := _number(facts.get("throughput"))) is not None:
        yield f"{rate:.4g} req/s"


def _plans(facts: Facts) -> Iterator[str]:
    plans = facts.get("plans")
    if not isinstance(plans, list) or not plans:
        return
    yield "1 plan" if len(plans) == 1 else f"{len(plans)} plans"
    times = [_number(plan.get("execution_ms")) for plan in plans[:_MOST_PLANS] if isinstance(plan, dict)]
    yield from (f"{ms:.4g} ms" for ms in times if ms is not None)


_PARTS: tuple[Callable[[Facts], Iterator[str]], ...] = (_latency, _plans)


def _value(level: Any) -> float | None:
    """A number, or the value of one that has an interval."""
    return _number(level.get("value")) if isinstance(level, dict) else _number(level)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
