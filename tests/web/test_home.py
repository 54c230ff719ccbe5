"""What a visitor reads: the course, its capstones, and whether it fits them."""

import pytest

from tests.web.addresses import snapshot

ANSWERS = {
    "product": "An ordering app for forty shops",
    "traffic": "50 orders a day",
    "stack": "Python, PostgreSQL, one server",
    "bottleneck": "The order list",
}


def test_a_visitor_reads_the_course_without_a_query(client, course, count_selects):
    with count_selects() as seen:
        page = client.get("/")

    assert page.status_code == 200
    assert seen == []
    assert [module.title for module in course.modules if module.title not in page.text] == []


@pytest.mark.parametrize(
    ("roles", "work"),
    [
        (["learner"], "/learn"),
        (["learner", "reviewer", "admin"], "/learn"),
        (["reviewer"], "/queue"),
        (["reviewer", "admin"], "/admin"),
    ],
)
def test_who_has_work_is_taken_to_it_and_can_still_read_the_course(client, make, roles, work):
    client.sign_in(make.person("Somebody", roles=roles))

    taken, asked = client.get("/"), client.get("/?course=1")

    assert (taken.status_code, taken.location) == (303, work)
    assert asked.status_code == 200
    hero = asked.text.split('<div class="hero">')[1].split("</div>")[0]
    assert f'href="{work}"' in hero
    assert 'href="/apply"' not in hero


def test_the_menus_course_is_the_course_for_staff_too(client, make):
    client.sign_in(make.person("Rhea", roles=["reviewer"]))

    assert '<a href="/?course=1" aria-current="page">Course</a>' in client.get("/?course=1").text


def test_who_has_asked_for_access_is_taken_to_the_request_and_not_offered_to_ask_again(client, make):
    ada = make.person("Ada", roles=[])
    make.application(ada)
    client.sign_in(ada)

    taken, asked = client.get("/"), client.get("/?course=1")

    assert (taken.status_code, taken.location) == (303, "/application")
    assert 'href="/apply"' not in asked.text
    assert "Go to your request" in asked.text


def test_who_has_no_role_yet_is_shown_how_to_ask_for_access(client, make):
    client.sign_in(make.person("Ada", roles=[]))

    assert 'href="/apply"' in client.get("/").text


def test_every_capstone_has_its_page_with_brief_slots_and_rubric(client, course):
    listed = client.get("/capstones").text

    for capstone in course.capstones:
        page = client.get(f"/capstones/{capstone.slug}")

        assert page.status_code == 200
        assert f"/capstones/{capstone.slug}" in listed
        lacking = [
            one.title for one in (*capstone.slots, *capstone.rubric.criteria) if one.title not in _text(page)
        ]
        assert lacking == [], capstone.slug


def _text(page):
    return page.text.replace("&#39;", "'").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def test_a_reviewers_notes_are_not_shown_to_visitors(client, course):
    for capstone in course.capstones:
        page = _text(client.get(f"/capstones/{capstone.slug}"))

        notes = [one.reviewer_note for one in capstone.rubric.criteria if one.reviewer_note]
        assert [note for note in notes if note in page] == [], capstone.slug


@pytest.mark.parametrize("slug", ["nothing", "..", "three-bottlenecks%00", "THREE-BOTTLENECKS"])
def test_a_capstone_that_is_none_is_not_found(client, slug):
    assert client.get(f"/capstones/{slug}").status_code == 404


def test_the_fit_check_begins_empty_and_without_complaint(client):
    page = client.get("/fit-check")

    assert page.status_code == 200
    assert "Your question" not in page.text
    assert "Write a few words here" not in page.text


def test_four_answers_become_the_question(client):
    page = client.get("/fit-check", query_string=ANSWERS)

    assert page.status_code == 200
    assert "Your question" in page.text
    question = page.text.partition("<pre")[2].partition("</pre>")[0]
    assert [answer for answer in ANSWERS.values() if answer not in question] == []
    assert "{" not in question


def test_a_blank_answer_is_asked_for_and_the_others_stay(client):
    page = client.get("/fit-check", query_string=ANSWERS | {"stack": " "})

    assert page.status_code == 422
    assert page.text.count("Write a few words here, even a guess.") >= 1
    assert 'href="#stack"' in page.text
    assert f'value="{ANSWERS["product"]}"' in page.text
    assert "Your question" not in page.text


def test_an_answer_cannot_fill_in_another_blank_or_be_markup(client):
    page = client.get("/fit-check", query_string=ANSWERS | {"product": "{stack}<b>bold</b>"})

    question = page.text.partition("<pre")[2].partition("</pre>")[0]
    assert "{stack}&lt;b&gt;bold&lt;/b&gt;" in question


def test_answers_are_stored_nowhere(client, sessions):
    before = snapshot(sessions)

    client.get("/fit-check", query_string=ANSWERS)

    assert snapshot(sessions) == before


def test_the_menu_offers_what_the_viewer_may_open(client, make):
    def offered(*roles):
        client.delete_cookie("touchstone", domain="localhost")
        if roles is not None:
            client.sign_in(make.person("Somebody", roles=roles))
        page = client.get("/?course=1").text
        return {path for path in ("/learn", "/queue", "/admin", "/application") if f'href="{path}"' in page}

    assert offered() == {"/application"}
    assert offered("learner") == {"/learn"}
    assert offered("reviewer") == {"/queue"}
    assert offered("learner", "reviewer", "admin") == {"/learn", "/queue", "/admin"}
