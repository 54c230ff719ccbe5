"""The desk as its template wants it: the ledger, what bears on a criterion, what changed since the last round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import g, url_for

from app.course import Course
from app.domain import placeholders
from app.domain.placing import PACKAGE
from app.queries import review_desk
from app.queries.review_desk import Desk
from app.queries.review_evidence import DeskFile
from app.queries.review_rubric import DeskCriterion
from app.web.desk_files import PlacedFinding, ShownFile
from app.web.facts import measured
from app.web.figures import Pair, pairs
from app.web.forms import Form
from app.web.ledger_rows import ShownClaim, shown_claim, shown_ledger
from app.web.numbers import shown_number
from app.web.pages import course, names_shown
from app.web.transactions import reading
from app.words import _, spoken

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
    slots = {capstone.slug: [slot.key for slot in capstone.slots] for capstone in course().capstones}
    return review_desk.desk(reading(), g.actor, review_id, named=names_shown(), slots=slots)


def desk_pairs(desk: Desk, course: Course) -> tuple[Pair, ...]:
    """Which files are drawn together; none when the course has dropped the capstone."""
    capstone = next((each for each in course.capstones if each.slug == desk.capstone_slug), None)
    return pairs(capstone, desk.files)


def slot_titles(desk: Desk, course: Course) -> dict[str, str]:
    """Slot titles by key; empty when the course has dropped the capstone."""
    capstones = {capstone.slug: capstone for capstone in course.capstones}
    capstone = capstones.get(desk.capstone_slug)
    return {slot.key: slot.title for slot in (*capstone.slots, PACKAGE)} if capstone else {}


def desk_ledger(desk: Desk) -> list[ShownClaim]:
    """The ledger, each row with the way to the file it comes from."""
    anchors = {f"{file.name}: ": f"#file-{file.index}" for file in desk.files if file.name}
    return shown_ledger(
        desk.ledger, lambda source: next((anchors[name] for name in anchors if source.startswith(name)), "")
    )


def changed_claims(desk: Desk) -> tuple[ChangedClaim, ...]:
    """The numbers of the version before beside those of this one, in the order of the ledger."""
    before = {row.get("key"): row for row in desk.ledger_before}
    rows = []
    for row in desk.ledger:
        new, found = shown_claim(row), before.get(row["key"])
        claimed, recomputed = "", ""
        if found is not None:
            old = shown_claim(found)
            claimed, recomputed = old.claimed, old.recomputed
        rows.append(
            ChangedClaim(
                label=new.label,
                claimed_before=claimed,
                claimed=new.claimed,
                recomputed_before=recomputed,
                recomputed=new.recomputed,
                verdict=new.verdict,
                moved=(claimed, recomputed) != (new.claimed, new.recomputed),
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
        shown = shown_claim(row)
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
