"""Where the parts and milestones of a plan are, what is listed in them, and which objectives they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence.capacity_table.stages import MILESTONES
from app.evidence.documents import wording
from app.evidence.documents.document import Document, Section, Text
from app.evidence.sums.operands import quantity
from app.evidence.sums.quantities import DAY, Quantity
from app.evidence.sums.tokens import Token, plain, tokens

PARTS = wording.Subjects({
    "first": ("add first", "first three", "three things to add", "comes first", "what comes first", "first additions",
              "to add first", "priorities", "next three", "three to add",
              "zuerst hinzufügen", "als erstes hinzufügen", "zuerst ergänzen", "kommt zuerst", "dinge zuerst",
              "die ersten drei", "erste ergänzungen", "erste erweiterungen", "was zuerst kommt"),
    "wrong": ("wrong", "mistakes", "will be done wrong", "go wrong", "goes wrong", "get wrong", "pitfalls",
         "wrong first", "first three mistakes", "schiefgehen", "schiefgeht", "schief geht", "falsch machen",
         "stolpersteine", "zuerst falsch", "drei fehler", "die ersten drei fehler", "erste fehler", "typische fehler"),
    "objectives": ("objectives", "slos", "slo", "service level objectives", "service levels", "objective", "targets",
                   "ziele", "dienstziele"),
    "arithmetic": ("capacity", "arithmetic", "capacity math", "back of the envelope", "estimates", "calculations",
                   "numbers", "sizing", "estimation", "kapazität", "rechnung", "berechnung", "abschätzung"),
    "start": ("start", "starts", "starting point", "day 0", "day zero", "where it starts", "stack", "today",
              "current state", "architecture", "setup", "baseline",
              "ausgangslage", "ausgangspunkt", "heute", "architektur"),
})  # fmt: skip
SHORT = 8
LABEL, LONGEST_LABEL = 4, 60
MOST_LEADS = 400
LONGEST_SHOWN = 160
_SIGN = re.compile(
    r"\d|\b(?:recogni[sz]|sign\b|signal|alert|metric|shows?\b|seen\b|notice|dashboard|log\b|logs\b|bill\b)"
    r"|\b(?:p9\d|graph|when |erkenn|alarm|anzeige|warteschlange|sehen wir)",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[,;] (?:and |und |then |dann )?|,? (?:and|und|sowie|as well as) ")
_BRACKETS = re.compile(r"\([^()]{0,300}\)")
_NUMBERED = re.compile(r"(?:^|[\s(:;,.])([1-9])[.)] ")
_TARGET = re.compile(r"(?<![\d.,])(9\d(?:[.,]\d{1,5})?) {0,2}%")
_FAST = re.compile(
    r"latency|\bms\b|faster|in under|within|speed|respon|\bp9\d|seconds?\b|quick", re.IGNORECASE
)
_UP = re.compile(r"availab|success|uptime|\b5xx\b|errors?\b|reachable|\bup\b", re.IGNORECASE)
_ABOUT = re.compile(r"\bSLOs?\b|objective|target|availab|uptime", re.IGNORECASE)


def parts(document: Document) -> dict[str, Section | None]:
    """The section of each part, by its heading."""
    found: dict[str, Section | None] = dict.fromkeys(PARTS)
    for section in document.sections:
        name = wording.about(section.title, PARTS) if section.level else None
        if name and found[name] is None and not (section.level == 1 and section is document.sections[0]):
            found[name] = section
    return found


def lead_ins(document: Document) -> dict[str, int]:
    """Parts that a short paragraph begins, as people do with bold type instead of a heading: their lines."""
    found: dict[str, int] = {}
    looked = 0
    for section in document.sections:
        for text in section.texts[:MOST_LEADS]:
            if len(found) == len(PARTS) or (looked := looked + 1) > MOST_LEADS:
                return found
            name = wording.about(_leading(text.text), PARTS)
            if name:
                found.setdefault(name, text.line)
    return found


def _leading(text: str) -> str:
    """A whole short paragraph, or the label that a longer one begins with: `Stack: Django on one machine, …`."""
    if len(text.split()) <= SHORT:
        return text
    label, mark, _ = text[:LONGEST_LABEL].partition(":")
    return label if mark and len(label.split()) <= LABEL else ""


def milestone_sections(document: Document) -> Iterator[tuple[int, Section]]:
    """The sections whose heading names one of the milestones; the title of the whole is none."""
    for at, section in enumerate(document.sections):
        users = milestone_of(section.title) if section.level else None
        if users is None or (at == 0 and section.level == 1 and len(document.sections) > 1):
            continue
        yield users, section


def milestone_items(document: Document) -> Iterator[tuple[int, Text]]:
    """List items that begin with a milestone: `1,000 users: 0.23 requests a second, …`."""
    for text in (text for section in document.sections for text in section.texts if text.is_item):
        label, mark, _ = text.text[:LONGEST_LABEL].partition(":")
        users = milestone_of(label) if mark and len(label.split()) <= LABEL and label[:1].isdigit() else None
        if users is not None:
            yield users, text


def milestone_of(title: str) -> int | None:
    """The last milestone a heading names: `From 100 to 1,000 users` is about 1,000."""
    found = [one for one in quantities(title) if one.unit in ("", "rate")]
    readings = (
        round(value)  # 100.000 users are a hundred thousand: nobody counts parts of users
        for one in reversed(found)
        for value in sorted((one.value, one.other), reverse=True)
    )
    return next((users for users in readings if users in MILESTONES), None)


def quantities(text: str) -> Iterator[Quantity]:
    """Every number of a text with its words."""
    found = list(tokens(plain(text)))
    for at, token in enumerate(found):
        if token.kind == "number":
            before = found[at - 1 : at] if at and found[at - 1].kind == "money" else []
            yield quantity(before, token, _words(found[at + 1 : at + 7]))


def _words(found: Sequence[Token]) -> list[Token]:
    taken: list[Token] = []
    for token in found:
        if token.kind not in ("word", "percent", "slash"):
            break
        taken.append(token)
    return taken


def rates(text: str) -> list[float]:
    """Requests a second; those in other times are left out, since they are means of a day."""
    return [
        one.value for one in quantities(text) if one.is_rate and not one.sizes and one.times[:1] == (1.0,)
    ]


def costs(text: str) -> list[float]:
    """Amounts a month."""
    return [one.value for one in quantities(text) if one.is_money and 30 * DAY in one.times]


def listed(document: Document, section: Section, lines: Sequence[str]) -> list[str] | None:
    """The things a part lists, each with what stands under it: its subsections, else its items,
    else rows of its table."""
    below = [one for one in document.below(section) if one.level == section.level + 1]
    if len(below) > 1:
        return [f"{one.title} {' '.join(text.text for text in one.texts)}" for one in below]
    items: list[str] = []
    for text in section.texts:
        if text.is_item and _is_outer(text, lines):
            items.append(text.text)
        elif items and text.is_item:
            items[-1] += f" {text.text}"
    rows = [" ".join(row) for table in section.tables[:1] for row in table.rows]
    return items or rows or None


def count(found: Sequence[str]) -> int | None:
    """How many things these are; one text may list three with commas. None where it may or may not list more."""
    if len(found) != 1:
        return len(found)
    numbered = _NUMBERED.findall(found[0][:2000])
    if len(numbered) > 1 and [int(one) for one in numbered] == list(range(1, len(numbered) + 1)):
        return len(numbered)
    things = [one for one in _PARTED.split(_BRACKETS.sub("", found[0][:2000])) if one.strip(" .:")]
    return 3 if len(things) == 3 else 1 if len(things) < 3 else None


def _is_outer(text: Text, lines: Sequence[str]) -> bool:
    """Whether an item stands at the margin and begins with its mark; documents without lines have only such."""
    raw = lines[text.line - 1] if 0 < text.line <= len(lines) else "-"
    return re.match(r"[-*+]|\d{1,3}[.)]", raw) is not None


def has_sign(text: str) -> bool:
    """Whether a mistake is described with something that shows it."""
    return _SIGN.search(text) is not None


def objectives(document: Document, section: Section | None) -> list[dict[str, Any]]:
    """The targets of the objectives' part; without one, those of sentences that call themselves that."""
    places = list(document.below(section)) if section is not None else list(document.sections)
    found: list[dict[str, Any]] = []
    for place in places:
        texts = [(text.line, text.text) for text in place.texts]
        rows = (
            (table, line, row)
            for table in place.tables
            for line, row in zip(table.row_lines, table.rows, strict=True)
        )
        texts += [(line, " | ".join(row)) for _, line, row in rows]
        for line, text in texts:
            if section is not None or _ABOUT.search(text):
                found += _targets(line, text, place.title)
    return found[:40]


def _targets(line: int, text: str, title: str) -> Iterator[dict[str, Any]]:
    for part in re.split(r"(?<=[.;]) ", text[:4000]):
        hits = list(_TARGET.finditer(part))
        for hit, layer in zip(hits, _layers(part, [hit.span() for hit in hits]), strict=True):
            share = round(float(hit[1].replace(",", ".")) / 100, 9)
            yield {
                "layer": layer or _layer(title),
                "target": share,
                "line": line,
                "text": part[:LONGEST_SHOWN],
            }


def _layers(part: str, hits: Sequence[tuple[int, int]]) -> list[str]:
    """What each target is about. Of several, the words before each, as in the rows of a table that a PDF gives as one
    text, or the words behind it, as in a sentence; whichever the first one has."""
    if len(hits) < 2:
        return [_layer(part)] * len(hits)
    ends = [0, *(end for _, end in hits[:-1])]
    before = [_layer(part[end:start]) for end, (start, _) in zip(ends, hits, strict=True)]
    starts = [*(start for start, _ in hits[1:]), len(part)]
    behind = [_layer(part[end:start]) for start, (_, end) in zip(starts, hits, strict=True)]
    return [
        (one or other) if before[0] else (other or one) for one, other in zip(before, behind, strict=True)
    ]


def _layer(text: str) -> str:
    return "latency" if _FAST.search(text) else "availability" if _UP.search(text) else ""
