"""Tables and pages whose lines mail broke: read where that is sure, else the file is asked for; never refused."""

import gzip
import textwrap
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source
from tests.evidence.plans.told import wrapped

KINDS = Path(registry.__file__).parent


def content(name):
    data = (KINDS / name).read_bytes()
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode()


def mailed(text, width=78):
    """As mail breaks lines at spaces and tabs, the space gone."""
    return "\n".join(
        part
        for line in text.split("\n")
        for part in textwrap.wrap(
            line, width, break_long_words=False, expand_tabs=False, replace_whitespace=False
        )
        or [""]
    )


def report(tmp_path, text):
    path = tmp_path / "pasted.txt"
    path.write_text(text)
    return registry.inspect(Source(path.name, path))


def nodes(node):
    return [node["title"], node["plan_rows"], node["relation"], *(nodes(child) for child in node["children"])]


@pytest.mark.parametrize("broken", [mailed, lambda text: wrapped(text, 80), lambda text: wrapped(text, 60)])
def test_a_table_of_explain_parted_by_tabs_is_read_whole(tmp_path, broken):
    text = content("mysql_plan/samples/mariadb_tabs.txt")

    found, original = report(tmp_path, broken(text)), report(tmp_path, text)

    assert broken(text) != text
    assert [nodes(plan["root"]) for plan in found.facts["plans"]] == [
        nodes(plan["root"]) for plan in original.facts["plans"]
    ]
    assert [(one.code, one.message) for one in found.findings] == [
        (one.code, one.message) for one in original.findings
    ]


@pytest.mark.parametrize("broken", [mailed, lambda text: wrapped(text, 80)])
def test_a_page_of_ab_is_read_whole(tmp_path, broken):
    text = content("load_report/samples/L4-trigger-ab-w.html")

    found, original = report(tmp_path, broken(text)), report(tmp_path, text)

    assert broken(text) != text
    assert [one.code for one in found.findings] == [one.code for one in original.findings]
    assert (found.facts["n"], found.facts["mean"]) == (original.facts["n"], original.facts["mean"])


def test_a_table_of_summaries_whose_header_was_broken_is_read_whole(tmp_path):
    found = report(tmp_path, mailed(content("load_report/samples/clean-locust-stats.csv")))

    assert found.facts["p99"]["value"] == 54.0
    assert [(one.code, one.severity) for one in found.findings] == [("L2", "good"), ("G15", "note")]
    assert "broken at 75 characters" in found.findings[1].message


def test_a_broken_table_of_requests_is_asked_for_and_not_refused(tmp_path):
    text = "\n".join(content("latency_table/samples/clean-jmeter.csv.gz").split("\n")[:300])

    found = report(tmp_path, mailed(text))

    assert [(one.code, one.severity) for one in found.findings] == [("G15", "warn")]
    assert "Latency table" in found.findings[0].message


def test_prose_and_whole_tables_are_not_taken_for_broken_ones(tmp_path):
    prose = "Before the fix, a page took long, as the plan says, and after it, less.\n" * 9
    whole = "\n".join(content("latency_table/samples/clean-jmeter.csv.gz").split("\n")[:300])

    assert [one.code for one in report(tmp_path, prose).findings] == ["G10"]
    assert "G15" not in [one.code for one in report(tmp_path, whole).findings]


def test_a_sheet_of_costs_that_a_terminal_cut_stays_one(tmp_path):
    text = content("cost_sheet/samples/layout-german-long.csv")
    cut = "\n".join(line[at : at + 80] for line in text.split("\n") for at in range(0, max(len(line), 1), 80))

    assert cut != text
    assert report(tmp_path, cut).kind == "cost_sheet"
