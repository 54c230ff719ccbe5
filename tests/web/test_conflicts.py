import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.reviews import Verdict
from app.models import ConflictOfInterest, EvidenceFile, OutgoingMail
from app.services import appeals, reviews

CLOSED = "You declared a conflict of interest about this work, so it is closed to you."


@pytest.fixture
def mira(make):
    return make.person("Mira Okafor", email="mira@okafor.example")


@pytest.fixture
def held(make, sessions, mira, ada, now):
    """A version on Ada's desk, and her review of it."""
    version = make.version(mira, state="submitted", files=1, queued_at=now - timedelta(hours=2))
    with sessions.begin() as db:
        return version, reviews.claim(db, make.actor(ada), version.id, lease_seconds=1800, now=now)


def declare(client, version, reach="work", reason="We share an office."):
    return client.post(f"/queue/{version.id}/conflict", data={"reach": reach, "reason": reason})


def test_it_is_declared_from_the_desk_without_a_name(client, sessions, ada, held):
    version, review = held
    client.sign_in(ada)
    desk = client.get(f"/reviews/{review}").get_data(as_text=True)

    asked = client.get(f"/queue/{version.id}/conflict").get_data(as_text=True)
    answer = declare(client, version)
    listed = client.get(answer.location).get_data(as_text=True)

    assert f'href="/queue/{version.id}/conflict"' in desk
    assert (answer.status_code, answer.location) == (303, "/queue/conflicts")
    assert "closed to you" in listed
    assert ["Okafor" in page for page in (desk, asked, listed)] == [False, False, False]
    with sessions() as db:
        (row,) = db.scalars(select(ConflictOfInterest)).all()
        assert db.scalars(select(OutgoingMail)).all() == []
    assert (row.reviewer_id, row.learner_id, row.reason) == (ada.id, None, "We share an office.")


def test_every_page_of_the_work_is_closed_with_a_sentence(
    client, make, sessions, mira, ada, bo, held, course, now
):
    version, review = held
    first = make.version(mira, capstone="safe-deploys", state="not_passed", files=1)
    rated = make.review(first, bo, state="released", verdict=Verdict.NOT_PASSED)
    key = course.capstone("safe-deploys").rubric.criteria[0].key
    with sessions.begin() as db:
        appeal = appeals.begin(
            db,
            make.actor(mira),
            rated.id,
            criterion_key=key,
            reason="Please look again. " * 4,
            course=course,
            base_url="http://localhost",
            now=now,
        )
    with sessions() as db:
        files = {row.version_id: row.id for row in db.scalars(select(EvidenceFile))}
    client.sign_in(ada)
    declare(client, version, reach="learner")
    pages = [
        *(f"/reviews/{review}{page}" for page in ("", "/preview", "/sent", f"/files/{files[version.id]}")),
        *(f"/versions/{each.id}{page}" for each in (version, first) for page in ("", "/receipt")),
        *(f"/files/{files[each.id]}/{page}" for each in (version, first) for page in ("download", "text")),
        f"/reviews/{rated.id}/feedback",
        f"/appeals/{appeal}",
    ]

    answers = {page: client.get(page) for page in pages}

    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(pages, 403)
    assert [page for page, answer in answers.items() if CLOSED not in answer.get_data(as_text=True)] == []
    for page in ("/queue", "/queue?q=is:released", "/appeals"):
        shown = client.get(page).get_data(as_text=True)
        assert (str(version.id) in shown, str(first.id) in shown, str(appeal) in shown) == (
            False,
            False,
            False,
        )
    assert client.post(f"/queue/{version.id}/claim").status_code == 403
    client.sign_in(bo)
    assert client.get(f"/reviews/{rated.id}/feedback").status_code == 200
    assert client.post(f"/queue/{version.id}/claim").status_code == 303


def test_a_missing_reason_is_a_422_that_keeps_the_choice(client, ada, held):
    version, review = held
    client.sign_in(ada)

    answer = declare(client, version, reach="learner", reason=" ")

    text = answer.get_data(as_text=True)
    assert (answer.status_code, "what connects you; admins read it." in text) == (422, True)
    assert re.search(r'value="learner"[^>]* checked', text)
    assert client.get(f"/reviews/{review}").status_code == 200


def test_a_decision_not_yet_sent_is_a_409_that_says_what_to_do(client, make, mira, ada):
    version = make.version(mira, state="in_review")
    make.review(version, ada, state="decided", verdict=Verdict.PASS)
    client.sign_in(ada)

    answer = declare(client, version)

    assert answer.status_code == 409
    assert "Take it back first" in answer.get_data(as_text=True)
    assert "We share an office." in answer.get_data(as_text=True)


def test_an_admin_sees_who_and_whose_and_withdraws_it(client, make, sessions, ada, held):
    version, _ = held
    client.sign_in(ada)
    declare(client, version)
    with sessions() as db:
        conflict_id = db.scalar(select(ConflictOfInterest.id))
    client.sign_in(make.person("Root", roles=("admin",)))

    before = client.get("/admin/conflicts").get_data(as_text=True)
    answer = client.post(f"/admin/conflicts/{conflict_id}/withdraw")
    after = client.get("/admin/conflicts").get_data(as_text=True)
    trail = client.get("/admin/audit?action=conflict").get_data(as_text=True)

    assert [word in before for word in ("Ada Reviewer", "Mira Okafor", "We share an office.")] == [True] * 3
    assert answer.status_code == 303
    assert (f"{conflict_id}/withdraw" in before, f"{conflict_id}/withdraw" in after) == (True, False)
    assert ("conflict.declare" in trail, "conflict.withdraw" in trail, "office" in trail) == (
        True,
        True,
        False,
    )
    client.sign_in(ada)
    assert client.post(f"/queue/{version.id}/claim").status_code == 303


def test_the_queue_costs_the_same_with_and_without_conflicts(
    client, make, ada, mira, held, count_selects, now
):
    version, _ = held
    client.sign_in(ada)
    client.post(f"/queue/{version.id}/skip", data={"reason": "Too long."})
    with count_selects() as before:
        client.get("/queue")
    for number in range(5):
        declare(client, make.version(make.person(f"Learner {number}"), state="submitted"))
    with count_selects() as after:
        client.get("/queue")

    assert len(before) == len(after)
