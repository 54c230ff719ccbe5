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
    "The p99 claimed for {slot} rests on {n} {n:request|requests}.",
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
SHORT_FOR_INFRASTRUCTURE = Rule(
    "L10",
    Severity.WARN,
    "The numbers claimed for the infrastructure rest on {duration} s of {name}.",
    "Autoscalers, health checks, connection pools and caches act in steps of half a minute and more: a shorter run "
    "can end before they have done anything.",
    "Record at least three minutes before and after, for example `hey -z 180s`, `wrk -d 180s` or k6 with "
    "`duration: '3m'`.",
    example="a run of 70 seconds for a claim about the load balancer",
)
OTHER_LOAD = Rule(
    "L12",
    Severity.WARN,
    "Before and after are not comparable: {what} differs ({before} before, {after} after).",
    "Less load alone lowers every latency, whatever was changed in the code.",
    "Repeat both runs with the same rate, connections, endpoints and duration.",
    example="500 requests a second before, 150 after",
)
MORE_ERRORS = Rule(
    "L7",
    Severity.WARN,
    "More requests fail after the change: {after} % against {before} % before.",
    "Failed requests are often fast, so a change that breaks some of them can make latencies look better.",
    "Find out what fails since the change, mend it, and repeat the run.",
    example="0.1 % of 502 before and 3 % after",
)
MORE_CONNECTIONS = Rule(
    "L16",
    Severity.WARN,
    "Throughput rose from {before_rate} to {after_rate} requests a second, and the connections from {before} to "
    "{after}.",
    "More connections alone send more requests, until the server is saturated, whatever was changed in the code.",
    "Repeat one of the two runs with the connections of the other.",
    example="578 requests a second over 10 connections before, 2,296 over 40 after",
)
TRADE_OFF = Rule(
    "L16",
    Severity.WARN,
    "Throughput rose from {before_rate} to {after_rate} requests a second, and the p99 from {before} to {after} ms.",
    "More requests for a longer wait can be a good trade; it is one all the same, and a reader should hear of both.",
    "Say it beside the claim, with the reason why the longer wait is worth it.",
    example="twice the rate, and a p99 of 190 ms instead of 40",
)
THOUSANDFOLD = Rule(
    "L13",
    Severity.WARN,
    "{label}: the claim ({claimed}) is about {factor} times the file's value ({recomputed}). Seconds read as ms?",
    "A factor of a thousand is nearly always a unit.",
    "Correct the unit of the claim or of the column's header.",
    example="0.184 ms claimed where the file has 184 ms",
)
OTHER_UNIT = Rule(
    "L13",
    Severity.WARN,
    "The smaller of the two files lies below a millisecond and the other about {factor} times above it, at every "
    "percentile: p50 {before_p50} and {after_p50} ms, p99 {before_p99} and {after_p99} ms. Is one of them in seconds?",
    "One factor of a thousand at every percentile is more often a unit than a change.",
    "Look at a few rows of both files: correct the header of the one whose unit it does not name. If both are in ms, "
    "say what took a thousandth of the time.",
    example="seconds under a column called `duration_ms`, beside a file that is in ms",
)
SAME_LATENCIES = Rule(
    "L3",
    Severity.WARN,
    "Both files hold the same {n} latencies: they are one run, in another order or under other times.",
    "Two runs never have the same latencies, so the pair shows no change.",
    "Upload the file of each run as the tool wrote it.",
    example="one table of requests, saved once with the times moved by an hour",
)
ONE_SIDED = Rule(
    "L7",
    Severity.NOTE,
    "Only the file from {side} says which requests failed.",
    "Fast failures make latencies look good, and where there is no status nobody can see whether there were any.",
    "Keep the status of every request in both files.",
    example="a column `status` before the change and none after it",
)
RECORDED_FIRST = Rule(
    "L12",
    Severity.NOTE,
    "The file from after the change ends at {after}, and the one from before begins only at {before}.",
    "Files in each other's place look like this, and so do clocks of two zones.",
    "Put each file in its place, or say why the run without the change was recorded last.",
    example="a file for before from 10:00 and one for after from 08:00",
)
WARM_UP_ONCE = Rule(
    "L11",
    Severity.NOTE,
    "Only the file from before begins slowly: p99 {first} ms in its first {seconds} s, {rest} ms in the rest.",
    "Where the first seconds were left out of one file alone, the difference is the warm-up and not the change.",
    "Leave the first seconds out of both files or of neither, or say why the second run needed no warm-up.",
    example="a warm-up of 12 s in the file from before, and none in that from after",
)

RULES = (
    CONTRADICTED, TOO_FEW_FOR_CLAIM, INSIDE_NOISE, MORE_ERRORS, SHORT_FOR_INFRASTRUCTURE, OTHER_LOAD, THOUSANDFOLD,
    MORE_CONNECTIONS, TRADE_OFF, OTHER_UNIT, SAME_LATENCIES, ONE_SIDED, RECORDED_FIRST, WARM_UP_ONCE,
)  # fmt: skip
