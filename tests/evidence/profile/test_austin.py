"""austin's lines: its modes, with its header and without, and the forms of its versions."""

import pytest

from app.evidence.profile import KIND
from tests.evidence.profile.reading import own, paths

HEADER = "# austin: 3.6.0\n# interval: 10000\n# mode: {}\n\n"
LINES = (
    "P47;T0:8;/app/app.py:<module>:80;/app/app.py:main:12;/app/db.py:query:40 {}\n"
    "P47;T0:8;/app/app.py:<module>:80;/app/app.py:main:14 {}\n"
)


def findings(shelf, content):
    return [one.message for one in KIND.inspect(shelf.source(content)).findings if one.code == "P8"]


@pytest.mark.parametrize("mode", ["wall", "cpu"])
def test_time_is_in_microseconds_and_a_line_is_a_sample(shelf, mode):
    facts = shelf.facts(HEADER.format(mode) + LINES.format(9000, 1000) + "\n# duration: 6000000\n")

    assert (facts["format"], facts["unit"], facts["total"]) == ("austin", "ms", 10.0)
    assert (facts["samples"], facts["duration_s"], facts["threads"]) == (2, 6.0, 1)
    assert paths(facts) == {"<module>;main": 1.0, "<module>;main;query": 9.0}
    assert [(each["name"], each["file"], each["line"]) for each in facts["functions"][:2]] == [
        ("query", "app/db.py", 40),
        ("main", "app/app.py", 14),
    ]


def test_memory_is_no_time(shelf):
    content = HEADER.format("memory") + LINES.format(4096, -512)
    facts = shelf.facts(content)

    assert (facts["unit"], facts["what"], facts["total"], facts["samples"]) == (
        "bytes",
        "memory",
        4096.0,
        None,
    )
    assert findings(shelf, content) == ["The profile counts bytes (memory), not time."]


def test_memory_is_told_by_what_falls_when_the_header_is_gone(shelf):
    assert shelf.facts(LINES.format(4096, -512))["unit"] == "bytes"


def test_without_a_header_it_is_neither_time_nor_memory(shelf):
    facts = shelf.facts(LINES.format(9000, 1000))

    assert (facts["unit"], facts["samples"], facts["total"]) == ("samples", None, 10_000.0)
    assert findings(shelf, LINES.format(9000, 1000)) == [
        "austin's lines stand here without its header, so they may count time or memory."
    ]


def test_the_full_mode_has_time_and_says_who_waits(shelf):
    facts = shelf.facts(HEADER.format("full") + LINES.format("9000,1,-20", "1000,0,4096"))

    assert (facts["unit"], facts["total"], facts["idle_share"]) == ("ms", 10.0, 0.9)
    assert own(facts)["(idle)"] == 9.0


@pytest.mark.parametrize(
    "line",
    [
        "P47;T0:8;/app/app.py:main:12:12:5:20;/app/db.py:query:40:41:1:7 9000",
        "P47;T7f12;main (/app/app.py);L12;query (/app/db.py);L40 9000",
        "P47;T0:8;C:\\app\\app.py:main:12;C:\\app\\db.py:query:40 9000",
    ],
)
def test_frames_of_other_versions_are_the_same_functions(shelf, line):
    facts = shelf.facts(HEADER.format("wall") + f"{line}\n" * 3)

    assert paths(facts) == {"main;query": 27.0}
    assert facts["functions"][0]["line"] == 40


def test_stacks_of_other_tools_are_not_taken_for_its(shelf):
    assert shelf.facts("main;work 12\nmain;rest 3\n" * 9)["format"] == "collapsed"


def test_lines_that_are_none_are_said(shelf):
    content = HEADER.format("wall") + LINES.format(1, 1) * 30 + "P47;T0:8;app.py:main:1 what\n" * 12

    assert "12 lines do not end in a count, the first is line 65" in shelf.refused(content).message
