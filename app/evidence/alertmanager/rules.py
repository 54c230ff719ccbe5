"""What may be said about where alerts go."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity
from app.evidence.objectives.rules import NO_YAML

NO_ROUTE = Rule(
    "A1",
    Severity.BLOCK,
    "No route and no receiver was found: {what}.",
    "This file says where alerts go; without routes they go nowhere.",
    "Send the configuration that Alertmanager loads: `amtool check-config alertmanager.yml`.",
    example="Prometheus's own configuration, which only names the Alertmanager",
)
UNDEFINED = Rule(
    "A13",
    Severity.WARN,
    "The route on line {line} sends to {receiver}, and there is no receiver of that name.",
    "Alertmanager does not load such a file: it keeps the old configuration, or does not start.",
    "Add the receiver or correct the name, then run `amtool check-config alertmanager.yml`.",
    example="receiver: pager-duty, where the receiver is called pagerduty",
)
NO_DEFAULT = Rule(
    "A13",
    Severity.WARN,
    "The first route has no receiver.",
    "An alert that no other route takes has nowhere to go, and Alertmanager refuses the file.",
    "Give the first route a `receiver:` that somebody reads.",
    example="route: with routes below it and no receiver of its own",
)
NOWHERE = Rule(
    "A13",
    Severity.WARN,
    "Alerts of severity {severity} go to {receiver}, which tells nobody (line {line}).",
    "A page that reaches no person is an outage that is found by users.",
    "Give {receiver} a channel (`pagerduty_configs`, `webhook_configs`, …), or route these alerts to one that has it.",
    example="severity: critical to a receiver that is only a name",
)
SILENT = Rule(
    "A13",
    Severity.WARN,
    "{count} {count:alert|alerts} of the package that {count:is|are} to wake somebody {count:reaches|reach} only "
    "receivers that tell nobody: {names}.",
    "A rule that fires and reaches no person is an outage that is found by users.",
    "Add a route for them with a receiver that pages; `amtool config routes test severity=page` shows where they go.",
    example="a rule with severity: page, and routes only for severity: critical below a default that is empty",
)
NO_GROUPS = Rule(
    "A13",
    Severity.WARN,
    "The first route has no group_by.",
    "Every alert that fires is then put into one notification, and what is new in it is easily missed.",
    "Add `group_by: [alertname, cluster, service]` to the first route.",
    example="route: with a receiver and nothing else",
)
SECRET = Rule(
    "A13",
    Severity.WARN,
    "Line {line} holds the value of {field} itself.",
    "Reviewers see this file, and so does everybody with access to your repository.",
    "Put it into a file and name that: `{field}_file: /etc/alertmanager/secret`; rotate the old value.",
    example="smtp_auth_password: with a password beside it",
)
UNREACHED = Rule(
    "A13",
    Severity.WARN,
    "The route on line {line} is never reached: the one on line {before} takes every alert.",
    "Alertmanager stops at the first sibling that matches, unless it says `continue: true`.",
    "Put the route without matchers last, or give it `continue: true`.",
    example="a route without matchers above the one for severity: critical",
)
UNUSED = Rule(
    "A13",
    Severity.NOTE,
    "No route sends to {names}.",
    "A receiver that nobody uses is often a route that was lost.",
    "Remove it, or add its route.",
    example="a receiver pagerduty, and only routes to slack",
)
FULL = Rule(
    "A13",
    Severity.GOOD,
    "Every route leads to a receiver that tells somebody ({count} {count:route|routes}, {receivers} "
    "{receivers:receiver|receivers}).",
    "Nothing that fires is lost on its way.",
    "Nothing to do.",
    example="a default receiver and a route for pages, both with a channel",
)

RULES = (
    NO_YAML, NO_ROUTE, UNDEFINED, NO_DEFAULT, NOWHERE, SILENT, NO_GROUPS, SECRET, UNREACHED, UNUSED, FULL,
)  # fmt: skip
