"""How instances are rolled: shell scripts and systemd units. Manifests that roll them are of the kind `load_balancer`.

Facts:
  tool      script | systemd
  restarts  [{what, line}]  lines that stop, restart or replace an instance
  drain     [{what, line}]  lines that end one gently: SIGTERM, a wait before it, taking it out of the balancer
  ready     [{what, line}]  lines that ask a readiness address
  killed    [{what, line}]  lines that end a process at once
  grace_s   systemd's TimeoutStopSec, or the `--time` of `docker stop`; null where none is written
Each list holds at most 40 lines.
"""

from __future__ import annotations

import re

from app.evidence.deploy_config import rules
from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.source import Source

NAME = "deploy_config"
_UNIT = re.compile(r"^\[Service\]$", re.MULTILINE)
_START = re.compile(r"^ExecStart=", re.MULTILINE)
_SHEBANG = re.compile(r"#![^\n]{1,80}\b(?:ba|da|z|k)?sh\b")
_ROLLS = re.compile(
    r"^[^#\n]{0,200}\b(?:systemctl (?:re)?(?:start|load|stop)|docker (?:compose )?(?:stop|up|rm|restart)"
    r"|kubectl (?:rollout|set image|apply)|drain|disable server|kill -|deploy)",
    re.MULTILINE,
)


def sniff(source: Source) -> float:
    """A unit by its sections; a script by its first line and a step that rolls something."""
    head = source.head
    if _UNIT.search(head) and _START.search(head):
        return 0.35 if "```" in head or "\n@@ -" in head else 0.9
    return 0.7 if _SHEBANG.match(head) and _ROLLS.search(head) else 0.0


def inspect(source: Source) -> Report:
    """Read the lines that matter; a script without any has only empty lists."""
    from app.evidence.deploy_config.inspection import report

    return report(source)


KIND = Kind(NAME, phrase("Deploy script or unit"), sniff, inspect, rules.RULES)
