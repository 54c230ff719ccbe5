"""One's own data as a download, and an admin who erases somebody."""

import hashlib
import io
import json
import zipfile

import pytest
from sqlalchemy import select

from app.models import AuditEntry, EvidenceFile, OutgoingMail, Person, SignIn
from app.queries import personal
from app.services import outbox
from app.web import takeout
from tests.web.learners import announce, browser, send

PLAN = b"Seq Scan on orders  (cost=0.00..4570.00 rows=20 width=24)\n"


@pytest.fixture
def mira(make):
    return make.person("Mira Okafor", email="mira@example.org")


@pytest.fixture
def mine(portal, sessions, mira):
    return browser(portal, sessions, mira)


@pytest.fixture
def admin(portal, sessions, make):
    return browser(portal, sessions, make.person("Root", roles=("admin",)))


def upload(client, version, course, data, name="plan.txt"):
    begun = announce(
        client, version, slot=course.capstone("three-bottlenecks").slots[0].key, name=name, data=data
    )
    assert send(begun.json, data) == 200
    assert client.post(begun.json["confirm"]).status_code == 200


def unpacked(answer):
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_page_says_what_is_held_and_how_to_be_erased(mine, make, mira):
    make.version(mira, files=2)

    page = mine.get("/profile/data").text

    assert "2, " in page
    assert "What is in it" in page
    assert "An admin erases you when you ask." in page
    assert mine.get("/profile").text.count('href="/profile/data"') == 1


def test_the_download_holds_every_part_and_the_files_as_uploaded(mine, make, mira, course, now, sessions):
    version = make.version(mira)
    upload(mine, version, course, PLAN, name="Größe ../ plan.txt")
    with sessions.begin() as db:
        outbox.promise_mail(db, mira.id, "certificate", {"name": "Mira"}, dedupe_key="one", now=now)

    answer = mine.post("/profile/data")

    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"].startswith(
        'attachment; filename="touchstone-2026-11-20.zip"'
    )
    assert answer.headers["Cache-Control"] == "no-store"
    found = unpacked(answer)
    evidence = [name for name in found if name.startswith("evidence/")]
    assert set(found) - set(evidence) == {"READ ME.txt"} | {f"{part.name}.json" for part in personal.PARTS}
    assert [found[name] for name in evidence] == [PLAN]
    assert ".." not in evidence[0]
    assert json.loads(found["person.json"])[0]["email"] == "mira@example.org"
    assert json.loads(found["evidence-files.json"])[0]["sha256"] == hashlib.sha256(PLAN).hexdigest()
    assert json.loads(found["mails.json"])[0]["context"] == {"name": "Mira"}
    assert b"token_hash" not in found["sign-ins.json"]


def test_the_download_holds_nothing_of_others_and_no_note_between_reviewers(mine, make, mira):
    ada = make.person("Ada Reviewer", roles=("reviewer",), email="ada@example.org")
    version = make.version(mira, state="passed")
    make.review(version, ada, state="released", private_note="between us", summary="Well done.")
    other = make.version(make.person("Lin", email="lin@example.org"), state="in_review")
    make.review(other, ada, summary="not for Mira")

    found = unpacked(mine.post("/profile/data"))

    whole = b"".join(found.values())
    assert b"Well done." in whole
    assert [word for word in (b"between us", b"lin@example", b"ada@example", str(ada.id).encode(), b"not for Mira")
            if word in whole] == []  # fmt: skip


def test_a_review_that_is_not_released_is_not_given_away(mine, make, mira):
    ada = make.person("Ada", roles=("reviewer",))
    make.review(make.version(mira, state="in_review"), ada, summary="still thinking")

    assert json.loads(unpacked(mine.post("/profile/data"))["reviews.json"]) == []


def test_taking_a_copy_leaves_an_entry(mine, mira, sessions):
    mine.post("/profile/data")

    with sessions() as db:
        found = db.scalars(select(AuditEntry).where(AuditEntry.action == "person.export")).one()
    assert (found.actor_id, found.subject_id) == (mira.id, mira.id)


def test_a_file_the_storage_lost_is_named_and_the_rest_is_given(mine, make, mira):
    make.file(make.version(mira), name="lost.txt", data=b"never stored")

    found = unpacked(mine.post("/profile/data"))

    assert found[takeout.MISSING] == b"three-bottlenecks, version 1, db-plan-before: lost.txt\n"
    assert [name for name in found if name.startswith("evidence/")] == []


def test_without_a_storage_nothing_is_begun(client, mira):
    client.sign_in(mira)

    answer = client.post("/profile/data")

    assert answer.status_code == 503
    assert "The file storage does not answer" in answer.text


def test_bytes_that_are_not_what_was_uploaded_end_the_download(portal, mine, make, mira):
    file = make.file(make.version(mira), data=b"what was uploaded")
    parts = portal.extensions["touchstone"]
    parts.storage.put_bytes(f"evidence/{file.sha256}", b"something else", media_type="text/plain")

    with pytest.raises(ValueError, match="is not what was uploaded"):
        mine.post("/profile/data").get_data()


def test_an_admin_sees_what_goes_and_what_stays_before_erasing(admin, make, mira, sessions):
    make.version(mira, state="submitted", files=1)

    page = admin.get(f"/admin/people/{mira.id}/erase").text

    assert "Erase Mira Okafor" in page
    assert "What stays, and why" in page
    assert "Work of theirs is with the reviewers" in page
    assert f"/admin/people/{mira.id}/erase" in admin.get("/admin/people").text


def test_erasing_needs_a_tick(admin, mira, sessions):
    answer = admin.post(f"/admin/people/{mira.id}/erase")

    assert answer.status_code == 422
    assert "Tick the box" in answer.text
    with sessions() as db:
        assert db.get(Person, mira.id).name == "Mira Okafor"


def test_an_erased_person_is_signed_out_and_gone_from_every_list(admin, mine, mira, make, sessions):
    make.version(mira, state="submitted", files=1)

    answers = [admin.post(f"/admin/people/{mira.id}/erase", data={"sure": "yes"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert "is gone" in admin.get(answers[0].location).text
    assert mine.get("/profile").status_code == 303
    assert "Mira" not in admin.get("/admin/people").text + admin.get("/admin/audit").text
    with sessions() as db:
        for table in (EvidenceFile, OutgoingMail):
            assert db.scalars(select(table)).all() == []
        assert db.scalars(select(SignIn).where(SignIn.person_id == mira.id)).all() == []


def test_an_upload_on_its_way_goes_with_its_author(portal, admin, mine, mira, make, course):
    begun = announce(
        mine, make.version(mira), slot=course.capstone("three-bottlenecks").slots[0].key, data=PLAN
    )
    send(begun.json, PLAN)

    admin.post(f"/admin/people/{mira.id}/erase", data={"sure": "yes"})

    storage = portal.extensions["touchstone"].storage
    assert storage.head(f"staging/{begun.json['id']}") is None


@pytest.mark.parametrize("role", ["learner", "reviewer"])
def test_others_cannot_erase(portal, sessions, make, mira, role):
    client = browser(portal, sessions, make.person(roles=(role,)))

    assert client.post(f"/admin/people/{mira.id}/erase", data={"sure": "yes"}).status_code == 403
    with sessions() as db:
        assert db.get(Person, mira.id).erased_at is None


def test_an_admin_who_would_erase_themselves_is_told_whom_to_ask(portal, sessions, make):
    root = make.person("Root", roles=("admin",))

    answer = browser(portal, sessions, root).post(f"/admin/people/{root.id}/erase", data={"sure": "yes"})

    assert (answer.status_code, "Ask another admin" in answer.text) == (403, True)


def test_work_of_an_erased_person_can_still_be_opened_by_reviewers(portal, admin, sessions, make, mira):
    ada = make.person("Ada", roles=("reviewer",))
    version = make.version(mira, state="passed", files=1)
    review = make.review(version, ada, state="released")

    admin.post(f"/admin/people/{mira.id}/erase", data={"sure": "yes"})

    client = browser(portal, sessions, ada)
    pages = [client.get(f"/reviews/{review.id}", follow_redirects=True), client.get("/queue")]
    assert [page.status_code for page in pages] == [200, 200]
    assert "Mira" not in "".join(page.text for page in pages)
