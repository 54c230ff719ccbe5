"""What may be said about a registry of kill switches."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

NONE = Rule(
    "R1",
    Severity.BLOCK,
    "No kill switch was found: {what}.",
    "A switch that is written nowhere is not found at night.",
    "Send a table with these columns: name | turns off | users see | owner | how to flip | safe state | last tested.",
    example="a page about feature flags in general",
)
NONE_LONG = Rule(
    "R1",
    Severity.BLOCK,
    "The registry is not read: {reason}.",
    "A registry is looked up in seconds.",
    "Send the table alone.",
    example="an export of a whole wiki in one file",
)
FEW = Rule(
    "R1",
    Severity.WARN,
    "I count {count} different kill {count:switch|switches}; the package asks for four or more.",
    "With one or two there is seldom one for the part that is on fire.",
    "Ask of each part: what could users do without for an hour? Each answer is a switch.",
    example="a table with two rows",
)
TWICE = Rule(
    "R1",
    Severity.WARN,
    "The switch {name} stands {times} times.",
    "Two entries of one name say two things about it, and people read the first.",
    "Keep one entry for each switch.",
    example="`signups` in two rows with different owners",
)
INCOMPLETE = Rule(
    "R2",
    Severity.WARN,
    "For {count} {count:switch|switches} {missing} is not given: {names}.",
    "The person who flips it has to know what users will see, and whom to tell.",
    "Fill in the column.",
    example="a table without the column `safe state`",
)
EXPORT_ALONE = Rule(
    "R2",
    Severity.WARN,
    "{export} is the export of a flag service and no registry stands beside it.",
    "It says which switches there are. What users see, how one is flipped and when it was tried has no place in it.",
    "Add a table: name | turns off | users see | owner | how to flip | safe state | last tested.",
    example="flagd's flags.json as the only file of the registry",
)
NEVER_TESTED = Rule(
    "R3",
    Severity.WARN,
    "For {count} {count:switch|switches} no day of a last test is given: {names}.",
    "A switch that was never flipped is a hope.",
    "Flip each once by day, and write the day into the column `last tested`.",
    example="a registry without the column `last tested`",
)
STALE = Rule(
    "R3",
    Severity.WARN,
    "{name} was last tested on {tested}, {days} days before the newest test of the registry ({newest}).",
    "Code around a switch changes; after half a year nobody knows whether it still does anything.",
    "Flip it again, at least every 180 days.",
    example="one switch tested in January, the others in October",
)
DEPLOY = Rule(
    "R4",
    Severity.WARN,
    "{name} is flipped by a deploy: {how}.",
    "A deploy takes minutes, and it may be what does not work.",
    "Read the switch from somewhere that can be changed while the service runs.",
    example="how to flip: set PAYMENTS=off in the manifest and deploy",
)
NOT_EXPORTED = Rule(
    "R5",
    Severity.WARN,
    "{count} {count:switch of|switches of} {file} {count:is|are} not in the export of the flag service "
    "({export}): {names}.",
    "A switch that the service does not know cannot be flipped there.",
    "Use the same names in both; if a switch lives elsewhere, say so in the column `how to flip`.",
    example="`signups` in the table, and `sign_up_enabled` in the export",
)
ONE_OWNER = Rule(
    "R6",
    Severity.WARN,
    "All {count} switches have one owner: {owner}.",
    "When that person sleeps, nobody may decide.",
    "Name for each switch the person or team that knows what depends on it, and a second one.",
    example="Ada in every row",
)
TIMED = Rule(
    "R7",
    Severity.GOOD,
    "For {count} {count:switch|switches} the time from flip to effect is written.",
    "Whoever flips one knows how long to wait before trying something else.",
    "Nothing to do.",
    example="a column `takes` with 5 s, 40 s",
)
NOT_TIMED = Rule(
    "R7",
    Severity.NOTE,
    "The time from flip to effect is written for fewer than two switches.",
    "Without it people flip a second switch before the first could work.",
    "Flip two of them by day with a watch, and write the seconds into a column `takes`.",
    example="a registry without times",
)

SINGLE = (NONE, NONE_LONG, FEW, TWICE, INCOMPLETE, NEVER_TESTED, STALE, DEPLOY, ONE_OWNER, TIMED, NOT_TIMED)
BETWEEN = (NOT_EXPORTED, EXPORT_ALONE)
