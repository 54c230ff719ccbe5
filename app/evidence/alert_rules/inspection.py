"""One file of rules from bytes to report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.evidence import yamls
from app.evidence.alert_rules import alerts, checks, groups, promql, recorded, rules
from app.evidence.alert_rules.alerts import Alert
from app.evidence.alert_rules.groups import RawRule
from app.evidence.findings import Report, Unreadable, Where, phrase
from app.evidence.objectives import stated
from app.evidence.objectives.rules import NO_YAML
from app.evidence.source import Source

MOST_ALERTS = 1000
MOST_GROUPS = 200
MOST_DIFFICULT = 40
"""Expressions with many signs take the parser longer; beyond these they are left unread."""
_TEMPLATE = re.compile(r"^\s{0,40}(?:- )?\{\{-?|^\s{0,40}\{%")


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable`."""
    text = source.text()
    try:
        documents = yamls.documents(text)
        found = groups.rules(documents)
    except yamls.BadYaml as bad:
        raise Unreadable(_bad(text, bad)) from bad
    if not found:
        raise Unreadable(rules.NO_GROUPS.at(what=_instead(text, documents)))
    recording = _read([rule for rule in found if not rule.is_alert])
    series = recorded.known(recording)
    read = [recorded.through(alert, series) for alert in _read([rule for rule in found if rule.is_alert])]
    said = list(recorded.findings(recording, series))
    said += checks.findings(read, recording) if read else [rules.RECORDING_ONLY.at(count=len(recording))]
    said += stated.findings(enumerate(text.split("\n"), start=1))
    return Report("alert_rules", 0.95, _facts(found, read, recording), tuple(said))


def _read(found: Sequence[RawRule]) -> list[Alert]:
    read, difficult = [], 0
    for raw in found:
        difficult += promql.signs(raw.expr[: promql.LONGEST]) > promql.EASY_SIGNS
        if difficult > MOST_DIFFICULT:
            read.append(Alert(raw, problem=phrase("the file holds too many long expressions")))
        else:
            read.append(alerts.read(raw))
    return read


def _bad(text: str, bad: yamls.BadYaml) -> Any:
    """A template says what to do; anything else where it stops being YAML."""
    for number, line in enumerate(text.split("\n")[:20_000], start=1):
        if _TEMPLATE.match(line[:200]):
            return rules.TEMPLATED.at(Where(line=number), line=number)
    return NO_YAML.at(Where(line=bad.line), reason=str(bad), line=bad.line, column=bad.column)


def _instead(text: str, documents: list[Any]) -> str:
    keys = {key for one in documents if isinstance(one, yamls.Map) for key in one}
    if "scrape_configs" in keys or "rule_files" in keys:
        return phrase("this is Prometheus's own configuration; send the files it names under rule_files")
    if re.search(r"^ALERT \w", text[:100_000], re.MULTILINE):
        return phrase("this is the syntax of Prometheus 1, which was replaced by YAML in 2017")
    if "groups" in keys:
        return phrase("the groups hold no rule with `alert:` or `record:`")
    shown = ", ".join(sorted(key[:40] for key in keys)[:6])
    return (
        phrase("the keys are {shown}, and `groups:` is not among them", shown=shown)
        if keys
        else phrase("there is no `groups:`")
    )


def _facts(found: Sequence[RawRule], read: Sequence[Alert], recording: Sequence[Alert]) -> dict[str, Any]:
    return {
        "format": next((rule.form for rule in found if rule.form != "prometheus"), "prometheus"),
        "groups": list(dict.fromkeys(rule.group[:200] for rule in found))[:MOST_GROUPS],
        "recording": len(recording),
        "recorded": recorded.facts(recording),
        "alert_count": len(read),
        "alerts": [alert.facts() for alert in read[:MOST_ALERTS]],
    }
