"""The search language of the queue as conditions of its SELECT.

What is in flight is looked for by the indexes that begin with `queued_at`; what was decided or released is not in the
queue, so that asking for it looks through the index of rated versions instead, the newest first.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    tuple_,
)
from sqlalchemy.orm import aliased

from app.db import Moment
from app.domain.queue_search import Measure, Search, Term
from app.domain.reviews import State as ReviewState
from app.models import (
    Ledger,
    Person,
    Review,
    SkippedReview,
    Submission,
    SubmissionVersion,
)
from app.queries.conflicts import READER
from app.queries.labels import NAMED
from app.queries.waiting import IN_QUEUE, NOW, RATED

LIVE: ColumnElement[bool] = literal_column("(review.state IN ('claimed', 'decided', 'released'))")
"""Spelled out for the partial index, like IN_QUEUE."""
AFTER_AT, AFTER_ID = bindparam("after_at", type_=Moment), bindparam("after_id", type_=Uuid)
AFTER_ROUND = bindparam("after_round", type_=Integer)
SIGNS: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": lambda column, value: column == value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
}
LONGEST_LABEL = 5
LABEL: ColumnElement[int] = (
    literal_column(
        "('x' || encode(substring(sha256(uuid_send(submission.id)) from 1 for 4), 'hex'))::bit(32)::bigint",
        BigInteger,
    )
    % 9000
    + 1000
)
"""The number in `learner_label`, as the database counts it."""


def is_of_the_past(search: Search) -> bool:
    """Whether only rated work is asked for, which has left the queue."""
    return any(
        term.key == "is" and not term.negated and term.values == ("released",) for term in search.terms
    )


def narrowed(
    rows: Select[*tuple[Any, ...]],
    search: Search,
    capstones: Mapping[str, frozenset[str]],
    *,
    later: bool,
) -> Select[*tuple[Any, ...]]:
    """The rows that fit, in the order asked for; `later` adds "after the last row of the page before"."""
    past = is_of_the_past(search)
    rows = rows.where(RATED if past else IN_QUEUE)
    rows = rows.where(*(_condition(term, capstones) for term in search.terms))
    version = SubmissionVersion
    keys: list[Any] = [version.queued_at, version.id]
    after: list[Any] = [AFTER_AT, AFTER_ID]
    newest = search.sort == "newest" or (past and search.sort == "waiting")
    if search.sort == "round":
        keys, after = [version.number, *keys], [AFTER_ROUND, *after]
    if later:
        here, there = tuple_(*keys), tuple_(*after)
        rows = rows.where(here < there if newest else here > there)
    return rows.order_by(*(key.desc() if newest else key for key in keys))


def _condition(term: Term, capstones: Mapping[str, frozenset[str]]) -> ColumnElement[bool]:
    found = _positive(term, capstones)
    return func.coalesce(not_(found), True) if term.negated else found


def _positive(term: Term, capstones: Mapping[str, frozenset[str]]) -> ColumnElement[bool]:
    if term.key == "round" and term.measure:
        return SIGNS[term.measure.sign](SubmissionVersion.number, term.measure.number)
    if term.key == "waiting" and term.measure:
        return _waiting(term.measure)
    if term.key == "capstone":
        slugs = frozenset().union(*(capstones.get(value, frozenset()) for value in term.values))
        return SubmissionVersion.capstone_slug.in_(sorted(slugs)) if slugs else false()
    if term.key == "learner":
        return or_(*(_learner(value) for value in term.values))
    if term.key == "reviewer":
        return or_(*(_reviewer(value) for value in term.values))
    return or_(*(WORDS[term.key, value] for value in term.values))


def _waiting(measure: Measure) -> ColumnElement[bool]:
    """Older than a span is queued before a moment, so that the index serves."""
    moment = NOW - literal(timedelta(seconds=measure.number))
    turned = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "=": "="}[measure.sign]
    return SIGNS[turned](SubmissionVersion.queued_at, moment)


def _learner(value: str) -> ColumnElement[bool]:
    """By label, or by a part of the name where names are shown."""
    if value.isascii() and value.isdigit() and len(value) <= LONGEST_LABEL:
        return LABEL.in_([int(value)])
    author = aliased(Person)
    named = func.lower(author.name).contains(value, autoescape=True)
    found: ColumnElement[bool] = exists().where(NAMED, author.id == Submission.person_id, named)
    return found


def _reviewer(value: str) -> ColumnElement[bool]:
    """Who holds it or has decided it; a claim that has ended is nobody's."""
    who = (
        Review.reviewer_id == READER
        if value == "me"
        else func.lower(Person.name).contains(value, autoescape=True)
    )
    holds = or_(Review.state != ReviewState.CLAIMED, Review.lease_until > NOW)
    return and_(Review.id.is_not(None), holds, who)


_HELD = and_(Review.state == ReviewState.CLAIMED, Review.lease_until > NOW)
_TAKEN = or_(_HELD, Review.state == ReviewState.DECIDED)
WORDS: Mapping[tuple[str, str], ColumnElement[bool]] = {
    ("is", "waiting"): and_(IN_QUEUE, func.coalesce(not_(_TAKEN), True)),
    ("is", "mine"): and_(Review.state == ReviewState.CLAIMED, Review.reviewer_id == READER),
    ("is", "claimed"): _HELD,
    ("is", "decided"): Review.state == ReviewState.DECIDED,
    ("is", "released"): Review.state == ReviewState.RELEASED,
    ("is", "skipped"): exists().where(
        SkippedReview.version_id == SubmissionVersion.id, SkippedReview.reviewer_id == READER
    ),
    ("check", "fail"): Ledger.blocked > 0,
    ("check", "warn"): Ledger.warned > 0,
    ("check", "clean"): and_(Ledger.blocked == 0, Ledger.warned == 0),
    ("claims", "contradicted"): Ledger.contradicted > 0,
    ("claims", "agree"): and_(Ledger.agreeing > 0, Ledger.contradicted == 0),
    ("claims", "unchecked"): Ledger.unchecked > 0,
}
