"""docs/course.md says what the loader does."""

import re
import shutil
from pathlib import Path

from app.course import load
from app.course.vocabulary import UNITS

DOCS = (Path(__file__).parents[2] / "docs" / "course.md").read_text(encoding="utf-8")


def test_the_table_of_metrics_is_the_vocabulary():
    table = DOCS.partition("| metric | units |\n|---|---|\n")[2].partition("\n\n")[0]

    written = {}
    for row in table.splitlines():
        metrics, units = (re.findall(r"`([^`]+)`", cell) for cell in row.strip("|").split("|"))
        written |= {metric: frozenset(units) for metric in metrics}

    assert written == UNITS


def test_an_operator_can_keep_one_module_and_one_capstone(copy):

    for folder in [*(copy / "modules").iterdir(), *(copy / "capstones").iterdir()]:
        if folder.name not in {"01-day-zero", "launch-plan"}:
            shutil.rmtree(folder)
    course = copy / "course.toml"
    course.write_text(course.read_text().replace("capstones = 3", "capstones = 1"))

    small = load(copy)

    assert [module.slug for module in small.modules] == ["day-zero"]
    assert [capstone.slug for capstone in small.capstones] == ["launch-plan"]
    assert small.required_capstones == 1
