"""Claims of cost per request against real sheets, and the requests of a sheet against what was measured."""

from decimal import Decimal
from functools import cache

import pytest

from app.evidence import registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.comparison import compare
from app.evidence.ledger import reckon
from app.evidence.source import Source
from app.evidence.units import in_base, shown
from tests.evidence.cost_sheet.making import SAMPLES


@cache
def sheet(name="clean-long.csv"):
    report = registry.inspect(Source(name, SAMPLES / name))
    return FileFacts("cost-sheet", name, report.kind, "00", report.facts)


def written(tmp_path, text, name="cost.csv"):
    path = tmp_path / name
    path.write_text(text)
    report = registry.inspect(Source(name, path), "cost_sheet")
    return FileFacts("cost-sheet", name, report.kind, "00", report.facts)


def claim(value, layer="db", side="before", unit="USD", metric="cost_per_request", slot="cost-sheet"):
    return Claim(f"{layer}-{side}", f"{layer} {side}", metric, Decimal(value), unit, slot, side, layer)


def measured(rate, slot="db-latency-before", name="db-before.csv"):
    return FileFacts(slot, name, "latency_table", "01", {"throughput": rate, "n": 20_000})


def about_load(*sides):
    return [
        claim("200", side=side, metric="throughput", unit="requests/s", slot=f"db-latency-{side}")
        for side in sides
    ]


@pytest.mark.parametrize(
    ("value", "layer", "side", "unit", "verdict"),
    [
        ("0.00003", "db", "before", "USD", "agrees"),
        ("0.0000300", "db", "before", "USD", "agrees"),
        ("0.0000232", "db", "after", "USD", "agrees"),
        ("0.0000232", "app", "before", "USD", "agrees"),
        ("0.00001685", "infra", "after", "USD", "agrees"),
        ("0.0300", "db", "before", "USD/1k", "agrees"),
        ("30", "db", "before", "$ per million requests", "agrees"),
        ("0.0030", "db", "before", "cents", "agrees"),
        ("0.0000300", "db", "after", "USD", "contradicts"),
        ("0.0000165", "infra", "after", "USD", "contradicts"),
        ("0.0300", "db", "before", "USD", "contradicts"),
        ("0.00003", "db", "before", "USD/month", "unchecked"),
        ("0.00003", "db", "before", "EUR", "unchecked"),
        ("0.00003", "cache", "before", "USD", "unchecked"),
    ],
)
def test_a_claim_is_settled_by_the_numbers_of_its_layer_and_side(value, layer, side, unit, verdict):
    (row,) = reckon([claim(value, layer, side, unit)], [sheet()])

    assert row.verdict == verdict, row.reason


@pytest.mark.parametrize(
    "name", ["clean-table.xlsx", "clean-layers.xlsx", "clean-transposed.csv", "clean-blocks.csv"]
)
def test_every_layout_settles_the_same_claims(name):
    rows = reckon([claim("0.0000300"), claim("0.0000232", side="after")], [sheet(name)])

    expected = ["contradicts", "contradicts"] if name == "clean-blocks.csv" else ["agrees", "agrees"]
    assert [row.verdict for row in rows] == expected, [row.reason for row in rows]


def test_the_row_shows_the_division_and_both_cells():
    (row,) = reckon([claim("0.0000250")], [sheet("clean-table.xlsx")])

    assert row.reason.rstrip() == (
        "The file gives 0.00003 USD ($933 / 31.1M requests a month); the claim says 0.000025 USD."
    )
    assert row.source == "clean-table.xlsx: J2 / K2"


def test_a_claim_that_copies_a_wrong_quotient_is_told_so():
    (row,) = reckon([claim("0.0009")], [sheet("C1-trigger-month-for-day.csv")])

    assert row.verdict == "contradicts"
    assert row.reason.endswith("The claim is what line 2, cost_per_request says, which is not that quotient.")


def test_a_claim_of_the_other_side_is_recognised():
    (row,) = reckon([claim("0.0000169", "infra", "before")], [sheet()])

    assert row.reason.endswith("It is the number of infrastructure, after.")


def test_without_cost_or_requests_the_written_quotient_counts_with_its_rounding(tmp_path):
    file = written(tmp_path, "layer,side,cost_per_request\ndb,before,0.000030\ndb,after,0.000017\n")

    rows = reckon([claim("0.0000302"), claim("0.0000310"), claim("0.000017", side="after")], [file])

    assert [row.verdict for row in rows] == ["agrees", "contradicts", "agrees"]
    assert rows[0].source == "cost.csv: line 2, cost_per_request"


def test_a_quotient_that_is_not_written_is_divided(tmp_path):
    file = written(tmp_path, "layer,side,cost_usd,requests\ndb,before,933,31.1M\ndb,after,512,31.1M\n")

    (row,) = reckon([claim("0.0000165", side="after")], [file])

    assert row.verdict == "agrees"
    assert row.recomputed == pytest.approx(512 / 31.1e6)


def test_the_cost_of_the_period_can_be_claimed_too():
    rows = reckon([claim("933", metric="cost"), claim("900", metric="cost")], [sheet()])

    assert [row.verdict for row in rows] == ["agrees", "contradicts"]
    assert rows[1].reason == "The file gives 932.5 to 933.5 USD a month; the claim says 900 USD."


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("C8-trigger-no-layer.csv", "no row or column says which layer (db, app, infra) a cost belongs to."),
        (
            "C8-trigger-no-side.csv",
            "no row or column says which numbers are from before and which from after.",
        ),
        (
            "C8-trigger-no-requests.csv",
            "it does not give a cost per request, nor a cost with its requests, for this layer on this side.",
        ),
        ("C6-trigger-currencies.csv", "its amounts are in several currencies."),
        ("clean-semicolons.csv", "its amounts are in EUR, and the claim is in another currency."),
    ],
)
def test_what_cannot_be_checked_says_why(name, why):
    (row,) = reckon([claim("0.00003")], [sheet(name)])

    assert row.verdict == "unchecked"
    assert why in row.reason


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (12.0, "database, before: 31.1M requests a month fit the 12 a second measured in db-before.csv."),
        (
            200.0,
            "database, before: 31.1M requests a month are 11.8 a second on average; db-before.csv measured 200 a "
            "second, 16.9 times as many.",
        ),
        (
            3.0,
            "database, before: 31.1M requests a month are 11.8 a second on average; db-before.csv measured only 3 a "
            "second.",
        ),
    ],
)
def test_the_requests_of_the_sheet_are_held_against_the_measured_rate(rate, words):
    found = compare([sheet(), measured(rate)], about_load("before"))

    assert [finding.message for finding in found if finding.code == "C2"] == [words]


@pytest.mark.parametrize(
    ("rate", "says"), [(14.7, "fit"), (14.9, "times as many"), (9.5, "fit"), (9.4, "only")]
)
def test_a_fifth_more_or_less_is_close_enough(rate, says):
    found = compare([sheet(), measured(rate)], about_load("before"))

    (message,) = [finding.message for finding in found if finding.code == "C2"]
    assert says in message


def test_one_sentence_names_all_groups_it_is_true_of():
    files = [sheet(), measured(200.0), measured(201.0, "db-latency-after", "db-after.csv")]

    found = [one for one in compare(files, about_load("before", "after")) if one.code == "C2"]

    assert [one.message[:44] for one in found] == ["database, before (and database, after): 31.1"]


def test_a_peak_factor_explains_a_faster_load_test(tmp_path):
    text = "layer,side,cost_usd,period,requests,peak factor\ndb,before,933,month,31100000,17\n"

    found = compare([written(tmp_path, text), measured(200.0)], about_load("before"))

    (finding,) = [one for one in found if one.code == "C2"]
    assert (finding.severity, finding.message[-33:]) == ("good", "divided by the peak factor of 17.")


def test_a_source_of_the_requests_explains_it_as_well(tmp_path):
    text = "layer,side,cost_usd,period,requests,source\ndb,before,933,month,31100000,access log of November\n"

    found = compare([written(tmp_path, text), measured(200.0)], about_load("before"))

    (finding,) = [one for one in found if one.code == "C2"]
    assert (finding.severity, finding.message[-22:]) == ("note", "access log of November")


def test_nothing_is_said_of_traffic_without_a_period_or_a_load_of_that_layer(tmp_path):
    timeless = written(tmp_path, "layer,side,cost_usd,requests\ndb,before,933,31100000\n")

    assert [
        one for one in compare([timeless, measured(200.0)], about_load("before")) if one.code == "C2"
    ] == []
    assert [
        one
        for one in compare([sheet(), measured(200.0, "app-latency")], about_load("before"))
        if one.code == "C2"
    ] == []


@pytest.mark.parametrize(
    ("unit", "base"),
    [
        ("USD", 1), ("$", 1), ("", 1), ("€", 1), ("EUR", 1), ("cents", 0.01), ("¢", 0.01), ("USD/request", 1),
        ("$ per request", 1), ("$/1k", 1e-3), ("USD per 1,000 requests", 1e-3), ("USD/million", 1e-6),
        ("EUR per million requests", 1e-6), ("¢/1M requests", 1e-8), ("USD per thousand calls", 1e-3),
        ("USD/month", None), ("$/", None), ("ms", None), ("$/GB", None),
    ],
)  # fmt: skip
def test_money_is_typed_in_many_ways(unit, base):
    found = in_base(1.0, unit, "money")

    assert found == (None if base is None else pytest.approx(base))


def test_small_amounts_are_shown_without_powers_of_ten():
    assert [shown(value) for value in (0.00003, 1.647e-5, 0.0184, 5, 31_100_000)] == [
        "0.00003", "0.00001647", "0.0184", "5", "31,100,000",
    ]  # fmt: skip
