"""Which entry tells the start, the decision, the first instance and the end, and which versions are meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence import times
from app.evidence.findings import phrase
from app.evidence.rollback_record.entries import Entry

PARTS = (phrase("start"), phrase("decision"), "first", "done")
_SAYS = {
    "decision": re.compile(
        r"\b(?:deci(?:sion|ded|des?)|entscheid(?:ung|et|en)|entschieden|entschluss|beschlossen)\b",
        re.IGNORECASE,
    ),
    "first": re.compile(
        r"\b(?:first (?:instance|replica|server|pod)|erste[rns]? (?:instanz|server|replika|pod))\b",
        re.IGNORECASE,
    ),
    "done": re.compile(
        r"\b(?:done|finish(?:ed)?|end(?:ed)?|completed?|successfully rolled out|"
        r"all (?:\w{1,12} )?(?:instances|replicas|servers|pods)|"
        r"recover(?:ed|y)|restored|fertig|beendet|abgeschlossen|ende|alle (?:\w{1,12} )?(?:instanzen|server|pods)|"
        r"wiederhergestellt)\b",
        re.IGNORECASE,
    ),
    "start": re.compile(
        r"\b(?:rollout undo|helm rollback|"
        r"start(?:ed|s|zeit)?|began|begin|begun|detected|noticed|alert(?:ed)?|fires|fired|beginn|begonnen|"
        r"gestartet|bemerkt|alarm)\b",
        re.IGNORECASE,
    ),
}
_NOT_YET = re.compile(
    r"\b(?:wait(?:ing|s)?|until|pending|to (?:finish|complete|be (?:done|finished))"
    r"|not (?:yet )?(?:done|finished|completed?)"
    r"|warten?|wartet|noch nicht)\b",
    re.IGNORECASE,
)
_BACK_TO = re.compile(r"\b(?:to|auf|zu)[ `\"']{1,3}$", re.IGNORECASE)
_TOOK = re.compile(
    r"\b(?:from (?:the )?(?:decision|start) (?:to|until)|von der entscheidung bis|duration|took|lasted|elapsed|"
    r"time to (?:roll ?back|restore|recover)|total|dauer|gesamtdauer|dauerte)\b",
    re.IGNORECASE,
)
_PART = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(hours?|h|minutes?|min|m|seconds?|sec|s)?\b", re.IGNORECASE)
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0}
_BEFORE = re.compile(
    r"\b(?:version before(?! the )|before version|from version|bad version|broken version|rolled back from|"
    r"version from|from|version vorher|version davor|vorherige version|alte version|fehlerhafte version|"
    r"zurückgenommene version|von version|ausgangsversion)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:version after|after version|to version|version to|rolled back to|target version|good version|"
    r"restored version|to|version nachher|version danach|neue version|zielversion|auf version|"
    r"wiederhergestellte version)\b",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"(?:(?<![\w.:-])|(?<=[a-z]:))(\d{4}-\d\d-\d\d-[0-9a-f]{5,40}|v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?:-[\w.]{1,20})?|v\d{1,5}|"
    r"(?=[a-f]{0,39}\d)[0-9a-f]{7,40})(?![\w:.]\w)",
    re.ASCII,
)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S{0,20}", re.ASCII)


def of(entries: Sequence[Entry]) -> dict[str, dict[str, Any] | None]:
    """The moments by part; a line that is nothing but label and time comes before a sentence of a timeline."""
    told: dict[str, list[dict[str, Any]]] = {part: [] for part in PARTS}
    stamped = [(entry, moment) for entry in entries if (moment := times.first(entry.value)) is not None]
    for entry, moment in sorted(stamped, key=lambda pair: len(pair[0].label) > 40):
        part = next((part for part, says in _SAYS.items() if says.search(entry.label)), None)
        if part and not (part == "done" and _NOT_YET.search(entry.label)):
            told[part].append(
                {
                    "at_s": round(moment.at, 3), "time": times.iso(moment.at), "line": entry.line,
                    "has_zone": moment.has_zone,
                }
            )  # fmt: skip
    found = {part: next(iter(moments), None) for part, moments in told.items()}
    decided = found["decision"]
    if decided:  # what was done before it was decided is the deploy that is taken back
        found["done"] = next((one for one in told["done"] if one["at_s"] >= decided["at_s"]), found["done"])
    return found


def written(entries: Sequence[Entry]) -> tuple[float, int] | None:
    """The duration the record writes, in seconds, and its line."""
    for entry in entries:
        if (
            _TOOK.search(entry.label[:60])
            and not _SAYS["first"].search(entry.label)
            and times.first(entry.value) is None
        ):
            seconds = _lasting(entry.value)
            if seconds is not None:
                return seconds, entry.line
    return None


def _lasting(text: str) -> float | None:
    """`220 s`, `3 min 40 s`, `3m40s`; a bare number counts as seconds."""
    spaced = re.sub(r"(?<=[hms])(?=\d)", " ", text[:80])
    parts = _PART.findall(spaced)
    if not parts:
        return None
    return sum(float(value) * _SECONDS[(unit or "s")[0].lower()] for value, unit in parts[:3])


def versions(entries: Sequence[Entry]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The version that was taken back and the one that came back: by label, else by the decision between them."""
    before = next(_labelled(entries, _BEFORE), None)
    after = next(_labelled(entries, _AFTER), None)
    if before and after:
        return before, after
    at = next((n for n, entry in enumerate(entries) if _SAYS["decision"].search(entry.label)), None)
    if at is None:
        return before, after
    last = at + 1 if _is_of_before(entries[at]) else at
    earlier, later = list(_told(entries[:last])), list(_told(entries[last:]))
    before = before or next(
        (one for one in reversed(earlier) if not after or one["version"] != after["version"]), None
    )
    after = after or next((one for one in later if not before or one["version"] != before["version"]), None)
    return before, after


def _is_of_before(decision: Entry) -> bool:
    """Whether the version in the words of the decision is the one that is taken back: no `to` stands before it."""
    hit = _VERSION.search(_STAMP.sub(" ", decision.label))
    return hit is not None and _BACK_TO.search(_STAMP.sub(" ", decision.label)[: hit.start()]) is None


def _labelled(entries: Sequence[Entry], says: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        if len(entry.label) <= 40 and entry.label != entry.value and says.search(entry.label):
            value = entry.value.strip("` \"'·.|")
            if value and times.first(value) is None and len(value.split()) <= 2:
                yield {"version": value[:120], "line": entry.line}


def _told(entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        words = entry.label if entry.label == entry.value else f"{entry.label} {entry.value}"
        if hit := _VERSION.search(_STAMP.sub(" ", words)):
            yield {"version": hit[1], "line": entry.line}
