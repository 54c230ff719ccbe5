"""What may be said about alerts beside the other files of a package: runbooks and objectives."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

FEW = Rule(
    "A2",
    Severity.WARN,
    "I count {count} {count:alert rule|alert rules} in {files}; the package is to hold your top five.",
    "Whoever takes the pager over wants to know the five things that matter most.",
    "Add the missing ones: begin with the objectives, each gives one or two.",
    example="a rule file with three alerts",
)
NO_RUNBOOK = Rule(
    "A4",
    Severity.WARN,
    "{count} of {total} alerts {count:has|have} no runbook: {names}.",
    "An alert without a page that says what to do wakes somebody who can only guess.",
    "Write one file for each alert, named like it ({first}.md), or give it a heading of that name.",
    example="PaymentsErrors in the rules, and no page of that name among the runbooks",
)
ELSEWHERE = Rule(
    "A4",
    Severity.WARN,
    "{count} of {total} alerts {count:links|link} a runbook that is not in the package: {names}.",
    "A reviewer cannot open your wiki, and links are never followed here.",
    "Put the page into the package as Markdown, named like the alert ({first}.md).",
    example="runbook_url: https://wiki.internal/payments, without that page",
)
ALL_RUNBOOKS = Rule(
    "A4",
    Severity.GOOD,
    "{total} of {total} alerts {total:has its|have their} runbook in the package.",
    "Whoever is woken has something to follow.",
    "Nothing to do.",
    example="five alerts and five pages of their names",
)
CAUSES_ONLY = Rule(
    "A9",
    Severity.WARN,
    "{count} {count:alert is|alerts are} about causes ({names}), and none is about what users feel.",
    "A full disk may hurt nobody, and users may suffer with every machine idle.",
    "Add alerts on errors, latency and availability as users see them; make causes tickets.",
    example="alerts on CPU, memory and disk only",
)
NO_OBJECTIVE = Rule(
    "A11",
    Severity.WARN,
    "None of the alerts ({count}) refers to an objective ({objectives}).",
    "An objective that no alert guards is found broken at the end of the month.",
    "Add a rule on its burn rate: `> (14.4 * {budget})` over 1h and 5m.",
    example="objectives of 99.9 %, and five alerts with thresholds of their own",
)
OTHER_BUDGET = Rule(
    "A10",
    Severity.WARN,
    "{alert} uses the budget {budget}, that of {target}; the objectives say {objectives}.",
    "The rule guards another objective than the one that was agreed.",
    "Use 1 - target of the objective: {wanted}.",
    example="14.4 * 0.001 for an objective of 99.5 %",
)

LOW_TRAFFIC = Rule(
    "A12",
    Severity.WARN,
    "One failed request fires {alert}: at {written} ({file}, line {line}) its window of {window} holds {requests}, and "
    "one of them is {share}, above the {threshold} that it waits for.",
    "On little traffic a ratio jumps with every single error, and a person is woken for one of them.",
    "Ask for a number of errors too (`and sum(increase(errors_total[1h])) > 5`), take a longer window, or add the "
    "requests of a probe.",
    example="600 requests a day, and an alert at 1.44 % over an hour",
)

NOT_RECORDED = Rule(
    "A8",
    Severity.NOTE,
    "{count} recorded {count:series is|series are} asked for, and no rule of the package records {names} "
    "(first in {first}).",
    "An alert on a series that nobody records is no error to Prometheus, and it never fires.",
    "Add the file with the `record:` rules, or correct the name; `promtool check rules` does not find this.",
    example="job:errors:ratio_rate5m in an alert, job:errors:rate5m in the recording rules",
)

PACKAGE = (
    FEW,
    NO_RUNBOOK,
    ELSEWHERE,
    ALL_RUNBOOKS,
    CAUSES_ONLY,
    NO_OBJECTIVE,
    OTHER_BUDGET,
    LOW_TRAFFIC,
    NOT_RECORDED,
)
