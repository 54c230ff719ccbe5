"""Which rubric version a rating was given under, and in which version's words it was given and is shown.

An admin may re-tag: work under one version is then shown in the words of a later one that decides alike. The rating
stays under its own version, and goes on saying so.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from app.models import Review, RubricRewording, RubricVersion, SubmissionVersion


@dataclass(frozen=True, slots=True)
class RubricUsed:
    """Numbers of versions: the rating's own, those whose words it was given in and is shown in, the newest."""

    number: int
    given: int
    shown: int
    newest: int


def words_of(rubric_version_id: Any) -> ColumnElement[Any]:
    """The id of the version whose words stand for this one's; itself when nobody re-tagged it."""
    rewording, words = aliased(RubricRewording), aliased(RubricVersion)
    newest = (
        select(rewording.words_id)
        .join(words, words.id == rewording.words_id)
        .where(rewording.rubric_version_id == rubric_version_id)
        .order_by(words.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(newest, rubric_version_id)


def other_rules() -> Any:
    """The number of the version in force, when it decides otherwise than the one this work was begun under."""
    begun, live = aliased(RubricVersion), aliased(RubricVersion)
    return (
        select(live.number)
        .select_from(begun)
        .join(
            live,
            (live.course_slug == begun.course_slug)
            & (live.capstone_slug == begun.capstone_slug)
            & live.retired_at.is_(None)
            & (live.structure_hash != begun.structure_hash),
        )
        .where(begun.id == SubmissionVersion.rubric_version_id)
        .correlate(SubmissionVersion)
        .scalar_subquery()
    )


def rubric_used() -> Any:
    """The fields of `RubricUsed` for the review at hand, as a list of JSON; what is not decided counts as given now."""
    own, other = aliased(RubricVersion), aliased(RubricVersion)
    rewording, words = aliased(RubricRewording), aliased(RubricVersion)
    then = or_(Review.decided_at.is_(None), rewording.reworded_at <= Review.decided_at)
    later = (
        select(func.max(words.number).filter(then).label("given"), func.max(words.number).label("shown"))
        .select_from(rewording)
        .join(words, words.id == rewording.words_id)
        .where(rewording.rubric_version_id == Review.rubric_version_id)
        .correlate(Review)
        .lateral()
    )
    newest = (
        select(func.max(other.number))
        .where(other.course_slug == own.course_slug, other.capstone_slug == own.capstone_slug)
        .correlate(own)
        .scalar_subquery()
    )
    return (
        select(
            func.jsonb_build_array(
                own.number,
                func.coalesce(later.c.given, own.number),
                func.coalesce(later.c.shown, own.number),
                newest,
            )
        )
        .select_from(own)
        .join(later, own.id == Review.rubric_version_id)
        .correlate(Review)
        .scalar_subquery()
        .label("rubric_used")
    )
