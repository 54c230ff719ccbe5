"""A sheet in any common currency, with the grouping its country writes, is as sound as one in dollars."""

import pytest

from app.evidence import registry
from app.evidence.source import Source

SHEET = (
    "Layer,Before ({0}/month),After ({0}/month)\nCompute,1'412.50,1'075.00\nDatabase,180.00,180.00\n"
    "Network,42.10,42.10\nTotal,1'634.60,1'297.10\nRequests per month,38'200'000,38'200'000\n"
    "Cost per 1M requests,42.79,33.96\n"
)


@pytest.mark.parametrize("code", ["USD", "CHF", "GBP", "SEK", "INR", "PLN", "BRL"])
def test_the_cost_of_a_request_is_recomputed_and_not_contradicted(tmp_path, code):
    path = tmp_path / "costs.csv"
    path.write_text(SHEET.format(code))

    report = registry.inspect(Source(path.name, path))

    assert report.facts["currency"] == code
    assert not {"C1", "C7"} & {one.code for one in report.findings if one.severity in ("block", "warn")}
