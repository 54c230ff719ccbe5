"""What is to be said about one latency table. Every check returns findings and none of them needs a claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from app.evidence.findings import Finding, Where, phrase
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.counts import Counts, Point
from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.load import Load
from app.evidence.latency_table.neighbours import around, classes_in_words
from app.evidence.latency_table.numbers import shown
from app.evidence.latency_table.rules import (
    ASSUMED,
    BAD_ROWS,
    DRIFT,
    ENOUGH,
    ERRORS,
    ERRORS_COUNTED,
    ERRORS_HIDDEN,
    FEW_ROWS,
    HIDDEN_UNIT,
    LONG_ROWS,
    NO_TIMES,
    NOT_SERVED,
    ODD_UNIT,
    SHORT,
    SOME_TAIL,
    STALLED,
    THIN_TAIL,
    TOO_MANY_IN_FLIGHT,
    VERY_SHORT,
    WARM_UP,
)
from app.evidence.latency_table.time_rules import (
    BACKWARDS,
    FRAMEWORK_NO_TIMES,
    MORE,
    SEVERAL_RUNS,
    WHOLE_SECONDS,
)
from app.evidence.times import lasting

HIDES_ERRORS = frozenset({"hey"})
FASTEST_MS, SLOWEST_MS, SLOWEST_MEDIAN_MS = 0.05, 600_000.0, 60_000.0
"""Most clients and proxies give up after a minute: half of all requests hardly take longer."""
FEWEST_OF_RUNS, SHORTEST_PAUSE_S, PAUSED = 1000, 60.0, 0.5
LITTLE_SLACK = 1.15
MATERIAL = 1.5


def check(
    dialect: Dialect, layout: Layout, counts: Counts, load: Load, facts: Mapping[str, Any]
) -> Iterator[Finding]:
    """All findings about one table, in the order of the codes."""
    if layout.latency is None:
        yield _no_times(layout, f"{counts.requests:,}")
    else:
        yield from _sample_size(facts)
        yield from _little(facts, load)
        yield from _stalls(facts, load)
        yield from _steadiness(counts)
        yield from _runs(layout, counts, facts)
        yield from _units(layout, facts, load)
    yield from _errors(layout, facts)
    yield from _duration(facts)
    yield from _bad_rows(dialect, layout, counts, facts)
    yield from around(layout, facts)


def _no_times(layout: Layout, requests: str) -> Finding:
    if layout.tool in MORE:
        return FRAMEWORK_NO_TIMES.at(tool=layout.tool, requests=requests, more=MORE[layout.tool])
    return (WHOLE_SECONDS if layout.is_span else NO_TIMES).at(requests=requests)


def _sample_size(facts: Mapping[str, Any]) -> Iterator[Finding]:
    n, p99 = facts["n"], facts["p99"]
    if n < 368:
        yield FEW_ROWS.at(n=n, slowest=_ordinal(n - (-(-n * 99 // 100)) + 1))
        return
    rule = THIN_TAIL if n < 1000 else SOME_TAIL if n < 10_000 else ENOUGH
    yield rule.at(n=f"{n:,}", low=shown(p99["low"]), high=shown(p99["high"]))


def _ordinal(place: int) -> str:
    return {1: "one", 2: phrase("but one"), 3: phrase("but two")}.get(place, f"but {place - 1}")


def _little(facts: Mapping[str, Any], load: Load) -> Iterator[Finding]:
    """Only where the duration dwarfs the latencies; otherwise the ends of the recording decide."""
    if load.recorded is None or load.in_flight is None or load.throughput is None:
        return
    if load.recorded >= 1 and load.in_flight > load.recorded * LITTLE_SLACK:
        yield TOO_MANY_IN_FLIGHT.at(
            throughput=shown(load.throughput),
            mean=shown(facts["mean"]),
            needed=shown(load.in_flight),
            recorded=shown(load.recorded),
        )


def _errors(layout: Layout, facts: Mapping[str, Any]) -> Iterator[Finding]:
    if facts["error_rate"] > 0.01:
        succeeded = facts.get("succeeded")
        rule = NOT_SERVED if _is_turned_away(facts) else ERRORS if "p99" in facts else ERRORS_COUNTED
        yield rule.at(
            share=shown(100 * facts["error_rate"]),
            errors=f"{facts['errors']:,}",
            n=f"{facts['requests']:,}",
            p99=shown(facts["p99"]["value"]) if "p99" in facts else "unknown",
            p99_ok="none" if succeeded is None else shown(succeeded["p99"]),
            classes=": " + classes if (classes := classes_in_words(facts)) else "",
        )
    if layout.tool in HIDES_ERRORS:
        yield ERRORS_HIDDEN.at(tool=layout.tool or "")


def _is_turned_away(facts: Mapping[str, Any]) -> bool:
    """Whether a server's own log has no failures but answers of 4xx; in a load test they are the test's."""
    return bool(facts.get("is_server_log")) and facts["errors"] == facts.get("classes", {}).get("4xx", 0)


def _stalls(facts: Mapping[str, Any], load: Load) -> Iterator[Finding]:
    """Worth a warning only when the omitted requests change the p99 by half."""
    raw = facts["p99"]["value"]
    if load.corrected_p99 is None or load.corrected_p99 < MATERIAL * raw:
        return
    yield STALLED.at(
        stalled=shown(sum(stall.length for stall in load.stalls)),
        duration=shown(facts["duration_s"]),
        connections=load.connections or 0,
        corrected=shown(load.corrected_p99),
        raw=shown(raw),
    )


def _duration(facts: Mapping[str, Any]) -> Iterator[Finding]:
    duration, clock = facts["duration_s"], facts["clock_resolution_s"] or 0.0
    if duration is not None and duration > 0 and duration + clock < 59.5:
        yield (VERY_SHORT if duration < 10 else SHORT).at(duration=shown(duration))


def _steadiness(counts: Counts) -> Iterator[Finding]:
    """Compare the first tenth with the rest, and the first third of what follows with the last."""
    points = counts.series
    if len(points) < 20 or counts.everything.n < 2000:
        return
    cut = max(1, len(points) // 10)
    first, rest = _typical(points[:cut]), _typical(points[cut:])
    if first > 2 * rest:
        yield WARM_UP.at(seconds=shown(cut * counts.width_s), first=shown(first), rest=shown(rest))
    steady = points[cut:]
    third = len(steady) // 3
    early, middle, late = (_typical(steady[i * third : (i + 1) * third]) for i in range(3))
    if late > 2 * early and middle > early:
        yield DRIFT.at(first=shown(early), last=shown(late))


def _runs(layout: Layout, counts: Counts, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Pauses of a minute and more that together last longer than all the rest; a server's log has nights."""
    span = facts["duration_s"]
    if layout.is_server or not span or facts["n"] < FEWEST_OF_RUNS:
        return
    steps = [point.at for point in counts.series if point.count]
    gaps = [after - before - counts.width_s for before, after in pairwise(steps)]
    pauses = [gap for gap in gaps if gap >= max(SHORTEST_PAUSE_S, span / 20)]
    if sum(pauses) >= PAUSED * span:
        yield SEVERAL_RUNS.at(active=lasting(span - sum(pauses)), span=lasting(span), runs=len(pauses) + 1)


def _typical(points: tuple[Point, ...]) -> float:
    """The median of the steps' p99, so that one bad second does not speak for the rest."""
    known = sorted(point.p99 for point in points if point.p99 is not None)
    return known[len(known) // 2] if known else 0.0


def _units(layout: Layout, facts: Mapping[str, Any], load: Load) -> Iterator[Finding]:
    for assumption in layout.assumed:
        yield ASSUMED.at(assumption=assumption)
    p50, p99 = facts["p50"]["value"], facts["p99"]["value"]
    if not FASTEST_MS <= p99 <= SLOWEST_MS or p50 > SLOWEST_MEDIAN_MS:
        yield ODD_UNIT.at(unit=facts["unit"], p99=shown(p99))
    if load.thousandfold:
        yield HIDDEN_UNIT.at(unit=facts["unit"], connections=load.thousandfold)


def _bad_rows(
    dialect: Dialect, layout: Layout, counts: Counts, facts: Mapping[str, Any]
) -> Iterator[Finding]:
    if counts.unreadable:
        rows = counts.unreadable + facts["requests"]
        if not counts.bad:
            yield LONG_ROWS.at(count=counts.unreadable, rows=rows)
            return
        line, text = counts.bad[0]
        rule = BACKWARDS if layout.is_span and layout.latency is not None else BAD_ROWS
        is_line = dialect.anew is None
        place = phrase("line {line}", line=line) if is_line else phrase("entry {number}", number=line)
        where = Where(line=line or None) if is_line else Where()
        yield rule.at(where, count=counts.unreadable, rows=rows, place=place, text=text)
