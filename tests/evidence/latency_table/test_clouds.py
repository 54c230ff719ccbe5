"""Logs of IIS, CloudFront and AWS's load balancers: every request, in the unit of each."""

from datetime import UTC, datetime, timedelta

import pytest

from app.evidence import registry
from app.evidence.source import Source

N = 600
START = datetime(2026, 11, 20, 9, tzinfo=UTC)
IIS = (
    "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-11-20 09:00:00\r\n"
    "#Fields: date time cs-method cs-uri-stem c-ip cs(User-Agent) sc-status{0}\r\n"
)
CLOUDFRONT = (
    "#Version: 1.0\n"
    "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs-uri-stem sc-status time-taken\n"
)


def took(at):
    """In ms: 5 to 104, evenly."""
    return 5 + at * 37 % 100


def status(at):
    return 502 if at % 100 == 7 else 200


def rows(line):
    return "".join(line(START + timedelta(seconds=at / 5), took(at), status(at)) for at in range(N))


def iis(time, ms, code):
    agent = "Mozilla/5.0+(X11;+Linux+x86_64;+rv:140.0)"
    return f"{time:%Y-%m-%d %H:%M:%S} GET /cart 203.0.113.9 {agent} {code} {ms}\r\n"


def cloudfront(time, ms, code):
    return f"{time:%Y-%m-%d}\t{time:%H:%M:%S}\tFRA56-P7\t2391\t203.0.113.9\tGET\t/cart\t{code}\t{ms / 1000:.3f}\n"


def balancer(time, ms, code, kind="https ", answer='"-" "curl/8.5" - -'):
    target, target_code = ("-", "-") if code == 502 else ("10.0.0.7:80", code)
    times = "-1 -1 -1" if code == 502 else f"0.001 {ms / 1000:.3f} 0.000"
    return (
        f"{kind}{time:%Y-%m-%dT%H:%M:%S.%f}Z app/shop/50dc6c 203.0.113.9:2817 {target} {times} {code} {target_code} "
        f'34 366 "GET https://shop.example.com:443/cart HTTP/1.1" {answer}\n'
    )


def classic(time, ms, code):
    return balancer(time, ms, code, kind="", answer='"curl/8.5" - -')


def read(tmp_path, text):
    path = tmp_path / "access.log"
    path.write_bytes(text.encode())
    return registry.inspect(Source(path.name, path))


@pytest.mark.parametrize(
    ("tool", "text", "is_timed_when_failed"),
    [
        ("IIS", IIS.format(" time-taken") + rows(iis), True),
        ("CloudFront", CLOUDFRONT + rows(cloudfront), True),
        ("AWS", rows(balancer), False),
        ("AWS", rows(classic), False),
    ],
)
def test_every_request_is_counted_in_the_unit_of_its_log(tmp_path, tool, text, is_timed_when_failed):
    report = read(tmp_path, text)
    found = report.facts
    timed = [took(at) for at in range(N) if is_timed_when_failed or status(at) == 200]

    assert (report.kind, found["tool"], found["requests"], found["n"]) == (
        "latency_table",
        tool,
        N,
        len(timed),
    )
    assert (found["errors"], found["aborted"], found["unreadable_rows"]) == (6, 0, 0)
    assert found["mean"] == pytest.approx(sum(timed) / len(timed))
    assert found["throughput"] == pytest.approx(N / 120, rel=0.02)
    assert {one.code for one in report.findings if one.severity in ("block", "warn")} == {"L2"}


def test_a_log_of_iis_begins_anew_with_other_fields(tmp_path):
    fewer = "#Fields: date time cs-method cs-uri-stem sc-status time-taken\r\n"
    shorter = rows(lambda time, ms, code: f"{time:%Y-%m-%d %H:%M:%S} GET /cart {code} {ms}\r\n")

    found = read(tmp_path, IIS.format(" time-taken") + rows(iis) + fewer + shorter).facts

    assert (found["n"], found["errors"], found["max"]) == (2 * N, 12, 104)


def test_a_log_without_time_taken_names_the_field(tmp_path):
    text = IIS.format("") + rows(lambda time, ms, code: iis(time, ms, code).rpartition(" ")[0] + "\r\n")

    (finding,) = [one for one in read(tmp_path, text).findings if one.code == "L4"]

    assert "time-taken" in finding.fix


def test_rows_of_a_log_without_their_header_are_no_profile(tmp_path):
    report = read(tmp_path, rows(iis))

    assert [(one.code, one.severity) for one in report.findings] == [("G10", "note")]
