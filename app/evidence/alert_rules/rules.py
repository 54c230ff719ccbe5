"""What may be said about alert rules: of one file, and beside runbooks, objectives and routes."""

from __future__ import annotations

from app.evidence.alert_rules.expression_rules import EXPRESSIONS
from app.evidence.alert_rules.package_rules import PACKAGE
from app.evidence.findings import Audience, Rule, Severity
from app.evidence.objectives.rules import NO_YAML

NO_GROUPS = Rule(
    "A1",
    Severity.BLOCK,
    "No rule was found: {what}.",
    "Prometheus loads files with `groups:` that hold `rules:`; anything else is refused.",
    "Send the file that holds the rules; `promtool check rules alerts.yaml` says whether Prometheus would take it.",
    example="Prometheus's own configuration, which only names the rule files",
)
TEMPLATED = Rule(
    "A1",
    Severity.BLOCK,
    "The file is a template and no YAML yet: line {line} holds a Helm or Jinja instruction.",
    "What the rules say is known only once the template is filled in.",
    "Render it and send the result: `helm template . --show-only templates/alerts.yaml > alerts.yaml`.",
    example="{{- if .Values.alerts.enabled }} on a line of its own",
)
RECORDING_ONLY = Rule(
    "A2",
    Severity.NOTE,
    "The file holds {count} {count:recording rule|recording rules} and no alert.",
    "Recording rules prepare numbers; somebody is told by alerts.",
    "Nothing to do when the alerts are in another file of the package; else add them.",
    example="a file of rules with `record:` only",
)
NO_EXPR = Rule(
    "A3",
    Severity.BLOCK,
    "The alert {alert} has no expression, or one with an unpaired {sign}.",
    "Prometheus refuses the whole file because of it, with all its other rules.",
    "Mend the expression; `promtool check rules FILE` names the place.",
    example="expr: sum(rate(http_requests_total[5m]) > 10",
)
NOT_PARSED = Rule(
    "A3",
    Severity.WARN,
    "The expression of {alert} is not read as PromQL: {reason}.",
    "What cannot be read is not checked, and Prometheus may refuse the file. Newer functions are an innocent cause.",
    "Try `promtool check rules FILE` with the version you run; if it loads there, say so in your notes.",
    example="expr: rate(http_requests_total) > 5, a rate without a range",
)
DIALECT = Rule(
    "A3",
    Severity.WARN,
    "The expression of {alert} is {dialect}, which Prometheus does not know.",
    "It was not checked further, and Prometheus refuses a file with it.",
    "Say in your notes what evaluates these rules, or write the expression in PromQL.",
    example='a query of Loki with |= "error", or a function that only VictoriaMetrics has',
)
PLACEHOLDER = Rule(
    "A4",
    Severity.WARN,
    "The runbook of {names} is a placeholder ({link}).",
    "At three in the morning nobody can follow it.",
    "Put the address or the file of the runbook there: `runbook_url: runbooks/PaymentsErrors.md`.",
    example='runbook_url: "TODO"',
)
NO_WORDS = Rule(
    "A5",
    Severity.WARN,
    "{count} {count:alert has|alerts have} neither summary nor description: {names}.",
    "Whoever is woken reads these two lines first.",
    "Add `summary:` (what users see) and `description:` (where, since when) under `annotations:`.",
    example="an alert with an expression and a severity only",
)
BRACES = Rule(
    "A5",
    Severity.WARN,
    "The template in {field} of {alert} has {opened} `{{{{` and {closed} `}}}}`.",
    "Prometheus cannot fill it in: the notification shows an error instead of the words.",
    "Close every `{{ $labels.instance }}`.",
    example="summary: instance {{ $labels.instance } is down",
)
NO_VALUES = Rule(
    "A5",
    Severity.NOTE,
    "None of the alerts ({count}) shows a value or a label in its words.",
    "`{{ $value }}` and `{{ $labels.service }}` say how bad it is and where, before anybody opens a page.",
    "description: '{{ $value | humanizePercentage }} of requests to {{ $labels.service }} fail.'",
    example="description: too many errors",
)
NO_FOR = Rule(
    "A6",
    Severity.WARN,
    "{count} {count:alert fires|alerts fire} at the first evaluation, without `for:`: {names}.",
    "One late scrape then wakes somebody for nothing.",
    "Add `for: 5m`, or a window in the expression that does the same.",
    example="expr: up == 0, without for",
)
SHORT_FOR = Rule(
    "A6",
    Severity.WARN,
    "{count} {count:alert that wakes somebody waits|alerts that wake somebody wait} less than a minute: {names}.",
    "A restart or a late scrape takes that long by itself.",
    "Raise `for:` to some minutes, or lower the severity.",
    example="for: 10s with severity: critical",
)
LONG_FOR = Rule(
    "A6",
    Severity.WARN,
    "{count} {count:alert that wakes somebody waits|alerts that wake somebody wait} more than an hour: {names}.",
    "What can wait for an hour needs no page; what cannot has hurt users for an hour.",
    "Shorten `for:`, or make it a ticket.",
    example="for: 3h with severity: critical",
)
NO_SEVERITY = Rule(
    "A7",
    Severity.WARN,
    "{count} {count:alert has|alerts have} no severity: {names}.",
    "Routes and people decide by it who is woken and what waits until morning.",
    "Give `severity: page` to what cannot wait, `severity: ticket` to the rest, under `labels:`.",
    example="an alert without labels",
)
ODD_SEVERITY = Rule(
    "A7",
    Severity.WARN,
    "The severity {value} of {names} is none of the usual ones.",
    "A route that asks for severity: critical does not take it.",
    "Use critical, warning, info, page or ticket, or name your own scale in the incident template.",
    example="severity: crtical",
)
ALL_CRITICAL = Rule(
    "A7",
    Severity.WARN,
    "All {count} alerts have the severity {value}.",
    "Where everything wakes somebody, nothing is urgent, and people stop listening.",
    "Keep pages for what users feel now; make causes tickets.",
    example="five alerts, all severity: critical",
)
DUPLICATE = Rule(
    "A14",
    Severity.NOTE,
    "{count} {count:alert stands|alerts stand} in the file twice with the same name, severity and expression: {names}.",
    "The second one adds nothing, and `promtool check rules` names it.",
    "Remove one of the two.",
    example="a group that was pasted twice",
)
PUBLIC = Rule(
    "A14",
    Severity.NOTE,
    "{count} of {total} expressions {count:is that|are those} of public rule packs, word for word: {names}.",
    "Starting from a pack is good practice; what was chosen and adapted, and why, is what a reviewer can ask about.",
    "Nothing to do.",
    audience=Audience.REVIEWER,
    example="the host alerts of a well-known collection, unchanged",
)

RULES = (
    NO_YAML, NO_GROUPS, TEMPLATED, RECORDING_ONLY, NO_EXPR, NOT_PARSED, DIALECT, PLACEHOLDER, NO_WORDS, BRACES,
    NO_VALUES, NO_FOR, SHORT_FOR, LONG_FOR, NO_SEVERITY, ODD_SEVERITY, ALL_CRITICAL, DUPLICATE, PUBLIC,
    *EXPRESSIONS, *PACKAGE,
)  # fmt: skip
