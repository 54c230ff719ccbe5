"""Objectives as configuration: OpenSLO (v1alpha, v1, v2alpha), Sloth (prometheus/v1 and its resource), Pyrra.

Facts:
  format       openslo | sloth | pyrra | mixed
  versions     the `apiVersion` or `version` of each sort of document that was read
  services     names of the services
  objectives   what app.evidence.objectives describes; for Sloth, which takes it as an argument, 30 days
  other_kinds  kinds of documents that hold no objective (Service, SLI, AlertPolicy, …)
"""

from __future__ import annotations

import re

from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.objectives import claims, rules
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "openslo"
_NAMES = ("openslo", "sloth.slok.dev/", "pyrra.dev/", "prometheus/v1")
_API = lazy(
    r"^\s{0,8}(?:- )?[\"']?(?:apiVersion|version)[\"']?:\s{0,4}[\"']?"
    r"(?:openslo(?:\.com)?/|sloth\.slok\.dev/|pyrra\.dev/|prometheus/v1[\"']?\s{0,4}$)",
    re.MULTILINE,
)


def sniff(source: Source) -> float:
    """A version of one of the three, at the start of a line; in a page of prose it is an example."""
    head = source.head
    if not any(map(head.__contains__, _NAMES)) or _API.search(head) is None:
        return 0.0
    return 0.35 if "```" in head or "\n@@ -" in head else 0.97


def inspect(source: Source) -> Report:
    """Read every objective; raises `Unreadable` when it is no YAML or holds none."""
    from app.evidence.openslo.inspection import report

    return report(source)


KIND = Kind(
    NAME,
    phrase("Objectives as configuration (OpenSLO, Sloth, Pyrra)"),
    sniff,
    inspect,
    (*rules.RULES, rules.NO_YAML),
    measures=claims.MEASURES,
    why_not=claims.why_not,
)
