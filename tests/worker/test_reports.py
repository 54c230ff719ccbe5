"""What a child prints is judged before a row is made of it."""

import json

import pytest

from app.evidence import output
from app.evidence.findings import Audience, Finding, Report, Severity, Where
from worker.reports import MOST_FINDINGS, NoReport, parse

FINDING = {
    "code": "L1",
    "severity": "warn",
    "message": "m",
    "why": "w",
    "fix": "f",
    "where": {"line": 2, "last_line": None, "row": None, "node": None},
    "numbers": {"n": 1.5},
    "audience": "reviewer",
}
REPORT = {
    "schema": 1,
    "file": "a",
    "kind": "latency_table",
    "confidence": 0.5,
    "facts": {"p99": 3},
    "findings": [FINDING],
}


def printed(**changes):
    return json.dumps([REPORT | changes]).encode()


def test_a_report_is_built_anew():
    report = parse(printed())

    finding = Finding("L1", Severity.WARN, "m", "w", "f", Where(line=2), {"n": 1.5}, Audience.REVIEWER)
    assert report == Report("latency_table", 0.5, {"p99": 3}, (finding,))


def test_what_the_command_prints_comes_back_the_same():
    finding = Finding("P3", Severity.GOOD, "m", "w", "f", Where(node="0.1"), {"rows": 7, "unit": "ms"})
    report = Report("postgres_plan", 1.0, {"nodes": [{"rows": 3}]}, (finding,))

    assert parse(output.as_json([("plan.txt", report)]).encode()) == report


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"Traceback",
        b"{}",
        b"[]",
        b"[[]]",
        b"[" * 100_000,
        json.dumps([REPORT, REPORT]).encode(),
        printed(kind=None),
        printed(kind="x" * 5000),
        printed(confidence=2),
        printed(confidence=True),
        printed(facts=[]),
        printed(findings={}),
        printed(findings=[1]),
        printed(findings=[FINDING | {"severity": "fatal"}]),
        printed(findings=[FINDING | {"audience": "public"}]),
        printed(findings=[FINDING | {"where": {"line": "2"}}]),
        printed(findings=[FINDING | {"where": [1]}]),
        printed(findings=[FINDING | {"numbers": {"n": []}}]),
        printed(findings=[FINDING] * (MOST_FINDINGS + 1)),
        b'[{"kind": "x", "confidence": NaN, "facts": {}, "findings": []}]',
        b'[{"kind": "x", "confidence": 1, "facts": {"n": 1e999}, "findings": []}]',
    ],
)
def test_anything_else_is_no_report(output):
    with pytest.raises(NoReport):
        parse(output)


def test_what_postgresql_cannot_keep_is_replaced():
    facts = {"nul": "a\x00b", "half": "\ud800", "in": [{"\x00": 1}]}

    report = parse(printed(facts=facts))

    assert report.facts == {"nul": "a\ufffdb", "half": "?", "in": [{"\ufffd": 1}]}
