"""The rubric on the desk: published criteria with the draft's choice and what the round before said of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.course.values import Level
from app.db import Reader
from app.domain import rubric
from app.models import RubricCriterion, RubricLevel
from app.queries.review_rounds import EarlierCriterion


@dataclass(frozen=True, slots=True)
class PublishedCriterion:
    """One criterion as it was published."""

    key: str
    number: int
    title: str
    description: str
    reviewer_note: str
    must_pass: bool
    pass_level: str | None
    bears_on: tuple[str, ...]
    levels: tuple[Level, ...]

    @property
    def rule(self) -> rubric.Criterion:
        """What the rule needs to know of it."""
        return rubric.Criterion(
            key=self.key,
            title=self.title,
            must_pass=self.must_pass,
            pass_level=self.pass_level,
            levels=tuple(
                rubric.Level(level.key, level.label, level.points, position)
                for position, level in enumerate(self.levels, start=1)
            ),
        )


@dataclass(frozen=True, slots=True)
class DeskCriterion:
    """One criterion with the draft's choice; `level` and `comment` are empty until something is chosen or said.

    `standing` is "" in a first round, "open" when it fell short in the round before, "same" when it stood and no
    file that bears on it has changed, "changed" when it stood and one has.
    """

    published: PublishedCriterion
    level: str
    comment: str
    earlier: EarlierCriterion | None
    standing: str

    @classmethod
    def of(
        cls,
        published: PublishedCriterion,
        chosen: Sequence[str | None],
        earlier: EarlierCriterion | None,
        changed: Collection[str],
    ) -> Self:
        return cls(
            published=published,
            level=chosen[0] or "",
            comment=chosen[1] or "",
            earlier=earlier,
            standing=_standing(published, earlier, changed),
        )

    @property
    def key(self) -> str:
        return self.published.key

    @property
    def number(self) -> int:
        return self.published.number

    @property
    def title(self) -> str:
        return self.published.title

    @property
    def must_pass(self) -> bool:
        return self.published.must_pass

    @property
    def bears_on(self) -> tuple[str, ...]:
        return self.published.bears_on

    @property
    def levels(self) -> tuple[Level, ...]:
        return self.published.levels

    @property
    def rule(self) -> rubric.Criterion:
        return self.published.rule

    @property
    def is_same(self) -> bool:
        """Whether the level is the one of the round before, and nothing that bears on it has changed."""
        return self.standing == "same" and self.earlier is not None and self.level == self.earlier.level


def _standing(
    published: PublishedCriterion, earlier: EarlierCriterion | None, changed: Collection[str]
) -> str:
    if earlier is None:
        return ""
    if not any(level.key == earlier.level for level in published.levels):
        return "open"
    if not rubric.stands(published.rule, earlier.level):
        return "open"
    return "changed" if set(published.bears_on) & set(changed) else "same"


_KNOWN: dict[UUID, tuple[PublishedCriterion, ...]] = {}
"""What this process has read. It stays true: the rows of a published rubric refuse every change (I5)."""


def rubric_of(db: Reader, rubric_version_id: UUID) -> tuple[PublishedCriterion, ...]:
    """The criteria of that rubric version in order, read once a process."""
    if rubric_version_id not in _KNOWN:
        _KNOWN[rubric_version_id] = tuple(_criterion(row) for row in db.execute(_rubric(rubric_version_id)))
    return _KNOWN[rubric_version_id]


def _criterion(row: Any) -> PublishedCriterion:
    return PublishedCriterion(
        key=row.key,
        number=row.position,
        title=row.title,
        description=row.description,
        reviewer_note=row.reviewer_note,
        must_pass=row.must_pass,
        pass_level=row.pass_level,
        bears_on=tuple(row.bears_on),
        levels=tuple(Level(*level) for level in row.levels),
    )


def _rubric(rubric_version_id: UUID) -> Any:
    level = func.jsonb_build_array(
        RubricLevel.key, RubricLevel.label, RubricLevel.points, RubricLevel.description
    )
    levels = (
        select(func.jsonb_agg(aggregate_order_by(level, RubricLevel.position)))
        .where(
            RubricLevel.rubric_version_id == RubricCriterion.rubric_version_id,
            RubricLevel.criterion_key == RubricCriterion.key,
        )
        .correlate(RubricCriterion)
        .scalar_subquery()
    )
    return (
        select(
            RubricCriterion.key,
            RubricCriterion.position,
            RubricCriterion.title,
            RubricCriterion.description,
            RubricCriterion.reviewer_note,
            RubricCriterion.must_pass,
            RubricCriterion.pass_level,
            RubricCriterion.bears_on,
            levels.label("levels"),
        )
        .where(RubricCriterion.rubric_version_id == rubric_version_id)
        .order_by(RubricCriterion.position)
    )
