"""Access logs: what is counted equals a count by hand, and the engine's patterns take lines apart as the sample was."""

import gzip
import json
import math
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence import registry
from app.evidence.latency_table import engine, reading
from app.evidence.latency_table.sql import table_sql
from app.evidence.latency_table.tokens import piece, tokens
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "latency_table" / "samples"
LINES = ["K8-trigger-haproxy.log.gz", "L7-trigger-nginx.log.gz", "L13-trigger-apache-both-times.log.gz",
         "clean-envoy.log.gz", "clean-logfmt.log.gz", "L4-trigger-nginx-combined.log.gz", "clean-jmeter.jtl.gz",
         "clean-k6.json.gz", "clean-caddy.json.gz"]  # fmt: skip


def text(name):
    return gzip.decompress((SAMPLES / name).read_bytes()).decode()


def facts(name):
    return registry.inspect(Source(name, SAMPLES / name)).facts


@pytest.fixture
def inspect(tmp_path):
    def inspect(content, name="access.log"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return registry.inspect(Source(name, path))

    return inspect


def nearest_rank(values, q):
    return sorted(values)[math.ceil(q * len(values)) - 1]


def test_haproxy_counts_as_by_hand():
    lines = [line.split() for line in text("K8-trigger-haproxy.log.gz").splitlines()]
    took = [int(line[8].split("/")[-1]) for line in lines]
    gave_up = [line[13].startswith(("C", "c")) for line in lines]
    failed = [int(line[9]) >= 400 and not gone for line, gone in zip(lines, gave_up, strict=True)]
    retried = [line[14].split("/")[-1] != "0" for line in lines]

    found = facts("K8-trigger-haproxy.log.gz")

    assert found["n"] == len(lines)
    assert [found[level]["value"] for level in ("p50", "p99")] == [
        nearest_rank(took, 0.5),
        nearest_rank(took, 0.99),
    ]
    assert (found["errors"], found["aborted"]) == (sum(failed), sum(gave_up))
    assert found["masked"] == sum(
        r and not f and not g for r, f, g in zip(retried, failed, gave_up, strict=True)
    )
    assert {one["name"]: one["n"] for one in found["instances"]} == Counter(
        line[7].split("/")[1] for line in lines
    )


def test_haproxy_seconds_show_the_killed_instance_and_add_up():
    seconds = facts("K8-trigger-haproxy.log.gz")["seconds"]

    of_app2 = 5 + seconds["instances"].index("app2")
    silent = [point[0] for point in seconds["points"] if point[of_app2] == 0]

    assert 4 <= len(silent) <= 8
    assert silent == [silent[0] + i for i in range(len(silent))]
    assert all(point[1] == sum(point[5:]) for point in seconds["points"])
    assert sum(point[4] for point in seconds["points"]) == facts("K8-trigger-haproxy.log.gz")["masked"]


def test_nginx_lists_of_upstreams_are_retries_and_the_last_one_answered():
    lines = [line for line in text("L7-trigger-nginx.log.gz").splitlines() if re.search(r":\d+, 127", line)]

    found = facts("L7-trigger-nginx.log.gz")

    assert found["masked"] == len(lines) == 2
    assert found["columns"]["upstream_status"] == "field 14 (upstream status)"
    assert {one["name"] for one in found["instances"]} == {f"127.0.0.1:1800{i}" for i in (1, 2, 3)}


def test_a_client_that_gave_up_is_no_error_of_the_server():
    statuses = Counter(
        line.split('" ')[1].split()[0] for line in text("L7-trigger-nginx.log.gz").splitlines()
    )

    found = facts("L7-trigger-nginx.log.gz")

    assert found["aborted"] == statuses["499"] == 6
    assert found["errors"] == sum(n for code, n in statuses.items() if code >= "400" and code != "499")


def test_failures_are_listed_with_time_status_and_instance():
    found = facts("clean-vegeta.json.gz")
    rows = [json.loads(line) for line in text("clean-vegeta.json.gz").splitlines()]

    assert [code for _, code, _ in found["failures"]] == [row["code"] for row in rows if row["code"] >= 400]
    assert found["first_time"] == rows[0]["timestamp"][:23] + "+00:00"


def test_a_log_without_times_gives_requests_statuses_and_rate():
    report = registry.inspect(
        Source("access.log.gz", SAMPLES / "L4-trigger-nginx-combined.log.gz"), "latency_table"
    )
    found = report.facts

    assert not {"p99", "n", "mean", "curve"} & set(found)
    assert found["requests"] == len(text("L4-trigger-nginx-combined.log.gz").splitlines())
    assert found["throughput"] == pytest.approx(found["requests"] / found["duration_s"])
    assert all(point[3] is None for point in found["series"]["points"])
    assert not report.is_blocked


@pytest.mark.parametrize("name", LINES)
def test_the_engine_takes_lines_apart_as_the_sample_was(name, tmp_path):
    path = tmp_path / "plain.log"
    path.write_text(text(name))
    dialect, layout = reading.read(Source(path.name, path))

    table = table_sql(str(path), "utf-8", dialect, layout, is_packed=False, is_strict=False)
    wanted = sorted(_used(layout) if dialect.lines.paths else range(dialect.width))
    cells = ", ".join(f"coalesce(c{i}, '')" for i in wanted)
    tests = f"WHERE c{layout.only[0]} = '{layout.only[1]}'" if layout.only else ""
    rows = (
        engine.connect(str(path)).execute(f"SELECT {cells} FROM {table} {tests}").fetchmany(len(dialect.rows))
    )

    assert rows == [tuple(row[i] for i in wanted) for row in dialect.rows]


def _used(layout):
    from app.evidence.latency_table.sql import used

    return used(layout)


WORDS = st.text(st.sampled_from('ab1.,:=/"[]{}\\-'), min_size=1, max_size=8)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=8))
def test_a_line_fits_the_pattern_made_of_its_own_tokens(words):
    line = " ".join(words)
    found = tokens(line)

    pattern = "^ *" + " +".join(piece(token.kind, is_wanted=True) for token in found)
    match = re.match(pattern, line)

    if "," not in line:
        assert match is None or [*match.groups()] == [token.text for token in found]
    if not set(line) & set('",'):
        assert match is not None


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ('a "b c" [d e] f', ["a", "b c", "d e", "f"]),
        (r'"a \"b\" c" d', [r"a \"b\" c", "d"]),
        ("0.1, 0.2 x", ["0.1, 0.2", "x"]),
        ('rt=0.1 ua="a:1, b:2"', ["0.1", "a:1, b:2"]),
        ("http://x:80/a 10.0.0.1:80", ["http://x:80/a", "10.0.0.1:80"]),
        ('"open [never', ['"open', "[never"]),
    ],
)
def test_tokens(line, texts):
    assert [token.text for token in tokens(line)] == texts


COMBINED = '203.0.113.9 - - [25/Nov/2026:10:00:{:02d} +0200] "GET /a?b={} HTTP/1.1" {} 12 "-" "curl/8"{}\n'


@pytest.mark.parametrize(
    ("tail", "unit", "p50"),
    [(" 0.025", "s", 25.0), (" 0.025 0.020", "s", 25.0), (" 0.020 0.025", "s", 25.0), (" 25000", "us", 25.0),
     (" 0", "s", 0.0), (" 0/25000", "us", 25.0), (" rt=0.025", "s", 25.0), (' rt="0.025"', "s", 25.0),
     (" took=25ms", "ms", 25.0), (' 7 "web@docker" "http://10.0.0.2:80" 25ms', "ms", 25.0)],
)  # fmt: skip
def test_times_are_found_wherever_a_format_has_them(inspect, tail, unit, p50):
    report = inspect("".join(COMBINED.format(i % 60, i, 200, tail) for i in range(120)))

    assert (report.facts["unit"], report.facts["p50"]["value"]) == (unit, p50)
    start = (
        "2026-11-25T08:00:00.000+00:00"
        if "start" in report.facts["columns"]
        else "2026-11-25T07:59:59.975+00:00"
    )
    assert report.facts["first_time"] == start


@pytest.mark.parametrize("tail", ["", " 1.37", ' "203.0.113.1"', " -"])
def test_what_is_no_time_is_not_taken_for_one(inspect, tail):
    report = inspect("".join(COMBINED.format(i % 60, i, 200, tail) for i in range(120)))

    assert "p99" not in report.facts
    assert "L4" in {finding.code for finding in report.findings}


def test_a_broken_line_far_below_the_head_is_named(inspect):
    lines = [COMBINED.format(i % 60, i, 200, " 0.025") for i in range(1500)]
    lines[1400] = "2026/11/25 10:00:00 [error] 12#12: *1 connect() failed\n"

    report = inspect("".join(lines))

    finding = next(finding for finding in report.findings if finding.code == "L18")
    assert (finding.where.line, finding.numbers["count"], report.facts["n"]) == (1401, 1, 1499)


def test_broken_requests_and_moments_are_counted_as_by_hand():
    lines = [line.split() for line in text("K8-trigger-haproxy.log.gz").splitlines()]
    fives = sum(line[9][0] == "5" and not line[13].startswith(("C", "c")) for line in lines)

    found = facts("K8-trigger-haproxy.log.gz")
    points = found["moments"]["points"]

    assert found["moments"]["step_s"] == 1
    assert sum(point[1] for point in points) == len(lines)
    assert sum(point[2] for point in points) == fives
    assert len(found["broken"]) == sum(point[2] + point[3] for point in points) > 0
    assert all(status is None or status < 100 or 500 <= status <= 599 for _, status, _ in found["broken"])
    assert {int(at) for at, _, _ in found["broken"]} == {point[0] for point in points if point[2] + point[3]}


def test_404s_do_not_crowd_out_5xx(inspect):
    line = '10.0.0.{} - - [20/Nov/2026:14:{:02}:{:02} +0000] "GET /{} HTTP/1.1" {} 12'
    many = [line.format(i % 9, i // 60, i % 60, "a", 404) for i in range(900)]
    bad = line.format(1, 20, 0, "b", 502)

    found = inspect("\n".join([*many, bad]) + "\n").facts

    assert len(found["failures"]) == 500
    assert found["broken"] == [[1200.0, 502, None]]
    assert found["moments"]["points"][-1] == [1200.0, 1, 1, 0, 0]


@pytest.mark.parametrize(("minutes", "step"), [(10, 1.0), (70, 2.0)])
def test_a_log_that_leaves_days_out_is_still_counted_by_the_second(inspect, minutes, step):
    line = '10.0.0.1 - - [{}/Nov/2026:{:02}:{:02}:{:02} +0000] "GET / HTTP/1.1" 200 12'
    seconds = [(day, at) for day in (20, 22) for at in range(minutes * 30)]
    text = "\n".join(line.format(day, 10 + at // 3600, at // 60 % 60, at % 60) for day, at in seconds)

    moments = inspect(text + "\n").facts["moments"]

    assert moments["step_s"] == step
    assert [point[1] for point in moments["points"]] == [step] * round(len(seconds) / step)


def test_a_table_without_statuses_tells_no_moments(inspect):
    rows = "\n".join(f"2026-11-20T14:00:{i:02}Z,{i}.5" for i in range(60))

    found = inspect("timestamp,latency_ms\n" + rows, "x.csv").facts

    assert "moments" not in found
    assert found["broken"] is None
