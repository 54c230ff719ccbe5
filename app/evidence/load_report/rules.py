"""What is said about the summaries of load tools. Sentences that fit tables too are those of `latency_table`.

A report is never blocked because its numbers are weak: only when nothing can be read from it.
"""

from app.evidence.findings import Rule, Severity
from app.evidence.latency_table.rules import (
    ENOUGH,
    ERRORS,
    FEW_ROWS,
    ODD_UNIT,
    SAME_HOST,
    SHORT,
    SOME_TAIL,
    THIN_TAIL,
    VERY_SHORT,
)

NOT_READ = Rule(
    "G1",
    Severity.BLOCK,
    "The report could not be read: {reason}.",
    "A report that the checks cannot read cannot back a number.",
    "Let the tool write it again, and upload the file as it is, without editing it.",
    example="a JSON report with a comma too many",
)
TELLS_NOTHING = Rule(
    "G1",
    Severity.BLOCK,
    "This is {form}, and it holds no latency and no rate.",
    "Without numbers there is nothing to compare with a claim.",
    "Look whether the run failed before its first request, and upload the output of one that worked.",
    example="the output of wrk against a server that was not running",
)
NO_P99 = Rule(
    "L4",
    Severity.WARN,
    "{tool} printed no p99.",
    "Most claims of this course are about the p99, and it cannot be derived from a mean or a p95.",
    "{option}",
    example="k6's summary, which stops at p(95) unless it is told otherwise",
)
OTHER_FORM = Rule(
    "L4",
    Severity.WARN,
    "This is {what}. Its numbers are not read automatically; your reviewer will read them.",
    "The tool can also write a form that is read, with every digit it has.",
    "{command}",
    example="Gatling's stats.js, the page's own copy of stats.json",
)
LEVELS_ASSUMED = Rule(
    "L4",
    Severity.NOTE,
    "{tool} does not say which percentiles its columns hold; they were read as {levels}, the tool's own setting.",
    "The levels can be changed in the tool's configuration, and then a p99 may be another percentile.",
    "Nothing to do if you did not change them; else say so, and upload the raw results too.",
    example="`pct3ResTime` of JMeter, `percentiles4` of Gatling",
)
OUT_OF_ORDER = Rule(
    "L5",
    Severity.WARN,
    "These numbers cannot all be true: {first} is {first_value} ms ({first_where}) and {second} is {second_value} ms "
    "({second_where}).",
    "Percentiles rise from the minimum to the maximum, the mean lies between these two, the p50 is at most twice the "
    "mean and the p99 at most a hundred times.",
    "Compare the file with what the tool printed; a line may be missing or mixed from two runs.",
    example="p95 = 300 ms on line 9 and p99 = 120 ms on line 10",
)
IN_FLIGHT = Rule(
    "L6",
    Severity.WARN,
    "{throughput} requests a second at a mean of {mean} ms need {needed} in flight, but only {connections} "
    "connections were open.",
    "Little's law (in flight = rate x mean time) holds for every system; when it does not, numbers of several runs "
    "were mixed, or a unit is wrong.",
    "Check that all lines are of one run and that no number was changed.",
    example="1,000 requests a second at 100 ms over 10 connections",
)
COUNT_OFF = Rule(
    "L6",
    Severity.WARN,
    "{requests} requests in {duration} s are {rate} a second, but the report says {throughput}.",
    "The three numbers come from the same clock and the same counter, so they fit together in every run.",
    "Check that all lines are of one run and that no number was changed.",
    example="4,033 requests in 7 s and 2,100 requests a second",
)
STATUS_OFF = Rule(
    "L6",
    Severity.WARN,
    "The status codes add up to {total} {total:answer|answers}, but the report counts {requests} "
    "{requests:request|requests}.",
    "Every request ends in a status or in an error; a difference means that lines are missing or of another run.",
    "Upload the report as the tool wrote it.",
    example="[200] 3,844 and [502] 116 beside 5,000 requests",
)
FAILED = Rule(
    "L7",
    Severity.WARN,
    "{share} % of the requests failed ({errors} of {n}{classes}).",
    "Errors are often fast, and fast errors make a p99 look good. The percentiles of this report include them.",
    "Say what failed and why, and repeat the run when it is mended.",
    example="106 answers of 502 among 4,033",
)
HIDDEN_FAILURES = Rule(
    "L7",
    Severity.WARN,
    "{tool} says {said}, and yet {failures}.",
    "{why}",
    "Count them as failed, say what they were, and repeat the run when it is mended.",
    example="ab: `Failed requests: 0` beside `Non-2xx responses: 48`",
)
TIMED_OUT = Rule(
    "L7",
    Severity.WARN,
    "wrk counted {count} {count:time-out|time-outs} and left {count:it|them} out of its latencies: the slowest "
    "it shows ({max} ms) was not the "
    "slowest.",
    "A request that takes longer than `--timeout` (2 s by default) counts as a request and as a time-out, but never "
    "as a latency.",
    "Repeat with a `--timeout` longer than the slowest answer, for example `wrk --timeout 30s --latency ...`.",
    example="a server that froze for 3 s, and a maximum of 107 ms",
)
RETRIES = Rule(
    "L7",
    Severity.NOTE,
    "{tool} shows no error. It also sends a request again by itself when a kept-alive connection was dropped.",
    "Go's HTTP client retries on reused connections without telling anyone, so zero errors here is not proof of zero "
    "errors.",
    "Add the access log of the load balancer or the server, above all when instances were stopped during the run.",
    example="71 dropped connections that hey reported as 3,000 answers of 200",
)
PASSES_FAIL = Rule(
    "L7",
    Severity.NOTE,
    "In k6's `http_req_failed` the {passes} `passes` are the requests that failed.",
    "The metric asks whether a request failed, and a pass is a yes.",
    "Claim {share} % as the error rate.",
    example="`passes: 349` and `fails: 531` with 349 failed requests",
)
OTHER_LENGTH = Rule(
    "L7",
    Severity.NOTE,
    "ab counts {count} {count:answer|answers} as failed because {count:its|their} length differs from the first one's.",
    "A page that holds a name, a time or a token has another length each time, and nothing is wrong with it.",
    "Repeat with `ab -l`, which accepts any length; then failed means failed.",
    example="`Failed requests: 37 (Connect: 0, Receive: 0, Length: 37, Exceptions: 0)`",
)
AVERAGED = Rule(
    "L8",
    Severity.WARN,
    "The {total} row's p99 ({value} ms) is the mean of the rows' p99.",
    "Percentiles cannot be averaged: the p99 of all requests depends on how many each row has and how they are spread.",
    "Compute it from the raw data, or add up histogram buckets first and take the percentile after.",
    example="rows with 100, 200 and 900 ms, and a total of 400 ms",
)
NO_TOTAL = Rule(
    "L8",
    Severity.NOTE,
    "The table has {rows} rows and none for all requests; the {level} of all lies between {low} and {high} ms.",
    "The percentile of a mixture lies between those of its parts; where, only the raw data can say.",
    "Upload the row for all requests, or one file for each endpoint that you claim a number for.",
    example="a p99 for `/cart`, one for `/item` and no total",
)
OVER_TIME = Rule(
    "L8",
    Severity.NOTE,
    "These are {points} values of the {level} of short intervals, from {low} to {high} ms; the {level} of the run lies "
    "between.",
    "The mean or the median of such points is not the percentile of the run.",
    "{option}",
    example="a range query of histogram_quantile, one point every 15 s",
)
OMITTED = Rule(
    "L9",
    Severity.WARN,
    "The slowest request took {max} ms, {ratio} times the median. If all connections waited for it, the p99 of the "
    "requests that should have been sent is about {corrected} ms, not {raw} ms.",
    "A load tool that waits for an answer before it sends the next request stops measuring exactly when the server is "
    "slow (coordinated omission).",
    "Send at a fixed rate: `wrk2 -R`, k6 with `constant-arrival-rate`, vegeta, or oha with `--latency-correction`.",
    example="a p99 of 51 ms beside a slowest request of 3,026 ms in a run of 14 s",
)
DROPPED = Rule(
    "L14",
    Severity.WARN,
    "k6 could not start {count} {count:iteration|iterations} in time.",
    "All its virtual users were still waiting, so the rate you asked for was not sent, exactly when the server was "
    "slow.",
    "Raise `preAllocatedVUs` and `maxVUs`, or ask for a lower rate.",
    example="dropped_iterations: 812",
)
BUCKETS = Rule(
    "L17",
    Severity.NOTE,
    "The p99 lies between {low} and {high} ms: the buckets are too coarse to say more.",
    "A histogram keeps only how many requests fell into each bucket.",
    "Claim the range, or add bucket bounds near the value that matters.",
    example="buckets that end at 250 and 500 ms",
)
UNSIZED = Rule(
    "L2",
    Severity.NOTE,
    "The report does not say how many requests its p99 rests on.",
    "Below 1,000 requests one hiccup moves a p99, and nobody can see here whether there were 100 or a million.",
    "Add the number of requests, or upload the tool's own output.",
    example="a table with a p99 and no count",
)
THIN_REPORT = Rule(
    "L2",
    Severity.WARN,
    "The p99 rests on {n} {n:request|requests}, so fewer than ten were slower.",
    "One hiccup moves it. A summary holds no values from which to say how far.",
    "Aim for 10,000 requests or more; that is about 100 seconds at 100 a second.",
    example="a summary of 600 requests",
)
SOME_REPORT = Rule(
    "L2",
    Severity.NOTE,
    "The p99 rests on {n} requests; about {tail} were slower.",
    "A change of a tenth or two may be chance. A summary holds no values from which to say how far.",
    "10,000 requests or more narrow it; the raw results (one row a request) give an interval.",
    example="a summary of 4,000 requests",
)
ENOUGH_REPORT = Rule(
    "L2",
    Severity.GOOD,
    "The p99 rests on {n} requests: enough to see a change of a tenth.",
    "About {tail} requests were slower than it.",
    "Nothing to do. The raw results (one row a request) would give an interval too.",
    example="a summary of 34,650 requests",
)
PARTLY = Rule(
    "L19",
    Severity.NOTE,
    "The log is long: its first {count} intervals were counted, up to line {line}.",
    "The numbers here are those of its first part.",
    "Upload the part that shows your point, or the percentile table of the whole run.",
    example="a log of a day with one interval a second",
)
UNIT_ASSUMED = Rule(
    "L13",
    Severity.NOTE,
    "The file does not name its unit, so it was assumed that {assumption}.",
    "A unit that is read wrongly makes every number a thousand times too large or too small.",
    "If it is another unit, upload a form that names it, for example a column `p99_ms`.",
    example="a percentile table of HdrHistogram, which may count ns, us or ms",
)
CUT_OFF = Rule(
    "L7",
    Severity.NOTE,
    "oha gave up {count} {count:request|requests} when its time was over; {share} % of all, and "
    "{count:it is|they are} in none of its numbers.",
    "`aborted due to deadline` counts neither as a failure nor as a latency, and slow requests are the likeliest to "
    "be cut.",
    "Let it wait for them: `oha -w` (`--wait-ongoing-requests-after-deadline`), or run longer.",
    example="400 requests cut off among 20,000: twice as many as are slower than the p99",
)
SEVERAL = Rule(
    "L19",
    Severity.NOTE,
    "The file holds {count} reports; the last one, from line {line}, was read.",
    "A claim is about one run, and the checks cannot know which you mean.",
    "Upload the run you claim as a file of its own; repeated runs are welcome as further files.",
    example="three runs of wrk pasted one after another",
)

RULES = (
    NOT_READ, TELLS_NOTHING, NO_P99, OTHER_FORM, LEVELS_ASSUMED, OUT_OF_ORDER, IN_FLIGHT, COUNT_OFF, STATUS_OFF,
    ERRORS, FAILED, HIDDEN_FAILURES, TIMED_OUT, RETRIES, PASSES_FAIL, OTHER_LENGTH, AVERAGED, NO_TOTAL,
    OVER_TIME, OMITTED, SHORT, VERY_SHORT, UNIT_ASSUMED, CUT_OFF, ODD_UNIT, SAME_HOST, DROPPED, BUCKETS,
    FEW_ROWS, THIN_TAIL, SOME_TAIL, ENOUGH, UNSIZED, THIN_REPORT, SOME_REPORT, ENOUGH_REPORT, SEVERAL, PARTLY,
)  # fmt: skip
