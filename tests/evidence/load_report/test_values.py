"""The numbers of one run read the same whichever tool summed it up, with the place they stand at.

The samples called "computed from the hey run" hold 34,500 requests: p50 15.7, p95 34.9, p99 48.7, maximum 128.1 ms,
133 answers of 502, 61.03 s.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "load_report" / "samples"
RUN = [
    "clean-k6-handle-summary.json",
    "clean-k6-summary-export.json",
    "clean-k6-text-old.txt",
    "clean-vegeta-report.txt",
    "clean-vegeta-report.json",
    "clean-bombardier.json",
    "clean-gatling-stats.json",
    "clean-gatling-global-stats.json",
    "clean-jmeter-aggregate.csv",
    "clean-jmeter-statistics.json",
    "clean-generic-one-row.csv",
    "clean-wrk2.txt",
]


@cache
def facts(name):
    return registry.inspect(Source(name, SAMPLES / name)).facts


@pytest.mark.parametrize("name", RUN)
def test_one_run_reads_the_same_from_every_tool(name):
    found = facts(name)

    step = max(found["steps"].get("p99", 0.0), 0.01)
    assert found["n"] == 34_500
    assert found["p50"]["value"] == pytest.approx(15.7, abs=step)
    assert found["p99"]["value"] == pytest.approx(48.7, abs=step)
    assert found["max"] == pytest.approx(128.1, abs=0.51)
    assert found["throughput"] == pytest.approx(565.3, rel=0.02)
    assert found["duration_s"] == pytest.approx(61.03, rel=0.02)


@pytest.mark.parametrize(
    ("name", "n", "requests", "errors", "throughput", "times"),
    [
        ("L10-trigger-loadtest.txt", 5879, 5879, 0, 490, (None, 19.9, 14, 102, 192)),
        ("L10-trigger-loadtest-5.txt", 5879, 5879, 0, 490, (None, 19.9, 14, 102, 192)),
        ("L7-trigger-loadtest-paced.txt", 599, 599, 17, 100, (None, 7.7, 7, 24, 34)),
        ("L7-trigger-siege.json", 480, 500, 20, 303.8, (None, 30, None, None, 320)),
        ("L4-trigger-siege.json", 7575, 7575, 0, 655.84, (None, 20, None, None, 330)),
        ("L4-trigger-siege-4.0.txt", 7575, 7575, 0, 655.84, (None, 20, None, None, 330)),
        ("L4-trigger-httperf.txt", 500, 500, 0, 60, (2.4, 18.1, 9.5, None, 256.1)),
        ("L7-trigger-httperf.txt", 1200, 1200, 27, 118.1, (None, 43.1, None, None, None)),
        ("L4-trigger-pgbench.txt", 4076, 4076, 0, 339.995556, (None, 11.765, None, None, None)),
        ("L10-trigger-sysbench.txt", 2819, 2819, None, 2819 / 10.0042, (0.63, 14.19, None, 37.56, 235.66)),
        ("L4-trigger-h2load.txt", 1500, 1500, 0, 174.61, (8.91, 55.42, None, None, 280.36)),
        ("clean-artillery.json", 11_999, 12_000, 10, 12_000 / 59.929, (5, 21.4, 14.9, 127.8, 439)),
        ("L7-trigger-artillery-1.json", 2980, 3000, 50, 49.8, (7.6, None, 16.2, 163.3, 363.3)),
        ("L2-trigger-artillery.txt", 3599, 3600, 5, 59, (2, 12.1, 8.9, 102.5, 583)),
        ("L7-trigger-artillery-1.txt", 31_908, 36_324, 4416, 254.78, (2.3, None, 11.6, 4849.1, 7419.9)),
        ("L4-trigger-ab-w.html", 500, 500, 0, 406.42, (3, 12, None, None, 58)),
        ("L4-trigger-ab-S.txt", 500, 500, 0, 513.8, (2, 10, None, None, 36)),
        ("L2-trigger-autocannon-paced.json", 600, 600, 0, 100, (1, 27.44, 26, 91, 168)),
    ],
)
def test_what_other_tools_print_is_read_as_it_stands(name, n, requests, errors, throughput, times):
    found = facts(name)

    assert (found["n"], found["requests"], found["errors"]) == (n, requests, errors)
    assert found["throughput"] == pytest.approx(throughput)
    levels = [found[level] and found[level]["value"] for level in ("p50", "p99")]
    assert (found["min"], found["mean"], *levels, found["max"]) == times


@pytest.mark.parametrize("name", RUN)
def test_failures_are_counted_whatever_they_are_called(name):
    found = facts(name)

    assert found["errors"] == pytest.approx(133, abs=found["steps"]["errors"])
    assert found["error_rate"] == pytest.approx(133 / 34_500, rel=0.02)


@pytest.mark.parametrize("name", RUN)
def test_the_p99_says_where_it_stands(name):
    assert facts(name)["lines"]["p99"]


def test_a_place_is_a_line_a_column_or_a_path():
    places = {name: facts(name)["lines"]["p99"] for name in ("clean-wrk.txt", *RUN)}

    assert places["clean-wrk.txt"] == "line 10"
    assert places["clean-jmeter-aggregate.csv"] == "column 99% Line, line 4"
    assert places["clean-k6-handle-summary.json"] == "metrics.http_req_duration.p(99)"


@pytest.mark.parametrize(
    ("name", "step"),
    [("clean-wrk.txt", 0.01), ("clean-hey.txt", 0.1), ("clean-ab.txt", 1.0), ("clean-locust-stats.csv", 1.0)],
)
def test_the_step_is_one_unit_of_the_last_digit(name, step):
    assert facts(name)["steps"]["p99"] == pytest.approx(step)


def test_locust_rounds_to_two_digits():
    assert facts("L7-trigger-locust.csv")["steps"]["p999"] == 10.0


def test_an_interval_log_gives_what_its_writer_had_recorded():
    found = facts("clean-hlog.hlog")

    assert (found["n"], found["unit"]) == (33_963, "ns")
    assert found["p50"]["definitions"]["bucket_high"] == pytest.approx(15.728639)
    assert found["p99"]["definitions"]["bucket_high"] == pytest.approx(49.020927)
    assert found["max"] == pytest.approx(128.450559)
    assert [point[0] for point in found["series"]["points"]] == [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]


def test_what_hdrhistogram_for_java_wrote_of_one_run_reads_the_same_in_each_form():
    table, cells, log = (
        facts(f"clean-{name}") for name in ("hgrm-java.hgrm", "hgrm-java.csv", "hlog-java.hlog")
    )

    assert table["n"] == cells["n"] == log["n"] == 6_439
    assert table["max"] == cells["max"] == pytest.approx(294.655)
    assert table["p99"]["value"] == cells["p99"]["value"] == pytest.approx(129.381, abs=0.001)


def test_the_calculator_of_jmeter_and_its_console_are_read():
    report, console = facts("L7-trigger-jmeter-2-aggregate.csv"), facts("L4-trigger-jmeter-2-console.txt")

    assert (report["n"], report["errors"], report["max"]) == (7_086, 105, 428.0)
    assert report["p99"]["value"] == 103.0
    assert (console["n"], console["duration_s"], console["p99"]) == (1_070, 66.0, None)


def test_a_percentile_of_all_its_digits_is_a_number():
    """Prometheus prints what it computed with up to seventeen digits after zeros."""
    found = facts("L8-trigger-prometheus-2-average.json")

    assert found["p99"]["value"] == pytest.approx(92.084, abs=0.001)
    assert facts("L4-trigger-prometheus-2-quantile.json") == {}


def test_a_spectrum_gives_an_interval_and_a_summary_does_not():
    spectrum, summary = facts("clean-wrk2.txt"), facts("clean-wrk.txt")

    assert spectrum["p99"]["low"] < 48.7 < spectrum["p99"]["high"]
    assert (summary["p99"]["low"], summary["p99"]["high"]) == (None, None)


def test_buckets_bound_what_they_cannot_say():
    p99 = facts("L17-trigger-prometheus-buckets.json")["p99"]

    assert (p99["definitions"]["bucket_low"], p99["definitions"]["bucket_high"]) == (25.0, 50.0)
    assert 25.0 < p99["value"] < 50.0


def test_a_counter_that_restarts_keeps_what_it_had(tmp_path):
    text = (SAMPLES / "L17-trigger-prometheus-buckets.json").read_text()
    path = tmp_path / "answer.json"
    path.write_text(text.replace('[1795573675, "35500"]', '[1795573675, "9000"]'))

    found = registry.inspect(Source(path.name, path)).facts

    assert text != path.read_text()
    assert found["n"] > facts("L17-trigger-prometheus-buckets.json")["n"]


def test_wrk_leaves_time_outs_out_of_its_latencies():
    found = facts("L7-trigger-wrk-timeouts.txt")

    assert (found["n"], found["requests"], found["errors"]) == (6309, 6319, 10)


def test_the_stall_is_corrected_as_the_raw_file_of_the_same_sort_is():
    for name in ("L9-trigger-hey.txt", "L9-trigger-ab.txt", "L9-trigger-autocannon.json"):
        assert 2_800 < facts(name)["load"]["corrected_p99"] < 2_950
    assert facts("L9-near-miss-one-slow.txt")["load"]["corrected_p99"] is None


def test_quoted_mail_in_utf_16_reads_like_the_original():
    mail, original = facts("clean-wrk-mail.txt"), facts("clean-wrk.txt")

    assert {name: mail[name] for name in ("n", "p50", "p99", "max", "throughput")} == {
        name: original[name] for name in ("n", "p50", "p99", "max", "throughput")
    }


def test_what_is_missing_is_said_with_the_option_that_prints_it():
    missing = facts("L4-trigger-k6-default.json")["missing"]

    assert set(missing) == {"p99", "p999"}
    assert "summaryTrendStats" in missing["p99"]


def test_the_last_of_three_runs_is_read():
    found = facts("L19-trigger-three-runs.txt")

    assert (found["n"], found["lines"]["p99"]) == (1746, "line 36")


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "report"
        path.write_text(text)
        return registry.inspect(Source("report", path))

    return read


def test_notes_with_two_tools_give_the_last_run_alone(read):
    wrk, hey = ((SAMPLES / name).read_text() for name in ("clean-wrk.txt", "clean-hey.txt"))

    found = read(f"before\n{wrk}\nafter\n{hey}").facts

    assert {name: found[name] for name in ("tool", "n", "throughput", "p99")} == {
        name: facts("clean-hey.txt")[name] for name in ("tool", "n", "throughput", "p99")
    }


@pytest.mark.parametrize(
    "text",
    [
        "| Endpoint | n | p50 | p99 |\n|---|---:|---:|---:|\n| /cart | 1200 | 12.5 ms | 56.7 ms |\n",
        "Perzentil;p50 (ms);p99 (ms)\nalle;12,5;56,7\n",
        "Percentile;Latenz (ms)\n50;12,5\n99;56,7\n",
        "percentile\tvalue_us\np50\t12500\np99\t56700\n",
        "quantile,latency_s\n0.5,0.0125\n0.99,0.0567\n",
    ],
)
def test_tables_are_read_however_people_write_them(read, text):
    found = read(text).facts

    assert (found["p50"]["value"], found["p99"]["value"]) == (12.5, 56.7)


@pytest.mark.parametrize(
    "text",
    [
        "metric,before,after\np50,12,10\np99,56,30\n",
        "0.0564,0.0000,0.99\n0.0488,0.0000,0.95\n",
        "name,monthly cost,share\ndatabase,120,99%\n",
        "Running the migrations\nSummary: 5 tables\n",
    ],
)
def test_what_no_load_tool_prints_is_left_to_others(read, text):
    assert read(text).kind != "load_report"


def test_requests_that_got_no_answer_have_no_status(read):
    text = (SAMPLES / "clean-autocannon.json").read_text()

    report = read(text.replace('"errors":0,', '"errors":4000,'))

    assert report.facts["errors"] == 4000
    assert {finding.code for finding in report.findings if finding.code == "L6"} == set()


def test_the_columns_of_somebodys_own_table_need_not_fit(read):
    text = "name,requests,duration_s,rps,p50_ms,p99_ms\nall,60000,60,700,12,50\n"

    assert "L6" not in {finding.code for finding in read(text).findings}


def buckets(tmp_path, by_minute):
    """An answer of query_range with a point a minute; `by_minute` gives the value of each bucket in each minute."""
    result = [
        {
            "metric": {"le": bound},
            "values": [[1_795_616_220 + 60 * at, str(value)] for at, value in enumerate(values)],
        }
        for bound, values in by_minute.items()
    ]
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}))
    return registry.inspect(Source("answer.json", path)).facts


ASKED = {"0.1": (30, 42, 36, 33, 39, 30), "0.5": (57, 60, 54, 57, 63, 51), "+Inf": (60, 66, 57, 63, 69, 54)}
EXTRAPOLATED = 60 / 45
"""Four scrapes of fifteen seconds in a minute see forty-five of its seconds; Prometheus answers for all sixty."""


def test_increases_are_extrapolated_and_count_once(tmp_path):
    increases = {bound: [n * EXTRAPOLATED for n in values] for bound, values in ASKED.items()}

    assert buckets(tmp_path, increases)["requests"] == round(sum(ASKED["+Inf"]) * EXTRAPOLATED)


def test_rates_are_a_second(tmp_path):
    rates = {bound: [n * EXTRAPOLATED / 60 for n in values] for bound, values in ASKED.items()}

    assert buckets(tmp_path, rates)["requests"] == round(sum(ASKED["+Inf"]) * EXTRAPOLATED)


def test_rates_of_a_busy_service_are_told_by_the_steps_between_buckets(tmp_path):
    rates = {bound: [90 + n * EXTRAPOLATED / 60 for n in values] for bound, values in ASKED.items()}

    assert buckets(tmp_path, rates)["requests"] == round(60 * sum(rates["+Inf"]))


def test_counters_grow(tmp_path):
    grown = {bound: [100 + sum(values[: at + 1]) for at in range(6)] for bound, values in ASKED.items()}

    assert buckets(tmp_path, grown)["requests"] == sum(ASKED["+Inf"][1:])


def test_errors_of_rows_without_a_total_are_counted_together(tmp_path):
    path = tmp_path / "summary.csv"
    path.write_text("endpoint,requests,p99_ms,errors\n/orders,12000,105.3,12\n/cart,8000,120,3\n")

    found = registry.inspect(Source(path.name, path)).facts

    assert (found["requests"], found["errors"], found["error_rate"]) == (20000, 15, 15 / 20000)
