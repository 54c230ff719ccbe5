"""Examples to calibrate on: read with the course, and every mistake named with its file and line."""

import shutil
from pathlib import Path

import pytest

from app.course import CourseInvalid, load

SHIPPED = Path(__file__).parents[2] / "course"
PACK = "capstones/launch-plan/calibration/shopping-list/pack.toml"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "course")
    return tmp_path / "course"


def problems(folder, old, new, name=PACK):
    path = folder / name
    words = path.read_text()
    assert old in words
    path.write_text(words.replace(old, new, 1))
    with pytest.raises(CourseInvalid) as invalid:
        load(folder)
    return [(each.file, each.message) for each in invalid.value.problems]


def test_the_shipped_example_has_a_level_and_a_reason_for_every_criterion():
    capstone = load(SHIPPED).capstone("launch-plan")
    (pack,) = capstone.packs

    assert [each.criterion for each in pack.levels] == [each.key for each in capstone.rubric.criteria]
    assert [file.name for file in pack.files] == ["launch-plan.md", "capacity.csv"]


def test_every_shipped_example_names_levels_that_differ_and_says_why():
    examples = [(capstone, pack) for capstone in load(SHIPPED).capstones for pack in capstone.packs]

    for capstone, pack in examples:
        assert [each.criterion for each in pack.levels] == [each.key for each in capstone.rubric.criteria]
        assert all(len(each.reason) > 80 for each in pack.levels), pack.key
    alike = [pack.key for _, pack in examples if len({each.level for each in pack.levels}) < 3]
    assert set(alike) == {"shopping-list"}
    assert len({pack.title for _, pack in examples}) == len(examples)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'criterion = "start"',
            'criterion = "begin"',
            '`criterion` names "begin", and the rubric has none such.',
        ),
        (
            'level = "missing"',
            'level = "none"',
            '`level` names "none", and that criterion has no such level.',
        ),
        ('slot = "plan"', 'slot = "draft"', '`slot` names "draft", and this capstone has no such slot.'),
        ('name = "capacity.csv"', 'name = "../a.csv"', '`name` is "../a.csv"; name a file beside this one.'),
        (
            'criterion = "start"',
            'criterion = "objectives"',
            'Two levels have the key "objectives"; give each its own.',
        ),
    ],
    ids=["criterion", "level", "slot", "file", "twice"],
)
def test_a_mistake_is_named(folder, old, new, message):
    assert (PACK, message) in problems(folder, old, new)


def test_a_criterion_without_a_level_and_a_file_that_is_not_there_are_named(folder):
    found = problems(folder, 'criterion = "start"', 'criterion = "objectives"')
    assert (PACK, "No level is known for: start. Give one with its reason.") in found

    assert any("does not exist" in message for _, message in problems(folder, "launch-plan.md", "other.md"))


def test_a_file_that_nobody_reads_in_one_sitting_is_refused(folder):
    (folder / PACK).with_name("capacity.csv").write_text("a,b\n" * 20_000)

    with pytest.raises(CourseInvalid) as invalid:
        load(folder)

    assert "has more than 65,536 bytes" in invalid.value.problems[0].message


def test_without_the_table_calibration_is_required_by_the_usual_rule(folder):
    path = folder / "course.toml"
    words = path.read_text()
    start = words.index("[calibration]")
    path.write_text(words[:start] + words[words.index("[texts]") :])

    rule = load(folder).calibration

    assert (rule.required, rule.most_apart, rule.most_different) == (True, 1, 2)


def test_comments_for_reviewers_belong_to_criteria_and_stand_once(folder):
    name = "capstones/launch-plan/comments.toml"
    told = load(SHIPPED).capstone("launch-plan").comments
    assert {each.criterion for each in told} >= {"capacity-arithmetic", "milestones"}
    words = (folder / name).read_text()

    (folder / name).write_text(words + words[words.index("[[comments]]") :].split("\n\n")[0])
    with pytest.raises(CourseInvalid) as twice:
        load(folder)
    (folder / name).write_text(words)

    assert twice.value.problems[0].message == "The same comment stands here twice; keep one."
    found = problems(folder, 'criterion = "milestones"', 'criterion = "elsewhere"', name)
    assert found == [(name, '`criterion` names "elsewhere", and the rubric has none such.')]
