"""The catalogue is made from the rules, and the rules keep their promises."""

import re
from pathlib import Path

import pytest

from app.evidence import catalogue, coverage, formats, registry
from app.evidence.findings import Severity
from app.evidence.source import Source

ROOT = Path(registry.__file__).parents[2]
CODES = catalogue.codes(registry.rules())


def test_the_page_is_fresh():
    assert (ROOT / "docs" / "evidence.md").read_text() == catalogue.markdown(), (
        "write it again: python -m app.evidence.catalogue > docs/evidence.md"
    )


def test_every_code_is_listed_once_with_all_that_is_said_under_it():
    page = catalogue.markdown()

    assert re.findall(r"^### ([A-Z]+\d+)$", page, re.MULTILINE) == CODES
    for code, found in catalogue.variants().items():
        assert len(found) == len({rule for rule in registry.rules() if rule.code == code})


@pytest.mark.parametrize("code", CODES)
def test_every_code_can_be_explained_within_80_columns(code):
    text = catalogue.explain(code)

    assert text.startswith(f"{code}  ")
    assert [line for line in text.splitlines() if len(line) > 80 and " " in line.strip()] == []
    assert re.search(r"\{\w+", text) is None


def test_there_is_nothing_to_explain_about_a_code_nobody_has():
    assert catalogue.explain("Z99") is None


def test_every_rule_says_why_how_to_mend_it_and_gives_an_example():
    incomplete = [rule.code for rule in registry.rules() if not (rule.why and rule.fix and rule.example)]

    assert incomplete == []


def test_a_code_is_a_letter_or_two_and_a_number():
    assert [code for code in CODES if not re.fullmatch(r"[A-Z]{1,2}[1-9]\d?", code)] == []


def test_every_check_that_was_asked_for_is_made_or_has_a_reason():
    unexplained = [code for code in coverage.CHECKS if code not in CODES and code not in coverage.GAPS]

    assert unexplained == [], "write the rule, or say in coverage.GAPS why there is none"


def test_every_check_that_was_asked_for_has_a_line():
    """The specification numbers the checks of each letter from 1 on."""
    asked = {"G": 9, "E": 21, "L": 17, "C": 7, "P": 7, "D": 8, "B": 8, "K": 12, "Y": 12, "A": 14, "R": 7, "N": 6,
             "H": 4, "Q": 10}  # fmt: skip

    assert sorted(coverage.CHECKS) == sorted(
        f"{letter}{number}" for letter, last in asked.items() for number in range(1, last + 1)
    )


def test_what_is_called_milder_than_asked_is_never_a_block():
    severities = {
        code: {variant.rule.severity for variant in found} for code, found in catalogue.variants().items()
    }

    assert [code for code in coverage.MILDER if Severity.BLOCK in severities[code]] == []


def test_no_gap_is_named_that_there_is_not():
    assert [code for code in coverage.GAPS if code in CODES or code not in coverage.CHECKS] == []


@pytest.mark.parametrize(("name", "sample"), formats.FORMATS.items())
def test_a_format_that_is_said_to_be_read_is_read(name, sample):
    kind, _, file = sample.partition("/")
    path = Path(registry.__file__).parent / kind / "samples" / file

    report = registry.inspect(Source(path.name, path))

    assert (report.kind, bool(report.facts)) == (kind, True)
