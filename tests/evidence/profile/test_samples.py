"""Every sample gives exactly the codes its table says, every code has a sample, and formats agree on one recording."""

import gzip
import marshal
import tomllib
from functools import cache
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.findings import Severity
from app.evidence.profile import KIND
from app.evidence.profile.names import short_file
from app.evidence.source import Source
from tests.evidence.profile.reading import SAMPLES, own, sample

EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())
WITHOUT_EVIDENCE = {"P1-trigger-cut.prof.gz", "P1-trigger-empty.speedscope.json"}
FOR_PAIRS = {"P4"}
SAID_OF_A_FORM = {"P1", "P7", "P9"}


@cache
def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"] == "profile"


def test_every_sample_is_listed():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)


def test_every_code_has_a_sample():
    shown = {code for entry in EXPECTED.values() for code in entry["codes"]}

    assert {rule.code for rule in KIND.rules} - FOR_PAIRS == shown


def test_every_code_that_what_is_counted_decides_has_a_near_miss():
    silent = {name.partition("-")[0] for name in EXPECTED if "-near-miss-" in name}

    assert {rule.code for rule in KIND.rules} - FOR_PAIRS - SAID_OF_A_FORM == silent


@pytest.mark.parametrize("name", [name for name in EXPECTED if "-near-miss-" in name])
def test_a_near_miss_does_not_give_the_code_of_its_name(name):
    assert name.partition("-")[0] not in EXPECTED[name]["codes"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("P8-trigger-go-block.pb.gz", "The profile adds up waiting (delay), not work of the processor."),
        ("P8-trigger-go-mutex.pb.gz", "The profile adds up waiting (delay), not work of the processor."),
        (
            "P8-trigger-go-goroutines.pb.gz",
            "The profile counts where each goroutine stood at one moment, not time.",
        ),
    ],
)
def test_what_go_counts_beside_time_is_named(name, message):
    assert [found.message for found in read(name).findings if found.code == "P8"] == [message]


def test_true_output_is_neither_blocked_nor_doubted():
    doubted = {
        name: [finding.code for finding in read(name).findings if finding.severity is not Severity.NOTE]
        for name in EXPECTED
        if name.startswith("clean-")
    }

    assert {name: codes for name, codes in doubted.items() if codes} == {}


def test_only_files_without_a_sample_are_blocked():
    assert {name for name in EXPECTED if read(name).is_blocked} == WITHOUT_EVIDENCE


HOTTEST = {
    "clean-cprofile.prof.gz": ("iterencode", "cProfile"),
    "clean-flamegraph-pl.svg": ("dumps", "flame graph SVG"),
    "clean-go.pb.gz": ("runtime.memclrNoHeapPointers", "pprof"),
    "clean-node-unpacked.pb": ("copyOrder", "pprof"),
    "clean-node.cpuprofile.gz": ("copyOrder", "cpuprofile"),
    "clean-node.pb.gz": ("copyOrder", "pprof"),
    "clean-perf-node.txt.gz": ("v8::internal::JsonStringifier::SerializeString", "perf script"),
    "clean-pyinstrument.json.gz": ("iterencode", "pyinstrument"),
    "clean-pyprof2calltree.callgrind.gz": ("iterencode", "callgrind"),
    "clean-pyspy-utf16-crlf.txt.gz": ("JSONEncoder.iterencode", "collapsed"),
    "clean-pyspy.speedscope.json.gz": ("JSONEncoder.iterencode", "speedscope"),
    "clean-pyspy.svg.gz": ("JSONEncoder.iterencode", "flame graph SVG"),
    "clean-pyspy.trace.json.gz": ("JSONEncoder.iterencode", "trace events"),
    "clean-pyspy.txt.gz": ("JSONEncoder.iterencode", "collapsed"),
    "clean-valgrind.callgrind.gz": ("do_lookup_x", "callgrind"),
}


@pytest.mark.parametrize(("name", "expected"), HOTTEST.items(), ids=HOTTEST)
def test_the_hottest_function_is_found_in_every_format(name, expected):
    facts = read(name).facts

    hottest = next(each["name"] for each in facts["functions"] if not each["waits"])

    assert (hottest, facts["format"]) == expected


def test_cprofile_is_read_as_python_itself_reads_it():
    name = "clean-cprofile.prof.gz"
    stats = marshal.loads(gzip.decompress((SAMPLES / name).read_bytes()))
    whole = sum(entry[2] for entry in stats.values()) * 1000
    exact = {
        (name, short_file(file), line): (own * 1000, all_ * 1000)
        for (file, line, name), (_, _, own, all_, _) in stats.items()
    }

    facts = sample(name).facts

    assert facts["total"] == pytest.approx(whole, rel=1e-5)
    compared = 0
    for each in facts["functions"]:
        known = exact.get((each["name"], each["file"], each["line"]))
        if known is not None:
            assert (each["self"], each["total"]) == pytest.approx(known, rel=1e-5)
            compared += 1
    assert compared > 25


TOP = Path(__file__).parent / "go-top.txt"
"""What `go tool pprof -top` of Go 1.19 prints about clean-go.pb.gz."""


def test_pprof_is_read_as_go_itself_reads_it():
    listed = {}
    for line in TOP.read_text().splitlines()[2:]:
        flat, _, _, cumulated, _, name = line.removesuffix(" (inline)").split(None, 5)
        listed[name] = tuple(round(float(each.removesuffix("s")) * 1000) for each in (flat, cumulated))

    facts = sample("clean-go.pb.gz").facts
    found = {each["name"]: (each["self"], each["total"]) for each in facts["functions"]}

    assert facts["total"] == 13560
    assert {name: pair for name, pair in found.items() if name in listed} == {
        name: listed[name] for name in found if name in listed
    }
    assert len(found.keys() & listed.keys()) > 30


def test_callgrind_made_from_a_prof_gives_the_same_shares():
    prof, callgrind = (
        own(sample(name).facts) for name in ("clean-cprofile.prof.gz", "clean-pyprof2calltree.callgrind.gz")
    )

    for name in ("iterencode", "raw_decode", "<method 'sub' of 're.Pattern' objects>", "list_orders_slow"):
        assert callgrind[name] == pytest.approx(prof[name], rel=1e-4)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("clean-pyspy.txt.gz", "clean-pyspy-utf16-crlf.txt.gz"),
        ("clean-node.pb.gz", "clean-node-unpacked.pb"),
    ],
)
def test_one_recording_reads_the_same_however_it_is_packed(one, other):
    assert sample(one).facts == sample(other).facts


def test_a_trace_that_ends_in_the_middle_loses_nothing_before_it():
    whole, cut = sample("clean-pyspy.trace.json.gz").facts, sample("clean-pyspy-cut.trace.json.gz").facts

    assert (whole["is_truncated"], cut["is_truncated"]) == (False, True)
    assert own(whole) == own(cut)


@pytest.mark.parametrize("name", [name for name in EXPECTED if read(name).facts])
def test_facts_are_bounded_and_hold_together(name):
    facts = read(name).facts
    stacks = facts["stacks"]

    assert len(facts["functions"]) <= 50
    assert len(facts["shares"]) <= 300
    assert len(stacks["nodes"]) <= 1000
    assert all(each["self"] <= each["total"] * 1.00001 for each in facts["functions"])
    assert all(0 <= each["total_share"] <= 1 for each in facts["functions"])
    assert all(parent < index for index, (parent, *_) in enumerate(stacks["nodes"]))
    below = [0.0] * len(stacks["nodes"])
    for parent, _, weight, _ in stacks["nodes"]:
        if parent >= 0:
            below[parent] += weight
    for under, (_, _, weight, own_weight) in zip(below, stacks["nodes"], strict=True):
        assert under + own_weight <= weight * 1.0001
