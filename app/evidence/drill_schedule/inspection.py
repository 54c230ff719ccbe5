"""One calendar of drills from bytes to report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.evidence import yamls
from app.evidence.documents import wording
from app.evidence.drill_schedule import calendar, manifests, rules, words
from app.evidence.findings import Finding, Report, Unreadable, Where, few, phrase
from app.evidence.kill_switches.words import is_left
from app.evidence.registers import days, page, rows
from app.evidence.registers.rows import Row
from app.evidence.source import Source

LONGEST = 2_000_000
MOST = 400
QUARTERS = 4
MOST_QUARTERS = 40
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Drill:
    day: date | None
    row: Row

    @property
    def name(self) -> str:
        return (self.row.get("scenario") or (self.day.isoformat() if self.day else phrase("a drill")))[:80]


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` when nothing has a day."""
    text = source.text(LONGEST)
    if any(f"{group}/" in text for group in words.GROUPS) and (found := _of_manifests(text)):
        return found
    return _of_calendar(source, text)


def _of_manifests(text: str) -> Report | None:
    """What a tool is to break and when; None for a page that only speaks of it."""
    try:
        tool, faults = manifests.faults(text)
    except yamls.BadYaml:
        return None
    if not faults:
        return None
    drills = [(_drill(fault.row), fault) for fault in faults]
    held = sorted(drill.day for drill, _ in drills if drill.day)
    facts = {
        "format": tool,
        "drills": [{**_entry(drill), "repeats": fault.repeats} for drill, fault in drills],
        "quarters": [
            {"name": days.quarter_name(at), "drills": n} for at, n in Counter(map(days.quarter, held)).items()
        ],
        "first": held[0].isoformat() if held else None,
        "last": held[-1].isoformat() if held else None,
    }
    return Report("drill_schedule", 0.95, facts, tuple(_of_faults(tool, faults)))


def _of_faults(tool: str, faults: Sequence[manifests.Fault]) -> Iterator[Finding]:
    names = few([fault.row.get("scenario")[:80] for fault in faults])
    repeated = [fault for fault in faults if fault.months]
    yield rules.MANIFEST.at(
        Where(line=faults[0].row.line),
        count=len(faults),
        tool=tool.title(),
        names=names,
        repeated=len(repeated),
    )
    for fault in faults:
        if fault.repeats and fault.months is None:
            yield rules.NOT_EXPANDED.at(
                Where(line=fault.row.line), name=fault.row.get("scenario")[:80], rule=fault.repeats
            )
    covered = {(month - 1) // 3 for fault in repeated for month in fault.months or ()}
    if repeated and len(covered) < QUARTERS:
        missing = ", ".join(f"Q{quarter + 1}" for quarter in range(QUARTERS) if quarter not in covered)
        yield rules.CRON_GAP.at(
            Where(line=repeated[0].row.line), missing=missing, schedule=repeated[0].repeats
        )


def _of_calendar(source: Source, text: str) -> Report:
    form, found, unread = _read(source, text)
    held = sorted((drill for drill in found if drill.day), key=lambda drill: drill.day or date.max)
    if not held:
        raise Unreadable(
            rules.NONE.at(what=phrase("no row and no event has a day such as 2027-02-12 or 2027-Q1"))
        )
    drills = [*held, *(drill for drill in found if not drill.day)][:MOST]
    quarters = _quarters(held)
    facts = {
        "format": form,
        "drills": [_entry(drill) for drill in drills],
        "quarters": [{"name": days.quarter_name(number), "drills": count} for number, count in quarters],
        "first": held[0].day.isoformat() if held[0].day else None,
        "last": held[-1].day.isoformat() if held[-1].day else None,
    }
    return Report("drill_schedule", 0.9, facts, (*unread, *_findings(drills, quarters)))


def _read(source: Source, text: str) -> tuple[str, list[Drill], list[Finding]]:
    if text.lstrip()[:15].upper() == "BEGIN:VCALENDAR":
        events = calendar.events(text)
        unread = [
            rules.NOT_EXPANDED.at(
                Where(line=one.line),
                name=one.cells.get("scenario", "")[:80] or phrase("an event"),
                rule=one.unread,
            )
            for one in events
            if one.unread
        ]
        return "ics", [Drill(day, Row(one.line, one.cells)) for one in events for day in one.days], unread
    if not any(line.lstrip()[:1] in ("|", "#") for line in text.split("\n", 40)[:40]) and (
        found := rows.of_csv(text, words.FIELDS)
    ):
        return "csv", [_drill(row) for row in found], []
    _, document = page.read(source, rules.TOO_LONG)
    return "markdown", [_drill(row) for row in rows.of_document(document, words.FIELDS)], []


def _drill(row: Row) -> Drill:
    """Its own day before the quarter that stands beside it; what stops it may be said in a sentence."""
    if not row.get("abort") and (stops := words.STOPS.search(row.said)):
        row = replace(row, cells={**row.cells, "abort": stops[0]})
    found = (days.first(row.get(field)) for field in ("day", "quarter", "name"))
    return Drill(next(filter(None, found), None), row)


def _quarters(held: Sequence[Drill]) -> list[tuple[int, int]]:
    """Drills in each quarter from the first drill's on, at least four; a gap of years is not filled."""
    counts = Counter(days.quarter(drill.day) for drill in held if drill.day)
    first = min(counts)
    last = max(first + QUARTERS - 1, min(max(counts), first + MOST_QUARTERS))
    return [(number, counts[number]) for number in range(first, last + 1)]


def _entry(drill: Drill) -> dict[str, Any]:
    kept = ("scenario", "hypothesis", "radius", "abort", "owner", "alert", "result")
    said = {field: drill.row.get(field)[:300] for field in kept}
    return {"day": drill.day.isoformat() if drill.day else None, **said, "line": drill.row.line}


def _findings(drills: Sequence[Drill], quarters: Sequence[tuple[int, int]]) -> Iterator[Finding]:
    first = days.quarter_name(quarters[0][0])
    for number, count in quarters[:QUARTERS]:
        if not count:
            yield rules.EMPTY_QUARTER.at(quarter=days.quarter_name(number), first=first)
    for field, said in words.NEEDED.items():
        if lacking := [drill for drill in drills if is_left(drill.row.get(field))]:
            names = ", ".join(dict.fromkeys(drill.name for drill in lacking[:5]))
            where = Where(line=lacking[0].row.line)
            yield rules.INCOMPLETE.at(where, count=len(lacking), missing=said, names=names)
    scenarios = {wording.normal(drill.row.get("scenario")) for drill in drills}
    if len(drills) >= QUARTERS and len(scenarios) == 1 and scenarios != {""}:
        yield rules.ALL_ALIKE.at(count=len(drills), scenario=drills[0].name)
    yield from _weekends(drills)


def _weekends(drills: Sequence[Drill]) -> Iterator[Finding]:
    """A month or a quarter alone names no day of the week."""
    found = [
        drill for drill in drills
        if drill.day and drill.day.weekday() >= SATURDAY and (drill.day.day > 1 or _is_exact(drill))
    ]  # fmt: skip
    if found:
        listed = ", ".join(drill.day.isoformat() for drill in found[:5] if drill.day)
        yield rules.WEEKEND.at(Where(line=found[0].row.line), count=len(found), days=listed)


def _is_exact(drill: Drill) -> bool:
    return (
        sum(sign.isdigit() for sign in drill.row.get("day")) >= 6 and "Q" not in drill.row.get("day").upper()
    )
