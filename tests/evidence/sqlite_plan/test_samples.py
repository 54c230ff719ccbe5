"""Each sample is told exactly what samples.toml says, and every rule has a sample that triggers it."""

import pytest

from app.evidence import registry
from app.evidence.sqlite_plan import KIND
from tests.evidence.plans.told import Samples

SAMPLES = Samples(KIND)


def test_every_sample_is_listed():
    assert SAMPLES.names() == set(SAMPLES.files)


@pytest.mark.parametrize("name", SAMPLES.files)
def test_a_sample_is_told_what_is_written_beside_it(name):
    assert SAMPLES.codes(name) == SAMPLES.files[name]


@pytest.mark.parametrize("row", SAMPLES.pairs, ids=lambda row: f"{row['before']}-{row['after']}")
def test_a_pair_is_told_what_is_written_beside_it(row):
    assert [finding.code for finding in SAMPLES.compared(row)] == row["codes"]


def test_every_variant_of_a_rule_fires_on_a_sample():
    assert SAMPLES.silent_rules() == []


@pytest.mark.parametrize("name", [name for name in SAMPLES.files if name != "query.sql"])
def test_a_plan_is_recognised_by_its_content_alone(name):
    likely = registry.recognise(SAMPLES.source(name))

    assert likely[0][0] is KIND
    assert all(likely[0][1] - confidence > registry.ABOUT_AS_SURE for _, confidence in likely[1:])
