"""A copy of the shipped course that a test may break."""

import shutil
from pathlib import Path

import pytest

from app.course import CourseInvalid, load

SHIPPED = Path(__file__).parents[2] / "course"


@pytest.fixture(scope="session")
def shipped():
    return load(SHIPPED)


@pytest.fixture
def copy(tmp_path):
    """Without the examples: they name criteria and levels, and here rubrics change alone."""
    examples = shutil.ignore_patterns("calibration")
    return Path(shutil.copytree(SHIPPED, tmp_path / "course", ignore=examples))


@pytest.fixture
def change(copy):
    """Replace the first occurrence of a text in a file of the copy; the text must be there."""

    def replace(file, old, new):
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


@pytest.fixture
def problems(copy):
    """What load says about the copy, as (file, line, message)."""

    def read():
        with pytest.raises(CourseInvalid) as invalid:
            load(copy)
        return [(each.file, each.line, each.message) for each in invalid.value.problems]

    return read
