"""Counts with the marks of thousands of any country: twelve thousand requests are not twelve."""

import pytest

from app.evidence import registry
from app.evidence.source import Source


@pytest.mark.parametrize("count", ["12000", "12.000", "12 000", "12'000", "12\u00a0000"])
def test_twelve_thousand_requests_are_not_twelve(tmp_path, count):
    path = tmp_path / "summary.csv"
    path.write_text(f"Lauf;Requests;p50 (ms);p99 (ms)\nvorher;{count};31,2;184,9\n", encoding="utf-8-sig")

    report = registry.inspect(Source(path.name, path))

    assert report.facts["requests"] == 12_000
    assert not [one.code for one in report.findings if one.code == "L2" and one.severity == "warn"]


def test_a_time_with_three_decimals_is_no_thousand(tmp_path):
    path = tmp_path / "summary.csv"
    path.write_text("run;requests;p50 (ms);p99 (ms)\nbefore;12000;1.234;2.345\n")

    assert registry.inspect(Source(path.name, path)).facts["p99"]["value"] == 2.345
