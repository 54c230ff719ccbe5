"""The rules for tables and logs in which the time of a request is a difference, is too coarse, or is not there."""

from app.evidence.findings import Rule, Severity, phrase

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
FRAMEWORK_NO_TIMES = Rule(
    "L4",
    Severity.NOTE,
    "This is the request log of {tool}, which does not say how long a request took. Its {requests} requests and their "
    "statuses were counted.",
    "{tool} writes no time of the request into this log.",
    "Nothing to do where only requests and statuses count. For latencies record again: {more}",
    example='uvicorn\'s `INFO:     127.0.0.1:50112 - "GET / HTTP/1.1" 200 OK`',
)
_GUNICORN = phrase(
    'start it with gunicorn and `--access-logformat \'%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" '
    '"%(a)s" %(D)s\'`. The development server was not made for load.'
)
MORE = {
    "uvicorn": phrase(
        "let a middleware write one JSON object a line with `time`, `method`, `path`, `status` and `duration_ms`, or "
        "send the load through nginx and log `$request_time`."
    ),
    "IIS": phrase("choose the field `time-taken` in IIS Manager, Logging, Select Fields."),
    "W3C": phrase("add `time-taken` to the fields of the log."),
    "CloudFront": phrase("keep the field `time-taken` of the standard log."),
    "Django": _GUNICORN,
    "Flask": _GUNICORN,
}
"""What writes the times, by framework."""
SEVERAL_RUNS = Rule(
    "L19",
    Severity.NOTE,
    "Requests were sent in {active} of {span}: the rows look like {runs} runs, and were counted as one.",
    "The rate, the length and the warm-up of several runs in one file are those of none of them.",
    "Upload the run you claim as a file of its own; repeated runs are welcome as further files.",
    example="two runs of a minute, an hour apart, in one table",
)
RULES: tuple[Rule, ...] = (SEVERAL_RUNS, NONE_FORWARD, BACKWARDS, WHOLE_SECONDS, FRAMEWORK_NO_TIMES)
