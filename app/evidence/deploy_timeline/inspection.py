"""One timeline from bytes to report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Any

from app.evidence import dated
from app.evidence.deploy_timeline import clocks, dora, lists, rules, tables, trees
from app.evidence.deploy_timeline.deploys import DONE, Deploy
from app.evidence.documents import markdown
from app.evidence.findings import Finding, Report, Unreadable, Where, few, phrase
from app.evidence.plans.strict import Refused
from app.evidence.registers import rows
from app.evidence.source import Source
from app.evidence.times import iso, lasting

LONGEST = 8_000_000
FEWEST_ALIKE = 5
SLACK_S = 1.0
MOST_SAID = 5


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` without any deploy."""
    text = source.text(LONGEST)
    form, found = _read(text)
    if dated.says_utc(text):
        found = [replace(one, has_zone=True) for one in found]
    timed = [one for one in found if (one.end if one.start is None else one.start) is not None]
    if not found:
        raise Unreadable(rules.NONE.at(what=phrase("no row has a time such as 2026-11-20T14:03:50Z")))
    ordered = sorted(timed, key=lambda one: (one.start or one.end or 0.0, one.end or 0.0))
    facts = _facts(form, ordered or found)
    findings = _findings(timed, ordered, facts) if timed else (rules.NO_TIMES.at(count=len(found)),)
    return Report("deploy_timeline", 0.9, facts, tuple(findings))


def _read(text: str) -> tuple[str, list[Deploy]]:
    """The first way of reading that finds a deploy."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            return trees.of_tree(text)
        except Refused as error:
            raise Unreadable(
                rules.NONE.at(what=phrase("it is no JSON ({reason})", reason=str(error)))
            ) from error
    lines = text.split("\n")
    texts = (
        ("kubectl", tables.of_kubectl),
        ("argo text", tables.of_argo),
        ("gh run list", tables.of_gh),
        ("helm text", tables.of_helm),
    )
    for form, read in texts:
        if found := read(lines):
            return form, found
    if any(line.lstrip()[:1] == "|" for line in lines[:400]):
        return "markdown", _of_markdown(text, lines)
    if found := tables.of_rows(clocks.with_days(rows.of_csv(text, tables.FIELDS), lines)):
        return "csv", found
    if found := trees.of_yaml(text):
        return "yaml", found
    if found := tables.of_log(lines):
        return "log", found
    return "list", lists.of_lines(lines)


def _of_markdown(text: str, lines: Sequence[str]) -> list[Deploy]:
    try:
        found = rows.of_document(markdown.read(text), tables.FIELDS)
        return tables.of_rows(clocks.with_days(found, lines))
    except markdown.TooLong as error:
        raise Unreadable(rules.NONE.at(what=str(error))) from error


def _facts(form: str, ordered: Sequence[Deploy]) -> dict[str, Any]:
    moments = [moment for one in ordered for moment in (one.start, one.end) if moment is not None]
    return {
        "format": form,
        "deploys": [_entry(one) for one in ordered],
        "count": len(_versions(ordered)),
        "completed": sum(1 for one in ordered if one.state == DONE),
        "first_time": iso(min(moments)) if moments else None,
        "last_time": iso(max(moments)) if moments else None,
        "has_zone": all(one.has_zone for one in ordered),
        "figures": dora.figures(ordered),
    }


def _entry(one: Deploy) -> dict[str, Any]:
    return {
        "id": one.id,
        "version": one.version,
        "start": None if one.start is None else iso(one.start),
        "end": None if one.end is None else iso(one.end),
        "start_s": None if one.start is None else round(one.start, 3),
        "end_s": None if one.end is None else round(one.end, 3),
        "state": one.state,
        "commit_s": one.commit,
        "line": one.line,
    }


def _versions(deploys: Sequence[Deploy]) -> list[str]:
    """What was deployed, each once: the versions of those that ended well; without a version their ids or times."""
    return list(
        dict.fromkeys(one.version.lower() or one.id or str(one.start) for one in deploys if one.state == DONE)
    )


def _findings(rows: Sequence[Deploy], ordered: Sequence[Deploy], facts: dict[str, Any]) -> Iterator[Finding]:
    yield from _complete(ordered, facts)
    yield from _order(rows, ordered)
    yield from _patterns(ordered)
    yield from _repeated(ordered)
    if not facts["has_zone"]:
        yield rules.NO_ZONE.at(Where(line=next(one.line for one in ordered if not one.has_zone)))
    if facts["figures"]:
        yield rules.FIGURES.at(None, **dora.numbers(facts["figures"]))


def _complete(ordered: Sequence[Deploy], facts: dict[str, Any]) -> Iterator[Finding]:
    """What each deploy says of itself."""
    if facts["count"] > 1:
        yield rules.COUNTED.at(count=facts["count"], first=facts["first_time"], last=facts["last_time"])
    ended = [one for one in ordered if one.state == DONE]
    if lacking := [one for one in ended if one.seconds is None]:
        yield rules.NO_END.at(
            Where(line=lacking[0].line), count=len(lacking), total=len(ended), versions=_names(lacking)
        )
    if nameless := [one for one in ended if not one.version]:
        yield rules.NO_VERSION.at(Where(line=nameless[0].line), count=len(nameless), total=len(ended))
    if other := [one for one in ordered if one.state != DONE]:
        yield rules.NOT_DONE.at(
            Where(line=other[0].line), count=len(other), total=len(ordered), versions=_names(other)
        )


def _order(rows: Sequence[Deploy], ordered: Sequence[Deploy]) -> Iterator[Finding]:
    for one in [one for one in ordered if one.seconds is not None and one.seconds < 0][:MOST_SAID]:
        yield rules.BACKWARDS.at(
            Where(line=one.line), version=_name(one), start=iso(one.start or 0), end=iso(one.end or 0)
        )
    sound = [one for one in ordered if one.seconds is not None and one.seconds >= 0]
    overlaps = [
        (one, other) for one, other in pairwise(sound) if (other.start or 0) < (one.end or 0) - SLACK_S
    ]
    for one, other in overlaps[:MOST_SAID]:
        late = lasting((one.end or 0.0) - (other.start or 0.0))
        yield rules.OVERLAPPING.at(
            Where(line=other.line), first=_name(one), second=_name(other), seconds=late
        )
    starts = [one.start or one.end or 0.0 for one in rows]
    if len(starts) > 2 and starts != sorted(starts) and starts != sorted(starts, reverse=True):
        place = _out_of_place(starts)
        yield rules.UNORDERED.at(Where(line=rows[place].line), version=_name(rows[place]))


def _out_of_place(starts: Sequence[float]) -> int:
    """The first row that breaks the order most rows are in."""
    rises = sum(other >= one for one, other in pairwise(starts))
    is_rising = rises * 2 >= len(starts) - 1
    breaks = (at for at, (one, other) in enumerate(pairwise(starts), 1) if (other < one) == is_rising)
    return next(breaks, 0)


def _patterns(ordered: Sequence[Deploy]) -> Iterator[Finding]:
    """What a file that a person made up would show, and other files too: for reviewers."""
    sound = [one for one in ordered if one.seconds is not None and one.seconds > 0]
    lengths = {round(one.seconds or 0.0, 3) for one in sound}
    if len(sound) >= FEWEST_ALIKE and all(
        (moment or 0) % 60 == 0 for one in sound for moment in (one.start, one.end)
    ):
        yield rules.ROUND.at(count=len(sound))
    elif len(sound) >= FEWEST_ALIKE and len(lengths) == 1:
        yield rules.ALIKE.at(count=len(sound), seconds=lengths.pop())
    numbers = sorted({one.number for one in ordered if one.number is not None})
    if len(numbers) >= FEWEST_ALIKE and len(numbers) == len(ordered):
        missing = sorted(set(range(numbers[0], min(numbers[-1], numbers[0] + 500) + 1)) - set(numbers))
        if missing:
            listed = ", ".join(map(str, missing[:MOST_SAID]))
            yield rules.LEFT_OUT.at(first=numbers[0], last=numbers[-1], count=len(missing), missing=listed)


def _repeated(ordered: Sequence[Deploy]) -> Iterator[Finding]:
    """A version that is rolled again, and one that comes back."""
    ended = [one for one in ordered if one.state == DONE and one.version]
    runs = [list(group) for _, group in groupby(ended, key=lambda one: one.version.lower())]
    for run in [run for run in runs if len(run) > 1][:MOST_SAID]:
        yield rules.AGAIN.at(Where(line=run[1].line), version=_name(run[0]), times=len(run))
    seen = Counter(run[0].version.lower() for run in runs)
    last = {run[0].version.lower(): run[0] for run in runs}
    for version in [version for version, times in seen.items() if times > 1][:MOST_SAID]:
        yield rules.BACK.at(Where(line=last[version].line), version=_name(last[version]))


def _name(one: Deploy) -> str:
    return (one.version or one.id or iso(one.start or one.end or 0.0))[:80]


def _names(found: Sequence[Deploy]) -> str:
    return few([_name(one) for one in found], MOST_SAID)
