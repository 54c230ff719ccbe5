import re

import pytest
from sqlalchemy import select

from app.domain.reviews import Verdict
from app.models import Review, SecondReading
from app.services import review_releases, reviews

CAPSTONE = "three-bottlenecks"
NAME = "Mira Okafor"


@pytest.fixture
def people(make):
    return {
        name: make.person(f"{name} Person", roles=(role,))
        for name, role in (("Ada", "reviewer"), ("Bo", "reviewer"), ("Root", "admin"))
    }


@pytest.fixture
def levels(course):
    return {f"level-{each.key}": each.levels[-1].key for each in course.capstone(CAPSTONE).rubric.criteria}


@pytest.fixture
def lower(course, levels):
    first = course.capstone(CAPSTONE).rubric.criteria[0]
    return levels | {f"level-{first.key}": first.levels[0].key}


@pytest.fixture
def decided(client, make, sessions, people, levels, reviewing, now):
    """Ada's decision, which a second reader is to see."""
    reviewing(second_reader=True)
    version = make.version(make.person(NAME, email="mira@okafor.example"), state="submitted", files=1)
    with sessions.begin() as db:
        review = reviews.claim(db, make.actor(people["Ada"]), version.id, lease_seconds=1800, now=now)
    client.sign_in(people["Ada"])
    client.post(f"/reviews/{review}/draft", data={"tag": 0, "summary": "Well measured."} | levels)
    sent = client.post(f"/reviews/{review}/decide", data={"tag": 1, "verdict": "pass"})
    assert sent.status_code == 303
    return version, review


def test_the_first_reviewer_sees_that_somebody_reads_it_first(client, people, decided):
    _, review = decided

    text = client.get(f"/reviews/{review}/sent").get_data(as_text=True)

    assert "A second reader looks at it before the learner gets it." in text
    assert "Second readings (" not in client.get("/queue").get_data(as_text=True)
    assert client.get(f"/second-readings/{review}").status_code == 404


def test_a_colleague_agrees_from_the_queue_and_it_goes_out(client, sessions, people, decided, course, now):
    version, review = decided
    client.sign_in(people["Bo"])
    queue = client.get("/queue").get_data(as_text=True)
    listed = client.get("/second-readings").get_data(as_text=True)
    page = client.get(f"/second-readings/{review}").get_data(as_text=True)
    evidence = client.get(f"/versions/{version.id}")

    answer = client.post(f"/second-readings/{review}", data={"answer": "agree", "reason": ""})

    with sessions.begin() as db:
        assert review_releases.release_due(db, review, course=course, base_url="http://localhost", now=now)
    assert "Second readings (1)" in queue
    assert f'href="/second-readings/{review}"' in listed
    assert ("Well measured." in page, f'href="/versions/{version.id}"' in page) == (True, True)
    assert evidence.status_code == 200
    assert (answer.status_code, answer.location) == (303, "/second-readings")
    for text in (queue, listed, page, evidence.get_data(as_text=True)):
        assert ("Okafor" in text, "okafor.example" in text) == (False, False)
    assert "Ada Person" not in page


def test_a_disagreement_is_decided_by_an_admin_with_both_ratings_filled_in(
    client, sessions, people, decided, lower, course, now
):
    version, review = decided
    first = course.capstone(CAPSTONE).rubric.criteria[0]
    client.sign_in(people["Bo"])
    said = client.post(
        f"/second-readings/{review}", data={"answer": "disagree", "reason": "Ten samples only."} | lower
    )
    client.sign_in(people["Root"])
    listed = client.get("/admin/second-readings").get_data(as_text=True)
    page = client.get(f"/admin/second-readings/{review}").get_data(as_text=True)

    settled = client.post(
        f"/admin/second-readings/{review}",
        data={"verdict": "needs_changes", "summary": "Measure longer."} | lower,
    )

    assert said.status_code == 303
    assert f"/admin/second-readings/{review}" in listed
    assert [word in page for word in ("Ten samples only.", "Ada Person", "Bo Person")] == [True] * 3
    assert re.search(rf'name="level-{first.key}" value="{first.levels[-1].key}"[^>]* checked', page)
    assert settled.status_code == 303
    with sessions() as db:
        again = db.scalar(select(Review).where(Review.version_id == version.id, Review.state == "decided"))
    assert (again.verdict, again.summary) == (Verdict.NEEDS_CHANGES, "Measure longer.")
    shown = client.get(f"/admin/second-readings/{review}").get_data(as_text=True)
    assert "This has been decided." in shown


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": "Keep <me>."}, "Choose one of the answers for whether you agree."),
        ({"answer": "disagree", "reason": ""}, "what you see otherwise, and where."),
    ],
)
def test_an_answer_that_lacks_something_is_a_422_that_keeps_what_was_typed(
    client, people, decided, lower, typed, sentence
):
    _, review = decided
    client.sign_in(people["Bo"])

    answer = client.post(f"/second-readings/{review}", data=lower | typed)

    text = answer.get_data(as_text=True)
    key, level = next(iter(lower.items()))
    assert (answer.status_code, sentence in text) == (422, True)
    assert re.search(rf'name="{key}" value="{level}"[^>]* checked', text)
    assert typed["reason"] == "" or "Keep &lt;me&gt;." in text


def test_a_late_answer_is_a_409_that_says_so(client, sessions, make, people, decided):
    _, review = decided
    client.sign_in(make.person("Cy Person", roles=("reviewer",)))
    client.post(f"/second-readings/{review}", data={"answer": "agree"})
    client.sign_in(people["Bo"])

    answer = client.post(f"/second-readings/{review}", data={"answer": "agree", "reason": "Me too."})

    assert answer.status_code == 409
    assert "the second reader agreed" in answer.get_data(as_text=True)
    with sessions() as db:
        assert db.scalar(select(SecondReading.reason)) == ""


def test_lists_cost_the_same_for_one_and_for_many(
    client, make, sessions, people, decided, levels, count_selects, now
):
    client.sign_in(people["Bo"])
    with count_selects() as one:
        client.get("/second-readings")
    for number in range(4):
        version = make.version(make.person(f"Learner {number}"), state="in_review")
        review = make.review(version, people["Ada"], state="decided")
        with sessions.begin() as db:
            db.add(SecondReading(review_id=review.id, state="waiting", reason="", asked_at=now))
    with count_selects() as many:
        text = client.get("/second-readings").get_data(as_text=True)

    assert text.count('href="/second-readings/') == 5
    assert len(one) == len(many)
