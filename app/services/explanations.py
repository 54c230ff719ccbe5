"""Questions about a rating: they cost nothing, change nothing, and are answered by its reviewer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course import Course
from app.db import new_id
from app.domain.actors import Actor
from app.domain.errors import Conflict, NotFound
from app.domain.wording import worded
from app.models import Explanation
from app.services import audit
from app.services.closed_work import require_open
from app.services.outbox import promise_mail
from app.services.review_claims import locked
from app.services.review_releases import about
from app.words import _, grouped

LIMIT = 2000


def ask(
    db: Session,
    actor: Actor,
    review_id: UUID,
    *,
    question: str,
    course: Course,
    base_url: str,
    now: datetime,
) -> UUID:
    """Ask the reviewer about a released rating; one question at a time. The same one twice is asked once."""
    version, review, learner_id = locked(db, review_id)
    if learner_id != actor.id or review.released_at is None:
        raise NotFound
    question = _worded("question", question)
    waiting = db.scalar(
        select(Explanation).where(Explanation.review_id == review_id, Explanation.answered_at.is_(None))
    )
    if waiting is not None and waiting.question == question:
        return waiting.id
    if waiting is not None:
        raise Conflict(_("Your last question has not been answered yet. Ask the next one after that."))
    asked = Explanation(id=new_id(), review_id=review_id, question=question, asked_at=now, answer="")
    db.add(asked)
    context = about(version, review, course=course, base_url=base_url) | {
        "question": question,
        "url": f"{base_url}/reviews/{review_id}/feedback",
    }
    key = f"explanation-asked:{asked.id}"
    promise_mail(db, review.reviewer_id, "explanation-asked", context, dedupe_key=key, now=now)
    _record(db, actor, "explanation.ask", asked, subject_id=learner_id, now=now)
    return asked.id


def answer(
    db: Session,
    actor: Actor,
    review_id: UUID,
    explanation_id: UUID,
    *,
    answer: str,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    """Answer as the reviewer who gave the rating, or as an admin in their place; the same twice is given once."""
    version, review, learner_id = locked(db, review_id)
    if learner_id == actor.id or not (review.reviewer_id == actor.id or actor.is_admin):
        raise NotFound
    require_open(db, actor, version.id)
    asked = db.get(Explanation, explanation_id, with_for_update=True, populate_existing=True)
    if asked is None or asked.review_id != review_id:
        raise NotFound
    if asked.answered_at is not None and asked.answer == answer.strip():
        return
    if asked.answered_at is not None:
        raise Conflict(_("This question has been answered already. The answer stands on this page."))
    asked.answer, asked.answered_at, asked.answered_by = _worded("answer", answer), now, actor.id
    context = about(version, review, course=course, base_url=base_url) | {
        "question": asked.question,
        "answer": asked.answer,
        "url": f"{base_url}/reviews/{review_id}/feedback",
    }
    key = f"explanation-given:{asked.id}"
    promise_mail(db, learner_id, "explanation-given", context, dedupe_key=key, now=now)
    _record(db, actor, "explanation.answer", asked, subject_id=learner_id, now=now)


def _worded(name: str, words: str) -> str:
    sentence = _("Write between 1 and %(most)s characters.", most=grouped(LIMIT))
    return worded(name, words, longest=LIMIT, sentence=sentence)


def _record(
    db: Session, actor: Actor, action: str, asked: Explanation, *, subject_id: UUID, now: datetime
) -> None:
    audit.record(
        db,
        actor.id,
        action,
        "explanation",
        asked.id,
        subject_id=subject_id,
        now=now,
        review_id=str(asked.review_id),
    )
