"""What may be said about the record of a rollback, and about it beside the timeline of deploys."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

_TABLE = (
    "Send lines such as `decision,2026-11-20T14:05:00Z`, `done,2026-11-20T14:08:40Z`, `version before,9b7d3aa`, "
    "`version after,2e41c07`."
)

UNREADABLE = Rule(
    "Y9",
    Severity.BLOCK,
    "The record is not read: {reason}.",
    "Without its times nothing can be counted again.",
    _TABLE,
    example='{"decision": "2026-11-20T14:05:00Z",',
)
NO_TIMES = Rule(
    "Y9",
    Severity.BLOCK,
    "No decision, start or end with a day and a time was found.",
    "A drill without times shows that a rollback is possible, not how long users wait for it.",
    _TABLE,
    example="We rolled back and it was quick.",
)
MISSING = Rule(
    "Y9",
    Severity.WARN,
    "The record does not show: {parts}.",
    "From the decision to the end is how long users live with a bad version; the versions say what came back.",
    _TABLE,
    example="Started: 2026-11-20T14:03:52Z, and nothing after it",
)
NO_ZONE = Rule(
    "Y9",
    Severity.NOTE,
    "A time has no zone; it counts as UTC.",
    "Held against a log by another clock, an hour's difference hides the drill.",
    "Write times as 2026-11-20T14:05:00Z.",
    example="decision,2026-11-20 14:05:00",
)
ORDER = Rule(
    "Y9",
    Severity.WARN,
    "The end ({done}) is before the {since} ({start}).",
    "One of the two times is not what happened, so the duration is unknown.",
    "Correct the time from the terminal's or the balancer's log.",
    example="decision,2026-11-20T14:05:00Z and done,2026-11-20T13:08:40Z",
)
WRITTEN = Rule(
    "Y9",
    Severity.WARN,
    "The record writes {written}; from the {since} ({start}) to the end ({done}) it is {duration}.",
    "Others plan with this number while users wait.",
    "Write the time from the decision to the last instance, or say what the other number counts.",
    example="Duration: 78 s, between 14:03:40Z and 14:05:10Z",
)
SAME_VERSION = Rule(
    "Y9",
    Severity.WARN,
    "The version before and the version after are the same: {version}.",
    "Then nothing was rolled back.",
    "Name the version that was taken back, and the one that runs after it.",
    example="version before,9b7d3aa and version after,9b7d3aa",
)
DURATION = Rule(
    "Y9",
    Severity.GOOD,
    "From the {since} ({start}) to the end ({done}) it took {duration}.",
    "This is how long users wait when a release is bad.",
    "Nothing to do.",
    example="decision,2026-11-20T14:05:00Z and done,2026-11-20T14:08:40Z",
)
UNKNOWN_VERSION = Rule(
    "Y9",
    Severity.WARN,
    "{version}, the version after the rollback, is none of the versions in {file} ({count}).",
    "What comes back is a version that ran before; the timeline knows those.",
    "Write the version as the timeline writes it, or add the deploy that is missing there.",
    example="version after,9b7d3aa beside a timeline of other versions",
)
KNOWN_VERSION = Rule(
    "Y9",
    Severity.GOOD,
    "{version}, the version after the rollback, was deployed before: line {line} of {file}.",
    "It had served users, so going back to it is safe ground.",
    "Nothing to do.",
    example="version after,9b7d3aa, which is a row of the timeline",
)

SINGLE = (UNREADABLE, NO_TIMES, MISSING, NO_ZONE, ORDER, WRITTEN, SAME_VERSION, DURATION)
BETWEEN = (UNKNOWN_VERSION, KNOWN_VERSION)
