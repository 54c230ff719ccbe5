"""How percentiles are written in headers, durations in cells."""

import pytest

from app.evidence.load_report.figures import duration, figure, percent, rate, significant
from app.evidence.load_report.header import columns
from app.evidence.load_report.header import percent as level


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("99%", 99.0), ("p(99)", 99.0), ("P99.0", 99.0), ("0.99", 99.0), ("p99", 99.0), ("99th", 99.0),
        ("99% Line", 99.0), ("99th percentile", 99.0), ("percentile_99", 99.0), ("pct99", 99.0), ("q99", 99.0),
        ("p99.9", 99.9), ("p99_9", 99.9), ("p999", 99.9), ("p9999", 99.99), ("0.999", 99.9), ("p97_5", 97.5),
        ("100%", 100.0), ("p50", 50.0), ("99%ile", 99.0), ("99 percentile", 99.0),
        ("99", None), ("latency", None), ("p", None), ("p1000000", None), ("1.5", None),
        ("0.0564", None), ("http_200", None),
    ],
)  # fmt: skip
def test_a_header_names_a_percentile(name, expected):
    assert level(name) == expected


@pytest.mark.parametrize(
    ("header", "role", "unit"),
    [
        ("p99_ms", "level", "ms"), ("P99 (s)", "level", "s"), ("p99[us]", "level", "us"),
        ("latency_p99", "level", None),
        ("p99 latency (ms)", "level", "ms"), ("median", "p50", None), ("Median Response Time", "p50", None),
        ("Requests/s", "throughput", None), ("# Samples", "requests", None), ("Error %", "error_rate", None),
        ("avg_ms", "mean", "ms"), ("Std. Dev.", "stddev", None), ("max (ms)", "max", "ms"),
        ("Requests", "requests", None),
    ],
)  # fmt: skip
def test_a_column_has_a_role_and_a_unit(header, role, unit):
    (found,) = columns([header])

    assert (found.role, found.unit) == (role, unit)


@pytest.mark.parametrize(
    ("text", "ms", "step"),
    [
        ("17.78ms", 17.78, 0.01), ("121.90us", 0.1219, 1e-5), ("1.02m", 61_200.0, 600.0), ("1m2.5s", 62_500.0, 100.0),
        ("0s", 0.0, 1000.0), ("2.5µs", 0.0025, 1e-4), ("1h", 3_600_000.0, 3_600_000.0),
    ],
)  # fmt: skip
def test_a_duration_is_ms_with_the_step_of_its_last_digit(text, ms, step):
    found = duration(text)

    assert (found.value, found.step) == (pytest.approx(ms), pytest.approx(step))


@pytest.mark.parametrize("text", ["", "ms", "12", "12 ms x", "-5ms", "1e3ms", "NaNms", "9" * 80 + "s"])
def test_what_is_no_duration_is_none(text):
    assert duration(text) is None


def test_figures_are_finite_or_none():
    assert [
        figure(text)
        for text in ("N/A", "-", "", "nan", "inf", "1e999", "1e30", "1e-30", "0x10", "1_000", "١٢")
    ] == [None] * 11
    assert figure("34,650").value == 34_650
    assert figure("0.08536111111111083").value == pytest.approx(0.0853611111111)
    assert figure("0.00000008536111111111083").value == pytest.approx(8.53611111e-8)
    assert percent("3.25%").value == pytest.approx(0.0325)
    assert rate("12.3/min").value == pytest.approx(0.205)
    assert rate("4.5/fortnight") is None


@pytest.mark.parametrize(
    ("value", "step"), [(73, 1.0), (250, 10.0), (1300, 100.0), (42_000, 1000.0), (0, 1.0)]
)
def test_two_digits_are_steps_that_grow(value, step):
    assert significant(value, 2) == step
