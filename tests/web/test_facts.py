"""What the desk says of a file beside its findings: chosen facts, with units, in the reader's language."""

from functools import cache
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source
from app.web.facts import FACTS, shown_facts
from app.words import speaking, spoken
from app.words.catalogue import catalogue

EVIDENCE = Path(registry.__file__).parent
DEMO = Path(__file__).parents[2] / "demo" / "evidence"


@cache
def read(path):
    return registry.inspect(Source(path.name, path))


def samples_of(kind):
    """The facts of one sample of this kind after the other, then of what the demo shows."""
    own = sorted((EVIDENCE / kind / "samples").rglob("*.*"))
    for path in (*own, *sorted(DEMO.iterdir())):
        report = read(path)
        if report.kind == kind and report.facts:
            yield report.facts


@pytest.mark.parametrize("kind", [kind.name for kind in registry.KINDS])
def test_every_fact_of_every_kind_is_found_in_a_sample(kind):
    missing = {str(fact.label) for fact in FACTS[kind]}
    for facts in samples_of(kind):
        missing -= {str(label) for label, _ in shown_facts(kind, facts)}
        if not missing:
            break

    assert missing == set()


def test_numbers_have_units_and_what_is_missing_is_left_out():
    facts = {
        "requests": 1525,
        "p99": {"value": 85.064, "low": 78.5, "high": 95.8},
        "p95": {"value": None},
        "throughput": 25.013,
        "error_rate": 0.0298,
        "columns": {"latency": "latency_ms"},
        "clock_has_zone": True,
    }

    assert [(str(label), str(value)) for label, value in shown_facts("latency_table", facts)] == [
        ("Requests", "1,525"),
        ("p99", "85.06 ms"),
        ("Throughput", "25.01 /s"),
        ("Errors", "2.98 %"),
    ]


def test_times_of_several_plans_and_things_by_name_stand_in_one_line():
    plans = {"plans": [{"execution_ms": 32.15}, {"execution_ms": None}, {"execution_ms": 0.144}]}
    moved = {"moved_out": [{"what": "sessions"}, {"what": "uploads"}, {"what": "sessions"}]}

    assert ("Execution time", "32.15 ms, 0.144 ms") in shown_facts("postgres_plan", plans)
    assert ("Moved out", "sessions, uploads") in shown_facts("diff", moved)


@pytest.mark.parametrize("kind", [None, "", registry.UNKNOWN, "gone"])
def test_a_kind_that_is_not_read_says_nothing(kind):
    assert shown_facts(kind, {"requests": 3}) == []


def test_a_german_page_has_german_facts():
    with speaking(catalogue("de")):
        (label, value), *_ = shown_facts("load_report", {"p99": 1234.5, "throughput": 25.013})[1:]

        assert (spoken(label), spoken(value)) == ("Durchsatz", "25,01 /s")
