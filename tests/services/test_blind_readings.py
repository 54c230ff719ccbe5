"""Blind second readings: chosen by the id, taken once by whoever has not seen the rating, and never in the way."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.domain import blind_readings as rules
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.domain.reviews import State, Verdict
from app.models import AuditEntry, OutgoingMail, Review, Score, SubmissionVersion
from app.queries.compared_readings import compared_reading, compared_readings
from app.queries.queue_standing import queue_standing
from app.services import (
    appeals,
    blind_readings,
    conflicts,
    handovers,
    review_releases,
    reviews,
    second_readings,
)
from tests.services.test_review_claims import at_once, claim, claim_next
from tests.services.test_second_readings import decide

CAPSTONE = "three-bottlenecks"
LEASE = 1800


@pytest.fixture
def always(course):
    """The shipped course with every rating offered."""
    return replace(course, reviewing=replace(course.reviewing, blind_reading_every=1))


@pytest.fixture
def people(make):
    """Three reviewers and an admin who reviews as well."""
    ada, bo, cy = (
        make.actor(make.person(f"{name} Reviewer", roles=("reviewer",))) for name in ("Ada", "Bo", "Cy")
    )
    return ada, bo, cy, make.actor(make.person("Root", roles=("admin", "reviewer")))


@pytest.fixture
def levels(course):
    return {each.key: each.levels[-1].key for each in course.capstone(CAPSTONE).rubric.criteria}


@pytest.fixture
def rate(sessions, make, people, levels, always, now):
    """Rate the learner's work as Ada and release it."""

    def rated(learner, number=1, course=always, summary="Good work."):
        version = make.version(learner, number=number, state="submitted", files=1)
        review_id = claim(sessions, people[0], version, now)
        with sessions.begin() as db:
            draft = reviews.Draft(levels=levels, summary=summary)
            tag = reviews.save_draft(db, people[0], review_id, draft, tag=0, lease_seconds=LEASE, now=now)
            reviews.decide(
                db, people[0], review_id, tag=tag, verdict=Verdict.PASS, hold_seconds=0, course=course,
                base_url="http://localhost", now=now,
            )  # fmt: skip
        return version, review_id

    return rated


def begin(sessions, actor, course, now):
    with sessions.begin() as db:
        return blind_readings.begin(db, actor, course_slug=course.slug, lease_seconds=LEASE, now=now)


def hand_in(sessions, actor, review_id, levels, now, verdict=Verdict.PASS):
    with sessions.begin() as db:
        draft = reviews.Draft(levels=levels, summary="As I see it.")
        tag = reviews.save_draft(db, actor, review_id, draft, tag=0, lease_seconds=LEASE, now=now)
        blind_readings.hand_in(db, actor, review_id, tag=tag, verdict=verdict, now=now)


def offered(sessions, actor, course, now):
    with sessions() as db:
        return queue_standing(db, actor, course.slug, now=now).blind.offered


def test_who_is_chosen_follows_from_the_id_alone_and_is_one_in_so_many():
    ids = [UUID(int=number) for number in range(4000)]
    chosen = [version_id for version_id in ids if rules.is_chosen(version_id, every=10)]

    assert 340 < len(chosen) < 460
    assert [rules.is_chosen(each, every=10) for each in chosen] == [True] * len(chosen)
    assert all(rules.is_chosen(each, every=1) for each in ids)
    assert not any(rules.is_chosen(each, every=0) for each in ids)


def test_a_released_rating_is_offered_to_those_who_have_not_seen_it(
    sessions, make, people, mira, rate, course, now
):
    ada, bo, _, root = people
    rate(mira)

    assert [offered(sessions, who, course, now) for who in (ada, bo, root)] == [0, 1, 0]
    assert begin(sessions, ada, course, now) is None
    with pytest.raises(Conflict):
        begin(sessions, root, course, now)
    assert offered(sessions, bo, course, now + rules.OFFERED) == 0
    assert begin(sessions, bo, course, now + rules.OFFERED) is None


def test_a_capstone_whose_examples_are_owed_is_passed_over(sessions, people, mira, rate, course, now):
    rate(mira)

    def begin_without(*slugs):
        with sessions.begin() as db:
            return blind_readings.begin(
                db, people[1], course_slug=course.slug, lease_seconds=LEASE, now=now, without=slugs
            )

    assert begin_without(CAPSTONE) is None
    assert begin_without("launch-plan") is not None


def test_nothing_is_offered_where_the_course_asks_for_none(sessions, people, mira, rate, course, now):
    rate(mira, course=course)

    assert offered(sessions, people[1], course, now) == 0


def test_own_work_skipped_work_and_work_with_an_appeal_is_not_offered(
    sessions, make, people, rate, course, always, now
):
    _, bo, cy, _ = people
    learner = make.person("Both Roles", roles=("learner", "reviewer"))
    version, _ = rate(learner)
    assert offered(sessions, make.actor(learner), course, now) == 0
    with sessions.begin() as db:
        reviews.skip(db, cy, version.id, reason="I know this service.", now=now)
        conflicts.declare(db, bo, version.id, reason="Kin.", whole_learner=False, now=now)

    assert [offered(sessions, who, course, now) for who in (bo, cy)] == [0, 0]
    assert [begin(sessions, who, course, now) for who in (bo, cy)] == [None, None]


def test_the_reading_begins_empty_and_leaves_the_version_and_its_learner_alone(
    sessions, people, mira, rate, course, levels, now
):
    _, bo, cy, _ = people
    version, first = rate(mira)
    before = sent(sessions)

    review_id = begin(sessions, bo, course, now)

    assert begin(sessions, bo, course, now) == review_id
    assert begin(sessions, cy, course, now) is None
    with sessions() as db:
        blind, scores = (
            db.get(Review, review_id),
            db.scalars(select(Score).filter_by(review_id=review_id)).all(),
        )
        assert (blind.version_id, blind.state, blind.is_blind, blind.summary) == (
            version.id, State.READING, True, "",
        )  # fmt: skip
        assert scores == []
    hand_in(sessions, bo, review_id, levels, now)
    with sessions() as db:
        assert db.get(Review, first).state is State.RELEASED
        assert db.get(SubmissionVersion, version.id).state.value == "passed"
        told = db.execute(select(AuditEntry.action, AuditEntry.subject_id, AuditEntry.detail)
                          .where(AuditEntry.action.like("blind_reading%")).order_by(AuditEntry.id)).all()  # fmt: skip
    assert told == [("blind_reading.begin", None, {}), ("blind_reading.hand_in", None, {})]
    assert sent(sessions) == before
    assert offered(sessions, cy, course, now) == 0


def sent(sessions):
    with sessions() as db:
        return db.scalars(select(OutgoingMail.dedupe_key).order_by(OutgoingMail.dedupe_key)).all()


def test_both_see_the_two_side_by_side_only_once_it_is_handed_in(
    sessions, people, mira, rate, course, levels, now
):
    ada, bo, cy, root = people
    _, first = rate(mira)
    review_id = begin(sessions, bo, course, now)
    key = course.capstone(CAPSTONE).rubric.criteria[0].key
    lowest = course.capstone(CAPSTONE).rubric.criteria[0].levels[0].key
    with sessions() as db:
        for who in (ada, bo, root):
            with pytest.raises(NotFound):
                compared_reading(db, who, review_id)

    hand_in(sessions, bo, review_id, levels | {key: lowest}, now, Verdict.NEEDS_CHANGES)

    with sessions() as db:
        read = compared_reading(db, ada, review_id)
        assert compared_reading(db, bo, review_id) == compared_reading(db, root, review_id) == read
        assert [row.review_id for row in compared_readings(db, ada)] == [review_id]
        assert [row.review_id for row in compared_readings(db, cy)] == []
        with pytest.raises(NotFound):
            compared_reading(db, cy, review_id)
    assert (read.about.first_id, read.first_verdict, read.second_verdict) == (
        first, Verdict.PASS, Verdict.NEEDS_CHANGES,
    )  # fmt: skip
    assert [each.apart for each in read.criteria] == [3] + [0] * (len(levels) - 1)
    assert read.agreeing == len(levels) - 1


def test_handing_in_asks_for_every_level_the_right_verdict_and_the_newest_draft(
    sessions, people, mira, rate, course, levels, now
):
    _, bo, cy, _ = people
    rate(mira)
    review_id = begin(sessions, bo, course, now)

    with pytest.raises(Invalid), sessions.begin() as db:
        blind_readings.hand_in(db, bo, review_id, tag=0, verdict=Verdict.PASS, now=now)
    with pytest.raises(Stale), sessions.begin() as db:
        blind_readings.hand_in(db, bo, review_id, tag=7, verdict=Verdict.PASS, now=now)
    with pytest.raises(NotFound), sessions.begin() as db:
        blind_readings.hand_in(db, cy, review_id, tag=0, verdict=Verdict.PASS, now=now)
    hand_in(sessions, bo, review_id, levels, now)
    with sessions.begin() as db:
        blind_readings.hand_in(db, bo, review_id, tag=1, verdict=Verdict.PASS, now=now)
    with pytest.raises(Conflict), sessions.begin() as db:
        reviews.save_draft(db, bo, review_id, reviews.Draft(), tag=1, lease_seconds=LEASE, now=now)
    with pytest.raises(Conflict), sessions.begin() as db:
        reviews.undo(db, bo, review_id, reason="Oh.", course=course, base_url="", now=now)


def test_it_is_never_decided_or_handed_over_as_a_review(sessions, people, mira, rate, always, levels, now):
    _, bo, cy, _ = people
    rate(mira)
    review_id = begin(sessions, bo, always, now)
    with sessions.begin() as db:
        draft = reviews.Draft(levels=levels)
        reviews.save_draft(db, bo, review_id, draft, tag=0, lease_seconds=LEASE, now=now)

    with pytest.raises(Conflict), sessions.begin() as db:
        reviews.decide(
            db,
            bo,
            review_id,
            tag=1,
            verdict=Verdict.PASS,
            hold_seconds=0,
            course=always,
            base_url="",
            now=now,
        )
    with pytest.raises(Conflict), sessions.begin() as db:
        handovers.hand_over(
            db, bo, review_id, to_id=cy.id, note="Yours.", course=always, base_url="", now=now
        )


def test_an_ended_lease_frees_it_and_its_draft_comes_back_to_its_author(
    sessions, people, mira, rate, course, now
):
    _, bo, cy, _ = people
    version, _ = rate(mira)
    mine = begin(sessions, bo, course, now)
    with sessions.begin() as db:
        reviews.save_draft(db, bo, mine, reviews.Draft(summary="Half"), tag=0, lease_seconds=LEASE, now=now)
    later = now + timedelta(seconds=LEASE)

    theirs = begin(sessions, cy, course, later)

    with sessions.begin() as db:
        assert (db.get(Review, mine).state, db.get(Review, theirs).summary) == (State.RETURNED, "")
        assert db.get(SubmissionVersion, version.id).state.value == "passed"
        reviews.give_back(db, cy, theirs, now=later)
    with sessions() as db:
        assert db.get(Review, begin(sessions, bo, course, later)).summary == "Half"


def test_declaring_a_conflict_puts_it_back(sessions, people, mira, rate, course, now):
    _, bo, cy, _ = people
    version, _ = rate(mira)
    review_id = begin(sessions, bo, course, now)

    with sessions.begin() as db:
        conflicts.declare(db, bo, version.id, reason="Kin.", whole_learner=False, now=now)

    with sessions() as db:
        assert db.get(Review, review_id).state is State.RETURNED
    assert [offered(sessions, who, course, now) for who in (bo, cy)] == [0, 1]


def test_who_reads_it_blind_is_not_shown_its_rating_on_the_desk_of_the_next_round(
    sessions, make, people, mira, rate, course, always, now
):
    ada, bo, cy, _ = people
    rate(mira)
    begin(sessions, bo, course, now)
    later = make.version(mira, number=2, state="submitted", files=1)

    with pytest.raises(Conflict):
        claim(sessions, bo, later, now)
    assert claim_next(sessions, bo, course, now) is None
    held = claim(sessions, ada, later, now)
    with pytest.raises(Conflict), sessions.begin() as db:
        handovers.hand_over(db, ada, held, to_id=bo.id, note="Yours.", course=always, base_url="", now=now)
    with sessions.begin() as db:
        handovers.hand_over(db, ada, held, to_id=cy.id, note="Yours.", course=always, base_url="", now=now)
    assert offered(sessions, cy, course, now) == 0


def test_who_rates_the_next_round_has_seen_the_rating(sessions, make, people, mira, rate, course, now):
    _, bo, cy, _ = people
    version, _ = rate(mira)
    claim(sessions, bo, make.version(mira, number=2, state="submitted", files=1), now)

    assert [offered(sessions, who, course, now) for who in (bo, cy)] == [0, 1]
    assert begin(sessions, bo, course, now) is None
    with sessions() as db:
        assert db.get(Review, begin(sessions, cy, course, now)).version_id == version.id


def test_an_appeal_ends_the_offer(sessions, make, people, mira, rate, course, always, levels, now):
    _, bo, _, _ = people
    lower = {key: course.capstone(CAPSTONE).rubric.criteria[0].levels[0].key for key in list(levels)[:1]}
    version = make.version(mira, state="not_passed", files=1)
    make.review(
        version, people[0], state="released", verdict=Verdict.NOT_PASSED, levels=lower,
        blind_until=now + rules.OFFERED,
    )  # fmt: skip
    assert offered(sessions, bo, course, now) == 1
    with sessions.begin() as db:
        review = db.scalar(select(Review.id))
        appeals.begin(
            db, make.actor(mira), review, criterion_key=next(iter(lower)), reason="Please look again. " * 4,
            course=always, base_url="http://localhost", now=now,
        )  # fmt: skip

    assert offered(sessions, bo, course, now) == 0
    assert begin(sessions, bo, course, now) is None


def test_two_at_once_never_hold_the_same_reading(sessions, make, people, rate, course, now):
    _, bo, cy, _ = people
    rate(make.person("One Learner"))

    taken = at_once([lambda: begin(sessions, bo, course, now), lambda: begin(sessions, cy, course, now)])

    assert sorted(each is None for each in taken) == [False, True]


def test_what_stood_in_the_round_before_is_not_filled_in(sessions, make, people, mira, rate, course, now):
    _, bo, _, _ = people
    before = make.version(mira, state="needs_changes", files=1)
    make.review(before, people[2], state="released", verdict=Verdict.NEEDS_CHANGES)
    rate(mira, number=2)

    review_id = begin(sessions, bo, course, now)

    with sessions() as db:
        assert db.scalars(select(Score).filter_by(review_id=review_id)).all() == []


def test_work_read_twice_already_is_not_offered(sessions, make, people, mira, always, levels, now):
    both = replace(always, reviewing=replace(always.reviewing, second_reader=True))
    _, review_id = decide(sessions, make, mira, people[0], levels, both, now)
    with sessions.begin() as db:
        second_readings.answer(
            db, people[1], review_id, levels={}, reason="", agrees=True, course=both, base_url="", now=now
        )
        assert review_releases.release_due(db, review_id, course=both, base_url="http://localhost", now=now)

    assert offered(sessions, people[2], always, now) == 0


def test_conflicts_close_the_comparison_too(sessions, people, mira, rate, course, levels, now):
    bo = people[1]
    version, _ = rate(mira)
    review_id = begin(sessions, bo, course, now)
    hand_in(sessions, bo, review_id, levels, now)
    with sessions.begin() as db:
        conflicts.declare(db, bo, version.id, reason="Kin.", whole_learner=True, now=now)

    with sessions() as db, pytest.raises(Forbidden):
        compared_reading(db, bo, review_id)
