import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.domain import submissions
from app.domain.actors import Role
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Paused, Refused
from app.domain.queue_search import Search
from app.domain.reviews import State
from app.domain.submissions import CheckState
from app.domain.switches import Switch
from app.models import AuditEntry, CheckRun, Review, SubmissionVersion
from app.queries import review_queue
from app.services import review_queue as queue_service
from app.services import reviews, switches

LEASE = 1800


@pytest.fixture
def learner(make):
    return make.person("Mira Okafor")


def claim(sessions, actor, version, now):
    with sessions.begin() as db:
        return reviews.claim(db, actor, version.id, lease_seconds=LEASE, now=now)


def claim_next(sessions, actor, course, now):
    with sessions.begin() as db:
        return reviews.claim_next(db, actor, course_slug=course.slug, lease_seconds=LEASE, now=now)


def state_of(sessions, version):
    with sessions() as db:
        return db.get(SubmissionVersion, version.id).state


def version_of(sessions, review_id):
    with sessions() as db:
        return db.get(Review, review_id).version_id


def test_a_claim_holds_the_version_for_the_length_of_the_lease(sessions, make, learner, ada, now):
    version = make.version(learner, state="submitted")

    review_id = claim(sessions, ada, version, now)

    with sessions() as db:
        review = db.get(Review, review_id)
        audited = db.scalars(select(AuditEntry.action).where(AuditEntry.object_type == "review")).all()
    assert (review.state, review.reviewer_id, review.lease_until) == (
        State.CLAIMED,
        ada.id,
        now + timedelta(seconds=LEASE),
    )
    assert review.rubric_version_id == version.rubric_version_id
    assert state_of(sessions, version) is submissions.State.IN_REVIEW
    assert audited == ["review.claim"]


def test_a_second_click_renews_the_same_claim(sessions, make, learner, ada, now):
    version = make.version(learner, state="submitted")
    first = claim(sessions, ada, version, now)

    second = claim(sessions, ada, version, now + timedelta(minutes=5))

    with sessions() as db:
        assert db.get(Review, first).lease_until == now + timedelta(minutes=5, seconds=LEASE)
        assert db.scalar(select(func.count()).select_from(Review)) == 1
    assert second == first


def test_a_colleague_is_told_who_holds_it_and_until_when(sessions, make, learner, ada, bo, now):
    version = make.version(learner, state="submitted")
    claim(sessions, ada, version, now)

    with pytest.raises(Conflict) as refused:
        claim(sessions, bo, version, now + timedelta(minutes=29))

    assert str(refused.value) == (
        "Ada Reviewer holds this until 12:30 UTC. If it is not finished by then, it becomes free."
    )


def test_an_ended_lease_is_taken_over_and_the_draft_stays_with_its_author(
    sessions, make, learner, ada, bo, now
):
    version = make.version(learner, state="submitted")
    first = claim(sessions, ada, version, now)
    with sessions.begin() as db:
        draft = reviews.Draft(summary="Half a thought")
        reviews.save_draft(db, ada, first, draft, tag=0, lease_seconds=LEASE, now=now)
    later = now + timedelta(seconds=LEASE)

    second = claim(sessions, bo, version, later)

    with sessions() as db:
        ended, live = db.get(Review, first), db.get(Review, second)
    assert (ended.state, ended.return_reason, ended.summary) == (
        State.RETURNED,
        "lease ended",
        "Half a thought",
    )
    assert (live.state, live.reviewer_id, live.summary) == (State.CLAIMED, bo.id, "")
    assert state_of(sessions, version) is submissions.State.IN_REVIEW


def test_claiming_again_goes_on_where_one_left_off(sessions, make, learner, ada, now, course):
    version = make.version(learner, state="submitted")
    first = claim(sessions, ada, version, now)
    criterion = course.capstone("three-bottlenecks").rubric.criteria[0]
    draft = reviews.Draft({criterion.key: criterion.levels[1].key}, {criterion.key: "Which index?"}, "So far")
    with sessions.begin() as db:
        reviews.save_draft(db, ada, first, draft, tag=0, lease_seconds=LEASE, now=now)
        reviews.give_back(db, ada, first, now=now)

    second = claim(sessions, ada, version, now)

    with sessions() as db:
        resumed = reviews.stored_draft(db, db.get(Review, second))
    assert second != first
    assert resumed == draft


def test_nobody_claims_their_own_work(sessions, make, now):
    person = make.person("Both", roles=("learner", "reviewer"))
    version = make.version(person, state="submitted")

    with pytest.raises(Forbidden):
        claim(sessions, make.actor(person), version, now)

    assert state_of(sessions, version) is submissions.State.SUBMITTED


def test_a_learner_learns_nothing_about_a_version(sessions, make, learner, now):
    version = make.version(learner, state="submitted")

    with pytest.raises(NotFound):
        claim(sessions, make.actor(make.person("Other")), version, now)


@pytest.mark.parametrize("state", ["draft", "withdrawn", "passed"])
def test_only_sent_work_is_claimed(sessions, make, learner, ada, now, state):
    version = make.version(learner, state=state)

    with pytest.raises(Conflict):
        claim(sessions, ada, version, now)

    assert state_of(sessions, version) == state


def test_a_reviewer_holds_three_pieces_at_most(sessions, make, ada, now):
    versions = [make.version(make.person(f"Learner {n}"), state="submitted") for n in range(4)]
    for version in versions[:3]:
        claim(sessions, ada, version, now)

    with pytest.raises(Conflict, match="You hold 3 pieces"):
        claim(sessions, ada, versions[3], now)

    claim(sessions, ada, versions[3], now + timedelta(seconds=LEASE))  # the leases have ended
    assert state_of(sessions, versions[3]) is submissions.State.IN_REVIEW


def test_two_claims_at_once_cannot_both_find_room_under_the_cap(sessions, make, ada, now):
    versions = [make.version(make.person(f"Learner {n}"), state="submitted") for n in range(6)]

    results = at_once([lambda version=version: claim(sessions, ada, version, now) for version in versions])

    assert sum(not isinstance(result, Conflict) for result in results) == 3


def test_a_pause_stops_claims_and_nothing_else(sessions, make, learner, ada, now):
    version = make.version(learner, state="submitted")
    review_id = claim(sessions, ada, version, now)
    other = make.version(make.person("Other"), state="submitted")
    admin = make.actor(make.person("Root", roles=("admin",)))
    with sessions.begin() as db:
        switches.pause(db, admin, Switch.REVIEWS, message="Back on Monday.", now=now)

    with pytest.raises(Paused, match="Back on Monday"):
        claim(sessions, ada, other, now)
    with sessions.begin() as db:
        tag = reviews.save_draft(
            db, ada, review_id, reviews.Draft(summary="Going on"), tag=0, lease_seconds=LEASE, now=now
        )

    assert tag == 1


def test_giving_back_keeps_the_old_place(sessions, make, learner, ada, bo, now, course):
    version = make.version(learner, state="submitted")
    make.version(make.person("Later"), state="submitted", queued_at=now - timedelta(hours=1))
    review_id = claim(sessions, ada, version, now)

    with sessions.begin() as db:
        reviews.give_back(db, ada, review_id, now=now)
        reviews.give_back(db, ada, review_id, now=now)

    assert state_of(sessions, version) is submissions.State.SUBMITTED
    assert version_of(sessions, claim_next(sessions, bo, course, now)) == version.id


def test_only_its_reviewer_or_an_admin_puts_work_back(sessions, make, learner, ada, bo, now):
    review_id = claim(sessions, ada, make.version(learner, state="submitted"), now)
    admin = make.actor(make.person("Root", roles=("admin",)))

    with pytest.raises(Forbidden), sessions.begin() as db:
        reviews.give_back(db, bo, review_id, now=now)
    with sessions.begin() as db:
        reviews.give_back(db, admin, review_id, now=now)

    with sessions() as db:
        assert db.get(Review, review_id).state is State.RETURNED


def test_next_is_the_head_of_the_queue_page(sessions, make, ada, now, course):
    ages = [3, 9, 1, 5]
    for age in ages:
        make.version(make.person(f"{age} hours"), state="submitted", queued_at=now - timedelta(hours=age))
    with sessions() as db:
        listed = [
            row.version_id
            for row in review_queue.review_queue(
                db, ada, course.slug, search=Search(), capstones={}, after=None, named=False, now=now
            ).rows
        ]

    taken = [version_of(sessions, claim_next(sessions, ada, course, now)) for _ in range(3)]

    assert taken == listed[:3]


def test_next_waits_for_checks_but_not_for_ever(sessions, make, learner, ada, now, course):
    version = make.version(learner, files=1)
    file_id = make.file(version, name="slow.txt", data=b"slow").id
    with sessions.begin() as db:
        db.add(
            CheckRun(
                file_id=file_id,
                checker="evidence",
                checker_version="1",
                state=CheckState.QUEUED,
                due_at=now,
                created_at=now,
            )
        )
    sent = now - timedelta(minutes=14)
    make.advance(version, submissions.State.SUBMITTED, {"queued_at": sent})

    early = claim_next(sessions, ada, course, now)
    late = claim_next(sessions, ada, course, sent + submissions.PATIENCE)

    assert early is None
    assert version_of(sessions, late) == version.id


def test_next_skips_what_was_skipped_and_own_work(sessions, make, learner, now, course):
    person = make.person("Both", roles=("learner", "reviewer"))
    actor = make.actor(person)
    make.version(person, state="submitted", queued_at=now - timedelta(days=9))
    skipped = make.version(learner, state="submitted", queued_at=now - timedelta(days=8))
    wanted = make.version(make.person("Other"), state="submitted")
    with sessions.begin() as db:
        reviews.skip(db, actor, skipped.id, reason="I know the author.", now=now)

    taken = claim_next(sessions, actor, course, now)

    assert version_of(sessions, taken) == wanted.id


def test_skipping_wants_a_reason(sessions, make, learner, ada, now):
    version = make.version(learner, state="submitted")

    with pytest.raises(Invalid), sessions.begin() as db:
        reviews.skip(db, ada, version.id, reason="  ", now=now)


def test_next_prefers_ones_own_learner_among_work_of_the_same_age(sessions, make, learner, ada, now, course):
    first = make.version(learner, state="needs_changes")
    make.review(first, ada, state="released", verdict="needs_changes")
    again = make.version(learner, state="submitted", number=2, queued_at=now - timedelta(hours=1))
    oldest = make.version(make.person("Other"), state="submitted", queued_at=now - timedelta(hours=20))

    mine = claim_next(sessions, ada, course, now)
    then = claim_next(sessions, ada, course, now)

    assert [version_of(sessions, mine), version_of(sessions, then)] == [again.id, oldest.id]


def test_much_older_work_goes_before_ones_own_learner(sessions, make, learner, ada, now, course):
    first = make.version(learner, state="needs_changes")
    make.review(first, ada, state="released", verdict="needs_changes")
    make.version(learner, state="submitted", number=2, queued_at=now - timedelta(hours=1))
    oldest = make.version(make.person("Other"), state="submitted", queued_at=now - timedelta(days=2))

    taken = claim_next(sessions, ada, course, now)

    assert version_of(sessions, taken) == oldest.id


def test_an_empty_queue_gives_nothing(sessions, ada, now, course):
    assert claim_next(sessions, ada, course, now) is None


def test_sixteen_reviewers_at_once_never_share_a_version(sessions, make, now, course):
    """The race of RELIABILITY §4 row 4, small enough for every push: exactly one wins each piece."""
    actors = [make.actor(make.person(f"Reviewer {n}", roles=("reviewer",))) for n in range(16)]
    versions = [make.version(make.person(f"Learner {n}"), state="submitted") for n in range(24)]

    taken = at_once(
        [lambda actor=actor: [claim_next(sessions, actor, course, now) for _ in range(2)] for actor in actors]
    )

    claimed = [review_id for pair in taken for review_id in pair if review_id is not None]
    with sessions() as db:
        held = db.scalars(select(Review.version_id).where(Review.state == State.CLAIMED)).all()
    assert len(claimed) == len(versions)
    assert sorted(held) == sorted(version.id for version in versions)


def test_next_takes_over_from_the_moment_a_lease_ends(sessions, make, learner, ada, bo, course, now):
    version = make.version(learner, state="submitted")
    claim(sessions, ada, version, now)
    end = now + timedelta(seconds=LEASE)

    assert claim_next(sessions, bo, course, end - timedelta(seconds=1)) is None
    assert version_of(sessions, claim_next(sessions, bo, course, end)) == version.id


def test_many_who_want_one_ended_lease_get_it_once(sessions, make, learner, ada, now):
    version = make.version(learner, state="submitted")
    claim(sessions, ada, version, now)
    later = now + timedelta(seconds=LEASE)
    actors = [make.actor(make.person(f"Reviewer {n}", roles=("reviewer",))) for n in range(12)]

    results = at_once([lambda actor=actor: claim(sessions, actor, version, later) for actor in actors])

    with sessions() as db:
        live = db.scalars(select(Review.id).where(Review.state == State.CLAIMED)).all()
    assert [result for result in results if not isinstance(result, Conflict)] == live
    assert len(live) == 1


def at_once(calls):
    """Run the calls in threads that start together; a refusal is a result."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        barrier.wait()
        try:
            results[index] = call()
        except Refused as refused:
            results[index] = refused

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_roles_come_from_the_actor(sessions, make, learner, now, course):
    person = make.person("Not yet", roles=())

    with pytest.raises(Forbidden):
        claim_next(sessions, make.actor(person, Role.LEARNER), course, now)


def test_what_was_skipped_can_be_offered_again(sessions, make, learner, ada, bo, now, course):
    version = make.version(learner, state="submitted")
    with sessions.begin() as db:
        reviews.skip(db, ada, version.id, reason="I know the author.", now=now)
    assert claim_next(sessions, ada, course, now) is None

    for actor in (bo, ada, ada):
        with sessions.begin() as db:
            queue_service.unskip(db, actor, version.id, now=now)

    with sessions() as db:
        entries = db.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == "review.unskip")).all()
    assert version_of(sessions, claim_next(sessions, ada, course, now)) == version.id
    assert entries == [ada.id]
