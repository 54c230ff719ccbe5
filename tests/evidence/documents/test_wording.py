"""What a heading is about: the same as the plain ratio of difflib gives, without asking it for every phrase."""

import cProfile
from difflib import SequenceMatcher

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.deploy_timeline.tables import FIELDS
from app.evidence.documents import wording
from app.evidence.registers import rows

TEXTS = st.text("staredniombfh _-1", max_size=24)


def plainly(text):
    """Every phrase in its order by its ratio alone."""
    words = wording.normal(text)
    pairs = sorted(
        ((wording.normal(phrase), subject) for subject, known in FIELDS.items() for phrase in known),
        key=lambda pair: -len(pair[0]),
    )
    for phrase, subject in pairs:
        if f" {phrase} " in f" {words} ":
            return subject
    for phrase, subject in pairs:
        if len(phrase) > 4 and SequenceMatcher(None, phrase, words).ratio() >= wording.ALIKE:
            return subject
    return None


@settings(max_examples=400, deadline=None)
@given(
    text=TEXTS
    | st.sampled_from(["startd", "finishd at", "complete at", "Ended  at", "vresion", "conclusoin"])
)
def test_the_bounds_change_no_answer(text):
    assert wording.about(text, FIELDS) == plainly(text)


@pytest.mark.parametrize("cell", ["q", "tsart", "begun at!"])
def test_a_hostile_table_asks_for_few_ratios(cell):
    text = "\n".join([",".join([cell] * 16)] * 20)
    watch = cProfile.Profile()

    watch.runcall(rows.of_csv, text, FIELDS)

    asked = [one.callcount for one in watch.getstats() if getattr(one.code, "co_name", "") == "ratio"]
    assert sum(asked) <= 2 * 16 * 20
