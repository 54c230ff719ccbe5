"""One script or unit from bytes to report; nothing of it is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.evidence.deploy_config import rules, tool
from app.evidence.findings import Finding, Report, Where
from app.evidence.load_balancer.setup import seconds
from app.evidence.source import Source

MOST = 40
MOST_LINES = 2_000
LONGEST = 600  # characters of a line that are looked at
_STEPS: dict[str, re.Pattern[str]] = {
    "restarts": re.compile(
        r"^ExecStart=|systemctl (?:re)?(?:start|load|stop)\b|systemctl reload-or-restart"
        r"|\bservice \S{1,60} (?:re)?start|aws ecs update-service|restart\.txt"
        r"|docker (?:compose )?(?:stop|up|rm|restart|run|service update)|kubectl (?:rollout|set image|apply|replace)"
        r"|nomad job run|ansible-playbook|\bkill -|supervisorctl restart"
    ),
    "drain": re.compile(
        r"\bdrain\b|kill -(?:s )?(?:SIG)?(?:TERM|QUIT|15)\b|^KillSignal=SIG(?:TERM|QUIT)|^TimeoutStopSec="
        r"|disable server|state maint|docker stop (?:-t|--time)|^ExecStop=|^ExecStopPost=|graceful"
        r"|kubectl rollout status|deregister-targets",
        re.IGNORECASE,
    ),
    "ready": re.compile(
        r"/ready(?:z|ness)?\b|kubectl rollout status|health\.status|--wait\b|Type=notify",
        re.IGNORECASE,
    ),
    "killed": re.compile(
        r"kill -(?:s )?(?:SIG)?(?:KILL|9)\b|docker kill\b|^KillSignal=SIGKILL|^TimeoutStopSec=0s?$"
    ),
}
_OF_TOOLS: dict[str, re.Pattern[str]] = {
    "restarts": re.compile(
        r"^state: [\"']?(?:restarted|reloaded|started|latest)\b|^servers:|^strategy ?=", re.IGNORECASE
    ),
    "drain": re.compile(r"^drain_timeout:|^kill_timeout ?=|^kill_signal ?= ?[\"']SIG(?:TERM|INT|QUIT)"),
    "ready": re.compile(r"^readiness_delay:|^healthcheck:|^\[{1,2}[\w.]{0,40}checks\]|\bwait_for\b"),
    "killed": re.compile(r"^kill_signal ?= ?[\"']SIGKILL"),
}
"""What Ansible, Kamal and Fly write for the same."""
_GRACE = re.compile(
    r"^TimeoutStopSec=(\S{1,20})|docker stop (?:-t|--time)[ =](\d{1,5})"
    r"|^(?:drain_timeout:|kill_timeout ?=) ?[\"']?(\d{1,5}[a-z]{0,2})"
)
_ASKS = ("script", "ansible")
"""What says itself whether an instance is asked; Kamal and Fly ask each of theirs."""


def report(source: Source) -> Report:
    """Facts and findings. A step that is not known here is passed over, never held against the file."""
    lines = source.text().split("\n")
    facts = _facts(lines)
    return Report("deploy_config", 0.8, facts, tuple(_findings(facts)))


def _facts(lines: list[str]) -> dict[str, Any]:
    named = tool("\n".join(lines[:MOST_LINES]))
    is_unit = not named and any(line.strip() == "[Service]" for line in lines)
    facts: dict[str, Any] = {
        "tool": named or ("systemd" if is_unit else "script"),
        **{name: [] for name in _STEPS},
        "grace_s": None,
    }
    for number, line in enumerate(lines, start=1):
        text = line[:LONGEST].strip()
        if not text or text.startswith(("#", ";")):
            continue
        for name, pattern in _STEPS.items():
            if len(facts[name]) < MOST and (pattern.search(text) or (named and _OF_TOOLS[name].search(text))):
                facts[name].append({"what": text[:100], "line": number})
        if match := _GRACE.search(text):
            facts["grace_s"] = seconds(match[1] or match[2] or match[3])
    return facts


def _findings(facts: dict[str, Any]) -> Iterator[Finding]:
    for step in facts["killed"][:5]:
        if not facts["drain"] or facts["drain"][0]["line"] >= step["line"]:
            yield rules.KILLED.at(Where(line=step["line"]), line=step["line"], what=step["what"])
    if not facts["restarts"]:
        yield rules.NOTHING.at()
        return
    first = facts["restarts"][0]["line"]
    if facts["tool"] in _ASKS and not facts["ready"]:
        yield rules.NOT_ASKED.at(Where(line=first), line=first)
    gentle = [step for step in facts["drain"] if step not in facts["killed"]]
    for step in gentle[:1]:
        yield rules.DRAINED.at(Where(line=step["line"]), line=step["line"], what=step["what"])
