"""What is to be said of the alerts of one file; what several share is said once, with their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from app.evidence.alert_rules import arithmetic, known, lint, promql, recorded, rules
from app.evidence.alert_rules.alerts import Alert
from app.evidence.alert_rules.expression_rules import UNGUARDED
from app.evidence.documents import wording
from app.evidence.findings import Finding, Rule, Where, few, phrase

MOST = 30
"""Findings about single alerts of one file; beyond them the sentences repeat themselves."""
USUAL = frozenset(
    (
        "critical", "warning", "warn", "info", "informational", "information",
        "none", "page", "pager", "ticket", "error", "high",
        "medium", "moderate", "low", "major", "minor", "emergency", "notice", "debug", "notification",
        "alert", "email", "disaster",
        *(f"{letter}{number}" for letter in ("p", "sev", "s", "sev-") for number in range(6)), *map(str, range(6)),
    )
)  # fmt: skip
TELLS_NOBODY = frozenset(("none", "null"))
_LOGQL = re.compile(
    r"\}\s{0,4}(?:\|=|\|~|!=\s{0,2}[\"`]|\|\s{0,2}(?:json|logfmt|unwrap|pattern|line_format))"
)
_METRICS_QL = re.compile(
    r"\b(?:rollup\w{0,20}|default|keep_last_value|range_\w{1,20}|aggr_over_time|label_set|label_match|label_mismatch|increase_pure"
    r"|share_le_over_time|histogram_share|alias|interpolate|running_\w{1,12}|median_over_time|count_gt_over_time|if|ifnot)\b"
)
_WAITS = frozenset(("increase", "changes", "resets", "delta", "deriv", "predict_linear"))


def findings(alerts: Sequence[Alert], recording: Sequence[Alert] = ()) -> Iterator[Finding]:
    """Everything of one file, first what keeps rules from loading."""
    single = [
        *_unread(alerts),
        *_remarks(alerts, recording),
        *_braces(alerts),
        *arithmetic.findings([alert.facts() for alert in alerts]),
    ]
    yield from single[:MOST]
    yield from _placeholders(alerts)
    yield from _words(alerts)
    yield from _waiting(alerts)
    yield from _severities(alerts)
    yield from _copies(alerts)


def _unread(alerts: Sequence[Alert]) -> Iterator[Finding]:
    for alert in alerts:
        where, expr = Where(line=alert.raw.expr_line), alert.raw.expr
        if alert.tree is not None:
            continue
        sign = "`expr`" if not expr else promql.unbalanced(expr) if len(expr) <= promql.LONGEST else ""
        if _LOGQL.search(expr[: promql.LONGEST]):
            yield rules.DIALECT.at(where, alert=alert.name, dialect=phrase("LogQL, the language of Loki"))
        elif sign:
            yield rules.NO_EXPR.at(where, alert=alert.name, sign=sign)
        elif _METRICS_QL.search(expr[: promql.LONGEST]):
            yield rules.DIALECT.at(
                where, alert=alert.name, dialect=phrase("MetricsQL, the language of VictoriaMetrics")
            )
        else:
            yield rules.NOT_PARSED.at(where, alert=alert.name, reason=alert.problem)


def _remarks(alerts: Sequence[Alert], recording: Sequence[Alert]) -> Iterator[Finding]:
    """What the trees show; divisions without a guard are counted, there are many of them.

    What is said of a recording rule is not said again of the alerts on its series.
    """
    unguarded = []
    said = [remark for one in recording for remark in recorded.own_remarks(one)]
    for alert in alerts:
        for rule, numbers in lint.remarks(alert.whole) if alert.whole is not None else ():
            if rule is UNGUARDED:
                unguarded += [] if alert.is_burn else [alert]
            elif (rule, numbers) not in said:
                yield rule.at(Where(line=alert.raw.expr_line), alert=alert.name, **numbers)
    yield from _several(UNGUARDED, unguarded)


def _braces(alerts: Sequence[Alert]) -> Iterator[Finding]:
    for alert in alerts:
        for name, value in (*alert.raw.annotations.items(), *alert.raw.labels.items()):
            opened, closed = value.count("{{"), value.count("}}")
            if opened != closed:
                yield rules.BRACES.at(
                    Where(line=alert.raw.line),
                    alert=alert.name,
                    field=name[:60],
                    opened=opened,
                    closed=closed,
                )


def _placeholders(alerts: Sequence[Alert]) -> Iterator[Finding]:
    """Only words that were left to be filled in; an address of example.org may be an invented service's."""
    found = [
        alert for alert in alerts
        if alert.runbook and any("example." not in word for word in wording.placeholders(alert.runbook))
    ]  # fmt: skip
    if found:
        yield rules.PLACEHOLDER.at(
            Where(line=found[0].raw.line), names=few(_names(found)), link=found[0].runbook[:80]
        )


def _words(alerts: Sequence[Alert]) -> Iterator[Finding]:
    wordless = [alert for alert in alerts if not alert.words.strip()]
    yield from _several(rules.NO_WORDS, wordless)
    if len(wordless) < len(alerts) and not any("{{" in alert.words for alert in alerts):
        yield rules.NO_VALUES.at(count=len(alerts))


def _waiting(alerts: Sequence[Alert]) -> Iterator[Finding]:
    sudden = [
        alert
        for alert in alerts
        if not alert.for_s and not _waits_itself(alert) and alert.raw.written_for != ""
    ]
    yield from _several(rules.NO_FOR, sudden)
    paging = [alert for alert in alerts if alert.is_paging and alert.for_s]
    yield from _several(rules.SHORT_FOR, [alert for alert in paging if (alert.for_s or 0) < 60])
    yield from _several(rules.LONG_FOR, [alert for alert in paging if (alert.for_s or 0) > 3600])


def _waits_itself(alert: Alert) -> bool:
    """A burn rate, an absence, a change counted over a window, a constant, what only mutes others: none needs `for`."""
    if alert.tree is None or alert.is_burn or promql.constant(alert.tree) is not None:
        return True
    if alert.severity.lower() in TELLS_NOBODY:
        return True
    return any(
        one.sort == "call"
        and (one.name in _WAITS or one.name.startswith("absent") or one.name.endswith("_over_time"))
        for one in alert.tree.walk()
    )


def _severities(alerts: Sequence[Alert]) -> Iterator[Finding]:
    yield from _several(rules.NO_SEVERITY, [alert for alert in alerts if not alert.severity])
    written = [alert for alert in alerts if alert.severity and "{{" not in alert.severity]
    odd = [alert for alert in written if alert.severity.lower() not in USUAL]
    for value in sorted({alert.severity for alert in odd})[:5]:
        ones = [alert for alert in odd if alert.severity == value]
        yield rules.ODD_SEVERITY.at(Where(line=ones[0].raw.line), value=value[:60], names=few(_names(ones)))
    values = {alert.severity.lower() for alert in alerts}
    if len(alerts) >= 3 and len(values) == 1 and alerts[0].is_paging:
        yield rules.ALL_CRITICAL.at(count=len(alerts), value=alerts[0].severity[:60])


def _copies(alerts: Sequence[Alert]) -> Iterator[Finding]:
    keys = Counter((alert.name, alert.severity, known.normal(alert.raw.expr)) for alert in alerts)
    twice = [name for (name, _, _), count in keys.items() if count > 1]
    if twice:
        yield rules.DUPLICATE.at(count=len(twice), names=few(twice))
    public = [alert for alert in alerts if known.is_public(alert.raw.expr)]
    if public:
        yield rules.PUBLIC.at(count=len(public), total=len(alerts), names=few(_names(public)))


def _several(
    rule: Rule, alerts: Sequence[Alert], name: Callable[[Alert], str] = lambda one: one.name
) -> Iterator[Finding]:
    """One rule said of several alerts at once, at the first of them."""
    if alerts:
        names = list(dict.fromkeys(map(name, alerts)))
        yield rule.at(Where(line=alerts[0].raw.line), count=len(alerts), names=few(names))


def _names(alerts: Sequence[Alert]) -> list[str]:
    return list(dict.fromkeys(alert.name for alert in alerts))
