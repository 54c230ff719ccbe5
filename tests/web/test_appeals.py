"""Appeals and questions as people meet them: on the page of the rating, and on the page of who answers."""

import re

import pytest
from sqlalchemy import select

from app.domain.appeals import State
from app.domain.reviews import Verdict
from app.domain.submissions import State as VersionState
from app.models import Appeal, Certificate, Explanation, MoveDone, OutgoingMail, Review, SubmissionVersion

CAPSTONE = "three-bottlenecks"
REASON = "The plan after the fix is in file three, line 12; the rating says that it is missing."
ANSWER = "The plan is there, as you say: both sides are shown."


@pytest.fixture
def rubric(course):
    return course.capstone(CAPSTONE).rubric


@pytest.fixture
def criterion(rubric):
    """A must-pass criterion."""
    return next(each for each in rubric.criteria if each.must_pass)


@pytest.fixture
def mira(make):
    return make.person("Mira Okafor", email="mira@example.org")


@pytest.fixture
def ada(make):
    return make.person("Ada", roles=("reviewer",))


@pytest.fixture
def rosa(make):
    return make.person("Rosa", roles=("reviewer",))


@pytest.fixture
def rated(make, mira, ada, criterion):
    """Ada found the lowest level in one criterion, so the work needs changes."""
    version = make.version(mira, state="needs_changes")
    lowest = {criterion.key: criterion.levels[0].key}
    return make.review(version, ada, state="released", levels=lowest, verdict=Verdict.NEEDS_CHANGES)


@pytest.fixture
def appeal(client, sessions, mira, rated, criterion):
    """Mira's appeal, sent from the page of the rating."""
    client.sign_in(mira)
    client.post(f"/reviews/{rated.id}/appeals", data={"criterion": criterion.key, "reason": REASON})
    return only(sessions, Appeal)


def only(sessions, table):
    with sessions() as db:
        return db.scalars(select(table)).one()


def templates(sessions):
    with sessions() as db:
        return sorted(db.scalars(select(OutgoingMail.template)))


def test_a_learner_appeals_sees_the_state_and_takes_it_back(client, sessions, mira, rated, criterion):
    client.sign_in(mira)
    address = f"/reviews/{rated.id}/feedback"
    before = client.get(address).text
    sent = client.post(f"/reviews/{rated.id}/appeals", data={"criterion": criterion.key, "reason": REASON})
    shown = client.get(address).text
    appeal = only(sessions, Appeal)

    back = client.post(f"/reviews/{rated.id}/appeals/{appeal.id}/withdraw")

    assert "you have 2 of 2 appeals left" in before
    assert (sent.status_code, sent.location) == (303, address)
    assert REASON in shown
    assert "you have 1 of 2 appeals left" in shown
    assert back.status_code == 303
    assert only(sessions, Appeal).state is State.WITHDRAWN
    assert "you have 2 of 2 appeals left" in client.get(address).text


def test_a_reason_that_is_too_short_is_kept_beside_its_criterion(client, sessions, mira, rated, criterion):
    client.sign_in(mira)

    answer = client.post(
        f"/reviews/{rated.id}/appeals", data={"criterion": criterion.key, "reason": "It is there"}
    )

    assert answer.status_code == 422
    assert f'href="#reason-{criterion.key}"' in answer.text
    assert len(re.findall(r">\s*It is there</textarea>", answer.text)) == 1
    with sessions() as db:
        assert db.scalars(select(Appeal)).all() == []


def test_an_upheld_appeal_passes_the_work_and_leads_to_the_new_rating(
    client, sessions, appeal, rated, mira, rosa, criterion
):
    client.sign_in(rosa)
    desk = client.get(f"/appeals/{appeal.id}").text

    decided = client.post(f"/appeals/{appeal.id}", data={"level": criterion.levels[-1].key, "answer": ANSWER})

    ended = only(sessions, Appeal)
    client.sign_in(mira)
    old, new = (client.get(f"/reviews/{key}/feedback").text for key in (rated.id, ended.new_review_id))
    with sessions() as db:
        assert db.get(Review, ended.new_review_id).verdict is Verdict.PASS
        assert db.get(SubmissionVersion, rated.version_id).state is VersionState.PASSED
        assert db.scalars(select(Certificate)).all() == []
    assert REASON in desk
    assert "Mira" not in desk
    assert f'value="{criterion.levels[0].key}" checked' in re.sub(r"\s+", " ", desk)
    assert decided.status_code == 303
    assert f"/reviews/{ended.new_review_id}/feedback" in old
    assert "went back to its place in the queue" not in old
    assert ANSWER in new
    assert templates(sessions) == ["appeal-decided"]


def test_a_dismissed_appeal_shows_its_answer_and_keeps_the_token(
    client, sessions, appeal, rated, mira, rosa, criterion
):
    client.sign_in(rosa)
    client.post(f"/appeals/{appeal.id}", data={"level": criterion.levels[0].key, "answer": ANSWER})

    client.sign_in(mira)
    text = client.get(f"/reviews/{rated.id}/feedback").text

    assert only(sessions, Appeal).state is State.DISMISSED
    assert ANSWER in text
    assert "you have 1 of 2 appeals left" in text


def test_an_answer_without_words_keeps_the_chosen_level(client, sessions, appeal, rosa, criterion):
    client.sign_in(rosa)

    refused = client.post(f"/appeals/{appeal.id}", data={"level": criterion.levels[-1].key, "answer": ""})

    assert refused.status_code == 422
    assert f'value="{criterion.levels[-1].key}" checked' in re.sub(r"\s+", " ", refused.text)
    assert only(sessions, Appeal).state is State.OPEN


def test_the_first_reviewer_reads_the_appeal_and_cannot_decide(client, sessions, appeal, ada, criterion):
    client.sign_in(ada)

    shown = client.get(f"/appeals/{appeal.id}")
    tried = client.post(f"/appeals/{appeal.id}", data={"level": criterion.levels[-1].key, "answer": ANSWER})

    assert (shown.status_code, tried.status_code) == (200, 403)
    assert 'name="answer"' not in shown.text
    assert only(sessions, Appeal).state is State.OPEN


def test_waiting_appeals_are_listed_without_the_name(client, appeal, rosa, criterion):
    client.sign_in(rosa)

    text = client.get("/appeals").text

    assert f"/appeals/{appeal.id}" in text
    assert "Mira" not in text


def test_a_question_is_answered_by_its_reviewer_and_costs_nothing(client, sessions, rated, mira, ada, rosa):
    client.sign_in(mira)
    client.post(f"/reviews/{rated.id}/questions", data={"question": "Which plan is missing?"})
    asked = only(sessions, Explanation)
    address = f"/reviews/{rated.id}/questions/{asked.id}"
    client.sign_in(rosa)
    stranger = client.post(address, data={"answer": "Mine."})
    client.sign_in(ada)
    empty = client.post(address, data={"answer": ""})
    answered = client.post(address, data={"answer": "The one before the fix."})

    client.sign_in(mira)
    text = client.get(f"/reviews/{rated.id}/feedback").text

    assert (stranger.status_code, empty.status_code, answered.status_code) == (404, 422, 303)
    assert "The one before the fix." in text
    assert "you have 2 of 2 appeals left" in text
    assert templates(sessions) == ["explanation-asked", "explanation-given"]
    with sessions() as db:
        assert [row.id for row in db.scalars(select(Review))] == [rated.id]


def test_an_upheld_appeal_that_completes_the_course_gives_the_certificate(
    client, sessions, make, course, appeal, mira, ada, rosa, criterion, now
):
    others = [each for each in course.capstones if each.slug != CAPSTONE][: course.required_capstones - 1]
    for capstone in others:
        version = make.version(mira, capstone=capstone.slug, state="passed", files=1)
        make.review(version, ada, state="released")
    with sessions.begin() as db:
        db.add_all(
            MoveDone(
                person_id=mira.id,
                course_slug=course.slug,
                module_slug=module.slug,
                move_key=move.key,
                done_at=now,
            )
            for module in course.modules
            for move in module.moves
            if move.required
        )
    client.sign_in(rosa)

    client.post(f"/appeals/{appeal.id}", data={"level": criterion.levels[-1].key, "answer": ANSWER})

    assert only(sessions, Certificate).person_id == mira.id
    assert templates(sessions) == ["appeal-decided", "certificate"]
