"""Questions about a rating: one at a time, answered by its reviewer, and without any effect on it."""

import pytest
from sqlalchemy import select

from app.adapters import letters
from app.domain.errors import Conflict, Invalid, NotFound
from app.domain.reviews import Verdict
from app.models import Appeal, Explanation, OutgoingMail, Review
from app.services import explanations

URL = "https://portal.example.org"
KNOWN = letters.surroundings(base_url=URL, person_name="Mira", course_title="Scaling")


@pytest.fixture
def ada(make):
    return make.person("Ada", roles=("reviewer",))


@pytest.fixture
def rated(make, mira, ada):
    version = make.version(mira, state="needs_changes")
    return make.review(version, ada, state="released", verdict=Verdict.NEEDS_CHANGES)


@pytest.fixture
def ask(sessions, make, rated, course, now):
    def ask(person, question="What would a better plan show?"):
        with sessions.begin() as db:
            return explanations.ask(
                db, make.actor(person), rated.id, question=question, course=course, base_url=URL, now=now
            )

    return ask


@pytest.fixture
def answer(sessions, make, rated, course, now):
    def answer(person, explanation_id, words="The same query on both sides.", *, review_id=rated.id):
        with sessions.begin() as db:
            return explanations.answer(
                db,
                make.actor(person),
                review_id,
                explanation_id,
                answer=words,
                course=course,
                base_url=URL,
                now=now,
            )

    return answer


def mails(sessions):
    with sessions() as db:
        return db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()


def text_of(mail):
    return letters.render(mail.template, KNOWN | mail.context).text


def test_a_question_and_its_answer_change_nothing_about_the_rating(sessions, ask, answer, mira, ada, rated):
    def shape():
        with sessions() as db:
            return [tuple(row) for row in db.execute(select(Review.__table__))]

    before = shape()

    answer(ada, ask(mira))

    assert shape() == before
    with sessions() as db:
        assert db.scalars(select(Explanation.answer)).all() == ["The same query on both sides."]
        assert db.scalars(select(Appeal)).all() == []


def test_the_reviewer_is_told_without_a_name_and_the_learner_reads_the_answer(
    sessions, ask, answer, mira, ada
):
    answer(ada, ask(mira))

    asked, given = mails(sessions)
    assert (asked.person_id, asked.template) == (ada.id, "explanation-asked")
    assert (given.person_id, given.template) == (mira.id, "explanation-given")
    assert "Mira Okafor" not in str(asked.context)
    assert "What would a better plan show?" in text_of(asked)
    assert "The same query on both sides." in text_of(given)


def test_one_question_waits_at_a_time(sessions, ask, mira):
    assert ask(mira) == ask(mira)

    with pytest.raises(Conflict, match="not been answered"):
        ask(mira, "And the other one?")

    assert len(mails(sessions)) == 1


def test_an_answer_stands(sessions, ask, answer, mira, ada):
    asked = ask(mira)
    answer(ada, asked)
    answer(ada, asked)

    with pytest.raises(Conflict, match="already"):
        answer(ada, asked, "Something else.")

    assert len(mails(sessions)) == 2


def test_others_do_not_find_it(make, ask, answer, mira):
    asked = ask(mira)

    for person in (make.person("Rosa", roles=("reviewer",)), make.person("Noor"), mira):
        with pytest.raises(NotFound):
            answer(person, asked)
    with pytest.raises(NotFound):
        ask(make.person("Omar"))


def test_a_question_is_answered_under_its_own_rating_alone(sessions, make, ask, answer, mira, ada):
    asked = ask(mira)
    other = make.review(make.version(mira, capstone="launch-plan", state="passed"), ada, state="released")

    with pytest.raises(NotFound):
        answer(ada, asked, review_id=other.id)

    with sessions() as db:
        assert db.scalars(select(Explanation.answered_at)).all() == [None]


@pytest.mark.parametrize("words", ["", "  ", "x" * 2001])
def test_a_question_has_words(ask, mira, words):
    with pytest.raises(Invalid):
        ask(mira, words)


@pytest.mark.parametrize("outcome", ["upheld", "dismissed", "overtaken"])
def test_the_letter_about_an_appeal_can_be_written_for_every_end(outcome):
    about = {"capstone": "Launch plan", "number": 2, "criterion": "Milestones", "url": URL}

    letter = letters.render(
        "appeal-decided",
        KNOWN | about | {"outcome": outcome, "answer": "Seen.", "passed": outcome == "upheld"},
    )

    assert "Milestones" in letter.text
    assert ("has passed" in letter.text) == (outcome == "upheld")
