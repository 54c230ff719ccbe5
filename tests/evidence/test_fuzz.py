"""A hundred mutations of every kind's samples; `python -m bench.fuzz_evidence` reads ten thousand."""

import pytest

from app.evidence import registry
from bench import fuzz_evidence, mutations

COUNT = 100
COUNTS = {"latency_table": 40}  # an engine starts for each
KINDS = [kind.name for kind in registry.KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_becomes_of_a_sample_gives_a_report_and_the_same_one_twice(kind):
    count = COUNTS.get(kind, COUNT)

    tally = fuzz_evidence.run(kind, count=count)

    assert tally.failures == {}
    assert len(tally.times) == count
    assert tally.ends["read"] > 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_mutation_is_the_same_every_time(kind):
    pool = mutations.samples(kind)

    first, second = ([mutations.mutant(kind, pool, 7, number) for number in range(60)] for _ in range(2))

    assert first == second
    assert len({data for _, data in first}) > 40


def test_a_failure_is_counted_with_the_first_number_that_shows_it():
    tally = fuzz_evidence.Tally("diff")

    for number in (3, 5):
        tally.fail("slow", number, f"sample-{number}")

    assert tally.failures == {"slow": (2, 3, "sample-3")}
    assert tally.row[5] == 2
