"""What is said of a timeline beside the traffic of its deploys and the claims."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

FEW_DEPLOYS = Rule(
    "Y1",
    Severity.WARN,
    "I count {count} {count:completed deploy|different completed deploys} in {file}; the capstone asks for {wanted}.",
    "One clean deploy can be luck; ten in a row, each with a change of its own, are a habit.",
    "Deploy on. Runs of the same version count once, and those that failed do not count.",
    example="a timeline of ten rows, three of which repeat a version",
)
BROKEN = Rule(
    "Y2",
    Severity.WARN,
    "{broken} of {requests} requests failed while {version} was deployed ({start} to {end}): {what}; the first at "
    "{first}.",
    "The promise of a safe deploy is that nobody notices it.",
    "Look at what the roll did at {first}: an instance that ended before the balancer had noticed gives 502 and 503, "
    "one that was not ready yet 503, a cut request 504 or none.",
    example="3 of 1,412 requests failed while 3f9c1a2 was deployed: 502 by the balancer: 2, without an answer: 1",
)
BROKEN_BEFORE = Rule(
    "Y2",
    Severity.NOTE,
    "The deploy before: {broken} of {requests} requests failed while {version} was deployed ({start} to {end}): "
    "{what}.",
    "It is counted in the same window as the deploys after the change.",
    "Say which step of the old deploy caused which of them.",
    example="41 of 903 requests failed while 77b0e1d was deployed",
)
ALL_WELL = Rule(
    "Y2",
    Severity.GOOD,
    "No request failed in {windows} {windows:window|windows}: {requests} requests, no 5xx and none without an "
    "answer{aborted}.",
    "That is what the capstone is about.",
    "Nothing to do.",
    example="no 5xx in ten windows with 6,200 requests",
)
GAVE_UP = Rule(
    "Y2",
    Severity.NOTE,
    "In the windows {count} {count:request was|requests were} given up by the client (499, 0 or -1); "
    "{count:it is|they are} not counted as failed.",
    "A client that leaves may have been impatient, or the answer took too long because of the deploy.",
    "See whether they lie close to a restart.",
    example="7 requests with 499",
)
NOT_COVERED = Rule(
    "Y3",
    Severity.WARN,
    "The traffic does not cover {count} of {total} windows: {versions}. It runs from {first} to {last}{hint}.",
    "A window without a log shows nothing, neither that requests failed nor that none did.",
    "Send the log from ten seconds before each deploy to sixty after it, all rotated files of it.",
    example="a log that ends at 14:04:58, and a deploy that ends at 14:06:10",
)
SILENT = Rule(
    "Y3",
    Severity.WARN,
    "While {version} was deployed no request was logged for {gap} (from {start} to {end} there are {requests}).",
    "Either nobody asked, or nobody was answered and the log does not say so.",
    "Send steady requests from outside, at least 10 a second, and log them at the client or the balancer.",
    example="no request for 22 s in the middle of a roll",
)
RATES = Rule(
    "Y3",
    Severity.WARN,
    "{file} is an export of Prometheus, and no access log covers the deploys: it has one value a step, not requests.",
    "rate() averages over its window: one 502 in five minutes is 0.003 a second. increase() counts, and rounds by its "
    "step. A series that is not there is not zero, and a counter begins anew in each new instance.",
    "Send the balancer's access log. Where there is none, counts say more than rates: `sum by (code) "
    "(increase(http_requests_total[1m])) or vector(0)`.",
    example="rate(http_requests_total[5m]) of the answers with 5xx",
)
FEW_REQUESTS = Rule(
    "Y4",
    Severity.WARN,
    "{count} of {total} windows {count:holds|hold} fewer than {least} requests: {windows}. No failure in "
    "{fewest} only supports a rate below {bound} %.",
    "With few requests a deploy that fails one in a hundred looks clean more often than not.",
    "Send 10 requests a second from outside while you deploy.",
    example="no failure in 40 requests supports less than 7.5 %",
)
BOUND = Rule(
    "Y4",
    Severity.NOTE,
    "Over all windows together: {requests} {requests:request|requests}, {broken} failed; that supports a rate "
    "below {bound} % (95 %).",
    "With none failed the bound is three divided by the requests (the rule of three); else it is Wilson's.",
    "More requests make it smaller.",
    example="6,200 requests and none failed support less than 0.048 %",
)
COMPARED = Rule(
    "Y11",
    Severity.NOTE,
    "Before: {before}. After: {after}.",
    "The DORA figures of both timelines, recomputed in the same way.",
    "Hold what you write in your text against them.",
    example="Before: 4 deploys in 31 days, 1 of 4 failed. After: 11 in 9 days, 1 of 11 failed, mended after 4 min",
)

BETWEEN = (
    FEW_DEPLOYS, BROKEN, BROKEN_BEFORE, ALL_WELL, GAVE_UP, NOT_COVERED, SILENT, RATES, FEW_REQUESTS, BOUND, COMPARED,
)  # fmt: skip
