"""The one SELECT that brings the desk its review, put together once: building it takes longer than running it."""

from itertools import chain
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app.domain.reviews import State
from app.models import (
    EvidenceFile,
    Handover,
    Ledger,
    Person,
    Review,
    ReviewComment,
    RubricVersion,
    Score,
    SecondReading,
    SeenFile,
    Submission,
    SubmissionVersion,
)
from app.models.closed_work import is_closed_to
from app.queries.conflicts import READER
from app.queries.labels import author_name
from app.queries.review_evidence import files_as_json
from app.queries.review_rounds import has_earlier_rounds
from app.queries.rubric_words import rubric_used, words_of

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
    "is_blind",
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


def _handed() -> Any:
    """Who handed this claim over, with their note, as one JSON value; NULL when nobody did."""
    given, giver = aliased(Review), aliased(Person)
    return (
        select(func.jsonb_build_object("by", giver.name, "note", Handover.note))
        .select_from(Handover)
        .join(given, given.id == Handover.from_review_id)
        .join(giver, giver.id == given.reviewer_id)
        .where(Handover.review_id == Review.id)
        .correlate(Review)
        .scalar_subquery()
    )


def _second_reading() -> Any:
    """The state of the second reading; NULL where none was asked for."""
    return (
        select(SecondReading.state)
        .where(SecondReading.review_id == Review.id)
        .correlate(Review)
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
        words_of(Review.rubric_version_id).label("words_id"),
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
        author_name(),
        is_closed_to(READER).label("is_closed"),
        rubric_used(),
        RubricVersion.threshold,
        Ledger.rows.label("ledger_rows"),
        Ledger.comparison,
        _scores().label("scores"),
        _comments().label("comments"),
        _seen().label("seen"),
        _handed().label("handed"),
        _second_reading().label("second_reading"),
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


DESK = _desk()
"""Takes `review_id`, `reader_id` and `named`."""
