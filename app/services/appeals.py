"""Appeals: opened by the learner, decided by a reviewer who did not give the rating, in one transaction.

Upholding one replaces the rating by another that differs in this criterion alone. Its verdict follows the pass rule:
when the rule is met now the work has passed, with all that hangs on it; otherwise the verdict stays what it was.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.course import Course
from app.db import new_id
from app.domain import appeals as rules
from app.domain import reviews as review_rules
from app.domain import rubric
from app.domain.actors import Actor, may_review
from app.domain.appeals import Action, State
from app.domain.errors import Conflict, Invalid, NotFound, require
from app.domain.reviews import Verdict
from app.domain.wording import worded
from app.models import Appeal, Person, Review, Score, SubmissionVersion
from app.services import audit, certificates, rubrics
from app.services.appeal_mails import tell_author, tell_reviewers
from app.services.appealed_ratings import replace_rating
from app.services.closed_work import require_open
from app.services.review_claims import locked
from app.words import _, grouped

REASON = (40, 2000)
ANSWER = (10, 4000)


def begin(
    db: Session,
    actor: Actor,
    review_id: UUID,
    *,
    criterion_key: str,
    reason: str,
    course: Course,
    base_url: str,
    now: datetime,
) -> UUID:
    """Appeal against one criterion; takes one of the learner's two tokens, and other reviewers are told.

    A second click finds the open appeal.
    """
    version, review, learner_id = locked(db, review_id)
    if learner_id != actor.id or review.released_at is None:
        raise NotFound
    earlier = _against(db, review_id, criterion_key)
    if earlier is not None and earlier.state is State.OPEN:
        return earlier.id
    reason = _worded_reason(reason)
    token = _token(db, actor, version, review, now=now)
    if earlier is not None:
        raise Conflict(_("This criterion has been looked at again already. One appeal for each is possible."))
    _require_rated(db, review_id, criterion_key)
    appeal = _opened(db, actor, version, review_id, criterion_key, token, reason, now=now)
    title = _criterion(db, review, criterion_key).title
    tell_reviewers(db, appeal, title, version, review, course=course, base_url=base_url, now=now)
    return appeal.id


def withdraw(db: Session, actor: Actor, review_id: UUID, appeal_id: UUID, *, now: datetime) -> None:
    """Take one's appeal against that rating back, and its token with it. A second click changes nothing."""
    appeal = _lock(db, appeal_id)
    if appeal.learner_id != actor.id or appeal.review_id != review_id:
        raise NotFound
    if appeal.state is not State.WITHDRAWN:
        appeal.state, appeal.ended_at = rules.after(appeal.state, Action.WITHDRAW), now
        _record(db, actor, "appeal.withdraw", appeal, now=now)


def decide(
    db: Session,
    actor: Actor,
    appeal_id: UUID,
    *,
    level_key: str,
    answer: str,
    course: Course,
    base_url: str,
    now: datetime,
) -> State:
    """Answer an appeal: a higher level upholds it, the first one dismisses it. Returns how it ended.

    It is overtaken when the rating has been undone, or a later version sent, since it was opened. A second click
    of the same reviewer changes nothing.
    """
    review_id = db.scalar(select(Appeal.review_id).where(Appeal.id == appeal_id))
    if review_id is None:
        raise NotFound
    version, review, learner_id = locked(db, review_id)
    appeal = _lock(db, appeal_id)
    _require_may_decide(actor, review, learner_id)
    require_open(db, actor, version.id)
    if appeal.decided_by == actor.id or appeal.state is State.OVERTAKEN:
        return appeal.state
    if review.state is not review_rules.State.RELEASED or _sent_later(db, version):
        appeal.state, appeal.ended_at = rules.after(appeal.state, Action.OVERTAKE), now
    else:
        answer = _worded_answer(answer)
        _judge(
            db, actor, appeal, version, review, level_key, answer, course=course, base_url=base_url, now=now
        )
    title = _criterion(db, review, appeal.criterion_key).title
    tell_author(db, appeal, title, version, review, course=course, base_url=base_url, now=now)
    _record(db, actor, "appeal.decide", appeal, now=now, outcome=appeal.state.value)
    return appeal.state


def _opened(
    db: Session,
    actor: Actor,
    version: SubmissionVersion,
    review_id: UUID,
    criterion_key: str,
    token: int,
    reason: str,
    *,
    now: datetime,
) -> Appeal:
    appeal = Appeal(
        id=new_id(),
        review_id=review_id,
        criterion_key=criterion_key,
        learner_id=actor.id,
        course_slug=version.course_slug,
        token=token,
        state=State.OPEN,
        reason=reason,
        opened_at=now,
        answer="",
    )
    db.add(appeal)
    _record(db, actor, "appeal.open", appeal, now=now)
    return appeal


def _judge(
    db: Session,
    actor: Actor,
    appeal: Appeal,
    version: SubmissionVersion,
    review: Review,
    level_key: str,
    answer: str,
    *,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    criterion = _criterion(db, review, appeal.criterion_key)
    first = db.scalar(
        select(Score.level_key).where(
            Score.review_id == review.id, Score.criterion_key == appeal.criterion_key
        )
    )
    action = rules.judged(criterion, first or "", level_key)
    state, replaced = rules.after(appeal.state, action), None
    if action is Action.UPHOLD:
        level = criterion.level(level_key)
        replaced = replace_rating(db, actor, version, review, criterion.key, level, answer, now=now)
    appeal.state, appeal.ended_at, appeal.decided_by = state, now, actor.id
    appeal.answer, appeal.level_key = answer, level_key
    appeal.new_review_id = replaced.id if replaced else None
    db.flush()
    if replaced is not None and replaced.verdict is Verdict.PASS:
        certificates.issue_if_earned(db, appeal.learner_id, course=course, base_url=base_url, now=now)


def _token(db: Session, actor: Actor, version: SubmissionVersion, review: Review, *, now: datetime) -> int:
    """The token a new appeal takes; Conflict with the reason when none may be made."""
    held = _held_tokens(db, actor.id, version.course_slug)
    refusal = rules.why_not(
        verdict=review.verdict or Verdict.PASS,
        stands=review.state is review_rules.State.RELEASED,
        is_latest=not _sent_later(db, version),
        released_at=review.released_at or now,
        tokens_left=len(rules.TOKENS) - len(held),
        now=now,
    )
    token = rules.free_token(held)
    if refusal or token is None:
        raise Conflict(refusal)
    return token


def _require_may_decide(actor: Actor, review: Review, learner_id: UUID) -> None:
    if not actor.is_reviewer or learner_id == actor.id:
        raise NotFound
    require(
        may_review(actor, owner_id=learner_id) and review.reviewer_id != actor.id,
        _("You gave this rating. Another reviewer answers the appeal."),
    )


def _lock(db: Session, appeal_id: UUID) -> Appeal:
    appeal = db.get(Appeal, appeal_id, with_for_update=True, populate_existing=True)
    if appeal is None:
        raise NotFound
    return appeal


def _against(db: Session, review_id: UUID, criterion_key: str) -> Appeal | None:
    return db.scalar(
        select(Appeal).where(
            Appeal.review_id == review_id,
            Appeal.criterion_key == criterion_key,
            Appeal.state != State.WITHDRAWN,
        )
    )


def _held_tokens(db: Session, learner_id: UUID, course_slug: str) -> set[int]:
    """The tokens in use; the learner's row is locked, so that two appeals at once cannot take the same."""
    db.execute(select(Person.id).where(Person.id == learner_id).with_for_update(key_share=True))
    return set(
        db.scalars(
            select(Appeal.token).where(
                Appeal.learner_id == learner_id,
                Appeal.course_slug == course_slug,
                Appeal.state.in_(rules.HOLDS_TOKEN),
            )
        )
    )


def _sent_later(db: Session, version: SubmissionVersion) -> bool:
    later = select(func.count()).where(
        SubmissionVersion.submission_id == version.submission_id,
        SubmissionVersion.number > version.number,
        SubmissionVersion.submitted_at.is_not(None),
    )
    return bool(db.scalar(later))


def _require_rated(db: Session, review_id: UUID, criterion_key: str) -> None:
    rated = select(Score.points).where(Score.review_id == review_id, Score.criterion_key == criterion_key)
    if db.scalar(rated) is None:
        raise Invalid({"criterion": _("Choose one of the criteria of this rating.")})


def _criterion(db: Session, review: Review, key: str) -> rubric.Criterion:
    criteria = rubrics.published(db, review.rubric_version_id).criteria
    return next(criterion for criterion in criteria if criterion.key == key)


def _worded_reason(words: str) -> str:
    least, most = map(grouped, REASON)
    sentence = _("Say in %(least)s to %(most)s characters what the rating overlooks.", least=least, most=most)
    return worded("reason", words, shortest=REASON[0], longest=REASON[1], sentence=sentence)


def _worded_answer(words: str) -> str:
    least, most = map(grouped, ANSWER)
    sentence = _("Write %(least)s to %(most)s characters; the learner reads them.", least=least, most=most)
    return worded("answer", words, shortest=ANSWER[0], longest=ANSWER[1], sentence=sentence)


def _record(db: Session, actor: Actor, action: str, appeal: Appeal, *, now: datetime, **detail: str) -> None:
    audit.record(
        db,
        actor.id,
        action,
        "appeal",
        appeal.id,
        subject_id=appeal.learner_id,
        now=now,
        review_id=str(appeal.review_id),
        criterion=appeal.criterion_key,
        **detail,
    )
