"""Bad input: mutated samples, odd files, and a time budget for each parser."""

import base64
import gzip
import json
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.evidence import output, registry
from app.evidence.load_report.forms import FORMS, form_of, other_of
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "load_report" / "samples"
SEEDS = [path.read_bytes()[:6_000] for path in sorted(SAMPLES.iterdir()) if path.suffix != ".toml"]
NASTY = [
    b"\0", b'"', b"\n", b"\r", b",", b"nan", b"1e999", b"-", b"\xff\xfe", b"9" * 400, b"{", b"[", b"%", b"ms", b"null",
    b"\x1f\x8b", b"{0}", b"\xf0\x9f", b"99999999999999999999", b" ", b"\xc2\xa0", b"\x1b[31m", b": ", b"..",
]  # fmt: skip


@st.composite
def mutants(draw):
    """A sample with some cuts, insertions and repetitions."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        match draw(st.integers(0, 3)):
            case 0:
                data[at:at] = draw(st.sampled_from(NASTY)) * draw(st.integers(1, 30))
            case 1:
                del data[at : at + draw(st.integers(1, 200))]
            case 2:
                data[at:at] = data[at : at + draw(st.integers(1, 400))]
            case _:
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
    return bytes(data)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=mutants())
def test_any_bytes_give_a_report_and_the_same_one_twice(tmp_path, data):
    path = tmp_path / "mutant"
    path.write_bytes(data)

    first, second = (registry.inspect(Source("mutant", path), "load_report") for _ in range(2))

    assert output.as_json([("mutant", first)]) == output.as_json([("mutant", second)])
    assert "G11" not in {finding.code for finding in first.findings}
    assert output.as_text("mutant", first, colour=False)


def deep(depth):
    return b'{"metrics":{"http_req_duration":' * 1 + b'{"a":' * depth + b"1" + b"}" * (depth + 2)


ODD = {
    "deep": b'{"metrics":{},"http_reqs":1,"http_req_duration":1,"x":'
    + b"[" * 100_000
    + b"]" * 100_000
    + b"}",
    "deep objects": deep(50_000),
    "huge number": b'{"metrics":{"http_req_duration":{"avg":' + b"9" * 6_000 + b'},"http_reqs":{"count":1}}}',
    "infinite": b'{"metrics":{"http_req_duration":{"avg":1e999,"med":NaN},"http_reqs":{"count":1e400}}}',
    "lists for objects": b'{"metrics":["http_req_duration",{"http_reqs":[]}]}',
    "null": b'{"metrics":{"http_req_duration":null,"http_reqs":null}}',
    "strings": b'{"latencies":"x","status_codes":[],"requests":"many"}',
    "prometheus": b'{"status":"success","data":{"resultType":"matrix",'
    b'"result":[{"metric":{"le":"x"},"values":[[1]]},1,{}]}}',
    "oha": b'{"summary":[],"latencyPercentiles":{"p99":"x"},"statusCodeDistribution":{"200":-5}}',
    "locust": b'[{"num_requests":"x","response_times":{"a":1,"-5":3,"1e300":2}},7,null]',
    "negative": b'{"latency":{"p97_5":-1,"p50":-5,"max":-1},"requests":{"total":-3,"average":-9},"duration":-1}',
    "zero": b"Running 0s test @ x\nThread Stats   Avg +/- Stdev\nLatency 0us 0us 0us 0%\n"
    b"0 requests in 0us, 0B read\nRequests/sec: 0\n",
    "no rows": b"Type,Name,Request Count,Failure Count,50%,99%\n",
    "empty cells": b"Type,Name,Request Count,Failure Count,50%,99%\n,,,,,\n,Aggregated,,,,\n",
    "wide": b"p99_ms," * 5_000 + b"\n" + b"1," * 5_000 + b"\n",
    "percentiles without end": b"percentile,latency_ms\n" + b"0.99,12\n" * 20_000,
    "hgrm": b"Value Percentile TotalCount 1/(1-Percentile)\n"
    b"5 0.5 99999999999999999999 2\n9 1.0 100000000000000000000 inf\n",
    "hgrm falls": b"Value Percentile TotalCount 1/(1-Percentile)\n5 0.5 10 2\n3 0.6 20 2\n9 1 30 inf\n",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_files_are_answered_in_words(tmp_path, name):
    path = tmp_path / "odd"
    path.write_bytes(ODD[name])

    report = registry.inspect(Source("odd", path), "load_report")

    assert "G11" not in {finding.code for finding in report.findings}
    assert output.as_json([("odd", report)])
    assert report.findings


LOG_HEAD = (
    b"#[Histogram log format version 1.2]\n"
    b'"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n0.1,1.0,5.0,'
)


def interval(data):
    return LOG_HEAD + data


def encoded(body, *, cookie=0x1C849314, inner=0x1C849313, digits=2, lowest=1):
    opened = struct.pack(">IIIIQQd", inner, len(body), 0, digits, lowest, 1 << 40, 1.0) + body
    packed = zlib.compress(opened)
    return base64.b64encode(struct.pack(">II", cookie, len(packed)) + packed)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (interval(b"HISTFAAA"), "damaged"),
        (interval(b"!!!!"), "damaged"),
        (interval(encoded(b"", cookie=0x1C849309)), "V0, from before 2015"),
        (interval(encoded(b"", cookie=0xDEADBEEF)), "an unknown version"),
        (interval(encoded(b"")), "none of its intervals"),
        (interval(encoded(b"\x02", digits=9)), "damaged"),
        (interval(encoded(b"\x02", lowest=0)), "damaged"),
        (interval(encoded(b"\xff" * 9 + b"\x02")), "none of its intervals"),
    ],
)
def test_a_damaged_histogram_names_its_line(tmp_path, data, words):
    path = tmp_path / "log.hlog"
    path.write_bytes(data)

    (finding,) = [each for each in registry.inspect(Source(path.name, path)).findings if each.code == "G1"]

    assert words in finding.message


def test_a_bomb_in_a_histogram_is_not_unpacked(tmp_path):
    path = tmp_path / "log.hlog"
    path.write_bytes(interval(encoded(b"\x00" * 50_000_000)))

    with budget.seconds(2):
        report = registry.inspect(Source(path.name, path))

    assert {finding.code for finding in report.findings} == {"G1"}


def test_words_of_the_first_version_are_read(tmp_path):
    path = tmp_path / "log.hlog"
    body = b"".join(struct.pack(">q", 3 if index == 40 else 0) for index in range(64))
    path.write_bytes(interval(encoded(body, cookie=0x1C849312, inner=0x1C849381)) + b"\n")

    facts = registry.inspect(Source(path.name, path)).facts

    assert (facts["n"], facts["min"]) == (3, 40.0)


LONG = {
    "wrk": b"Thread Stats Avg +/- Stdev\n" + b"99% 1.5ms x " * 90_000,
    "wrk lines": b"Thread Stats Avg +/- Stdev\n" + b"     99%   1.50ms\n" * 60_000,
    "hey": b"Summary:\nSlowest:\t1 secs\nRequests/sec:\t5\nresp wait:\n" + b"  0.003 [1]\t|\n" * 70_000,
    "ab": b"This is ApacheBench\n" + b"  50%     16\n" * 80_000,
    "k6": b"http_reqs......: 5 1/s\n" + b"x" * 100 + b"....: avg=1ms med=2ms p(99)=3ms\n" * 25_000,
    "k6 spaces": b"http_reqs......: 5 1/s\nhttp_req_duration..: " + b" " * 1_000_000,
    "hgrm": b"Value Percentile TotalCount 1/(1-Percentile)\n"
    + b"".join(b"%d %.9f %d 1\n" % (i, i / 40_000, i + 1) for i in range(40_000)),
    "table": b"name,p50_ms,p99_ms\n" + b"a,1.5,2.5\n" * 100_000,
    "table cells": b"name,p50_ms,p99_ms\n" + b"," * 1_000_000,
    "durations": b"name,p50,p99\n" + b"a," + b"1m" * 500_000 + b",5ms\n",
    "vegeta": b"Requests [total, attack]\nLatencies     [50, 99]  " + b"1ms, " * 200_000 + b"\nStatus Codes  [",
    "json": json.dumps(
        {
            "metrics": {f"m{i}": {"values": {"avg": 1}} for i in range(30_000)}
            | {"http_reqs": {"count": 5, "rate": 1.0}, "http_req_duration": {"avg": 5}}
        }
    ).encode(),
    "prometheus": json.dumps(
        {
            "status": "success",
            "data": {
                "resultType": "matrix",
                "result": [
                    {"metric": {"le": str(i)}, "values": [[t, str(i * t)] for t in range(20)]} for i in range(2_500)
                ],
            },
        }
    ).encode(),
    "hlog": interval(b"A" * 1_000_000),
}  # fmt: skip


@pytest.mark.parametrize("name", LONG)
def test_a_megabyte_is_read_in_its_budget(tmp_path, name):
    path = tmp_path / "long"
    path.write_bytes(LONG[name])

    with budget.seconds(2):
        report = registry.inspect(Source("long", path), "load_report")

    assert "G11" not in {finding.code for finding in report.findings}


def test_a_form_is_recognised_within_a_millisecond():
    heads = [
        *(seed.decode("utf-8", "replace") for seed in SEEDS),
        "a,b,c\n" * 11_000,
        "{" * 65_000,
        "p99 " * 16_000,
        "\n" * 65_000,
        ",p99_ms" * 9_000,
    ]
    form_of(heads[0])

    with budget.seconds(0.002 * len(heads)):
        for head in heads:
            form_of(head)


def test_forms_have_names_of_their_own():
    assert len({form.name for form in FORMS}) == len(FORMS)


def test_a_packed_report_reads_like_the_plain_one(tmp_path):
    path = tmp_path / "wrk.txt.gz"
    path.write_bytes(gzip.compress((SAMPLES / "clean-wrk.txt").read_bytes()))

    report = registry.inspect(Source(path.name, path))

    assert (report.kind, report.facts["p99"]["value"]) == ("load_report", 49.22)


def test_a_page_that_only_speaks_of_locust_is_none_of_its_reports():
    page = (
        "<!DOCTYPE html>\n<html><head><title>Load tests with Locust</title></head><body>Locust</body></html>"
    )

    assert other_of(page, page.encode()) is None
    assert other_of(page.replace("Load tests with Locust", "Locust"), b"").what == "Locust's HTML report"
