"""Kill logs in every form: what is read as a kill, as its end and as its return."""

from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.kill_log import KIND, moments, rules
from app.evidence.source import Source
from tests.evidence import budget
from tests.evidence.test_samples_of_each_kind import EXPECTED

SAMPLES = Path(registry.__file__).parent / "kill_log" / "samples"


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


@pytest.fixture
def kills(tmp_path):
    def found(text):
        path = tmp_path / "kills"
        path.write_text(text)
        facts = registry.inspect(Source("kills", path), KIND.name).facts
        return [(one["instance"], one["signal"], one["start_s"], one["back_s"]) for one in facts["kills"]]

    return found


def test_every_rule_of_one_file_has_a_sample():
    shown = {
        (found.code, found.severity, found.why)
        for name in EXPECTED["kill_log"]
        for found in read(name).findings
    }

    assert {(rule.code, rule.severity, rule.why) for rule in rules.SINGLE} == shown


def test_only_a_file_without_a_kill_is_refused():
    assert [name for name in EXPECTED["kill_log"] if read(name).is_blocked] == ["K1-trigger-none.csv"]


@pytest.mark.parametrize(
    ("name", "form", "first", "second"),
    [
        ("clean-run-kills.csv", "csv", ("app-2", "KILL", 5.125), ("app-3", "TERM", 6.092)),
        ("clean-seconds.csv", "csv", ("app-2", "KILL", 21.9), ("app-3", "TERM", 8.9)),
        ("clean-events.csv", "csv", ("app-2", "KILL", 21.866), ("app-3", "TERM", 8.869)),
        ("clean-table.md", "markdown", ("app-2", "KILL", 21.0), ("app-1", "TERM", 9.0)),
        ("clean-kills.json", "json", ("app-2", "KILL", 21.866), ("app-3", "TERM", 8.869)),
        ("clean-docker-events.txt", "docker events", ("shop-app-2", "KILL", 21.866), ("shop-app-3", "TERM", 6.41)),
        (
            "clean-docker-events.json", "docker events, JSON", ("shop-app-2", "KILL", 16.396),
            ("shop-app-3", "TERM", 6.41),
        ),
        (
            "K11-trigger-kubernetes.json", "kubernetes, JSON", ("shop-7d9c5f6b8-x2x4z", "", 14.0),
            ("shop-7d9c5f6b8-m4nhd", "", 13.0),
        ),
        (
            "K11-trigger-kubectl-times.txt", "kubernetes", ("shop-7d9c5f6b8-x2x4z", "", 14.0),
            ("shop-7d9c5f6b8-m4nhd", "", 13.0),
        ),
        ("clean-journal.txt", "journal", ("app@2", "KILL", 1.0), ("app@3", "TERM", 3.0)),
        ("clean-journal.json", "journal, JSON", ("app@2", "KILL", 1.286), ("app@3", "TERM", 3.089)),
        ("clean-zsh-history.txt", "shell history", ("shop-app-2", "KILL", 16.0), ("shop-app-3", "TERM", 7.0)),
        ("K7-trigger-fish-history.txt", "shell history", ("shop-app-2", "KILL", None), ("shop-app-3", "TERM", None)),
        ("K6-trigger-bash-history.txt", "shell history", ("", "KILL", None), ("app-3", "TERM", None)),
    ],
)  # fmt: skip
def test_each_form_gives_its_kills(name, form, first, second):
    facts = read(name).facts

    down = [
        None if one["back_s"] is None else round(one["back_s"] - one["start_s"], 3) for one in facts["kills"]
    ]
    assert facts["format"] == form
    assert [(one["instance"], one["signal"], at) for one, at in zip(facts["kills"], down, strict=True)] == [
        first,
        second,
    ]


def test_a_stop_that_times_out_is_one_kill_that_was_forced():
    kills = read("K5-trigger-stop-timed-out.txt").facts["kills"]

    assert [(one["instance"], one["signal"], one["is_forced"]) for one in kills] == [
        ("app-2", "TERM", True),
        ("app-3", "KILL", False),
    ]


def test_a_second_line_a_minute_later_is_a_second_kill(kills):
    rows = [f"2026-11-20T14:0{minute}:10Z,app-2,{signal}" for minute, signal in ((5, "TERM"), (6, "KILL"))]

    assert len(kills("time,instance,signal\n" + "\n".join(rows))) == 2


def test_a_service_manager_that_loses_patience_kills_once(kills):
    said = (
        "Stopping app@2.service - Shop...",
        "app@2.service: Killing process 4711 (python3) with signal SIGKILL.",
    )
    lines = [f"2026-11-20T14:0{5 + at}:10+0000 shop systemd[1]: {text}" for at, text in enumerate(said)]

    assert [(name, signal) for name, signal, _, _ in kills("\n".join(lines))] == [("app@2", "TERM")]


def test_the_machine_is_the_instance_where_the_service_has_one_name_on_each(kills):
    lines = [
        f"2026-11-20T14:0{at}:10+0000 app-{at} systemd[1]: app.service: Sent signal SIGKILL to main process."
        for at in (2, 3)
    ]

    assert [name for name, *_ in kills("\n".join(lines))] == ["app-2", "app-3"]


def test_a_container_that_ends_by_itself_is_no_kill(kills):
    ended = (
        "2026-11-20T14:05:10.004131220Z container die abc (exitCode={code}, image=shop, name=job-{code})\n"
    )

    assert [name for name, *_ in kills(ended.format(code=0) + ended.format(code=137))] == ["job-137"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("docker kill app-2", [("app-2", "KILL")]),
        ("docker kill -s TERM app-2", [("app-2", "TERM")]),
        ("docker compose -f prod.yml stop -t 30 app-2", [("app-2", "TERM")]),
        ("sudo systemctl kill -s KILL app@2.service", [("app@2", "KILL")]),
        ("ssh -p 2222 ada@app-3 sudo systemctl restart app", [("app-3", "TERM")]),
        ("kubectl delete pod shop-7d9c5f6b8-x2x4z --force", [("shop-7d9c5f6b8-x2x4z", "KILL")]),
        ("kubectl delete deployment shop", []),
        ("kill -9 4711", [("", "KILL")]),
        ("kill -TERM $(cat run/app-2.pid)", [("app-2", "TERM")]),
        ("date -u +%FT%T.%3NZ; ssh app-2 sudo systemctl kill -s KILL app", [("app-2", "KILL")]),
        ("grep kill /var/log/syslog", []),
        ("docker start app-2", []),
    ],
)
def test_commands_of_a_history(kills, command, expected):
    history = f"#1795183510\n{command}\n#1795183900\ndocker kill last\n"

    assert [(name, signal) for name, signal, _, _ in kills(history)][:-1] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T14:05:10.004Z", (1795183510.004, True, True)),
        ("2026/11/20 14:05:10", (1795183510.0, False, True)),
        ("1795183510004131220", (1795183510.004131, True, True)),
        ("Nov 20 14:05:10", (974729110.0, False, False)),
        ("Feb 30 14:05:10", None),
        ("22:22", None),
        ("", None),
    ],
)
def test_moments(text, expected):
    assert moments.moment(text) == pytest.approx(expected)


def test_a_moment_without_a_year_is_put_into_one():
    leap = moments.moment("Feb 29 12:00:00")[0]

    assert moments.in_year(974729110.0, 2026) == 1795183510.0
    assert moments.in_year(leap, 2026) == moments.moment("2026-03-01T12:00:00Z")[0]


@pytest.mark.parametrize(
    "text",
    [
        "time,status,duration_ms,instance\n2026-11-20T14:03:07.211Z,200,18.4,app-2\n",
        "name,owner,how to flip,safe state\nuploads,Ada,flagctl set uploads off,off\n",
        "day,scenario,hypothesis,abort\n2026-02-12,kill one instance,no errors,errors > 0.5 %\n",
        "version,start,end\n3f9c1a2,2026-11-20T14:03:50Z,2026-11-20T14:05:51Z\n",
        '[{"headSha":"3f9c1a2","startedAt":"2026-11-20T14:03:50Z","status":"completed","conclusion":"success"}]',
        "# Kill instances under load\n\nThen run `docker kill app-2` and watch.\n",
    ],
)
def test_what_is_no_kill_log(tmp_path, text):
    path = tmp_path / "file"
    path.write_text(text)

    assert KIND.sniff(Source("file", path)) < registry.LEAST_SURE


@pytest.mark.parametrize(
    "page",
    [
        "capstones/stateless/brief.md",
        "modules/06-horizontal-scale/kill-instances-under-load.md",
        "modules/06-horizontal-scale/ready-and-drain.md",
    ],
)
def test_prose_about_kills_is_no_kill_log(page):
    assert KIND.sniff(Source("page.md", Path("course") / page)) == 0.0


@pytest.mark.parametrize(
    "line",
    [
        "time,instance,signal,back", "2026-11-20T14:05:10Z,app-2,KILL,2026-11-20T14:05:31Z", "[" * 90,
        '{"time":"2026-11-20T14:05:10Z","instance":"app-2","signal":"KILL"}', "#1795183510\nkill -9 4711",
        "| 2026-11-20T14:05:10Z | app-2 | KILL |", ": 1795183510:0;docker kill " + "a " * 400,
        "2026-11-20T14:05:10.004131220Z container kill abc (image=shop, name=app-2, signal=9)",
        "2026-11-20T14:05:10+0000 shop systemd[1]: app@2.service: Sent signal SIGKILL to main process 1.",
        "TIME Killing pod/shop-7d9c5f6b8-x2x4z " + "pod/" * 200,
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", budget.SIZES)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line, size):
    path = tmp_path / "kills"
    path.write_text((line + "\n") * (size // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("kills", path), KIND.name)

    assert "G11" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    ("how", "signal"),
    [
        ("docker kill (SIGKILL)", "KILL"),
        ("docker kill", "KILL"),
        ("sent SIGTERM to the container", "TERM"),
        ("kill -9", "KILL"),
        ("pulled the plug", ""),
        ("skill test", ""),
    ],
)
def test_the_signal_is_found_in_what_a_person_writes(kills, how, signal):
    table = f"| Time | Instance | Action | Back at |\n|---|---|---|---|\n| 2026-11-12 14:02:00Z | app-1 | {how} | - |\n"

    assert [one[:2] for one in kills(table)] == [("app-1", signal)]


def test_a_journal_with_commas_is_read_as_a_journal():
    report = read("K11-trigger-journal-status.txt")

    assert report.facts["format"] == "journal"
    assert [(one["instance"], one["signal"]) for one in report.facts["kills"]] == [
        ("app-1", "KILL"),
        ("app-2", "KILL"),
    ]
