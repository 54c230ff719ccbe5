"""Until a rating is released, nothing a reviewer gets says whose work it is; unless the course wants names shown.

The same crawl runs for both: it looks for the learner's name, e-mail and id in the bytes and heads of every page.
"""

import html
import logging
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.adapters.letters import render, surroundings
from app.domain.reviews import Verdict
from app.models import OutgoingMail, Review
from app.services import appeals, conflicts, explanations, handovers, reviews

LINK = re.compile(r'(?:href|hx-get|src|data-says)="(/[^"#]+)')
ELSEWHERE = re.compile(
    r"^/(static|profile|learn|apply|application|sign|capstones|modules|fit-check|verify|keys|mailbox)"
)
NAME, MAIL = "Miraculix Okaforsdottir", "miraculix@okaforsdottir.example"


@pytest.fixture
def learner(make):
    return make.person(NAME, email=MAIL)


@pytest.fixture
def desk(make, sessions, learner, ada, bo, course, now):
    """Work in its second round on Ada's desk, handed over by Bo, with an appeal and a question about another one."""
    where = {"course": course, "base_url": "http://localhost", "now": now}
    first = make.version(learner, state="needs_changes", files=1)
    make.review(first, ada, state="released", verdict=Verdict.NEEDS_CHANGES)
    version = make.version(learner, number=2, state="submitted", files=1, queued_at=now - timedelta(hours=2))
    other = make.version(learner, capstone="safe-deploys", state="not_passed", files=1)
    rated = make.review(other, ada, state="released", verdict=Verdict.NOT_PASSED)
    declared = make.version(learner, capstone="launch-plan", state="submitted", files=1)
    key = course.capstone("safe-deploys").rubric.criteria[0].key
    with sessions.begin() as db:
        appeal = appeals.begin(
            db, make.actor(learner), rated.id, criterion_key=key, reason="Please look again. " * 4, **where
        )
        explanations.ask(db, make.actor(learner), rated.id, question="Why so?", **where)
        conflicts.declare(db, make.actor(ada), declared.id, reason="Kin.", whole_learner=False, now=now)
        begun = reviews.claim(db, make.actor(bo), version.id, lease_seconds=1800, now=now)
        handovers.hand_over(db, make.actor(bo), begun, to_id=ada.id, note="Over to you.", **where)
    with sessions() as db:
        review = db.scalar(select(Review.id).where(Review.reviewer_id == ada.id, Review.state == "claimed"))
    return {
        "blind": [
            "/queue", "/queue?q=is:mine", f"/queue?q={NAME.split()[0]}", f"/queue?q=learner:{NAME.split()[0]}",
            f"/reviews/{review}", f"/reviews/{review}/preview", f"/reviews/{review}/hand-over",
            f"/versions/{version.id}", f"/versions/{version.id}/receipt", f"/versions/{version.id}/receipt.json",
            f"/queue/{version.id}/conflict", "/queue/conflicts", "/appeals",
        ],
        "appeal": f"/appeals/{appeal}",
        "review": review,
    }  # fmt: skip


def pages_from(client, start):
    """Every page of the review that a reviewer reaches by links, as (address, status, headers, bytes)."""
    waiting, seen = list(start), set()
    while waiting:
        address = html.unescape(waiting.pop())
        if address in seen or ELSEWHERE.match(address):
            continue
        seen.add(address)
        answer = client.get(address)
        yield address, answer.status_code, str(answer.headers), answer.get_data()
        if answer.mimetype == "text/html" and len(seen) < 60:
            waiting += LINK.findall(answer.get_data(as_text=True))


def told(found, *words):
    """The pages that hold one of the words; what the reader typed into the address is not counted."""
    return {
        address
        for address, _, heads, body in found
        for word in words
        if word in heads + body.decode(errors="replace").replace(f"learner:{word}", "")
    }


def test_no_page_of_a_review_says_whose_work_it_is(client, ada, learner, desk):
    client.sign_in(ada)

    found = list(pages_from(client, desk["blind"]))

    assert len([address for address, status, *_ in found if status == 200]) >= 15
    assert {"/queue", desk["appeal"], f"/reviews/{desk['review']}"} <= {address for address, *_ in found}
    assert told(found, NAME.split()[1], MAIL, str(learner.id)) == told_once_released(found)


def told_once_released(found):
    """The feedback of the capstone whose rating is out, and nothing else of that learner is in the queue."""
    return {address for address, _, _, body in found if address.endswith("/feedback") and b"Why so?" in body}


def test_a_course_that_is_not_blind_shows_the_name_where_it_is_of_use(client, ada, desk, reviewing):
    reviewing(blind=False)
    client.sign_in(ada)

    found = list(pages_from(client, desk["blind"]))

    shown = told(found, NAME)
    review = desk["review"]
    assert shown >= {
        "/queue", "/queue?q=is:mine", f"/queue?q=learner:{NAME.split()[0]}", "/queue/conflicts", "/appeals",
        desk["appeal"], f"/reviews/{review}", f"/reviews/{review}/preview", f"/reviews/{review}/hand-over",
    }  # fmt: skip
    assert told(found, MAIL) == set()


def test_the_name_finds_the_work_in_a_course_that_is_not_blind_and_in_no_other(
    client, ada, desk, reviewing, make, now
):
    make.version(make.person("Tom Other"), state="submitted", queued_at=now - timedelta(hours=1))
    client.sign_in(ada)
    rows = re.compile(r'<tr data-item="row"')
    asked = "/queue?q=learner:okaforsdottir"

    blind = client.get(asked).get_data(as_text=True)
    reviewing(blind=False)
    named = client.get(asked).get_data(as_text=True)

    assert "needs a whole number" in blind
    assert (len(rows.findall(blind)), len(rows.findall(named))) == (2, 1)
    for typed in ("learner:²", "learner:" + "9" * 60, "-learner:okafor%"):
        assert client.get("/queue", query_string={"q": typed}).status_code == 200


def test_neither_mails_to_reviewers_nor_the_log_say_it(client, sessions, ada, bo, desk, caplog):
    caplog.set_level(logging.DEBUG)
    client.sign_in(ada)
    list(pages_from(client, desk["blind"][:5]))

    with sessions() as db:
        mails = db.scalars(select(OutgoingMail).where(OutgoingMail.person_id.in_([ada.id, bo.id]))).all()
    around = surroundings(base_url="http://localhost", person_name="Ada", course_title="Scaling")
    letters = [render(mail.template, around | mail.context) for mail in mails]
    assert {mail.template for mail in mails} == {
        "appeal-opened",
        "explanation-asked",
        "review-handed-over",
    }
    for words in [*map(str, letters), *(str(vars(record)) for record in caplog.records)]:
        assert (NAME.split()[1] in words, MAIL in words) == (False, False)
