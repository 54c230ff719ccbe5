"""Copies of true files that somebody's hands went over: what was done to them is said by its code. What is only written
down differently is in test_written_differently.py."""

import gzip
import random
import re
from datetime import UTC, datetime, timedelta
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
        ("load_report/clean-ab.txt", r"100% +\d+", "100%      2", "L5"),
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


ROWS = (
    "run,requests,mean_ms,p50_ms,p95_ms,p99_ms,max_ms\n"
    "before,24000,140,120,320,480,1100\nafter,24000,48,40,108,160,380\n"
)
MINUTES = "minute,requests,p50_ms,p95_ms,p99_ms\n" + "".join(
    f"2026-11-20T09:{at:02d}:00Z,12000,{38 + at % 3},{100 + 3 * at},{150 + 7 * at}\n" for at in range(10)
)


@pytest.mark.parametrize(
    ("text", "was", "became", "code"),
    [
        (ROWS, "48,40", "480,40", "L5"),
        (ROWS, "48,40", "18,40", "L5"),
        (ROWS, "160,380", "160,150", "L5"),
        (MINUTES, "$", "overall,120000,39,113.5,181.5", "L8"),
        (MINUTES, ",185", ",85", "L5"),
    ],
)
def test_a_row_of_somebody_s_table_that_was_edited_fits_no_longer(read, text, was, became, code):
    edited = re.sub(was + r"\Z" if was == "$" else was, became, text, count=1)
    before, after = (read(each, slot).findings for each, slot in ((text, "original"), (edited, "edited")))

    assert [one.code for one in before if one.severity == "warn"] == []
    assert [one.code for one in after if one.severity == "warn"] == [code]


def test_a_total_below_minutes_that_is_no_mean_is_the_run(read):
    report = read(MINUTES + "overall,120000,39,114.1,191.4\n")

    assert report.facts["p99"]["value"] == 191.4
    assert "L8" not in codes(report)


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


def table(rows, header="timestamp,endpoint,status,latency_ms"):
    return "\n".join([header, *(",".join(row) for row in rows)]) + "\n"


@pytest.fixture(scope="module")
def true_rows():
    """Two minutes at 100 requests a second, lognormal, in the order of completion."""
    chance, at, rows = random.Random(5), 0.0, []
    while (at := at + chance.expovariate(100)) < 120:
        code = "502" if chance.random() < 0.004 else "200"
        rows.append(
            [_stamp(at), chance.choice(["/cart", "/item"]), code, f"{chance.lognormvariate(4.8, 0.6):.3f}"]
        )
    return rows


def _stamp(seconds):
    time = datetime(2026, 11, 20, 9, tzinfo=UTC) + timedelta(seconds=seconds)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _later(row, seconds):
    return [_stamp((datetime.fromisoformat(row[0]) - datetime(2026, 11, 20, 9, tzinfo=UTC)).total_seconds() + seconds),
            *row[1:]]  # fmt: skip


def _latencies(rows, changed):
    return [[*row[:3], changed(float(row[3]))] for row in rows]


def _shuffled(rows):
    copies = [_later(row, 60) for row in rows[:5000]]
    return [*rows[:5000], *random.Random(1).sample(copies, len(copies))]


def _without_slowest(rows):
    slowest = sorted(float(row[3]) for row in rows)[int(len(rows) * 0.99)]
    return [row for row in rows if float(row[3]) < slowest]


WORDS = {
    "copied": "latencies occur exactly 2 times each",
    "cut": "end at",
    "capped": "requests took exactly 300 ms",
    "tens": "are multiples of 10 ms",
    "runs": "the rows look like 2 runs",
    "unit": "Is the unit right?",
}


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (_shuffled, "L15", "copied"),
        (lambda rows: [row for row in rows[:6000] for _ in range(2)], "L15", "copied"),
        (_without_slowest, "L15", "cut"),
        (lambda rows: _latencies(rows, lambda ms: f"{min(ms, 300):.3f}"), "L15", "capped"),
        (lambda rows: _latencies(rows, lambda ms: f"{round(ms, -1):.0f}"), "L15", "tens"),
        (lambda rows: _latencies(rows, lambda ms: f"{round(ms, -1):.3f}"), "L15", "tens"),
        (lambda rows: [*rows[:6000], *(_later(row, 7200) for row in rows[6000:])], "L19", "runs"),
        (lambda rows: _latencies(rows, lambda ms: f"{ms * 1000:.0f}"), "L13", "unit"),
    ],
)
def test_a_table_that_was_worked_over_is_questioned(read, true_rows, change, code, words):
    before = read(table(true_rows), "original").findings
    found = [
        one
        for one in read(table(change(true_rows))).findings
        if one.code == code and WORDS[words] in one.message
    ]

    assert {one.code for one in before} == {"L2"}
    assert len(found) == 1


@pytest.mark.parametrize("form", ["{:.0f}", "{:.1f}", "{:.2f}", "{:.6f}"])
@pytest.mark.parametrize("spread", ["lognormal", "exponential", "two modes", "normal", "time-outs"])
def test_a_true_table_of_any_spread_and_grain_is_not_questioned(read, form, spread):
    chance = random.Random(f"{form} {spread}")
    draw = {
        "lognormal": lambda: chance.lognormvariate(3.5, 0.8),
        "exponential": lambda: 2 + chance.expovariate(1 / 30),
        "two modes": lambda: chance.gauss(50, 3) if chance.random() < 0.1 else 4 + chance.expovariate(1 / 3),
        "normal": lambda: max(1.0, chance.gauss(80, 12)),
        "time-outs": lambda: min(1000 + chance.expovariate(1), chance.lognormvariate(4, 1.2)),
    }[spread]
    rows = [
        [_stamp(at / 100 + chance.random() / 200), "/cart", "200", form.format(draw())]
        for at in range(12_000)
    ]

    said = [one.message for one in read(table(rows)).findings if one.code in ("L15", "L19", "L13")]

    assert [one for one in said if "symmetric" not in one] == []


def test_one_run_as_both_files_is_named_whatever_its_times_and_order(read, true_rows):
    moved = [_later(row, 3600) for row in reversed(true_rows)]

    said = between_messages(read, claimed("p99", "400", "400"), table(true_rows), table(moved))

    assert sum(one.startswith("Both files hold the same") for one in said) == 1


def between_messages(read, claims, before, after):
    reports = {"before": read(before, "before"), "after": read(after, "after")}
    files = [FileFacts(slot, slot, report.kind, slot, report.facts) for slot, report in reports.items()]
    return [finding.message for finding in compare(files, claims)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: [_later(row, -7200) for row in rows], "begins only at 2026-11-20T09:00:00"),
        (lambda rows: [[row[0], row[1], row[3]] for row in rows], "Only the file from before says which"),
        (lambda rows: rows, None),
    ],
)
def test_a_second_file_of_another_time_or_without_statuses_is_named(read, true_rows, change, words):
    faster = change([_later(row, 3600) for row in _latencies(true_rows, lambda ms: f"{ms**0.8:.3f}")])
    header = (
        "timestamp,endpoint,latency_ms" if len(faster[0]) == 3 else "timestamp,endpoint,status,latency_ms"
    )

    said = between_messages(read, claimed("p99", "479", "139"), table(true_rows), table(faster, header))

    assert [one for one in said if words is not None and words in one] == ([] if words is None else said[-1:])
    assert not any("More requests fail" in one for one in said)


def test_failures_after_the_change_are_not_more_where_nobody_counted_before(read, true_rows):
    before = [[row[0], row[1], row[3]] for row in true_rows]

    said = between_messages(
        read, claimed("p99", "479", "479"), table(before, "timestamp,endpoint,latency_ms"), table(true_rows)
    )

    assert not any("More requests fail" in one for one in said)


def test_a_warm_up_that_was_left_out_of_the_second_file_alone_is_named(read, true_rows):
    slow = [[*row[:3], f"{float(row[3]) * (6 if at < 1400 else 1):.3f}"] for at, row in enumerate(true_rows)]
    both = [_later(row, 3600) for row in _latencies(slow, lambda ms: f"{ms**0.9:.3f}")]

    said = [
        between_messages(read, claimed("p99", "1", "1"), table(slow), table(after))
        for after in (both, both[1500:])
    ]

    assert [any("begins slowly" in one for one in each) for each in said] == [False, True]


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
