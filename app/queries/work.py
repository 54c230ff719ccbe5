"""A learner's work on one capstone: versions, slots, files, findings, claims, ledger, in at most five SELECTs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, ScalarSelect, Select, bindparam, exists, select

from app.course.values import Capstone, ClaimDef, Course
from app.db import Reader
from app.domain import blind_readings, reviews
from app.domain.actors import Actor, may_read_work
from app.domain.errors import NotFound
from app.domain.reviews import State as ReviewState
from app.domain.reviews import Verdict
from app.domain.submissions import IN_FLIGHT, State
from app.domain.switches import Switch
from app.domain.waiting import Waits
from app.models import Appeal, Claim, Ledger, Review, Submission, SubmissionVersion, SwitchState
from app.models.closed_work import is_closed_to
from app.queries.blind_readings import is_kept_from_reader
from app.queries.conflicts import READER
from app.queries.evidence import SlotCard, file_cards, slot_cards
from app.queries.rubric_words import RubricUsed, other_rules, rubric_used
from app.queries.waiting import QueueOutlook, queue_outlook

MOST_VERSIONS = 100
NOT_TYPED = (None, None)
_Row = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review the learner was shown; an undone one stays readable."""

    id: UUID
    version_id: UUID
    state: ReviewState
    verdict: Verdict
    summary: str
    released_at: datetime
    is_from_appeal: bool
    rubric_used: RubricUsed

    @property
    def is_undone(self) -> bool:
        return self.state is ReviewState.UNDONE


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in the history of the work, with its reviews, the latest first."""

    id: UUID
    number: int
    state: State
    question: str
    reason: str
    attested: bool
    tag: int
    created_at: datetime
    submitted_at: datetime | None
    queued_at: datetime | None
    closed_at: datetime | None
    receipt_code: str | None
    manifest_sha256: str | None
    reviews: tuple[ReviewRow, ...]


@dataclass(frozen=True, slots=True)
class ClaimRow:
    definition: ClaimDef
    value: float | None
    text: str | None

    @property
    def is_typed(self) -> bool:
        return self.value is not None or self.text is not None


@dataclass(frozen=True, slots=True)
class Work:
    """Everything the submission page shows. `versions` are newest first and hold `version`, the one shown."""

    owner_id: UUID
    capstone: Capstone
    version: VersionRow
    versions: tuple[VersionRow, ...]
    slots: tuple[SlotCard, ...]
    claims: tuple[ClaimRow, ...]
    ledger: tuple[Mapping[str, Any], ...]
    comparison: tuple[Mapping[str, Any], ...]
    uploads_paused: str | None
    checks_paused: str | None
    other_rules: int | None
    before: int | None
    waits: Waits | None

    @property
    def is_draft(self) -> bool:
        return self.version.state is State.DRAFT

    @property
    def is_moving(self) -> bool:
        return any(slot.is_moving for slot in self.slots)

    @property
    def in_flight(self) -> VersionRow | None:
        """The version that waits for its rating, if one does."""
        return next((version for version in self.versions if version.state in IN_FLIGHT), None)

    @property
    def rated(self) -> VersionRow | None:
        """The newest version with a review in force."""
        return next((one for one in self.versions if one.reviews and not one.reviews[0].is_undone), None)


def current_work(
    db: Reader, actor: Actor, capstone: Capstone, *, course: Course, now: datetime
) -> Work | None:
    """The newest version of one's own work on a capstone; None when it is not started."""
    own = {"person_id": actor.id, "course_slug": course.slug, "capstone_slug": capstone.slug}
    rows = list(db.execute(_OWN_VERSIONS, own))
    return _work(db, rows, rows[0], course=course, now=now) if rows else None


def version_work(db: Reader, actor: Actor, version_id: UUID, *, course: Course, now: datetime) -> Work:
    """One version, for its author and, once sent, for reviewers and admins; NotFound for everybody else."""
    rows = list(db.execute(_SAME_WORK, {"version_id": version_id, "reader_id": actor.id, "now": now}))
    shown = next((row for row in rows if row.id == version_id), None)
    if shown is None or not may_read_work(
        actor, owner_id=shown.person_id, was_sent=shown.submitted_at is not None
    ):
        raise NotFound  # before anything else is read: how long it takes would tell that it exists
    reviews.require_open(is_closed=rows[0].is_closed)
    blind_readings.require_shown(actor, owner_id=shown.person_id, is_kept=rows[0].is_kept)
    return _work(db, rows, shown, course=course, now=now)


def _work(db: Reader, rows: list[_Row], shown: _Row, *, course: Course, now: datetime) -> Work:
    """The version `shown` of `rows`, which are all versions of one work, the newest first."""
    try:
        capstone = course.capstone(shown.capstone_slug)
    except KeyError:
        raise NotFound from None
    files = file_cards(db, shown.id)
    claimed = {key: typed for key, *typed in db.execute(_CLAIMS, {"version_id": shown.id})}
    waiting = shown.state in IN_FLIGHT
    outlook = queue_outlook(db, course.slug, now=now) if waiting else QueueOutlook((), None)
    reviews = _reviews(db, shown.submission_id) if any(row.submitted_at for row in rows) else []
    versions = tuple(_version(row, reviews) for row in rows)
    return Work(
        owner_id=shown.person_id,
        capstone=capstone,
        version=next(version for version in versions if version.id == shown.id),
        versions=versions,
        slots=slot_cards(capstone, files, is_draft=shown.state is State.DRAFT),
        claims=tuple(ClaimRow(claim, *claimed.get(claim.key, NOT_TYPED)) for claim in capstone.claims),
        ledger=tuple(shown.ledger_rows or ()),
        comparison=tuple(shown.comparison or ()),
        uploads_paused=shown.uploads_paused,
        checks_paused=shown.checks_paused,
        other_rules=shown.other_rules,
        before=outlook.before(shown.id),
        waits=outlook.waits,
    )


def _reviews(db: Reader, submission_id: UUID) -> list[ReviewRow]:
    rows = db.execute(_REVIEWS, {"submission_id": submission_id})
    return [ReviewRow(**{**row._mapping, "rubric_used": RubricUsed(*row.rubric_used)}) for row in rows]


def _version(row: _Row, reviews: list[ReviewRow]) -> VersionRow:
    names = [name for name in VersionRow.__dataclass_fields__ if name != "reviews"]
    return VersionRow(
        **{name: getattr(row, name) for name in names},
        reviews=tuple(review for review in reviews if review.version_id == row.id),
    )


def _versions() -> Select[*tuple[Any, ...]]:
    columns = [
        getattr(SubmissionVersion, name)
        for name in VersionRow.__dataclass_fields__
        if hasattr(SubmissionVersion, name)
    ]
    return (
        select(
            *columns,
            SubmissionVersion.capstone_slug,
            SubmissionVersion.submission_id,
            Submission.person_id,
            Ledger.rows.label("ledger_rows"),
            Ledger.comparison,
            _pause(Switch.UPLOADS).label("uploads_paused"),
            _pause(Switch.CHECKS).label("checks_paused"),
            other_rules().label("other_rules"),
        )
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .outerjoin(Ledger, Ledger.version_id == SubmissionVersion.id)
        .order_by(SubmissionVersion.number.desc())
        .limit(MOST_VERSIONS)
    )


def _pause(switch: Switch) -> ScalarSelect[str]:
    return (
        select(SwitchState.message).where(SwitchState.switch == switch, SwitchState.paused).scalar_subquery()
    )


# Put together once: `python -m bench.pages` says what that is worth.
_OWN_VERSIONS = _versions().where(
    Submission.person_id == bindparam("person_id"),
    Submission.course_slug == bindparam("course_slug"),
    Submission.capstone_slug == bindparam("capstone_slug"),
)
_SAME_WORK = (
    _versions()
    .add_columns(is_closed_to(READER).label("is_closed"), is_kept_from_reader().label("is_kept"))
    .where(
        Submission.id
        == select(SubmissionVersion.submission_id)
        .where(SubmissionVersion.id == bindparam("version_id"))
        .scalar_subquery()
    )
)
_CLAIMS = select(Claim.key, Claim.value, Claim.text).where(Claim.version_id == bindparam("version_id"))
_REVIEWS = (
    select(
        Review.id,
        Review.version_id,
        Review.state,
        Review.verdict,
        Review.summary,
        Review.released_at,
        exists().where(Appeal.new_review_id == Review.id).label("is_from_appeal"),
        rubric_used(),
    )
    .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
    .where(SubmissionVersion.submission_id == bindparam("submission_id"), Review.released_at.is_not(None))
    .order_by(Review.released_at.desc(), Review.id.desc())
    .limit(MOST_VERSIONS)
)
