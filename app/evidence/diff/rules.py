"""What may be said about a patch, alone and beside the other files of a version."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

NO_HUNKS = Rule(
    "D1",
    Severity.BLOCK,
    "No changed lines were found: {what}.",
    "Without the lines themselves nobody can see what was changed.",
    "Send the patch: `git diff main..my-branch > change.patch`.",
    example="the output of `git diff --stat`",
)
BROKEN = Rule(
    "D2",
    Severity.WARN,
    "{count} {count:part of the patch does|parts of the patch do} not hold the lines "
    "{count:it announces|they announce}; the first, on line {line}, announces {old} old and {new} new lines and has "
    "{old_there} and {new_there}.",
    "A patch that was copied from a page or edited by hand can no longer be applied, and lines may be missing.",
    "Write it with `git diff main..my-branch > change.patch` and upload that file.",
    example="a patch copied from the browser, where empty context lines were lost",
)
LARGE = Rule(
    "D3",
    Severity.WARN,
    "The patch changes {lines} lines, {generated} of them in lock files and generated or vendored code.",
    "Your reviewer looks for the few lines that matter, and they drown.",
    "Leave the rest out: `git diff main..my-branch -- . ':!*.lock' ':!vendor' > change.patch`.",
    example="a change of 60 lines inside 9,000 lines of package-lock.json",
)
MOVED = Rule(
    "D4",
    Severity.GOOD,
    "State moves out of the process: {what} ({how}, {file}).",
    "What no instance keeps for itself, no instance can lose.",
    "Nothing to do.",
    example='an added line `SESSION_TYPE = "redis"`',
)
STILL_LOCAL = Rule(
    "D4",
    Severity.WARN,
    "An added line keeps {what} inside one instance ({how}, {file}).",
    "The next request may reach another instance, which does not have it.",
    "Keep it in the database, in Redis or in object storage; or say in your notes why one instance is enough.",
    example="an added line `sessions = {}` at the top of a module",
)
NO_READY = Rule(
    "D4",
    Severity.WARN,
    "No added line makes a readiness address such as /readyz.",
    "A load balancer that asks the liveness address keeps sending requests to an instance that is about to stop.",
    "Add /readyz, which fails first when the instance drains, beside the liveness address.",
    example="a patch that moves sessions to Redis and adds no /readyz",
)
NOT_SEEN = Rule(
    "D4",
    Severity.NOTE,
    "Nothing in the patch was recognised as moving these out of the process: {what}.",
    "The capstone asks for sessions, uploads, locks and caches; some of them may never have been inside.",
    "Say in your notes where each of them lives now.",
    example="a patch that moves sessions and never mentions uploads",
)
NO_DRAIN = Rule(
    "D5",
    Severity.WARN,
    "No added line ends a process gently: no SIGTERM handler, preStop hook or grace period was recognised.",
    "A process that stops at once cuts the requests it is working on; they are the errors a deploy is known for.",
    "On SIGTERM let /readyz fail, wait until the load balancer has noticed, then stop.",
    example="a rolling update without terminationGracePeriodSeconds or a handler",
)
DRAIN = Rule(
    "D5",
    Severity.GOOD,
    "The patch ends processes gently ({what}, {file}).",
    "Requests under way are finished before the process stops.",
    "Nothing to do.",
    example="an added preStop hook that sleeps",
)
INDEX_MADE = Rule(
    "D7",
    Severity.GOOD,
    "The index that the plan after the change uses is made here: {index} ({file}).",
    "The change and its effect belong together.",
    "Nothing to do.",
    example="CREATE INDEX orders_user_id_idx, and a plan with an Index Scan using it",
)
INDEX_MISSING = Rule(
    "E21",
    Severity.NOTE,
    "The plan after the change uses {index}, the plan before did not, and no patch here creates it.",
    "Your reviewer wants to see how the index came to be.",
    "Add the migration, or the line CREATE INDEX …, to your patch.",
    example="an Index Scan using orders_user_id_idx and a patch that only changes Python files",
)
BLOCKING = Rule(
    "D8",
    Severity.NOTE,
    "The index {index} is made without CONCURRENTLY ({file}).",
    "On a table in use every write waits until the index is finished.",
    "CREATE INDEX CONCURRENTLY, outside a transaction.",
    example="CREATE INDEX orders_user_id_idx ON orders (user_id);",
)
CONTRACTS = Rule(
    "D8",
    Severity.NOTE,
    "A migration takes away what the running version may still use: {what} ({file}).",
    "During a rolling deploy old and new code run side by side on the same tables.",
    "Expand first, deploy, then contract in a later release.",
    example="ALTER TABLE orders DROP COLUMN state, in the same patch as the code",
)

SINGLE = (NO_HUNKS, BROKEN, LARGE, BLOCKING, CONTRACTS)
BETWEEN = (MOVED, STILL_LOCAL, NO_READY, NOT_SEEN, NO_DRAIN, DRAIN, INDEX_MADE, INDEX_MISSING)
