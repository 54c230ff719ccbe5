"""What may be said of objectives, whatever format they come in."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

NONE = Rule(
    "A11",
    Severity.BLOCK,
    "No objective was found: {what}.",
    "An objective is an indicator with a target and a window; without a number there is nothing to defend.",
    "Give each objective a section or a row with indicator, target, window, owner and policy: "
    "`| payments answered without 5xx | 99.9 % | 30 days | Ada | freeze releases |`.",
    example="a document that says the service should be fast and reliable",
)
MISSING = Rule(
    "A11",
    Severity.WARN,
    "The objective {name} lacks {what}.",
    "Whoever inherits the pager needs to know what is measured, over which time, who answers for it and what happens "
    "when the budget is spent.",
    "Write it beside the target: indicator, target, window, owner, and what you do when the budget is spent.",
    example="99.9 % without a window",
)
BUDGET = Rule(
    "A11",
    Severity.WARN,
    "The budget of {name} does not follow: {target} over {window} leaves {budget}, you wrote {written}.",
    "People plan releases and alerts with this number.",
    "(1 - target) x window: write {budget}, or correct the target or the window.",
    example="99.9 % over 30 days and a budget of 21 min",
)
BUDGET_FITS = Rule(
    "A11",
    Severity.GOOD,
    "The budget of {name} was computed again and fits: {target} over {window} leaves {budget}.",
    "Target, window and budget say the same.",
    "Nothing to do.",
    example="99.9 % over 30 days and a budget of 43 min 12 s",
)
STATED = Rule(
    "A11",
    Severity.WARN,
    "A budget in a sentence does not follow: {target} over {window} leaves {budget}, you wrote {written}.",
    "Whoever reads it at night decides by this number.",
    "(1 - target) x window: write {budget}, or correct the target or the window.",
    example="99.9 % over 30 days is 4.32 minutes",
)
STATED_FITS = Rule(
    "A11",
    Severity.GOOD,
    "A budget in a sentence was computed again and fits: {target} over {window} leaves {budget}.",
    "Target, window and budget say the same.",
    "Nothing to do.",
    example="99.9 % over 30 days is 43.2 minutes",
)
PERFECT = Rule(
    "A12",
    Severity.WARN,
    "The objective {name} asks for 100 %.",
    "The budget is zero, so that every release and every error breaks it, and no alert can be derived from it.",
    "Take what users would notice, for example 99.9 %, and spend the rest on changes.",
    example="availability: 100 %",
)
MANY_NINES = Rule(
    "A12",
    Severity.WARN,
    "The objective {name} asks for {target}: {budget} in {window}.",
    "That is less time than a person needs to open a laptop; one machine, one zone or one deploy cannot give it.",
    "Lower the target, or name in the document what makes it possible (zones, failover, who answers at night).",
    example="99.999 % over 30 days, 25.9 s",
)
NO_SOURCE = Rule(
    "A12",
    Severity.WARN,
    "The objective {name} does not say what its indicator is measured with.",
    "A number without a source cannot be computed by anybody else.",
    "Name the query, the metric or the log: `sum(rate(http_requests_total[30d]))`, the load balancer's access log.",
    example="an objective with a target and no query, metric, log or probe",
)
NO_YAML = Rule(
    "A1",
    Severity.BLOCK,
    "The file cannot be read as YAML: {reason} (line {line}, column {column}).",
    "A program that cannot load it will not watch anything.",
    "Mend that line; an editor that knows YAML shows it, and so does `yamllint FILE`.",
    example="a tab in front of a key",
)

IN_SENTENCES = (STATED, STATED_FITS)
RULES = (NONE, MISSING, BUDGET, BUDGET_FITS, *IN_SENTENCES, PERFECT, MANY_NINES, NO_SOURCE)
