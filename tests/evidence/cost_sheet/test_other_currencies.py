"""A sheet in any common currency, with the grouping its country writes, is as sound as one in dollars."""

import pytest

from app.evidence import registry
from app.evidence.source import Source

SHEET = (
    "Layer,Before ({0}/month),After ({0}/month)\nCompute,1'412.50,1'075.00\nDatabase,180.00,180.00\n"
    "Network,42.10,42.10\nTotal,1'634.60,1'297.10\nRequests per month,38'200'000,38'200'000\n"
    "Cost per 1M requests,42.79,33.96\n"
)


@pytest.mark.parametrize("code", ["USD", "CHF", "GBP", "SEK", "INR", "PLN", "BRL", "Rs", "kr"])
def test_the_cost_of_a_request_is_recomputed_and_not_contradicted(tmp_path, code):
    path = tmp_path / "costs.csv"
    path.write_text(SHEET.format(code))

    report = registry.inspect(Source(path.name, path))

    assert report.facts["currency"] == code
    assert not {"C1", "C7"} & {one.code for one in report.findings if one.severity in ("block", "warn")}


@pytest.mark.parametrize(
    ("header", "cost", "requests", "each"),
    [
        ("Rs per month,Requests per month,Rs per request", "31000", "20000000", "0.00155"),
        ("kr/month,Requests/month,kr per 1000 requests", "31000", "20000000", "1.55"),
        ("Cost,Requests,Cost per request", '"Rs. 31,000"', '"2,00,00,000"', "Rs. 0.00155"),
        ("Cost,Requests,Cost per request", "31 000 kr", "20 000 000", '"0,00155 kr"'),
        ("Cost (Rs lakh),Requests (crore),Cost per request (paise)", "0.31", "2", "0.155"),
        ("Cost (tkr),Requests (M),Cost per request (øre)", "31", "20", "0.155"),
        ("Cost (GBP),Requests (million),Cost per request (pence)", "31000", "20", "0.155"),
        ("Cost (EUR),Requests (M),Cost per request (cents)", "31000", "20", "0.155"),
    ],
)
def test_rupees_crowns_and_their_hundredths_are_read_and_not_contradicted(
    tmp_path, header, cost, requests, each
):
    path = tmp_path / "costs.csv"
    path.write_text(f"Layer,Side,{header}\nDatabase,before,{cost},{requests},{each}\n")

    report = registry.inspect(Source(path.name, path))
    (group,) = report.facts["groups"]
    each_one = group["cost_per_request"]

    assert (report.kind, len(report.facts["currencies"])) == ("cost_sheet", 1)
    assert each_one["value"] / each_one["per"] == pytest.approx(0.00155)
    assert not {"C1", "G1"} & {one.code for one in report.findings}
    assert not [one for one in report.findings if one.code == "C6" and " and in " in one.message]
