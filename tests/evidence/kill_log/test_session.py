"""Sessions of a shell as they are pasted: the moment that `date` printed times the command beside it."""

import pytest

from app.evidence import registry, times
from app.evidence.kill_log import is_json, session
from app.evidence.source import Source

KILLED = 1795701910.0  # 2026-11-26T14:05:10Z
SESSIONS = {
    "in the same line": """$ date; docker kill web-2
Thu Nov 26 14:05:10 UTC 2026
web-2
$ sleep 20
$ date; docker start web-2
Thu Nov 26 14:05:31 UTC 2026
web-2
""",
    "in a folder of drills": """ada@shop:~/drill$ date -u +%FT%TZ; docker kill web-2
2026-11-26T14:05:10Z
web-2
ada@shop:~/drill$ date -u +%FT%TZ; docker start web-2
2026-11-26T14:05:31Z
""",
    "before each": """[root@lb ~]# date
Thu Nov 26 03:05:10 PM CET 2026
[root@lb ~]# docker kill web-2
web-2
[root@lb ~]# date
Thu Nov 26 03:05:31 PM CET 2026
[root@lb ~]# docker start web-2
""",
    "after each": """❯ docker compose kill web-2
 ✔ Container shop-web-2  Killed  0.3s
❯ date --iso-8601=seconds
2026-11-26T15:05:10+01:00
❯ docker compose start web-2
❯ date --iso-8601=seconds
2026-11-26T15:05:31+01:00
""",
    "in German": """$ docker kill web-2 && date
web-2
Do 26. Nov 15:05:10 CET 2026
$ docker start web-2 && date
web-2
Do 26. Nov 15:05:31 CET 2026
""",
    "in PowerShell": """PS C:\\drill> Get-Date -Format o; docker kill web-2
2026-11-26T15:05:10.0000000+01:00
PS C:\\drill> Get-Date -Format o; docker start web-2
2026-11-26T15:05:31.0000000+01:00
""",
}


def read(tmp_path, text):
    path = tmp_path / "session.txt"
    path.write_text(text)
    return registry.inspect(Source(path.name, path))


@pytest.mark.parametrize("name", SESSIONS)
def test_a_pasted_session_is_a_kill_log(tmp_path, name):
    report = read(tmp_path, SESSIONS[name])

    (kill,) = report.facts["kills"]
    assert (report.kind, report.facts["format"]) == ("kill_log", "shell session")
    assert (kill["instance"], kill["signal"]) == ("web-2", "KILL")
    assert (kill["start_s"], kill["back_s"]) == (KILLED, KILLED + 21)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Thu 26 Nov 14:05:10 GMT 2026", KILLED),
        ("jeu. 26 nov. 2026 15:05:10 CET", KILLED),
        ("1795701910", KILLED),
        ("Thu Nov 26 14:05:10 2026", KILLED),
        ("web-2", None),
        ("Thu Nov 31 14:05:10 UTC 2026", None),
        ("14:05:10", None),
    ],
)
def test_what_date_prints(text, at):
    found = session.printed(text)

    assert (found and found[0]) == at


@pytest.mark.parametrize(
    "text",
    [
        "$ docker kill web-2\nweb-2\n$ docker start web-2\nweb-2\n",
        "$ date; docker kill web-$i\nThu Nov 26 14:05:10 UTC 2026\n",
    ],
)
def test_without_a_moment_or_a_name_nothing_is_guessed_and_nothing_refused(tmp_path, text):
    assert session.of_lines(text.split("\n")) == []
    assert not read(tmp_path, text).is_blocked


@pytest.mark.parametrize(
    "text", ["[2026-11-26 14:05:10] docker kill web-2\n", '[{"instance": "web-2", "signal": "KILL"}]']
)
def test_a_bracket_opens_json_only_before_a_value(text):
    assert is_json(text) is text.startswith("[{")


@pytest.mark.parametrize(
    ("command", "sent"),
    [
        ("docker kill web-2", "14:01:19"),
        ("docker stop web-2", "14:01:09"),
        ("docker stop -t 15 web-2", "14:01:04"),
        ("docker stop --time 60 web-2", "14:00:58"),
        ("systemctl stop web-2", "14:00:58"),
        ("systemctl --no-block stop web-2", "14:01:19"),
        ("kubectl delete pod web-2", "14:00:58"),
        ("kubectl delete pod web-2 --grace-period 5", "14:01:14"),
        ("kubectl delete pod web-2 --wait=false", "14:01:19"),
        ("kubectl delete pod web-2 --grace-period=0 --force", "14:01:19"),
    ],
)
def test_a_command_that_waits_began_before_the_prompt_below_it(command, sent):
    lines = ["2026-11-20 UTC", f"[14:00:58] me:~$ {command}", "web-2", "[14:01:19] me:~$"]

    (event,) = session.of_lines(lines)

    assert times.iso(event.at) == f"2026-11-20T{sent}Z"


@pytest.mark.parametrize(
    ("above", "hour", "has_zone"),
    [
        ("# 2026-11-20, times in CET", 13, True),
        ("2026-11-20 (UTC+1)", 13, True),
        ("# Friday 2026-11-20, GMT-5", 19, True),
        ("2026-11-20 UTC", 14, True),
        ("2026-11-20", 14, False),
    ],
)
def test_the_zone_beside_the_day_is_that_of_the_prompts(above, hour, has_zone):
    (event,) = session.of_lines([above, "14:01:00 me:~$ docker kill web-2", "web-2", "14:01:05 me:~$"])

    assert (times.iso(event.at), event.has_zone) == (f"2026-11-20T{hour}:01:05Z", has_zone)
