from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models import Review, Submission
from app.services import reviews


@pytest.fixture
def held(make, sessions, ada, now):
    version = make.version(
        make.person("Mira Okafor", email="mira@okafor.example"),
        state="submitted",
        files=1,
        queued_at=now - timedelta(hours=2),
    )
    with sessions.begin() as db:
        return version, reviews.claim(db, make.actor(ada), version.id, lease_seconds=1800, now=now)


def test_a_claim_is_handed_over_and_its_note_stands_on_the_colleagues_desk(
    client, sessions, make, ada, bo, held
):
    _, review = held
    root = make.person("Root", roles=("admin",))
    client.sign_in(ada)
    asked = client.get(f"/reviews/{review}/hand-over").get_data(as_text=True)

    answer = client.post(f"/reviews/{review}/hand-over", data={"to": str(bo.id), "note": "Mind the <plan>."})

    with sessions() as db:
        taken = db.scalar(select(Review.id).where(Review.reviewer_id == bo.id))
    assert f'<option value="{bo.id}">Bo Reviewer</option>' in asked
    assert f'value="{ada.id}"' not in asked
    assert (answer.status_code, answer.location) == (303, "/queue")
    left = client.get(f"/reviews/{review}").get_data(as_text=True)
    assert "This claim has ended (handed over)" in left
    assert "Bo Reviewer has the work now." in left
    assert client.get(f"/reviews/{taken}").status_code == 404
    for reader, words in (
        (bo, "Ada Reviewer handed this over to you"),
        (root, "Ada Reviewer handed this over"),
    ):
        client.sign_in(reader)
        desk = client.get(f"/reviews/{taken}").get_data(as_text=True)
        assert (words in desk, "Mind the &lt;plan&gt;." in desk, "Okafor" in desk) == (True, True, False)
    assert "with Bo Reviewer" in client_queue(client, ada)


def client_queue(client, person):
    client.sign_in(person)
    return client.get("/queue").get_data(as_text=True)


def test_the_note_is_not_shown_to_the_learner(client, sessions, make, ada, bo, held, course):
    version, review = held
    client.sign_in(ada)
    client.post(f"/reviews/{review}/hand-over", data={"to": str(bo.id), "note": "Between us two."})
    with sessions.begin() as db:
        taken = db.scalar(select(Review.id).where(Review.reviewer_id == bo.id))
        levels = {
            each.key: each.levels[-1].key for each in course.capstone("three-bottlenecks").rubric.criteria
        }
        draft = reviews.Draft(levels=levels, summary="Good.")
        tag = reviews.save_draft(db, make.actor(bo), taken, draft, tag=0, lease_seconds=60, now=make.now)
    client.sign_in(bo)
    client.post(f"/reviews/{taken}/decide", data={"tag": tag, "verdict": "pass"})
    with sessions() as db:
        learner = db.get_one(type(ada), _author(db, version))

    client.sign_in(learner)
    feedback = client.get(f"/reviews/{taken}/feedback")

    assert feedback.status_code == 200
    assert "Between us two." not in feedback.get_data(as_text=True)
    assert "Between us two." not in client.get(f"/versions/{version.id}").get_data(as_text=True)


def _author(db, version):
    return db.scalar(select(Submission.person_id).where(Submission.id == version.submission_id))


def test_what_was_typed_stays_when_it_is_refused(client, ada, bo, held):
    _, review = held
    client.sign_in(ada)

    nobody = client.post(f"/reviews/{review}/hand-over", data={"to": "x", "note": "Keep me."})
    no_note = client.post(f"/reviews/{review}/hand-over", data={"to": str(bo.id), "note": " "})

    assert (nobody.status_code, no_note.status_code) == (422, 422)
    assert "Choose one of the other reviewers." in nobody.get_data(as_text=True)
    assert "Keep me." in nobody.get_data(as_text=True)
    assert f'<option value="{bo.id}" selected>' in no_note.get_data(as_text=True)


def test_without_a_colleague_the_page_says_what_else_can_be_done(client, ada, held):
    _, review = held
    client.sign_in(ada)

    text = client.get(f"/reviews/{review}/hand-over").get_data(as_text=True)

    assert "There is no other reviewer yet." in text
    assert "<select" not in text


def test_the_page_of_a_claim_that_has_ended_leads_to_the_desk(client, make, sessions, ada, bo, held, now):
    _, review = held
    with sessions.begin() as db:
        reviews.give_back(db, make.actor(ada), review, now=now)
    client.sign_in(ada)

    answer = client.get(f"/reviews/{review}/hand-over")
    late = client.post(f"/reviews/{review}/hand-over", data={"to": str(bo.id), "note": "Too late."})

    assert (answer.status_code, answer.location) == (303, f"/reviews/{review}")
    assert (late.status_code, "Your claim has ended." in late.get_data(as_text=True)) == (409, True)
    client.sign_in(bo)
    assert client.get(f"/reviews/{review}/hand-over").status_code == 404
