"""A blind second reading from the queue to the comparison, and everything that keeps the first rating from it."""

import re

import pytest
from sqlalchemy import select

from app.domain.reviews import State, Verdict
from app.models import Person, Review
from app.services import reviews

CAPSTONE = "three-bottlenecks"
SAID = "Sampled far too thinly for a p99"
LINK = re.compile(r'(?:href|hx-get|src|data-says)="(/[^"#]+)')


@pytest.fixture
def people(make):
    return {
        name: make.person(f"{name} Person", roles=roles)
        for name, roles in (
            ("Ada", ("reviewer",)), ("Bo", ("reviewer",)), ("Cy", ("reviewer",)), ("Root", ("admin",)),
        )
    }  # fmt: skip


@pytest.fixture
def levels(course):
    return {f"level-{each.key}": each.levels[-1].key for each in course.capstone(CAPSTONE).rubric.criteria}


@pytest.fixture
def rated(client, make, sessions, people, levels, course, reviewing, now):
    """Ada's rating, released and offered to be read blind."""
    reviewing(blind_reading_every=1)
    version = make.version(make.person("Mira Okafor"), state="submitted", files=1)
    with sessions.begin() as db:
        review = reviews.claim(db, make.actor(people["Ada"]), version.id, lease_seconds=1800, now=now)
    client.sign_in(people["Ada"])
    criterion = course.capstone(CAPSTONE).rubric.criteria[0]
    low = levels | {f"level-{criterion.key}": criterion.levels[0].key, f"comment-{criterion.key}": SAID}
    client.post(f"/reviews/{review}/draft", data={"tag": 0, "summary": SAID} | low)
    sent = client.post(f"/reviews/{review}/decide", data={"tag": 1, "verdict": "needs_changes"})
    assert sent.status_code == 303
    return version, review


def begun(client, sessions, who):
    client.sign_in(who)
    answer = client.post("/second-readings/blind")
    with sessions() as db:
        held = db.scalar(select(Review.id).where(Review.state == State.READING))
    assert (answer.status_code, answer.location) == (303, f"/reviews/{held}")
    return held


def test_a_reviewer_takes_one_from_the_queue_rates_it_on_the_desk_and_sees_both(
    client, sessions, people, rated, levels
):
    client.sign_in(people["Bo"])
    queue = client.get("/queue").get_data(as_text=True)
    blind = begun(client, sessions, people["Bo"])
    desk = client.get(f"/reviews/{blind}").get_data(as_text=True)
    held = client.get("/queue").get_data(as_text=True)
    saved = client.post(
        f"/reviews/{blind}/draft",
        data={"tag": 0, "summary": "Fine by me."} | levels,
        headers={"X-Autosave": "1"},
    )
    preview = client.get(f"/reviews/{blind}/preview", follow_redirects=True).get_data(as_text=True)
    answer = client.post(f"/reviews/{blind}/hand-in", data={"tag": 1, "verdict": "pass"})
    compared = client.get(answer.location).get_data(as_text=True)
    listed = client.get("/second-readings").get_data(as_text=True)

    assert "Read one blind" in queue
    assert "This is a blind second reading" in desk
    assert "Hand it to a colleague" not in desk
    assert ("blind second reading" in held, f'href="/reviews/{blind}"' in held) == (True, True)
    assert (saved.status_code, saved.json["tag"]) == (200, 1)
    assert "Hand in your blind reading" in preview
    assert (answer.status_code, answer.location) == (303, f"/second-readings/blind/{blind}")
    assert (SAID in compared, "Fine by me." in compared, "Ada Person" in compared) == (True, True, True)
    assert f'href="/second-readings/blind/{blind}"' in listed
    client.sign_in(people["Ada"])
    assert client.get(f"/second-readings/blind/{blind}").status_code == 200
    assert client.get(f"/reviews/{blind}").status_code == 404
    client.sign_in(people["Cy"])
    assert client.get(f"/second-readings/blind/{blind}").status_code == 404


def test_nothing_of_the_first_rating_reaches_its_second_reader(client, sessions, people, rated):
    blind = begun(client, sessions, people["Bo"])
    todo = ["/queue", "/queue?q=is:released", "/queue?q=reviewer:Ada", "/second-readings", "/appeals",
            "/profile", f"/reviews/{blind}", f"/reviews/{blind}/hand-in"]  # fmt: skip
    seen = set()

    while todo:
        path = todo.pop()
        seen.add(path)
        text = client.get(path).get_data(as_text=True)
        assert SAID not in text, path
        if path.startswith(f"/reviews/{blind}"):
            found = [url.replace("&amp;", "&") for url in LINK.findall(text)]
            todo += [url for url in found if url.startswith("/reviews/") and url not in seen]
    assert len(seen) > 10
    desk = client.get(f"/reviews/{blind}").get_data(as_text=True)
    assert ("Ada Person" in desk, "checked" in desk.split('id="review-form"')[1].split("<details")[0]) == (
        False,
        False,
    )


@pytest.mark.parametrize("holds", [True, False], ids=["while held", "while offered"])
def test_the_pages_of_the_rating_are_closed_to_who_reads_it_or_could(client, sessions, people, rated, holds):
    version, first = rated
    if holds:
        begun(client, sessions, people["Bo"])
    client.sign_in(people["Bo"])

    refused = [client.get(path) for path in (f"/reviews/{first}/feedback", f"/versions/{version.id}")]

    assert [each.status_code for each in refused] == [403, 403]
    assert "blind second reading" in refused[0].get_data(as_text=True)
    assert all(SAID not in each.get_data(as_text=True) for each in refused)
    for name in ("Ada", "Root"):
        client.sign_in(people[name])
        assert client.get(f"/reviews/{first}/feedback").status_code == 200


def test_the_rating_opens_again_once_a_reading_is_handed_in(client, sessions, people, rated, levels):
    version, first = rated
    blind = begun(client, sessions, people["Bo"])
    client.post(f"/reviews/{blind}/draft", data={"tag": 0} | levels)
    client.post(f"/reviews/{blind}/hand-in", data={"tag": 1, "verdict": "pass"})

    for name in ("Bo", "Cy"):
        client.sign_in(people[name])
        assert client.get(f"/reviews/{first}/feedback").status_code == 200
        assert client.get(f"/versions/{version.id}").status_code == 200


def test_the_learner_sees_no_trace_of_it(client, sessions, make, people, rated, levels):
    version, first = rated
    blind = begun(client, sessions, people["Bo"])
    client.post(f"/reviews/{blind}/draft", data={"tag": 0, "summary": "Blindly fine."} | levels)
    client.post(f"/reviews/{blind}/hand-in", data={"tag": 1, "verdict": "pass"})
    with sessions() as db:
        mira = db.scalar(select(Person).where(Person.name == "Mira Okafor"))
    client.sign_in(mira)

    pages = [
        client.get(f"/versions/{version.id}"),
        client.get(f"/reviews/{first}/feedback"),
        client.get("/learn"),
    ]

    assert [each.status_code for each in pages] == [200, 200, 200]
    assert all("Blindly fine." not in each.get_data(as_text=True) for each in pages)
    assert SAID in pages[1].get_data(as_text=True)
    for path in (f"/second-readings/blind/{blind}", f"/reviews/{blind}", f"/reviews/{blind}/feedback"):
        assert client.get(path).status_code == 404


def test_an_unfinished_reading_is_kept_with_what_is_missing(client, sessions, people, rated, levels):
    blind = begun(client, sessions, people["Bo"])
    some = dict(list(levels.items())[:2])
    client.post(f"/reviews/{blind}/draft", data={"tag": 0} | some)

    page = client.get(f"/reviews/{blind}/hand-in").get_data(as_text=True)
    early = client.post(f"/reviews/{blind}/hand-in", data={"tag": 1, "verdict": "pass"})
    stale = client.post(f"/reviews/{blind}/hand-in", data={"tag": 0, "verdict": "pass"})

    assert "Not every criterion is rated yet" in page
    assert (early.status_code, stale.status_code) == (422, 409)
    assert "Rate every criterion first." in early.get_data(as_text=True)


def test_admins_and_a_queue_without_offers_are_told_so(client, make, people, rated, sessions):
    both = make.person("Both", roles=("admin", "reviewer"))
    client.sign_in(both)
    refused = client.post("/second-readings/blind")
    begun(client, sessions, people["Bo"])
    client.sign_in(people["Cy"])
    nothing = client.post("/second-readings/blind")

    assert refused.status_code == 409
    assert "would not be blind" in refused.get_data(as_text=True)
    assert nothing.status_code == 200
    assert "Nothing is free for you at this moment." in nothing.get_data(as_text=True)


def test_the_list_costs_the_same_for_one_comparison_and_for_many(
    client, make, people, reviewing, count_selects, course
):
    client.sign_in(people["Bo"])

    def compared(number):
        for _ in range(number):
            version = make.version(make.person(), state="passed", files=1)
            make.review(version, people["Ada"], state="released", verdict=Verdict.PASS, blind_until=make.now)
            make.review(version, people["Bo"], state="read", verdict=Verdict.PASS)
        with count_selects() as seen:
            assert client.get("/second-readings").status_code == 200
        return len(seen)

    assert compared(1) == compared(6)
