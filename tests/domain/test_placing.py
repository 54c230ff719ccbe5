"""Which slot a file of an archive goes to, by what it is and what it is called."""

import pytest

from app.course.values import Slot
from app.domain.placing import PACKAGE, UNPLACED, Part, asking, place


def slot(key, *kinds, many=False):
    return Slot(key, key.title(), "", kinds, "", "", "", required=True, many=many)


SLOTS = (
    slot("slo", "slo_document", "openslo"),
    slot("runbooks", "runbook", many=True),
    slot("traffic-before", "latency_table"),
    slot("traffic-after", "latency_table"),
    slot("service", "markdown"),
)


def placed(*parts, taken=()):
    return place([Part(path, kinds) for path, kinds in parts], SLOTS, taken)


@pytest.mark.parametrize(
    ("path", "kinds", "key"),
    [
        ("anything.txt", ("openslo",), "slo"),
        ("a/b/c.md", ("runbook",), "runbooks"),
        ("deploys/traffic-before.csv", ("latency_table",), "traffic-before"),
        ("after/requests.csv", ("latency_table",), "traffic-after"),
        ("requests_after_drain.csv", ("latency_table",), "traffic-after"),
        ("Traffic Before/log.csv", ("latency_table",), "traffic-before"),
        ("requests.csv", ("latency_table",), UNPLACED),
        ("before-and-after.csv", ("latency_table",), UNPLACED),
        ("slo.pdf", ("unknown",), "slo"),
        ("runbooks/disk.txt", ("unknown",), "runbooks"),
        ("notes.txt", ("unknown",), None),
        ("plan.txt", ("postgres_plan",), None),
        ("README.md", ("runbook", "markdown"), "runbooks"),
        ("page.md", ("incident_template", "markdown"), "service"),
    ],
)
def test_content_decides_and_then_the_name(path, kinds, key):
    assert placed((path, kinds)) == [key]


def test_a_slot_that_holds_a_file_is_not_filled_again():
    parts = [("slo.yaml", ("openslo",)), ("disk.md", ("runbook",))]

    assert placed(*parts, taken={"slo", "runbooks"}) == [UNPLACED, "runbooks"]


def test_two_files_for_one_place_are_both_left_to_their_author():
    parts = [
        ("a.yaml", ("openslo",)),
        ("b.md", ("slo_document",)),
        ("c.md", ("runbook",)),
        ("d.md", ("runbook",)),
    ]

    assert placed(*parts) == [UNPLACED, UNPLACED, "runbooks", "runbooks"]


def test_of_files_for_one_place_the_one_of_its_name_is_taken():
    parts = [("README.md", ("markdown",)), ("service.md", ("markdown",))]

    assert placed(*parts) == [UNPLACED, "service"]
    assert placed(*parts, taken={"service"}) == [UNPLACED, UNPLACED]
    assert placed(*parts, ("old/service.md", ("markdown",))) == [UNPLACED, UNPLACED, UNPLACED]


def test_notes_give_way_to_what_is_more():
    plan = slot("canary-plan", "canary_plan", "markdown")
    parts = [Part("README.md", ("markdown",)), Part("canary.md", ("canary_plan", "markdown"))]

    assert place(parts, [plan], ()) == [UNPLACED, "canary-plan"]


def test_a_slot_asks_for_the_likeliest_kind_that_anybody_asks_for():
    assert [slot.key for slot in asking(["ci_run", "latency_table"], SLOTS)] == [
        "traffic-before",
        "traffic-after",
    ]
    assert asking(["ci_run"], SLOTS) == []


def test_the_place_for_archives_is_like_no_slot_of_a_course(course):
    keys = {slot.key for capstone in course.capstones for slot in capstone.slots}

    assert keys & {PACKAGE.key, UNPLACED} == set()
    assert (PACKAGE.required, PACKAGE.many) == (False, True)
