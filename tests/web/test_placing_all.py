"""Several files of an archive that wait, put into their slots in one press."""

import re

import pytest
from sqlalchemy import func, select

from app.domain.placing import PACKAGE, UNPLACED
from app.models import AuditEntry
from tests.web.learners import browser, read_as
from tests.web.test_packages import ADDRESS, SLO, SLUG, promise, section, slots


@pytest.fixture
def draft(make, learner):
    return make.version(learner, capstone=SLUG)


@pytest.fixture
def several(make, draft, sessions, course, now):
    """Two sets of objectives that want one place, and a runbook that has its own; all wait."""
    rows = []
    for name, kind in (("a.yaml", "openslo"), ("b.yaml", "openslo"), ("disk.md", "runbook")):
        rows.append(make.file(draft, slot=UNPLACED, name=name, data=SLO + name.encode()))
        promise(sessions, rows[-1], now)
        read_as(sessions, course, now, kind=kind)
    return rows


def chosen(html):
    """The option that each list shows, by the file's id."""
    lists = re.findall(r'<select[^>]*id="place-([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL)
    return {key: "".join(re.findall(r'<option value="([^"]*)" selected', inner)) for key, inner in lists}


def all_at(version):
    return f"/versions/{version.id}/places"


def test_several_that_wait_have_one_form_with_what_is_sure_chosen(mine, draft, several):
    page = section(mine.get(ADDRESS).text, PACKAGE.key)

    first, second, third = several
    assert page.count(f'action="{all_at(draft)}"') == 1
    assert "/slot" not in "".join(re.findall(r'<form[^>]* action="([^"]*)"', page))
    assert chosen(page) == {str(first.id): "", str(second.id): "", str(third.id): "runbooks"}


def test_all_are_put_into_their_slots_in_one_press(mine, draft, several, sessions):
    data = {f"place-{file.id}": slot for file, slot in zip(several, ("slo", "", "runbooks"), strict=True)}

    answer = mine.fragment("POST", all_at(draft), data=data)
    again = mine.fragment("POST", all_at(draft), data=data | {f"place-{several[1].id}": ""})

    assert answer.status_code == 200
    assert slots(sessions) == {"a.yaml": "slo", "b.yaml": UNPLACED, "disk.md": "runbooks"}
    assert "a.yaml" in section(answer.text, "slo")
    assert "disk.md" in section(answer.text, "runbooks")
    assert again.status_code == 422
    with sessions() as db:
        assert db.scalar(select(func.count()).where(AuditEntry.action == "file.move")) == 2


def test_without_a_script_all_lead_back_to_the_place_of_archives(mine, draft, several, sessions):
    answer = mine.post(all_at(draft), data={f"place-{several[2].id}": "runbooks"})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{ADDRESS}#slot-package")
    assert slots(sessions)["disk.md"] == "runbooks"


@pytest.mark.parametrize(
    ("places", "at", "sentence"),
    [
        (("slo", "slo", "runbooks"), 1, "Another of these files was put into that slot"),
        (("slo", "nowhere", "runbooks"), 1, "Choose one of the slots in the list."),
        (("slo", "", "runbooks nothing"), 2, "Choose one of the slots in the list."),
        (("", "", ""), 0, "Choose a slot for one of the files first."),
    ],
)
def test_one_that_cannot_go_there_leaves_all_waiting(mine, draft, several, sessions, places, at, sentence):
    data = {f"place-{file.id}": place for file, place in zip(several, places, strict=True)}

    answer = mine.fragment("POST", all_at(draft), data=data)
    whole = mine.post(all_at(draft), data=data)

    assert (answer.status_code, whole.status_code) == (422, 422)
    assert sentence in answer.text.split(f'id="place-{several[at].id}-error"')[1].split("</p>")[0]
    assert f'href="#place-{several[at].id}"' in whole.text
    assert set(slots(sessions).values()) == {UNPLACED}
    assert chosen(section(answer.text, PACKAGE.key))[str(several[0].id)] == places[0]


def test_what_one_of_all_would_replace_must_have_been_shown(mine, make, draft, several, sessions):
    old = make.file(draft, slot="slo", name="mine.yaml", data=b"old")
    places = (f"place-{several[0].id}", f"place-{several[2].id}")

    refused = mine.post(all_at(draft), data=dict(zip(places, ("slo", "runbooks"), strict=True)))
    held = slots(sessions)
    done = mine.post(all_at(draft), data=dict(zip(places, (f"slo {old.id}", "runbooks"), strict=True)))

    assert (refused.status_code, held["mine.yaml"], held["disk.md"]) == (422, "slo", UNPLACED)
    assert done.status_code == 303
    assert slots(sessions) == {"a.yaml": "slo", "b.yaml": UNPLACED, "disk.md": "runbooks"}


def test_nobody_else_can_place_all(portal, sessions, make, draft, several):
    stranger = browser(portal, sessions, make.person(email="other@example.org"))

    answer = stranger.post(all_at(draft), data={f"place-{several[0].id}": "slo"})

    assert (answer.status_code, set(slots(sessions).values())) == (404, {UNPLACED})
