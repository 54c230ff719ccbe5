"""How instances are rolled: shell scripts, systemd units, playbooks of Ansible, the files of Kamal and Fly.

Manifests that roll them are of the kind `load_balancer`.

Facts:
  tool      script | systemd | ansible | kamal | fly
  restarts  [{what, line}]  lines that stop, restart or replace an instance
  drain     [{what, line}]  lines that end one gently: SIGTERM, a wait before it, taking it out of the balancer
  ready     [{what, line}]  lines that ask a readiness address
  killed    [{what, line}]  lines that end a process at once
  grace_s   TimeoutStopSec, `docker stop --time`, drain_timeout or kill_timeout; null where none is written
Each list holds at most 40 lines.
"""

from __future__ import annotations

import re

from app.evidence.deploy_config import rules
from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "deploy_config"
_TOOLS: dict[str, tuple[re.Pattern[str], ...]] = {
    "ansible": (
        lazy(r"^(?:- |  )hosts: ", re.MULTILINE),
        lazy(r"^  (?:tasks|pre_tasks|roles|serial):", re.MULTILINE),
    ),
    "kamal": tuple(lazy(rf"^{key}:", re.MULTILINE) for key in ("service", "image", "servers")),
    "fly": (
        lazy(r"^app ?= ?[\"']", re.MULTILINE),
        lazy(r"^\[{1,2}(?:http_service|services|deploy)\]", re.MULTILINE),
    ),
}
_UNIT = lazy(r"^\[Service\]$", re.MULTILINE)
_START = lazy(r"^ExecStart=", re.MULTILINE)
_SHEBANG = lazy(r"#![^\n]{1,80}\b(?:ba|da|z|k)?sh\b")
_ROLLS = lazy(
    r"^[^#\n]{0,200}\b(?:systemctl (?:re)?(?:start|load|stop)|docker (?:compose )?(?:stop|up|rm|restart)"
    r"|kubectl (?:rollout|set image|apply)|drain|disable server|kill -|deploy)",
    re.MULTILINE,
)


def sniff(source: Source) -> float:
    """A unit by its sections; a tool's file by its keys; a script by its first line and a step that rolls something."""
    head = source.head
    if tool(head):
        return 0.35 if "```" in head or "\n@@ -" in head else 0.85
    if _UNIT.search(head) and _START.search(head):
        return 0.35 if "```" in head or "\n@@ -" in head else 0.9
    return 0.7 if _SHEBANG.match(head) and _ROLLS.search(head) else 0.0


def tool(text: str) -> str:
    """Whose file it is; empty for scripts and units."""
    return next((name for name, keys in _TOOLS.items() if all(key.search(text) for key in keys)), "")


def inspect(source: Source) -> Report:
    """Read the lines that matter; a script without any has only empty lists."""
    from app.evidence.deploy_config.inspection import report

    return report(source)


KIND = Kind(NAME, phrase("Deploy script or unit"), sniff, inspect, rules.RULES)
