"""Admins keep the course's comments on a page; reviewers find them on the desk, marked, counted and filled in."""

import pytest
from sqlalchemy import select

from app.models import SavedComment
from app.services import course_comments, reviews

SLUG = "three-bottlenecks"
KEY = "database-fix"


@pytest.fixture
def admin(client, make):
    person = make.person("Root", roles=("admin",))
    client.sign_in(person)
    return person


def test_an_admin_keeps_one_and_a_reviewer_finds_it_on_the_desk(client, make, sessions, admin, now):
    answer = client.post("/admin/comments", data={"place": f"{SLUG}/{KEY}", "body": "Say which index."})
    listed = client.get("/admin/comments").get_data(as_text=True)
    ada = make.person("Ada", roles=("reviewer",))
    version = make.version(make.person(), state="submitted", files=1)
    with sessions.begin() as db:
        review = reviews.claim(db, make.actor(ada), version.id, lease_seconds=1800, now=now)
        comment_id = db.scalar(select(SavedComment.id))
    client.sign_in(ada)
    bank = client.get(f"/reviews/{review}/bank/{KEY}").get_data(as_text=True)
    client.post(f"/reviews/{review}/bank/{KEY}/{comment_id}/use")
    client.post(f"/reviews/{review}/bank/{KEY}/{comment_id}/forget")

    assert (answer.status_code, answer.location) == (303, f"/admin/comments#{SLUG}-{KEY}")
    assert ("Say which index." in listed, "used 0 times" in listed) == (True, True)
    assert ("Say which index." in bank, "the course’s" in bank, "Remove the saved comment" in bank) == (
        True,
        True,
        False,
    )
    with sessions() as db:
        assert db.get(SavedComment, comment_id).uses == 1


def test_what_cannot_be_kept_stays_in_the_form(client, admin):
    answer = client.post("/admin/comments", data={"place": f"{SLUG}/none", "body": "Kept words."})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert ("Kept words." in page, "Choose one of the criteria." in page) == (True, True)


def test_one_of_the_files_says_so_and_is_not_removed_here(client, sessions, admin, course, now):
    with sessions.begin() as db:
        course_comments.publish(db, course, actor_id=None, now=now)
        comment_id = db.scalar(select(SavedComment.id))

    page = client.get("/admin/comments").get_data(as_text=True)
    refused = client.post(f"/admin/comments/{comment_id}/forget")
    german = client.post(f"/admin/comments/{comment_id}/forget", headers={"Accept-Language": "de"})

    assert "in the course’s files" in page
    assert refused.status_code == 409
    assert "Take it out there, and publish the course." in refused.get_data(as_text=True)
    assert "Nehmen Sie ihn dort heraus" in german.get_data(as_text=True)


def test_the_page_costs_the_same_for_one_and_for_many(client, admin, count_selects):
    def cost():
        with count_selects() as seen:
            assert client.get("/admin/comments").status_code == 200
        return len(seen)

    client.post("/admin/comments", data={"place": f"{SLUG}/{KEY}", "body": "One."})
    one = cost()
    for number in range(8):
        client.post("/admin/comments", data={"place": f"{SLUG}/cost", "body": f"Number {number}."})

    assert cost() == one <= 3


def test_only_admins_open_it(client, make):
    client.sign_in(make.person("Ada", roles=("reviewer",)))

    assert client.get("/admin/comments").status_code == 403
