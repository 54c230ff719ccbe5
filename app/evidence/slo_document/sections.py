"""Objectives in sections: fields as list items, two-column tables or headings of their own; promises in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.evidence.documents.document import Document, Section
from app.evidence.findings import phrase
from app.evidence.objectives import targets
from app.evidence.objectives.objective import Objective
from app.evidence.slo_document import tables, words
from app.evidence.slo_document.filling import fill

_SENTENCES = re.compile(r"(?<=[.;!?]) ")


@dataclass(slots=True)
class Group:
    """A section with those below it that are fields of it: `## Checkout` with `### SLI`, `### Owner`."""

    section: Section
    fields: dict[str, str] = field(default_factory=dict)
    promises: list[tuple[str, int]] = field(default_factory=list)
    code: str = ""

    def take(self, name: str, value: str) -> None:
        if value.strip():
            self.fields.setdefault(name, value.strip())


def groups(document: Document) -> list[Group]:
    """Every section that is no field of another, with all its fields."""
    found: list[Group] = []
    for section in document.sections:
        name = words.is_exactly(section.title) if section.level else None
        is_part = name is not None and found and found[-1].section.level < section.level
        if not is_part:
            found.append(Group(section))
        group = found[-1]
        _own(group, section)
        if name is not None:
            group.take(name, " ".join(text.text for text in section.texts)[:2000])
    return found


def objectives(group: Group) -> Iterator[Objective]:
    """The objective its fields make, else one for each sentence that promises something."""
    title, line = group.section.title or phrase("without a name"), group.section.line
    said = targets.share(group.fields.get("target", ""))
    if said is not None:
        yield _sourced(fill(Objective(title, line), group.fields), group)
        return
    for text, at in group.promises:
        one = Objective(title if len(group.promises) == 1 else _short(text), at, indicator=text[:300])
        yield _sourced(fill(one, {**group.fields, "target": text}, said=text), group)


def _own(group: Group, section: Section) -> None:
    for table in section.tables:
        for name, value in tables.fields(table) or ():
            group.take(name, value)
    for text in section.texts:
        known = words.pairs(text.text)
        for name, value in known:
            group.take(name, value)
        sentences = _SENTENCES.split(text.text[:2000])
        if not known and any(targets.percentages(one) and words.is_promise(one) for one in sentences):
            group.promises.append((text.text, text.line))
    group.code = group.code or next((code.text.strip() for code in section.code if code.text.strip()), "")


def _sourced(one: Objective, group: Group) -> Objective:
    one.source = one.source or " ".join(group.code.split())[:300]
    return one


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:78].rsplit(' ', 1)[0]} …"
