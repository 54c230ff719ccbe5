"""True files that mail, a terminal or Windows wrote down differently: in every number they read as before."""

import textwrap

import pytest

from app.evidence import registry
from app.evidence.source import Source
from tests.evidence.test_tampered import codes, original

PLACES = {"line", "lines", "last_line", "ref", "where"}
TREES = ["mysql_plan/mysql_join.txt", "mysql_plan/mysql_subquery.txt", "mysql_plan/mysql_before.txt"]
BOXES = ["mysql_plan/mariadb_derived.txt", "mysql_plan/mariadb_filtered.txt", "mysql_plan/mariadb_box.txt"]
JSON = [
    "mysql_plan/mysql_v2.json", "mysql_plan/mariadb_before.json", "sqlite_plan/rows.json",
    "load_report/clean-autocannon.json", "load_report/clean-bombardier.json", "load_report/clean-artillery.json",
    "load_report/clean-oha.json", "load_report/clean-k6-handle-summary.json", "postgres_plan/before.json",
    "load_report/L17-trigger-prometheus-2-buckets.json",
    "load_report/L4-trigger-prometheus-2-quantile.json", "profile/P2-trigger-5-seconds.speedscope.json.gz",
]  # fmt: skip
TEXTS = [
    "postgres_plan/before.txt", "postgres_plan/after.txt", "load_report/clean-wrk.txt", "load_report/clean-hey.txt",
    "load_report/clean-vegeta-report.txt",
    "load_report/clean-k6-text-old.txt", "load_report/L4-trigger-k6-text.txt",
    "load_report/L4-trigger-jmeter-terminal.txt",
]  # fmt: skip
TABLES = [
    "cost_sheet/layout-german-long.csv",
    "cost_sheet/clean-long.csv",
    "latency_table/clean-steady.csv.gz",
    "latency_table/clean-jmeter-2.csv.gz",
    "load_report/clean-locust-stats.csv",
    "profile/clean-pyspy.txt.gz",
]
OTHERS = ["load_report/L4-trigger-locust-page.html", "load_report/L4-trigger-gatling-stats.js"]


def in_mail(text):
    """Broken at spaces, as mail programs do it."""
    lines = (
        textwrap.wrap(line, 80, drop_whitespace=False, break_on_hyphens=False) for line in text.splitlines()
    )
    return "\n".join("\n".join(parts or [""]) for parts in lines)


def in_a_terminal(text):
    """Cut wherever the width ends."""
    return "\n".join(
        line[at : at + 80] for line in text.splitlines() for at in range(0, max(len(line), 1), 80)
    )


HARMLESS = {
    "in mail": lambda text: in_mail(text).encode(),
    "in a terminal": lambda text: in_a_terminal(text).encode(),
    "UTF-8 with a mark": lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
    "UTF-16 with a mark": lambda text: text.replace("\n", "\r\n").encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-16, the other order": lambda text: text.encode("utf-16-be"),
    "no-break spaces": lambda text: text.replace("  ", "\u00a0 ").encode(),
    "empty lines around": lambda text: f"\n\n{text}\n\n".encode(),
}
WIDE = ("UTF-8 with a mark", "UTF-16 with a mark", "UTF-16 without a mark", "UTF-16, the other order")
MATRIX = [
    *((name, way) for name in [*TREES, *BOXES, *JSON, *TEXTS] for way in ("in mail", "in a terminal")),
    *((name, way) for name in [*TREES, *JSON, *TEXTS, *TABLES, *OTHERS] for way in WIDE),
    *((name, "no-break spaces") for name in [*TREES, *JSON, *TEXTS]),
    ("profile/clean-flamegraph-pl.svg", "empty lines around"),
]


@pytest.fixture
def read(tmp_path):
    def read(data):
        path = tmp_path / "copy"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return registry.inspect(Source("copy", path))

    return read


def told(report):
    return sorted((finding.code, finding.severity) for finding in report.findings if finding.code != "G15")


def numbers(value):
    """The facts without the places they were found at."""
    if isinstance(value, dict):
        return {key: numbers(each) for key, each in value.items() if key not in PLACES}
    return [numbers(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("name", "way"), MATRIX)
def test_another_way_of_writing_changes_no_number(read, name, way):
    plain, written = read(original(name)), read(HARMLESS[way](original(name)))

    assert (written.kind, told(written)) == (plain.kind, told(plain))
    assert numbers(written.facts) == numbers(plain.facts)


def test_where_lines_had_to_be_joined_it_is_said(read):
    report = original("load_report/clean-autocannon.json")

    assert [finding.severity for finding in read(in_mail(report)).findings if finding.code == "G15"] == [
        "note"
    ]
    assert "G15" not in {finding.code for finding in read(report).findings}


def test_a_table_that_mail_wrapped_at_80_columns_is_said_to_have_rows_that_cannot_be_read(read):
    text = original("latency_table/clean-jmeter.csv.gz")
    wrapped = "\n".join("\n".join(textwrap.wrap(line, 80)) for line in text.splitlines()[:900])

    found = codes(read(wrapped))

    assert found & {"L18", "G9", "G15"}
    assert not read(wrapped).is_blocked
