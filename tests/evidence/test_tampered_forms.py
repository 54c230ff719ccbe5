"""What was done to true files, by kind: what only changes how a file is written reads as before, in every number; what
changes a number, its order or its unit is told by the code in the table."""

import gzip
import re
import textwrap
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent
PLACES = {"line", "lines", "last_line", "ref", "where"}
TREES = ["mysql_plan/mysql_join.txt", "mysql_plan/mysql_subquery.txt", "mysql_plan/mysql_before.txt"]
BOXES = ["mysql_plan/mariadb_derived.txt", "mysql_plan/mariadb_filtered.txt", "mysql_plan/mariadb_box.txt"]
JSON = [
    "mysql_plan/mysql_v2.json", "mysql_plan/mariadb_before.json", "sqlite_plan/rows.json",
    "load_report/clean-autocannon.json", "load_report/clean-bombardier.json", "load_report/clean-artillery.json",
    "load_report/clean-oha.json", "load_report/L17-trigger-prometheus-2-buckets.json",
    "load_report/L4-trigger-prometheus-2-quantile.json", "profile/P2-trigger-5-seconds.speedscope.json.gz",
]  # fmt: skip
TEXTS = [
    "postgres_plan/before.txt", "load_report/clean-wrk.txt", "load_report/clean-vegeta-report.txt",
    "load_report/clean-k6-text-old.txt", "load_report/L4-trigger-k6-text.txt",
    "load_report/L4-trigger-jmeter-terminal.txt",
]  # fmt: skip
TABLES = [
    "cost_sheet/layout-german-long.csv",
    "latency_table/clean-steady.csv.gz",
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
    "UTF-16 with a mark": lambda text: text.replace("\n", "\r\n").encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-16, the other order": lambda text: text.encode("utf-16-be"),
    "no-break spaces": lambda text: text.replace("  ", "\u00a0 ").encode(),
    "empty lines around": lambda text: f"\n\n{text}\n\n".encode(),
}
WIDE = ("UTF-16 with a mark", "UTF-16 without a mark", "UTF-16, the other order")
MATRIX = [
    *((name, way) for name in [*TREES, *BOXES, *JSON, *TEXTS] for way in ("in mail", "in a terminal")),
    *((name, way) for name in [*TREES, *JSON, *TEXTS, *TABLES, *OTHERS] for way in WIDE),
    *((name, "no-break spaces") for name in [*TREES, *JSON, *TEXTS]),
    ("profile/clean-flamegraph-pl.svg", "empty lines around"),
]


def original(name):
    kind, _, file = name.partition("/")
    data = (SAMPLES / kind / "samples" / file).read_bytes()
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode()


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


@pytest.mark.parametrize(
    ("name", "was", "became", "code"),
    [
        ("mysql_plan/mysql_before.txt", r"time=21\.4\.\.21\.4", "time=0.4..0.4", "E9"),
        ("load_report/L10-trigger-loadtest.txt", r"99%      102 ms", "99%      12 ms", "L5"),
        ("load_report/L10-trigger-loadtest.txt", r"rps:       490", "rps:       990", "L6"),
        ("load_report/clean-artillery.json", r'"p99": 127\.8', '"p99": 12.8', "L5"),
        ("load_report/L4-trigger-siege.json", r"655\.84", "955.84", "L6"),
        ("load_report/L4-trigger-httperf.txt", r"Request rate: 60\.0", "Request rate: 160.0", "L6"),
        ("load_report/L4-trigger-h2load.txt", r"174\.61 req", "374.61 req", "L6"),
        ("load_report/clean-autocannon.json", r'"p99":\d+', '"p99":1', "L5"),
        ("load_report/clean-autocannon.json", r'("requests":\{"average":)[\d.]+', r"\g<1>99999", "L6"),
        ("load_report/clean-ab.txt", r"99% +\d+", "99%      2", "L5"),
        ("load_report/clean-vegeta-report.txt", r"48\.7ms", "8.7ms", "L5"),
        ("load_report/clean-oha.json", r'"p99": ?[\d.]+', '"p99": 0.0001', "L5"),
        ("load_report/clean-bombardier.json", r'"99": ?[\d.]+', '"99": 10', "L5"),
        ("load_report/clean-gatling-stats.json", r'("percentiles4": \{\s*"total": )\d+', r"\g<1>1", "L5"),
        ("cost_sheet/layout-german-long.csv", r"0,00001685", "0,00000985", "C1"),
    ],
)  # fmt: skip
def test_a_number_that_was_edited_is_told(read, name, was, became, code):
    edited, times = re.subn(was, became, original(name), count=1)

    assert times == 1
    assert code not in dict(told(read(original(name))))
    assert code in dict(told(read(edited)))


def test_a_bill_whose_rows_were_copied_does_not_add_up(read):
    header, first, *rest = original("cost_sheet/clean-long.csv").splitlines()

    assert "C1" not in dict(told(read("\n".join([header, first, *rest]))))
    assert "C1" in dict(told(read("\n".join([header, first, first, *rest]))))


def test_a_run_that_was_pasted_twice_is_counted_once(read):
    run = original("load_report/clean-wrk.txt")
    once, twice = read(run), read(f"{run}\n{run}")

    assert "L19" in dict(told(twice))
    assert twice.facts["n"] == once.facts["n"]


def test_costs_that_were_swapped_are_no_saving(read):
    sheet = original("cost_sheet/clean-long.csv")
    swapped = sheet.replace("before", "?").replace("after", "before").replace("?", "after")

    assert dict(told(read(sheet)))["C7"] == "good"
    assert dict(told(read(swapped)))["C7"] == "note"
