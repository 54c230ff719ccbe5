"""Logs of frameworks: every request of them, in the right unit; the rest is the framework's own talk."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.evidence import registry
from app.evidence.source import Source

N = 300
ZONE = timezone(timedelta(hours=1))
START = datetime(2026, 11, 20, 10, 0, 0, tzinfo=ZONE)


def took(at):
    """In ms: 5.25 to 104.25, evenly."""
    return 5.25 + at * 37 % 100


def status(at):
    return 500 if at % 100 == 7 else 200


def log(line, before=""):
    return before + "".join(
        line(START + timedelta(seconds=at / 4), took(at), status(at), f"/orders/{at % 7}", at)
        for at in range(N)
    )


def iso(time):
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clf(time):
    return time.strftime("%d/%b/%Y:%H:%M:%S %z")


def rails(time, ms, code, path, at, *, is_live):
    end = time + timedelta(milliseconds=ms)
    lines = [
        (time, f'Started GET "{path}" for 10.0.0.1 at {time:%Y-%m-%d %H:%M:%S %z}'),
        (time, "Processing by OrdersController#show as HTML"),
        (
            end,
            "  Rendered orders/show.html.erb within layouts/application (Duration: 5.1ms | Allocations: 1200)",
        ),
        (end, f"Completed {code} OK in {ms:.0f}ms (Views: 5.2ms | ActiveRecord: 3.1ms | Allocations: 4321)"),
    ]
    if not is_live:
        return "\n".join(text for _, text in lines) + "\n\n\n"
    return "".join(
        f"I, [{when:%Y-%m-%dT%H:%M:%S.%f} #42]  INFO -- : [{at:08x}] {text}\n" for when, text in lines
    )


UWSGI = (
    "[pid: 4|app: 0|req: 1/1] 10.0.0.1 () {{36 vars in 512 bytes}} [{:%a %b %d %H:%M:%S %Y}] GET {} "
    "=> generated 1 bytes in "
)
TIMED = {  # tool, what the log is, whether its lines say when
    "morgan dev": ("morgan", True, lambda t, ms, s, p, _: f"GET {p} {s} {ms:.3f} ms - 120\n"),
    "morgan dev in colour": (
        "morgan",
        False,
        lambda t, ms, s, p, _: f"\x1b[0mGET {p} \x1b[32m{s}\x1b[0m {ms:.3f} ms - 120\x1b[0m\n",
    ),
    "morgan tiny": ("morgan", False, lambda t, ms, s, p, _: f"GET {p} {s} 120 - {ms:.3f} ms\n"),
    "morgan short": (
        "morgan",
        False,
        lambda t, ms, s, p, _: f"::1 - GET {p} HTTP/1.1 {s} 120 - {ms:.3f} ms\n",
    ),
    "morgan with ISO dates": (
        "morgan",
        True,
        lambda t, ms, s, p, _: f"{iso(t)} GET {p} {s} {ms:.3f} ms - 120\n",
    ),
    "morgan with Apache's dates": (
        "morgan",
        True,
        lambda t, ms, s, p, _: f"[{clf(t)}] GET {p} {s} {ms:.3f} ms - 120\n",
    ),
    "morgan with the web's dates": (
        "morgan",
        True,
        lambda t, ms, s, p, _: (
            f"{t.astimezone(UTC):%a, %d %b %Y %H:%M:%S GMT} GET {p} {s} {ms:.3f} ms - 120\n"
        ),
    ),
    "morgan combined and the time": (
        "morgan",
        True,
        lambda t, ms, s, p, _: (
            f'10.0.0.1 - - [{clf(t)}] "GET {p} HTTP/1.1" {s} 120 "-" "curl/8.5" {ms:.3f} ms\n'
        ),
    ),
    "Rails in development": ("Rails", True, lambda *row: rails(*row, is_live=False)),
    "Rails in production": ("Rails", True, lambda *row: rails(*row, is_live=True)),
    "lograge": (
        "lograge",
        False,
        lambda t, ms, s, p, _: (
            f"method=GET path={p} format=html controller=Orders action=show status={s} duration={ms:.2f} "
            "view=5.20 db=3.10\n"
        ),
    ),
    "lograge as JSON": (
        "lograge",
        True,
        lambda t, ms, s, p, _: (
            json.dumps(
                {
                    "path": p,
                    "format": "html",
                    "controller": "a",
                    "action": "b",
                    "status": s,
                    "duration": ms,
                    "time": iso(t),
                }
            )
            + "\n"
        ),
    ),
    "Echo": (
        "Echo",
        True,
        lambda t, ms, s, p, _: (
            json.dumps(
                {"time": iso(t), "uri": p, "status": s, "latency": int(ms * 1e6), "latency_human": f"{ms}ms"}
            )
            + "\n"
        ),
    ),
    "uWSGI": (
        "uWSGI",
        True,
        lambda t, ms, s, p, _: UWSGI.format(t, p) + f"{ms:.0f} msecs (HTTP/1.1 {s}) 2 headers in 79 bytes\n",
    ),
    "uWSGI in microseconds": (
        "uWSGI",
        True,
        lambda t, ms, s, p, _: (
            UWSGI.format(t, p) + f"{ms * 1000:.0f} micros (HTTP/1.1 {s}) 2 headers in 79 bytes\n"
        ),
    ),
    "Gin": (
        "Gin",
        True,
        lambda t, ms, s, p, _: (
            f'[GIN] {t:%Y/%m/%d - %H:%M:%S} | {s} | {ms:>12.6f}ms |       10.0.0.1 | GET      "{p}"\n'
        ),
    ),
    "Serilog": (
        "Serilog",
        True,
        lambda t, ms, s, p, _: (
            f"{t:%Y-%m-%d %H:%M:%S}.250 +01:00 [INF] HTTP GET {p} responded {s} in {ms:.4f} ms\n"
        ),
    ),
    "ASP.NET": (
        "ASP.NET",
        False,
        lambda t, ms, s, p, _: (
            "info: Microsoft.AspNetCore.Hosting.Diagnostics[2]\n"
            f"      Request finished HTTP/1.1 GET http://shop{p} - {s} - application/json;+charset=utf-8 {ms:.4f}ms\n"
        ),
    ),
    "koa": ("koa", False, lambda t, ms, s, p, _: f"  <-- GET {p}\n  --> GET {p} {s} {ms:.0f}ms 120b\n"),
    "Phoenix": (
        "Phoenix",
        False,
        lambda t, ms, s, p, _: f"10:00:00.123 [info] GET {p}\n10:00:00.1 [info] Sent {s} in {ms:.0f}ms\n",
    ),
    "Caddy in the console": (
        "Caddy",
        True,
        lambda t, ms, s, p, _: (
            f"{t:%Y/%m/%d %H:%M:%S}.250\tINFO\thttp.log.access\thandled request\t"
            + json.dumps(
                {"request": {"method": "GET", "uri": p}, "duration": ms / 1000, "size": 12, "status": s}
            )
            + "\n"
        ),
    ),
    "gunicorn in seconds": (
        "gunicorn",
        True,
        lambda t, ms, s, p, _: (
            f'10.0.0.1 - - [{clf(t)}] "GET {p} HTTP/1.1" {s} 120 "-" "curl/8.5" {ms / 1000:.6f}\n'
        ),
    ),
}
UNTIMED = {
    "uvicorn": (
        lambda t, ms, s, p, at: f'INFO:     10.0.0.1:{50000 + at} - "GET {p} HTTP/1.1" {s} OK\n',
        "duration_ms",
    ),
    "Django": (lambda t, ms, s, p, _: f'[{t:%d/%b/%Y %H:%M:%S}] "GET {p} HTTP/1.1" {s} 1234\n', "gunicorn"),
    "Flask": (
        lambda t, ms, s, p, _: f'10.0.0.1 - - [{t:%d/%b/%Y %H:%M:%S}] "GET {p} HTTP/1.1" {s} -\n',
        "gunicorn",
    ),
}


def read(tmp_path, text):
    path = tmp_path / "web.log"
    path.write_text(text, encoding="utf-8")
    return registry.inspect(Source(path.name, path))


@pytest.mark.parametrize("name", TIMED)
def test_every_request_is_read_in_the_right_unit(tmp_path, name):
    tool, _, line = TIMED[name]

    report = read(
        tmp_path,
        log(line, before="Booting the server\n* Listening on 3000\n" if name[0] not in "LElgm" else ""),
    )

    assert (report.facts["tool"], report.facts["requests"], report.facts["n"]) == (tool, N, N)
    assert (report.facts["errors"], report.facts["unreadable_rows"]) == (3, 0)
    assert report.facts["max"] == pytest.approx(104.25, abs=0.3)
    assert report.facts["p50"]["value"] == pytest.approx(54.25, abs=0.3)
    assert not {one.code for one in report.findings} & {"L13", "L18", "G12"}


@pytest.mark.parametrize(
    "name", [name for name, (_, is_dated, _) in TIMED.items() if is_dated and name != "morgan dev"]
)
def test_the_time_of_a_request_is_read_with_its_zone(tmp_path, name):
    facts = read(tmp_path, log(TIMED[name][2])).facts

    assert facts["duration_s"] == pytest.approx((N - 1) / 4, abs=1.5)
    hour = (
        "10"
        if name in ("Rails in production", "uWSGI", "uWSGI in microseconds", "Gin", "Caddy in the console")
        else "09"
    )
    assert facts["first_time"][:13] in (
        f"2026-11-20T{hour}",
        f"2026-11-20T{int(hour) - 1:02d}",
    )  # the last took 50 ms


@pytest.mark.parametrize("name", UNTIMED)
def test_a_log_without_times_is_named_with_what_to_add(tmp_path, name):
    line, more = UNTIMED[name]

    report = read(
        tmp_path, log(line, before="Watching for file changes with StatReloader\nQuit with CONTROL-C.\n")
    )

    found = next(one for one in report.findings if one.code == "L4")
    assert found.message.startswith(f"This is the request log of {name}, which does not say how long")
    assert more in found.fix
    assert (report.facts["requests"], report.facts["errors"]) == (N, 3)


def test_a_request_that_got_no_answer_is_named(tmp_path):
    text = log(TIMED["morgan dev"][2]).replace(
        "GET /orders/2 200 79.250 ms - 120", "GET /orders/2 - - ms - -", 1
    )

    report = read(tmp_path, text)

    assert "L18" in {one.code for one in report.findings}
    assert report.facts["n"] == N - 1


def test_requests_of_rails_that_run_at_once_keep_their_own_paths(tmp_path):
    a, b = (
        rails(START, 50, 200, path, at, is_live=True).splitlines() for at, path in enumerate(("/a", "/b"))
    )
    woven = "\n".join(line for pair in zip(a, b, strict=True) for line in pair) + "\n"

    assert {one["name"] for one in read(tmp_path, woven * 20).facts["endpoints"]} == {"/a", "/b"}


def test_a_page_that_quotes_a_log_is_no_log(tmp_path):
    text = "# Incident\n\nIt was slow:\n\n" + log(TIMED["morgan dev"][2])[:900] + "\n## Cause\n\nThe cache.\n"

    assert read(tmp_path, text).kind != "latency_table"


def test_a_balancer_that_got_no_answer_writes_minus_one(tmp_path):
    line = 'h2 {} app/shop/50 10.0.0.9:281 10.0.0.{}:80 {} {} {} {} {} 34 36 "GET https://shop:443{} HTTP/2" "curl" -\n'
    text = log(
        lambda t, ms, s, p, at: line.format(
            iso(t),
            at % 3 + 1,
            *(("0.000", f"{ms / 1000:.3f}", "0.000", s, s) if at != 9 else (-1, -1, -1, 502, "-")),
            p,
        )
    )

    report = read(tmp_path, text)

    assert "L18" not in {one.code for one in report.findings}
    assert (report.facts["requests"], report.facts["n"], report.facts["errors"]) == (N, N - 1, 4)


@pytest.mark.parametrize("zone", [" +0100", " +01:00", " UTC", "+01:00"])
@pytest.mark.parametrize("fraction", ["", ".250"])
def test_a_space_before_the_zone_changes_nothing(tmp_path, zone, fraction):
    text = "time,latency_ms,status\n" + log(
        lambda t, ms, s, *_: f"{t:%Y-%m-%d %H:%M:%S}{fraction}{zone},{ms},{s}\n"
    )

    facts = read(tmp_path, text).facts

    assert (
        facts["first_time"] == f"2026-11-20T{'10' if 'U' in zone else '09'}:00:00{fraction or '.000'}+00:00"
    )
    assert facts["clock_has_zone"]
