"""A capacity table beside a cost sheet: only the milestone of the same traffic, only a sheet of everything."""

from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.claims import FileFacts
from app.evidence.comparison import compare
from app.evidence.source import Source

TABLE = Path(registry.__file__).parent / "capacity_table" / "samples" / "clean-all.csv"


def read(path, kind):
    report = registry.inspect(Source(path.name, path), kind)
    return FileFacts(kind, path.name, kind, path.name, report.facts)


def sheet(tmp_path, text):
    path = tmp_path / "cost.csv"
    path.write_text(text)
    return read(path, "cost_sheet")


def said(*files):
    return [(one.code, one.message) for one in compare(files, ()) if one.code == "Q7"]


def test_another_cost_for_the_same_traffic_is_said(tmp_path):
    table = read(TABLE, "capacity_table")
    bill = sheet(tmp_path, "period,cost_usd,requests\nmonth,95,6000000\n")

    assert said(table, bill) == [
        (
            "Q7",
            "At 10,000 users clean-all.csv has a cost of 60; cost.csv comes to 95 a month for about the same traffic "
            "(2.3 and 2.282 requests/s).",
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        "period,cost_usd,requests\nmonth,62,6000000\n",
        "period,cost_usd,requests\nmonth,95,9000000\n",
        "layer,period,cost_usd,requests\ndatabase,month,95,6000000\n",
    ],
)
def test_the_same_cost_another_traffic_or_a_sheet_of_one_layer_say_nothing(tmp_path, text):
    assert said(read(TABLE, "capacity_table"), sheet(tmp_path, text)) == []
