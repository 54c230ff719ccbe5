"""The draft of a review: saved as it is typed, with a tag, so that a save made on an older page is noticed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain import placeholders
from app.domain import reviews as rules
from app.domain.actors import Actor
from app.domain.errors import Conflict, Invalid, NotFound, Stale
from app.domain.reviews import State
from app.domain.rubric import Criterion, Level
from app.models import Person, Review, ReviewComment, Score
from app.services import rubrics
from app.services.review_claims import locked
from app.words import _, grouped, joined

TEXT_LIMIT = 8000

_SCORES = select(Score.criterion_key, Score.level_key, Score.comment).where(
    Score.review_id == bindparam("review_id")
)
_CHANGEABLE = ("level_key", "label", "points", "comment")
_NEW_SCORES = insert(Score)
_KEEP_SCORES = _NEW_SCORES.on_conflict_do_update(
    index_elements=["review_id", "criterion_key"],
    set_={name: _NEW_SCORES.excluded[name] for name in _CHANGEABLE},
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the desk holds: level keys and comments by criterion key, and two longer texts."""

    levels: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    private_note: str = ""

    def as_fields(self) -> dict[str, str]:
        """The draft by form field, empty ones left out."""
        fields = {f"level-{key}": value for key, value in self.levels.items()}
        fields |= {f"comment-{key}": value for key, value in self.comments.items()}
        fields |= {"summary": self.summary, "private_note": self.private_note}
        return {name: value for name, value in fields.items() if value}


def save_draft(
    db: Session, actor: Actor, review_id: UUID, draft: Draft, *, tag: int, lease_seconds: int, now: datetime
) -> int:
    """Keep the draft and renew the lease; returns the new tag.

    Raises Stale, with the text that is there, when it was saved from elsewhere since `tag`.
    """
    review = mine(db, actor, review_id)
    saved = stored_draft(db, review)
    is_new = draft.as_fields() != saved.as_fields()
    if tag != review.tag and is_new:
        raise stale(review, saved)
    _require_fits(draft)
    keep_scores(db, review, draft, saved)
    review.summary, review.private_note = draft.summary, draft.private_note
    review.lease_until = rules.lease_end(now, seconds=lease_seconds)
    review.saved_at = now
    if is_new:
        review.tag += 1
    db.flush()
    return review.tag


def require_mine(db: Session, actor: Actor, review: Review) -> None:
    """Refuse who may not write in this review now; an ended lease will do until somebody takes over."""
    if review.reviewer_id != actor.id or not actor.is_reviewer:
        raise NotFound
    if review.state is State.RETURNED:
        raise Conflict(_gone(db, review))
    if review.state not in rules.OPEN:
        raise Conflict(_("This review has been sent, so it does not change any more."))


def stored_draft(db: Session, review: Review) -> Draft:
    """The draft as it was last saved."""
    scores = db.execute(_SCORES, {"review_id": review.id}).all()
    return Draft(
        levels={key: level for key, level, _ in scores if level is not None},
        comments={key: comment for key, _, comment in scores if comment},
        summary=review.summary,
        private_note=review.private_note,
    )


def require_filled(db: Session, review: Review, draft: Draft) -> None:
    """Refuse to send a placeholder of a saved comment that nobody has filled in."""
    bodies = db.scalars(select(ReviewComment.body).where(ReviewComment.review_id == review.id))
    open_ones = placeholders.left("\n".join([*draft.comments.values(), draft.summary, *bodies]))
    if open_ones:
        names = ", ".join(f"{{{name}}}" for name in open_ones)
        raise Invalid(
            {"": _("Fill in what a saved comment left open, or take it out: %(names)s.", names=names)}
        )


def stale(review: Review, saved: Draft) -> Stale:
    """The refusal of a save made on an older page, with the saved text beside it."""
    message = _("This review was saved from another window since this page was opened. Both texts are shown.")
    return Stale(message, tag=review.tag, theirs=saved.as_fields())


def mine(db: Session, actor: Actor, review_id: UUID) -> Review:
    """The review, locked, if this reviewer may write in it now."""
    review = locked(db, review_id).review
    require_mine(db, actor, review)
    return review


def keep_scores(db: Session, review: Review, draft: Draft, saved: Draft) -> None:
    """One row a criterion that is rated or commented on, label and points as published; written where it changed."""
    rows = []
    for criterion in rubrics.published(db, review.rubric_version_id).criteria:
        level_key, comment = draft.levels.get(criterion.key) or None, draft.comments.get(criterion.key, "")
        if (level_key, comment) == (saved.levels.get(criterion.key), saved.comments.get(criterion.key, "")):
            continue
        level = _level(criterion, level_key)
        rows.append(
            {
                "review_id": review.id,
                "rubric_version_id": review.rubric_version_id,
                "criterion_key": criterion.key,
                "level_key": level and level.key,
                "label": level and level.label,
                "points": level and level.points,
                "comment": comment,
            }
        )
    if rows:
        db.execute(_KEEP_SCORES.values(rows))


def _gone(db: Session, review: Review) -> str:
    """Why the claim has ended, and that the text has not."""
    if review.is_blind:
        return _("Your blind reading has ended. What was saved stays readable on this page.")
    taker = db.scalar(
        select(Person.name)
        .join(Review, Review.reviewer_id == Person.id)
        .where(Review.version_id == review.version_id, Review.state.in_(rules.LIVE))
    )
    holder = (
        _("%(name)s has the work now.", name=taker)
        if taker
        else _("Nobody has taken it: you can claim it again.")
    )
    return joined([_("Your claim has ended."), holder, _("What was saved stays readable on this page.")])


def _require_fits(draft: Draft) -> None:
    errors = {
        name: _(
            "Use at most %(most)s characters; this has %(count)s.",
            most=grouped(TEXT_LIMIT),
            count=grouped(len(value)),
        )
        for name, value in draft.as_fields().items()
        if len(value) > TEXT_LIMIT
    }
    if errors:
        raise Invalid(errors)


def _level(criterion: Criterion, key: str | None) -> Level | None:
    if key is None:
        return None
    try:
        return criterion.level(key)
    except KeyError:
        raise Invalid({f"level-{criterion.key}": _("Choose one of the levels of this criterion.")}) from None
