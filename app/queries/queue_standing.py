"""How the queue stands for one reader, in one SELECT of one row: what waits and for how long, and what lies ready."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, Select, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app import models as tables
from app.db import Reader
from app.domain.actors import Actor
from app.domain.appeals import State as AppealState
from app.domain.reviews import State as ReviewState
from app.domain.second_readings import State as ReadingState
from app.domain.switches import Switch
from app.domain.waiting import Waits, waits
from app.models import Appeal, Review, SecondReading, Submission, SubmissionVersion, SwitchState
from app.models.closed_work import is_closed_to
from app.queries.blind_readings import BlindStanding, held_by_reader, offered_to_reader
from app.queries.conflicts import READER
from app.queries.waiting import MOST_WAITING, moments, oldest, rated_waits

COUNTED = MOST_WAITING
"""Counting stops here: beyond it the page says "1,000 and more", whatever the queue holds."""
LONG_SECONDS = timedelta(days=5).total_seconds()


@dataclass(frozen=True, slots=True)
class SavedSearch:
    id: str
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """How much waits (up to COUNTED), how much of it for long, the usual wait, and why nothing can be claimed."""

    waiting: int
    long: int
    waits: Waits | None
    paused: str | None
    holds_work: bool
    second_readings: int
    appeals: int
    blind: BlindStanding
    searches: tuple[SavedSearch, ...] = ()


def queue_standing(db: Reader, actor: Actor, course_slug: str, *, now: datetime) -> QueueStanding:
    """One SELECT of one row, over as many versions as `queries.waiting` looks at, so that both say the same."""
    row = db.execute(_STANDING, moments(course_slug, now=now) | {"reader_id": actor.id}).one()
    ages = row.ages or ()
    long = sum(age > LONG_SECONDS for age in ages)
    usual = waits(finished=row.rated or (), waiting=ages)
    saved = tuple(SavedSearch(*each) for each in row.searches or ())
    ready = (row.second_readings, row.appeals, BlindStanding.of(actor, row.blind_readings, row.held_reading))
    return QueueStanding(len(ages), long, usual, row.paused, row.holds_work, *ready, saved)


def _standing() -> Select[*tuple[Any, ...]]:
    queue = oldest()
    return select(
        func.array_agg(queue.c.age).label("ages"),
        rated_waits().label("rated"),
        select(SwitchState.message)
        .where(SwitchState.switch == Switch.REVIEWS, SwitchState.paused)
        .scalar_subquery()
        .label("paused"),
        exists().where(Review.reviewer_id == READER, Review.state == ReviewState.CLAIMED).label("holds_work"),
        _second_readings().label("second_readings"),
        _appeals().label("appeals"),
        offered_to_reader().label("blind_readings"),
        held_by_reader().label("held_reading"),
        _searches().label("searches"),
    )


def _searches() -> ScalarSelect[Any]:
    """The reader's saved searches in the SELECT of the standing, so that they cost none of their own."""
    saved = tables.SavedSearch
    one = func.jsonb_build_array(saved.id, saved.name, saved.query)
    return (
        select(func.jsonb_agg(aggregate_order_by(one, saved.name)))
        .where(saved.reviewer_id == READER)
        .scalar_subquery()
    )


def _second_readings() -> ScalarSelect[int]:
    """How many decided reviews this reader may read as the second one. `queries.second_readings` lists them."""
    return (
        select(func.count())
        .select_from(SecondReading)
        .join(Review, Review.id == SecondReading.review_id)
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(
            SecondReading.state == ReadingState.WAITING,
            Review.state == ReviewState.DECIDED,
            Review.reviewer_id != READER,
            Submission.person_id != READER,
            ~is_closed_to(READER),
        )
        .correlate(None)
        .scalar_subquery()
    )


def _appeals() -> ScalarSelect[int]:
    """How many open appeals this reader is shown. `queries.appeals` lists them."""
    return (
        select(func.count())
        .select_from(Appeal)
        .join(Review, Review.id == Appeal.review_id)
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(Appeal.state == AppealState.OPEN, Appeal.learner_id != READER, ~is_closed_to(READER))
        .correlate(None)
        .scalar_subquery()
    )


_STANDING = _standing()
