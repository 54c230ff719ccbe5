"""Alert rules: Prometheus rule files, PrometheusRule and its kin, ConfigMaps and Helm values that carry them, the
answer of `/api/v1/rules`, Grafana's provisioning.

Facts:
  format        prometheus | operator | grafana | api
  groups        names of the groups, at most 200
  recording     how many recording rules there are; `recorded` [{name, line, expr}] holds at most 200 of them
  alert_count   how many alerts; `alerts` holds at most 1,000 of them
  alerts        [{name, group, line, expr, for_s, severity, labels, annotations, runbook, is_parsed, metrics,
                windows_s, burns, about}]
    for_s       seconds, null without `for`; severity and runbook (annotation or label) are empty where there is none
    metrics, windows_s   names of the series and ranges in seconds of the expression, in its order
    burns       [{window_s, threshold, factor, budget}] comparisons of an error ratio with a part of the budget;
                factor and budget are null where the threshold is a bare number
    about       symptom | cause | other: what users feel, what may be behind it
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.evidence.alert_rules import claims, rules
from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding, Report, phrase
from app.evidence.kind import Kind
from app.evidence.objectives.rules import IN_SENTENCES
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "alert_rules"
_GROUPS = lazy(r"^[ ]{0,12}(?:- )?\"?groups\"?:[ ]{0,4}(?:[#\[&!|>]|$)", re.MULTILINE)
_IS_JSON = lazy(r"\s{0,200}(?:\{\s{0,200}\"|\[)")
_RULE = lazy(r"^[ ]{0,16}(?:- )?[ ]{0,4}\"?(?:alert|record)\"?:[ ]", re.MULTILINE)
_RESOURCE = lazy(
    r"^[ ]{0,8}(?:- )?kind: {0,4}[\"']?(?:PrometheusRule|VMRule|ClusterRules|GlobalRules)\b", re.MULTILINE
)
_OLD = lazy(r"^ALERT \w{1,100}\s{1,4}IF ", re.MULTILINE)
_GRAFANA = lazy(
    r"^[ ]{0,16}(?:- )?[ ]{0,4}\"?(?:refId|noDataState|dasboardUid|dashboardUid|condition)\"?:", re.MULTILINE
)
_JSON = lazy(r"\"(?:alert|query|condition)\"\s{0,3}:")


def sniff(source: Source) -> float:
    """Groups with rules in them; in a page of prose or a patch they are an example."""
    head = source.head
    sure = _sure(head)
    return min(sure, 0.35) if sure and ("```" in head or "\n@@ -" in head) else sure


def _sure(head: str) -> float:
    if "kind:" in head and _RESOURCE.search(head):
        return 0.95
    if "ALERT " in head and _OLD.search(head):
        return 0.6
    if _IS_JSON.match(head):
        return 0.9 if all(word in head for word in ('"groups"', '"rules"')) and _JSON.search(head) else 0.0
    has_rule = ("alert" in head or "record" in head) and _RULE.search(head) is not None
    if "groups" in head and _GROUPS.search(head):
        return 0.95 if has_rule else 0.9 if _GRAFANA.search(head) else 0.4
    return 0.6 if has_rule and re.search(r"^[ ]{0,20}expr:", head, re.MULTILINE) else 0.0


def inspect(source: Source) -> Report:
    """Read every rule and its expression; raises `Unreadable` when it is no YAML or holds no rule."""
    from app.evidence.alert_rules.inspection import report

    return report(source)


def together(files: Sequence[FileFacts], said: Sequence[Claim]) -> Iterator[Finding]:
    """The alerts held against the objectives, runbooks and dashboards beside them."""
    from app.evidence.alert_rules.between import together as held

    return held(files, said)


KIND = Kind(
    NAME,
    phrase("Alert rules"),
    sniff,
    inspect,
    (*rules.RULES, *IN_SENTENCES),
    measures=claims.MEASURES,
    why_not=claims.why_not,
    measures_together=claims.TOGETHER,
    together=together,
)
