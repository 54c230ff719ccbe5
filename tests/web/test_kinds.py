"""Kinds of evidence under their names in the reader's language."""

import pytest

from app.evidence import registry
from app.web.kinds import kind_title
from app.words import speaking, spoken
from app.words.catalogue import catalogue


@pytest.mark.parametrize(
    ("kind", "english", "german"),
    [
        ("latency_table", "Latency table or access log", "Latenztabelle oder Zugriffsprotokoll"),
        ("unknown", "", ""),
        (None, "", ""),
        ("read_one_day", "read one day", "read one day"),
    ],
)
def test_a_kind_has_its_title(kind, english, german):
    said = kind_title(kind)

    assert str(said) == english
    with speaking(catalogue("de")):
        assert spoken(said) == german


@pytest.mark.parametrize("kind", [kind.name for kind in registry.KINDS])
def test_every_kind_is_named_in_german(kind):
    assert catalogue("de").told(kind_title(kind)) is not None
