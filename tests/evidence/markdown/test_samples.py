"""Notes are read and nothing is said of them."""

import tomllib
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.markdown import KIND
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "markdown" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = registry.inspect(Source(name, SAMPLES / name))

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"] == KIND.name


def test_the_facts_are_sections_words_and_what_is_left_to_fill_in():
    facts = registry.inspect(Source("n", SAMPLES / "clean-notes.md")).facts

    assert [(one["title"], one["level"], one["line"]) for one in facts["sections"]] == [
        ("What I changed", 1, 1), ("What I would do next", 2, 5),
    ]  # fmt: skip
    assert (facts["title"], facts["placeholders"]) == ("What I changed", ["TODO"])


def test_notes_longer_than_a_person_writes_are_refused(tmp_path):
    path = tmp_path / "notes.md"
    path.write_text("x" * 30_000)

    report = registry.inspect(Source("notes.md", path), KIND.name)

    assert [finding.code for finding in report.findings] == ["N7"]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        (
            "readyz.md",
            "# What /readyz means\n\n503 from SIGTERM on, for 10 s before the listener closes.\n",
            KIND.name,
        ),
        (
            "state.md",
            "# State\n\n| what | where it was | now |\n|---|---|---|\n| sessions | files | Redis |\n",
            KIND.name,
        ),
        (
            "readyz.txt",
            "# What /readyz means\n\n503 from SIGTERM on, for 10 s before the listener closes.\n",
            "unknown",
        ),
        ("start.md", "# Notes\n\nTo do.\n", "unknown"),
    ],
)
def test_a_short_page_is_notes_when_its_name_says_that_it_is_markdown(tmp_path, name, text, kind):
    (tmp_path / name).write_text(text)

    assert registry.inspect(Source(name, tmp_path / name)).kind == kind
