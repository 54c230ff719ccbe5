"""One launch plan from bytes to report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence.capacity_table.stages import MILESTONES, is_capacity, stages
from app.evidence.documents.document import Document, Section
from app.evidence.findings import Report, Unreadable
from app.evidence.launch_plan import checks, contents, reading, rules
from app.evidence.objectives import stated
from app.evidence.source import Source
from app.evidence.sums.finding import Sum, sums

MOST_SUMS = 400
_PEAK = re.compile(r"peak|spitze", re.IGNORECASE)
MOST_CHARACTERS = 150_000
_WRITTEN_IN = ("", "text", "txt", "math", "plain", "plaintext", "latex")
"""Languages of code blocks that hold sums rather than programs."""


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` when it is no plan or cannot be read."""
    form, document, lines = reading.read(source)
    done = [one for _, one in zip(range(MOST_SUMS), _sums(document, lines), strict=False)]
    facts = _facts(form, document, lines, done)
    if (
        not facts["stages"]
        and not facts["tables"]
        and sum(line is not None for line in facts["parts"].values()) < 2
    ):
        raise Unreadable(rules.NO_PLAN.at())
    budgets = stated.findings((one.line, one.text) for section in document.sections for one in section.texts)
    return Report("launch_plan", 0.9, facts, (*checks.findings(facts, document, lines), *budgets))


def _facts(form: str, document: Document, lines: Sequence[str], done: list[dict[str, Any]]) -> dict[str, Any]:
    parts, leads = contents.parts(document), contents.lead_ins(document)
    found = list(_stages(document))
    where = {name: leads.get(name) if part is None else part.line for name, part in parts.items()}
    where["arithmetic"] = where["arithmetic"] or (done[0]["line"] if done else None)
    items = {name: _count(document, parts[name], lines) for name in ("first", "wrong")}
    tables = list(_tables(document))
    return {
        "format": form, "title": document.title[:200], "words": sum(section.words for section in document.sections),
        "sections": len(document.sections), "parts": {**where, "milestones": _first_line(found, tables)},
        "stages": found, "tables": tables, "sums": done, "sum_count": len(done),
        "wrong_sums": sum(not one["agrees"] for one in done), "items": items,
        "objectives": contents.objectives(document, parts["objectives"]),
    }  # fmt: skip


def _first_line(found: Sequence[dict[str, Any]], tables: Sequence[list[dict[str, Any]]]) -> int | None:
    lines = [stage["line"] for stage in found] + [stage["line"] for table in tables for stage in table]
    return min(lines, default=None)


def _count(document: Document, part: Section | None, lines: Sequence[str]) -> int | None:
    found = None if part is None else contents.listed(document, part, lines)
    return None if found is None else contents.count(found)


def _stages(document: Document) -> Iterator[dict[str, Any]]:
    """Each milestone once, with the rates and amounts of its prose."""
    seen: set[int] = set()
    for users, section in contents.milestone_sections(document):
        if users in seen:
            continue
        seen.add(users)
        texts = [text.text for one in document.below(section) for text in one.texts]
        texts += [
            code.text for one in document.below(section) for code in one.code if code.language in _WRITTEN_IN
        ]
        yield _stage(users, section.line, texts)
    for users, item in contents.milestone_items(document):
        if users not in seen:
            seen.add(users)
            yield _stage(users, item.line, [item.text])


def _stage(users: int, line: int, texts: Sequence[str]) -> dict[str, Any]:
    peaks = [rate for text in texts if _PEAK.search(text) for rate in contents.rates(text)]
    return {
        "users": users, "stage": MILESTONES[users], "line": line,
        "rates": [rate for text in texts for rate in contents.rates(text)][:40], "peaks": peaks[:40],
        "costs": [cost for text in texts for cost in contents.costs(text)][:40],
    }  # fmt: skip


def _tables(document: Document) -> Iterator[list[dict[str, Any]]]:
    """The stages of each capacity table in the plan."""
    for section in document.sections:
        for table in section.tables[:20]:
            rows = list(zip(table.row_lines, table.rows, strict=True))
            if is_capacity(table.header, rows) and (found := stages(table.header, rows)):
                yield found


def _sums(document: Document, lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The sums of a plan in their order, of as many letters as a plan has."""
    letters = 0
    for line, text in _places(document):
        letters += len(text)
        if letters > MOST_CHARACTERS:
            return
        yield from _in(line, text, lines)


def _places(document: Document) -> Iterator[tuple[int, str]]:
    """Prose, cells and code that is no program, each with its line."""
    for section in document.sections:
        yield section.line, section.title
        yield from ((text.line, text.text) for text in section.texts)
        for code in section.code:
            if code.language.lower() in _WRITTEN_IN:
                yield from enumerate(code.text.split("\n"), start=code.line)
        for table in section.tables:
            for line, row in zip(table.row_lines, table.rows, strict=True):
                yield from ((line, cell) for cell in row)


def _in(line: int, text: str, lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    for one in sums(text):
        yield {
            "text": one.text, "written": one.written, "written_text": one.written_text[:80],
            "recomputed": one.recomputed, "agrees": one.agrees, "unit": one.unit or " ".join(one.words[:3]),
            "line": _line(line, one, lines),
        }  # fmt: skip


def _line(line: int, one: Sum, lines: Sequence[str]) -> int:
    """The line of a paragraph that the sum begins on."""
    start = one.text.partition(" ")[0]
    near = range(line, min(line + 30, len(lines) + 1))
    if not 0 < line <= len(lines) or start in lines[line - 1]:
        return line
    return next((at for at in near if start in lines[at - 1]), line)
