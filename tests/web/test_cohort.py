"""The cohort page and the lists behind its numbers; verdicts stopped by an admin before they are sent."""

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db import new_id
from app.domain.cohort import Step
from app.domain.reviews import State, Verdict
from app.domain.submissions import State as VersionState
from app.models import AuditEntry, MoveDone, OutgoingMail, Review, SubmissionVersion
from app.queries.ratings import PAGE
from app.services import reviews

CELL = re.compile(r'<td class="number"><a href="([^"]+)">(\d+)<span')
ROWS = re.compile(r'<tr(?: id="person-[^"]+")?>\s*<th scope="row">')


@pytest.fixture
def admin(client, make):
    client.sign_in(make.person("Lin", roles=("admin",)))
    return client


@pytest.fixture
def ada(make):
    return make.person("Ada", roles=("reviewer",))


@pytest.fixture
def rosa(make):
    return make.person("Rosa", roles=("reviewer",))


@pytest.fixture
def rate(make, now):
    """Work rated by somebody after so many days."""

    def rate(name, reviewer, verdict=Verdict.PASS, *, days=0.5, **values):
        state = {Verdict.PASS: "passed", Verdict.NEEDS_CHANGES: "needs_changes"}.get(verdict, "not_passed")
        version = make.version(make.person(name), state=state, queued_at=now - timedelta(days=days), **values)
        return make.review(version, reviewer, state="released", verdict=verdict)

    return rate


@pytest.fixture
def decided(make, ada):
    """Ada's verdict about Mira's work, on its way."""
    version = make.version(make.person("Mira Okafor"), state="in_review")
    return make.review(version, ada, state="decided", verdict=Verdict.NOT_PASSED)


@pytest.fixture
def cohort(sessions, make, rate, ada, rosa, now):
    """People at every step, ratings of every verdict after every kind of wait, and work that waits."""
    make.application(make.person("Noor", roles=()))
    make.application(make.person("Omar", roles=()), state="draft")
    with sessions.begin() as db:
        ticked = make.person("Tara")
        db.add(
            MoveDone(
                person_id=ticked.id,
                course_slug=make.course.slug,
                module_slug="one",
                move_key="a",
                done_at=now,
            )
        )
    rate("Mira", ada)
    rate("Ines", ada, Verdict.NEEDS_CHANGES, days=1)
    rate("Jun", ada, Verdict.NOT_PASSED, days=30)
    rate("Vera", rosa, days=6.5)
    rate("Sami", rosa, days=90, closed_at=now - timedelta(days=61))
    make.review(make.version(make.person("Kofi"), state="in_review"), rosa)
    make.version(make.person("Yuri"), state="submitted")
    make.version(make.person("Lena"))


def numbers(page):
    return {html.unescape(path): int(number) for path, number in CELL.findall(page.text)}


def test_every_number_is_a_link_to_a_list_of_as_many(admin, cohort):
    found = numbers(admin.get("/admin/cohort"))

    listed = {path: len(ROWS.findall(admin.get(path).text)) for path in found}

    assert listed == found
    assert len(found) == len(Step) + 7 + 2 * 5
    assert [found[f"/admin/people?step={step.value}"] for step in Step] == [1, 9, 9, 7, 3, 0]
    assert [number for path, number in found.items() if "wait=" in path] == [1, 1, 0, 0, 1, 0, 1]


def test_the_page_says_how_long_people_wait_and_draws_it(admin, cohort):
    page = admin.get("/admin/cohort").text

    assert "2 pieces of work wait for their rating" in page
    assert "4 ratings; most often" in page
    assert 'class="plot counts"' in page
    assert "The usual wait for a rating is" in page


def test_a_claim_whose_time_is_over_is_nobodys(admin, make, ada, rosa, now):
    for name, reviewer, left in (("Mira", ada, -1), ("Noor", rosa, 1)):
        version = make.version(make.person(name), state="in_review")
        make.review(version, reviewer, lease_until=now + timedelta(minutes=left))

    waiting = admin.get("/admin/ratings?shown=waiting").text

    assert (waiting.count("nobody yet"), waiting.count("Ada"), waiting.count("Rosa")) == (1, 0, 1)
    assert numbers(admin.get("/admin/cohort"))[f"/admin/ratings?shown=waiting&reviewer={rosa.id}"] == 1
    assert f"reviewer={ada.id}" not in admin.get("/admin/cohort").text


def test_a_cohort_of_nobody_is_a_page_too(admin):
    page = admin.get("/admin/cohort")

    assert page.status_code == 200
    assert "Nobody has rated in the last 60 days" in page.text
    assert "Nobody has asked for access yet" in page.text
    assert 'class="plot' not in page.text


def test_the_cohort_costs_the_same_for_one_rating_and_for_thirty(admin, make, rate, ada, count_selects):
    paths = ["/admin/cohort", "/admin/ratings"]
    rate("First", ada)
    for path in paths:
        admin.get(path)
    with count_selects() as one:
        [admin.get(path) for path in paths]
    for number in range(29):
        rate(f"Learner {number}", make.person(f"Reviewer {number}", roles=("reviewer",)))

    with count_selects() as thirty:
        [admin.get(path) for path in paths]

    assert len(one) == len(thirty) == 6 + 2


def test_the_list_pages_by_key_and_is_exported_whole(admin, rate, ada):
    for number in range(PAGE + 2):
        rate(f"Learner {number}", ada, days=number / 10)
    first = admin.get("/admin/ratings").text
    second = admin.get(html.unescape(re.search(r'href="(/admin/ratings\?[^"]*after=[^"]+)"', first)[1])).text
    rows = list(csv.DictReader(io.StringIO(admin.get("/admin/ratings.csv").text.removeprefix("\ufeff"))))

    assert (len(ROWS.findall(first)), len(ROWS.findall(second))) == (PAGE, 2)
    assert len({row["version"] for row in rows}) == PAGE + 2
    assert {row["verdict"] for row in rows} == {"pass"}
    assert "Learner 1" not in first


def test_words_that_mean_nothing_narrow_nothing(admin, rate, ada):
    rate("Mira", ada)

    page = admin.get("/admin/ratings?shown=all&verdict=maybe&wait=9&reviewer=me&after=x_y")

    assert (page.status_code, len(ROWS.findall(page.text))) == (200, 1)


def test_a_verdict_on_its_way_is_stopped_and_the_work_goes_back(admin, sessions, decided, now):
    home, listed = admin.get("/admin").text, admin.get("/admin/ratings?shown=decided").text

    answers = [
        admin.post(f"/admin/reviews/{decided.id}/stop", data={"reason": "The wrong work was rated."})
        for _ in range(2)
    ]

    assert "1 open" in home
    assert "Clear and repeatable." in listed
    assert "Mira" not in listed
    assert [answer.status_code for answer in answers] == [303, 303]
    with sessions() as db:
        stopped = db.get(Review, decided.id)
        assert (stopped.state, stopped.undo_reason, stopped.released_at) == (
            State.UNDONE,
            "The wrong work was rated.",
            None,
        )
        assert db.get(SubmissionVersion, decided.version_id).state is VersionState.SUBMITTED
        (mail,) = db.scalars(select(OutgoingMail))
        assert (mail.template, mail.person_id) == ("review-stopped", decided.reviewer_id)
        assert [a for a in db.scalars(select(AuditEntry.action)) if a.startswith("review")] == ["review.stop"]
    assert "Nothing is in this list" in admin.get("/admin/ratings?shown=decided").text


def test_stopped_work_is_claimed_again_and_nothing_is_released(
    client, admin, sessions, make, decided, rosa, course, now
):
    admin.post(f"/admin/reviews/{decided.id}/stop", data={"reason": "The wrong work was rated."})
    with sessions.begin() as db:
        later = now + timedelta(hours=1)
        released = reviews.release_due(db, decided.id, course=course, base_url="http://localhost", now=later)
        again = reviews.claim(db, make.actor(rosa), decided.version_id, lease_seconds=1800, now=now)

    assert released is False
    assert again != decided.id


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_stopping_needs_a_reason_and_keeps_what_was_typed(admin, sessions, decided, reason):
    refused = admin.post(f"/admin/reviews/{decided.id}/stop", data={"reason": reason})

    assert refused.status_code == 422
    assert f'href="#reason-{decided.id}"' in refused.text
    assert f'value="{reason}"' in refused.text
    with sessions() as db:
        assert db.get(Review, decided.id).state is State.DECIDED


def test_what_is_released_is_not_stopped_here(admin, sessions, rate, ada):
    released = rate("Mira", ada)

    refused = admin.post(f"/admin/reviews/{released.id}/stop", data={"reason": "Too late."})
    absent = admin.post(f"/admin/reviews/{new_id()}/stop", data={"reason": "Nothing."})

    assert (refused.status_code, absent.status_code) == (409, 404)
    with sessions() as db:
        assert db.get(Review, released.id).state is State.RELEASED
