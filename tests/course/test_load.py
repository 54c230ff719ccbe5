"""Every kind of mistake is named with its file and its line, and all of them at once."""

import pytest

from app.course import CourseInvalid, load

MODULE = "modules/05-queues/module.toml"
CAPSTONE = "capstones/stateless/capstone.toml"
RUBRIC = "capstones/stateless/rubric.toml"


def line_with(path, text, nth=1):
    """The line, from 1, on which `text` stands for the nth time."""
    found = [number for number, line in enumerate(path.read_text().splitlines(), start=1) if text in line]
    return found[nth - 1]


MISTAKES = [
    # file, text to replace, replacement, text whose line is reported, sentence
    ("course.toml", 'slug = "scaling', 'slug = "Scaling', "slug =",
     '`slug` is "Scaling-to-100k-users"; use small letters, digits and single hyphens.'),
    ("course.toml", "decision_days = 7", "decision_days = 0", "decision_days =",
     "`decision_days` is 0; it must be at least 1."),
    ("course.toml", "decision_days = 7", 'decision_days = "7"', "decision_days =",
     "`decision_days` must be a whole number."),
    ("course.toml", "decision_days = 7", "decision_days = true", "decision_days =",
     "`decision_days` must be a whole number."),
    ("course.toml", "capstones = 3", "capstones = 6", "capstones =",
     "6 capstones are required and the course has 5."),
    ("course.toml", "blind = true", "blind = 1", "blind =", "`blind` must be true or false."),
    ("course.toml", "blind = true", "blind = true\nnames = 1", "names =", "`names` is not a key this table knows."),
    ("course.toml", "blind = true", "blind = true\nsecond_reader = 2", "second_reader",
     "`second_reader` must be true or false."),
    ("course.toml", "blind = true", "", "[reviewing]", "`blind` is missing."),
    ("course.toml", 'modules = "all"', 'modules = "some"', "modules =",
     '`modules` is "some"; it must be one of: all.'),
    ("course.toml", "[texts]", "[texts]\nmotto = 'x'", "motto", "`motto` is not a key this table knows."),
    ("course.toml", "not_for =", "nobody =", "[texts]", "`not_for` is missing."),
    (MODULE, 'title = "Queues: work that can wait"', 'title = "  "', "title =", "`title` is empty."),
    (MODULE, 'key = "retry-with-jitter"', 'key = "alert-on-age"', 'title = "Alert on the age',
     'Two moves have the key "alert-on-age"; give each its own.'),
    (MODULE, 'body = "alert-on-age.md"', 'body = "alerts.md"', 'body = "alerts.md"',
     '`body` names "alerts.md", and modules/05-queues/alerts.md does not exist.'),
    (MODULE, 'body = "alert-on-age.md"', 'body = "../../course.toml"', "../../course.toml",
     '`body` is "../../course.toml"; name a Markdown file beside this one.'),
    (MODULE, "required = true", 'required = "yes"', 'required = "yes"',
     "`required` must be true or false."),
    (MODULE, 'url = "https://queue', 'url = "http://queue', 'url = "http://queue',
     "`url` must start with https://."),
    (CAPSTONE, "number = 4", "number = 1", "number =",
     "Capstone 1 is already launch-plan; give each its own number."),
    (CAPSTONE, 'key = "readyz"', 'key = "diff"', 'title = "What /readyz means"',
     'Two slots have the key "diff"; give each its own.'),
    (CAPSTONE, 'key = "readyz"', 'key = "package"', 'key = "package"',
     'The portal keeps the key "package" for archives; choose another.'),
    (CAPSTONE, 'slot = "kill-log"', 'slot = "kills-log"', 'slot = "kills-log"',
     '`slot` names "kills-log", and this capstone has no such slot.'),
    (CAPSTONE, 'unit = "ms"', 'unit = "GB"', 'unit = "GB"',
     "p99 cannot be given in GB; its units are: min, ms, s."),
    (CAPSTONE, 'kinds = ["kill_log"]', 'kinds = ["kill_log", "kill_log"]', 'kinds = ["kill_log"',
     '`kinds` names "kill_log" twice.'),
    (CAPSTONE, 'kinds = ["kill_log"]', 'kinds = "kill_log"', 'kinds = "kill_log"',
     "`kinds` must be a list of texts."),
    (CAPSTONE, 'kinds = ["kill_log"]', "kinds = [1]", "kinds = [1]", "`kinds` must be a list of texts."),
    ("capstones/safe-deploys/capstone.toml", 'side = "before"', 'side = "after"', 'side = "after"',
     '"count-5xx-before" has no claim on the before side to be compared with.'),
    (RUBRIC, "threshold = 11", "threshold = 18", "threshold",
     "`threshold` is 18, and the best work earns 17: nobody could pass."),
    (RUBRIC, 'pass_level = "shown"', 'pass_level = "show"', 'pass_level = "show"',
     '`pass_level` names "show", and no level has that key.'),
    (RUBRIC, 'pass_level = "shown"\n', "", "must_pass = true",
     "A must-pass criterion needs `pass_level`, the key of the level that passes."),
    (RUBRIC, '"K12"]', '"K12", "logs"]', '"logs"',
     '`bears_on` names "logs", which is neither a slot nor a rule code.'),
    (RUBRIC, "points = 3", "points = 1", 'label = "Zero errors"',
     '"shown" must earn more points than "claimed" before it.'),
    (RUBRIC, 'key = "claimed"', 'key = "missing"', 'label = "Some errors, or thin"',
     'Two levels have the key "missing"; give each its own.'),
]  # fmt: skip

# The line reported is not always that of a unique text: these stand a few lines from one.
OFFSETS = {
    'title = "Alert on the age': -1,
    'title = "What /readyz means"': -1,
    'label = "Zero errors"': 1,
    'label = "Some errors, or thin"': -1,
}


@pytest.mark.parametrize(("file", "old", "new", "at", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_file_and_line(copy, change, problems, file, old, new, at, message):
    change(file, old, new)

    line = line_with(copy / file, at) + OFFSETS.get(at, 0)
    assert (file, line, message) in problems()


def test_an_unknown_metric_lists_the_known_ones(copy, change, problems):
    change(CAPSTONE, 'metric = "p99"', 'metric = "p98"')

    [(file, line, message)] = problems()
    assert (file, line) == (CAPSTONE, line_with(copy / CAPSTONE, 'metric = "p98"'))
    assert message.startswith(
        '`metric` is "p98"; it must be one of: alerts_without_runbook, connections, cost,'
    )


def test_a_broken_toml_file_gives_the_line_of_the_parser(copy, change, problems):
    change(MODULE, 'title = "Queues', "title = Queues")

    [(file, line, message)] = problems()
    assert (file, line) == (MODULE, 1)
    assert message == "This is not TOML: invalid value."


def test_a_toml_file_that_ends_too_early_gives_its_last_line(copy, problems):
    (copy / "course.toml").write_text('slug = "x"\ntitle = """never closed\n')

    [(file, line, message)] = problems()
    assert (file, line, message) == ("course.toml", 3, "This is not TOML: unterminated string.")


def test_a_file_that_is_not_utf8_gives_the_line_of_the_byte(copy, problems):
    path = copy / "modules/05-queues/intro.md"
    path.write_bytes(b"one\ntwo\nna\xefve\n")

    assert problems() == [
        ("modules/05-queues/intro.md", 3, "This file is not UTF-8 text; save it as UTF-8."),
    ]


@pytest.mark.parametrize(
    "file", ["fit-check.md", "modules/05-queues/intro.md", "capstones/stateless/brief.md"]
)
def test_a_missing_or_empty_text_is_named(copy, problems, file):
    (copy / file).write_text(" \n")
    empty = problems()

    (copy / file).unlink()

    assert empty == [(file, 1, "This file is empty.")]
    assert problems() == [(file, 1, "This file does not exist.")]


@pytest.mark.parametrize("file", ["course.toml", MODULE, CAPSTONE, RUBRIC])
def test_a_missing_toml_file_is_named_once(copy, problems, file):
    (copy / file).unlink()

    assert (file, 1, "This file does not exist.") in problems()
    assert len([each for each in problems() if each[0] == file]) == 1


def test_a_text_no_move_names_is_reported(copy, problems):
    (copy / "modules/05-queues/draft.md").write_text("Later.\n")

    assert problems() == [
        ("modules/05-queues/draft.md", 1, "No move names this file; add it to module.toml or delete it."),
    ]


def test_too_few_moves(copy, problems):
    path = copy / MODULE
    before, *moves = path.read_text().split("[[moves]]")
    references = moves[-1].partition("[[references]]")
    path.write_text("[[moves]]".join([before, *moves[:2], moves[2] + "".join(references[1:])]))
    for name in ("make-twice-the-same-as-once", "retry-with-jitter", "alert-on-age"):
        (path.parent / f"{name}.md").unlink()

    assert problems() == [
        (MODULE, line_with(path, "[[moves]]"), "The module has 3 moves; write at least 4."),
    ]


def test_a_module_that_requires_nothing(copy, problems):
    path = copy / MODULE
    path.write_text(path.read_text().replace("required = true", "required = false"))

    assert problems() == [
        (
            MODULE,
            line_with(path, "[[moves]]"),
            "No move is required; a module with nothing required is complete before it is read.",
        ),
    ]


def test_too_few_levels_and_criteria(copy, problems):
    path = copy / RUBRIC
    head, first, *others = path.read_text().split("[[criteria]]")
    *kept, _last = first.split("[[criteria.levels]]")
    path.write_text("[[criteria]]".join([head, "[[criteria.levels]]".join(kept), *others[:3]]))

    assert problems() == [
        (RUBRIC, line_with(path, "[[criteria]]"), "A criterion has 4 levels; this one has 3."),
        (RUBRIC, line_with(path, "[[criteria]]"), "The rubric has 4 criteria; write 5 to 8."),
    ]


def test_a_threshold_that_empty_work_reaches(copy, problems):
    path = copy / RUBRIC
    path.write_text(
        path.read_text().replace("points = 0", "points = 1").replace("threshold = 11", "threshold = 5")
    )

    assert (
        RUBRIC,
        1,
        "`threshold` is 5, and empty work earns 5: it decides nothing.",
    ) in problems()


@pytest.mark.parametrize(
    ("old", "new", "file", "message"),
    [
        ("05-queues", "11-queues", "06-horizontal-scale",
         "Module 05 was expected here; number from 01 without a gap or a repeat."),
        ("05-queues", "04-queues", "04-ten-thousand-users",
         "Module 05 was expected here; number from 01 without a gap or a repeat."),
        ("05-queues", "05-queues_", "05-queues_",
         'The folder is called "05-queues_"; call it like 03-caching.'),
        ("05-queues", "05-day-zero", "05-day-zero",
         '"day-zero" is already the slug of 01-day-zero; rename one folder.'),
    ],
)  # fmt: skip
def test_folders_of_modules_carry_number_and_slug(copy, problems, old, new, file, message):
    (copy / "modules" / old).rename(copy / "modules" / new)

    assert (f"modules/{file}/module.toml", 1, message) in problems()


def test_capstone_numbers_have_no_gap(change, problems):
    change(CAPSTONE, "number = 4", "number = 9")

    assert problems() == [
        ("capstones", 1, "Capstones are numbered 1, 2, 3, 5, 9; number them 1, 2, 3 without a gap."),
    ]


def test_the_fit_question_has_exactly_its_four_blanks(copy, change, problems):
    change("fit-check.md", "{product}", "{produkt}")

    assert problems() == [
        ("fit-check.md", 1, "The question leaves out {product}."),
        (
            "fit-check.md",
            line_with(copy / "fit-check.md", "{produkt}"),
            "{produkt} is not a blank; there are: {product}, {traffic}, {stack}, {bottleneck}.",
        ),
    ]


def test_all_mistakes_are_named_at_once_in_the_order_of_the_files(change, problems):
    change(MODULE, "milestone =", "milestones =")
    change(CAPSTONE, 'slot = "kill-log"', 'slot = "nowhere"')
    change("course.toml", "version =", "versions =")

    assert [(file, message) for file, _line, message in problems()] == [
        (CAPSTONE, '`slot` names "nowhere", and this capstone has no such slot.'),
        ("course.toml", "`version` is missing."),
        ("course.toml", "`versions` is not a key this table knows."),
        (MODULE, "`milestone` is missing."),
        (MODULE, "`milestones` is not a key this table knows."),
    ]


def test_the_exception_reads_as_file_line_sentence(copy, change):
    change("course.toml", "decision_days = 7", "decision_days = 0")

    with pytest.raises(CourseInvalid) as invalid:
        load(copy)

    line = line_with(copy / "course.toml", "decision_days")
    assert str(invalid.value) == f"course.toml:{line}: `decision_days` is 0; it must be at least 1."


def test_a_folder_that_is_not_there_is_a_problem_and_not_a_crash(tmp_path):
    with pytest.raises(CourseInvalid) as invalid:
        load(tmp_path / "nowhere")

    assert [str(each) for each in invalid.value.problems] == [
        "capstones:1: The course has no capstone.",
        "course.toml:1: This file does not exist.",
        "fit-check.md:1: This file does not exist.",
        "modules:1: The course has no module.",
    ]
