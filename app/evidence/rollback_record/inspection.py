"""One record of a rollback from bytes to report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.evidence import dated
from app.evidence.findings import Finding, Report, Unreadable, Where, phrase
from app.evidence.rollback_record import dating, entries, moments, rules, transcript
from app.evidence.source import Source
from app.evidence.times import lasting

ROUNDING_S = 1.0
"""A written duration may differ by this, or by a twentieth: people round."""


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` when nothing in it has a time."""
    ran = transcript.of_text(source.text(entries.LONGEST))
    form, found = ("session", ran) if ran else entries.read(source)
    when = moments.of(found)
    if not any(when.values()) and form in ("markdown", "lines"):
        found = dating.dated(found, source.text(entries.LONGEST))
        when = moments.of(found)
    if not any(when.values()):
        raise Unreadable(rules.NO_TIMES.at())
    facts = _facts(form, found, when)
    facts["has_zone"] = facts["has_zone"] or (form != "json" and dated.says_utc(source.text(entries.LONGEST)))
    return Report("rollback_record", 0.9, facts, tuple(_findings(facts)))


def _facts(form: str, found: list[entries.Entry], when: Mapping[str, Any]) -> dict[str, Any]:
    since = next((part for part in ("decision", "start") if when[part]), "")
    duration = when["done"]["at_s"] - when[since]["at_s"] if since and when["done"] else None
    written = moments.written(found)
    before, after = moments.versions(found)
    return {
        "format": form,
        "moments": {part: _without_zone(moment) for part, moment in when.items()},
        "duration_s": None if duration is None else round(duration, 3),
        "since": since if duration is not None else "",
        "written_s": written[0] if written else None,
        "written_line": written[1] if written else None,
        "before": before,
        "after": after,
        "has_zone": all(moment["has_zone"] for moment in when.values() if moment),
    }


def _without_zone(moment: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if moment is None else {key: moment[key] for key in ("at_s", "time", "line")}


def _findings(facts: Mapping[str, Any]) -> Iterator[Finding]:
    when = facts["moments"]
    parts = {
        phrase("the decision"): when["decision"],
        phrase("the end"): when["done"],
        phrase("the version that came back"): facts["after"],
        phrase("the version that was taken back"): facts["before"],
    }
    if lacking := [name for name, part in parts.items() if part is None]:
        yield rules.MISSING.at(parts=", ".join(lacking))
    if not facts["has_zone"]:
        yield rules.NO_ZONE.at()
    if facts["before"] and facts["after"] and facts["before"]["version"] == facts["after"]["version"]:
        yield rules.SAME_VERSION.at(_place(facts["after"]), version=facts["after"]["version"])
    if facts["duration_s"] is not None:
        yield from _duration(facts)


def _duration(facts: Mapping[str, Any]) -> Iterator[Finding]:
    duration, written, when = facts["duration_s"], facts["written_s"], facts["moments"]
    start, done = when[facts["since"]], when["done"]
    if duration < 0:
        yield rules.ORDER.at(_place(done), since=facts["since"], start=start["time"], done=done["time"])
    elif written is not None and abs(written - duration) > max(ROUNDING_S, duration / 20):
        yield rules.WRITTEN.at(
            Where(line=facts["written_line"] or None), written=lasting(written), duration=lasting(duration),
            since=facts["since"], start=start["time"], done=done["time"],
        )  # fmt: skip
    else:
        yield rules.DURATION.at(
            _place(done),
            duration=lasting(duration),
            since=facts["since"],
            start=start["time"],
            done=done["time"],
        )


def _place(part: Mapping[str, Any]) -> Where:
    return Where(line=part["line"] or None)
