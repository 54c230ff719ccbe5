"""Until a review is decided, nothing its reviewer opens says whose work it is."""

import html
import re
from datetime import timedelta

import pytest

from app.services import reviews

LINK = re.compile(r'(?:href|hx-get|src|data-says)="(/[^"#]+)')
ELSEWHERE = re.compile(
    r"^/(static|profile|learn|apply|application|sign|capstones|modules|fit-check|verify|keys|mailbox)"
)
NAME, MAIL = "Miraculix Okaforsdottir", "miraculix@okaforsdottir.example"


@pytest.fixture
def learner(make):
    return make.person(NAME, email=MAIL)


@pytest.fixture
def ada(make):
    return make.person("Ada Reviewer", roles=("reviewer",))


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


def test_no_page_of_a_review_says_whose_work_it_is(client, make, sessions, ada, learner, now):
    make.version(learner, state="needs_changes", files=1)
    version = make.version(learner, number=2, state="submitted", files=1, queued_at=now - timedelta(hours=2))
    with sessions.begin() as db:
        review = reviews.claim(db, make.actor(ada), version.id, lease_seconds=1800, now=now)
    client.sign_in(ada)
    start = ["/queue", "/queue?q=is:mine", f"/queue?q={NAME.split()[0]}", f"/reviews/{review}"]
    start += [f"/reviews/{review}/preview", f"/reviews/{review}/changes", f"/versions/{version.id}"]
    start += [f"/queue/{version.id}/conflict", "/queue/conflicts"]

    found = list(pages_from(client, start))

    words = [each.encode() for each in (NAME.split()[1], MAIL, str(learner.id))]
    told = {address for address, _, heads, body in found for word in words if word in heads.encode() + body}
    assert len([address for address, status, *_ in found if status == 200]) >= 5
    assert told == set()
