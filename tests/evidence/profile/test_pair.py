"""Two profiles: the same program, another measure, the hot spot lower or not, and what changed most."""

import pytest

from app.evidence.findings import Severity
from app.evidence.profile import KIND
from tests.evidence.profile.reading import sample

BEFORE = "main;serve;render;dumps 6000\nmain;serve;query 3000\nmain;log 1000\n"
AFTER = "main;serve;render;dumps 500\nmain;serve;query 3000\nmain;log 1000\n"


@pytest.fixture
def compared(shelf):
    def run(before, after):
        one, other = shelf.facts(before), shelf.facts(after)
        return list(KIND.compare(one, other, "p99"))

    return run


def said(findings, code="P4"):
    return [(finding.severity, finding.message) for finding in findings if finding.code == code]


def test_a_hot_spot_that_shrank_is_good_news(compared):
    found = compared(BEFORE, AFTER)

    assert said(found) == [
        (Severity.GOOD, "dumps, the hottest function before, fell from 60 % to 11 % of the profile.")
    ]
    assert said(found, "P7") == [
        (
            Severity.NOTE,
            "By share with what they call, fell most: dumps 60 → 11 %, render 60 → 11 %, serve 90 → 78 %. "
            "Rose most: query 30 → 67 %, log 10 → 22 %.",
        )
    ]


def test_before_and_after_swapped_is_not_praised_for_the_hot_spot(compared):
    found = compared(AFTER, BEFORE)

    assert [finding.message for finding in found if finding.severity is Severity.GOOD] == [
        "query, the hottest function before, fell from 67 % to 30 % of the profile."
    ]
    assert "Rose most: dumps 11 → 60 %" in said(found, "P7")[0][1]


def test_a_hot_spot_that_stays_is_a_doubt(compared):
    found = compared(BEFORE, BEFORE.replace("6000", "6100"))

    assert said(found) == [
        (
            Severity.WARN,
            "The hot spot is no smaller: dumps took 60 % by itself before and takes 60 % after.",
        )
    ]
    assert said(found, "P7")[0][1] == "No function's share changed beyond chance."


def test_when_something_else_shrank_that_is_named(compared):
    found = compared("main;hash 5000\nmain;dumps 3000\nmain;log 2000\n", "main;hash 5000\nmain;log 2000\n")

    assert said(found) == [
        (Severity.NOTE, "hash takes 71 % by itself, before 50 %; what shrank is dumps 30 → 0 %.")
    ]


def test_a_change_of_few_samples_is_chance(compared):
    found = compared("main;dumps 30\nmain;log 70\n", "main;dumps 24\nmain;log 76\n")

    assert Severity.GOOD not in {finding.severity for finding in found}


@pytest.mark.parametrize(("common", "is_told"), [(5, False), (3, True)])
def test_programs_that_share_too_few_names_are_different(compared, common, is_told):
    names = [f"f{n}" for n in range(10)]
    before = "".join(f"{name};{name}x 50\n" for name in names)
    after = "".join(f"{name if n < common else name + 'o'};{name}{'x' if n < common else 'y'} 60\n"
                    for n, name in enumerate(names))  # fmt: skip

    told = [message for _, message in said(compared(before, after)) if "different programs" in message]

    assert bool(told) is is_told


def test_one_recording_sent_twice_is_told_whatever_its_line_ends(compared):
    found = compared(BEFORE, BEFORE.replace("\n", "\r\n"))

    assert [finding.message for finding in found] == [
        "Before and after are the same profile, to the last sample."
    ]


def test_good_news_is_left_out_where_the_measure_differs(compared):
    idle = AFTER + "main;epoll_wait 90000\n"

    found = compared(BEFORE, idle)

    assert [severity for severity, message in said(found) if "measure different things" in message] == [
        Severity.WARN
    ]
    assert Severity.GOOD not in {finding.severity for finding in found}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("clean-cprofile.prof.gz", "clean-pyspy.txt.gz"),
        ("P8-trigger-heap.pb.gz", "clean-node.cpuprofile.gz"),
        ("P8-trigger-go-block.pb.gz", "P8-near-miss-go-cpu.pb.gz"),
        ("P8-trigger-go-goroutines.pb.gz", "P8-trigger-go-mutex.pb.gz"),
    ],
)
def test_true_profiles_of_two_measures_are_no_pair(before, after):
    found = list(KIND.compare(sample(before).facts, sample(after).facts, "p99"))

    assert "measure different things" in found[0].message


def test_true_profiles_before_and_after_a_fix_show_it():
    before, after = (
        sample(name).facts for name in ("clean-cprofile.prof.gz", "clean-cprofile-after.prof.gz")
    )

    found = list(KIND.compare(before, after, "p99"))

    assert [(finding.code, finding.severity) for finding in found] == [("P4", "good"), ("P7", "note")]
    assert found[0].message.startswith(
        "iterencode (encoder.py), the hottest function before, fell from 44 % to 0 %"
    )


@pytest.mark.parametrize("other", ["clean-pyspy.svg.gz", "clean-pyspy.speedscope.json.gz"])
def test_two_recordings_of_one_version_are_not_accused(other):
    found = list(KIND.compare(sample("clean-pyspy.txt.gz").facts, sample(other).facts, "p99"))

    assert {finding.severity for finding in found} == {Severity.NOTE}


def test_facts_of_a_file_that_was_not_read_are_not_compared():
    assert list(KIND.compare({}, sample("clean-pyspy.txt.gz").facts, "p99")) == []
