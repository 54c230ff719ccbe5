"""Where alerts go: configuration of Alertmanager, the operator's AlertmanagerConfig, Grafana's policies.

Facts:
  format             alertmanager | operator | grafana
  receivers          [{name, kinds, line}]  kinds: slack, pagerduty, email, …; none for a receiver that tells nobody
  routes             [{receiver, parent, matchers, is_final, group_by, line}] in the order of the file, the default
                     first; parent is the place in this list or null, matchers are [label, operator, value], is_final is
                     false where `continue: true` stands, receiver is inherited where none is written
  undefined, unused  names of receivers that are used and not there, and the other way round
  inhibit_rules      how many there are
"""

from __future__ import annotations

import re

from app.evidence.alertmanager import between, rules
from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "alertmanager"
_ROUTE = lazy(r"^[\"']?route[\"']?:", re.MULTILINE)
_RECEIVERS = lazy(r"^[\"']?receivers[\"']?:", re.MULTILINE)
_RESOURCE = lazy(r"^kind:\s{0,4}[\"']?AlertmanagerConfig\b", re.MULTILINE)
_INSIDE = lazy(r"^\s{2,8}(?:alertmanager\.ya?ml|route):", re.MULTILINE)
_GRAFANA = lazy(r"^(?:contactPoints|policies):", re.MULTILINE)
_BEGINS = lazy(r"(?:[ \t]*(?:#[^\n]*)?\n)*(?:---|%YAML|[{\[\"']|[\w.-]{1,60}:(?:\s|$)|- \w)", re.ASCII)
_OWN = lazy(r"\b(?:group_by|group_wait|repeat_interval|groupBy|receiver):")


def sniff(source: Source) -> float:
    """Routes and receivers at the first level, or the resource that holds them; code may hold both in a string."""
    head = source.head
    if "receiver" not in head or not _BEGINS.match(head):
        return 0.0
    sure = 0.0
    if _RESOURCE.search(head) or (_ROUTE.search(head) and _RECEIVERS.search(head)):
        sure = 0.95
    elif _GRAFANA.search(head):
        sure = 0.85
    elif _OWN.search(head) and (_ROUTE.search(head) or _INSIDE.search(head)):
        sure = 0.7
    return min(sure, 0.35) if "```" in head or "\n@@ -" in head else sure


def inspect(source: Source) -> Report:
    """Read routes and receivers; raises `Unreadable` when it is no YAML or holds neither."""
    from app.evidence.alertmanager.inspection import report

    return report(source)


KIND = Kind(
    NAME, phrase("Alertmanager configuration"), sniff, inspect, rules.RULES, together=between.together
)
