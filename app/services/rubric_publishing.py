"""Publishing an edited rubric: the draft becomes the next version, with one of two effects.

New work only: whatever is sent from now on is rated by the new version. Re-tag: what waits, is being rated or has been
rated under a version that decides alike is in addition shown in the new words; its levels, points and verdicts stay,
and so does the number of the version it was rated under. A change of structure cannot be a re-tag: work that was sent
keeps the rules it was sent under.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course import Course
from app.course.rubric_drafts import read_draft
from app.course.values import Rubric
from app.domain.actors import Actor
from app.domain.errors import Conflict, Invalid, NotFound
from app.models import RubricDraft, RubricRewording, RubricVersion
from app.services import audit, rubrics
from app.services.rubric_drafts import require_admin, require_in_force
from app.words import _


class Effect(StrEnum):
    """For what a published draft counts."""

    NEW_WORK = "new_work"
    RETAG = "retag"


def publish(
    db: Session,
    actor: Actor,
    draft_id: UUID,
    *,
    tag: int,
    against: UUID | None,
    effect: Effect,
    course: Course,
    now: datetime,
) -> int:
    """Make the draft the next version, with its effect; returns its number, a second time the same.

    `tag` and `against` (the version in force) say what was shown when this was asked for: Conflict if either differs.
    """
    require_admin(actor)
    draft = db.get(RubricDraft, draft_id, with_for_update=True)
    if draft is None:
        return _published_from(db, draft_id)
    live = require_in_force(db, draft.course_slug, draft.capstone_slug)
    _require_as_shown(draft, live, tag=tag, against=against)
    rubric = _readable(draft, course)
    _require_effect(rubric, live, effect)
    version = rubrics.put_in_force(
        db, course, draft.capstone_slug, rubric, draft_id=draft_id, actor_id=actor.id, now=now
    )
    if effect is Effect.RETAG:
        _reword(db, version, now=now)
    db.delete(draft)
    place = f"{course.slug}/{draft.capstone_slug}"
    audit.record(
        db, actor.id, "rubric.publish", "rubric", place, number=version.number, effect=effect.value, now=now
    )
    return version.number


def slots_of(course: Course, capstone_slug: str) -> Collection[str]:
    """The slots that a criterion of this capstone may bear on."""
    return {slot.key for slot in course.capstone(capstone_slug).slots}


def _published_from(db: Session, draft_id: UUID) -> int:
    number = db.scalar(select(RubricVersion.number).where(RubricVersion.draft_id == draft_id))
    if number is None:
        raise NotFound
    return number


def _require_as_shown(draft: RubricDraft, live: RubricVersion, *, tag: int, against: UUID | None) -> None:
    if draft.tag != tag:
        raise Conflict(
            _("The draft was saved since this preview was made. Read it again before you publish it.")
        )
    if live.id != against:
        raise Conflict(
            _(
                "Version %(number)s was published since this preview was made. Nothing was published; read "
                "below what your draft would change in it.",
                number=live.number,
            )
        )


def _readable(draft: RubricDraft, course: Course) -> Rubric:
    rubric, mistakes = read_draft(draft.content, slots_of(course, draft.capstone_slug))
    if mistakes:
        raise Invalid({"": _("This draft cannot be published yet. What is to be mended stands below.")})
    return rubric


def _require_effect(rubric: Rubric, live: RubricVersion, effect: Effect) -> None:
    if rubric.content_hash == live.content_hash:
        raise Invalid(
            {
                "": _(
                    "This draft says what version %(number)s says, so there is nothing to publish.",
                    number=live.number,
                )
            }
        )
    if effect is Effect.RETAG and rubric.structure_hash != live.structure_hash:
        raise Invalid(
            {"effect": _("This draft changes what decides a rating, so it can count for new work only.")}
        )


def _reword(db: Session, version: RubricVersion, *, now: datetime) -> None:
    """From now on, work under any version that decides alike is shown in the words of this one."""
    alike = db.scalars(
        select(RubricVersion.id).where(
            RubricVersion.course_slug == version.course_slug,
            RubricVersion.capstone_slug == version.capstone_slug,
            RubricVersion.structure_hash == version.structure_hash,
            RubricVersion.id != version.id,
        )
    )
    db.add_all(
        RubricRewording(
            rubric_version_id=each,
            words_id=version.id,
            structure_hash=version.structure_hash,
            reworded_at=now,
        )
        for each in alike
    )
