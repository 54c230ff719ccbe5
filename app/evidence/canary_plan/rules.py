"""What may be said about the plan of a canary or a blue-green release."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity, phrase

PARTS = {
    "class": phrase("the class of change it is for"),
    "abort": phrase("what stops it"),
    "data": phrase("what becomes of the data while both versions run"),
}
_TABLE = "Make it a table: step | share of traffic | for at least | goes on when | rolls back when."

UNREADABLE = Rule(
    "Y12",
    Severity.BLOCK,
    "The plan is not read: {reason}.",
    "People follow it while a release is going wrong.",
    "Send the plan alone, as Markdown.",
    example="an export of a whole wiki in one file",
)
NOTHING = Rule(
    "Y12",
    Severity.BLOCK,
    "No step with a share of the traffic and no condition that stops the release was found.",
    "Without them it is an intention.",
    _TABLE,
    example="# Canary, followed by: We release carefully.",
)
FEW_STEPS = Rule(
    "Y12",
    Severity.WARN,
    "{count} {count:step|steps} with a share of the traffic {count:was|were} found; a canary has at least two.",
    "With one step every user meets the new version at the same time.",
    _TABLE,
    example="a plan whose only share is 100 %",
)
NO_SWITCH = Rule(
    "Y12",
    Severity.WARN,
    "The plan names blue and green and not how traffic is switched between them.",
    "The switch is the release, and switching back is the rollback.",
    "Write the command that switches, how long the old side keeps running, and the command back.",
    example="We have a blue-green setup; if errors rise we roll back.",
)
ORDER = Rule(
    "Y12",
    Severity.WARN,
    "The share does not grow: {before} % is followed by {after} %.",
    "Each step should risk a little more than the one before has shown to be safe.",
    "Order the steps by their share; put several plans into several tables.",
    example="25 % followed by 10 %",
)
NO_TIME = Rule(
    "Y12",
    Severity.WARN,
    "The step of {share} % has no time for which it is watched.",
    "Slow harm, such as a leak or a queue that fills, needs minutes to show.",
    "Give each step a time, long enough for a few thousand requests at its share.",
    example="| 5 % | when it looks good |",
)
MISSING = Rule(
    "Y12",
    Severity.WARN,
    "Nothing was recognised as: {parts}.",
    "These are asked first when a release goes wrong.",
    "Give each a heading or a sentence: Class of change, Stops when, Data.",
    example="a table of shares and nothing else",
)
NO_NUMBER = Rule(
    "Y12",
    Severity.WARN,
    "What stops the release has no number.",
    "“Errors are high” is debated while users wait.",
    "Write a limit and for how long: 5xx above 0.5 % for 2 minutes, p95 above 300 ms for 5 minutes.",
    example="We roll back when errors are high.",
)
STEPS = Rule(
    "Y12",
    Severity.GOOD,
    "The steps were read as {steps}.",
    "This is what a reviewer sees of them.",
    "Nothing to do.",
    example="| 1 | 5 % | 15 min | and | 2 | 100 % | 24 h |",
)

RULES = (UNREADABLE, NOTHING, FEW_STEPS, NO_SWITCH, ORDER, NO_TIME, MISSING, NO_NUMBER, STEPS)
