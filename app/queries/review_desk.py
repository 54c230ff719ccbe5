"""Everything a reviewer works with on one page: claims, evidence, findings, rubric, draft, earlier rounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db import Reader
from app.domain import reviews, rubric
from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.reviews import State, Verdict
from app.queries.labels import called, learner_label
from app.queries.review_desk_rows import DESK, OWN_COLUMNS
from app.queries.review_evidence import DeskFile, FileBefore, desk_files, removed_files
from app.queries.review_rounds import EarlierRound, earlier_rounds
from app.queries.review_rubric import DeskCriterion, rubric_of
from app.queries.reviews import LineComment
from app.queries.rubric_words import RubricUsed

OTHER_COLUMNS = (
    "capstone_slug",
    "number",
    "before_number",
    "reviewer",
    "taken_by",
    "live_id",
    "question",
    "reason",
    "queued_at",
    "threshold",
    "handed",
    "second_reading",
)


@dataclass(frozen=True, slots=True)
class Desk:
    """A review with all it needs. Nothing of the learner as a person is read while the course is blind."""

    review_id: UUID
    version_id: UUID
    capstone_slug: str
    number: int
    learner: str
    state: State
    is_mine: bool
    reviewer: str
    tag: int
    verdict: Verdict | None
    before_number: int | None
    lease_until: datetime | None
    saved_at: datetime | None
    release_at: datetime | None
    released_at: datetime | None
    return_reason: str
    taken_by: str | None
    live_id: UUID | None
    summary: str
    private_note: str
    is_blind: bool
    question: str
    reason: str
    queued_at: datetime
    rubric_used: RubricUsed
    threshold: int
    handed: Mapping[str, str] | None
    second_reading: str | None
    ledger: tuple[Mapping[str, Any], ...]
    ledger_before: tuple[Mapping[str, Any], ...]
    comparison: tuple[Mapping[str, Any], ...]
    criteria: tuple[DeskCriterion, ...]
    files: tuple[DeskFile, ...]
    removed: tuple[FileBefore, ...]
    seen: frozenset[str]
    comments: tuple[LineComment, ...]
    earlier: tuple[EarlierRound, ...]

    @property
    def outcome(self) -> rubric.Outcome:
        """What the rule says of the draft as it is saved."""
        return self.outcome_of(
            {criterion.key: criterion.level for criterion in self.criteria if criterion.level}
        )

    def outcome_of(self, chosen: Mapping[str, str]) -> rubric.Outcome:
        """What the rule says of these levels (criterion key to level key)."""
        return rubric.outcome([each.rule for each in self.criteria], chosen, threshold=self.threshold)

    @property
    def is_open(self) -> bool:
        """Whether this reviewer may still write in it."""
        return self.is_mine and self.state in reviews.OPEN


def desk(
    db: Reader, actor: Actor, review_id: UUID, *, named: bool, slots: Mapping[str, Sequence[str]]
) -> Desk:
    """The review for its reviewer, and for admins to read; NotFound for everybody else.

    `slots` are the keys of each capstone's slots in the order in which its files are shown. A blind reading shows
    nothing of the version's own rating, and a label that leads to no other page.
    """
    row = db.execute(DESK, {"review_id": review_id, "reader_id": actor.id, "named": named}).one_or_none()
    if row is None or not _may_read(actor, row):
        raise NotFound
    reviews.require_open(is_closed=row.is_closed)
    before = tuple(FileBefore(**each) for each in row.before_files or ())
    files = desk_files(
        db, row.version_id, before if row.before_number else None, slots.get(row.capstone_slug, ())
    )
    told = row.number - 1 if row.is_blind else row.number
    earlier = earlier_rounds(db, row.submission_id, told, review_id) if row.has_earlier else ()
    return Desk(
        review_id=review_id,
        learner=learner_label(review_id) if row.is_blind else called(row.author, row.submission_id),
        is_mine=row.reviewer_id == actor.id,
        ledger=tuple(row.ledger_rows or ()),
        ledger_before=tuple(row.before_ledger or ()),
        comparison=tuple(row.comparison or ()),
        rubric_used=RubricUsed(*row.rubric_used),
        criteria=_criteria(db, row, files, earlier),
        files=files,
        removed=removed_files(before, files),
        seen=frozenset(row.seen or ()),
        comments=tuple(_line_comment(each) for each in row.comments or ()),
        earlier=earlier,
        **{name: getattr(row, name) for name in (*OWN_COLUMNS, *OTHER_COLUMNS)},
    )


def _may_read(actor: Actor, row: Any) -> bool:
    is_theirs = actor.is_admin or (actor.is_reviewer and row.reviewer_id == actor.id)
    return is_theirs and row.person_id != actor.id


def _criteria(
    db: Reader, row: Any, files: tuple[DeskFile, ...], earlier: tuple[EarlierRound, ...]
) -> tuple[DeskCriterion, ...]:
    """What fell short last round comes first; the rest in the rubric's order."""
    chosen: Mapping[str, list[str | None]] = row.scores or {}
    last = next((each for each in earlier if not each.is_undone and each.number < row.number), None)
    rated = {each.key: each for each in last.criteria} if last else {}
    changed = {file.slot for file in files if file.change in {"new", "changed"}}
    criteria = [
        DeskCriterion.of(each, chosen.get(each.key) or [None, ""], rated.get(each.key), changed)
        for each in rubric_of(db, row.words_id)
    ]
    return tuple(sorted(criteria, key=lambda each: each.standing != "open"))


def _line_comment(said: Mapping[str, Any]) -> LineComment:
    return LineComment(
        id=UUID(said["id"]),
        file_id=UUID(said["file_id"]),
        file_name=said["file_name"],
        line=said["line"],
        body=said["body"],
        sha256=said["sha256"],
    )
