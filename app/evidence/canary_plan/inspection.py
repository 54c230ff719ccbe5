"""One plan from bytes to report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from app.evidence.canary_plan import manifests, rules, words
from app.evidence.documents.document import Document, Section, Text
from app.evidence.findings import Finding, Report, Unreadable, Where, phrase
from app.evidence.registers import page
from app.evidence.source import Source
from app.evidence.times import lasting

MOST_STEPS = 30
MOST_LINES = 2_000
FEWEST_SHARES = 3
_SENTENCE = re.compile(r"(?<=[.;!?]) ")

Line = tuple[int, str]
Step = dict[str, Any]


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` when no step and no part of a plan is in it."""
    if (planned := manifests.read(source.text())) is not None:
        return Report("canary_plan", 0.9, planned, tuple(_findings(planned, has_switch=True)))
    _, document = page.read(source, rules.UNREADABLE)
    lines = [line for section in document.sections for line in _lines(section)][:MOST_LINES]
    steps = _steps(document)
    is_switch = any(words.BLUE_GREEN.search(text) for _, text in lines)
    parts = {
        "class": _first(lines, words.CLASS),
        "abort": _first(lines, words.ABORT),
        "data": _first(lines, words.DATA),
    }
    if not steps and not any(parts.values()):
        raise Unreadable(rules.NOTHING.at())
    facts = {
        "way": "blue-green" if is_switch and len(steps) < 2 else "canary",
        "title": document.title[:300],
        "steps": steps,
        "parts": parts,
        "abort_numbers": any(map(words.NUMBER.search, _criteria(document, lines))),
        "words": page.words(document.sections),
    }
    has_switch = any(words.SWITCH.search(text) for _, text in lines)
    return Report("canary_plan", 0.9, facts, tuple(_findings(facts, has_switch=has_switch)))


def _criteria(document: Document, lines: Sequence[Line]) -> Iterator[str]:
    """What speaks of stopping or going on, and everything below a heading that does."""
    yield from (text for _, text in lines if words.ABORT.search(text) or words.GOES_ON.search(text))
    for section in document.sections:
        if words.ABORT.search(section.title):
            yield from (text for _, text in _lines(section))


def _lines(section: Section) -> Iterator[Line]:
    """Headings, sentences and cells; a cell comes with the head of its column, which gives it its meaning."""
    yield section.line, section.title
    yield from ((text.line, text.text[:2_000]) for text in section.texts)
    for table in section.tables:
        for line, cells in zip(table.row_lines, table.rows, strict=False):
            pairs = zip(table.header, cells, strict=False)
            yield from ((line, f"{head}: {cell}"[:1_000]) for head, cell in pairs)


def _steps(document: Document) -> list[Step]:
    """Rows of the first table with shares; without one, list items that begin with a share or name one of traffic."""
    for section in document.sections:
        for table in section.tables:
            rows = zip(table.row_lines, table.rows, strict=False)
            found = [step for line, cells in rows if (step := _of_row(line, table.header, cells)) is not None]
            if found:
                return found[:MOST_STEPS]
    texts = [text for section in document.sections for text in section.texts]
    items = [step for text in texts if text.is_item and (step := _of_item(text.line, text.text)) is not None]
    return (items if len(items) > 1 else _of_sentences(texts) or items)[:MOST_STEPS]


def _of_sentences(texts: Sequence[Text]) -> list[Step]:
    """Three shares or more that rise in one sentence: `1 %, 5 %, 25 %, 100 %`; a time said for each is theirs."""
    said = [(text.line, part) for text in texts for part in _SENTENCE.split(text.text[:2_000])]
    times = (_seconds(part) for _, part in said if words.EACH.search(part) and not words.ABORT.search(part))
    bake = next((time for time in times if time is not None), None)
    for line, part in said:
        shares = [float(hit[1].replace(",", ".")) for hit in words.SHARE.finditer(part)]
        is_rising = len(shares) >= FEWEST_SHARES and shares == sorted(set(shares)) and shares[-1] <= 100
        if is_rising and not words.ABORT.search(part):
            return [{"share": share, "bake_s": bake, "line": line} for share in shares]
    return []


def _of_row(line: int, heads: Sequence[str], cells: Sequence[str]) -> Step | None:
    """The share stands in the first cell with a percentage, in a column of traffic; the time in the first later one."""
    for at, (head, cell) in enumerate(zip(heads, cells, strict=False)):
        if hit := words.SHARE.search(cell[:200]):
            if not words.OF_TRAFFIC.search(head) or words.ABORT.search(head):
                return None
            later = (_seconds(other) for other in cells[at + 1 :] if not words.SHARE.search(other[:200]))
            return _step(
                hit[1], _seconds(cell) or next((time for time in later if time is not None), None), line
            )
    return None


def _of_item(line: int, text: str) -> Step | None:
    hit = words.SHARE.search(text[:80])
    if hit is None or words.ABORT.search(text[: hit.start()]):
        return None
    is_step = hit.start() <= 3 or words.OF_TRAFFIC.search(text[:120]) is not None
    return _step(hit[1], _seconds(text[hit.end() : hit.end() + 120]), line) if is_step else None


def _step(share: str, bake: float | None, line: int) -> Step | None:
    value = float(share.replace(",", "."))
    return {"share": value, "bake_s": bake, "line": line} if value <= 100 else None


def _seconds(text: str) -> float | None:
    hit = words.TIME.search(words.WORD.sub(lambda word: words.NUMBERS[word[0].lower()], text[:200]))
    return float(hit[1]) * words.SECONDS[hit[2][0].lower()] if hit else None


def _first(lines: Sequence[Line], says: Any) -> int | None:
    return next((line for line, text in lines if says.search(text)), None)


def _findings(facts: Mapping[str, Any], *, has_switch: bool) -> Iterator[Finding]:
    steps, parts = facts["steps"], facts["parts"]
    if facts["way"] == "canary" and len(steps) < 2:
        yield rules.FEW_STEPS.at(count=len(steps))
    elif facts["way"] == "blue-green" and not has_switch:
        yield rules.NO_SWITCH.at()
    yield from _order(steps)
    yield from _times(steps)
    if lacking := [said for part, said in rules.PARTS.items() if parts[part] is None]:
        yield rules.MISSING.at(parts=", ".join(lacking))
    if parts["abort"] is not None and not facts["abort_numbers"]:
        yield rules.NO_NUMBER.at(Where(line=parts["abort"]))
    if len(steps) >= 2:
        yield rules.STEPS.at(Where(line=steps[0]["line"]), steps=", ".join(map(_shown, steps[:8])))


def _order(steps: Sequence[Step]) -> Iterator[Finding]:
    for before, after in pairwise(steps):
        if after["share"] <= before["share"]:
            shares = {"before": f"{before['share']:g}", "after": f"{after['share']:g}"}
            yield rules.ORDER.at(Where(line=after["line"]), **shares)
            return


def _times(steps: Sequence[Step]) -> Iterator[Finding]:
    """The last step needs no time: it is where everybody is."""
    for step in steps[:-1]:
        if step["bake_s"] is None:
            yield rules.NO_TIME.at(Where(line=step["line"]), share=f"{step['share']:g}")
            return


def _shown(step: Step) -> str:
    share = f"{step['share']:g} %"
    if not step["bake_s"]:
        return share
    return phrase("{share} for {time}", share=share, time=lasting(step["bake_s"]))
