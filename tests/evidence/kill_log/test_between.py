"""Kills beside requests: a real run behind HAProxy and nginx, with retries and without, and runs made by the second."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.evidence import ledger, registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.kill_log import between, between_rules, names
from app.evidence.source import Source
from app.evidence.times import iso

HERE = Path(__file__).parent
SAMPLES = Path(registry.__file__).parent / "kill_log" / "samples"
BEGIN = 1795183200.0  # 2026-11-20T14:00:00Z
PROXY = """
backend app
    server app-1 127.0.0.1:7711 check
    server app-2 127.0.0.1:7712 check
    server app-3 127.0.0.1:7713 check
"""
METHODS = "time,status,duration_ms,instance,path,method"
TWO = [("app-2", "KILL", 60, 80), ("app-3", "TERM", 120, 135)]


def inspected(path, slot):
    report = registry.inspect(Source(path.name, path))
    return FileFacts(slot, path.name, report.kind, path.name, report.facts)


def real(*logs):
    return [
        inspected(SAMPLES / "clean-run-kills.csv", "kill-log"),
        *(inspected(HERE / f"{name}.gz", "log") for name in logs),
    ]


@pytest.fixture
def written(tmp_path):
    def write(name, text, slot):
        path = tmp_path / name
        path.write_text(text)
        return inspected(path, slot)

    return write


@pytest.fixture
def run(written):
    """A kill log and a request log of twenty requests a second for five minutes, answered by three in turn."""

    def files(kills=TWO, *, ahead=0.0, header="time,status,duration_ms,instance,path", **changed):
        rows = [f"{iso(BEGIN + at)},{name},{signal},{iso(BEGIN + back)}" for name, signal, at, back in kills]
        log = "\n".join([header, *requests(kills, ahead, **changed)])
        return [
            written("kills.csv", "\n".join(["time,instance,signal,back", *rows]), "kill-log"),
            written("requests.csv", log, "log"),
        ]

    return files


def requests(
    kills,
    ahead,
    *,
    seconds=range(300),
    rate=20,
    failed=(),
    slow=(),
    alive=(),
    gone=(),
    path="/orders",
    posts=0,
    paused=(),
):
    """Who is down is passed over; `alive` are down and answer all the same; `gone` never answer again."""
    for second in seconds:
        for place in range(rate // 2 if second in paused else rate):
            at = second + place / rate
            name = f"app-{place % 3 + 1}"
            if _is_down(name, at, kills, gone) and name not in alive:
                name = f"app-{(place % 3 + 1) % 3 + 1}"
            if _is_down(name, at, kills, gone) and name not in alive:
                name = "app-1"
            status = 502 if place == 0 and second in failed else 200
            took = 900 if second in slow else 10 + place
            where = path.replace("GET", "POST") if second < posts and place == 0 else path
            yield f"{iso(BEGIN + at + ahead)},{status},{took},{'' if status == 502 else name},{where}"


def _is_down(name, at, kills, gone):
    drain = {"TERM": 3.0}
    return any(
        name == killed and start + drain.get(signal, 0.0) <= at < (9999 if name in gone else back)
        for killed, signal, start, back in kills
    )


def said(files):
    return [(finding.code, str(finding.severity)) for finding in between.together(files, ())]


def found(files, code, severity):
    return [one for one in between.together(files, ()) if (one.code, str(one.severity)) == (code, severity)]


def claim(metric, value, slot):
    return Claim(metric, metric, metric, value, "count", slot)


CLEAN = [
    ("K12", "good"), ("K1", "good"), ("K2", "good"), ("K4", "note"), ("K7", "good"), ("K5", "good"),
]  # fmt: skip


@pytest.mark.parametrize("log", ["clean-run-client.csv", "clean-run-haproxy.log"])
def test_a_real_run_with_retries_is_clean(log):
    assert said(real(log)) == CLEAN


def test_addresses_are_named_by_the_configuration_of_the_balancer(written):
    files = real("clean-run-nginx.log")

    assert ("K6", "warn") in said(files)
    assert said([*files, written("haproxy.cfg", PROXY, "load-balancer")]) == CLEAN


@pytest.mark.parametrize(
    ("logs", "after"),
    [
        (("hasty-run-client.csv",), [29, 31]),
        (("hasty-run-haproxy.log",), [28, 31]),
        (("hasty-run-client.csv", "hasty-run-haproxy.log"), [29, 31]),
        (("hasty-run-nginx.log",), [2, 1]),
    ],
)
def test_errors_of_a_real_run_without_retries_are_counted_exactly_and_once(logs, after):
    assert [one.numbers["broken"] for one in found(real(*logs), "K2", "warn")] == after


def test_a_request_that_was_running_when_the_instance_died_is_counted():
    first, _ = found(real("hasty-run-client.csv"), "K2", "warn")

    assert "503: 28, without a whole answer: 1; 17 within a second of the kill" in first.message


def test_claims_are_recomputed_and_a_balancer_does_not_hide_what_clients_saw():
    given = [claim("kills", 2, "kill-log"), claim("user_errors", 59, "log"), claim("user_errors", 60, "log")]

    rows = ledger.reckon(given, real("hasty-run-haproxy.log", "hasty-run-client.csv"))

    assert [(row.verdict, row.recomputed) for row in rows] == [
        ("agrees", 2), ("contradicts", 60), ("agrees", 60),
    ]  # fmt: skip


def test_user_errors_need_no_kill_log_and_kills_need_requests():
    kills, log = real("hasty-run-client.csv")

    errors, without = (
        ledger.reckon([claim("user_errors", 60, "log")], [log])[0],
        ledger.reckon([claim("kills", 2, "kill-log")], [kills])[0],
    )

    assert errors.verdict == "agrees"
    assert (without.verdict, "no request log with times" in without.reason) == ("unchecked", True)


def test_a_made_run_is_clean(run):
    assert said(run()) == CLEAN


@pytest.mark.parametrize(
    ("ahead", "offset", "way"),
    [
        (3600, "60 min", "ahead of"), (-7200, "2 h", "behind"), (19800, "5 h 30 min", "ahead of"),
        (6, "5.5 s", "ahead of"), (3605, "60 min 4 s", "ahead of"),
    ],
)  # fmt: skip
def test_a_shifted_clock_is_found_and_nothing_else_changes(run, ahead, offset, way):
    files = run(ahead=ahead, failed=[61])

    (moved,) = found(files, "K12", "warn")

    assert moved.numbers["ahead"] == f"{offset} {way}"
    assert [one.numbers["broken"] for one in found(files, "K2", "warn")] == [1]
    assert ledger.reckon([claim("kills", 2, "kill-log")], files)[0].verdict == "agrees"


@pytest.mark.parametrize("ahead", [1, -1])
def test_a_second_is_no_shifted_clock(run, ahead):
    assert found(run(ahead=ahead), "K12", "warn") == []


def test_without_names_a_zone_is_only_a_hint(run):
    files = run(ahead=3600, header="time,status,duration_ms,nobody,path")

    (outside,) = found(files, "K1", "warn")

    assert "60 min later the kills would lie inside" in outside.message
    assert found(files, "K12", "warn") == []
    assert ledger.reckon([claim("kills", 2, "kill-log")], files)[0].recomputed == 0


def test_kills_of_another_run_are_outside(run):
    files = run(ahead=3600, alive=("app-2", "app-3"))

    assert [code for code, _ in said(files)] == ["K1"]


def test_one_kill_after_the_last_request(run):
    files = run([*TWO, ("app-1", "KILL", 330, 340)])

    (outside,) = found(files, "K1", "warn")

    assert (outside.numbers["count"], outside.numbers["total"]) == (1, 3)
    assert "app-1 at 2026-11-20T14:05:30Z" in outside.message


def test_a_journal_without_a_year_is_of_the_year_of_its_requests(run, written):
    _, log = run()
    journal = "Nov 20 14:01:00 shop systemd[1]: app@2.service: Sent signal SIGKILL to main process 4711.\n"
    started = "Nov 20 14:01:20 shop systemd[1]: Started app@2.service - Shop.\n"

    files = [written("journal.txt", journal + started, "kill-log"), log]

    assert said(files)[:2] == [("K12", "good"), ("K1", "good")]


def test_errors_outside_the_windows_are_told_apart(run):
    files = run(failed=[20, 61, 89, 91, 250])

    assert [one.numbers["broken"] for one in found(files, "K2", "warn")] == [2]
    assert [one.numbers["count"] for one in found(files, "K2", "note")] == [3]


def test_refusals_are_no_errors_and_answers_cut_short_are(run, written):
    kills, _ = run()
    header = "time,status,duration_ms,instance,path,success"
    rows = [f"{iso(BEGIN + 61.01)},404,5,app-1,/,true", f"{iso(BEGIN + 62.01)},200,5,app-1,/,false"]
    log = written(
        "cut.csv", "\n".join([header, *(f"{row},true" for row in requests(TWO, 0.0)), *rows]), "log"
    )

    (broken,) = found([kills, log], "K2", "warn")

    assert (log.facts["errors"], broken.numbers["what"]) == (2, "without a whole answer: 1")
    assert ledger.reckon([claim("user_errors", 1, "log")], [kills, log])[0].verdict == "agrees"


@pytest.mark.parametrize(
    ("changed", "code", "is_said"),
    [
        ({"paused": range(60, 81), "rate": 40}, ("K3", "warn"), False),
        ({"seconds": [*range(62), *range(78, 300)]}, ("K3", "warn"), True),
        ({"rate": 3}, ("K4", "warn"), True),
        ({"rate": 9}, ("K4", "warn"), False),
        ({"alive": ("app-2",)}, ("K5", "warn"), True),
        ({"header": "time,status,duration_ms,nobody,path"}, ("K6", "warn"), True),
        ({"kills": [("web-9", "KILL", 60, 80)]}, ("K6", "warn"), True),
        ({"gone": ("app-2",)}, ("K7", "warn"), True),
        ({"gone": ("app-2",), "seconds": range(92)}, ("K7", "warn"), False),
        ({"slow": [61]}, ("K9", "warn"), True),
        ({"slow": [20, 61]}, ("K9", "warn"), False),
        ({"path": "/healthz"}, ("K11", "warn"), True),
        ({"path": "/health-insurance"}, ("K11", "warn"), False),
        ({"header": METHODS, "path": "/orders,GET"}, ("K11", "warn"), True),
        ({"header": METHODS, "path": "/orders,GET", "posts": 1}, ("K11", "warn"), False),
        ({"path": "GET /orders HTTP/1.1"}, ("K11", "warn"), True),
        ({"path": "POST /orders HTTP/1.1"}, ("K11", "warn"), False),
        ({"kills": [*TWO, ("app-2", "KILL", 110, 119)], "gone": ("app-2",)}, ("K11", "warn"), True),
    ],
)  # fmt: skip
def test_each_rule_has_a_run_that_triggers_it(run, changed, code, is_said):
    assert (code in said(run(**changed))) is is_said


def test_a_slow_second_is_put_to_the_last_kill_before_it(run):
    files = run([("app-1", "KILL", 60, 80), ("app-3", "KILL", 73, 90)], slow=[75])

    assert [one.numbers["name"] for one in found(files, "K9", "warn")] == ["app-3"]


def test_a_term_that_spares_nobody(run):
    files = run([("app-2", "KILL", 60, 80), ("app-3", "TERM", 120, 135)], alive=("app-3",))

    (other,) = found(files, "K7", "warn")

    assert (other.numbers["name"], other.numbers["before"]) == ("app-3", "70")


def test_an_instance_that_is_back_sooner_is_not_accused(run):
    kills, log = run()
    late = {**kills.facts["kills"][0], "back_s": BEGIN + 110}
    files = [replace(kills, facts={**kills.facts, "kills": [late]}), log]

    (sooner,) = found(files, "K7", "note")

    assert sooner.numbers["again"] == "2026-11-20T14:01:20Z"
    assert found(files, "K5", "warn") == []


def test_a_pod_that_was_replaced_under_another_name_need_not_come_back(run):
    kills, log = run(gone=("app-2",))
    other = [
        *log.facts["instances"],
        {"name": "app-9", "n": 9, "errors": 0, "masked": 0, "first_s": 70.0, "last_s": 300.0},
    ]

    assert found([kills, replace(log, facts={**log.facts, "instances": other})], "K7", "warn") == []


def test_a_return_that_is_not_told_is_seen_in_the_log(run):
    kills, log = run(failed=[88, 91])
    untold = {**kills.facts["kills"][0], "back_s": None}

    files = [replace(kills, facts={**kills.facts, "kills": [untold]}), log]

    assert [one.numbers["broken"] for one in found(files, "K2", "warn")] == [1]


def test_a_log_in_two_files_is_read_as_one_run(run, written):
    kills, _ = run()
    head = "time,status,duration_ms,instance,path"
    parts = [
        written(f"part-{at}.csv", "\n".join([head, *requests(TWO, 0.0, seconds=seconds)]), "log")
        for at, seconds in enumerate((range(100), range(100, 300)))
    ]

    assert {code for code, severity in said([kills, *parts]) if severity == "warn"} == set()
    assert ledger.reckon([claim("kills", 2, "kill-log")], [kills, *parts])[0].verdict == "agrees"


def test_go_tools_hide_errors_unless_a_balancer_wrote_too(run):
    kills, log = run()
    tool = replace(log, facts={**log.facts, "tool": "k6"})
    balancer = replace(log, facts={**log.facts, "is_server_log": True})

    assert ("K10", "warn") in said([kills, tool])
    assert ("K10", "warn") not in said([kills, tool, balancer])


def test_requests_without_times_are_said(run):
    kills, log = run()
    blind = replace(log, facts={**log.facts, "first_time": None})

    assert said([kills, blind]) == [("K1", "warn")]
    assert said([kills]) == []


def test_every_rule_is_said_by_some_run(run):
    kills, log = run()
    late = {**kills.facts["kills"][0], "back_s": BEGIN + 110}
    blind, go = {**log.facts, "first_time": None}, {**log.facts, "tool": "vegeta"}
    sets = [
        [kills, log],
        [replace(kills, facts={**kills.facts, "kills": [late]}), log],
        [kills, replace(log, facts=blind)],
        [kills, replace(log, facts=go)],
        run(failed=[20, 61], slow=[61], gone=("app-2",), path="/ready"),
        run([("app-2", "KILL", 60, 80), ("app-2", "KILL", 110, 120)], gone=("app-2",), rate=3),
        run(alive=("app-2", "app-3"), seconds=[*range(62), *range(78, 300)]),
        run(alive=("app-2", "app-3")),
        run(header="time,status,duration_ms,nobody,path", ahead=3600),
        run(header="time,status,duration_ms,nobody,path"),
        run([("web-9", "KILL", 60, 80)]),
        run(ahead=3600),
        run(header=METHODS, path="/orders,GET"),
    ]

    shown = {(one.code, one.severity, one.why) for files in sets for one in between.together(files, ())}

    assert {(rule.code, rule.severity, rule.why) for rule in between_rules.BETWEEN} == shown


@pytest.mark.parametrize(
    ("killed", "known", "expected"),
    [
        ("app-2", ["app-1", "app-2"], "app-2"),
        ("APP-2", ["app/app-2", "app/app-21"], "app/app-2"),
        ("shop-app-2", ["app-1", "app-2"], "app-2"),
        ("app@2", ["app-1", "app-2", "app-12"], "app-2"),
        ("10.0.0.12", ["10.0.0.11:8000", "10.0.0.12:8000"], "10.0.0.12:8000"),
        ("app-2", ["app-1:8000", "app-2:8000"], "app-2:8000"),
        ("app", ["app-1", "app-2"], None),
        ("web-9", ["app-1", "app-2"], None),
    ],
)
def test_names_of_one_server(killed, known, expected):
    assert names.match(killed, known, {}) == expected


def test_a_name_of_the_log_itself_comes_before_what_a_balancer_calls_it():
    also = {"api-1": {"api-1", "api-3", "api-1:8000"}}

    assert names.match("api-1", ["api-1", "api-3"], also) == "api-1"


def test_an_address_that_servers_share_names_none_of_them(written):
    also = names.aliases([written("haproxy.cfg", PROXY, "load-balancer")])

    assert set(also["app-2"]) == {"app-2", "127.0.0.1:7712"}
    assert "127.0.0.1" not in also


def test_a_longer_silence_later_on_does_not_move_the_clocks(run, written):
    """The instance answers after three seconds, long before it is called back, and a deploy restarts it later."""
    files = run([("app-2", "KILL", 3, 20)])
    lived = [("app-2", "KILL", 3, 6.5), ("app-2", "TERM", 22, 45)]
    log = "\n".join(["time,status,duration_ms,instance,path", *requests(lived, 0.0)])
    files[1] = written("requests.csv", log, "log")

    assert [severity for code, severity in said(files) if code == "K12"] == ["good"]
