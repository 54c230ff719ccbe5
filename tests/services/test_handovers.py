"""A claim handed to a named colleague: with the draft and a note, once, and only to somebody who can take it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.adapters.letters import render, surroundings
from app.domain.actors import Role
from app.domain.errors import Conflict, Invalid, NotFound
from app.domain.reviews import State
from app.models import AuditEntry, EvidenceFile, Handover, OutgoingMail, Review, ReviewComment, Score
from app.services import conflicts, handovers, people, reviews
from tests.services.test_review_claims import at_once, claim, state_of

NOTE = "The plans are the hard part; the rest is rated."


@pytest.fixture
def hand_over(sessions, course, now):
    def handed(actor, review_id, to, note=NOTE, course=course):
        with sessions.begin() as db:
            handovers.hand_over(
                db, actor, review_id, to_id=to, note=note, course=course, base_url="http://localhost", now=now
            )

    return handed


@pytest.fixture
def held(sessions, make, mira, ada, now):
    """A version Ada has claimed, with something written."""
    version = make.version(mira, state="submitted", files=1)
    review_id = claim(sessions, ada, version, now)
    key, level = next(
        (each.key, each.levels[-1].key) for each in make.course.capstone("three-bottlenecks").rubric.criteria
    )
    draft = reviews.Draft(
        levels={key: level}, comments={key: "Plain to see."}, summary="So far.", private_note="Tired today."
    )
    with sessions.begin() as db:
        reviews.save_draft(db, ada, review_id, draft, tag=0, lease_seconds=1800, now=now)
    return version, review_id, key


def live(sessions, version):
    with sessions() as db:
        return db.scalars(
            select(Review).where(Review.version_id == version.id, Review.state == State.CLAIMED)
        ).one()


def test_the_colleague_holds_it_for_a_day_and_goes_on_from_the_draft(sessions, ada, bo, held, hand_over, now):
    version, review_id, key = held

    hand_over(ada, review_id, bo.id)

    taken = live(sessions, version)
    with sessions() as db:
        given = db.get_one(Review, review_id)
        score = db.get_one(Score, (taken.id, key))
        said = db.get_one(Handover, taken.id)
    assert (given.state, given.return_reason, given.summary) == (State.RETURNED, "handed over", "So far.")
    assert (taken.reviewer_id, taken.lease_until) == (bo.id, now + timedelta(days=1))
    assert (taken.summary, taken.private_note, score.comment) == ("So far.", "", "Plain to see.")
    assert (said.from_review_id, said.note) == (review_id, NOTE)
    assert state_of(sessions, version).value == "in_review"


def test_the_colleague_is_told_once_by_a_mail_without_the_note(sessions, ada, bo, held, hand_over):
    version, review_id, _ = held

    for _ in range(2):
        hand_over(ada, review_id, bo.id)

    with sessions() as db:
        (mail,) = db.scalars(select(OutgoingMail).where(OutgoingMail.template == "review-handed-over")).all()
        (entry,) = db.scalars(select(AuditEntry).where(AuditEntry.action == "review.hand_over")).all()
    assert mail.person_id == bo.id
    letter = render("review-handed-over", surroundings(
        base_url="http://localhost", person_name="Bo", course_title="Scaling") | mail.context)  # fmt: skip
    assert letter.subject == "Handed over to you: Three bottlenecks, version 1"
    assert "Ada Reviewer handed you a review" in letter.text
    assert ("Okafor" in letter.text + letter.html, "learner" in letter.text) == (False, False)
    assert mail.context["url"] == f"http://localhost/reviews/{live(sessions, version).id}"
    assert NOTE not in str(mail.context)
    assert (entry.actor_id, entry.detail) == (ada.id, {"to": str(bo.id), "version_id": str(version.id)})


def test_whoever_gave_it_away_may_not_write_any_more(sessions, make, ada, bo, held, hand_over, now):
    _, review_id, _ = held
    cy = make.person("Cy Reviewer", roles=("reviewer",))
    hand_over(ada, review_id, bo.id)

    with pytest.raises(Conflict, match="Bo Reviewer has the work now"), sessions.begin() as db:
        reviews.save_draft(
            db, ada, review_id, reviews.Draft(summary="Late"), tag=1, lease_seconds=1800, now=now
        )
    with pytest.raises(Conflict, match="Bo Reviewer has the work now"):
        hand_over(ada, review_id, cy.id)


@pytest.mark.parametrize("who", ["learner", "conflict", "full"])
def test_who_cannot_take_it_is_refused_in_one_sentence(sessions, make, mira, ada, held, hand_over, now, who):
    version, review_id, _ = held
    if who == "learner":
        colleague = _appointed(sessions, make, mira)
    else:
        colleague = make.actor(make.person("Cy Reviewer", roles=("reviewer",)))
    if who == "conflict":
        with sessions.begin() as db:
            conflicts.declare(db, colleague, version.id, reason="Kin.", whole_learner=False, now=now)
    if who == "full":
        for number in range(3):
            other = make.version(make.person(f"Learner {number}"), state="submitted")
            claim(sessions, colleague, other, now)

    with pytest.raises(Conflict) as refused:
        hand_over(ada, review_id, colleague.id)

    assert str(refused.value).removeprefix(colleague.name) == (
        " cannot take this one now: nobody holds more than three pieces of work, and some work is closed to some "
        "reviewers. Choose somebody else, or put it back."
    )
    assert live(sessions, version).id == review_id


def test_where_examples_come_first_they_come_before_what_is_handed_over_too(
    sessions, make, ada, bo, held, hand_over, course
):
    version, review_id, _ = held
    strict = replace(course, calibration=replace(course.calibration, required=True))

    with pytest.raises(Conflict, match="has not passed the examples of this capstone yet"):
        hand_over(ada, review_id, bo.id, course=strict)

    assert live(sessions, version).id == review_id


def _appointed(sessions, make, person):
    with sessions.begin() as db:
        people.appoint(db, None, person.id, Role.REVIEWER, now=make.now)
    return make.actor(person)


def test_it_goes_to_another_reviewer_with_a_note(sessions, make, mira, ada, bo, held, hand_over):
    _, review_id, _ = held
    for to, note, field in (
        (None, NOTE, "to"),
        (ada.id, NOTE, "to"),
        (mira.id, NOTE, "to"),
        (bo.id, " \x00", "note"),
        (bo.id, "x" * 2001, "note"),
    ):
        with pytest.raises(Invalid) as refused:
            hand_over(ada, review_id, to, note)
        assert set(refused.value.errors) == {field}
    with pytest.raises(NotFound):
        hand_over(bo, review_id, ada.id)


def test_comments_on_lines_go_along(sessions, ada, bo, held, hand_over, now):
    version, review_id, _ = held
    with sessions.begin() as db:
        file_id = db.scalar(select(EvidenceFile.id).where(EvidenceFile.version_id == version.id))
        reviews.comment_on_line(
            db, ada, review_id, file_id=file_id, line=1, body="Look here.", lease_seconds=60, now=now
        )

    hand_over(ada, review_id, bo.id)

    with sessions() as db:
        said = db.scalars(
            select(ReviewComment.body).where(ReviewComment.review_id == live(sessions, version).id)
        ).all()
    assert said == ["Look here."]


def test_handing_over_while_the_colleague_fills_up_never_breaks_the_cap(
    sessions, make, ada, bo, held, hand_over, now
):
    version, review_id, _ = held
    others = [make.version(make.person(f"Learner {number}"), state="submitted") for number in range(3)]

    at_once(
        [lambda other=other: claim(sessions, bo, other, now) for other in others]
        + [lambda: hand_over(ada, review_id, bo.id)]
    )

    with sessions() as db:
        rows = db.scalars(select(Review).where(Review.state == State.CLAIMED)).all()
    assert len([row for row in rows if row.reviewer_id == bo.id]) == 3
    assert len([row for row in rows if row.version_id == version.id]) == 1
