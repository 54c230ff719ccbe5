"""A sentence of a rule with its numbers, and with the words that go with them."""

import pytest

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
    ],
)
def test_words_go_with_their_number(count, said):
    assert FOUND.at(count=count, what="it", names="a").message == said


def test_the_catalogue_shows_the_words_of_many():
    assert _words(FOUND.message) == "⟨count⟩ alerts have no ⟨what⟩: ⟨names⟩."
