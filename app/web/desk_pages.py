"""The desk as its template wants it: where findings lead, what bears on a criterion, numbers as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from app.adapters.storage_client import StorageDown, StorageMissing
from app.course import Course
from app.queries.review_desk import Desk, DeskCriterion
from app.queries.review_evidence import DeskFile, DeskFinding
from app.queries.reviews import LineComment
from app.web.evidence_text import Window, window
from app.web.figures import Figure, Pair, file_figures, pairs
from app.web.forms import Form
from app.web.pages import storage

LINES = 400
DESK_LINES = 480
"""Lines on one desk, shared among its files: a page of more than 150 kB is slow to read and to open."""
LEAST_LINES = 60
LINES_A_PAGE = 1000
FILES_SHOWN = 12
"""Files whose lines stand on the desk itself; those after them are one click away."""
MOST_FACTS = 12
FACTS_FIRST = ("requests", "p50", "p95", "p99", "max", "throughput", "error_rate", "duration_s")
FACTS_LEFT_OUT = frozenset(
    {"schema", "name", "sha256", "kind", "n", "first_start_s", "first_time", "last_time"}
)


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
class ShownFile:
    """One file on the desk, numbered from 1: `rows` are lines as (number, text, note)."""

    id: int
    file_id: UUID
    name: str
    slot: str
    slot_title: str
    size: int
    sha256: str
    kind: str | None
    check_state: str
    change: str
    facts: tuple[tuple[str, str], ...]
    findings: tuple[PlacedFinding, ...]
    figures: tuple[Figure, ...]
    paired: bool
    rows: tuple[tuple[int, str, str], ...]
    more: bool
    problem: str
    fix: int
    look: int
    seen: bool = False


@dataclass(frozen=True, slots=True)
class ShownClaim:
    label: str
    claimed: str
    recomputed: str
    interval: str
    verdict: str
    source: str
    source_url: str


def shown_files(desk: Desk, course: Course, drawn: Sequence[Pair]) -> tuple[ShownFile, ...]:
    """The files with their first lines, read from storage: call it when no transaction is open."""
    titles = slot_titles(desk, course)
    in_pairs = [file for pair in drawn for file in (pair.before, pair.after)]
    return tuple(
        _shown_file(desk, file, titles.get(file.slot, file.slot), paired=file in in_pairs)
        for file in desk.files
    )


def desk_pairs(desk: Desk, course: Course) -> tuple[Pair, ...]:
    """Which files are drawn together; none when the course has dropped the capstone."""
    capstone = next((each for each in course.capstones if each.slug == desk.capstone_slug), None)
    return pairs(capstone, desk.files)


def slot_titles(desk: Desk, course: Course) -> dict[str, str]:
    """Slot titles by key; empty when the course has dropped the capstone."""
    capstones = {capstone.slug: capstone for capstone in course.capstones}
    capstone = capstones.get(desk.capstone_slug)
    return {slot.key: slot.title for slot in capstone.slots} if capstone else {}


def shown_ledger(desk: Desk) -> tuple[ShownClaim, ...]:
    """Contradictions first, then what could not be checked, then what agrees."""
    order = {"contradicts": 0, "unchecked": 1, "inside_noise": 2, "agrees": 3}
    rows = sorted(desk.ledger, key=lambda row: order.get(str(row.get("verdict")), 1))
    return tuple(_shown_claim(row, desk.files) for row in rows)


def bearing(criterion: DeskCriterion, files: Sequence[ShownFile]) -> list[PlacedFinding]:
    """The findings that bear on a criterion: by their code or by the slot of their file. Good ones come last."""
    found = [
        finding
        for file in files
        for finding in file.findings
        if finding.code in criterion.bears_on or finding.slot in criterion.bears_on
    ]
    gravity = ["block", "warn", "note", "good"]
    return sorted(found, key=lambda finding: gravity.index(finding.severity))


def desk_form(desk: Desk) -> Form:
    """The saved draft as a form."""
    form = Form()
    for criterion in desk.criteria:
        form.values[f"level-{criterion.key}"] = criterion.level
        form.values[f"comment-{criterion.key}"] = criterion.comment
    form.values["summary"], form.values["private_note"] = desk.summary, desk.private_note
    return form


def rated_rows(desk: Desk) -> list[dict[str, str]]:
    """The criteria as the learner will read them, each with the way back to change it."""
    back = url_for("reviews.desk", review_id=desk.review_id)
    rows = []
    for criterion in desk.criteria:
        labels = [
            f"{level.label} ({level.points})" for level in criterion.levels if level.key == criterion.level
        ]
        value = "\n".join([*(labels or ["not rated yet"]), *filter(None, [criterion.comment])])
        change_url = f"{back}#criterion-{criterion.key}" if desk.is_open else ""
        rows.append({"key": criterion.title, "value": value, "change_url": change_url})
    return rows


def lines_shown(desk: Desk) -> int:
    """How many first lines of each file stand on this desk."""
    return max(LEAST_LINES, min(LINES, DESK_LINES // max(1, len(desk.files))))


def text_of(file: DeskFile, *, first: int, count: int) -> Window:
    """Lines of a file from storage, or the sentence that says why there are none."""
    try:
        return window(storage().open(f"evidence/{file.sha256}"), first=first, count=count)
    except StorageMissing:
        return Window(
            problem="The file is not in the store. Tell an admin: nothing that was sent may be missing."
        )
    except StorageDown:
        return Window(problem="The file store does not answer. Open this page again in a minute.")


def noted(text: Window, file: DeskFile, comments: Sequence[LineComment]) -> tuple[tuple[int, str, str], ...]:
    """The lines with what is said about each: (number, text, note)."""
    notes = _notes(file, comments)
    return tuple((number, line, notes.get(number, "")) for number, line in text.lines)


def _shown_file(desk: Desk, file: DeskFile, slot_title: str, *, paired: bool) -> ShownFile:
    text = text_of(file, first=1, count=lines_shown(desk)) if file.index <= FILES_SHOWN else Window(more=True)
    findings = tuple(
        _placed(desk, file, finding, index) for index, finding in enumerate(file.findings, start=1)
    )
    return ShownFile(
        id=file.index,
        file_id=file.id,
        name=file.name,
        slot=file.slot,
        slot_title=slot_title,
        size=file.size,
        sha256=file.sha256,
        kind=file.kind,
        check_state=file.check_state.value if file.check_state else "",
        change=file.change,
        facts=tuple(_facts(file.facts)),
        findings=findings,
        figures=file_figures(file, f"file-{file.index}", paired=paired),
        paired=paired,
        rows=noted(text, file, desk.comments),
        more=text.more,
        problem=text.problem,
        fix=sum(finding.severity == "block" for finding in findings),
        look=sum(finding.severity == "warn" for finding in findings),
    )


def _placed(desk: Desk, file: DeskFile, finding: DeskFinding, index: int) -> PlacedFinding:
    return PlacedFinding(
        id=f"finding-{file.index}-{index}",
        severity=finding.severity,
        code=finding.code,
        message=finding.message,
        why=finding.why,
        fix=finding.fix,
        where=finding.where,
        where_url=_line_url(desk, file, finding.where.get("line")),
        file=file.name,
        slot=file.slot,
        for_reviewer=finding.audience == "reviewer",
    )


def _line_url(desk: Desk, file: DeskFile, line: int | None) -> str:
    """Where a line can be seen: on the desk, or on the page of lines that holds it."""
    if not line:
        return ""
    anchor = f"file-{file.index}-L{line}"
    if line <= lines_shown(desk) and file.index <= FILES_SHOWN:
        return f"#{anchor}"
    start = max(1, line - LINES_A_PAGE // 10)
    lines = url_for("lines.show", review_id=desk.review_id, file_id=file.id, first=start)
    return f"{lines}#{anchor}"


def _notes(file: DeskFile, comments: Sequence[LineComment]) -> dict[int, str]:
    """What is said at a line: comments of the reviewer, then codes of findings."""
    notes: dict[int, list[str]] = {}
    for comment in comments:
        if comment.file_id == file.id:
            notes.setdefault(comment.line, []).append(f"“{comment.body}”")
    for finding in file.findings:
        if line := finding.where.get("line"):
            notes.setdefault(line, []).append(finding.code)
    return {line: " · ".join(dict.fromkeys(words)) for line, words in notes.items()}


def _facts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The plain values among what was read, in the reader's words for them; structures stay in the JSON."""
    order = (*FACTS_FIRST, *sorted(set(facts) - {*FACTS_FIRST, *FACTS_LEFT_OUT}))
    plain = [
        (name.replace("_", " "), _number(value))
        for name, value in ((name, _measured(facts.get(name))) for name in order)
        if isinstance(value, (int, float, str)) and value != ""
    ]
    return plain[:MOST_FACTS]


def _measured(value: Any) -> Any:
    """The value of a percentile, which comes with its interval; anything else as it is."""
    return value.get("value") if isinstance(value, Mapping) else value


def _shown_claim(row: Mapping[str, Any], files: Sequence[DeskFile]) -> ShownClaim:
    unit = str(row.get("unit") or "")
    source = str(row.get("source") or "") or str(row.get("reason") or "")
    anchor = next((f"#file-{file.index}" for file in files if file.name and source.startswith(file.name)), "")
    verdict = str(row.get("verdict") or "unchecked")
    return ShownClaim(
        label=str(row.get("label") or row.get("key") or ""),
        claimed=str(row.get("said") or "") or _with_unit(row.get("claimed"), unit),
        recomputed=_with_unit(row.get("recomputed"), unit),
        interval=_interval(row, unit),
        verdict={"unchecked": "cannot_be_checked", "inside_noise": "within the noise"}.get(verdict, verdict),
        source=source,
        source_url=anchor,
    )


def _interval(row: Mapping[str, Any], unit: str) -> str:
    if row.get("low") is None or row.get("high") is None:
        return ""
    return f"{_number(row['low'])} to {_number(row['high'])} {unit}".strip()


def _with_unit(value: float | None, unit: str) -> str:
    return "" if value is None else f"{_number(value)} {unit}".strip()


def _number(value: float | int | str) -> str:
    """Four significant digits, thousands grouped; text as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if len(value) <= 120 else f"{value[:120]}…"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    digits = f"{value:.4g}"
    return f"{float(digits):,}" if "e" not in digits else digits
