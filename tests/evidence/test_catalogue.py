"""The catalogue is made from the rules, and the rules keep their promises."""

from pathlib import Path

from app.evidence import catalogue, registry

ROOT = Path(registry.__file__).parents[2]


def test_the_page_is_fresh():
    assert (ROOT / "docs" / "evidence.md").read_text() == catalogue.markdown(), (
        "write it again: python -m app.evidence.catalogue > docs/evidence.md"
    )


def test_every_code_can_be_explained():
    for code in catalogue.codes(registry.rules()):
        assert catalogue.explain(code).startswith(code)
    assert catalogue.explain("Z99") is None


def test_every_rule_says_why_how_to_mend_it_and_gives_an_example():
    incomplete = [rule.code for rule in registry.rules() if not (rule.why and rule.fix and rule.example)]

    assert incomplete == []
