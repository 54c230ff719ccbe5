"""Deploys among the traffic of their version: rows on one clock, the same counts as the checks, words without a log."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence import registry
from app.evidence.deploy_timeline import traffic as checks
from app.evidence.source import Source
from app.pictures.deploy_windows import deploy_windows
from app.pictures.figures import figures_among
from tests.pictures.reading import Read
from tests.pictures.test_any_facts import TEXT, WEIRD, require_sound

SAMPLES = Path(registry.__file__).parent / "deploy_timeline" / "samples"
LOGS = Path(__file__).parents[1] / "evidence" / "deploy_timeline"
BEGAN = 1_795_000_000.0


def file(path):
    report = registry.inspect(Source(path.name, path))
    return SimpleNamespace(slot="slot", name=path.name, kind=report.kind, facts=report.facts)


def timeline(*spans):
    deploys = [
        {"version": f"v{number}", "start_s": BEGAN + start, "end_s": BEGAN + end}
        for number, (start, end) in enumerate(spans, start=1)
    ]
    return SimpleNamespace(slot="t", name="t.csv", kind="deploy_timeline", facts={"deploys": deploys})


def log(*points, is_server=True):
    """Ten-second steps of (begin, requests, 5xx, unanswered) after the first deploy began."""
    facts = {
        "first_time": "2026-11-18T11:06:40+00:00",
        "moments": {"step_s": 10.0, "points": [list(point) for point in points]},
        "is_server_log": is_server,
    }
    return SimpleNamespace(slot="l", name="l.log", kind="latency_table", facts=facts)


def steady(*, broken=()):
    return log(*((at, 50, 2 if at in broken else 0, 0) for at in range(-100, 400, 10)))


def test_deploys_that_are_hours_apart_lie_below_each_other():
    picture = deploy_windows(timeline((0, 20), (36_000, 36_030)), [steady()])
    read = Read(picture.svg)

    assert len(read.has("after")) == 2
    assert [text for text in read.texts if text in ("v1", "v2")] == ["v1", "v2"]
    assert "no request log" in read.texts
    assert picture.conclusion == (
        "2 deploys: none of 450 requests in their windows failed; 1 without a request log."
    )
    assert read.description == picture.conclusion


def test_failures_are_ticks_and_the_worst_deploy_is_named():
    picture = deploy_windows(timeline((0, 20), (200, 220)), [steady(broken=(10, 210, 220))])

    assert picture.conclusion == ("2 deploys: 6 of 900 requests in their windows failed, 4 of them at v2.")
    assert [row[3:] for row in picture.table.rows] == [("450", "2"), ("450", "4")]
    assert [text for text in Read(picture.svg).texts if " of " in text] == ["2 of 450", "4 of 450"]


def test_a_request_in_two_windows_counts_once_in_the_sum():
    picture = deploy_windows(timeline((0, 20), (30, 50)), [steady(broken=(30,))])

    assert [row[4] for row in picture.table.rows] == ["2", "2"]
    assert picture.conclusion.startswith("2 deploys: 2 of 600 requests")


def test_a_client_and_a_balancer_tell_of_the_same_requests():
    client = log(*((at, 50, 0, 0) for at in range(-100, 400, 10)), is_server=False)

    picture = deploy_windows(timeline((0, 20)), [client, steady(broken=(10,))])

    assert picture.table.rows[0][3:] == ("450", "2")


def test_many_deploys_are_those_that_failed():
    spans = [(number * 200, number * 200 + 20) for number in range(15)]

    picture = deploy_windows(timeline(*spans), [steady(broken=(10,))])

    assert len(picture.table.rows) == 12
    assert picture.table.rows[0][0] == "v1"
    assert picture.conclusion.startswith("15 deploys, 12 of them drawn: 2 of ")


@pytest.mark.parametrize(
    ("deploys", "traffic", "said"),
    [
        ("clean-rolling.csv", "after.log.gz", "10 deploys: none of 3,400 requests in their windows failed."),
        ("clean-before.csv", "before.log.gz", "1 deploy: 2 of 478 requests in their windows failed."),
    ],
)
def test_a_real_roll_is_counted_as_the_checks_count_it(deploys, traffic, said):
    files = [file(SAMPLES / deploys), file(LOGS / traffic)]

    (figure,) = figures_among(files[0], files)
    whole = checks.counted(checks.logs(files), [span for _, span in checks.windows(files[0].facts)])

    assert (figure.key, figure.shown.conclusion) == ("windows", said)
    assert f"{whole.requests:,} requests" in said
    assert f"{whole.broken or 'none'} of" in said


@pytest.mark.parametrize("facts", [{}, {"deploys": []}, {"deploys": [{"version": "v1", "start_s": None}]}])
def test_without_a_time_there_is_no_picture(facts):
    assert deploy_windows(SimpleNamespace(facts=facts), [steady()]) is None


MOMENT = st.floats(BEGAN - 1e6, BEGAN + 1e6) | WEIRD
DEPLOY = st.fixed_dictionaries(
    {}, optional={"start_s": MOMENT, "end_s": MOMENT, "version": TEXT | WEIRD, "id": TEXT}
)
POINT = st.tuples(st.floats(-1e4, 1e4), st.integers(0, 10**6), st.integers(0, 10), st.integers(0, 10)).map(
    list
)
LOG = st.fixed_dictionaries(
    {"first_time": st.just("2026-11-18T11:06:40+00:00") | TEXT},
    optional={
        "moments": st.fixed_dictionaries(
            {
                "step_s": st.sampled_from([1.0, 10.0, 60.0]) | WEIRD,
                "points": st.lists(POINT | WEIRD, max_size=40),
            }
        )
        | WEIRD,
        "is_server_log": st.booleans(),
        "failures": st.lists(st.lists(st.floats() | st.integers(), max_size=4), max_size=5) | WEIRD,
    },
)


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries({"deploys": st.lists(DEPLOY | WEIRD, max_size=20) | WEIRD}),
    st.lists(LOG, max_size=3),
)
def test_any_facts_give_a_sound_picture_or_none(facts, logs):
    version = [SimpleNamespace(kind="latency_table", facts=each) for each in logs]

    require_sound(deploy_windows(SimpleNamespace(facts=facts), version))
