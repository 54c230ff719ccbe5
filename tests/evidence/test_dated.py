"""Lists with a day in a line above: what each line then is, and what kills and deploys are read from such lists."""

from datetime import date

import pytest

from app.evidence import dated
from app.evidence.deploy_timeline import lists
from app.evidence.kill_log import told
from app.evidence.kill_log.events import What


def test_a_clock_takes_the_day_and_the_zone_above_it_and_passes_midnight():
    lines = ["## 20 Nov 2026 (UTC)", "- 23:58:01 killed web-1", "* **00:02:10** web-1 ready", "a remark"]

    assert dated.whole(lines) == [
        "## 20 Nov 2026 (UTC)",
        "2026-11-20 23:58:01 UTC killed web-1",
        "2026-11-21 00:02:10 UTC web-1 ready",
        "a remark",
    ]


def test_without_a_day_above_a_clock_stays_a_clock():
    assert dated.whole(["- 14:02 killed web-1"]) == ["14:02 killed web-1"]
    assert dated.day_in("in November 2026") is None
    assert dated.day_in("on 2026-11-20, a Friday") == date(2026, 11, 20)


def test_rows_of_clocks_take_the_day_above_their_table_else_the_first_below():
    lines = [
        "# Kills, 20. Okt 2026",
        "| 23:58 | app-1 |",
        "| 00:02 | app-2 |",
        "## 3. März 2027",
        "| 14:05 | app-3 |",
    ]

    assert dated.above(lines, [(2, "23:58"), (3, "00:02"), (5, "14:05")]) == [
        date(2026, 10, 20),
        date(2026, 10, 21),
        date(2027, 3, 3),
    ]
    assert dated.above(lines[1:4], [(1, "23:58")]) == [date(2027, 3, 3)]
    assert dated.above(lines[1:3], [(1, "23:58")]) == [None]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("| time (UTC) |", True),
        ("time_utc,instance", True),
        ("alle Zeiten in UTC", True),
        ("times are UTC+2", False),
        ("local time, the balancer is in UTC", False),
        ("Zeiten in MEZ, nicht UTC", False),
        ("a cutch and a time", False),
    ],
)
def test_a_text_says_that_its_times_are_in_utc(text, says):
    assert dated.says_utc(text) is says


def test_one_line_may_tell_of_the_kill_and_of_the_return():
    lines = [
        "2026-11-20 UTC",
        "- 14:05:10 killed app-1 (SIGKILL), back 14:05:31",
        "- 14:09:00 killed app-2, back after 12 s",
    ]

    events = [(event.what, event.instance, event.at % 86_400) for event in told.of_lines(lines)]

    assert events == [
        (What.KILL, "app-1", 50_710.0),
        (What.READY, "app-1", 50_731.0),
        (What.KILL, "app-2", 50_940.0),
        (What.READY, "app-2", 50_952.0),
    ]


def test_a_deploy_of_a_list_has_its_begin_and_end_however_they_are_told():
    lines = [
        "Day: 2026-11-20 (UTC)",
        "1. 10:00 - 10:03 v1.4.2 ok",
        "2. 11:10 deployed v1.4.3 (took 2 min 30 s)",
        "3. 23:59 - 00:01 v1.4.4 rolled back",
    ]

    deploys = [(one.version, one.start, one.end, one.state) for one in lists.of_lines(lines)]
    midnight = 1_795_132_800.0

    assert deploys == [
        ("v1.4.2", midnight + 36_000, midnight + 36_180, "done"),
        ("v1.4.3", midnight + 40_050, midnight + 40_200, "done"),
        ("v1.4.4", midnight + 86_340, midnight + 86_460, "failed"),
    ]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("0 failed requests", "done"),
        ("no failures", "done"),
        ("nothing failed", "done"),
        ("failed: 0", "done"),
        ("failed, 0 instances were replaced", "failed"),
        ("smoke test failed", "failed"),
    ],
)
def test_a_deploy_without_a_failed_request_has_not_failed(said, state):
    lines = [f"- 2026-11-20 1{hour}:00 - 1{hour}:03 UTC deployed v1.4.{hour}, {said}" for hour in (0, 1)]

    assert {one.state for one in lists.of_lines(lines)} == {state}


def test_a_place_is_no_duration():
    lines = [f"- 2026-11-20 1{hour}:03 deployed v1.4.{hour} in production (took 3 min)" for hour in (0, 1)]

    assert [one.end - one.start for one in lists.of_lines(lines)] == [180.0, 180.0]
