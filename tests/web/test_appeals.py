"""Appeals and questions as people meet them: on the page of the rating, and on the page of who answers."""

import html
import re
from datetime import timedelta

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
def appeal(client, sessions, mira, rosa, rated, criterion):
    """Mira's appeal, sent from the page of the rating."""
    client.sign_in(mira)
    client.post(f"/reviews/{rated.id}/appeals", data={"criterion": criterion.key, "reason": REASON})
    return only(sessions, Appeal)


def only(sessions, table):
    with sessions() as db:
        return db.scalars(select(table)).one()


def titles_rated_again(page):
    """The criteria that say they were rated by the reviewer who decided an appeal."""
    cards = re.findall(r'<article class="card rated">.*?</article>', page, re.S)
    again = [card for card in cards if "by the reviewer who decided the appeal" in card]
    return [html.unescape(re.search(r"<h3>(.*?) <", card)[1]) for card in again]


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
    home, version = client.get("/learn").text, client.get(f"/versions/{rated.version_id}").text
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
    assert ("An appeal was upheld." in new, "An appeal was upheld." in old) == (True, False)
    said = f"""first reviewer's, from <a href="/reviews/{rated.id}/feedback">the rating of <time"""
    assert said in html.unescape(new)
    assert titles_rated_again(new) == [criterion.title]
    assert "rated again" not in old
    assert "An appeal was upheld" in home
    assert "An appeal was upheld." in version
    assert templates(sessions) == ["appeal-decided", "appeal-opened"]


def test_after_two_appeals_each_part_says_whose_it_is(client, sessions, make, mira, ada, rosa, rubric):
    first, second = [each for each in rubric.criteria if each.must_pass][:2]
    lowest = {each.key: each.levels[0].key for each in (first, second)}
    version = make.version(mira, state="needs_changes")
    stands = make.review(version, ada, state="released", levels=lowest, verdict=Verdict.NEEDS_CHANGES).id
    begun = stands
    for criterion, reader in ((first, rosa), (second, make.person("Sam", roles=("reviewer",)))):
        client.sign_in(mira)
        client.post(f"/reviews/{stands}/appeals", data={"criterion": criterion.key, "reason": REASON})
        with sessions() as db:
            opened = db.scalars(select(Appeal).where(Appeal.state == State.OPEN)).one()
        client.sign_in(reader)
        client.post(f"/appeals/{opened.id}", data={"level": criterion.levels[-1].key, "answer": ANSWER})
        with sessions() as db:
            stands = db.get(Appeal, opened.id).new_review_id

    client.sign_in(mira)
    page = client.get(f"/reviews/{stands}/feedback").text

    assert titles_rated_again(page) == [first.title, second.title]
    assert f'<a href="/reviews/{begun}/feedback">the rating of' in page


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
    assert templates(sessions) == ["appeal-decided", "appeal-opened", "certificate"]


def test_the_queue_says_how_many_appeals_wait(client, sessions, appeal, rated, mira, rosa):
    client.sign_in(rosa)
    one = client.get("/queue").text
    client.sign_in(mira)
    client.post(f"/reviews/{rated.id}/appeals/{appeal.id}/withdraw")
    client.sign_in(rosa)
    none = client.get("/queue").text

    assert '<a href="/appeals">One appeal is waiting</a>' in one
    assert '<a href="/appeals">Appeals</a>' in none


def test_an_admin_who_reviews_nothing_sees_what_is_open(client, make, appeal, rated, criterion):
    client.sign_in(make.person("Lin", roles=("admin",)))

    home, listed, desk = (client.get(path) for path in ("/admin", "/admin/appeals", f"/appeals/{appeal.id}"))

    assert "1 open" in home.text
    assert f'href="/reviews/{rated.id}/feedback"' in listed.text
    assert criterion.title in html.unescape(listed.text)
    assert "Mira" not in listed.text
    assert (listed.status_code, desk.status_code) == (200, 403)


@pytest.mark.parametrize("path", ["/appeals", "/admin/appeals"])
def test_the_lists_cost_the_same_for_one_appeal_and_for_thirty(
    client, sessions, make, appeal, rated, criterion, count_selects, now, path
):
    both = make.person("Lin", roles=("admin", "reviewer"))
    client.sign_in(both)
    client.get(path)
    with count_selects() as one:
        client.get(path)
    for number in range(29):
        person = make.person(f"Learner {number}")
        version = make.version(person, state="needs_changes")
        levels = {criterion.key: criterion.levels[0].key}
        review = make.review(version, both, state="released", levels=levels, verdict=Verdict.NEEDS_CHANGES)
        open_one(sessions, person, review, criterion, course_slug=version.course_slug, now=now)
    with count_selects() as many:
        text = client.get(path).text

    assert len(one) == len(many)
    assert text.count(html.escape(criterion.title)) == 30


def open_one(sessions, person, review, criterion, *, course_slug, now):
    with sessions.begin() as db:
        db.add(
            Appeal(
                review_id=review.id,
                criterion_key=criterion.key,
                learner_id=person.id,
                course_slug=course_slug,
                token=1,
                state=State.OPEN,
                reason=REASON,
                opened_at=now,
            )
        )


def test_the_page_of_a_rating_costs_six_selects_with_appeals_and_questions_and_without(
    client, sessions, mira, rated, rubric, count_selects
):
    client.sign_in(mira)
    address = f"/reviews/{rated.id}/feedback"
    client.get(address)
    with count_selects() as bare:
        client.get(address)
    for criterion in rubric.criteria[:2]:
        client.post(f"/reviews/{rated.id}/appeals", data={"criterion": criterion.key, "reason": REASON})
    client.post(f"/reviews/{rated.id}/questions", data={"question": "Which plan is missing?"})
    with count_selects() as full:
        text = client.get(address).text

    assert (len(bare), len(full)) == (6, 6)
    assert (text.count(REASON), text.count("Which plan is missing?")) == (2, 1)


def test_an_appeal_that_was_taken_back_can_be_made_again(client, sessions, appeal, rated, mira, criterion):
    client.post(f"/reviews/{rated.id}/appeals/{appeal.id}/withdraw")
    words = "A second thought, long enough to say what is overlooked."
    client.post(f"/reviews/{rated.id}/appeals", data={"criterion": criterion.key, "reason": words})

    text = client.get(f"/reviews/{rated.id}/feedback").text

    assert (words in text, REASON in text) == (True, False)
    assert "you have 1 of 2 appeals left" in text


def test_the_address_of_another_rating_does_not_change_anything(
    client, sessions, make, appeal, rated, mira, ada
):
    client.post(f"/reviews/{rated.id}/questions", data={"question": "Which plan is missing?"})
    asked = only(sessions, Explanation)
    version = make.version(mira, capstone="launch-plan", state="passed")
    other = make.review(version, ada, state="released")

    withdrawn = client.post(f"/reviews/{other.id}/appeals/{appeal.id}/withdraw")
    client.sign_in(ada)
    answered = client.post(f"/reviews/{other.id}/questions/{asked.id}", data={"answer": "Here."})

    assert (withdrawn.status_code, answered.status_code) == (404, 404)
    assert only(sessions, Appeal).state is State.OPEN
    assert only(sessions, Explanation).answered_at is None


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("appeals", {"reason": REASON}),
        ("appeals/{appeal}/withdraw", {}),
        ("questions", {"question": "Which plan is missing?"}),
    ],
)
def test_others_find_nothing_to_appeal_against(client, sessions, make, appeal, rated, criterion, path, data):
    client.sign_in(make.person("Noor"))

    answer = client.post(
        f"/reviews/{rated.id}/{path.format(appeal=appeal.id)}", data=data | {"criterion": criterion.key}
    )

    assert answer.status_code == 404
    assert only(sessions, Appeal).state is State.OPEN
    with sessions() as db:
        assert db.scalars(select(Explanation)).all() == []


def test_a_third_appeal_is_a_409_that_says_why_and_keeps_the_words(client, sessions, appeal, rated, rubric):
    keys = [each.key for each in rubric.criteria if each.key != appeal.criterion_key]
    path = f"/reviews/{rated.id}/appeals"
    client.post(path, data={"criterion": keys[0], "reason": REASON})

    third = client.post(path, data={"criterion": keys[1], "reason": REASON})

    assert third.status_code == 409
    assert "Both of your appeals are in use." in third.text
    assert third.text.count('name="reason"') == 1
    assert f"{REASON}</textarea>" in third.text
    with sessions() as db:
        assert len(db.scalars(select(Appeal)).all()) == 2


def test_after_fourteen_days_only_a_question_is_possible(
    client, sessions, mira, rated, criterion, clock, now
):
    clock["now"] = now + timedelta(days=14, seconds=1)
    client.sign_in(mira)

    shown = client.get(f"/reviews/{rated.id}/feedback").text
    late = client.post(f"/reviews/{rated.id}/appeals", data={"criterion": criterion.key, "reason": REASON})
    asked = client.post(f"/reviews/{rated.id}/questions", data={"question": "Which plan is missing?"})

    assert "The fourteen days for an appeal have passed." in shown
    assert "Send the appeal" not in shown
    assert (late.status_code, asked.status_code) == (409, 303)
    with sessions() as db:
        assert db.scalars(select(Appeal)).all() == []


def test_an_appeal_whose_rating_was_undone_is_overtaken(
    client, sessions, appeal, rated, mira, ada, rosa, criterion
):
    client.sign_in(ada)
    client.post(f"/reviews/{rated.id}/undo", data={"reason": "My slip."})
    client.sign_in(rosa)

    decided = client.post(f"/appeals/{appeal.id}", data={"level": criterion.levels[-1].key, "answer": ANSWER})

    shown = client.get(f"/appeals/{appeal.id}").text
    client.sign_in(mira)
    assert (decided.status_code, only(sessions, Appeal).state) == (303, State.OVERTAKEN)
    assert "This appeal has ended" in shown
    assert "overtaken" in client.get(f"/reviews/{rated.id}/feedback").text


def test_a_second_question_waits_and_an_answer_stands(client, sessions, rated, mira, ada):
    client.sign_in(mira)
    path = f"/reviews/{rated.id}/questions"
    first, again, second = (client.post(path, data={"question": words}) for words in ("One?", "One?", "Two?"))
    asked = only(sessions, Explanation)
    client.sign_in(ada)
    given, same, other = (
        client.post(f"{path}/{asked.id}", data={"answer": words}) for words in ("Yes.", "Yes.", "No.")
    )

    assert [each.status_code for each in (first, again, second)] == [303, 303, 409]
    assert [each.status_code for each in (given, same, other)] == [303, 303, 409]
    assert "Two?</textarea>" in second.text
    assert 'which is not kept</strong></p><p class="said card">No.</p>' in other.text
    assert only(sessions, Explanation).answer == "Yes."


def test_an_admin_answers_in_the_reviewers_place(client, sessions, make, rated, mira):
    client.sign_in(mira)
    client.post(f"/reviews/{rated.id}/questions", data={"question": "Which plan is missing?"})
    asked = only(sessions, Explanation)
    client.sign_in(make.person("Lin", roles=("admin",)))

    shown = client.get(f"/reviews/{rated.id}/feedback").text
    answered = client.post(f"/reviews/{rated.id}/questions/{asked.id}", data={"answer": "The first one."})

    assert "Send the answer" in shown
    assert answered.status_code == 303
    assert only(sessions, Explanation).answer == "The first one."


def test_whoever_answers_second_reads_the_answer_and_their_own_words(
    client, sessions, make, appeal, rosa, criterion
):
    client.sign_in(rosa)
    client.post(f"/appeals/{appeal.id}", data={"level": criterion.levels[-1].key, "answer": ANSWER})
    client.sign_in(make.person("Bo", roles=("reviewer",)))

    late = client.post(
        f"/appeals/{appeal.id}", data={"level": criterion.levels[0].key, "answer": "The level stands."}
    )

    assert late.status_code == 409
    assert (ANSWER in late.text, "The level stands." in late.text) == (True, True)
    assert only(sessions, Appeal).answer == ANSWER
