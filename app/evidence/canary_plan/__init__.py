"""Plans of a canary or a blue-green release: steps with share and time, what stops it, and what becomes of the data.

Read: pages, and the manifests of Flagger and Argo Rollouts.

Facts:
  way         canary | blue-green
  title       the first heading of the highest level
  steps       [{share, bake_s, line}]  in their order; share in per cent, bake_s null where the step has no time
  parts       {class, abort, data: line or null}  the class of change, the condition that stops it, the data
  abort_numbers   whether a condition that stops it has a number
  words       of prose, lists and tables
"""

from __future__ import annotations

import re

from app.evidence.canary_plan import rules, signs
from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "canary_plan"
_NAMES = lazy(
    r"\bcanar(?:y|ies)\b|\bblue[ /-]{1,3}green\b|\bprogressive (?:delivery|rollout)\b", re.IGNORECASE
)
_STAGED = lazy(
    r"\bstufenplan|\bstufenweise|\b(?:staged|gradual|phased) (?:rollout|roll-out|release)\b", re.IGNORECASE
)
_STOPS = lazy(r"\babort\b|\babbruch\b|\bstops? (?:when|if)\b|\brolls? back (?:when|if)\b", re.IGNORECASE)
_SHARE = lazy(r"\b\d{1,2} {0,2}%", re.ASCII)
_HEADING = lazy(r"^#{1,6} [^\n]{1,200}$", re.MULTILINE)
_NOT = lazy(r"^(?:diff |@@ -|--- a/|apiVersion|on:|jobs:|stages:|#!|[{\[<])")


def sniff(source: Source) -> float:
    """A heading that names the way of releasing; without one, its name more than once."""
    head = source.head[:32_000]
    if "apiVersion:" in head and (sure := signs.likeness(head)):
        return sure
    if _NOT.match(head.lstrip()[:40]):
        return 0.0
    headings = _HEADING.findall(head)
    if headings and _NAMES.search(headings[0]):
        return 0.9
    if any(_NAMES.search(heading) for heading in headings):
        return 0.45
    if headings and _STAGED.search(headings[0]) and _STOPS.search(head) and _SHARE.search(head):
        return 0.6
    return 0.35 if headings and len(_NAMES.findall(head)) >= 3 else 0.0


def inspect(source: Source) -> Report:
    """Read the steps and the parts. Raises `Unreadable` when there is none of them."""
    from app.evidence.canary_plan.inspection import report

    return report(source)


KIND = Kind(NAME, phrase("Canary or blue-green plan"), sniff, inspect, rules.RULES)
