"""Two files of one kind: one made from the other, and logs that have no times of requests."""

import csv
import gzip
import io
from decimal import Decimal
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.latency_table import KIND
from app.evidence.ledger import reckon
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "latency_table" / "samples"


@pytest.fixture
def steady(tmp_path):
    """The facts of the steady run with every latency changed by a function of its place and value."""

    def steady(change, digits=3):
        rows = list(
            csv.reader(io.StringIO(gzip.decompress((SAMPLES / "clean-steady.csv.gz").read_bytes()).decode()))
        )
        at = next(i for i, name in enumerate(rows[0]) if "latency" in name)
        for place, row in enumerate(rows[1:]):
            row[at] = f"{change(place, float(row[at])):.{digits}f}"
        path = tmp_path / "run.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        return registry.inspect(Source(path.name, path)).facts

    return steady


def patterns(before, after):
    return [finding for finding in KIND.compare(before, after, "p99") if finding.code == "L15"]


@pytest.mark.parametrize(("factor", "digits"), [(0.5, 3), (0.62, 1), (1.7, 0)])
def test_a_file_that_is_another_times_a_constant_is_a_question_for_the_reviewer(steady, factor, digits):
    before, after = steady(lambda _, ms: ms), steady(lambda _, ms: ms * factor, digits)

    (finding,) = patterns(before, after)

    assert (finding.audience, finding.severity) == ("reviewer", "note")
    assert finding.numbers["factor"] == pytest.approx(factor, rel=0.01)


def test_a_run_that_is_faster_by_chance_and_by_half_is_none(steady):
    before = steady(lambda _, ms: ms)
    after = steady(lambda place, ms: ms * (0.5 + place * 7919 % 100 / 1000))

    assert patterns(before, after) == []
    assert patterns(before, before) == []


def test_a_log_without_times_gives_its_rate_and_says_why_it_gives_no_percentile():
    name = "L4-trigger-nginx-combined.log.gz"
    facts = registry.inspect(Source(name, SAMPLES / name)).facts
    file = FileFacts("load", name, "latency_table", "", facts)
    claims = [
        Claim("a", "rate", "throughput", Decimal("23.2"), "rps", "load"),
        Claim("b", "p99", "p99", Decimal(120), "ms", "load"),
        Claim("c", "requests", "requests", Decimal(1534), "", "load"),
    ]

    rate, p99, requests = reckon(claims, [file])

    assert (rate.verdict, requests.verdict, p99.verdict) == ("agrees", "agrees", "unchecked")
    assert "the log has no times of requests" in p99.reason


def test_a_pair_of_logs_of_which_one_has_no_times_can_be_compared():
    one, other = (
        registry.inspect(Source(name, SAMPLES / name)).facts
        for name in ("L4-trigger-nginx-combined.log.gz", "clean-nginx-json.log.gz")
    )

    assert {finding.code for finding in KIND.compare(one, other, "p99")} <= {"L12", "L16", "L7"}
