"""One kill log from bytes to report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence.findings import Finding, Report, Unreadable, Where, few, phrase
from app.evidence.kill_log import logfmt, reading, rules
from app.evidence.kill_log.pairing import Kill
from app.evidence.source import Source
from app.evidence.times import iso

LONGEST = 8_000_000
MOST = 2_000
MOST_SAID = 5
ASKED = ("KILL", "TERM")


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` without any kill."""
    text = source.text(LONGEST)
    found = reading.read(text)
    if not (found.kills or found.is_aged or found.dayless):
        what = phrase("no line has a time such as 2026-11-20T14:05:10Z")
        if found.unread:
            what = phrase(
                "“{time}” in line {line} is no time",
                time=found.unread[0].get("time")[:40],
                line=found.unread[0].line,
            )
        elif (dry := logfmt.dry_line(text.split("\n"))) is not None:
            what = phrase("line {line} is of a dry run, in which nothing is killed", line=dry)
        raise Unreadable(rules.NONE.at(what=what))
    facts = _facts(found.form, found.kills[:MOST])
    return Report("kill_log", 0.9, facts, tuple(_findings(found, found.kills[:MOST])))


def _facts(form: str, kills: Sequence[Kill]) -> dict[str, Any]:
    has_year = all(one.has_year for one in kills)
    moments = [moment for one in kills for moment in (one.at, one.back) if moment is not None]
    return {
        "format": form,
        "kills": [_entry(one, has_year=has_year) for one in kills],
        "count": len(kills),
        "instances": list(dict.fromkeys(one.instance for one in kills if one.instance)),
        "first_time": iso(min(moments)) if moments and has_year else None,
        "last_time": iso(max(moments)) if moments and has_year else None,
        "has_zone": all(one.has_zone for one in kills),
        "has_year": has_year,
    }


def _entry(one: Kill, *, has_year: bool) -> dict[str, Any]:
    return {
        "instance": one.instance,
        "signal": one.signal,
        "start": iso(one.at) if has_year else None,
        "back": iso(one.back) if has_year and one.back is not None else None,
        "start_s": round(one.at, 3),
        "back_s": None if one.back is None else round(one.back, 3),
        "is_forced": one.is_forced,
        "line": one.line,
    }


def _findings(found: reading.Found, kills: Sequence[Kill]) -> Iterator[Finding]:
    if found.dayless:
        yield rules.NO_DAY.at(Where(line=found.dayless.line), clock=iso(found.dayless.at)[11:19])
        return
    if not kills:
        yield rules.AGES.at()
        return
    yield from _instances(kills)
    yield from _signals(kills)
    yield from _clocks(found, kills)


def _instances(kills: Sequence[Kill]) -> Iterator[Finding]:
    """How many different ones, and what is not said of them."""
    names = list(dict.fromkeys(one.instance for one in kills if one.instance))
    if len(names) > 1:
        yield rules.COUNTED.at(
            count=len(kills),
            instances=len(names),
            first=_when(kills[0]),
            last=_when(kills[-1]),
            names=few([f"{one.instance} by {one.signal or 'an unnamed signal'}" for one in kills], MOST_SAID),
        )
    elif names:
        yield rules.ONE_INSTANCE.at(Where(line=kills[-1].line), names=names[0])
    if nameless := [one for one in kills if not one.instance]:
        yield rules.NO_NAME.at(Where(line=nameless[0].line), count=len(nameless), total=len(kills))
    if waiting := [one for one in kills if one.back is None]:
        listed = few([_name(one) for one in waiting], MOST_SAID)
        yield rules.NO_RETURN.at(
            Where(line=waiting[0].line), count=len(waiting), total=len(kills), names=listed
        )


def _signals(kills: Sequence[Kill]) -> Iterator[Finding]:
    known = {one.signal for one in kills if one.signal}
    missing = [signal for signal in ASKED if signal not in known]
    if not known:
        yield rules.NO_SIGNAL.at()
    elif missing:
        tried, untried = " or ".join(sorted(known)), " or ".join(missing)
        yield rules.ONE_SIGNAL.at(Where(line=kills[0].line), signal=tried, missing=untried)
    if forced := [one for one in kills if one.is_forced]:
        yield rules.FORCED.at(
            Where(line=forced[0].line), names=few([_name(one) for one in forced], MOST_SAID)
        )


def _clocks(found: reading.Found, kills: Sequence[Kill]) -> Iterator[Finding]:
    loose = next((one for one in kills if not (one.has_zone and one.has_year)), None)
    if loose is not None:
        what = phrase("zone") if loose.has_year else phrase("zone and no year")
        year = "" if loose.has_year else phrase(", in the year of the requests")
        yield rules.NO_ZONE.at(Where(line=loose.line), what=what, year=year)
    if found.unread:
        first = found.unread[0]
        what = f"“{first.get('time')[:40]}”" if first.get("time") else phrase("an empty cell")
        yield rules.UNREAD.at(Where(line=first.line), count=len(found.unread), what=what)
    for row in found.backwards[:MOST_SAID]:
        name, back, start = (row.get(field)[:60] for field in ("instance", "back", "time"))
        yield rules.BACKWARDS.at(Where(line=row.line), name=name or "An instance", back=back, start=start)


def _when(one: Kill) -> str:
    """Without its year where the log does not say it."""
    return iso(one.at) if one.has_year else iso(one.at)[5:].removesuffix("Z")


def _name(one: Kill) -> str:
    return one.instance[:60] or _when(one)
