"""Mutated samples: a report every time, the same for the same bytes, and JSON that can be stored."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.evidence import output, registry
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "latency_table" / "samples"
SEEDS = [
    (SAMPLES / "L2-trigger-120.csv").read_bytes(),
    gzip.decompress((SAMPLES / "clean-ab-g.tsv.gz").read_bytes())[:6_000],
    *(
        gzip.decompress((SAMPLES / name).read_bytes())[:6_000]
        for name in (
            "clean-caddy.json.gz",
            "clean-envoy.log.gz",
            "clean-jmeter.jtl.gz",
            "clean-k6.json.gz",
            "clean-logfmt.log.gz",
            "clean-nginx-json.log.gz",
            "clean-vegeta.json.gz",
            "K8-trigger-haproxy.log.gz",
            "L7-trigger-nginx.log.gz",
            "L4-trigger-apache-common.log.gz",
            "L13-trigger-apache-both-times.log.gz",
            "clean-jmeter-no-header.csv.gz",
        )
    ),
    gzip.decompress((SAMPLES / "clean-jmeter.csv.gz").read_bytes())[:6_000],
    gzip.decompress((SAMPLES / "clean-vegeta.csv.gz").read_bytes())[:6_000],
    gzip.decompress((SAMPLES / "clean-utf16.csv.gz").read_bytes())[:6_000],
    gzip.decompress((SAMPLES / "clean-semicolon-comma.csv.gz").read_bytes())[:6_000],
]
NASTY = [
    b"\0",
    b'"',
    b"\n",
    b"\r",
    b";",
    b",",
    b"nan",
    b"1e999",
    b"-",
    b"\xff\xfe",
    b"1_000",
    b"\x1f\x8b",
    b"'",
    b"{0}",
    b"\xf0\x9f",
    b"[",
    b"{",
    b"\\",
    b"NaN",
    b", ",
    b" : ",
    b"<!ENTITY a 'b'>",
    b'{"a":',
]


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
                del data[at : at + draw(st.integers(1, 400))]
            case 2:
                data[at:at] = data[at : at + draw(st.integers(1, 400))]
            case _:
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
    return bytes(data)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=mutants())
def test_any_bytes_give_a_report_and_the_same_one_twice(tmp_path, data):
    path = tmp_path / "mutant.csv"
    path.write_bytes(data)

    first, second = (registry.inspect(Source("mutant.csv", path)) for _ in range(2))

    assert output.as_json([("mutant.csv", first)]) == output.as_json([("mutant.csv", second)])
    assert "G11" not in {finding.code for finding in first.findings}


@pytest.mark.parametrize(
    "data",
    [
        b"latency_ms\n" + b"9" * 3_000_000,
        b"latency_ms,x\n" + b'1,"' + b"a\n" * 100_000,
        b"latency_ms\n" + b"1\n" * 10 + b"1e999\n-inf\nnan\n1_000\n",
        b"," * 200_000 + b"\n",
        b"a,latency_ms\n" * 2_000,
        "latency_ms\n١٢\n١٣\n".encode(),
        b"latency_ms\n0\n0\n0\n",
        b"latency_ms\n5\n",
        b"latency_ms\n1e-320\n5\n900000000000\n",
        b"latency_ms\n5\n5.000000000000001\n",
        b"timestamp,latency_ms\n9e307,5\n-9e307,6\n1,7\n",
    ],
)
def test_odd_tables_are_answered_in_words(tmp_path, data):
    path = tmp_path / "odd.csv"
    path.write_bytes(data)

    report = registry.inspect(Source("odd.csv", path))

    assert "G11" not in {finding.code for finding in report.findings}
    assert output.as_json([("odd.csv", report)])


def test_numbers_that_are_none_are_not_counted(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"latency_ms\n" + b"1\n" * 100 + b"inf\nnan\n-3\n1_000\n")

    facts = registry.inspect(Source("table.csv", path)).facts

    assert (facts["n"], facts["unreadable_rows"], facts["max"]) == (100, 4, 1.0)


def test_a_name_full_of_wildcards_opens_only_itself(tmp_path):
    path = tmp_path / "a[1]*.csv"
    path.write_bytes(b"latency_ms\n" + b"1\n" * 10)
    (tmp_path / "a1x.csv").write_bytes(b"latency_ms\n" + b"900\n" * 10)

    facts = registry.inspect(Source(path.name, path)).facts

    assert (facts["n"], facts["max"]) == (10, 1.0)
