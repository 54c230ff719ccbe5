"""Files made to hang, to fill the memory or to lie: each is answered in words, quickly."""

import gzip

import pytest

from app.evidence import output, registry
from app.evidence.source import Source
from tests.evidence import budget

HAPROXY = (
    "Nov 25 02:46:18 lb haproxy[7]: 203.0.113.7:35590 [25/Nov/2026:02:46:18.288] web app/app3 0/0/0/7/7 200 469 - - "
    '---- 6/6/5/1/0 0/0 "GET / HTTP/1.1"\n'
)
COMBINED = '203.0.113.9 - - [25/Nov/2026:10:00:00 +0200] "GET /a HTTP/1.1" 200 12 "-" "curl/8" 0.025\n'
VEGETA = (
    '{"attack":"","seq":1,"code":200,"timestamp":"2026-11-25T10:00:00.5Z","latency":%s,"bytes_out":0,"bytes_in":1,'
    '"error":"","body":null,"method":"GET","url":"http://shop.example.net/","headers":null}\n'
)
SAMPLE = '<httpSample t="12" ts="1795335204668" s="true" lb="a" rc="200" na="3"/>\n'
JTL = '<?xml version="1.0"?>\n<testResults version="1.2">\n' + SAMPLE * 50
MILLION = 1_000_000
ENTITIES = '<!DOCTYPE t [<!ENTITY a "{}"><!ENTITY b "{}">]>\n'.format("x" * 1000, "&a;" * 1000)

BOMBS = {
    "a line of three megabytes after a log": COMBINED * 50 + "x" * (3 * MILLION) + "\n",
    "a megabyte of spaces in a log": COMBINED * 50 + " " * (MILLION - 9) + "\n" + COMBINED * 50,
    "a megabyte of quotes in the first line": '"GET ' + '"' * MILLION,
    "backslashes before a quote": '"GET /' + "\\" * MILLION + '"\n',
    "commas that join words": ("GET / a, " * 100 + "\n") * 1000,
    "brackets never closed": ('[ { "GET / HTTP" ' * 60 + "\n") * 900,
    "timers without end": HAPROXY.replace("0/0/0/7/7", "0/" * 2000 + "7") * 200,
    "equal signs": ("method=GET " + "a=" * 4000 + "\n") * 100,
    "records nested a hundred thousand deep": VEGETA % 1000 + '{"a":' * 100_000 + "1" + "}" * 100_000 + "\n",
    "records nested and never closed": (VEGETA % 1000) * 3 + '{"latency":' * 80_000 + "\n",
    "an array nested inside a record": VEGETA % ("[" * 90_000 + "]" * 90_000) + (VEGETA % 5) * 3,
    "a number of a hundred thousand digits": VEGETA % ("9" * 100_000) + (VEGETA % 5) * 30,
    "a thousand keys": ("{" + ",".join(f'"k{i}":{i}' for i in range(1000)) + ',"latency":1,"status":200}\n')
    * 100,
    "entities that expand": ENTITIES + JTL,
    "attributes never closed": JTL + '<httpSample t="' * 60_000 + "\n",
    "samples all on one line": JTL.replace("\n", "") * 100,
}


@pytest.fixture
def inspect(tmp_path):
    def inspect(data, name="bomb.log"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return registry.inspect(Source(name, path))

    return inspect


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_answered_in_words_and_soon(inspect, name):
    with budget.seconds(2 * max(1, len(BOMBS[name]) / MILLION)):
        report = inspect(BOMBS[name])

    assert "G11" not in {finding.code for finding in report.findings}
    assert output.as_json([("bomb.log", report)])


@pytest.mark.parametrize(
    "value", ["NaN", "1e999", "-Infinity", '"12"', "null", "true", "{}", "[]", "1_000", "-5"]
)
def test_a_record_without_a_latency_spoils_itself_alone(inspect, value):
    report = inspect((VEGETA % 5_000_000) * 200 + VEGETA % value + (VEGETA % 7_000_000) * 200, "records.json")

    is_number = value == '"12"'
    assert (report.facts["n"], report.facts["max"]) == (400 + is_number, 7.0)
    assert report.facts["unreadable_rows"] == (0 if is_number else 1)


def test_entities_are_not_expanded_and_the_samples_are_still_counted(inspect):
    report = inspect(ENTITIES + JTL.replace('lb="a"', 'lb="&b;"'), "results.jtl")

    assert (report.facts["n"], report.facts["endpoints"]) == (50, [{"name": "&b;", "n": 50}])


def test_a_broken_record_is_named_by_its_line(inspect):
    report = inspect(
        (VEGETA % 5_000_000) * 150 + '{"attack":"","seq":1,"co\n' + (VEGETA % 5_000_000) * 150, "r.json"
    )

    finding = next(finding for finding in report.findings if finding.code == "L18")
    assert (finding.where.line, finding.numbers["count"], report.facts["n"]) == (151, 1, 300)


@pytest.mark.parametrize("size", [1.1, 30])
def test_a_line_of_megabytes_is_left_out_and_said(inspect, size):
    report = inspect(COMBINED * 50 + "x" * int(size * MILLION) + "\n" + COMBINED * 50)

    finding = next(finding for finding in report.findings if finding.code == "L18")
    assert (report.facts["n"], finding.numbers["count"]) == (100, 1)


@pytest.mark.parametrize("broken", [b"\xff\xe9", b"\xc3"])
def test_lines_that_are_not_utf8_far_below_the_head_are_counted_all_the_same(inspect, broken):
    odd = COMBINED.encode().replace(b"/a", b"/" + broken)

    log = inspect(COMBINED.encode() * 5000 + odd * 3 + COMBINED.encode() * 10)
    table = inspect(b"latency_ms,path\n" + b"5,/a\n" * 20_000 + b"7,/" + broken + b"\n5,/a\n", "table.csv")

    assert (log.facts["n"], log.facts["unreadable_rows"]) == (5013, 0)
    assert (table.facts["n"], table.facts["max"]) == (20_002, 7.0)


@pytest.mark.parametrize("line", [COMBINED, VEGETA % 5_000_000, HAPROXY, SAMPLE])
def test_packed_repetition_is_counted_in_bounded_time(inspect, line):
    head = "" if line != SAMPLE else JTL

    with budget.seconds(10):
        report = inspect(gzip.compress((head + line * 40_000).encode()), "packed.gz")

    assert report.facts["requests"] == 40_000 + 50 * bool(head)


def test_what_a_log_says_twice_is_the_same_report(inspect):
    data = COMBINED * 500 + HAPROXY * 20 + "\x00\xff garbage [ \n"

    one, other = (output.as_json([("x", inspect(data))]) for _ in range(2))

    assert one == other
