from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.domain import submissions
from app.domain.actors import Role
from app.domain.errors import Conflict, Invalid, NotFound
from app.domain.reviews import State, Verdict
from app.models import AuditEntry, EvidenceFile, OutgoingMail, Review, ReviewComment, Score, SubmissionVersion
from app.services import review_releases, reviews

BASE = "http://localhost"
LEASE = 1800
HOLD = 600
MINUTE = timedelta(minutes=1)


@pytest.fixture
def learner(make):
    return make.person("Mira Okafor")


@pytest.fixture
def version(make, learner):
    return make.version(learner, state="submitted", files=1)


@pytest.fixture
def review_id(sessions, ada, version, now):
    with sessions.begin() as db:
        return reviews.claim(db, ada, version.id, lease_seconds=LEASE, now=now)


@pytest.fixture
def rubric(course):
    return course.capstone("three-bottlenecks").rubric


@pytest.fixture
def decided(sessions, ada, review_id, rubric, course, now):
    """Passed by Ada, to be released in ten minutes, with a comment on a line."""
    with sessions.begin() as db:
        review = db.get(Review, review_id)
        file_id = db.scalar(select(EvidenceFile.id).where(EvidenceFile.version_id == review.version_id))
        reviews.comment_on_line(
            db, ada, review_id, file_id=file_id, line=1, body="Which index?", lease_seconds=LEASE, now=now
        )
    save(sessions, ada, review_id, now, levels=best(rubric), summary="Clear.", private_note="Quick")
    decide(sessions, ada, review_id, course, now)
    return review_id


def best(rubric):
    return {criterion.key: criterion.levels[-1].key for criterion in rubric.criteria}


def save(sessions, actor, review_id, now, **draft):
    with sessions.begin() as db:
        reviews.save_draft(db, actor, review_id, reviews.Draft(**draft), tag=0, lease_seconds=LEASE, now=now)


def decide(sessions, actor, review_id, course, now, *, verdict=Verdict.PASS):
    with sessions.begin() as db:
        reviews.decide(
            db,
            actor,
            review_id,
            tag=1,
            verdict=verdict,
            hold_seconds=HOLD,
            course=course,
            base_url=BASE,
            now=now,
        )


def load(sessions, table, key):
    with sessions() as db:
        return db.get(table, key)


def mails(sessions):
    with sessions() as db:
        return db.scalars(select(OutgoingMail.template).order_by(OutgoingMail.id)).all()


def release(sessions, course, now):
    with sessions.begin() as db:
        due = review_releases.due(db, now=now)
        once = {"course": course, "base_url": BASE, "now": now}
        return [each for each in due if review_releases.release_due(db, each, **once)]


def test_what_rests_leaves_room_for_others(sessions, decided, now):
    with sessions() as db:
        later = now + 10 * MINUTE
        assert review_releases.due(db, now=later) == [decided]
        assert review_releases.due(db, now=later, without={decided: 1.0}) == []


def take_back(sessions, actor, review_id, now):
    with sessions.begin() as db:
        return reviews.take_back(db, actor, review_id, lease_seconds=LEASE, now=now)


def stop(sessions, admin, review_id, course, now):
    with sessions.begin() as db:
        review_releases.stop(
            db, admin, review_id, reason="Wrong work.", course=course, base_url=BASE, now=now
        )


def state_of(sessions, version):
    return load(sessions, SubmissionVersion, version.id).state


def actions(sessions):
    with sessions() as db:
        return db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_a_decision_does_nothing_for_ten_minutes(sessions, course, version, decided, now):
    early = release(sessions, course, now + 9 * MINUTE)

    review = load(sessions, Review, decided)
    assert early == []
    assert (review.state, review.verdict, review.released_at) == (State.DECIDED, Verdict.PASS, None)
    assert review.release_at == now + 10 * MINUTE
    assert state_of(sessions, version) is submissions.State.IN_REVIEW
    assert mails(sessions) == []


def test_after_ten_minutes_it_is_released_and_mailed_once(sessions, course, version, decided, now):
    later = now + 11 * MINUTE

    first, second = release(sessions, course, later), release(sessions, course, later)

    review = load(sessions, Review, decided)
    assert (first, second) == ([decided], [])
    assert (review.state, review.released_at, review.decided_at) == (State.RELEASED, later, now)
    assert state_of(sessions, version) is submissions.State.PASSED
    assert mails(sessions) == ["review-released"]
    assert actions(sessions)[-2:] == ["review.decide", "review.release"]


def test_needs_changes_opens_the_next_version_only_at_its_release(
    sessions, ada, review_id, rubric, course, version, now
):
    levels = best(rubric) | {rubric.criteria[0].key: rubric.criteria[0].levels[0].key}
    save(sessions, ada, review_id, now, levels=levels, summary="Measure again.")
    decide(sessions, ada, review_id, course, now, verdict=Verdict.NEEDS_CHANGES)
    numbers = select(func.count()).where(SubmissionVersion.submission_id == version.submission_id)
    with sessions() as db:
        before = db.scalar(numbers)

    release(sessions, course, now + 10 * MINUTE)

    with sessions() as db:
        assert (before, db.scalar(numbers)) == (1, 2)


def test_what_is_taken_back_opens_again_with_every_word(sessions, ada, decided, course, version, now):
    again = take_back(sessions, ada, decided, now + MINUTE)
    once_more = take_back(sessions, ada, decided, now + 2 * MINUTE)

    old, new = load(sessions, Review, decided), load(sessions, Review, again)
    with sessions() as db:
        bodies = db.scalars(select(ReviewComment.body).where(ReviewComment.review_id == again)).all()
        levels = [
            set(db.execute(select(Score.criterion_key, Score.level_key).where(Score.review_id == each)))
            for each in (decided, again)
        ]
    assert once_more == again
    assert (old.state, old.undone_by, old.released_at) == (State.UNDONE, ada.id, None)
    assert (new.state, new.summary, new.private_note) == (State.CLAIMED, "Clear.", "Quick")
    assert (bodies, levels[0] == levels[1]) == (["Which index?"], True)
    assert release(sessions, course, now + 20 * MINUTE) == []
    assert state_of(sessions, version) is submissions.State.IN_REVIEW
    assert mails(sessions) == []


def test_what_was_released_is_not_taken_back(sessions, ada, decided, course, now):
    release(sessions, course, now + 10 * MINUTE)

    with pytest.raises(Conflict, match="The learner has this review already"):
        take_back(sessions, ada, decided, now + 11 * MINUTE)


def test_only_its_reviewer_takes_it_back(sessions, bo, decided, now):
    with pytest.raises(NotFound):
        take_back(sessions, bo, decided, now + MINUTE)

    assert load(sessions, Review, decided).state is State.DECIDED


def test_who_does_not_review_any_more_takes_nothing_back(sessions, ada, decided, now):
    with pytest.raises(NotFound):
        take_back(sessions, replace(ada, roles=frozenset({Role.LEARNER})), decided, now + MINUTE)

    assert load(sessions, Review, decided).state is State.DECIDED


def test_a_release_asked_for_too_early_is_none(sessions, decided, course, now):
    early = {"course": course, "base_url": BASE, "now": now + 10 * MINUTE - timedelta(seconds=1)}
    with sessions.begin() as db:
        assert review_releases.release_due(db, decided, **early) is False

    assert load(sessions, Review, decided).state is State.DECIDED


def test_nobody_stops_the_rating_of_their_own_work_nor_as_a_reviewer(
    sessions, make, learner, bo, decided, course, now
):
    for actor in (make.actor(learner, Role.LEARNER, Role.ADMIN), bo):
        with pytest.raises(NotFound):
            stop(sessions, actor, decided, course, now + MINUTE)

    assert load(sessions, Review, decided).state is State.DECIDED


def test_a_decided_review_is_not_offered_to_a_colleague(sessions, bo, version, decided, now):
    late = now + timedelta(days=2)
    with sessions.begin() as db:
        offered = reviews.claim_next(db, bo, course_slug=version.course_slug, lease_seconds=LEASE, now=late)

    assert offered is None


def test_a_release_passes_by_a_review_that_is_being_taken_back(sessions, course, decided, now):
    with sessions.begin() as db:
        db.get(SubmissionVersion, db.get(Review, decided).version_id, with_for_update=True)
        passed_by = release(sessions, course, now + 10 * MINUTE)

    assert passed_by == []
    assert release(sessions, course, now + 10 * MINUTE) == [decided]


def test_the_mail_of_a_release_is_promised_with_it_or_not_at_all(sessions, course, decided, now):
    with sessions() as db:
        review_releases.release_due(db, decided, course=course, base_url=BASE, now=now + 10 * MINUTE)
        db.rollback()

    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(OutgoingMail)) == 0
    assert load(sessions, Review, decided).state is State.DECIDED


@pytest.mark.parametrize("text", ["p99 is {recomputed}, not {claimed}.", "Only {n_samples} samples."])
def test_a_place_left_open_is_refused_by_name(sessions, ada, review_id, rubric, course, now, text):
    save(sessions, ada, review_id, now, levels=best(rubric), comments={rubric.criteria[0].key: text})

    with pytest.raises(Invalid, match=r"Fill in what a saved comment left open, or take it out: \{"):
        decide(sessions, ada, review_id, course, now)

    assert load(sessions, Review, review_id).state is State.CLAIMED


def test_other_words_in_braces_are_text(sessions, ada, review_id, rubric, course, now):
    save(sessions, ada, review_id, now, levels=best(rubric), summary="Route /orders/{id} and {json: 1}.")

    decide(sessions, ada, review_id, course, now)

    assert load(sessions, Review, review_id).state is State.DECIDED
