"""Claims about the load of a run: connections and addresses, against facts of real shape."""

from decimal import Decimal

import pytest

from app.evidence.claims import Claim, FileFacts
from app.evidence.comparison import compare
from app.evidence.latency.load_claims import connections, endpoint
from app.evidence.ledger import reckon

ENDPOINTS = [{"name": "GET /orders?user=1", "n": 950}, {"name": "GET /healthz", "n": 50}]


def claim(text="", value=0, metric="endpoint"):
    unit = "text" if text else "count"
    return Claim(metric, metric, metric, Decimal(value), unit, "db", "", "db", text)


def file(**facts):
    return FileFacts("db", "run.csv", "latency_table", "aa", {"endpoints": [], "load": {}, **facts})


@pytest.mark.parametrize(
    "text", ["/orders", "GET /orders", "https://shop.example.org/orders/", "GET /Orders"]
)
def test_an_address_agrees_however_it_is_typed(text):
    found = endpoint(claim(text), {"endpoints": ENDPOINTS})

    assert (found.agrees, found.found) == (True, "95 % of its requests went there.")


def test_another_address_contradicts_and_names_what_is_there():
    (row,) = reckon([claim("/cart")], [file(endpoints=ENDPOINTS)])

    assert (row.verdict, row.claimed, row.said) == ("contradicts", None, "/cart")
    assert row.reason == "None of its requests went there; it names GET /orders?user=1, GET /healthz."
    (found,) = compare([file(endpoints=ENDPOINTS)], [claim("/cart")])
    assert (found.code, found.numbers["claimed"]) == ("L1", "/cart")


def test_an_address_that_few_requests_went_to_contradicts():
    assert endpoint(claim("/healthz"), {"endpoints": ENDPOINTS}).agrees is False


def test_a_file_without_addresses_cannot_tell():
    (row,) = reckon([claim("/orders")], [file()])

    assert (row.verdict, row.reason) == (
        "unchecked",
        "run.csv does not show it. A column with the address of each request (`url`) makes it checkable.",
    )


def test_connections_are_those_recorded_else_those_of_a_closed_loop():
    recorded = connections(claim(), {"load": {"recorded_concurrency": 10, "connections": 9.2}})
    closed = connections(claim(), {"load": {"connections": 9.6, "closed_loop": True}})

    assert (recorded.value, recorded.band_low, recorded.band_high) == (10, 10, 10)
    assert closed.band_low < 10 < closed.band_high
    assert connections(claim(), {"load": {"connections": 9.6, "closed_loop": False}}) is None
    (row,) = reckon([claim(value=12, metric="connections")], [file(load={"recorded_concurrency": 10})])
    assert (row.verdict, row.recomputed) == ("contradicts", 10)
