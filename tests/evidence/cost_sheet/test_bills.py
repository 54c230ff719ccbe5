"""Bills as clouds and people write them: which numbers are lines, which are the total, and what is no bill."""

from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "cost_sheet" / "samples"
BILLS = {
    "months side by side": """\
Service,2026-09-01,2026-10-01,Service total
Total costs ($),600.10,561.74,1161.84
EC2-Instances ($),340.00,312.44,652.44
RDS ($),211.90,201.10,413.00
ElastiCache ($),48.20,48.20,96.40
""",
    "services side by side": """\
"Service","EC2-Instances($)","RDS($)","ElastiCache($)","Total costs($)"
"Service total","312.44","201.10","48.20","561.74"
"2026-10-01","312.44","201.10","48.20","561.74"
""",
    "a sum in each row": """\
Server;Typ;Preis/Monat (€);Anzahl;Summe (€)
web;CPX31;15,59;3;46,77
db;CCX23;29,39;1;29,39
lb;LB11;5,39;1;5,39
Summe;;;;81,55
""",
    "a column of instances": """\
component,unit_price_per_hour,hours,instances,monthly
web m6i.large,0.096,730,3,210.24
db.m6g.large,0.159,730,1,116.07
Total,,,,326.31
""",
}
PLAIN = "component,monthly_usd\napp,240\ndb,310\ncache,45\ntotal,{total}\n"


def report(tmp_path, text, kind=None):
    path = tmp_path / "costs.csv"
    path.write_text(text)
    return registry.inspect(Source(path.name, path), kind)


@pytest.mark.parametrize("way", BILLS)
def test_a_bill_that_adds_up_is_not_said_to_be_wrong(tmp_path, way):
    found = report(tmp_path, BILLS[way], "cost_sheet")

    assert [one.message for one in found.findings if one.code == "C1"] == []
    assert [one.message for one in found.findings if one.severity == "block"] == []


def test_the_total_of_a_sheet_is_the_one_in_its_row_of_totals(tmp_path):
    (group,) = report(tmp_path, BILLS["a sum in each row"], "cost_sheet").facts["groups"]

    assert group["cost"]["value"] == pytest.approx(81.55)
    assert sum(line["value"] for line in group["lines"]) == pytest.approx(81.55)


@pytest.mark.parametrize(("total", "codes"), [(595, []), (695, ["C1"])])
def test_a_short_bill_with_a_total_is_recognised_and_added_up(tmp_path, total, codes):
    found = report(tmp_path, PLAIN.format(total=total))

    assert found.kind == "cost_sheet"
    assert [one.code for one in found.findings if one.code == "C1"] == codes


def test_days_from_and_to_in_a_bill_are_no_deploys(tmp_path):
    text = "Service description,Usage start date,Usage end date,Cost ($)\nCompute Engine,2026-10-01,2026-10-31,94.03\n"

    assert report(tmp_path, text).kind != "deploy_timeline"


@pytest.mark.parametrize("name", ["queue", "Rechner", "servers", "support", "job runner", "kafka"])
def test_a_column_of_the_bill_under_any_name_is_no_wrong_sum(tmp_path, name):
    path = tmp_path / "costs.csv"
    path.write_text((SAMPLES / "clean-long.csv").read_text().replace("compute", name, 1))

    report = registry.inspect(Source(path.name, path))

    assert not {"C1", "G1"} & {one.code for one in report.findings}
    assert [group["cost"]["value"] for group in report.facts["groups"]] == [933, 723, 723, 568, 568, 524]
