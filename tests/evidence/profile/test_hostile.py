"""Hostile and broken profiles: an answer in words, the same twice, no megabyte over two seconds."""

import gzip
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.evidence import output, registry
from app.evidence.profile import KIND
from app.evidence.source import Source
from tests.evidence import budget
from tests.evidence.profile.bombs import BOMBS, MEGABYTE
from tests.evidence.profile.reading import SAMPLES

SEEDS = [
    "clean-pyspy.txt.gz", "clean-pyspy-utf16-crlf.txt.gz", "clean-pyspy.speedscope.json.gz", "clean-pyspy.svg.gz",
    "clean-pyspy.trace.json.gz", "clean-pyinstrument.json.gz", "clean-pyinstrument.speedscope.json.gz",
    "clean-cprofile.prof.gz", "clean-valgrind.callgrind.gz", "clean-node.cpuprofile.gz", "clean-node-unpacked.pb",
    "clean-perf-node.txt.gz", "P8-trigger-heap.pb.gz", "P8-trigger-node.heapprofile.gz",
]  # fmt: skip
NASTY = [
    b"\0", b'"', b"\n", b";", b"{", b"]", b"null", b"NaN", b"1e999", b"-1", b"9" * 30, b"\xff\xfe", b"\xfb",
    b"\x1f\x8b",
    b"\xed\xa0\x80",
    b"r\xff\xff\xff\x7f", b"(\xff\xff\xff\x7f", b"<title>", b"&x;", b"true", b"\x80\x80\x80", b" 0\n",
]  # fmt: skip


def kept(name):
    data = (SAMPLES / name).read_bytes()
    return (gzip.decompress(data) if name.endswith(".gz") else data)[:12_000]


HEADS = [kept(name) for name in SEEDS]


@st.composite
def damaged(draw):
    """A true profile after some cuts, insertions, doublings and wrong bytes."""
    data = bytearray(draw(st.sampled_from(HEADS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        match draw(st.integers(0, 3)):
            case 0:
                data[at:at] = draw(st.sampled_from(NASTY)) * draw(st.integers(1, 20))
            case 1:
                del data[at : at + draw(st.integers(1, 400))]
            case 2:
                data[at:at] = data[at : at + draw(st.integers(1, 400))]
            case _:
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
    return bytes(data)


def require_an_answer(path, data):
    path.write_bytes(data)
    first, second = (registry.inspect(Source(path.name, path), KIND.name) for _ in range(2))

    told = output.as_json([(path.name, first)])

    assert told == output.as_json([(path.name, second)])
    assert "G11" not in {finding.code for finding in first.findings}
    json.loads(told, parse_constant=pytest.fail)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=damaged())
def test_a_damaged_profile_is_answered_the_same_twice(tmp_path, data):
    require_an_answer(tmp_path / "mutant", data)


STARTS = [
    "a;b 1\na;c 2\n",
    "events: Ir\nfn=(1) a\n",
    "a 1 [0] 1.000000: 1 cpu:\n\t00 x (y)\n",
    "<svg><title>a (1 s, 1%)</title>",
]
LINES = st.text("abc;() :/.0123456789\t=<>_[]#é", max_size=60)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
EVENT = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["O", "C"]) | VALUES,
        "ph": st.sampled_from(["X", "B", "E", "P"]) | VALUES,
        "name": st.sampled_from(["a", "ProfileChunk"]) | VALUES,
        **dict.fromkeys(("at", "ts", "dur", "frame", "tid"), st.integers(-3, 9) | VALUES),
        "args": st.fixed_dictionaries({"data": st.fixed_dictionaries({"cpuProfile": VALUES})}) | VALUES,
    },
)
CALL = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(0, 4) | VALUES,
        "parent": st.integers(0, 4) | VALUES,
        "children": st.lists(st.integers(0, 4)) | VALUES,
        "callFrame": st.fixed_dictionaries({"functionName": st.text(max_size=3)}) | VALUES,
        "hitCount": st.integers(0, 9) | VALUES,
        "time": st.floats() | VALUES,
        "function": st.text(max_size=3) | VALUES,
    },
)
FILES = st.fixed_dictionaries(
    {"$schema": st.just("https://www.speedscope.app/file-format-schema.json"), "profiles": st.lists(
        st.fixed_dictionaries({}, optional={
            "events": st.lists(EVENT, max_size=8) | VALUES, "samples": st.lists(st.lists(st.integers(-1, 3))) | VALUES,
            "weights": st.lists(st.floats()) | VALUES, "unit": st.sampled_from(["bytes", "seconds"]) | VALUES,
        }), max_size=3) | VALUES},
    optional={"shared": st.just({"frames": [{"name": "a"}, {"name": "b"}]}) | VALUES, "activeProfileIndex": VALUES},
) | st.fixed_dictionaries({"traceEvents": st.lists(EVENT, max_size=10)}) | st.fixed_dictionaries(
    {"nodes": st.lists(CALL, max_size=6)},
    optional={"samples": st.lists(st.integers(0, 4)) | VALUES, "timeDeltas": st.lists(st.integers(-5, 99)) | VALUES,
              "head": CALL, "startTime": VALUES, "endTime": VALUES},
) | st.fixed_dictionaries({"sample_count": VALUES, "root_frame": CALL | VALUES})  # fmt: skip


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=FILES)
def test_any_json_in_the_shape_of_a_profile_is_answered(tmp_path, value):
    require_an_answer(tmp_path / "odd.json", json.dumps(value).encode())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(STARTS),
    lines=st.lists(LINES, max_size=12),
)  # fmt: skip
def test_any_lines_after_the_start_of_a_profile_are_answered(tmp_path, start, lines):
    require_an_answer(tmp_path / "odd.txt", (start + "\n".join(lines)).encode())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from([b"{(\3\0\0\0", b"\xfb)\3", b"\n\4\x08\1\x10\1", b"2\0"]),
    rest=st.binary(max_size=200),
)
def test_any_bytes_after_the_start_of_a_profile_are_answered(tmp_path, start, rest):
    require_an_answer(tmp_path / "odd.bin", start + rest)


@pytest.mark.parametrize("name", BOMBS)
def test_no_megabyte_takes_over_two_seconds(tmp_path, name):
    made = BOMBS[name]()
    path = tmp_path / "bomb"
    path.write_bytes(made.encode() if isinstance(made, str) else made)

    with budget.seconds(2):
        report = registry.inspect(Source("bomb", path), KIND.name)

    assert path.stat().st_size < 1.2 * MEGABYTE
    assert "G11" not in {finding.code for finding in report.findings}
    assert len(output.as_json([("bomb", report)])) < 300_000


def test_entities_are_not_expanded(shelf):
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><svg><title>&b; (1 s, 1%)</title></svg>'

    assert "entities" in shelf.refused(bomb).message


def test_nothing_but_the_shape_of_cprofile_is_read(shelf):
    """A code object, a nested tuple as key, a set: whatever marshal could hold besides."""
    for piece in (b"c", b"(\2\0\0\0", b"<\1\0\0\0", b"R\0\0\0\0", b"y" + b"\0" * 16):
        found = shelf.refused(b"{(\3\0\0\0" + piece + b"0" * 50)

        assert (found.code, found.severity) == ("P1", "block")


def test_a_reference_to_what_is_still_being_read_is_refused(shelf):
    looped = b"\xfb\xa9\3\xda\1a\xe9\1\0\0\0r\0\0\0\0"

    assert "does not hold a text" in shelf.refused(looped).message


def test_recognition_is_quick_and_never_raises(tmp_path):
    path = tmp_path / "any"
    for made in (
        b"\x80" * 70_000,
        b"{" * 70_000,
        b"<" * 70_000,
        b"a;" * 35_000,
        b"2\0" * 35_000,
        b"a b 1.000: " * 7000,
    ):
        path.write_bytes(made)
        source = Source("any", path)
        assert source.head is not None  # decoding is not recognition
        KIND.sniff(source)
        with budget.seconds(0.05):
            sure = KIND.sniff(source)

        assert 0 <= sure <= 1


def test_a_packed_bomb_is_stopped(tmp_path):
    packed_bytes = io.BytesIO()
    with gzip.GzipFile(fileobj=packed_bytes, mode="wb") as stream:
        stream.write(b"a;b 1\n")
        for _ in range(30):
            stream.write(b"a;b 1\n" * 180_000)
    path = tmp_path / "bomb.gz"
    path.write_bytes(packed_bytes.getvalue())

    report = registry.inspect(Source("bomb.gz", path), KIND.name)

    assert [finding.code for finding in report.findings] == ["G2"]
