"""Files that careful people write and tools print, each once refused, contradicted or read as something else."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source

FOLDER = Path(__file__).parent / "honest"
EXPECTED = tomllib.loads((FOLDER / "honest.toml").read_text())
TODAY = date(2026, 11, 26)


def read(name):
    return registry.inspect(Source(name, FOLDER / name), today=TODAY)


def fact(facts, name):
    """The value below dotted names; of a list its length."""
    value = facts
    for part in name.split("."):
        value = value[part]
    return len(value) if isinstance(value, list) else value


@pytest.mark.parametrize("name", EXPECTED)
def test_an_honest_file_is_read_as_what_it_is(name):
    report, expected = read(name), EXPECTED[name]

    assert report.kind == expected["kind"]
    assert {key: fact(report.facts, key) for key in expected["facts"]} == expected["facts"]


@pytest.mark.parametrize("name", EXPECTED)
def test_an_honest_file_is_asked_for_nothing_but_this(name):
    asked = {found.code for found in read(name).findings if found.severity.value in ("block", "warn")}

    assert sorted(asked) == EXPECTED[name]["asked"]


def test_every_file_is_listed():
    assert {path.name for path in FOLDER.iterdir()} == {*EXPECTED, "honest.toml"}
