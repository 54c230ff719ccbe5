"""All that the portal holds of a person, part by part: what their export gives them, and what erasing them meets.

A test compares this list with the tables: one that leads to a person and is not here fails it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, inspect, or_, select
from sqlalchemy.orm import DeclarativeBase

from app.db import Reader
from app.domain.errors import NotFound
from app.domain.reviews import State as ReviewState
from app.models import (
    Appeal,
    Application,
    ApplicationMessage,
    Appointment,
    AuditEntry,
    Calibration,
    Certificate,
    CheckResult,
    CheckRun,
    Claim,
    ConflictOfInterest,
    Enrolment,
    EvidenceFile,
    Explanation,
    Finding,
    Handover,
    Identity,
    Ledger,
    MoveDone,
    OutgoingMail,
    Person,
    Review,
    ReviewComment,
    SavedComment,
    SavedSearch,
    Score,
    SecondReading,
    SeenFile,
    SignIn,
    SkippedReview,
    Submission,
    SubmissionVersion,
)
from app.words import _

PERSON: BindParameter[UUID] = bindparam("person_id")
_OWN_APPLICATIONS = select(Application.id).where(Application.person_id == PERSON)
_OWN_VERSIONS = (
    select(SubmissionVersion.id)
    .join(Submission, Submission.id == SubmissionVersion.submission_id)
    .where(Submission.person_id == PERSON)
)
_OWN_FILES = select(EvidenceFile.id).where(EvidenceFile.version_id.in_(_OWN_VERSIONS))
_OWN_RESULTS = select(CheckResult.id).where(CheckResult.file_id.in_(_OWN_FILES))
_TOLD = select(Review.id).where(
    Review.version_id.in_(_OWN_VERSIONS), Review.state.in_([ReviewState.RELEASED, ReviewState.UNDONE])
)
_GIVEN = select(Review.id).where(Review.reviewer_id == PERSON)


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table that belong to a person, and the columns of it that are not theirs to see."""

    name: str
    says: str
    table: type[DeclarativeBase]
    whose: ColumnElement[bool]
    hidden: frozenset[str] = frozenset()


PARTS = (
    Part("person", _("What you say of yourself"), Person, Person.id == PERSON),
    Part("identities", _("The accounts you sign in with"), Identity, Identity.person_id == PERSON),
    Part(
        "sign-ins",
        _("Where and when you signed in"),
        SignIn,
        SignIn.person_id == PERSON,
        frozenset({"token_hash"}),
    ),
    Part("appointments", _("Your roles"), Appointment, Appointment.person_id == PERSON),
    Part("applications", _("Your requests for access"), Application, Application.person_id == PERSON),
    Part(
        "application-messages",
        _("What was said about them, and what you said about those of others"),
        ApplicationMessage,
        or_(ApplicationMessage.application_id.in_(_OWN_APPLICATIONS), ApplicationMessage.author_id == PERSON),
    ),
    Part("enrolments", _("Your places in courses"), Enrolment, Enrolment.person_id == PERSON),
    Part("moves-done", _("The moves you ticked"), MoveDone, MoveDone.person_id == PERSON),
    Part("submissions", _("The capstones you began"), Submission, Submission.person_id == PERSON),
    Part(
        "versions",
        _("Every version of them, with your words to the reviewer"),
        SubmissionVersion,
        SubmissionVersion.id.in_(_OWN_VERSIONS),
    ),
    Part("evidence-files", _("The files you uploaded"), EvidenceFile, EvidenceFile.id.in_(_OWN_FILES)),
    Part("claims", _("The numbers you claimed"), Claim, Claim.version_id.in_(_OWN_VERSIONS)),
    Part("ledgers", _("The same numbers recomputed"), Ledger, Ledger.version_id.in_(_OWN_VERSIONS)),
    Part("checks", _("When your files were read"), CheckRun, CheckRun.file_id.in_(_OWN_FILES)),
    Part("readings", _("What was read in them"), CheckResult, CheckResult.id.in_(_OWN_RESULTS)),
    Part(
        "findings",
        _("What was found in them"),
        Finding,
        Finding.result_id.in_(_OWN_RESULTS) & (Finding.audience == "both"),
    ),
    Part(
        "reviews",
        _("How your work was rated"),
        Review,
        Review.id.in_(_TOLD),
        frozenset({"reviewer_id", "private_note"}),
    ),
    Part(
        "appeals",
        _("Your appeals against ratings, and the answers"),
        Appeal,
        Appeal.learner_id == PERSON,
        frozenset({"decided_by"}),
    ),
    Part(
        "explanations",
        _("Your questions about ratings, and the answers"),
        Explanation,
        Explanation.review_id.in_(_TOLD),
        frozenset({"answered_by"}),
    ),
    Part("scores", _("Each criterion of these ratings"), Score, Score.review_id.in_(_TOLD)),
    Part(
        "line-comments",
        _("Comments on lines of your files"),
        ReviewComment,
        ReviewComment.review_id.in_(_TOLD),
    ),
    Part("reviews-given", _("The ratings you gave as a reviewer"), Review, Review.id.in_(_GIVEN)),
    Part("scores-given", _("Each criterion of those"), Score, Score.review_id.in_(_GIVEN)),
    Part(
        "line-comments-given", _("Your comments on lines"), ReviewComment, ReviewComment.review_id.in_(_GIVEN)
    ),
    Part(
        "notes-handed-over",
        _("Notes to colleagues you handed work to"),
        Handover,
        Handover.from_review_id.in_(_GIVEN),
    ),
    Part("reviews-skipped", _("Work you passed by"), SkippedReview, SkippedReview.reviewer_id == PERSON),
    Part(
        "calibrations",
        _("Example work you rated for practice"),
        Calibration,
        Calibration.reviewer_id == PERSON,
    ),
    Part("searches-saved", _("Searches you saved"), SavedSearch, SavedSearch.reviewer_id == PERSON),
    Part(
        "second-readings",
        _("What you said as a second reader"),
        SecondReading,
        SecondReading.reader_id == PERSON,
        frozenset({"settled_by"}),
    ),
    Part(
        "conflicts-declared",
        _("Work you said is not yours to judge"),
        ConflictOfInterest,
        ConflictOfInterest.reviewer_id == PERSON,
        frozenset({"learner_id", "withdrawn_by"}),
    ),
    Part(
        "comments-kept", _("Comments you keep for use again"), SavedComment, SavedComment.owner_id == PERSON
    ),
    Part("files-seen", _("Files you looked at as a reviewer"), SeenFile, SeenFile.reviewer_id == PERSON),
    Part("certificates", _("Your certificates, as documents"), Certificate, Certificate.person_id == PERSON),
    Part("mails", _("The mails written to you"), OutgoingMail, OutgoingMail.person_id == PERSON),
    Part(
        "audit-trail",
        _("What you did, and what was done about you"),
        AuditEntry,
        or_(AuditEntry.actor_id == PERSON, AuditEntry.subject_id == PERSON),
        frozenset({"actor_id", "previous_hash", "hash"}),
    ),
)
NOT_GIVEN = {
    "drafted_decision": "a decision about a request that an admin has not made yet; its words come with the decision",
    "rubric_version": "the course's words, published by somebody",
    "rubric_criterion": "the course's words",
    "rubric_level": "the course's words",
    "rubric_rewording": "which words of the course stand for which",
    "rubric_draft": "the course's words before they are published, and who saved them last",
    "switch_state": "which part of the portal is paused, and who paused it",
    "unwanted_object": "hashes of bytes about to be deleted",
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An evidence file of a person: where it belongs, what it is called, and the hash of its bytes."""

    id: UUID
    capstone_slug: str
    number: int
    slot: str
    name: str
    size: int
    sha256: str
    staging_key: str | None
    stored_at: datetime | None


@dataclass(frozen=True, slots=True)
class Footprint:
    """How much there is of a person. `file_bytes` in bytes; `waiting` counts work that is with the reviewers."""

    name: str
    email: str | None
    erased_at: datetime | None
    requests: int
    submissions: int
    waiting: int
    files: int
    file_bytes: int
    reviews_given: int
    certificates: int
    mails: int


def rows(db: Reader, person_id: UUID, part: Part) -> list[dict[str, Any]]:
    """The rows of one part, each as its columns by name, the oldest key first."""
    mapped = inspect(part.table)
    shown = [column for column in part.table.__table__.columns if column.name not in part.hidden]
    query = select(*shown).where(part.whose).order_by(*mapped.primary_key)
    found = db.execute(query, {"person_id": person_id})
    return [dict(row._mapping) for row in found]


def stored_files(db: Reader, person_id: UUID) -> list[StoredFile]:
    """Every evidence file whose bytes the portal has, in the order of work and versions."""
    wanted = [
        getattr(SubmissionVersion if name in ("capstone_slug", "number") else EvidenceFile, name)
        for name in (field.name for field in fields(StoredFile))
    ]
    found = db.execute(
        select(*wanted)
        .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(Submission.person_id == person_id, EvidenceFile.uploaded_at.is_not(None))
        .order_by(SubmissionVersion.capstone_slug, SubmissionVersion.number, EvidenceFile.id)
    )
    return [StoredFile(*row) for row in found]


def footprint(db: Reader, person_id: UUID) -> Footprint:
    """How much there is of a person, in one SELECT; NotFound when there is no such person."""
    row = db.execute(
        select(Person.name, Person.email, Person.erased_at, *_counts()).where(Person.id == PERSON),
        {"person_id": person_id},
    ).one_or_none()
    if row is None:
        raise NotFound
    return Footprint(*row)


def _counts() -> Iterator[ColumnElement[int]]:
    in_flight = SubmissionVersion.state.in_(["submitted", "in_review"])
    yield _count(Application, Application.person_id == PERSON)
    yield _count(Submission, Submission.person_id == PERSON)
    yield _count(SubmissionVersion, SubmissionVersion.id.in_(_OWN_VERSIONS) & in_flight)
    yield _count(EvidenceFile, EvidenceFile.id.in_(_OWN_FILES))
    yield (
        select(func.coalesce(func.sum(EvidenceFile.size), 0))
        .where(EvidenceFile.id.in_(_OWN_FILES))
        .scalar_subquery()
    )
    yield _count(Review, Review.reviewer_id == PERSON)
    yield _count(Certificate, (Certificate.person_id == PERSON) & Certificate.revoked_at.is_(None))
    yield _count(OutgoingMail, OutgoingMail.person_id == PERSON)


def _count(table: type[DeclarativeBase], whose: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(table).where(whose).scalar_subquery()
