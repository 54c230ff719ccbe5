"""Rubrics edited by admins: one draft a capstone, saved as it is typed. `rubric_publishing` makes it a version."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course import Course
from app.course.rubric_drafts import (
    Values,
    added,
    fields_of,
    moved,
    removed,
    typed_into,
    values_of,
)
from app.course.tables import KEY
from app.db import new_id
from app.domain.actors import Actor, may_administer
from app.domain.errors import Invalid, NotFound, Stale, require
from app.models import RubricCriterion, RubricDraft, RubricVersion
from app.services import audit, rubrics
from app.words import _, grouped

TITLE_LIMIT, TEXT_LIMIT = 300, 4000
LONGEST_KEY = 40
GONE = _("This draft is no longer there: it was published or discarded. Open the list of rubrics.")


class Arrangement(StrEnum):
    """What a button of the editor does to one criterion."""

    UP = "up"
    DOWN = "down"
    ADD = "add"
    REMOVE = "remove"


def begin(db: Session, actor: Actor, capstone_slug: str, *, course: Course, now: datetime) -> UUID:
    """Open a draft that says what the version in force says; the one that is open already, if there is one."""
    require_admin(actor)
    live = require_in_force(db, course.slug, capstone_slug)
    found = db.scalar(
        select(RubricDraft.id).where(
            RubricDraft.course_slug == course.slug, RubricDraft.capstone_slug == capstone_slug
        )
    )
    if found is not None:
        return found
    draft = RubricDraft(
        id=new_id(),
        course_slug=course.slug,
        capstone_slug=capstone_slug,
        base_id=live.id,
        content=values_of(rubrics.words(db, live.id)),
        created_at=now,
        saved_by=actor.id,
        saved_at=now,
    )
    db.add(draft)
    db.flush()
    audit.record(db, actor.id, "rubric.draft", "rubric_draft", draft.id, number=live.number, now=now)
    return draft.id


def save_draft(
    db: Session, actor: Actor, draft_id: UUID, fields: Mapping[str, str], *, tag: int, now: datetime
) -> int:
    """Keep what was typed; returns the new tag. Raises Stale, with the saved text, when `tag` is an older one."""
    draft = _locked(db, actor, draft_id)
    _require_fits(fields)
    _keep(draft, actor, typed_into(draft.content, fields), tag=tag, now=now)
    db.flush()
    return draft.tag


def arrange(
    db: Session,
    actor: Actor,
    draft_id: UUID,
    arrangement: Arrangement,
    key: str,
    *,
    tag: int,
    now: datetime,
) -> None:
    """Add, remove or move one criterion of the draft as it was saved under `tag`."""
    draft = _locked(db, actor, draft_id)
    if arrangement is Arrangement.ADD:
        content = _with_another(db, draft, key.strip())
    elif arrangement is Arrangement.REMOVE:
        content = removed(draft.content, key)
    else:
        content = moved(draft.content, key, -1 if arrangement is Arrangement.UP else 1)
    _keep(draft, actor, content, tag=tag, now=now)


def discard(db: Session, actor: Actor, draft_id: UUID, *, tag: int, now: datetime) -> None:
    """Throw the draft away; a second time, or when it has been published, changes nothing."""
    require_admin(actor)
    draft = db.get(RubricDraft, draft_id, with_for_update=True)
    if draft is None:
        return
    if draft.tag != tag:
        raise _stale(draft)
    db.delete(draft)
    audit.record(db, actor.id, "rubric.discard", "rubric_draft", draft_id, now=now)


def require_admin(actor: Actor) -> None:
    """Refuse whoever is no admin."""
    require(may_administer(actor), _("Rubrics are edited by admins."))


def _locked(db: Session, actor: Actor, draft_id: UUID) -> RubricDraft:
    require_admin(actor)
    draft = db.get(RubricDraft, draft_id, with_for_update=True)
    if draft is None:
        raise NotFound(GONE)
    return draft


def require_in_force(db: Session, course_slug: str, capstone_slug: str) -> RubricVersion:
    """The version in force, locked, so that two who publish do so one after the other."""
    live = rubrics.in_force(db, course_slug, capstone_slug)
    if live is None:
        raise NotFound
    return live


def _keep(draft: RubricDraft, actor: Actor, content: Values, *, tag: int, now: datetime) -> None:
    """Save under the next tag, unless nothing changes; refuse when somebody saved since `tag`."""
    is_new = content != draft.content
    if draft.tag != tag and is_new:
        raise _stale(draft)
    if is_new:
        draft.content = content
        draft.tag += 1
        draft.saved_by = actor.id
    draft.saved_at = now


def _stale(draft: RubricDraft) -> Stale:
    message = _("This draft was saved from elsewhere since this page was opened. Both texts are shown.")
    return Stale(message, tag=draft.tag, theirs=fields_of(draft.content))


def _require_fits(fields: Mapping[str, str]) -> None:
    errors = {}
    for name, value in fields.items():
        limit = TEXT_LIMIT if name.startswith(("description-", "reviewer_note-", "says-")) else TITLE_LIMIT
        if len(value) > limit:
            errors[name] = _(
                "Use at most %(longest)s characters; this has %(length)s.",
                longest=grouped(limit),
                length=grouped(len(value)),
            )
    if errors:
        raise Invalid(errors)


def _with_another(db: Session, draft: RubricDraft, key: str) -> Values:
    """The draft with an empty criterion, or with one of the version in force that had been taken out of the draft."""
    if key not in {criterion["key"] for criterion in draft.content["criteria"]}:
        live = values_of(rubrics.words(db, require_in_force(db, draft.course_slug, draft.capstone_slug).id))
        for criterion in live["criteria"]:
            if criterion["key"] == key:
                return draft.content | {"criteria": [*draft.content["criteria"], criterion]}
    _require_new(db, draft, key)
    return added(draft.content, key)


def _require_new(db: Session, draft: RubricDraft, key: str) -> None:
    """Refuse a key that a criterion of this rubric has or ever had: ratings of every version are found by it."""
    if not KEY.fullmatch(key) or len(key) > LONGEST_KEY:
        sentence = _(
            "Use small letters, digits and single hyphens, such as error-budget; at most 40 characters."
        )
        raise Invalid({"new_key": sentence})
    used = set(
        db.scalars(
            select(RubricCriterion.key)
            .join(RubricVersion, RubricVersion.id == RubricCriterion.rubric_version_id)
            .where(
                RubricVersion.course_slug == draft.course_slug,
                RubricVersion.capstone_slug == draft.capstone_slug,
            )
        )
    ) | {criterion["key"] for criterion in draft.content["criteria"]}
    if key in used:
        taken = _("“%(key)s” is or was a criterion of this rubric; choose another short name.", key=key)
        raise Invalid({"new_key": taken})
