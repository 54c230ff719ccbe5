import re

from sqlalchemy import func, select

from app.models import MoveDone


def ticked(sessions):
    with sessions() as db:
        return db.scalar(select(func.count()).select_from(MoveDone))


def test_the_home_says_what_is_missing_and_what_is_next(client, make, course):
    client.sign_in(make.person())

    page = client.get("/learn")

    assert page.status_code == 200
    assert f"{course.required_capstones} more capstones rated as passing" in page.text
    assert "Go to module" in page.text
    assert page.text.count("/work/") == len(course.capstones)


def test_a_move_is_ticked_and_unticked_without_a_script(client, make, course, sessions):
    client.sign_in(make.person())
    module = course.modules[0]
    address = f"/learn/modules/{module.slug}/moves/{module.moves[0].key}"

    answers = [client.post(address, data={"done": "yes"}) for _ in range(2)]
    after_ticking = ticked(sessions)
    client.post(address, data={"done": "no"})

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == f"/learn/modules/{module.slug}#move-{module.moves[0].key}"
    assert (after_ticking, ticked(sessions)) == (1, 0)


def test_htmx_gets_the_move_and_the_progress_and_nothing_else(client, make, course):
    client.sign_in(make.person())
    module, move = course.modules[0], course.modules[0].moves[0]

    answer = client.fragment("POST", f"/learn/modules/{module.slug}/moves/{move.key}", data={"done": "yes"})

    assert re.findall(r'<(?:article|div) id="([^"]+)"', answer.text) == [
        f"move-{move.key}",
        "module-progress",
    ]
    assert "Not done after all" in answer.text
    assert "<html" not in answer.text


def test_every_module_of_the_course_opens(client, make, course):
    client.sign_in(make.person())

    statuses = {client.get(f"/learn/modules/{module.slug}").status_code for module in course.modules}

    assert statuses == {200}


def test_what_the_course_does_not_have_is_not_found(client, make, course, sessions):
    client.sign_in(make.person())

    answers = [
        client.get("/learn/modules/no-such-module"),
        client.post("/learn/modules/no-such-module/moves/x", data={"done": "yes"}),
        client.post(f"/learn/modules/{course.modules[0].slug}/moves/no-such-move", data={"done": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert ticked(sessions) == 0


def test_the_home_costs_the_same_however_much_was_done(client, make, course, count_selects):
    person = make.person()
    client.sign_in(person)
    with count_selects() as before:
        client.get("/learn")
    for capstone in course.capstones:
        make.version(person, capstone=capstone.slug, state="needs_changes")
        make.version(person, capstone=capstone.slug, state="draft", number=2)
    with count_selects() as after:
        client.get("/learn")

    assert (len(before), len(after)) == (4, 4)


def test_other_people_do_not_open_the_learners_pages(client, make):
    client.sign_in(make.person(roles=["reviewer"]))

    assert client.get("/learn").status_code == 403


def test_a_list_of_modules_says_how_many_of_its_moves_may_be_left_out(client, make, course):
    client.sign_in(make.person("Mira Okafor"))

    listed = client.get("/learn").text

    for module in course.modules:
        optional = sum(not move.required for move in module.moves)
        figure = f"0 of {len(module.moves)} moves" + (f", {optional} optional" if optional else "")
        assert f'{module.title}</a></div>\n          <span class="muted small">{figure}</span>' in listed
