"""The evidence on the desk: each file with its findings, its pictures and those of its lines that matter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Any
from uuid import UUID

from flask import url_for

from app.adapters.storage_client import StorageDown, StorageMissing
from app.queries.review_desk import Desk
from app.queries.review_evidence import DeskFile, DeskFinding
from app.queries.reviews import LineComment
from app.web.evidence_text import Window, pick, window
from app.web.facts import shown_facts
from app.web.figures import Figure, Pair, file_figures
from app.web.kinds import kind_title
from app.web.pages import storage
from app.words import _

HEAD = 8
"""First lines of a file that stand on the desk."""
AROUND = 2
"""Lines on either side of one that something is said about."""
FURTHEST = 5000
"""A line after this one is reached on the page of lines: to show it means to read all before it."""
DESK_LINES = 240
"""Lines on one desk, shared among its files: a page of more than 150 kB is slow to read and to open."""
LEAST_LINES = 12
LINES_A_PAGE = 1000
LINES_A_PART = 100
LINES_COMPARED = 2000
FILES_SHOWN = 12
"""Files whose lines stand on the desk itself; those after them are one click away."""


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding with the way to its line and a name of its own on the page."""

    id: str
    severity: str
    code: str
    message: str
    why: str
    fix: str
    where: Mapping[str, Any]
    where_url: str
    file: str
    slot: str
    for_reviewer: bool


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line with the codes of what was found there and what the reviewer says about it."""

    number: int
    text: str
    note: str
    said: tuple[LineComment, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that follow each other; `gap` counts those left out after them, None when their number is unknown."""

    lines: tuple[ShownLine, ...]
    gap: int | None = 0

    @property
    def next(self) -> int:
        """The first line that is left out after this block."""
        return self.lines[-1].number + 1 if self.lines else 1


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file on the desk, numbered from 1."""

    id: int
    file_id: UUID
    name: str
    slot: str
    slot_title: str
    size: int
    sha256: str
    kind: str
    check_state: str
    change: str
    facts: tuple[tuple[str, object], ...]
    findings: tuple[PlacedFinding, ...]
    figures: tuple[Figure, ...]
    paired: bool
    blocks: tuple[Block, ...]
    elsewhere: tuple[LineComment, ...]
    problem: str
    fix: int
    look: int
    seen: bool


def shown_files(desk: Desk, titles: Mapping[str, str], drawn: Sequence[Pair]) -> tuple[ShownFile, ...]:
    """The files with the lines that matter, read from storage: call it when no transaction is open."""
    in_pairs = [file for pair in drawn for file in (pair.before, pair.after)]
    return tuple(
        _shown_file(desk, file, titles.get(file.slot, file.slot), paired=file in in_pairs)
        for file in desk.files
    )


def text_of(sha256: str, *, first: int, count: int) -> Window:
    """Lines of a stored file, or the sentence that says why there are none."""
    return _stored(sha256, lambda chunks: window(chunks, first=first, count=count))


def blocks_of(text: Window, desk: Desk, file: DeskFile) -> tuple[Block, ...]:
    """The lines with what is said about each, cut where some are left out."""
    notes, said = _notes(file), _said(desk, file)
    lines = [
        ShownLine(number, line, notes.get(number, ""), said.get(number, ())) for number, line in text.lines
    ]
    return tuple(_blocks(lines, more=text.more))


def part(text: Window, desk: Desk, file: DeskFile, *, gap: int | None) -> Block:
    """Lines that follow each other as one block, with how many are left out after them."""
    return Block(tuple(line for block in blocks_of(text, desk, file) for line in block.lines), gap)


def line_wanted(desk: Desk, file: DeskFile, number: int) -> ShownLine:
    """One line as the desk knows it, without its text."""
    return ShownLine(number, "", _notes(file).get(number, ""), _said(desk, file).get(number, ()))


def _stored(sha256: str, read: Any) -> Window:
    try:
        found: Window = read(storage().open(f"evidence/{sha256}"))
    except StorageMissing:
        return Window(
            problem=_("The file is not in the store. Tell an admin: nothing that was sent may be missing.")
        )
    except StorageDown:
        return Window(problem=_("The file store does not answer. Open this page again in a minute."))
    return found


def _blocks(lines: Sequence[ShownLine], *, more: bool) -> Iterator[Block]:
    """Runs of consecutive numbers, each with how many lines are missing up to the next."""
    runs = [
        [line for _, line in run]
        for _, run in groupby(enumerate(lines), key=lambda each: each[1].number - each[0])
    ]
    for run, following in zip_longest(runs, runs[1:]):
        gap = following[0].number - run[-1].number - 1 if following else (None if more else 0)
        yield Block(tuple(run), gap)


def _wanted(desk: Desk, file: DeskFile) -> frozenset[int]:
    """The numbers of the lines that stand on the desk: the first ones, and those that something is said about."""
    room = max(LEAST_LINES, DESK_LINES // max(1, len(desk.files)))
    chosen = set(range(1, HEAD + 1))
    for line in sorted({*_said(desk, file), *_marked(file)}):
        around = set(range(max(1, line - AROUND), line + AROUND + 1))
        if line <= FURTHEST and len(chosen | around) <= room + HEAD:
            chosen |= around
    return frozenset(chosen)


def _marked(file: DeskFile) -> list[int]:
    lines = (finding.where.get("line") for finding in file.findings)
    return [line for line in lines if line]


def _shown_file(desk: Desk, file: DeskFile, slot_title: str, *, paired: bool) -> ShownFile:
    wanted = _wanted(desk, file) if file.index <= FILES_SHOWN else frozenset[int]()
    text = _stored(file.sha256, lambda chunks: pick(chunks, wanted)) if wanted else Window(more=True)
    findings = tuple(
        _placed(desk, file, finding, index, wanted) for index, finding in enumerate(file.findings, start=1)
    )
    shown = {number for number, _ in text.lines}
    return ShownFile(
        id=file.index,
        file_id=file.id,
        name=file.name,
        slot=file.slot,
        slot_title=slot_title,
        size=file.size,
        sha256=file.sha256,
        kind=kind_title(file.kind),
        check_state=file.check_state.value if file.check_state else "",
        change=file.change,
        facts=tuple(shown_facts(file.kind, file.facts)),
        findings=findings,
        figures=file_figures(file, f"file-{file.index}", desk.files, paired=paired),
        paired=paired,
        blocks=blocks_of(text, desk, file) or ((Block((), None),) if text.more else ()),
        elsewhere=tuple(each for each in desk.comments if each.file_id == file.id and each.line not in shown),
        problem=text.problem,
        fix=sum(finding.severity == "block" for finding in findings),
        look=sum(finding.severity == "warn" for finding in findings),
        seen=file.sha256 in desk.seen,
    )


def _placed(
    desk: Desk, file: DeskFile, finding: DeskFinding, index: int, wanted: frozenset[int]
) -> PlacedFinding:
    return PlacedFinding(
        id=f"finding-{file.index}-{index}",
        severity=finding.severity,
        code=finding.code,
        message=finding.message,
        why=finding.why,
        fix=finding.fix,
        where=finding.where,
        where_url=_line_url(desk, file, finding.where.get("line"), wanted),
        file=file.name,
        slot=file.slot,
        for_reviewer=finding.audience == "reviewer",
    )


def _line_url(desk: Desk, file: DeskFile, line: int | None, wanted: frozenset[int]) -> str:
    """Where a line can be seen: on the desk, or on the page of lines that holds it."""
    if not line:
        return ""
    anchor = f"file-{file.index}-L{line}"
    if line in wanted:
        return f"#{anchor}"
    start = max(1, line - LINES_A_PAGE // 10)
    lines = url_for("lines.show", review_id=desk.review_id, file_id=file.id, first=start)
    return f"{lines}#{anchor}"


def _notes(file: DeskFile) -> dict[int, str]:
    """The codes of what was found at each line."""
    notes: dict[int, list[str]] = {}
    for finding in file.findings:
        if line := finding.where.get("line"):
            notes.setdefault(line, []).append(finding.code)
    return {line: " · ".join(dict.fromkeys(words)) for line, words in notes.items()}


def _said(desk: Desk, file: DeskFile) -> dict[int, tuple[LineComment, ...]]:
    """The reviewer's comments by line."""
    said: dict[int, tuple[LineComment, ...]] = {}
    for comment in desk.comments:
        if comment.file_id == file.id:
            said[comment.line] = (*said.get(comment.line, ()), comment)
    return said
