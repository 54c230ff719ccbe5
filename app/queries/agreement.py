"""Pairs of ratings for admins: how often which two levels were given to one criterion, and the readings behind it.

A pair is a blind second reading and the first rating of the same version. A first rating that was taken back as a
slip is left out; one that an appeal replaced is counted as it was given.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain.appeals import State as AppealState
from app.domain.reviews import State, Verdict
from app.models import Appeal, Person, Review, RubricLevel, Score, SubmissionVersion
from app.queries.compared_readings import first_of

MOST_COUNTED = 20_000
MOST = 200
VERDICT = "verdict"
"""Stands where a criterion's key stands, for the verdicts of the two."""
_FIRST = aliased(Review)
RANKS = {Verdict.NOT_PASSED: 1, Verdict.NEEDS_CHANGES: 2, Verdict.PASS: 3}


@dataclass(frozen=True, slots=True)
class Counted:
    """How often two people gave these two levels (their places in the rubric, from 1) to one criterion."""

    capstone_slug: str
    criterion_key: str
    first_id: UUID
    first: str
    second_id: UUID
    second: str
    levels: tuple[int, int]
    times: int


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which pairs are wanted; empty means all. `within` is how many levels may lie between the two."""

    capstone_slug: str = ""
    criterion_key: str = ""
    reviewer_id: UUID | None = None
    other_id: UUID | None = None
    within: int | None = None


@dataclass(frozen=True, slots=True)
class PairRow:
    """One criterion of one pair of readings."""

    review_id: UUID
    capstone_slug: str
    number: int
    criterion_key: str
    first: str
    second: str
    first_level: str
    second_level: str
    apart: int
    read_at: datetime


def counted(db: Reader, course_slug: str) -> tuple[Counted, ...]:
    """Every pair of a course, counted in the database; one SELECT for the criteria and the verdicts together."""
    pairs = _pairs(course_slug)
    told = [
        pairs.c[name]
        for name in (
            "capstone_slug", "criterion_key", "first_id", "first", "second_id", "second", "one", "other",
        )
    ]  # fmt: skip
    rows = db.execute(select(*told, func.count()).group_by(*told).order_by(*told).limit(MOST_COUNTED))
    return tuple(Counted(*row[:6], levels=(row[6], row[7]), times=row[8]) for row in rows)


def pair_rows(db: Reader, course_slug: str, narrowed: Narrowed) -> tuple[PairRow, ...]:
    """The pairs behind a number, the latest first, criteria in alphabetical order."""
    pairs = _pairs(course_slug).c
    apart = func.abs(pairs.one - pairs.other)
    names = (
        "review_id",
        "capstone_slug",
        "number",
        "criterion_key",
        "first",
        "second",
        "one_label",
        "other_label",
    )
    rows = db.execute(
        select(*(pairs[name] for name in names), apart, pairs.read_at)
        .where(*_narrowing(pairs, apart, narrowed))
        .order_by(pairs.read_at.desc(), pairs.review_id, pairs.criterion_key)
        .limit(MOST)
    )
    return tuple(PairRow(*told) for told in map(tuple, rows))


def by_levels(rows: Iterable[Counted], *, seen_from: UUID | None = None) -> Counter[tuple[int, int]]:
    """How often each pair of levels; with `seen_from`, that person's level comes first."""
    found: Counter[tuple[int, int]] = Counter()
    for row in rows:
        one, other = row.levels
        found[(other, one) if row.second_id == seen_from else (one, other)] += row.times
    return found


def _narrowing(pairs: Any, apart: Any, narrowed: Narrowed) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if narrowed.capstone_slug:
        found.append(pairs.capstone_slug == narrowed.capstone_slug)
    if narrowed.criterion_key:
        found.append(pairs.criterion_key == narrowed.criterion_key)
    else:
        found.append(pairs.criterion_key != VERDICT)
    found += [
        or_(pairs.first_id == person, pairs.second_id == person)
        for person in (narrowed.reviewer_id, narrowed.other_id)
        if person is not None
    ]
    if narrowed.within is not None:
        found.append(apart <= narrowed.within)
    return found


def _pairs(course_slug: str) -> Any:
    """Every criterion of every pair, and their verdicts, as rows of the same shape."""
    return union_all(_criteria(course_slug), _verdicts(course_slug)).subquery()


def _criteria(course_slug: str) -> Select[*tuple[Any, ...]]:
    mine, theirs, low, high = aliased(Score), aliased(Score), aliased(RubricLevel), aliased(RubricLevel)
    told = (
        mine.criterion_key.label("criterion_key"),
        low.position.label("one"),
        high.position.label("other"),
        low.label.label("one_label"),
        high.label.label("other_label"),
    )
    return (
        _of_two(course_slug, *told)
        .join(mine, mine.review_id == _FIRST.id)
        .join(theirs, (theirs.review_id == Review.id) & (theirs.criterion_key == mine.criterion_key))
        .join(low, _is_level_of(low, mine))
        .join(high, _is_level_of(high, theirs))
    )


def _verdicts(course_slug: str) -> Select[*tuple[Any, ...]]:
    return _of_two(
        course_slug,
        literal(VERDICT).label("criterion_key"),
        case(RANKS, value=_FIRST.verdict).label("one"),
        case(RANKS, value=Review.verdict).label("other"),
        cast(_FIRST.verdict, String).label("one_label"),
        cast(Review.verdict, String).label("other_label"),
    )


def _of_two(course_slug: str, *told: Any) -> Select[*tuple[Any, ...]]:
    one, other = aliased(Person), aliased(Person)
    return (
        select(
            Review.id.label("review_id"),
            SubmissionVersion.capstone_slug,
            SubmissionVersion.number,
            Review.decided_at.label("read_at"),
            one.id.label("first_id"),
            one.name.label("first"),
            other.id.label("second_id"),
            other.name.label("second"),
            *told,
        )
        .select_from(Review)
        .join(_FIRST, _FIRST.id == first_of(Review))
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(one, one.id == _FIRST.reviewer_id)
        .join(other, other.id == Review.reviewer_id)
        .where(Review.state == State.READ, SubmissionVersion.course_slug == course_slug, _counts(_FIRST))
    )


def _is_level_of(level: Any, score: Any) -> ColumnElement[bool]:
    return and_(
        level.rubric_version_id == score.rubric_version_id,
        level.criterion_key == score.criterion_key,
        level.key == score.level_key,
    )


def _counts(first: Any) -> ColumnElement[bool]:
    replaced = exists().where(Appeal.review_id == first.id, Appeal.state == AppealState.UPHELD)
    return or_(first.state == State.RELEASED, replaced)
