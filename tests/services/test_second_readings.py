"""Second readings: agreed, the review goes out; disagreed, it waits for an admin; never sent to the learner before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.adapters.letters import render, surroundings
from app.domain import second_readings as rules
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from app.domain.reviews import State, Verdict
from app.domain.second_readings import Action
from app.domain.second_readings import State as Reading
from app.models import AuditEntry, OutgoingMail, Review, Score, SecondReading, SubmissionVersion
from app.services import conflicts, review_releases, reviews, second_readings
from tests.services.test_review_claims import at_once, claim

CAPSTONE = "three-bottlenecks"


@pytest.fixture
def asking(course):
    """The shipped course, with every rating read twice."""
    return replace(course, reviewing=replace(course.reviewing, second_reader=True))


@pytest.fixture
def people(make):
    """Two who read, a third, and two admins."""
    reviewers = [
        make.actor(make.person(f"{name} Reviewer", roles=("reviewer",))) for name in ("Ada", "Bo", "Cy")
    ]
    return *reviewers, *(make.actor(make.person(name, roles=("admin",))) for name in ("Root", "Zoe"))


@pytest.fixture
def levels(course):
    return {each.key: each.levels[-1].key for each in course.capstone(CAPSTONE).rubric.criteria}


@pytest.fixture
def lower(course, levels):
    """The same with the first criterion at its lowest level."""
    first = course.capstone(CAPSTONE).rubric.criteria[0]
    return levels | {first.key: first.levels[0].key}


@pytest.fixture
def decided(sessions, make, mira, people, levels, asking, now):
    """Work that Ada has decided to pass, to be sent at once when nobody reads it again."""
    return decide(sessions, make, mira, people[0], levels, asking, now)


def decide(sessions, make, learner, actor, levels, course, now, hold=0):
    version = make.version(learner, state="submitted", files=1)
    review_id = claim(sessions, actor, version, now)
    with sessions.begin() as db:
        draft = reviews.Draft(levels=levels, summary="Good work.", private_note="Mine.")
        tag = reviews.save_draft(db, actor, review_id, draft, tag=0, lease_seconds=60, now=now)
        reviews.decide(
            db, actor, review_id, tag=tag, verdict=Verdict.PASS, hold_seconds=hold, course=course,
            base_url="http://localhost", now=now,
        )  # fmt: skip
    return version, review_id


@pytest.fixture
def answer(sessions, asking, now):
    def answered(actor, review_id, *, agrees, levels=None, reason="The sample is too small."):
        with sessions.begin() as db:
            second_readings.answer(
                db, actor, review_id, levels=levels or {}, reason=reason, agrees=agrees, course=asking,
                base_url="http://localhost", now=now,
            )  # fmt: skip

    return answered


@pytest.fixture
def settle(sessions, now):
    def settled(actor, review_id, levels, verdict, summary="Good work.", comments=None):
        draft = reviews.Draft(levels=levels, comments=comments or {}, summary=summary)
        with sessions.begin() as db:
            second_readings.settle(db, actor, review_id, draft=draft, verdict=verdict, now=now)

    return settled


def release(sessions, course, now):
    """What the worker does in one round; the reviews it has released."""
    with sessions.begin() as db:
        return [
            review_id
            for review_id in review_releases.due(db, now=now)
            if review_releases.release_due(db, review_id, course=course, base_url="http://localhost", now=now)
        ]


def standing(sessions, review_id):
    with sessions() as db:
        return db.get(Review, review_id).state, db.get(SecondReading, review_id).state


def actions(sessions):
    with sessions() as db:
        return list(
            db.scalars(
                select(AuditEntry.action)
                .where(AuditEntry.action.startswith("second_reading"))
                .order_by(AuditEntry.id)
            )
        )


def test_the_moves_are_these_and_no_others():
    allowed = {
        (Reading.WAITING, Action.AGREE): Reading.AGREED,
        (Reading.WAITING, Action.DISAGREE): Reading.DISAGREED,
        (Reading.DISAGREED, Action.SETTLE): Reading.SETTLED,
    }
    for state in Reading:
        for action in Action:
            if (state, action) in allowed:
                assert rules.after(state, action) is allowed[state, action]
            else:
                with pytest.raises(Conflict):
                    rules.after(state, action)


def test_a_course_that_does_not_ask_releases_at_once(sessions, make, mira, people, levels, course, now):
    _, review_id = decide(sessions, make, mira, people[0], levels, course, now)

    with sessions() as db:
        assert db.get(Review, review_id).state is State.RELEASED
        assert db.scalars(select(SecondReading.review_id)).all() == []


def test_one_capstone_can_ask_alone(course):
    asking = replace(
        course,
        capstones=tuple(replace(each, second_reader=each.slug == CAPSTONE) for each in course.capstones),
    )

    assert [second_readings.is_asked(asking, each.slug) for each in course.capstones] == [
        each.slug == CAPSTONE for each in course.capstones
    ]
    assert not second_readings.is_asked(course, CAPSTONE)


def test_nothing_is_released_before_the_second_reading(sessions, decided, asking, now):
    version, review_id = decided

    late = now + timedelta(days=9)
    with sessions.begin() as db:
        assert review_releases.due(db, now=late) == []
        asked = {"course": asking, "base_url": "http://localhost", "now": late}
        assert review_releases.release_due(db, review_id, **asked) is False
    assert standing(sessions, review_id) == (State.DECIDED, Reading.WAITING)
    with sessions() as db:
        assert db.get(SubmissionVersion, version.id).state.value == "in_review"
        assert db.scalars(select(OutgoingMail).where(OutgoingMail.template == "review-released")).all() == []


def test_after_agreement_it_is_released_once(sessions, people, decided, answer, asking, now):
    _, review_id = decided

    for _ in range(2):
        answer(people[1], review_id, agrees=True, reason="")

    assert release(sessions, asking, now) == [review_id]
    assert standing(sessions, review_id) == (State.RELEASED, Reading.AGREED)
    assert actions(sessions) == ["second_reading.agree"]


def test_agreement_does_not_shorten_the_time_to_take_it_back(
    sessions, make, mira, people, levels, answer, asking, now
):
    _, review_id = decide(sessions, make, mira, people[0], levels, asking, now, hold=600)
    answer(people[1], review_id, agrees=True)

    assert release(sessions, asking, now) == []
    assert release(sessions, asking, now + timedelta(minutes=10)) == [review_id]


def test_a_disagreement_waits_for_an_admin_and_tells_each_once(
    sessions, people, decided, answer, lower, asking, now
):
    _, review_id = decided

    for _ in range(2):
        answer(people[1], review_id, agrees=False, levels=lower)

    assert release(sessions, asking, now + timedelta(days=9)) == []
    with sessions() as db:
        reading = db.get(SecondReading, review_id)
        mails = db.scalars(
            select(OutgoingMail).where(OutgoingMail.template == "second-reading-disagreed")
        ).all()
    around = surroundings(base_url="http://localhost", person_name="Root", course_title="Scaling")
    letter = render("second-reading-disagreed", around | mails[0].context)
    assert (reading.state, reading.levels, reading.reason) == (
        Reading.DISAGREED,
        lower,
        "The sample is too small.",
    )
    assert {mail.person_id for mail in mails} == {people[3].id, people[4].id}
    assert len(mails) == 2
    assert "Three bottlenecks, version 1" in letter.subject
    assert "Okafor" not in letter.text + str(mails[0].context)
    assert actions(sessions) == ["second_reading.disagree"]


def test_an_admin_who_sides_with_the_first_lets_the_review_stand(
    sessions, people, decided, answer, settle, levels, lower, asking, now
):
    _, review_id = decided
    answer(people[1], review_id, agrees=False, levels=lower)

    for _ in range(2):
        settle(people[3], review_id, levels, Verdict.PASS)

    assert release(sessions, asking, now) == [review_id]
    assert standing(sessions, review_id) == (State.RELEASED, Reading.SETTLED)
    assert actions(sessions) == ["second_reading.disagree", "second_reading.settle"]


def test_an_admin_who_decides_otherwise_replaces_the_review_before_the_learner_sees_it(
    sessions, people, decided, answer, settle, lower, course, asking, now
):
    version, review_id = decided
    first = course.capstone(CAPSTONE).rubric.criteria[0]
    answer(people[1], review_id, agrees=False, levels=lower)

    settle(
        people[3], review_id, lower, Verdict.NEEDS_CHANGES, "Measure longer.", {first.key: "Ten requests."}
    )

    (again,) = release(sessions, asking, now)
    with sessions() as db:
        old, new = db.get(Review, review_id), db.get(Review, again)
        score = db.get(Score, (again, first.key))
        state = db.get(SubmissionVersion, version.id).state.value
    assert (old.state, old.released_at, old.undo_reason) == (
        State.UNDONE,
        None,
        "A second reader disagreed, and an admin decided.",
    )
    assert (new.reviewer_id, new.verdict, new.summary, new.private_note) == (
        people[3].id,
        Verdict.NEEDS_CHANGES,
        "Measure longer.",
        "",
    )
    assert (score.level_key, score.comment, score.points) == (
        lower[first.key],
        "Ten requests.",
        first.levels[0].points,
    )
    assert state == "needs_changes"


def test_the_rubric_binds_the_admin_too(sessions, people, decided, answer, settle, levels, lower):
    _, review_id = decided
    answer(people[1], review_id, agrees=False, levels=lower)
    some = dict(list(levels.items())[1:])

    for chosen, verdict, summary in (
        (levels, Verdict.NOT_PASSED, "No."),
        (lower | {"no-such": "x"}, Verdict.PASS, "Yes."),
        (some, Verdict.PASS, "Yes."),
        (dict.fromkeys(levels, "no-such"), Verdict.PASS, "Yes."),
        (lower, Verdict.NEEDS_CHANGES, ""),
    ):
        with pytest.raises(Invalid):
            settle(people[3], review_id, chosen, verdict, summary)

    assert standing(sessions, review_id) == (State.DECIDED, Reading.DISAGREED)


def test_nobody_reads_or_decides_about_their_own(
    sessions, make, mira, people, decided, answer, settle, lower, now
):
    version, review_id = decided
    with pytest.raises(Conflict, match="Another reviewer reads it"):
        answer(people[0], review_id, agrees=True)
    with pytest.raises(NotFound):
        answer(make.actor(mira, "reviewer"), review_id, agrees=True)
    with pytest.raises(NotFound):
        answer(people[3], review_id, agrees=True)
    with sessions.begin() as db:
        conflicts.declare(db, people[2], version.id, reason="Kin.", whole_learner=False, now=now)
    with pytest.raises(Forbidden, match="closed to you"):
        answer(people[2], review_id, agrees=True)
    answer(people[1], review_id, agrees=False, levels=lower)
    with sessions.begin() as db:
        both = make.actor(make.person("Both", roles=("admin", "reviewer")))
        conflicts.declare(db, both, version.id, reason="Kin.", whole_learner=False, now=now)
    with pytest.raises(Forbidden, match="closed to you"):
        settle(both, review_id, lower, Verdict.NEEDS_CHANGES)
    with pytest.raises(NotFound):
        settle(make.actor(mira, "admin"), review_id, lower, Verdict.NEEDS_CHANGES)
    with pytest.raises(Conflict, match="Another admin decides"):
        settle(replace(people[0], roles=people[3].roles), review_id, lower, Verdict.NEEDS_CHANGES)
    with pytest.raises(Conflict, match="as the second reader"):
        settle(replace(people[1], roles=people[3].roles), review_id, lower, Verdict.NEEDS_CHANGES)


@pytest.mark.parametrize("case", ["same", "missing", "unknown", "no reason"])
def test_a_disagreement_says_what_and_why(people, decided, answer, levels, lower, case):
    _, review_id = decided
    given = {"same": levels, "missing": {}, "unknown": dict.fromkeys(levels, "x"), "no reason": lower}[case]

    with pytest.raises(Invalid) as refused:
        answer(people[1], review_id, agrees=False, levels=given, reason="" if case == "no reason" else "Why.")

    fields = set(refused.value.errors)
    assert (
        fields
        == {
            "same": {""},
            "missing": {f"level-{key}" for key in levels},
            "unknown": {f"level-{key}" for key in levels},
            "no reason": {"reason"},
        }[case]
    )


def test_a_decision_is_taken_back_before_it_is_read_but_not_in_dispute(
    sessions, make, mira, people, decided, answer, levels, lower, asking, now
):
    _, review_id = decided
    other = make.person("Lin")
    _, disputed = decide(sessions, make, other, people[0], levels, asking, now)
    answer(people[1], disputed, agrees=False, levels=lower)

    with sessions.begin() as db:
        reviews.take_back(db, people[0], review_id, lease_seconds=60, now=now)
    with pytest.raises(Conflict, match="an admin decides"), sessions.begin() as db:
        reviews.take_back(db, people[0], disputed, lease_seconds=60, now=now)
    with pytest.raises(Conflict, match="Ratings in dispute"), sessions.begin() as db:
        review_releases.stop(
            db, people[3], disputed, reason="Wrong.", course=asking, base_url="http://localhost", now=now
        )
    with pytest.raises(Conflict, match="taken back"):
        answer(people[1], review_id, agrees=True)


def test_two_second_readers_at_once_are_one_answer(sessions, people, decided, answer, lower):
    _, review_id = decided

    results = at_once(
        [
            lambda: answer(people[1], review_id, agrees=True),
            lambda: answer(people[2], review_id, agrees=False, levels=lower),
        ]
    )

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert len(actions(sessions)) == 1
