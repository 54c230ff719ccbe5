"""Everything a reviewer works with on one page: claims, evidence, findings, rubric, draft, earlier rounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain import reviews, rubric
from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.reviews import State, Verdict
from app.models import (
    EvidenceFile,
    Ledger,
    Person,
    Review,
    ReviewComment,
    RubricVersion,
    Score,
    SeenFile,
    Submission,
    SubmissionVersion,
)
from app.queries.conflicts import is_closed_to_reader
from app.queries.labels import learner_label
from app.queries.review_evidence import DeskFile, FileBefore, desk_files, files_as_json, removed_files
from app.queries.review_rounds import EarlierRound, earlier_rounds, has_earlier_rounds
from app.queries.review_rubric import DeskCriterion, rubric_of
from app.queries.reviews import LineComment

OWN_COLUMNS = (
    "version_id",
    "state",
    "verdict",
    "tag",
    "lease_until",
    "saved_at",
    "release_at",
    "released_at",
    "return_reason",
    "summary",
    "private_note",
)
OTHER_COLUMNS = (
    "capstone_slug",
    "number",
    "before_number",
    "reviewer",
    "taken_by",
    "live_id",
    "question",
    "reason",
    "queued_at",
    "rubric_number",
    "threshold",
)


@dataclass(frozen=True, slots=True)
class Desk:
    """A review with all it needs. The learner is a label: no column of the person is read."""

    review_id: UUID
    version_id: UUID
    capstone_slug: str
    number: int
    learner: str
    state: State
    is_mine: bool
    reviewer: str
    tag: int
    verdict: Verdict | None
    before_number: int | None
    lease_until: datetime | None
    saved_at: datetime | None
    release_at: datetime | None
    released_at: datetime | None
    return_reason: str
    taken_by: str | None
    live_id: UUID | None
    summary: str
    private_note: str
    question: str
    reason: str
    queued_at: datetime
    rubric_number: int
    threshold: int
    ledger: tuple[Mapping[str, Any], ...]
    ledger_before: tuple[Mapping[str, Any], ...]
    comparison: tuple[Mapping[str, Any], ...]
    criteria: tuple[DeskCriterion, ...]
    files: tuple[DeskFile, ...]
    removed: tuple[FileBefore, ...]
    seen: frozenset[str]
    comments: tuple[LineComment, ...]
    earlier: tuple[EarlierRound, ...]

    @property
    def outcome(self) -> rubric.Outcome:
        """What the rule says of the draft as it is saved."""
        return self.outcome_of(
            {criterion.key: criterion.level for criterion in self.criteria if criterion.level}
        )

    def outcome_of(self, chosen: Mapping[str, str]) -> rubric.Outcome:
        """What the rule says of these levels (criterion key to level key)."""
        return rubric.outcome([each.rule for each in self.criteria], chosen, threshold=self.threshold)

    @property
    def is_open(self) -> bool:
        """Whether this reviewer may still write in it."""
        return self.is_mine and self.state is State.CLAIMED


def desk(db: Reader, actor: Actor, review_id: UUID) -> Desk:
    """The review for its reviewer, and for admins to read; NotFound for everybody else."""
    row = db.execute(_DESK, {"review_id": review_id, "reader_id": actor.id}).one_or_none()
    if row is None or not _may_read(actor, row):
        raise NotFound
    reviews.require_open(is_closed=row.is_closed)
    before = tuple(FileBefore(**each) for each in row.before_files or ())
    files = desk_files(db, row.version_id, before if row.before_number else None)
    earlier = earlier_rounds(db, row.submission_id, row.number, review_id) if row.has_earlier else ()
    return Desk(
        review_id=review_id,
        learner=learner_label(row.submission_id),
        is_mine=row.reviewer_id == actor.id,
        ledger=tuple(row.ledger_rows or ()),
        ledger_before=tuple(row.before_ledger or ()),
        comparison=tuple(row.comparison or ()),
        criteria=_criteria(db, row, files, earlier),
        files=files,
        removed=removed_files(before, files),
        seen=frozenset(row.seen or ()),
        comments=tuple(_line_comment(each) for each in row.comments or ()),
        earlier=earlier,
        **{name: getattr(row, name) for name in (*OWN_COLUMNS, *OTHER_COLUMNS)},
    )


def _may_read(actor: Actor, row: Any) -> bool:
    is_theirs = actor.is_admin or (actor.is_reviewer and row.reviewer_id == actor.id)
    return is_theirs and row.person_id != actor.id


def _criteria(
    db: Reader, row: Any, files: tuple[DeskFile, ...], earlier: tuple[EarlierRound, ...]
) -> tuple[DeskCriterion, ...]:
    """What fell short last round comes first; the rest in the rubric's order."""
    chosen: Mapping[str, list[str | None]] = row.scores or {}
    last = next((each for each in earlier if not each.is_undone and each.number < row.number), None)
    rated = {each.key: each for each in last.criteria} if last else {}
    changed = {file.slot for file in files if file.change in {"new", "changed"}}
    criteria = [
        DeskCriterion.of(each, chosen.get(each.key) or [None, ""], rated.get(each.key), changed)
        for each in rubric_of(db, row.rubric_version_id)
    ]
    return tuple(sorted(criteria, key=lambda each: each.standing != "open"))


def _line_comment(said: Mapping[str, Any]) -> LineComment:
    return LineComment(
        id=UUID(said["id"]),
        file_id=UUID(said["file_id"]),
        file_name=said["file_name"],
        line=said["line"],
        body=said["body"],
        sha256=said["sha256"],
    )


def _scores() -> Any:
    pair = func.jsonb_build_array(Score.level_key, Score.comment)
    return (
        select(func.jsonb_object_agg(Score.criterion_key, pair))
        .where(Score.review_id == Review.id)
        .correlate(Review)
        .scalar_subquery()
    )


def _comments() -> Any:
    """The comments on lines as one JSON list, in the order of files and lines."""
    columns = {
        "id": ReviewComment.id,
        "file_id": ReviewComment.file_id,
        "file_name": EvidenceFile.name,
        "line": ReviewComment.line,
        "body": ReviewComment.body,
        "sha256": ReviewComment.file_sha256,
    }
    said = func.jsonb_build_object(*chain.from_iterable(columns.items()))
    order = (EvidenceFile.created_at, EvidenceFile.id, ReviewComment.line, ReviewComment.id)
    return (
        select(func.jsonb_agg(aggregate_order_by(said, *order)))
        .select_from(ReviewComment)
        .join(EvidenceFile, EvidenceFile.id == ReviewComment.file_id)
        .where(ReviewComment.review_id == Review.id)
        .correlate(Review)
        .scalar_subquery()
    )


def _seen() -> Any:
    return (
        select(func.array_agg(SeenFile.file_sha256))
        .where(
            SeenFile.reviewer_id == Review.reviewer_id,
            SeenFile.submission_id == SubmissionVersion.submission_id,
        )
        .correlate(Review, SubmissionVersion)
        .scalar_subquery()
    )


def _live(column: Any) -> Any:
    """Of the claim that holds this version now, when it is another than the one that is read."""
    live, taker = aliased(Review), aliased(Person)
    chosen = taker.name if column == "name" else live.id
    return (
        select(chosen)
        .select_from(live)
        .join(taker, live.reviewer_id == taker.id)
        .where(live.version_id == Review.version_id, live.state == State.CLAIMED, live.id != Review.id)
        .correlate(Review)
        .scalar_subquery()
    )


def _number_before() -> Any:
    """The number of the version sent before this one."""
    earlier = aliased(SubmissionVersion)
    return (
        select(func.max(earlier.number))
        .where(
            earlier.submission_id == SubmissionVersion.submission_id,
            earlier.number < SubmissionVersion.number,
            earlier.submitted_at.is_not(None),
        )
        .correlate(SubmissionVersion)
        .scalar_subquery()
    )


def _columns(before: Any, ledger_before: Any) -> list[Any]:
    return [
        *(getattr(Review, name) for name in OWN_COLUMNS),
        Review.reviewer_id,
        Review.rubric_version_id,
        Person.name.label("reviewer"),
        _live("name").label("taken_by"),
        _live("id").label("live_id"),
        SubmissionVersion.submission_id,
        SubmissionVersion.capstone_slug,
        SubmissionVersion.number,
        SubmissionVersion.question,
        SubmissionVersion.reason,
        SubmissionVersion.queued_at,
        Submission.person_id,
        is_closed_to_reader().label("is_closed"),
        RubricVersion.number.label("rubric_number"),
        RubricVersion.threshold,
        Ledger.rows.label("ledger_rows"),
        Ledger.comparison,
        _scores().label("scores"),
        _comments().label("comments"),
        _seen().label("seen"),
        before.number.label("before_number"),
        ledger_before.rows.label("before_ledger"),
        files_as_json(before.id).label("before_files"),
        has_earlier_rounds().label("has_earlier"),
    ]


def _desk() -> Any:
    before, ledger_before = aliased(SubmissionVersion), aliased(Ledger)
    return (
        select(*_columns(before, ledger_before))
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .join(RubricVersion, RubricVersion.id == Review.rubric_version_id)
        .join(Person, Person.id == Review.reviewer_id)
        .outerjoin(Ledger, Ledger.version_id == Review.version_id)
        .outerjoin(
            before,
            (before.submission_id == SubmissionVersion.submission_id) & (before.number == _number_before()),
        )
        .outerjoin(ledger_before, ledger_before.version_id == before.id)
        .where(Review.id == bindparam("review_id"))
    )


_DESK = _desk()
