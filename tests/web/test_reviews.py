import re
from datetime import timedelta

import pytest

from app.domain import submissions
from app.domain.reviews import State, Verdict
from app.models import Ledger, Review, Score, SubmissionVersion
from app.services import reviews

CAPSTONE = "three-bottlenecks"


@pytest.fixture
def learner(make):
    return make.person("Mira Okafor", email="mira@example.org")


@pytest.fixture
def claimed(sessions, make, ada, learner, now):
    """A version on Ada's desk."""
    version = make.version(learner, state="submitted")
    with sessions.begin() as db:
        return reviews.claim(db, make.actor(ada), version.id, lease_seconds=1800, now=now)


@pytest.fixture
def rubric(course):
    return course.capstone(CAPSTONE).rubric


def best(rubric):
    return {f"level-{criterion.key}": criterion.levels[-1].key for criterion in rubric.criteria}


def load(sessions, table, key):
    with sessions() as db:
        return db.get(table, key)


def queue_of(make, sessions, count, now):
    for number in range(count):
        version = make.version(
            make.person(f"Learner {number}"),
            state="submitted",
            queued_at=now - timedelta(hours=count - number),
        )
        with sessions.begin() as db:
            db.add(
                Ledger(
                    version_id=version.id,
                    rows=[],
                    comparison=[],
                    agreeing=3,
                    contradicted=number % 2,
                    unchecked=0,
                    blocked=0,
                    warned=1,
                    made_at=now,
                )
            )


def test_the_queue_costs_the_same_for_one_row_and_for_thirty(client, make, sessions, ada, now, count_selects):
    client.sign_in(ada)
    queue_of(make, sessions, 1, now)
    with count_selects() as one:
        client.get("/queue")
    queue_of(make, sessions, 30, now)

    with count_selects() as many:
        answer = client.get("/queue")

    assert answer.status_code == 200
    assert len(one) == len(many)
    assert len(many) <= 6


def test_the_queue_pages_by_key_oldest_first(client, make, sessions, ada, now):
    client.sign_in(ada)
    queue_of(make, sessions, 32, now)

    first = client.get("/queue").get_data(as_text=True)
    more = re.search(r'href="(/queue\?after=[^"]+)"', first).group(1).replace("&amp;", "&")
    second = client.get(more).get_data(as_text=True)

    waiting = [int(hours) for hours in re.findall(r">(\d+) h</time>", first + second)]
    assert len(re.findall(r'data-item="row"', first)) == 30
    assert len(re.findall(r'data-item="row"', second)) == 2
    assert waiting == sorted(waiting, reverse=True)


def test_neither_queue_nor_desk_names_the_learner(client, ada, learner, claimed):
    client.sign_in(ada)

    pages = [client.get(path).get_data(as_text=True) for path in ("/queue", f"/reviews/{claimed}")]

    assert [("Mira" in page, learner.email in page, str(learner.id) in page) for page in pages] == [
        (False, False, False)
    ] * 2


def test_start_next_opens_the_desk_and_says_so_when_nothing_is_free(client, make, ada, learner):
    client.sign_in(ada)
    make.version(learner, state="submitted")

    taken = client.post("/queue/next")
    nothing = client.post("/queue/next")

    assert taken.status_code == 303
    assert re.fullmatch(r"/reviews/[0-9a-f-]{36}", taken.location)
    assert "Nothing is free for you at this moment." in nothing.get_data(as_text=True)


def test_claiming_what_a_colleague_holds_is_a_409_that_names_them(client, make, learner, claimed, sessions):
    client.sign_in(make.person("Bo", roles=("reviewer",)))
    version_id = load(sessions, Review, claimed).version_id

    answer = client.post(f"/queue/{version_id}/claim")

    assert answer.status_code == 409
    assert "Ada Reviewer holds this until" in answer.get_data(as_text=True)


def test_a_desk_is_its_reviewers_alone(client, make, learner, claimed):
    for person in (learner, make.person("Bo", roles=("reviewer",)), make.person("Nobody", roles=())):
        client.sign_in(person)
        assert client.get(f"/reviews/{claimed}").status_code == 404


def test_the_draft_saves_itself_and_renders_again(client, sessions, ada, claimed, rubric):
    client.sign_in(ada)
    criterion = rubric.criteria[0]
    typed = {
        "tag": "0",
        f"level-{criterion.key}": criterion.levels[1].key,
        f"comment-{criterion.key}": "Which index?\r\nAnd why?",
        "summary": "So far",
    }

    saved = client.post(f"/reviews/{claimed}/draft", data=typed, headers={"X-Autosave": "1"})

    score = load(sessions, Score, (claimed, criterion.key))
    shown = client.get(f"/reviews/{claimed}").get_data(as_text=True)
    assert (saved.status_code, saved.json["tag"]) == (200, 1)
    assert (score.level_key, score.comment) == (criterion.levels[1].key, "Which index?\nAnd why?")
    assert "So far</textarea>" in shown


def test_a_save_from_an_old_page_answers_with_both_texts(client, ada, claimed):
    client.sign_in(ada)
    path = f"/reviews/{claimed}/draft"
    client.post(path, data={"tag": "0", "summary": "theirs"}, headers={"X-Autosave": "1"})

    script = client.post(path, data={"tag": "0", "summary": "mine"}, headers={"X-Autosave": "1"})
    plain = client.post(path, data={"tag": "0", "summary": "mine"})

    text = plain.get_data(as_text=True)
    assert (script.status_code, script.json) == (409, {"tag": 1, "fields": {"summary": "theirs"}, "by": ""})
    assert plain.status_code == 409
    assert "<pre>theirs</pre>" in text
    assert "mine</textarea>" in text
    assert '<input type="hidden" name="tag" value="1">' in text


def test_the_outcome_follows_the_ticks_and_saves_nothing(client, sessions, ada, claimed, rubric):
    client.sign_in(ada)

    answer = client.fragment("POST", f"/reviews/{claimed}/outcome", data=best(rubric))

    text = answer.get_data(as_text=True)
    most = sum(max(level.points for level in criterion.levels) for criterion in rubric.criteria)
    assert text.lstrip().startswith('<div id="outcome"')
    assert f"<strong>{most}</strong> of {most} points" in text
    assert load(sessions, Review, claimed).tag == 0


def test_the_whole_decision_without_a_script(client, sessions, ada, learner, claimed, rubric):
    client.sign_in(ada)
    typed = best(rubric) | {
        "tag": "0",
        "summary": "Clear and repeatable.",
        "private_note": "A model",
        "then": "preview",
    }

    to_preview = client.post(f"/reviews/{claimed}/draft", data=typed)
    preview = client.get(to_preview.location).get_data(as_text=True)
    tag = re.search(r'name="tag" value="(\d+)"', preview).group(1)
    sent = client.post(f"/reviews/{claimed}/decide", data={"tag": tag, "verdict": "pass"})
    again = client.post(f"/reviews/{claimed}/decide", data={"tag": tag, "verdict": "pass"})
    client.sign_in(learner)
    read = client.get(f"/reviews/{claimed}/feedback").get_data(as_text=True)

    review = load(sessions, Review, claimed)
    assert "A model" not in preview
    assert (sent.status_code, again.status_code) == (303, 303)
    assert (review.state, review.verdict) == (State.RELEASED, Verdict.PASS)
    assert "Clear and repeatable." in read
    assert "A model" not in read


def test_a_verdict_the_rule_does_not_allow_is_a_422_that_says_why(client, sessions, ada, claimed, rubric):
    client.sign_in(ada)
    client.post(f"/reviews/{claimed}/draft", data=best(rubric) | {"tag": "0"})

    answer = client.post(f"/reviews/{claimed}/decide", data={"tag": "1", "verdict": "not_passed"})

    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Error:" in text
    assert "By the rubric this work passes." in text
    assert load(sessions, Review, claimed).state is State.CLAIMED


def test_released_feedback_is_for_its_author_reviewers_and_admins(client, make, ada, learner):
    version = make.version(learner, state="passed")
    review = make.review(version, ada, state="released")
    people = [
        learner,
        ada,
        make.person("Root", roles=("admin",)),
        make.person("Other"),
        make.person("None", roles=()),
    ]

    seen = []
    for person in people:
        client.sign_in(person)
        seen.append(client.get(f"/reviews/{review.id}/feedback").status_code)

    assert seen == [200, 200, 200, 404, 404]


def test_an_undo_is_said_to_the_learner(client, sessions, make, ada, learner):
    version = make.version(learner, state="passed")
    review = make.review(version, ada, state="released")
    client.sign_in(ada)

    refused = client.post(f"/reviews/{review.id}/undo", data={"reason": ""})
    undone = client.post(f"/reviews/{review.id}/undo", data={"reason": "Rated the wrong file."})
    client.sign_in(learner)
    text = client.get(f"/reviews/{review.id}/feedback").get_data(as_text=True)

    assert (refused.status_code, undone.status_code) == (422, 303)
    assert load(sessions, SubmissionVersion, version.id).state is submissions.State.SUBMITTED
    assert "This verdict was undone" in text
    assert "Rated the wrong file." in text


def test_the_desk_opens_while_the_store_is_down(client, sessions, make, ada, now):
    version = make.version(make.person("Learner"), state="submitted", files=1)
    with sessions.begin() as db:
        review_id = reviews.claim(db, make.actor(ada), version.id, lease_seconds=1800, now=now)
    client.sign_in(ada)

    answer = client.get(f"/reviews/{review_id}")

    assert answer.status_code == 200
    assert "The file store does not answer." in answer.get_data(as_text=True)
