"""Words parted by spaces: loops of curl, pairs of names and values, pgbench's log; and columns such as `total_ms`."""

import pytest

from app.evidence import registry
from app.evidence.source import Source

N = 400


def took(at):
    """In seconds: 0.005 to 0.104, evenly."""
    return 0.005 + at * 37 % 100 / 1000


def read(tmp_path, text):
    path = tmp_path / "file.txt"
    path.write_text(text)
    return registry.inspect(Source(path.name, path))


def lines(form):
    return "".join(
        form.format(code=500 if at % 100 == 7 else 200, s=f"{took(at):.6f}", dns="0.001") + "\n"
        for at in range(N)
    )


@pytest.mark.parametrize(
    "text",
    [
        lines("{code} {s}"),
        lines("{s} {code}"),
        "status time\n" + lines("{code} {s}"),
        "http_code time_total\n" + lines("{code} {s}"),
        lines("code={code} total={s}"),
        lines("code: {code} dns: {dns} connect: 0.002 total: {s}s"),
        "http_code time_namelookup time_starttransfer time_total\n" + lines("{code}  {dns}  0.004  {s}"),
    ],
)
def test_a_loop_of_curl_is_read_whatever_it_writes(tmp_path, text):
    report = read(tmp_path, text)
    found = report.facts

    assert (report.kind, found["n"], found["errors"]) == ("latency_table", N, 4)
    assert found["p99"]["value"] == pytest.approx(103)
    assert {one.code for one in report.findings if one.severity in ("block", "warn")} <= {"L2"}


def test_the_log_of_pgbench_is_in_microseconds(tmp_path):
    text = "".join(
        f"{at % 4} {at // 4} {5000 + at * 37 % 100 * 1000} 0 {1795793624 + at // 5} {at % 5 * 200000}\n"
        for at in range(N)
    )

    found = read(tmp_path, text).facts

    assert (found["tool"], found["n"], found["max"], found["unit"]) == ("pgbench", N, 104, "us")
    assert found["duration_s"] == pytest.approx(79, abs=1.1)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("ts,status,total_ms", "{t},{code},{ms}"),
        ("ts,db_ms,total_ms,status", "{t},1.5,{ms},{code}"),
        ("ts,response_ms,code", "{t},{ms},{code}"),
        ("ts,Processing time [ms],status", "{t},{ms},{code}"),
    ],
)
def test_a_column_with_a_unit_beside_a_status_is_a_latency(tmp_path, header, row):
    rows = "".join(
        row.format(t=f"2026-11-20T09:{at // 60:02d}:{at % 60:02d}Z", code=200, ms=1000 * took(at)) + "\n"
        for at in range(N)
    )

    assert read(tmp_path, f"{header}\n{rows}").facts["max"] == pytest.approx(104)


@pytest.mark.parametrize(
    "text",
    [
        "query,calls,total_ms,mean_ms\n" + "select,120,981.2,8.1\n" * 30,
        "job,status,total_s\n" + "build,success,81.2\ntest,failed,240.8\n" * 30,
        "port open 443\nport open 8443\nport open 9443\nport open 5432\nport open 6379\nport open 80\n",
        "name size 12\n" * 20,
        "version status took\n" + "v1.2.0 ok 81\nv1.2.1 failed 44\n" * 5,
        "event=deploy version=1.2 status=ok took=81s\n" * 8,
        "level=info msg=started pid=12\n" * 20,
    ],
)
def test_words_that_tell_of_no_request_are_no_table_of_them(tmp_path, text):
    assert read(tmp_path, text).kind != "latency_table"
