"""What may be said about an incident template."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

TOO_LONG = Rule(
    "I1",
    Severity.BLOCK,
    "The template is not read: {reason}.",
    "People open it in the first minute of an incident.",
    "Send the template alone.",
    example="an export of a whole wiki in one file",
)
NOTHING = Rule(
    "I1",
    Severity.BLOCK,
    "No part of an incident was recognised: no heading about declaring, leading, messages, the timeline or the review.",
    "In the first minutes people follow headings; they do not read.",
    "Give each part a heading: Declare, Roles, Messages, Timeline, Review.",
    example="two paragraphs on why incidents matter",
)
MISSING = Rule(
    "I2",
    Severity.WARN,
    "No section was recognised as {part}.",
    "What the template does not ask for is what is forgotten while things burn.",
    "Add a heading for it, with the sentences that will be needed.",
    example="a post-mortem template alone, which says nothing on how to declare",
)
NO_LEVELS = Rule(
    "I3",
    Severity.WARN,
    "No severity level was recognised (S1, SEV2, P1, severity 3).",
    "Without levels every incident begins with a debate on how bad it is.",
    "Add a table of two to four levels, each with an example from your service.",
    example="Declare an incident when something is bad.",
)
NO_TIMES = Rule(
    "I4",
    Severity.WARN,
    "The messages have no times: when the first is due, and when the next.",
    "Users forgive a fault sooner than silence.",
    "Write it down: first message within 10 minutes, then every 30 minutes, also when there is nothing new.",
    example="Keep the users informed.",
)
NO_OWNER = Rule(
    "I5",
    Severity.WARN,
    "The review does not ask for {lacking} of each action.",
    "An action without an owner and a date is a wish.",
    "Make the actions a table: action | owner | due.",
    example="## Action items, followed by an empty list",
)
USED = Rule(
    "I6",
    Severity.GOOD,
    "The timeline is filled in ({count} {count:time|times} of day): the template was used.",
    "A template that was used once has lost its worst gaps.",
    "Nothing to do.",
    example="a timeline with 14:02, 14:09 and 14:31",
)

RULES = (TOO_LONG, NOTHING, MISSING, NO_LEVELS, NO_TIMES, NO_OWNER, USED)
