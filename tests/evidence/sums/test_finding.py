"""Sums in prose: what is done again, what is forgiven, and what is no sum at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.sums.finding import sums
from tests.evidence import budget


def verdicts(text):
    return [(one.agrees, one.written_text) for one in sums(text)]


@pytest.mark.parametrize(
    "text",
    [
        "10,000 users x 20 requests / 86,400 s x 5 peak = 11.6 requests/s",
        "100000*20/86400*5 = 115,7 Anfragen/s",
        "14 requests/s × 200 ms ≈ 2.8 in flight",
        "87 × 22 ms ≈ 1.9",
        "57 € / 60 M = 0.95 € per million requests",
        "57 € / 60,000 = 0.95 € per 1,000 requests",
        "1,26 GB/Monat × 12 = 15,1 GB/Jahr",
        "5 errors per 1,000 requests x 200,000 = 1,000 errors",
        "1.000.000 rows x 2 KB = 2 GB",
        "1M x 500 B = 500 MB",
        "99.9% of 30 days = 43.2 min",
        "(1 - 99.9%) x 43,200 min = 43.2 min",
        "100,000 users x 20 requests/day = 23 requests/s",
        "5,000 + 10% = 5,500",
        "115 / 50 = 3 servers",
        "Stage 2 - 3 x 20 = 60",
        r"$\frac{100000 \times 20}{86400} \approx 23.1$",
        r"$QPS = (100M \times 10) / 86400 \approx 11,600~\text{RPS}$",
        r"$500 \text{ KB} \times 365 \times 5 \approx 900 \text{ MB}$",
        "1775059200 / 86400 = 20544.0 days from epoch",
        "115 req/s X 147ms response / 45 workers = 37%",
        "Concurrency = requests per second x duration = 200 x 0.25 s = 50.",
        "50 GB x $0.09 = $4.50",
        "10 x 20 = 150-250",
        "2^10 = 1024",
        "2 x t3.medium at $30 = $60",
        "100,000 x 20 / 86,400 x 5 ≈ 120",
        "0.1234567890123456 x 3 = 0.3703703670370368",
        "100 / 7 = 14.285714285714286",
        "1 / 30000 = 3.3333333333333335e-05",
        "1.2345678901234567e-05 x 2 = 2.4691357802469134e-05",
        "1099511627776 x 1099511627776 = 1208925819614629174706176",
        "1,234,567.1234567890123 x 2 = 2,469,134.2469135780246",
        "1.000 Nutzer × 20 = 20,000",
        "0,125 × 8,000 = 1,000",
        "0.1 % × 14.4 = 1.44",
        "100 % − 99.9 % = 0.1",
        "40 % × 4 workers = 160",
        "12 / 1,200 × 100 = 1 %",
        "$2.40 × 3 % = 7.2 cents",
        "99.9 % of 30 days = 43 min 12 s",
        "0.5 % × 30 d = 3h 36m",
        "10 min × 96 kbps = 7.2 MB",
    ],
)
def test_a_sum_that_is_right_in_any_reading_agrees(text):
    assert [agrees for agrees, _ in verdicts(text)] == [True]


@pytest.mark.parametrize(
    ("text", "recomputed"),
    [
        ("100,000 x 20 = 2,000", 2_000_000),
        ("100.000 × 20 = 2.000", 2_000_000),
        ("1,200,000 × 0.1 % = 12,000", 1200),
        ("1,200,000 requests × 0.1 % = 120,000 failed requests", 1200),
        ("43,200 min × 0.1 % = 4,320 min", 43.2),
        ("30 days × 0.1 % = 432 min", 43.2),
        ("5 % × 200 = 1000", 10),
        ("100 × 3 KB × 365 = 110 GB a year", 0.1095),
        ("0.1 % of 30 days = 4m 20s", 43.2),
        ("10,000 users x 20 requests = 2,000,000 requests a day", 200_000),
        ("100,000 x 20 / 86,400 x 5 = 1,157", 115.7407),
        ("1,000,000 rows x 2 KB = 2 TB", 0.002),
        ("3 x $20 + 2 x $15 = $80", 90),
        ("57 $ / 60 M = $9.5 per million", 0.95),
        ("87 × 22 ms = 19 in flight", 1.914),
        ("1,26 GB/Monat × 12 = 25,1 GB/Jahr", 15.12),
        ("100,000 x 20 / 86,400 x 5 ≈ 150", 115.7407),
    ],
)
def test_a_wrong_sum_is_shown_beside_what_it_gives(text, recomputed):
    (one,) = sums(text)

    assert one.agrees is False
    assert one.recomputed == pytest.approx(recomputed, rel=1e-4)


def test_a_sum_that_runs_on_is_two():
    text = "10,000 x 20 / 86,400 = 2.3 requests/s, x 6 at peak = 14 requests/s"

    assert verdicts(text) == [(True, "2.3 requests/s"), (True, "14 requests/s")]


@pytest.mark.parametrize(
    "text",
    [
        "0.1 % of 30 days = 0.001 × 30 × 24 × 60 = 43.2 min",
        "0.1 % of 30 days = 0.001 × 43,200 min = 43.2 min",
    ],
)
def test_a_side_in_another_unit_of_time_is_no_wrong_sum(text):
    assert verdicts(text) == [(True, "43.2 min")]


def test_a_capital_b_before_a_word_is_a_billion():
    text = "100M × 10 actions = 1B actions a day = 1,157 actions/s"

    assert [one.recomputed for one in sums(text) if not one.agrees] == [pytest.approx(11_574, rel=1e-4)]


def test_what_is_done_every_so_often_is_not_multiplied_by_it():
    assert verdicts("5M shows × check every 30 min = 167K feeds/minute") == []


def test_a_rate_that_is_only_turned_into_another_is_held_to_it():
    text = "100,000 x 20 = 2,000,000 requests/day = {} requests/s"

    assert [agrees for agrees, _ in verdicts(text.format("23.1"))] == [True, True]
    assert [agrees for agrees, _ in verdicts(text.format("231"))] == [True, False]


def test_a_sum_in_brackets_behind_another_is_read_too():
    text = "11.6 × 22 ms = 0.26 in flight (10,000 × 20 = 100,000 a day) and 6 × 7 = 42"

    assert verdicts(text) == [(True, "0.26 in flight and"), (False, "100,000 a day"), (True, "42")]


@pytest.mark.parametrize(
    "text",
    [
        "log(5) / log(1.06) = 27.6 months",
        "released 2026-11-25, version 1.2.3 = stable, 10.0.0.1/8 = internal, a ratio of 3:1 = 3",
        "https://shop.internal/items?page=5*3=16 and pool_size = 20",
        "users x 20 / 86,400 = 2.3",
        "3 x 2 vCPU -> 4 x 2 vCPU",
        "2 servers x 4 cores = 800 rps",
        "SLO = 99.9, p99 = 300 ms, 1 user = 20 requests",
        "24/7 = always, 1920x1080 = full size",
        "if (a*2==b/3) return 5;",
        "x = y * 3 = z",
        "10 / 0 = 5",
    ],
)
def test_what_is_no_sum_is_left_alone(text):
    assert verdicts(text) == []


@given(st.integers(1, 10**6), st.integers(1, 500), st.integers(2, 10))
@settings(max_examples=80, deadline=None)
def test_a_chain_agrees_with_python_and_a_tenfold_error_does_not(users, requests, factor):
    rate = users * requests / 86400 * factor
    text = f"{users:,} x {requests} / 86,400 x {factor} = "

    assert [agrees for agrees, _ in verdicts(f"{text}{rate:,.3f} requests/s")] == [True]
    assert [agrees for agrees, _ in verdicts(f"{text}{rate * 10 + 1:,.3f} requests/s")] == [False]


@given(st.text(alphabet="0123456789 xX*/+-=≈~().,%$kMGB^ab", max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_and_gives_finite_numbers(text):
    for one in sums(text):
        assert one.recomputed == one.recomputed
        assert abs(one.recomputed) != float("inf")


@pytest.mark.parametrize(
    "piece",
    [
        "1 x ",
        "(",
        "1 = ",
        "1 x 2 = ",
        "a ",
        "1,000",
        "1 (",
        "$",
        "~",
        "($",
        "$" * 60 + "\n",
        "x5",
        "\\frac{1}{",
    ],
)
def test_a_long_text_is_read_in_two_seconds(piece):
    text = piece * (200_000 // len(piece))

    with budget.seconds(2):
        list(sums(text + " = 1"))
