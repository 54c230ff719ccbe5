"""What is to be said about one report. Every check returns findings and none of them needs a claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.evidence.findings import Finding, phrase
from app.evidence.latency_table.rules import (
    ENOUGH,
    ERRORS,
    FEW_ROWS,
    ODD_UNIT,
    SAME_HOST,
    SHORT,
    SOME_TAIL,
    THIN_TAIL,
    VERY_SHORT,
)
from app.evidence.load_report.advice import option
from app.evidence.load_report.beside import bars
from app.evidence.load_report.order import line_of, out_of_order
from app.evidence.load_report.rules import (
    BUCKETS,
    COUNT_OFF,
    ENOUGH_REPORT,
    FAILED,
    IN_FLIGHT,
    NO_P99,
    OMITTED,
    RETRIES,
    SOME_REPORT,
    STATUS_OFF,
    THIN_REPORT,
    UNIT_ASSUMED,
    UNSIZED,
)
from app.evidence.load_report.summary import Summary
from app.evidence.units import shown

RETRIES_SILENTLY = frozenset({"hey", "k6", "vegeta"})
PARALLEL_USERS = frozenset({"k6", "Locust"})
"""A virtual user may send several requests at once (k6's http.batch), so users do not bound what is in flight."""
OWN_COLUMNS = frozenset({phrase("the table")})
"""What a column of somebody's own table counts, only they know: all requests, those that succeeded, those asked for."""
FASTEST_MS, SLOWEST_MS = 0.05, 600_000.0
SLACK, LITTLE_SLACK = 0.03, 1.15
SHORTEST_TO_COUNT = 5.0
COARSE = 0.05
_TAIL_NAMES = {1: "one", 2: phrase("but one"), 3: phrase("but two")}
_LOOPBACK = ("localhost", "127.", "[::1]", "::1", "0.0.0.0")  # noqa: S104  # compared with, not listened on


def check(summary: Summary, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """All findings about one report, in the order of the codes."""
    yield from _sample_size(summary, facts)
    yield from _missing(summary, facts)
    yield from () if any(finding.code == "L5" for finding in summary.said) else out_of_order(summary)
    yield from bars(summary)
    yield from _little(summary, facts)
    yield from _counts(summary)
    yield from _errors(summary, facts)
    yield from _omission(facts)
    yield from _duration(facts)
    yield from _units(summary, facts)
    yield from _same_host(summary)
    yield from _buckets(summary, facts)
    yield from summary.said


def _sample_size(summary: Summary, facts: Mapping[str, Any]) -> Iterator[Finding]:
    p99, n = facts["p99"], facts.get("n")
    if p99 is None:
        return
    if n is None:
        yield UNSIZED.at()
    elif n < 368:
        place = n - (-(-n * 99 // 100)) + 1
        yield FEW_ROWS.at(n=n, slowest=_TAIL_NAMES.get(place, f"but {place - 1}"))
    elif _has_interval(p99, summary):
        rule = THIN_TAIL if n < 1000 else SOME_TAIL if n < 10_000 else ENOUGH
        yield rule.at(n=f"{n:,}", low=shown(p99["low"]), high=shown(p99["high"]))
    else:
        rule = THIN_REPORT if n < 1000 else SOME_REPORT if n < 10_000 else ENOUGH_REPORT
        yield rule.at(n=f"{n:,}", tail=round(n / 100))


def _has_interval(p99: Mapping[str, Any], summary: Summary) -> bool:
    """The lowest and highest of several rows are no interval of chance."""
    is_range = summary.is_coarse or "p99_low" in summary.numbers
    return p99["low"] is not None and p99["high"] is not None and not is_range


def _missing(summary: Summary, facts: Mapping[str, Any]) -> Iterator[Finding]:
    has_times = bool(summary.levels) or summary.value("mean") is not None or summary.value("max") is not None
    if facts["p99"] is None and has_times:
        yield NO_P99.at(tool=summary.tool, option=option(summary.tool, "p99"))


def _little(summary: Summary, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Only for closed loops that write what they measured, and only with room for how the mean was rounded."""
    connections, needed = facts["load"]["connections"], facts["load"]["mean_in_flight"]
    if summary.is_closed_loop is not True or summary.corrects_omission or not connections or needed is None:
        return
    at_once = connections * max(1.0, summary.value("pipelining") or 1.0)
    rounding = facts["throughput"] * summary.numbers["mean"].step / 2000
    if summary.tool not in PARALLEL_USERS and needed - rounding > at_once * LITTLE_SLACK:
        yield IN_FLIGHT.at(
            line_of(summary.numbers["mean"]),
            throughput=shown(facts["throughput"]),
            mean=shown(facts["mean"]),
            needed=shown(needed),
            connections=connections,
        )


def _counts(summary: Summary) -> Iterator[Finding]:
    made = summary.numbers.get("answered", summary.numbers.get("n"))
    length, rate = summary.numbers.get("duration_s"), summary.numbers.get("throughput")
    is_one_clock = summary.tool not in OWN_COLUMNS
    if made and length and rate and is_one_clock and length.value >= SHORTEST_TO_COUNT:
        found = made.value / length.value
        slack = SLACK + (length.step / length.value if length.value else 0.0)
        if abs(found - rate.value) > slack * max(found, rate.value) + rate.step:
            yield COUNT_OFF.at(
                line_of(rate),
                requests=f"{made.value:,.0f}",
                duration=shown(length.value),
                rate=shown(found),
                throughput=shown(rate.value),
            )
    total, expected = sum(summary.statuses.values()), summary.value("answered") or summary.value("requests")
    if total and expected and abs(total - expected) > SLACK * expected:
        yield STATUS_OFF.at(total=f"{total:,}", requests=f"{expected:,.0f}")


def _errors(summary: Summary, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """The share that failed, unless the parser has already told of failures that the tool does not count."""
    share, p99 = facts["error_rate"], facts["p99"]
    if share is None:
        return
    succeeded = (facts["succeeded"] or {}).get("p99")
    numbers = {
        "share": shown(100 * share),
        "errors": f"{facts['errors']:,}",
        "n": f"{facts['requests']:,}",
        "classes": _classes(summary),
    }
    where = line_of(summary.numbers["errors"])
    if share > 0.01 and succeeded is not None and p99 is not None:
        yield ERRORS.at(where, **numbers, p99=shown(p99["value"]), p99_ok=shown(succeeded))
    elif share > 0.01 and not any("failures" in finding.numbers for finding in summary.said):
        yield FAILED.at(where, **numbers)
    if summary.tool in RETRIES_SILENTLY and facts["errors"] == 0:
        yield RETRIES.at(tool=summary.tool)


def _classes(summary: Summary) -> str:
    """The statuses that are errors, the commonest first: `: 116 x 502`."""
    odd = sorted(
        ((made, code) for code, made in summary.statuses.items() if code >= "4" and made), reverse=True
    )
    return ": " + ", ".join(f"{made:,} x {code}" for made, code in odd[:4]) if odd else ""


def _omission(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Only where the slowest request is out of all proportion; see `facts.corrected_p99`."""
    p50, p99, corrected = facts["p50"], facts["p99"], facts["load"]["corrected_p99"]
    if p50 is not None and p99 is not None and corrected is not None:
        yield OMITTED.at(
            max=shown(facts["max"]),
            ratio=shown(round(facts["max"] / p50["value"])),
            corrected=shown(corrected),
            raw=shown(p99["value"]),
        )


def _duration(facts: Mapping[str, Any]) -> Iterator[Finding]:
    duration = facts["duration_s"]
    if duration is not None and 0 < duration < 59.5:
        yield (VERY_SHORT if duration < 10 else SHORT).at(duration=shown(duration))


def _units(summary: Summary, facts: Mapping[str, Any]) -> Iterator[Finding]:
    for assumption in summary.assumed:
        yield UNIT_ASSUMED.at(assumption=assumption)
    p99 = facts["p99"]
    if p99 is not None and not FASTEST_MS <= p99["value"] <= SLOWEST_MS:
        yield ODD_UNIT.at(unit=summary.unit, p99=shown(p99["value"]))


def _same_host(summary: Summary) -> Iterator[Finding]:
    host = summary.target.rpartition("://")[2].partition("/")[0]
    if host.lower().startswith(_LOOPBACK):
        yield SAME_HOST.at(host=host[:80])


def _buckets(summary: Summary, facts: Mapping[str, Any]) -> Iterator[Finding]:
    p99 = facts["p99"]
    if p99 is None or not summary.is_coarse or "bucket_low" not in p99["definitions"]:
        return
    low, high = p99["definitions"]["bucket_low"], p99["definitions"]["bucket_high"]
    if high - low > COARSE * high:
        yield BUCKETS.at(low=shown(low), high=shown(high))
