"""Objectives in a table: a row for each, or a field in each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.evidence.documents.document import Document, Section, Table
from app.evidence.findings import phrase
from app.evidence.objectives import targets
from app.evidence.objectives.objective import Objective
from app.evidence.slo_document import words
from app.evidence.slo_document.filling import fill


def objectives(document: Document) -> Iterator[Objective]:
    """The rows of every table that has a column of targets."""
    for section in document.sections:
        for table in section.tables:
            if fields(table) is None:
                yield from _rows(section, table)


def fields(table: Table) -> list[tuple[str, str]] | None:
    """A table of two columns with the names of fields on the left, as pairs; None for any other."""
    rows = (table.header, *table.rows)
    known = [(name, row[1]) for row in rows if len(row) == 2 and (name := words.is_exactly(row[0]))]
    return known if len(known) >= 2 and len(known) * 2 >= len(table.rows) else None


def _rows(section: Section, table: Table) -> Iterator[Objective]:
    about = _columns(table)
    if "target" not in about:
        return
    for row, line in zip(table.rows, table.row_lines, strict=True):
        cells = {name: row[at].strip() for name, at in about.items() if at < len(row)}
        if targets.share(cells.get("target", "")) is None:
            continue
        name = cells.get("name") or cells.get("indicator") or section.title or phrase("without a name")
        yield fill(Objective(name, line), cells, said=" ".join(row))


def _columns(table: Table) -> Mapping[str, int]:
    """The column of each field. Which one holds the targets is seen in its cells: `objective` may be a name."""
    named = [words.field(title) for title in table.header]
    holding = [_share_of_targets(table, at) for at in range(len(table.header))]
    fitting = [
        at for at, held in enumerate(holding)
        if held >= 0.5 and named[at] in ("target", None, "indicator", "name")
    ]  # fmt: skip
    if not fitting or not any(name in ("target", "window", "budget", "indicator") for name in named):
        return {}
    target = max(fitting, key=lambda at: (named[at] == "target", holding[at], -at))
    about = {name: at for at, name in reversed(list(enumerate(named))) if name and at != target}
    own = about.pop("target", None)
    if "name" not in about and (own is not None or (target != 0 and named[0] is None)):
        about["name"] = 0 if own is None else own
    return {**about, "target": target}


def _share_of_targets(table: Table, at: int) -> float:
    cells = [row[at] for row in table.rows if at < len(row)]
    return sum(targets.share(cell) is not None for cell in cells) / len(cells) if cells else 0.0
