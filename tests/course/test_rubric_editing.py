"""A rubric as a draft: typed into, arranged, judged by the file's reader, compared, and written back as the file."""

import copy as copies
import tomllib
from dataclasses import replace

import pytest

from app.course import load
from app.course.rubric_changes import Change, Fate, changes
from app.course.rubric_drafts import added, fields_of, moved, read_draft, removed, typed_into, values_of
from app.course.rubric_files import written
from app.words import speaking, spoken
from app.words.catalogue import catalogue

SLUG = "three-bottlenecks"


@pytest.fixture
def capstone(shipped):
    return shipped.capstone(SLUG)


@pytest.fixture
def slots(capstone):
    return {slot.key for slot in capstone.slots}


@pytest.fixture
def values(capstone):
    return values_of(capstone.rubric)


def keys(values):
    return [each["key"] for each in values["criteria"]]


def test_a_rubric_as_values_reads_as_the_same_rubric(shipped):
    for capstone in shipped.capstones:
        read, mistakes = read_draft(values_of(capstone.rubric), {slot.key for slot in capstone.slots})

        assert (read, mistakes) == (capstone.rubric, ())


def test_the_fields_of_a_draft_typed_back_change_nothing(values):
    assert typed_into(values, fields_of(values)) == values


def test_what_is_typed_is_kept_even_where_it_is_wrong(values, slots):
    key = keys(values)[1]
    fields = fields_of(values) | {f"points-{key}-2": "three", f"title-{key}": " ", "threshold": "x"}

    typed = typed_into(values, fields)
    _, mistakes = read_draft(typed, slots)

    assert fields_of(typed) == fields
    assert [(each.field, each.criterion, each.level, each.sentence) for each in mistakes] == [
        ("threshold", None, None, "`threshold` must be a whole number."),
        (f"title-{key}", 2, None, "`title` is empty."),
        (f"points-{key}-2", 2, 2, "`points` must be a whole number."),
        (f"points-{key}-2", 2, 2, '"claimed" must earn more points than "missing" before it.'),
    ]


def test_what_is_wrong_is_said_in_the_readers_language(values, slots):
    key = keys(values)[1]
    fields = fields_of(values) | {f"points-{key}-2": "three", f"title-{key}": " ", "threshold": "99"}

    _, mistakes = read_draft(typed_into(values, fields), slots)

    with speaking(catalogue("de")):
        assert [spoken(each.sentence) for each in mistakes] == [
            "`title` ist leer.",
            "`points` muss Folgendes sein: eine ganze Zahl.",
            "„claimed“ muss mehr Punkte bringen als „missing“ davor.",
            "`threshold` ist 99, und die beste Arbeit bringt 22: Niemand könnte bestehen.",
        ]


def test_an_unticked_box_is_not_sent_and_means_no(values):
    key = next(each["key"] for each in values["criteria"] if each["must_pass"])
    fields = {name: value for name, value in fields_of(values).items() if name != f"must_pass-{key}"}

    typed = typed_into(values, fields)

    assert [each["must_pass"] for each in typed["criteria"] if each["key"] == key] == [False]


def test_criteria_are_added_moved_and_removed(values, slots):
    before = copies.deepcopy(values)
    first, second = keys(values)[:2]
    _, mistakes = read_draft(added(values, "rollback"), slots)

    assert keys(added(values, "rollback")) == [*keys(values), "rollback"]
    assert keys(moved(values, second, -1))[:2] == [second, first]
    assert keys(moved(values, first, 1))[:2] == [second, first]
    assert (moved(values, first, -1), moved(values, keys(values)[-1], 1), moved(values, "none", 1)) == (
        values,
    ) * 3
    assert keys(removed(values, first)) == keys(values)[1:]
    assert values == before
    assert {each.sentence for each in mistakes if each.level is None} == {
        "`title` is empty.",
        "`description` is empty.",
        "`reviewer_note` is empty.",
    }


def test_too_few_criteria_are_said_once_and_of_the_whole(values, slots):
    while len(values["criteria"]) > 4:
        values = removed(values, keys(values)[0])

    _, mistakes = read_draft(values, slots)

    assert ("", None, "The rubric has 4 criteria; write 5 to 8.") in [
        (each.field, each.criterion, each.sentence) for each in mistakes
    ]


def reworded(values, slots, **fields):
    return read_draft(typed_into(values, fields_of(values) | fields), slots)[0]


def test_other_words_are_wording(capstone, values, slots):
    key = keys(values)[0]
    new = reworded(values, slots, **{f"title-{key}": "Other words", f"says-{key}-4": "Best of all."})

    found = changes(capstone.rubric, new)

    first = capstone.rubric.criteria[0]
    assert (found.is_same, found.is_structure, found.is_reordered) == (False, False, False)
    assert [each.key for each in found.changed] == [key]
    assert found.changed[0].changes == (
        Change("title", 0, first.title, "Other words", False),
        Change("level_description", 4, first.levels[3].description, "Best of all.", False),
    )


def test_points_order_and_must_pass_are_structure(capstone, values, slots):
    key = keys(values)[0]
    earns = capstone.rubric.criteria[0].levels[3].points + 1
    dearer = reworded(values, slots, **{f"points-{key}-4": str(earns)})
    ordered, _ = read_draft(moved(values, key, 1), slots)
    other = replace(capstone.rubric.criteria[0], must_pass=not capstone.rubric.criteria[0].must_pass)

    assert changes(capstone.rubric, dearer).is_structure
    assert changes(capstone.rubric, dearer).changed[0].changes == (
        Change("points", 4, str(earns - 1), str(earns), True),
    )
    assert (
        changes(capstone.rubric, ordered).is_structure,
        changes(capstone.rubric, ordered).is_reordered,
    ) == (
        True,
        True,
    )
    assert changes(capstone.rubric, ordered).changed == ()
    changed = changes(
        capstone.rubric, replace(capstone.rubric, criteria=(other, *capstone.rubric.criteria[1:]))
    )
    assert changed.changed[0].is_structure


def test_what_came_and_what_went_is_named(capstone, values, slots):
    gone = keys(values)[0]
    new, _ = read_draft(added(removed(values, gone), "rollback"), slots)

    found = changes(capstone.rubric, new)

    assert [(each.key, each.fate) for each in found.changed] == [
        ("rollback", Fate.ADDED),
        (gone, Fate.REMOVED),
    ]
    assert changes(capstone.rubric, capstone.rubric).changed == ()


def test_every_shipped_rubric_is_written_as_a_file_that_reads_the_same(copy):
    shipped = load(copy)
    for capstone in shipped.capstones:
        path = copy / "capstones" / capstone.slug / "rubric.toml"
        path.write_text(written(capstone.rubric), encoding="utf-8")

    assert load(copy) == shipped


ODD = [
    'It said "no".',
    "a\\b\tc\x7f",
    'two lines\nand """three""" quotes"',
    "ends in a backslash \\\nand here \\",
    'ends in quotes\n""',
    "tab\tand\r\nreturn",
    "Größe · 日本 👍",
]


@pytest.mark.parametrize("text", ODD)
def test_any_text_comes_back_from_the_file(capstone, text):
    first = replace(capstone.rubric.criteria[0], description=text)

    file = written(replace(capstone.rubric, criteria=(first, *capstone.rubric.criteria[1:])))

    assert tomllib.loads(file)["criteria"][0]["description"] == text
