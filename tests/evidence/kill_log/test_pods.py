"""What pods and lines of `key=value` tell of kills, and what they do not."""

import pytest

from app.evidence import registry
from app.evidence.kill_log import logfmt, pods
from app.evidence.kill_log.events import What
from app.evidence.source import Source


def pod(last=None, state=None, **about):
    status = {"containerStatuses": [{"lastState": last or {}, "state": state or {}}]}
    return (1, {"metadata": {"name": "api-0", **about}, "spec": {}, "status": status})


def ended(code, reason="Error"):
    return {"terminated": {"exitCode": code, "reason": reason, "finishedAt": "2026-11-20T14:01:05Z"}}


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (ended(137), [(What.KILL, "KILL")]),
        (ended(143), [(What.KILL, "TERM")]),
        (ended(0, "Completed"), [(What.GONE, "")]),
        (ended(137, "OOMKilled"), [(What.GONE, "")]),
        ({}, []),
        ({"terminated": "soon"}, []),
    ],
)
def test_how_a_container_ended_is_told_by_its_status(last, told):
    assert [(event.what, event.signal) for event in pods.of_records([pod(last)])] == told


def test_a_pod_that_is_being_deleted_was_sent_term_before_its_grace():
    (event,) = pods.of_records([pod(deletionTimestamp="2026-11-20T14:01:35Z", deletionGracePeriodSeconds=30)])
    (same,) = pods.of_records([pod(ended(143))])

    assert (event.at, event.signal) == (same.at, "TERM")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            'time="2026-11-20T14:01:05Z" level=info msg="terminating pod" name=api-1 namespace=x',
            ["api-1 TERM"],
        ),
        (
            'time="2026-11-20T14:01:05Z" msg="killing container" dryrun=false name=/api-1 signal=SIGKILL',
            ["api-1 KILL"],
        ),
        ('time="2026-11-20T14:01:05Z" msg="killing container" dryrun=true name=/api-1 signal=SIGKILL', []),
        ('time="2026-11-20T14:01:05Z" level=info msg="setting pod filter" name=api-1', []),
        ('level=info msg="terminating pod" name=api-1', []),
        ('time="2026-11-20T14:01:05Z" level=info msg="terminating pod"', []),
    ],
)
def test_a_line_tells_a_kill_when_it_has_a_time_and_a_name(line, told):
    assert [f"{event.instance} {event.signal}" for event in logfmt.of_lines([line])] == told


def test_a_log_of_dry_runs_alone_is_told_to_be_one(tmp_path):
    line = 'time="2026-11-20T14:0{n}:05Z" level=info msg="terminating pod" dryRun=true namespace=shop name=api-{n}'
    lines = ['time="2026-11-20T14:00:00Z" level=info msg="starting up" dryRun=true']
    path = tmp_path / "chaoskube.log"
    path.write_text("\n".join([*lines, *(line.format(n=n) for n in (1, 2, 3)), ""]))
    report = registry.inspect(Source(path.name, path), "kill_log")
    assert report.is_blocked
    assert [finding.message for finding in report.findings] == [
        "No kill with a time was found: line 2 is of a dry run, in which nothing is killed."
    ]
