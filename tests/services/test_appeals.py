"""Appeals: who may make them, who decides, what an upheld one does, and what it never does."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.adapters import letters
from app.domain.appeals import State
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from app.domain.reviews import State as ReviewState
from app.domain.reviews import Verdict
from app.domain.submissions import State as VersionState
from app.models import Appeal, Appointment, AuditEntry, OutgoingMail, Review, Score, SubmissionVersion
from app.services import appeals, conflicts, reviews, submissions

CAPSTONE = "three-bottlenecks"
REASON = "The plan after the fix is in file three, line 12; the rating says that it is missing."
ANSWER = "The plan is there, as you say: both sides are shown."
URL = "https://portal.example.org"


@pytest.fixture
def rubric(course):
    return course.capstone(CAPSTONE).rubric


@pytest.fixture
def people(make):
    return {
        "mira": make.person("Mira Okafor"),
        "ada": make.person("Ada", roles=("reviewer",)),
        "rosa": make.person("Rosa", roles=("reviewer",)),
    }


@pytest.fixture
def key(rubric):
    """A must-pass criterion."""
    return next(each.key for each in rubric.criteria if each.must_pass)


@pytest.fixture
def verdict():
    return Verdict.NEEDS_CHANGES


@pytest.fixture
def rated(make, people, rubric, key, verdict):
    """Ada found the lowest level in one criterion, so the work does not pass."""
    version = make.version(people["mira"], state=verdict.value)
    lowest = next(each for each in rubric.criteria if each.key == key).levels[0].key
    return make.review(version, people["ada"], state="released", levels={key: lowest}, verdict=verdict)


@pytest.fixture
def begin(sessions, make, people, rated, course, key, now):
    def begin(who="mira", *, review=rated, criterion_key=key, reason=REASON, at=now):
        with sessions.begin() as db:
            return appeals.begin(
                db,
                make.actor(people[who]),
                review.id,
                criterion_key=criterion_key,
                reason=reason,
                course=course,
                base_url=URL,
                now=at,
            )

    return begin


@pytest.fixture
def decide(sessions, make, people, course, now):
    def decide(appeal_id, level_key, *, who="rosa", answer=ANSWER):
        with sessions.begin() as db:
            return appeals.decide(
                db,
                make.actor(people[who]),
                appeal_id,
                level_key=level_key,
                answer=answer,
                course=course,
                base_url=URL,
                now=now,
            )

    return decide


def levels(rubric, key):
    return [level.key for level in next(each for each in rubric.criteria if each.key == key).levels]


def all_of(sessions, table):
    with sessions() as db:
        return db.scalars(select(table)).all()


def mails(sessions):
    return [mail.template for mail in sorted(all_of(sessions, OutgoingMail), key=lambda mail: mail.id)]


def test_a_higher_level_replaces_the_rating_and_the_pass_rule_decides(
    sessions, begin, decide, rated, rubric, key, people
):
    ended = decide(begin(), levels(rubric, key)[-1])

    with sessions() as db:
        appeal = db.scalars(select(Appeal)).one()
        first, second = db.get(Review, rated.id), db.get(Review, appeal.new_review_id)
        version = db.get(SubmissionVersion, rated.version_id)
        score = db.get(Score, (second.id, key))
    assert ended is State.UPHELD
    assert (first.state, first.verdict) == (ReviewState.UNDONE, Verdict.NEEDS_CHANGES)
    assert (second.state, second.verdict, second.reviewer_id) == (
        ReviewState.RELEASED,
        Verdict.PASS,
        people["rosa"].id,
    )
    assert second.rubric_version_id == first.rubric_version_id
    assert (score.level_key, score.comment) == (levels(rubric, key)[-1], ANSWER)
    assert version.state is VersionState.PASSED
    assert mails(sessions) == ["appeal-opened", "appeal-decided"]


@pytest.mark.parametrize("verdict", [Verdict.NEEDS_CHANGES, Verdict.NOT_PASSED])
def test_a_higher_level_that_does_not_meet_the_rule_leaves_the_verdict(
    sessions, begin, decide, rated, rubric, key, verdict
):
    below = levels(rubric, key)[1]
    assert decide(begin(), below) is State.UPHELD

    with sessions() as db:
        appeal = db.scalars(select(Appeal)).one()
        assert db.get(Review, appeal.new_review_id).verdict is verdict
        assert db.get(SubmissionVersion, rated.version_id).state is VersionState(verdict.value)


def test_every_other_criterion_stays_as_it_was_rated(sessions, begin, decide, rated, rubric, key):
    decide(begin(), levels(rubric, key)[-1])

    with sessions() as db:
        replaced = db.scalars(select(Appeal.new_review_id)).one()
        given = {
            review: {
                row.criterion_key: row.level_key
                for row in db.scalars(select(Score).where(Score.review_id == review))
            }
            for review in (rated.id, replaced)
        }
    assert given[rated.id].pop(key) != given[replaced].pop(key)
    assert given[rated.id] == given[replaced]


def test_the_first_level_again_dismisses_and_changes_nothing(sessions, begin, decide, rated, rubric, key):
    assert decide(begin(), levels(rubric, key)[0]) is State.DISMISSED

    (only,) = all_of(sessions, Review)
    assert (only.id, only.state) == (rated.id, ReviewState.RELEASED)
    assert mails(sessions) == ["appeal-opened", "appeal-decided"]


def test_passing_by_an_appeal_closes_the_next_draft(sessions, begin, decide, rated, rubric, key, now):
    with sessions.begin() as db:
        draft_id = submissions.open_next_version(db, rated.version_id, now=now)

    decide(begin(), levels(rubric, key)[-1])

    with sessions() as db:
        assert db.get(SubmissionVersion, draft_id).state is VersionState.WITHDRAWN


def test_an_appeal_never_lowers_a_level(sessions, begin, decide, make, people, rubric, key):
    other = next(each.key for each in rubric.criteria if each.key != key)
    appeal_id = begin(criterion_key=other)

    with pytest.raises(Invalid) as refused:
        decide(appeal_id, levels(rubric, other)[0])

    assert set(refused.value.errors) == {"level"}
    assert all_of(sessions, Appeal)[0].state is State.OPEN


def test_the_first_reviewer_does_not_decide(begin, decide, rubric, key):
    with pytest.raises(Forbidden):
        decide(begin(), levels(rubric, key)[-1], who="ada")


def test_the_learner_does_not_decide_even_as_a_reviewer(
    sessions, begin, make, people, course, now, rubric, key
):
    appeal_id = begin()

    with sessions.begin() as db, pytest.raises(NotFound):
        appeals.decide(
            db,
            make.actor(people["mira"], "learner", "reviewer"),
            appeal_id,
            level_key=levels(rubric, key)[-1],
            answer=ANSWER,
            course=course,
            base_url=URL,
            now=now,
        )


def test_deciding_twice_is_deciding_once(sessions, begin, decide, rubric, key):
    appeal_id = begin()

    ends = [decide(appeal_id, levels(rubric, key)[-1]) for _ in range(2)]

    assert ends == [State.UPHELD, State.UPHELD]
    assert len(all_of(sessions, Review)) == 2
    assert mails(sessions) == ["appeal-opened", "appeal-decided"]


def test_a_second_click_finds_the_open_appeal(sessions, begin):
    assert begin() == begin()
    assert [entry.action for entry in all_of(sessions, AuditEntry) if entry.action.startswith("appeal")] == [
        "appeal.open"
    ]


def test_two_tokens_are_all_there_are_until_one_comes_back(
    sessions, begin, decide, make, people, rated, rubric, key, now
):
    keys = [each.key for each in rubric.criteria if each.key != key]
    first = begin()
    begin(criterion_key=keys[0])

    with pytest.raises(Conflict, match="Both of your appeals"):
        begin(criterion_key=keys[1])
    with sessions.begin() as db:
        appeals.withdraw(db, make.actor(people["mira"]), rated.id, first, now=now)
    begin(criterion_key=keys[1])

    assert sorted(each.token for each in all_of(sessions, Appeal) if each.state is State.OPEN) == [1, 2]


def test_a_dismissed_appeal_keeps_its_token_and_an_upheld_one_gives_it_back(
    sessions, begin, decide, rubric, key
):
    other = next(each.key for each in rubric.criteria if each.key != key)
    dismissed = begin(criterion_key=other)
    decide(dismissed, levels(rubric, other)[-1])
    decide(begin(), levels(rubric, key)[-1])

    held = [each.state for each in all_of(sessions, Appeal) if each.state in {State.OPEN, State.DISMISSED}]
    assert held == [State.DISMISSED]


def test_one_criterion_is_looked_at_again_once(begin, decide, rubric, key):
    decide(begin(), levels(rubric, key)[0])

    with pytest.raises(Conflict, match="One appeal for each"):
        begin()


def test_the_window_is_fourteen_days(begin, now):
    with pytest.raises(Conflict, match="fourteen days"):
        begin(at=now + timedelta(days=14, seconds=1))
    begin(at=now + timedelta(days=14))


def test_somebody_elses_rating_is_not_there(begin, people, make):
    people["noor"] = make.person("Noor")

    with pytest.raises(NotFound):
        begin("noor")


def test_passed_work_is_not_appealed_against(begin, make, people):
    version = make.version(people["mira"], capstone="launch-plan", state="passed")
    passed = make.review(version, people["ada"], state="released")

    with pytest.raises(Conflict, match="passed"):
        begin(review=passed, criterion_key="milestones")


def test_an_undone_rating_overtakes_the_appeal_and_the_token_comes_back(
    sessions, begin, decide, make, people, rated, course, now, rubric, key
):
    appeal_id = begin()
    with sessions.begin() as db:
        reviews.undo(
            db, make.actor(people["ada"]), rated.id, reason="My slip.", course=course, base_url=URL, now=now
        )

    assert decide(appeal_id, levels(rubric, key)[-1]) is State.OVERTAKEN

    assert all_of(sessions, SubmissionVersion)[0].state is VersionState.SUBMITTED
    assert all_of(sessions, Appeal)[0].decided_by is None


def test_a_later_version_overtakes_the_appeal_and_the_rating_stays(
    sessions, begin, decide, make, people, rated, rubric, key
):
    appeal_id = begin()
    make.version(people["mira"], number=2, state="submitted")

    assert decide(appeal_id, levels(rubric, key)[-1]) is State.OVERTAKEN

    assert [review.state for review in all_of(sessions, Review)] == [ReviewState.RELEASED]
    assert all_of(sessions, Appeal)[0].decided_by is None


@pytest.mark.parametrize("answer", ["", "too short", "x" * 4001])
def test_an_answer_has_words(sessions, begin, decide, rubric, key, answer):
    appeal_id = begin()

    with pytest.raises(Invalid) as refused:
        decide(appeal_id, levels(rubric, key)[-1], answer=answer)

    assert set(refused.value.errors) == {"answer"}
    assert len(all_of(sessions, Review)) == 1


def test_the_five_others_who_reviewed_last_are_told_without_a_name(sessions, begin, make, people, now):
    work = make.version(make.person("Noor"), capstone="launch-plan", state="passed")
    others = [make.person(f"Other {number}", roles=("reviewer",)) for number in range(5)]
    for other in others:
        make.review(work, other, state="returned")
    make.person("Gone", roles=("reviewer",), deactivated_at=now)

    begin()
    begin()

    told = [mail for mail in all_of(sessions, OutgoingMail) if mail.template == "appeal-opened"]
    assert {mail.person_id for mail in told} == {other.id for other in others}
    assert "Mira" not in "".join(letter(mail) for mail in told)


def test_where_nobody_else_reviews_the_admins_are_told(sessions, begin, make, people, now):
    with sessions.begin() as db:
        db.execute(update(Appointment).where(Appointment.person_id == people["rosa"].id).values(ended_at=now))
    admin = make.person("Lin", roles=("admin",))

    begin()

    (told,) = all_of(sessions, OutgoingMail)
    assert told.person_id == admin.id
    assert "Nobody else is appointed as a reviewer" in letter(told)
    assert f"{URL}/admin/appeals" in letter(told)


def test_who_declared_a_conflict_of_interest_is_not_told(sessions, begin, make, people, rated, now):
    other = make.person("Bo", roles=("reviewer",))
    with sessions.begin() as db:
        declared = make.actor(people["rosa"])
        conflicts.declare(db, declared, rated.version_id, reason="Kin.", whole_learner=False, now=now)

    begin()

    told = [mail for mail in all_of(sessions, OutgoingMail) if mail.template == "appeal-opened"]
    assert [mail.person_id for mail in told] == [other.id]


def letter(mail):
    known = letters.surroundings(base_url=URL, person_name="Rosa", course_title="Scaling")
    return letters.render(mail.template, known | mail.context).text


def test_an_appeal_is_withdrawn_under_its_own_rating_alone(sessions, begin, make, people, now):
    appeal_id = begin()
    other = make.review(make.version(people["mira"], capstone="launch-plan", state="passed"), people["ada"])

    with pytest.raises(NotFound), sessions.begin() as db:
        appeals.withdraw(db, make.actor(people["mira"]), other.id, appeal_id, now=now)

    assert all_of(sessions, Appeal)[0].state is State.OPEN
