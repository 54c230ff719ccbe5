"""Conflicts of interest (UX 5.2): what a reviewer declared is never theirs again, however the moment is chosen."""

import pytest
from sqlalchemy import select

from app.domain import submissions
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from app.domain.reviews import State, Verdict
from app.domain.submissions import State as VersionState
from app.models import AuditEntry, ConflictOfInterest, Review, SubmissionVersion
from app.queries import conflicts as queries
from app.services import appeals, conflicts, explanations, reviews
from tests.services.test_review_claims import at_once, claim, claim_next

WHY = "We built this service together."


@pytest.fixture
def declare(sessions, now):
    def declared(actor, version, *, whole_learner=False, reason=WHY):
        with sessions.begin() as db:
            conflicts.declare(db, actor, version.id, reason=reason, whole_learner=whole_learner, now=now)

    return declared


def standing(sessions, version):
    """The version's state, and the states and reasons of its reviews."""
    with sessions() as db:
        rows = db.execute(select(Review.state, Review.return_reason).where(Review.version_id == version.id))
        return db.get(SubmissionVersion, version.id).state, [tuple(row) for row in rows]


def entries(sessions, action):
    with sessions() as db:
        return db.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_a_declared_work_is_not_offered_and_not_claimed(sessions, make, mira, ada, bo, declare, course, now):
    version = make.version(mira, state="submitted")
    declare(ada, version)

    with pytest.raises(Forbidden, match="You declared a conflict of interest about this work"):
        claim(sessions, ada, version, now)

    assert claim_next(sessions, ada, course, now) is None
    assert standing(sessions, version) == (VersionState.SUBMITTED, [])
    assert claim_next(sessions, bo, course, now) is not None


def test_a_claim_that_is_held_goes_back_and_is_free_for_others(sessions, make, mira, ada, bo, declare, now):
    version = make.version(mira, state="submitted")
    claim(sessions, ada, version, now)

    declare(ada, version)

    assert standing(sessions, version) == (
        VersionState.SUBMITTED,
        [(State.RETURNED, "conflict of interest")],
    )
    claim(sessions, bo, version, now)


def test_this_work_leaves_the_learners_other_work_open(sessions, make, mira, ada, declare, course, now):
    declare(ada, make.version(mira, state="submitted"))
    other = make.version(mira, capstone="safe-deploys", state="submitted")

    with sessions() as db:
        taken = db.get(Review, claim_next(sessions, ada, course, now))

    assert taken.version_id == other.id


def test_everything_of_the_learner_closes_the_next_round_and_other_capstones(
    sessions, make, mira, ada, declare, course, now
):
    first = make.version(mira, state="needs_changes")
    held = make.version(mira, capstone="safe-deploys", state="submitted")
    claim(sessions, ada, held, now)
    declare(ada, first, whole_learner=True)
    make.version(mira, number=2, state="submitted")
    make.version(mira, capstone="launch-plan", state="submitted")

    assert claim_next(sessions, ada, course, now) is None
    assert standing(sessions, held) == (VersionState.SUBMITTED, [(State.RETURNED, "conflict of interest")])


def test_the_trail_names_the_row_and_holds_no_words(sessions, make, mira, ada, declare):
    version = make.version(mira, state="submitted")

    for _ in range(2):
        declare(ada, version)

    (entry,) = entries(sessions, "conflict.declare")
    with sessions() as db:
        (row,) = db.scalars(select(ConflictOfInterest)).all()
    assert (entry.actor_id, entry.subject_id, entry.object_id) == (ada.id, mira.id, str(row.id))
    assert entry.detail == {"reach": "this work"}
    assert row.reason == WHY


def test_an_admin_withdraws_it_once_and_the_work_is_open_again(
    sessions, make, mira, ada, root, declare, course, now
):
    version = make.version(mira, state="submitted")
    declare(ada, version)
    with sessions() as db:
        conflict_id = db.scalar(select(ConflictOfInterest.id))

    for _ in range(2):
        with sessions.begin() as db:
            conflicts.withdraw(db, root, conflict_id, now=now)

    assert len(entries(sessions, "conflict.withdraw")) == 1
    with sessions() as db:
        (found,) = queries.reported_conflicts(db, course.slug)
    assert (found.withdrawn_by, found.withdrawn_at) == ("Root", now)
    assert claim_next(sessions, ada, course, now) is not None
    declare(ada, version)
    assert len(entries(sessions, "conflict.declare")) == 2


def test_only_an_admin_withdraws(sessions, make, mira, ada, declare, now):
    declare(ada, make.version(mira, state="submitted"))
    with sessions() as db:
        conflict_id = db.scalar(select(ConflictOfInterest.id))

    with pytest.raises(Forbidden), sessions.begin() as db:
        conflicts.withdraw(db, ada, conflict_id, now=now)

    assert entries(sessions, "conflict.withdraw") == []


@pytest.mark.parametrize("reason", ["", "  \x00 ", "x" * 501])
def test_it_needs_a_reason_that_fits(sessions, make, mira, ada, declare, reason):
    version = make.version(mira, state="submitted")

    with pytest.raises(Invalid) as refused:
        declare(ada, version, reason=reason)

    assert set(refused.value.errors) == {"reason"}
    assert entries(sessions, "conflict.declare") == []


def test_own_work_drafts_and_learners_are_refused(make, sessions, mira, ada, declare):
    both = make.person("Ada too", roles=("learner", "reviewer"))
    own = make.version(both, state="submitted")
    draft = make.version(mira, state="draft")

    with pytest.raises(NotFound):
        declare(ada, draft)
    with pytest.raises(Forbidden, match="your own work"):
        declare(make.actor(both), own)
    with pytest.raises(Forbidden, match="Only reviewers"):
        declare(make.actor(mira), own)
    assert entries(sessions, "conflict.declare") == []


def test_a_decision_that_waits_to_be_sent_comes_first(sessions, make, mira, ada, declare):
    version = make.version(mira, state="in_review")
    make.review(version, ada, state="decided", verdict=Verdict.PASS)

    with pytest.raises(Conflict, match="Take it back first"):
        declare(ada, version)

    assert standing(sessions, version)[1] == [(State.DECIDED, "")]


def test_what_was_released_stays_and_is_not_touched_again(
    sessions, make, mira, ada, root, declare, course, now
):
    version = make.version(mira, state="needs_changes")
    review = make.review(version, ada, state="released", verdict=Verdict.NEEDS_CHANGES)
    declare(ada, version)

    with pytest.raises(Forbidden), sessions.begin() as db:
        reviews.undo(
            db, ada, review.id, reason="Changed my mind.", course=course, base_url="http://localhost", now=now
        )

    assert standing(sessions, version) == (VersionState.NEEDS_CHANGES, [(State.RELEASED, "")])


def test_neither_appeal_nor_question_is_answered_by_whoever_declared_one(
    sessions, make, mira, ada, bo, declare, course, now
):
    version = make.version(mira, state="not_passed")
    review = make.review(version, bo, state="released", verdict=Verdict.NOT_PASSED)
    key = course.capstone("three-bottlenecks").rubric.criteria[0].key
    learner = make.actor(mira)
    where = {"course": course, "base_url": "http://localhost", "now": now}
    with sessions.begin() as db:
        appeal_id = appeals.begin(db, learner, review.id, criterion_key=key, reason="r" * 60, **where)
        question_id = explanations.ask(db, learner, review.id, question="Why?", **where)
    declare(ada, version)
    declare(bo, version)

    with pytest.raises(Forbidden), sessions.begin() as db:
        appeals.decide(db, ada, appeal_id, level_key="x", answer="a" * 20, **where)
    with pytest.raises(Forbidden), sessions.begin() as db:
        explanations.answer(db, bo, review.id, question_id, answer="Because.", **where)


@pytest.mark.parametrize("whole_learner", [False, True])
def test_declaring_and_claiming_at_once_never_ends_with_a_claim(
    sessions, make, mira, ada, declare, course, now, whole_learner
):
    """Two windows of one reviewer: whichever is first, the work is free and closed afterwards."""
    for number in range(1, 9):
        learner = make.person(f"Learner {number}")
        version = make.version(learner, state="submitted")

        results = at_once(
            [
                lambda version=version: claim(sessions, ada, version, now),
                lambda version=version: declare(ada, version, whole_learner=whole_learner),
                lambda: claim_next(sessions, ada, course, now),
            ]
        )

        assert results[1] is None
        state, found = standing(sessions, version)
        assert state is submissions.State.SUBMITTED
        assert {each for each, _ in found} <= {State.RETURNED}
