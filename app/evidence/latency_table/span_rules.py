"""The rules for tables that say when a request began and when it ended, and not how long it took."""

from app.evidence.findings import Rule, Severity

NONE_FORWARD = Rule(
    "G1",
    Severity.BLOCK,
    "No request could be read: in none of the {rows} rows `{end}` is a time after `{start}`.",
    "The latency is the end less the start, and it cannot be negative.",
    "Check whether the two columns changed places, and whether both hold the full time, with fractions of a second.",
    example="a table whose columns `start` and `end` changed places",
)
BACKWARDS = Rule(
    "L18",
    Severity.WARN,
    "{count} of {rows} requests {count:ends|end} before {count:it starts|they start}, or one of the two times cannot "
    "be read. The first is {place}.",
    "The latency is the end less the start. Clocks of two machines, or a clock that was set during the run, make it "
    "negative; such requests are missing from every number.",
    "Take both times from one clock that only moves forward, for example `time.monotonic_ns()` or `performance.now()`. "
    "Leave the end empty and give a status where no answer came.",
    example="a row `10:00:00.200,10:00:00.150,200`",
)
WHOLE_SECONDS = Rule(
    "L4",
    Severity.NOTE,
    "The times in this table are whole seconds, which is too coarse for the length of a request. Its {requests} "
    "requests, statuses and rate were counted.",
    "A request that starts and ends in the same second would have taken no time at all.",
    "Nothing to do where only requests and statuses count. For latencies record the times with milliseconds or finer.",
    example="a table of `2026-11-20T10:00:00Z,2026-11-20T10:00:00Z,200`",
)
RULES: tuple[Rule, ...] = (NONE_FORWARD, BACKWARDS, WHOLE_SECONDS)
