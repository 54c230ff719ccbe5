"""The applicant's pages and the admins'."""

import re

from sqlalchemy import select

from app.domain.applications import State
from app.models import Application, OutgoingMail
from tests.factories import ANSWERS


def test_an_applicant_writes_checks_and_sends(client, make, sessions):
    client.sign_in(make.person(roles=()))

    saved = client.post("/apply", data=ANSWERS | {"link": "", "then": "check"})
    checked = client.get("/apply/check")
    sent = client.post("/apply/send")
    status = client.get("/application")

    assert (saved.status_code, saved.location) == (303, "/apply/check")
    assert ANSWERS["building"] in checked.text
    assert (sent.status_code, sent.location) == (303, "/application")
    assert "Decided by" in status.text
    with sessions() as db:
        assert db.scalars(select(Application.state)).all() == [State.RECEIVED]


def test_too_short_answers_come_back_as_typed_with_a_summary(client, make):
    client.sign_in(make.person(roles=()))

    answer = client.post(
        "/apply", data={"building": "Too <b>short", "change": "", "start": "", "then": "check"}
    )

    assert answer.status_code == 422
    assert "<title>Error: Ask for free access" in answer.text
    assert "Too &lt;b&gt;short</textarea>" in answer.text
    assert 'href="#building"' in answer.text


def test_an_admin_drafts_reads_the_mail_and_sends_it(client, make, sessions):
    row = make.application(make.person("Omar", roles=()))
    client.sign_in(make.person("Ada", roles=("admin",)))

    listed = client.get("/admin/applications")
    drafted = client.fragment(
        "POST", f"/admin/applications/{row.id}/draft", data={"action": "grant", "body": "Welcome in."}
    )
    outbox = client.get("/admin/applications/outbox")
    sent = client.post("/admin/applications/send", data={"application": str(row.id)})

    assert ANSWERS["change"] in listed.text
    assert drafted.status_code == 200
    assert drafted.text.strip().startswith(f'<article id="request-{row.id}"')
    assert "Welcome in." in outbox.text
    assert "1 decision sent" in sent.text
    with sessions() as db:
        assert db.scalars(select(OutgoingMail.template)).all() == ["application-granted"]


def test_learners_do_not_open_the_admins_list(client, make):
    client.sign_in(make.person())

    assert client.get("/admin/applications").status_code == 403


def test_the_admins_list_costs_the_same_for_one_and_for_thirty(client, make, count_selects):
    make.application(make.person("First", roles=()))
    client.sign_in(make.person("Ada", roles=("admin",)))
    with count_selects() as one:
        client.get("/admin/applications")
    for index in range(29):
        make.application(make.person(f"Person {index}", roles=()))

    with count_selects() as thirty:
        client.get("/admin/applications")

    assert len(one) == len(thirty) == 4


def test_two_pages_cannot_overwrite_each_other_silently(client, make, sessions):
    client.sign_in(make.person(roles=()))
    seen = seen_by(client.get("/apply"))
    client.post("/apply", data=ANSWERS | {"link": "", "tag": seen, "then": "keep"})
    mine = ANSWERS | {"building": "What the second page says, long enough to be told apart.", "link": ""}

    refused = client.post("/apply", data=mine | {"tag": seen, "then": "keep"})
    again = client.post("/apply", data=mine | {"tag": seen_by(refused), "then": "keep"})

    assert refused.status_code == 409
    assert mine["building"] in refused.text
    assert ANSWERS["building"] in refused.text
    assert again.status_code == 303
    with sessions() as db:
        assert db.scalars(select(Application.building)).one() == mine["building"]


def seen_by(page):
    return re.search(r'name="tag" value="([0-9a-f]+)"', page.text)[1]
