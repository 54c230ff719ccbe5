"""Copies of true files that somebody's hands went over: what was done to them is said by its code. What is only written
down differently is in test_written_differently.py."""

import gzip
import re
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.comparison import compare
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent
DEMO = Path("demo/evidence")
STEADY, PLAN = "latency_table/clean-steady.csv.gz", "postgres_plan/before.txt"


def original(name):
    kind, _, file = name.partition("/")
    data = (SAMPLES / kind / "samples" / file).read_bytes()
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode()


@pytest.fixture
def read(tmp_path):
    """A text as a file's report; `slot` names the file."""

    def read(text, slot="copy", encoding="utf-8"):
        path = tmp_path / slot
        path.write_bytes(text.encode(encoding))
        return registry.inspect(Source(slot, path))

    return read


def codes(report):
    return {finding.code for finding in report.findings}


def between(read, claims, **texts):
    """The codes of what is said across files, each uploaded to the slot it is named after."""
    reports = {slot: read(text, slot) for slot, text in texts.items()}
    files = [FileFacts(slot, slot, report.kind, slot, report.facts) for slot, report in reports.items()]
    return {finding.code for finding in compare(files, claims)}


def claimed(metric, before, after, unit="ms"):
    sides = (("before", before), ("after", after))
    return [Claim(side, side, metric, Decimal(value), unit, side, side, "db") for side, value in sides]


def divided(text, by):
    """The table with each latency, its second column, made smaller."""
    return re.sub(r",(\d+\.\d+),", lambda cell: f",{float(cell[1]) / by:.6f},", text)


@pytest.mark.parametrize(
    ("name", "was", "became", "code"),
    [
        (PLAN, r"Execution Time: [\d.]+ ms", "Execution Time: 0.020 ms", "E9"),
        ("load_report/clean-wrk.txt", r"99% +[\d.]+ms", "99%    1.10ms", "L5"),
        ("load_report/clean-wrk.txt", r"\d+ requests in", "999999 requests in", "L6"),
        ("load_report/clean-hey.txt", r"99% in [\d.]+ secs", "99% in 0.0001 secs", "L5"),
        ("load_report/clean-k6-handle-summary.json", r'"p\(99\)": ?[\d.]+', '"p(99)": 1.5', "L5"),
        ("load_report/L7-trigger-jmeter-2-aggregate.csv", r"(TOTAL.*),103,", r"\1,33,", "L5"),
        ("cost_sheet/clean-long.csv", r"0\.00001685", "0.00000985", "C1"),
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
        ("load_report/L10-trigger-artillery-2.json", '"p99": 162.4', '"p99": 12.4', "L5"),
        ("load_report/L10-trigger-jmeter-5.5.json", '"pct3ResTime" : 180.0', '"pct3ResTime" : 18.0', "L5"),
        ("load_report/L4-trigger-jmeter-5.5-console.txt", "2400 in", "24000 in", "L6"),
        ("load_report/L7-trigger-k6-1.1.txt", r"p\(99\)=69\.2ms", "p(99)=19.2ms", "L5"),
        ("load_report/L7-trigger-k6-1.1-export.json", r'"p\(99\)": 69', '"p(99)": 19', "L5"),
    ],
)  # fmt: skip
def test_a_number_that_was_edited_no_longer_fits_the_others(read, name, was, became, code):
    edited, times = re.subn(was, became, original(name), count=1)
    before = codes(read(original(name), "original"))

    assert times == 1
    assert code not in before
    assert code in codes(read(edited))


def test_a_claim_that_was_edited_is_contradicted_by_its_file(read):
    same, edited = claimed("p99", "192.7", "192.7"), claimed("p99", "120", "120")

    assert "L1" not in between(read, same, before=original(STEADY))
    assert "L1" in between(read, edited, before=original(STEADY))


def test_plans_that_were_swapped_are_not_faster(read):
    before, after = (original(f"postgres_plan/{side}.txt") for side in ("before", "after"))
    claims = claimed("plan_time", "1", "1")

    assert "E8" not in between(read, claims, before=before, after=after)
    assert "E8" in between(read, claims, before=after, after=before)


def test_latencies_that_were_swapped_contradict_both_claims(read):
    slow = original(STEADY)
    fast = divided(slow, 4)
    claims = claimed("p99", "192.7", "48.2")

    assert "L1" not in between(read, claims, before=slow, after=fast)
    assert "L1" in between(read, claims, before=fast, after=slow)


def test_rows_that_were_copied_below_are_a_question_for_reviewers(read):
    header, *rows = original(STEADY).splitlines()
    doubled = "\n".join([header, *rows[:400], *rows[:400], *rows[400:]])

    found = [finding for finding in read(doubled).findings if finding.code == "L15"]

    assert [finding.audience for finding in found] == ["reviewer"]
    assert "L15" not in codes(read(original(STEADY), "original"))


def test_requests_that_were_copied_below_the_log_of_h2load_are_a_question_for_reviewers(read):
    rows = original("latency_table/L7-trigger-h2load.tsv.gz").splitlines(keepends=True)

    assert "L15" not in codes(read("".join(rows)))
    assert "L15" in codes(read("".join([*rows, *rows[-900:]])))


def test_the_same_file_for_both_sides_is_named_whatever_its_line_ends(tmp_path):
    reports = {}
    for side, text in (("before", original(STEADY)), ("after", original(STEADY).replace("\n", "\r\n"))):
        (tmp_path / side).write_bytes(text.encode())
        source = Source(side, tmp_path / side)
        reports[side] = (registry.inspect(source), source.sha256())
    files = [
        FileFacts(side, side, report.kind, sha256, report.facts, report.fingerprint)
        for side, (report, sha256) in reports.items()
    ]

    assert [finding.code for finding in compare(files, claimed("p99", "192.7", "192.7"))] == ["G7"]


def test_seconds_under_a_header_of_milliseconds_are_doubted(read):
    seconds = divided(original(STEADY), 1000)

    assert "L13" not in codes(read(original(STEADY), "original"))
    assert "L13" in codes(read(seconds))
    assert {"L1", "L13"} <= between(read, claimed("p99", "0.1927", "0.1927"), before=original(STEADY))


def test_deploys_of_another_zone_lie_outside_of_the_log(read):
    traffic = gzip.decompress((DEMO / "traffic-after.csv.gz").read_bytes()).decode()
    deploys = (DEMO / "timeline-after.csv").read_text()
    shifted = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", _two_hours_later, deploys)

    assert "Y3" not in between(read, [], timeline=deploys, traffic=traffic)
    assert "Y3" in between(read, [], timeline=shifted, traffic=traffic)


def _two_hours_later(match):
    return (datetime.fromisoformat(match[0]) + timedelta(hours=2)).isoformat(sep=match[0][10])


def test_a_bill_whose_rows_were_copied_does_not_add_up(read):
    header, first, *rest = original("cost_sheet/clean-long.csv").splitlines()

    assert "C1" not in codes(read("\n".join([header, first, *rest]), "original"))
    assert "C1" in codes(read("\n".join([header, first, first, *rest])))


def test_a_run_that_was_pasted_twice_is_counted_once(read):
    run = original("load_report/clean-wrk.txt")
    once, twice = read(run, "once"), read(f"{run}\n{run}", "twice")

    assert "L19" in codes(twice)
    assert twice.facts["n"] == once.facts["n"]


def test_costs_that_were_swapped_are_no_saving(read):
    sheet = original("cost_sheet/clean-long.csv")
    swapped = sheet.replace("before", "?").replace("after", "before").replace("?", "after")

    verdicts = [
        {str(finding.severity) for finding in read(text, slot).findings if finding.code == "C7"}
        for slot, text in (("sheet", sheet), ("swapped", swapped))
    ]
    assert verdicts == [{"good"}, {"note"}]
