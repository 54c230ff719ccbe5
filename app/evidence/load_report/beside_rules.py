"""The rules for a number that does not fit what stands beside it: a histogram's bar, the rows below a total."""

from app.evidence.findings import Rule, Severity

_CHECK = "Upload the report as the tool wrote it, and check that all lines are of one run."
OUTSIDE_BAR = Rule(
    "L5",
    Severity.WARN,
    "The {level} is {value} ms, but by the bars of the histogram it lies between {low} and {high} ms.",
    "Percentiles and bars are counted from the same requests.",
    _CHECK,
    example="`99% in 0.0426 secs` above bars in which 2 % of the requests took longer than 0.056 s",
)
BARS_OFF = Rule(
    "L6",
    Severity.WARN,
    "The bars of the histogram add up to {total}, but the status codes to {requests}.",
    "Both count the requests that were answered.",
    _CHECK,
    example="bars of 4,152 requests and 4,060 answers of 200",
)
OUTSIDE_ROWS = Rule(
    "L5",
    Severity.WARN,
    "The {level} of all requests is {value} ms, and those of the rows lie between {low} and {high} ms.",
    "A percentile or mean of all lies between those of its parts, however many requests each of them has.",
    _CHECK,
    example="a p99 of 58 ms in the row of all, 64 and 73 ms in the rows of two endpoints",
)
SUM_OFF = Rule(
    "L6",
    Severity.WARN,
    "The rows add up to {sum} requests, and the row of all counts {total}.",
    "{tool} counts every request in its own row and in that of all.",
    _CHECK,
    example="a row of an endpoint that was deleted from Locust's statistics",
)
RULES: tuple[Rule, ...] = (OUTSIDE_BAR, BARS_OFF, OUTSIDE_ROWS, SUM_OFF)
