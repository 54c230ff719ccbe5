"""Whose work is closed to a reviewer, asked of a row of Submission: one rule for services and queries.

Beside the tables, because the two layers must not import each other. `reviewer_id` is an id, or the parameter that
brings it.
"""

from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from app.domain.reviews import State
from app.models.queue import ConflictOfInterest
from app.models.reviews import Review
from app.models.submissions import Submission, SubmissionVersion


def is_closed_to(reviewer_id: UUID | BindParameter[UUID]) -> ColumnElement[bool]:
    """By a conflict of interest in force; each list is read once, however many rows there are."""
    in_force = (ConflictOfInterest.reviewer_id == reviewer_id, ConflictOfInterest.withdrawn_at.is_(None))
    works = select(ConflictOfInterest.submission_id).where(*in_force)
    people = select(ConflictOfInterest.learner_id).where(
        *in_force, ConflictOfInterest.learner_id.is_not(None)
    )
    return or_(Submission.id.in_(works), Submission.person_id.in_(people))


def is_read_blind_by(reviewer_id: UUID | BindParameter[UUID]) -> ColumnElement[bool]:
    """Whether this reviewer holds a blind second reading of a version of it."""
    blind, version = aliased(Review), aliased(SubmissionVersion)
    return exists().where(
        version.submission_id == Submission.id,
        blind.version_id == version.id,
        blind.reviewer_id == reviewer_id,
        blind.state == State.READING,
    )
