"""A sentence of a rule with its numbers, and with the words that go with them."""

import re

import pytest

from app.evidence import registry
from app.evidence.catalogue import _words
from app.evidence.findings import Rule, Severity

FOUND = Rule(
    "X1", Severity.WARN, "{count} {count:alert has|alerts have} no {what:>4}: {names}.", "why", "fix"
)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 alerts have no   it: a."),
        (1, "1 alert has no   it: a."),
        (2, "2 alerts have no   it: a."),
        ("1", "1 alert has no   it: a."),
        ("1,204", "1,204 alerts have no   it: a."),
        (1204, "1,204 alerts have no   it: a."),
    ],
)
def test_words_go_with_their_number(count, said):
    assert FOUND.at(count=count, what="it", names="a").message == said


def test_counts_are_grouped_and_places_are_not():
    rule = Rule("X1", Severity.WARN, "{n} of {rows:,} rows, from line {line} on ({n:>5}).", "why", "fix")

    found = rule.at(n=1525, rows=20_000, line=1525)

    assert found.message == "1,525 of 20,000 rows, from line 1525 on ( 1525)."
    assert found.numbers == {"n": 1525, "rows": 20_000, "line": 1525}


def test_the_catalogue_shows_the_words_of_many():
    assert _words(FOUND.message) == "⟨count⟩ alerts have no ⟨what⟩: ⟨names⟩."


ONE = {
    "{n} {n:request is|": "1 request is too few for a p99",
    "{count} of {rows} rows {count:has|": "1 of 1 rows has no usable latency",
    "ab counts {count}": "ab counts 1 answer as failed because its length differs",
    "wrk counted {count}": "wrk counted 1 time-out and left it out of",
    "{count} of {count} kills": "1 of 1 kills lies inside the traffic",
    "{total} of {total} alerts": "1 of 1 alerts has its runbook in the package.",
    "The workbook holds {formulas}": "The workbook holds 1 formula and no results; 1 of them was computed here.",
    "Too short to trust: {samples}": "Too short to trust: 1 sample.",
    "{page} has {words}": "1 has 1 word.",
    "{count} {count:kill|": "1 kill of 1 instance, from 1 to 1: 1.",
}


@pytest.mark.parametrize("begins", ONE)
def test_a_rule_speaks_of_one_thing_as_of_one(begins):
    (rule,) = {rule for kind in registry.KINDS for rule in kind.rules if rule.message.startswith(begins)}
    fields = re.findall(r"\{(\w+)[}:]", rule.message + rule.why + rule.fix)

    said = rule.at(**dict.fromkeys(fields, 1)).message

    assert said.startswith(ONE[begins])
