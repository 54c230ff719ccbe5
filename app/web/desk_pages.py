"""The desk as its template wants it: the ledger, what bears on a criterion, what changed since the last round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, url_for

from app.course import Course
from app.domain import placeholders
from app.domain.placing import PACKAGE
from app.evidence.units import with_unit
from app.queries import review_desk
from app.queries.review_desk import Desk
from app.queries.review_evidence import DeskFile
from app.queries.review_rubric import DeskCriterion
from app.web.desk_files import PlacedFinding, ShownFile, measured
from app.web.figures import Pair, pairs
from app.web.forms import Form
from app.web.numbers import shown_number
from app.web.pages import names_shown
from app.web.transactions import reading
from app.words import Number, _, spoken

FACTS_OF_PLACES = (
    "n",
    "requests",
    "throughput",
    "error_rate",
    "errors",
    "duration_s",
    "p50",
    "p95",
    "p99",
    "max",
)
"""Facts of a file that fill the place of the same name in a saved comment."""


@dataclass(frozen=True, slots=True)
class ShownClaim:
    label: str
    claimed: str
    recomputed: str
    interval: str
    verdict: str
    source: str
    source_url: str


@dataclass(frozen=True, slots=True)
class ChangedClaim:
    """One claim then and now; `moved` when what was recomputed is another number."""

    label: str
    claimed_before: str
    claimed: str
    recomputed_before: str
    recomputed: str
    verdict: str
    moved: bool


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file then and now; `change` is "changed", "same", "new" or "removed"."""

    name: str
    slot_title: str
    change: str
    anchor: str
    diff_of: UUID | None


def opened(review_id: UUID) -> Desk:
    """The review for whoever asks; NotFound when it is not theirs to read."""
    return review_desk.desk(reading(), g.actor, review_id, named=names_shown())


def desk_pairs(desk: Desk, course: Course) -> tuple[Pair, ...]:
    """Which files are drawn together; none when the course has dropped the capstone."""
    capstone = next((each for each in course.capstones if each.slug == desk.capstone_slug), None)
    return pairs(capstone, desk.files)


def slot_titles(desk: Desk, course: Course) -> dict[str, str]:
    """Slot titles by key; empty when the course has dropped the capstone."""
    capstones = {capstone.slug: capstone for capstone in course.capstones}
    capstone = capstones.get(desk.capstone_slug)
    return {slot.key: slot.title for slot in (*capstone.slots, PACKAGE)} if capstone else {}


def shown_ledger(desk: Desk) -> tuple[ShownClaim, ...]:
    """Contradictions first, then what could not be checked, then what agrees."""
    order = {"contradicts": 0, "unchecked": 1, "inside_noise": 2, "agrees": 3}
    rows = sorted(desk.ledger, key=lambda row: order.get(str(row.get("verdict")), 1))
    return tuple(_shown_claim(row, desk.files) for row in rows)


def changed_claims(desk: Desk) -> tuple[ChangedClaim, ...]:
    """The numbers of the version before beside those of this one, in the order of the ledger."""
    before = {row.get("key"): row for row in desk.ledger_before}
    rows = []
    for row in desk.ledger:
        old, new = _shown_claim(before.get(row.get("key"), {}), ()), _shown_claim(row, ())
        rows.append(
            ChangedClaim(
                label=new.label,
                claimed_before=old.claimed,
                claimed=new.claimed,
                recomputed_before=old.recomputed,
                recomputed=new.recomputed,
                verdict=new.verdict,
                moved=old.recomputed != new.recomputed or old.claimed != new.claimed,
            )
        )
    return tuple(rows)


def changed_files(desk: Desk, titles: Mapping[str, str]) -> tuple[ChangedFile, ...]:
    """Every file with what became of it, the changed ones first."""
    now = [
        ChangedFile(
            file.name,
            titles.get(file.slot, file.slot),
            file.change,
            f"#file-{file.index}",
            file.id if file.change == "changed" else None,
        )
        for file in desk.files
    ]
    gone = [
        ChangedFile(file.name, titles.get(file.slot, file.slot), "removed", "", None) for file in desk.removed
    ]
    order = ["changed", "new", "removed", "same", ""]
    return tuple(sorted([*now, *gone], key=lambda file: order.index(file.change)))


def places(desk: Desk, criterion: DeskCriterion, course: Course) -> dict[str, str]:
    """What fills the places of a saved comment: the claim that bears on the criterion, contradictions first."""
    capstone = next((each for each in course.capstones if each.slug == desk.capstone_slug), None)
    slots = {claim.key: claim.slot for claim in capstone.claims} if capstone else {}
    gravity = {"contradicts": 0, "inside_noise": 2, "agrees": 3}
    rows = sorted(desk.ledger, key=lambda row: gravity.get(str(row.get("verdict")), 1))
    rows = [row for row in rows if slots.get(str(row.get("key"))) in criterion.bears_on] or rows
    known: dict[str, str] = {}
    for row in rows:
        shown = _shown_claim(row, ())
        metric = str(row.get("metric") or "")
        for name, value in (
            ("claimed", shown.claimed),
            ("recomputed", shown.recomputed),
            (metric, shown.recomputed),
        ):
            if value and name in placeholders.NAMES:
                known.setdefault(name, value)
    return _facts_of(desk.files, criterion) | known


def _facts_of(files: Sequence[DeskFile], criterion: DeskCriterion) -> dict[str, str]:
    known: dict[str, str] = {}
    for file in files:
        if file.slot not in criterion.bears_on:
            continue
        for name in FACTS_OF_PLACES:
            value = measured(file.facts.get(name))
            if isinstance(value, (int, float)):
                known.setdefault(name, shown_number(value))
    if "n" in known or "requests" in known:
        known.setdefault("n_samples", known.get("n") or known["requests"])
    return known


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
    for criterion in sorted(desk.criteria, key=lambda each: each.number):
        labels = [
            f"{level.label} ({level.points})" for level in criterion.levels if level.key == criterion.level
        ]
        value = "\n".join([*(labels or [spoken(_("not rated yet"))]), *filter(None, [criterion.comment])])
        change_url = f"{back}#criterion-{criterion.key}" if desk.is_open else ""
        rows.append({"key": criterion.title, "value": value, "change_url": change_url})
    return rows


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
        verdict={"unchecked": "cannot_be_checked", "inside_noise": _("within the noise")}.get(
            verdict, verdict
        ),
        source=source,
        source_url=anchor,
    )


def _interval(row: Mapping[str, Any], unit: str) -> str:
    if row.get("low") is None or row.get("high") is None:
        return ""
    return _("%(low)s to %(high)s", low=shown_number(row["low"]), high=_with_unit(row["high"], unit))


def _with_unit(value: float | None, unit: str) -> str:
    return "" if value is None else Number(with_unit(shown_number(value), unit))
