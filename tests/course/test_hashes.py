"""The hashes name content and structure: the same on every platform, another for another text."""

from app.course import load

RUBRIC = "capstones/stateless/rubric.toml"


def rubric(path):
    return load(path).capstone("stateless").rubric


def test_the_hash_does_not_depend_on_line_endings_or_a_byte_order_mark(copy):
    before = load(copy).content_hash

    for path in [*copy.rglob("*.md"), *copy.rglob("*.toml")]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert load(copy).content_hash == before


def test_the_hash_does_not_depend_on_the_order_of_keys_or_on_comments(copy, change):
    before = load(copy).content_hash

    change("course.toml", 'modules = "all"\ncapstones = 3', "capstones = 3  # of five\nmodules = 'all'")

    assert load(copy).content_hash == before


def test_the_hash_depends_on_the_order_of_moves(copy):
    before = load(copy).content_hash
    path = copy / "modules/05-queues/module.toml"
    head, first, second, *rest = path.read_text().split("[[moves]]")

    path.write_text("[[moves]]".join([head, second, first, *rest]))

    assert load(copy).content_hash != before


def test_rewording_a_rubric_changes_its_content_and_not_its_structure(copy, change):
    before = rubric(copy)

    change(RUBRIC, "Zero user-visible errors over the run", "No user-visible error over the run")
    change(RUBRIC, 'label = "Zero errors"', 'label = "No errors"')

    assert rubric(copy).content_hash != before.content_hash
    assert rubric(copy).structure_hash == before.structure_hash


def test_points_pass_level_must_pass_threshold_and_keys_are_structure(copy, change):
    seen = {rubric(copy).structure_hash}

    for old, new in [
        ("points = 4", "points = 5"),
        ('pass_level = "shown"', 'pass_level = "claimed"'),
        ("must_pass = false", "must_pass = true"),
        ("threshold = 11", "threshold = 12"),
        ('key = "no-errors"', 'key = "zero-errors"'),
    ]:
        change(RUBRIC, old, new)
        seen.add(rubric(copy).structure_hash)

    assert len(seen) == 6


def test_a_change_in_one_capstone_leaves_the_rubrics_of_the_others_alone(copy, change):
    others = [each.rubric for each in load(copy).capstones if each.slug != "stateless"]

    change(RUBRIC, "points = 4", "points = 5")

    assert [each.rubric for each in load(copy).capstones if each.slug != "stateless"] == others
