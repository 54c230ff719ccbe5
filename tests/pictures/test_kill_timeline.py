"""Kills among requests: rows, bands, errors, and what is said where no log covers them."""

import re
from collections import namedtuple
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence import registry
from app.evidence.source import Source
from app.pictures.figures import figures, figures_among
from app.pictures.kill_timeline import kill_timeline
from tests.pictures.reading import Read
from tests.pictures.test_any_facts import TEXT, WEIRD, require_sound

File = namedtuple("File", "slot name kind facts")
RUN = Path("tests/evidence/kill_log")
KILLS = Path("app/evidence/kill_log/samples/clean-run-kills.csv")
BEGIN = 1795183200.0
NINE = [[float(second), 9, int(second == 21), 0, 0] for second in range(60)]


def read(path, slot="log"):
    report = registry.inspect(Source(path.name, path))
    return File(slot, path.name, report.kind, report.facts)


def killed(*rows, **facts):
    entries = [
        {
            "instance": name,
            "signal": signal,
            "start_s": BEGIN + at,
            "back_s": None if back is None else BEGIN + back,
        }
        for name, signal, at, back in rows
    ]
    return File("kill-log", "kills.csv", "kill_log", {"kills": entries, **facts})


def log(**changed):
    facts = {
        "first_time": "2026-11-20T14:00:00+00:00",
        "first_start_s": 0.0,
        "moments": {"step_s": 1, "points": NINE},
        "failures": [[21.5, 502, "app-2"]],
        "seconds": {
            "step_s": 1,
            "instances": ["app-1", "app-2"],
            "points": [[float(at), 9, 0, 0, 0, 9 if 21 <= at < 30 else 5, 1 if at == 21 else 0 if 21 < at < 30 else 4]
                       for at in range(60)],
        },
    }  # fmt: skip
    return File("log", "requests.csv", "latency_table", facts | changed)


KILL = killed(("app-2", "KILL", 21, 30))


def drawn(file, *others):
    picture = kill_timeline(file, [file, *others])
    require_sound(picture)
    return picture, Read(picture.svg)


def test_of_more_instances_than_rows_the_one_that_lost_most_is_drawn():
    many = killed(*((f"node-{place:02}", "KILL", place * 2, place * 2 + 1) for place in range(20)))
    picture, read_back = drawn(many, log(failures=[[38.5, 502, "node-19"]] * 3))

    rows = [text for text in read_back.texts if text.startswith("node-")]
    assert len(rows) == 8
    assert "node-19" in rows
    assert "3 of them after node-19 (KILL)" in read_back.description
    assert re.search(r"8 of \d\d instances are drawn\.$", picture.conclusion)


@pytest.mark.parametrize(
    ("logs", "said", "errors"),
    [
        (["clean-run-client.csv.gz"], "2 kills and no failed request around them.", ("0", "0")),
        (
            ["hasty-run-haproxy.log.gz", "hasty-run-client.csv.gz"],
            "2 kills and 60 failed requests around them, 31 of them after app-3 (TERM).",
            ("29", "31"),
        ),
    ],
)
def test_a_real_run_is_drawn_with_its_errors(logs, said, errors):
    picture, read_back = drawn(read(KILLS), *(read(RUN / name) for name in logs))

    assert picture.conclusion == said
    assert [row[-1] for row in picture.table.rows] == list(errors)
    assert [text for text in read_back.texts if text.startswith("app-")] == ["app-1", "app-2", "app-3"]
    assert (len(read_back.has("band")), len(read_back.has("row"))) == (2, 3)


def test_the_gap_of_a_killed_instance_is_a_gap_in_its_row():
    _, read_back = drawn(KILL, log())

    one, two = (row for row in read_back.has("row"))
    areas = [row.find("g[@class='rate']/path").get("d").count("M") for row in (one, two)]
    assert areas == [1, 2]


def test_a_kill_and_its_return_stand_in_the_table():
    picture, _ = drawn(killed(("app-2", "KILL", 21, 30), ("app-1", "", 50, None)), log())

    assert [tuple(cell.replace("\u00a0", " ") for cell in row) for row in picture.table.rows] == [
        ("app-2 (KILL)", "21 s", "9 s", "1"),
        ("app-1", "50 s", "not told", "0"),
    ]


def test_an_address_is_the_row_of_the_server_that_has_it():
    servers = [{"name": f"app-{at}", "address": "10.0.0.1", "port": 8000 + at} for at in (1, 2)]
    named = {"pools": [{"servers": [{**one, "port": str(one["port"])} for one in servers]}]}
    addressed = log()
    addressed.facts["seconds"]["instances"] = ["10.0.0.1:8001", "10.0.0.1:8002"]

    _, without = drawn(KILL, addressed)
    _, known = drawn(KILL, addressed, File("lb", "haproxy.cfg", "load_balancer", named))

    assert (len(without.has("row")), len(known.has("row"))) == (3, 2)


def test_without_a_log_of_their_time_the_kills_stand_alone():
    other_day = log(first_time="2026-11-21T14:00:00+00:00")

    for others in ([], [other_day]):
        picture, read_back = drawn(KILL, *others)
        assert picture.conclusion == "1 kill; no request log covers their times as both are written."
        assert "no request log" in read_back.texts


def test_a_log_without_a_year_is_of_the_year_of_the_requests():
    moved = killed(("app-2", "KILL", 21 - BEGIN + 974728800, 30 - BEGIN + 974728800), has_year=False)

    assert drawn(moved, log())[0].conclusion == "1 kill and 1 failed request around them."


def test_many_kills_say_how_many_are_drawn():
    many = killed(*((f"app-{at % 9}", "KILL", at, at + 0.5) for at in range(50)))

    assert drawn(many, log())[0].conclusion.startswith("20 of 50 kills and 1 failed request")


def test_it_is_drawn_at_the_kill_log_alone():
    version = [KILL, log()]

    assert [one.key for one in figures_among(KILL, version)] == ["kills"]
    assert figures_among(version[1], version) == ()
    assert figures("kill_log", KILL.facts, is_paired=False) == ()


@pytest.mark.parametrize(
    "facts", [{}, {"kills": []}, {"kills": [{"start_s": None}]}, {"kills": [{"start_s": 1e14}]}]
)
def test_without_a_time_there_is_no_picture(facts):
    assert kill_timeline(File("k", "k", "kill_log", facts), [log()]) is None


SECONDS = st.floats(BEGIN - 500, BEGIN + 500) | st.floats() | WEIRD
ENTRY = st.fixed_dictionaries(
    {"start_s": SECONDS},
    optional={"back_s": SECONDS, "instance": TEXT | st.just("app-1") | WEIRD, "signal": TEXT | WEIRD},
)
POINTS = (
    st.lists(st.lists(st.floats(0, 500) | st.integers(0, 10**9) | WEIRD, max_size=8) | WEIRD, max_size=30)
    | WEIRD
)
STEPS = st.fixed_dictionaries(
    {},
    optional={
        "step_s": st.floats(0.01, 60) | WEIRD,
        "points": POINTS,
        "instances": st.lists(TEXT | WEIRD) | WEIRD,
    },
)
LOG = st.fixed_dictionaries(
    {"first_time": st.just("2026-11-20T14:00:00+00:00") | TEXT | WEIRD},
    optional={"first_start_s": WEIRD, "moments": STEPS | WEIRD, "seconds": STEPS | WEIRD, "failures": POINTS},
)


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {"kills": st.lists(ENTRY | WEIRD, max_size=30) | WEIRD}, optional={"has_year": st.booleans()}
    ),
    st.lists(LOG, max_size=2),
    st.fixed_dictionaries(
        {}, optional={"pools": POINTS | st.lists(st.fixed_dictionaries({"servers": POINTS})) | WEIRD}
    ),
)
def test_any_facts_give_a_sound_picture_or_none(facts, logs, balancer):
    file = File("k", "k", "kill_log", facts)
    version = [
        file,
        File("b", "b", "load_balancer", balancer),
        *(File("l", "l", "latency_table", one) for one in logs),
    ]

    require_sound(kill_timeline(file, version))
