"""Texts of tools that no kind reads: told kindly, with what to add; never a block, never another kind."""

import pytest

from app.evidence import registry
from app.evidence.source import Source

FORMS = {
    "a plan of Oracle": "Plan hash value: 1275100350\n\n| Id  | Operation         | Name   |\n",
    "a plan of SQL Server": '<?xml version="1.0"?>\n<ShowPlanXML Version="1.5"/>\n',
    "a plan of MongoDB": '{"explainVersion":"1","queryPlanner":{"winningPlan":{"stage":"COLLSCAN"}}}\n',
    "a plan of CockroachDB": "info\n----\n  distribution: local\n  vectorized: true\n\n  • scan\n",
    "a profile of DuckDB": "│    Query Profiling Information    │\n││   Total Time: 0.0121s   ││\n│  TABLE_SCAN  │\n",
    "a list of queries from pg_stat_statements": "query,calls,total_exec_time,mean_exec_time,rows\n"
    + '"SELECT 1",12000,981.2,0.08,12000\n' * 9,
    "a bill of AWS": "Service,EC2-Instances($),ELB($),Total costs($)\nService total,412.10,22.30,434.40\n",
    "a bill of Google Cloud": "Service description,SKU description,Cost ($)\nCompute Engine,N2 Core,301.22\n",
    "a bill with a row for each thing that was bought": "product,group_description,description,hours,start,end,USD\n"
    + "Droplets,,app-1,744,2026-10-01 00:00:00 +0000,2026-11-01 00:00:00 +0000,$24.00\n" * 3,
    "a table of numbers whose columns have no names": "200,0.001,0.002,0.031\n200,0.001,0.002,0.044\n" * 5,
    "a bill of Azure": "Date,MeterCategory,Quantity,CostInBillingCurrency\n10/01/2026,Bandwidth,12,1.04\n",
}


def read(tmp_path, text):
    path = tmp_path / "file.txt"
    path.write_text(text, encoding="utf-8")
    return registry.inspect(Source(path.name, path))


@pytest.mark.parametrize(("what", "text"), FORMS.items())
def test_a_form_that_no_kind_reads_is_named_with_what_to_add(tmp_path, what, text):
    report = read(tmp_path, text)

    assert report.kind == "unknown"
    assert [(one.code, one.severity) for one in report.findings] == [("G10", "note")]
    assert report.findings[0].message.startswith(f"This is {what}, which is not read automatically.")
    assert report.findings[0].fix.startswith("Keep it, and add ")


def test_the_list_of_queries_as_psql_prints_it_is_no_cost_sheet(tmp_path):
    text = " calls  | total_exec_time | query\n--------+-----------------+------\n 120034 |        98213.22 | COMMIT\n"

    assert [one.code for one in read(tmp_path, text).findings] == ["G10"]


def test_a_german_bill_is_named_and_a_sheet_with_requests_is_read(tmp_path):
    bill = "Rechnungsnummer;Beschreibung;Menge;Einzelpreis;Gesamtpreis\nR1;CX32 app-1;720;0,0113;6,80\n"
    sheet = "service,side,cost_usd,requests,cost_per_request\ndb,before,933,31100000,0.00003\n"

    assert read(tmp_path, bill).findings[0].message.startswith("This is a bill with a row for each thing")
    assert read(tmp_path, sheet).kind == "cost_sheet"


def test_words_far_below_empty_lines_are_no_bill(tmp_path):
    assert {finding.code for finding in read(tmp_path, "\n" * 60 + "words\n").findings} == {"G10"}


def test_tables_that_a_kind_reads_are_no_bills(tmp_path):
    costs = "layer,service,cost before,cost after\nDatabase,RDS,420,210\nApplication,EC2,310,155\nCompute,EC2,10,5\n"
    latencies = "service,endpoint,status,total_ms\n" + "shop,/cart,200,41.2\n" * 30

    assert [read(tmp_path, text).kind for text in (costs, latencies)] == ["cost_sheet", "latency_table"]


def test_prose_about_such_a_tool_is_not_taken_for_its_output(tmp_path):
    text = "We looked at the plan hash value and at calls and exec_time of pg_stat_statements.\n"

    assert read(tmp_path, text).findings[0].message.startswith("We could not read this automatically.")


def test_requests_with_a_start_and_an_end_are_no_deploys(tmp_path):
    rows = "".join(f"2026-11-20T10:00:{at:02d}Z,2026-11-20T10:00:{at:02d}.500Z,200\n" for at in range(50))

    assert read(tmp_path, "start,end,status\n" + rows).kind != "deploy_timeline"
