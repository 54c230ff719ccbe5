"""The admins' list of requests, the decisions drafted on it, and the page from which all are sent."""

import html
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.domain.applications import Action, State
from app.factory import create_app
from app.models import Application, DraftedDecision, OutgoingMail
from app.services import decisions
from tests.clock import CLOCK
from tests.factories import ANSWERS
from tests.web.learners import browser

LIST, OUTBOX = "/admin/applications", "/admin/applications/outbox"


@pytest.fixture
def ada(make):
    return make.person("Ada", roles=("admin",))


@pytest.fixture
def bo(make):
    return make.actor(make.person("Bo", roles=("admin",)))


@pytest.fixture
def omar(make):
    return make.application(make.person("Omar", roles=()))


@pytest.fixture
def admin(client, ada):
    client.sign_in(ada)
    return client


@pytest.fixture
def holding(settings, sessions, ada):
    """Ada at a portal with the usual ten minutes."""
    app = create_app(
        replace(settings, limits=replace(settings.limits, review_hold=600)), clock=lambda: CLOCK["now"]
    )
    yield browser(app, sessions, ada)
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


def draft(client, row, action="grant", body="Welcome in.", **more):
    return client.fragment(
        "POST", f"{LIST}/{row.id}/draft", data={"action": action, "body": body, "seen": ""} | more
    )


def drafts(sessions):
    with sessions() as db:
        rows = db.execute(select(DraftedDecision.action, DraftedDecision.body, DraftedDecision.send_at))
        return sorted(tuple(row) for row in rows)


def mails(sessions):
    with sessions() as db:
        return sorted(db.scalars(select(OutgoingMail.template)))


def state(sessions, row):
    with sessions() as db:
        return db.get(Application, row.id).state


def form_of(page, *, ticked=True):
    """The fields of the outbox as they stand."""
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    boxes = re.findall(r'<textarea[^>]* name="(body-[^"]+)"[^>]*>\n(.*?)</textarea>', page.text, re.S)
    ids = re.findall(r'type="checkbox" id="send-[^"]+" name="application" value="([^"]+)"', page.text)
    boxes = {name: html.unescape(words) for name, words in boxes}
    return found | boxes | ({"application": ids} if ticked else {})


def test_a_decision_is_drafted_by_one_press_counted_and_nothing_is_sent(admin, sessions, omar):
    listed = admin.get(LIST)

    drafted = draft(admin, omar, body=decisions_words(listed))

    row, head = drafted.text.split("</article>")
    assert ANSWERS["change"] in listed.text
    assert drafted.status_code == 200
    assert row.strip().startswith(f'<article id="request-{omar.id}"')
    assert "pending: grant" in row
    assert 'hx-swap-oob="true"' in head
    assert "1 to grant" in head
    assert "Read and send one decision" in head
    assert (mails(sessions), state(sessions, omar)) == ([], State.RECEIVED)


def decisions_words(page):
    """The words that stand behind the button."""
    return html.unescape(
        re.search(r'name="action" value="grant"><input type="hidden" name="body" value="([^"]+)"', page.text)[
            1
        ]
    )


@pytest.mark.parametrize("of_the_admin", ["en", "de"])
@pytest.mark.parametrize(
    ("language", "usual", "greeting"),
    [(None, "Start with module 1;", "Hello Lin,"), ("de", "Beginnen Sie mit Modul 1;", "Guten Tag Lin,")],
)
def test_words_and_mails_are_shown_in_the_language_of_whoever_gets_them(
    admin, make, of_the_admin, language, usual, greeting
):
    lin = make.application(make.person("Lin", roles=(), language=language))
    admin.set_cookie("language", of_the_admin)

    listed = admin.get(LIST)
    words = decisions_words(listed)
    draft(admin, lin, body=words)
    outbox, mail = admin.get(OUTBOX), admin.get(f"{LIST}/{lin.id}/mail")

    assert f'<html lang="{of_the_admin}"' in listed.text
    assert words.startswith(usual)
    assert words in html.unescape(outbox.text)
    assert (greeting in outbox.text, greeting in mail.text) == (True, True)
    assert f'lang="{language or "en"}"' in outbox.text
    foreign = (language or "en") != of_the_admin
    assert (("mails in Deutsch" in listed.text) or ("Mails auf English" in listed.text)) == foreign


def test_undo_makes_the_row_what_it_was(admin, sessions, omar):
    before = admin.get(f"{LIST}/{omar.id}").text
    draft(admin, omar)

    undone = admin.fragment("POST", f"{LIST}/{omar.id}/drop")

    assert "Nothing is pending." in undone.text
    assert drafts(sessions) == []
    assert admin.get(f"{LIST}/{omar.id}").text == before


def test_every_mail_is_seen_can_be_changed_and_is_sent_as_it_was_seen(admin, sessions, make, omar):
    lin = make.application(make.person("Lin", roles=()))
    draft(admin, omar)
    draft(admin, lin, "decline", "Not this time.")

    outbox = admin.get(OUTBOX)
    sent = admin.post("/admin/applications/send", data=form_of(outbox) | {f"body-{lin.id}": "Ask in May."})

    assert "Welcome in." in outbox.text
    assert "Hello Omar," in outbox.text
    assert "You can ask again: http://localhost/apply" in outbox.text
    assert "2 decisions sent" in sent.text
    assert mails(sessions) == ["application-declined", "application-granted"]
    with sessions() as db:
        bodies = {mail.context["body"] for mail in db.scalars(select(OutgoingMail))}
    assert bodies == {"Welcome in.", "Ask in May."}


def test_what_is_not_ticked_waits_with_the_words_that_were_typed(admin, sessions, omar):
    draft(admin, omar)

    kept = admin.post(
        "/admin/applications/send",
        data=form_of(admin.get(OUTBOX), ticked=False) | {f"body-{omar.id}": "Other words."},
    )

    assert (kept.status_code, kept.location) == (303, OUTBOX)
    assert drafts(sessions) == [(Action.GRANT, "Other words.", None)]
    assert mails(sessions) == []


def test_keeping_the_words_sends_nothing(admin, sessions, omar):
    draft(admin, omar)
    typed = {f"body-{omar.id}": "Other words.", "then": "keep"}

    kept = admin.post("/admin/applications/send", data=form_of(admin.get(OUTBOX)) | typed)

    assert kept.status_code == 303
    assert (drafts(sessions), mails(sessions)) == ([(Action.GRANT, "Other words.", None)], [])


def test_for_ten_minutes_nothing_has_happened_and_all_can_be_taken_back(holding, sessions, omar):
    draft(holding, omar)

    sent = holding.post("/admin/applications/send", data=form_of(holding.get(OUTBOX)))
    outbox, listed = holding.get(OUTBOX), holding.get(LIST)
    back = holding.post("/admin/applications/take-back", data={"application": str(omar.id)})

    assert "1 decision is on its way" in sent.text
    assert "in 10 minutes" in sent.text
    assert "On their way" in outbox.text
    assert "on its way: grant" in listed.text
    assert 'value="grant"' not in listed.text
    assert (back.status_code, back.location) == (303, OUTBOX)
    assert (mails(sessions), state(sessions, omar)) == ([], State.RECEIVED)
    assert drafts(sessions) == [(Action.GRANT, "Welcome in.", None)]
    assert "pending: grant" in holding.get(LIST).text


def test_taking_back_too_late_says_so(admin, omar):
    draft(admin, omar)
    admin.post("/admin/applications/send", data=form_of(admin.get(OUTBOX)))

    late = admin.post("/admin/applications/take-back", data={"application": str(omar.id)})

    assert late.status_code == 409
    assert "One decision had been sent already" in late.text


def test_two_admins_see_both_texts(admin, sessions, omar, bo, now):
    with sessions.begin() as db:
        decisions.draft(db, bo, omar.id, action=Action.DECLINE, body="Bo's words.", seen=None, now=now)

    refused = draft(admin, omar, "grant", "Ada's <words>.")

    said = html.unescape(refused.text)
    assert refused.status_code == 409
    assert "A colleague has drafted another answer meanwhile." in said
    assert ("Bo's words." in said, "Ada's <words>." in said) == (True, True)
    assert drafts(sessions) == [(Action.DECLINE, "Bo's words.", None)]


def test_words_changed_by_a_colleague_are_not_sent_over(admin, sessions, make, omar, bo, now, clock):
    lin = make.application(make.person("Lin", roles=()))
    draft(admin, omar)
    draft(admin, lin)
    seen = form_of(admin.get(OUTBOX))
    with sessions.begin() as db:
        known = db.get(DraftedDecision, omar.id)
        later = now.replace(minute=5)
        decisions.draft(
            db, bo, omar.id, action=Action.GRANT, body="Bo's words.", seen=known.drafted_at, now=later
        )

    refused = admin.post("/admin/applications/send", data=seen | {f"body-{omar.id}": "Ada's words."})
    again = admin.post("/admin/applications/send", data=form_of(refused))

    said = html.unescape(refused.text)
    assert refused.status_code == 409
    assert "One decision was sent" in said
    assert ("Bo's words." in said, "Ada's words.</textarea>" in said) == (True, True)
    assert "1 decision sent" in again.text
    with sessions() as db:
        bodies = {mail.context["body"] for mail in db.scalars(select(OutgoingMail))}
    assert bodies == {"Welcome in.", "Ada's words."}


def test_words_for_what_a_colleague_has_sent_are_shown_again(admin, sessions, omar, bo, now):
    draft(admin, omar)
    seen = form_of(admin.get(OUTBOX))
    with sessions.begin() as db:
        decisions.send(db, bo, omar.id, hold_seconds=0, now=now)

    late = admin.post("/admin/applications/send", data=seen | {f"body-{omar.id}": "Ada's words."})

    assert late.status_code == 409
    assert "This request is granted" in late.text
    assert "Ada&#39;s words." in late.text
    assert mails(sessions) == ["application-granted"]


@pytest.mark.parametrize("words", ["", "  ", "x" * 4001])
def test_a_mail_without_fitting_words_is_a_422_that_keeps_them(admin, sessions, omar, words):
    draft(admin, omar)

    refused = admin.post(
        "/admin/applications/send", data=form_of(admin.get(OUTBOX)) | {f"body-{omar.id}": words}
    )

    assert refused.status_code == 422
    assert "<title>Error: Decisions to send" in refused.text
    assert f'href="#body-{omar.id}"' in refused.text
    assert f"\n{words}</textarea>" in refused.text
    assert mails(sessions) == []


@pytest.mark.parametrize("page", [LIST, OUTBOX])
def test_a_page_costs_the_same_for_one_and_for_thirty(admin, make, sessions, bo, count_selects, now, page):
    def one_more(index):
        row = make.application(make.person(f"Person {index}", roles=()))
        with sessions.begin() as db:
            decisions.draft(db, bo, row.id, action=Action.GRANT, body="Welcome.", seen=None, now=now)

    one_more(0)
    admin.get(page)
    with count_selects() as one:
        admin.get(page)
    for index in range(29):
        one_more(index + 1)

    with count_selects() as thirty:
        text = admin.get(page).text

    assert len(one) == len(thirty)
    assert len(one) <= 3
    assert len(re.findall(r'data-item="(?:request|mail)"', text)) == 30


def test_open_requests_are_found_by_name_mail_and_words(admin, make, omar):
    lin = make.application(
        make.person("Lin 100%", roles=(), email="lin@example.org"), building="A bakery. " * 20
    )

    found = {
        words: [
            str(row.id) for row in (omar, lin) if f"request-{row.id}" in admin.get(f"{LIST}?q={words}").text
        ]
        for words in ("omar", "LIN@", "bakery", "100%25", "_", "", "nobody")
    }

    both = [str(omar.id), str(lin.id)]
    assert found == {
        "omar": [str(omar.id)], "LIN@": [str(lin.id)], "bakery": [str(lin.id)], "100%25": [str(lin.id)],
        "_": [], "": both, "nobody": [],
    }  # fmt: skip
    assert "No open request holds these words" in admin.get(f"{LIST}?q=nobody").text


def test_decided_requests_are_listed_with_who_said_what(admin, sessions, make, bo, omar, now):
    make.application(
        make.person("Lin", roles=()), state="declined", decided_by=make.person("Cy", roles=("admin",))
    )
    with sessions.begin() as db:
        decisions.draft(db, bo, omar.id, action=Action.GRANT, body="Welcome in.", seen=None, now=now)
        decisions.send(db, bo, omar.id, hold_seconds=0, now=now)

    everything = admin.get(f"{LIST}/decided").text
    granted = admin.get(f"{LIST}/decided?state=granted").text
    nobody = admin.get(f"{LIST}/decided?q=nobody").text

    assert all(words in everything for words in ("Omar", "Welcome in.", "by Bo", "Lin", "by Cy"))
    assert ("Omar" in granted, ">Lin<" in granted, "Lin" in granted) == (True, False, False)
    assert "Nothing found" in nobody


def test_the_mail_is_seen_in_html_as_it_is_kept(admin, omar):
    draft(admin, omar, body="Welcome <b>in</b>.")

    shown = admin.get(f"{LIST}/{omar.id}/mail")

    assert shown.status_code == 200
    assert "Welcome &lt;b&gt;in&lt;/b&gt;." in shown.text
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert f"{LIST}/{omar.id}/mail" in admin.get(OUTBOX).text


def test_without_a_draft_there_is_no_mail_to_see(admin, omar):
    assert admin.get(f"{LIST}/{omar.id}/mail").status_code == 404
