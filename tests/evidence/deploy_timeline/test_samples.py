"""Timelines in every form, and what lies between them and the traffic of ten real deploys behind HAProxy."""

import gzip
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from app.evidence import ledger, registry, times
from app.evidence.claims import Claim, FileFacts
from app.evidence.deploy_timeline import KIND, between, claims, rules, traffic
from app.evidence.source import Source
from tests.evidence import budget

HERE = Path(__file__).parent
SAMPLES = Path(registry.__file__).parent / "deploy_timeline" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


def timeline(name, slot="timeline-after"):
    return FileFacts(slot, name, "deploy_timeline", name, read(name).facts)


def log(name, slot="traffic-after"):
    return FileFacts(slot, name, "latency_table", name, registry.inspect(Source(name, HERE / name)).facts)


def inspected(path, content, slot="traffic-after"):
    path.write_text(content)
    report = registry.inspect(Source(path.name, path))
    return FileFacts(slot, path.name, report.kind, path.name, report.facts)


def said(files, given=()):
    return [(finding.code, str(finding.severity)) for finding in between.together(files, given)]


def claim(metric, value, slot, side=""):
    return Claim(metric, metric, metric, value, "count", slot, side)


def requests(*spans, status=200, every=1):
    """A log line each second of the spans, which are minutes and seconds after 14:00."""
    rows = ["timestamp,status,latency_ms"]
    for begin, end in spans:
        rows += [f"{times.iso(1795183200 + at)},{status},{5 + at % 7}" for at in range(begin, end, every)]
    return "\n".join(rows) + "\n"


TWO = "version,start,end\na1,2026-11-20T14:02:00Z,2026-11-20T14:03:00Z\na2,2026-11-20T14:06:00Z,2026-11-20T14:07:00Z\n"


def test_a_run_that_was_cancelled_is_no_deploy_and_no_failure(tmp_path):
    rows = "a1,2026-11-20T14:02:00Z,2026-11-20T14:03:00Z,{}\na2,2026-11-20T14:06:00Z,2026-11-20T14:07:00Z,success\n"
    more = "a3,2026-11-20T14:09:00Z,2026-11-20T14:10:00Z,success\n"

    left, failed = (
        inspected(tmp_path / "deploys.csv", f"version,start,end,result\n{rows.format(word)}{more}").facts
        for word in ("cancelled", "failure")
    )

    assert (left["count"], left["figures"]["failed"], left["figures"]["restore_s"]) == (2, 0, None)
    assert (failed["count"], failed["figures"]["failed"]) == (2, 1)


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"]


def test_every_sample_is_listed():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)


def test_every_rule_of_one_file_has_a_sample():
    shown = {(found.code, found.severity, found.why) for name in EXPECTED for found in read(name).findings}

    assert {(rule.code, rule.severity, rule.why) for rule in rules.SINGLE} == shown


def test_only_a_file_without_a_deploy_is_refused():
    assert [name for name in EXPECTED if read(name).is_blocked] == ["Y1-trigger-none.csv"]


@pytest.mark.parametrize(
    ("name", "form", "count", "start", "end"),
    [
        ("clean-rolling.csv", "csv", 10, "2026-11-25T07:06:48.005Z", "2026-11-25T07:06:55.846Z"),
        ("clean-gh-runs.json", "gh run list", 10, "2026-11-20T09:03:00Z", "2026-11-20T09:06:00Z"),
        ("clean-github-runs.json", "github runs", 3, "2026-11-20T09:03:00Z", "2026-11-20T09:05:00Z"),
        (
            "clean-github-deployments.json",
            "github deployments",
            2,
            "2026-11-20T09:03:01Z",
            "2026-11-20T09:04:02Z",
        ),
        ("clean-argo.json", "argo", 3, "2026-11-20T09:03:01Z", "2026-11-20T09:04:11Z"),
        ("clean-grafana.json", "grafana", 3, "2026-11-20T14:03:50Z", "2026-11-20T14:06:10Z"),
        ("clean-deploy.log", "log", 1, "2026-11-02T09:14:00Z", "2026-11-02T09:14:41Z"),
        ("clean-events.csv", "csv", 2, "2026-11-20T14:03:50Z", "2026-11-20T14:05:51Z"),
        ("clean-table.md", "markdown", 2, "2026-11-20T14:03:50Z", "2026-11-20T14:05:51Z"),
        ("Y1-trigger-argo-text.txt", "argo text", 2, None, "2026-11-20T14:05:00Z"),
        ("Y1-trigger-helm.json", "helm", 3, "2026-11-20T09:03:01.123Z", None),
        ("Y1-trigger-replica-sets.json", "replica sets", 3, "2026-11-20T09:03:01Z", None),
        ("Y1-trigger-kubectl.txt", "kubectl", 3, None, None),
        ("Y1-trigger-gh-on-a-terminal.txt", "gh run list", 2, None, None),
        (
            "Y1-trigger-gh-through-a-pipe.tsv",
            "gh run list",
            2,
            "2026-11-19T11:02:11Z",
            "2026-11-19T11:03:23Z",
        ),
        ("Y3-trigger-german.csv", "csv", 2, "2026-11-20T14:00:05Z", "2026-11-20T14:01:10Z"),
    ],
)
def test_each_form_gives_its_deploys(name, form, count, start, end):
    facts = read(name).facts
    first = facts["deploys"][0]

    assert (facts["format"], facts["count"], first["start"], first["end"]) == (form, count, start, end)


def test_the_figures_are_recomputed():
    assert read("clean-github-deployments.json").facts["figures"] == {
        "deploys": 2, "span_s": 7261.0, "per_day": None, "failed": 1, "ended": 3, "failure_rate": 0.333333,
        "lead_s": None, "restore_s": 3600.0,
    }  # fmt: skip
    assert read("clean-github-runs.json").facts["figures"]["lead_s"] == 3907.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T14:03:50Z", "2026-11-20T14:03:50Z"),
        ("2026-11-20T15:03:50.250+01:00", "2026-11-20T14:03:50.250Z"),
        ("2026-11-20 14:03:50 +0000 UTC", "2026-11-20T14:03:50Z"),
        ("Fri Nov 20 14:03:50 2026", "2026-11-20T14:03:50Z"),
        ("20.11.2026 14:03:50", "2026-11-20T14:03:50Z"),
        ("20.11.2026, 14:03", "2026-11-20T14:03:00Z"),
        ("1795183430", "2026-11-20T14:03:50Z"),
        ("1795183430000", "2026-11-20T14:03:50Z"),
    ],
)
def test_moments(text, expected):
    assert times.iso(times.first(text).at) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-20",
        "2026-13-20T14:00:00Z",
        "22:22",
        "20.11.2026",
        "32.11.2026 14:03",
        "1.2.3.2026 14:03",
        "9" * 13,
        "2026-11-20T14:00:00+99:00",
    ],
)
def test_what_is_no_moment(text):
    assert times.first(text) is None


def test_ten_real_deploys_behind_haproxy_are_clean():
    files = [timeline("clean-rolling.csv"), log("after.log.gz")]
    lines = gzip.decompress((HERE / "after.log.gz").read_bytes()).decode().splitlines()

    found = list(between.together(files, [claim("deploys", 10, "timeline-after")]))

    assert [(one.code, str(one.severity)) for one in found] == [("Y2", "good"), ("Y4", "note")]
    assert all(line.split()[5] < "500" for line in lines if len(line.split()) > 10)
    assert found[0].numbers["windows"] == 10


def test_the_old_deploy_lost_two_requests_and_that_is_a_note():
    files = [timeline("clean-before.csv", "timeline-before"), log("before.log.gz", "traffic-before")]

    (found,) = between.together(files, [])

    assert (found.code, str(found.severity), found.numbers["broken"]) == ("Y2", "note", 2)
    assert "503 by the balancer: 2" in found.message


def test_the_same_failures_after_the_change_are_a_warning():
    files = [timeline("clean-before.csv"), log("before.log.gz")]

    assert ("Y2", "warn") in said(files)


def test_claims_are_recomputed_in_the_windows_of_their_side():
    files = [
        timeline("clean-rolling.csv"), log("after.log.gz"),
        timeline("clean-before.csv", "timeline-before"), log("before.log.gz", "traffic-before"),
    ]  # fmt: skip
    given = [
        claim("deploys", 10, "timeline-after"), claim("count_5xx", 0, "traffic-after", "after"),
        claim("count_5xx", 2, "traffic-before", "before"), claim("count_5xx", 12, "traffic-before", "before"),
    ]  # fmt: skip

    rows = ledger.reckon(given, files)

    assert [row.verdict for row in rows] == ["agrees", "agrees", "agrees", "contradicts"]


def test_the_request_in_the_second_that_ends_a_window_may_count_or_not(tmp_path):
    files = [
        inspected(tmp_path / "t.csv", TWO.rsplit("a2", 1)[0], "timeline-after"),
        inspected(tmp_path / "r.csv", requests((0, 600))),
    ]

    rows = ledger.reckon([claim("requests", value, "traffic-after") for value in (130, 131, 129, 132)], files)

    assert [row.verdict for row in rows] == ["agrees", "agrees", "contradicts", "contradicts"]


def test_requests_count_once_where_windows_overlap(tmp_path):
    table = TWO.replace("14:06:00", "14:03:30").replace("14:07:00", "14:04:00")
    files = [
        inspected(tmp_path / "t.csv", table, "timeline-after"),
        inspected(tmp_path / "r.csv", requests((0, 600))),
    ]

    found = claims.window_requests(claim("requests", 190, "traffic-after"), files)

    assert (found.value, found.band_low) == (190, 190)


def test_a_log_that_ends_early_covers_one_window(tmp_path):
    files = [
        inspected(tmp_path / "t.csv", TWO, "timeline-after"),
        inspected(tmp_path / "r.csv", requests((60, 300))),
    ]

    found = [one for one in between.together(files, []) if one.code == "Y3"]

    assert [one.numbers["versions"] for one in found] == ["a2"]


@pytest.mark.parametrize("hours", [1, -2, 5])
def test_a_shifted_clock_is_named(tmp_path, hours):
    shifted = [(60 + hours * 3600, 600 + hours * 3600)]
    files = [
        inspected(tmp_path / "t.csv", TWO, "timeline-after"),
        inspected(tmp_path / "r.csv", requests(*shifted)),
    ]

    found = next(one for one in between.together(files, []) if one.code == "Y3")

    way = "later" if hours > 0 else "earlier"
    assert f"{times.lasting(abs(hours) * 3600)} {way} the windows would lie inside it" in found.message


def test_silence_in_the_middle_of_a_roll(tmp_path):
    near = [(60, 140), (154, 600)]
    files = [
        inspected(tmp_path / "t.csv", TWO, "timeline-after"),
        inspected(tmp_path / "r.csv", requests((60, 140), (165, 600))),
    ]

    assert ("Y3", "warn") in said(files)
    assert ("Y3", "warn") not in said([files[0], inspected(tmp_path / "n.csv", requests(*near))])


def test_few_requests_support_little(tmp_path):
    files = [
        inspected(tmp_path / "t.csv", TWO, "timeline-after"),
        inspected(tmp_path / "r.csv", requests((0, 600))),
    ]

    found = next(
        one for one in between.together(files, []) if (one.code, str(one.severity)) == ("Y4", "warn")
    )

    assert (found.numbers["fewest"], found.numbers["bound"]) == (130, "2.3")


def test_five_hundreds_outside_the_window_do_not_count(tmp_path):
    inside = requests((0, 600)) + f"{times.iso(1795183200 + 240)},502,3\n"
    outside = requests((0, 600)) + f"{times.iso(1795183200 + 260)},502,3\n"
    table = inspected(tmp_path / "t.csv", TWO, "timeline-after")

    assert ("Y2", "warn") in said([table, inspected(tmp_path / "a.csv", inside)])
    assert ("Y2", "warn") not in said([table, inspected(tmp_path / "b.csv", outside)])


def test_the_log_of_a_client_does_not_count_twice():
    server = log("after.log.gz")
    client = replace(server, name="client.csv", facts={**server.facts, "is_server_log": False})
    span = [(at[0], at[1]) for _, at in traffic.windows(timeline("clean-rolling.csv").facts)]

    alone = traffic.counted(traffic.logs([server]), span)

    assert traffic.counted(traffic.logs([server, client]), span) == alone


def test_fewer_than_ten_are_said_where_deploys_are_claimed():
    few = timeline("clean-argo.json")

    assert said([few]) == []
    assert said([few], [claim("deploys", 3, "timeline-after")]) == [("Y1", "warn")]


def test_rates_are_no_requests():
    rates = FileFacts("traffic-after", "p.json", "load_report", "p", {"tool": "Prometheus"})

    assert said([timeline("clean-argo.json"), rates]) == [("Y3", "warn")]


def test_both_timelines_are_compared():
    before, after = (read(name).facts for name in ("clean-github-deployments.json", "clean-gh-runs.json"))

    (found,) = between.compare(before, after, "")

    assert (found.code, "1 of 3 failed" in found.message) == ("Y11", True)


@pytest.mark.parametrize(
    "line",
    [
        "version,start,end", "a,2026-11-20T14:03:50Z,2026-11-20T14:05:50Z", "| a | 2026-11-20T14:03:50Z |",
        "2026-11-20T14:03:50Z deploying", "1  2026-11-20 14:05:00 +0000 UTC  main (3f9c1a2)", "[" * 90, '{"sha":"a",',
        "REVISION  CHANGE-CAUSE", '{"headSha":"a","startedAt":"2026-11-20T14:03:50Z","conclusion":"success"}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", budget.SIZES)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line, size):
    path = tmp_path / "deploys"
    path.write_text((line + "\n") * (size // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("deploys", path), KIND.name)

    assert "G11" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    "names", ["Deployment-Nr.;Commit;Startzeit;Endzeit;Status", "Lauf;Commit;Anfang;Ende;Ausgang"]
)
def test_german_headings_of_a_spreadsheet(tmp_path, names):
    rows = "".join(
        f"{day};abc123{day};2026-03-0{day}T10:00:00+01:00;2026-03-0{day}T10:02:00+01:00;{word}\n"
        for day, word in ((1, "Erfolg"), (2, "fehlgeschlagen"))
    )
    file = inspected(tmp_path / "t.csv", f"{names}\n{rows}", "timeline-after")

    assert file.kind == KIND.name
    deploys = file.facts["deploys"]
    assert [(one["start"], one["end"], one["state"]) for one in deploys] == [
        ("2026-03-01T09:00:00Z", "2026-03-01T09:02:00Z", "done"),
        ("2026-03-02T09:00:00Z", "2026-03-02T09:02:00Z", "failed"),
    ]
