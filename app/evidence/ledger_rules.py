"""The rules that need a claim or a pair of files; applied by the ledger."""

from app.evidence.findings import Rule, Severity

CONTRADICTED = Rule(
    "L1",
    Severity.WARN,
    "{label}: your claim says {claimed}, the file {file} gives {recomputed}.",
    "A claim the raw evidence does not support is the first thing a reviewer looks at.",
    "Correct the claim, or upload the file it was read from. {reason}",
    example="a p99 of 120 ms claimed, 184 to 187 ms in 12,004 requests",
)
TOO_FEW_FOR_CLAIM = Rule(
    "L2",
    Severity.WARN,
    "The p99 claimed for {slot} rests on {n} requests.",
    "Below 300 requests the p99 is one of the three slowest, and chance decides which.",
    "Aim for 10,000 requests or more; that is about 100 seconds at 100 a second.",
    example="a p99 claimed from 120 requests",
)
INSIDE_NOISE = Rule(
    "L3",
    Severity.WARN,
    "The change of the {metric} ({before} to {after} ms) is inside the noise: {before_low} to {before_high} against "
    "{after_low} to {after_high} ms.",
    "Both intervals hold the same values, so the two runs may differ by chance.",
    "Record more requests, before and after, until the intervals part; or claim no change.",
    example="210 ms [190, 238] before and 195 ms [181, 215] after",
)
OTHER_LOAD = Rule(
    "L12",
    Severity.WARN,
    "Before and after are not comparable: {what} differs ({before} before, {after} after).",
    "Less load alone lowers every latency, whatever was changed in the code.",
    "Repeat both runs with the same rate, connections, endpoints and duration.",
    example="500 requests a second before, 150 after",
)
THOUSANDFOLD = Rule(
    "L13",
    Severity.WARN,
    "{label}: the claim ({claimed}) is about {factor} times the file's value ({recomputed}). Seconds read as ms?",
    "A factor of a thousand is nearly always a unit.",
    "Correct the unit of the claim or of the column's header.",
    example="0.184 ms claimed where the file has 184 ms",
)

RULES = (CONTRADICTED, TOO_FEW_FOR_CLAIM, INSIDE_NOISE, OTHER_LOAD, THOUSANDFOLD)
