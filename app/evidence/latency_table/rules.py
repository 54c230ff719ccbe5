"""The rules for latency tables. L1, L3 and L12 need claims or a pair of files and are applied by the ledger.

Only a table that is no evidence is a block; weak, odd or not comparable numbers are warnings."""

from app.evidence.findings import Audience, Rule, Severity

NO_ROWS = Rule(
    "G1",
    Severity.BLOCK,
    "No request could be read: none of its rows ({rows}) has a number in `{column}`.",
    "Without latencies there is nothing to recompute.",
    "Check that the file is the raw export, one row a request, and that the column holds numbers.",
    example="a column `latency_ms` that holds only `n/a`",
)
NOT_COUNTED = Rule(
    "G1",
    Severity.BLOCK,
    "The table could not be read: {reason}",
    "A table that the checks cannot read cannot back a number.",
    "Export it again as CSV in UTF-8 with one header line, and look for a quote that is opened and never closed.",
    example="a line of two megabytes",
)
BAD_ROWS = Rule(
    "L18",
    Severity.WARN,
    "{count} of {rows} rows {count:has|have} no usable latency. The first is {place}: `{text}`.",
    "Rows that cannot be counted are missing from every number. Negative times, `NaN` and text are no latencies.",
    "If these requests failed, keep the row and say so in a status column; if the export broke, export again.",
    example="a row `2026-11-22T10:00:00Z,GET,NaN`",
)
LONG_ROWS = Rule(
    "L18",
    Severity.WARN,
    "{count} of {rows} lines {count:is|are} longer than a megabyte and {count:was|were} left out.",
    "No tool writes such a line about one request; lines were joined, or a body was logged.",
    "Look for a lost line break, and log no bodies.",
    example="a log in which one line has three megabytes",
)
FEW_ROWS = Rule(
    "L2",
    Severity.WARN,
    "{n} {n:request is|requests are} too few for a p99: it is the slowest {slowest}, and below 368 it has no "
    "upper bound.",
    "With so few requests the p99 of the next run may be twice or half of this one.",
    "Aim for 10,000 requests or more; that is about 100 seconds at 100 a second.",
    example="120 requests and a p99",
)
THIN_TAIL = Rule(
    "L2",
    Severity.WARN,
    "{n} requests leave the p99 between {low} and {high} ms.",
    "Fewer than ten requests are slower than the p99, so one hiccup moves it.",
    "Aim for 10,000 requests or more; that is about 100 seconds at 100 a second.",
    example="600 requests",
)
SOME_TAIL = Rule(
    "L2",
    Severity.NOTE,
    "{n} requests put the p99 between {low} and {high} ms (95 % confidence, at least).",
    "A change smaller than this interval may be chance.",
    "10,000 requests or more narrow it to about a tenth of the p99.",
    example="4,000 requests",
)
ENOUGH = Rule(
    "L2",
    Severity.GOOD,
    "{n} requests hold the p99 between {low} and {high} ms: enough to see a change.",
    "Of a hundred such intervals 95 hold the true p99, if requests are independent.",
    "Nothing to do.",
    example="50,000 requests",
)
IMPOSSIBLE_ORDER = Rule(
    "L5",
    Severity.WARN,
    "The claims for `{slot}` cannot all be true: {first} is {first_value} ms and {second} is {second_value} ms.",
    "Percentiles rise: p50 <= p90 <= p95 <= p99 <= max, the p50 is at most twice the mean and the p99 at most a "
    "hundred times.",
    "Check which number belongs to which percentile.",
    example="p95 = 300 ms and p99 = 120 ms",
)
TOO_MANY_IN_FLIGHT = Rule(
    "L6",
    Severity.WARN,
    "{throughput} requests a second at a mean of {mean} ms need {needed} in flight, but the table says {recorded}.",
    "Little's law (in flight = rate x mean time) holds for every system; when it does not, rows were added, cut or "
    "mixed from several runs, or a unit is wrong.",
    "Check the unit of the latency column and that the file is one run.",
    example="1,000 requests a second at 100 ms with 10 threads",
)
ERRORS = Rule(
    "L7",
    Severity.WARN,
    "{share} % of the requests failed ({errors} of {n}{classes}).",
    "Errors are often fast, and fast errors make a p99 look good. All requests: p99 {p99} ms; only those that "
    "succeeded: {p99_ok} ms.",
    "Say what failed and why, and claim the numbers of the successful requests beside those of all.",
    example="30 answers of 502 among 1,000",
)
ERRORS_COUNTED = Rule(
    "L7",
    Severity.WARN,
    "{share} % of the requests failed ({errors} of {n}{classes}).",
    "Each of them is something a user saw.",
    "Say which requests failed and why; in a log from before the change they are what it mends. Health checks and "
    "probing robots can be left out of the log you send.",
    example="30 answers of 502 in an access log of 1,000 lines",
)
NOT_SERVED = Rule(
    "L7",
    Severity.NOTE,
    "{share} % of the answers were 4xx ({errors} of {n}{classes}); none was a 5xx.",
    "A server says so to a wrong address or a missing right. Robots cause most of them, broken links some.",
    "Nothing to do when they are not yours; else say which requests these are.",
    example="a week of an access log with 2 % of 404",
)
GAVE_UP = Rule(
    "L7",
    Severity.NOTE,
    "In {aborted} of {n} requests the client gave up before the answer was there; they are not counted as errors.",
    "A server writes 499, 0 or -1 for them. People who close a page do this; so does a client whose own time limit has "
    "passed, and that is a failure its user saw.",
    "Say what time limit the client had. The client's own log tells the two apart.",
    example="12 lines with status 499",
)
RESCUED = Rule(
    "K8",
    Severity.GOOD,
    "{masked} {masked:request was|requests were} answered well after a retry on another instance: no user saw the "
    "first failure.",
    "A load balancer that asks the next instance hides the death of one. It is worth explaining how.",
    "Nothing to do. Say which setting retries, and that it does so only for requests that may safely be repeated.",
    example="upstream status `502, 200` in nginx, retries `+1` in HAProxy",
)
NO_TIMES = Rule(
    "L4",
    Severity.NOTE,
    "This access log does not say how long a request took. Its {requests} requests, statuses and rate were counted.",
    "The combined format, which nginx and Apache write unless told otherwise, has no time of the request.",
    "Nothing to do where only requests and statuses count. For latencies record again: "
    'nginx: `log_format timed \'$remote_addr - - [$time_iso8601] "$request" $status $body_bytes_sent "-" "-" '
    'at=$msec rt=$request_time urt="$upstream_response_time" us="$upstream_status" ua="$upstream_addr"\';` and '
    "`access_log /var/log/nginx/access.log timed;`. Apache: add `%D` at the end of `LogFormat`; "
    "gunicorn: `%(D)s` at that of `--access-logformat`; Express: `morgan('dev')`.",
    example='a line that ends in `"GET / HTTP/1.1" 200 612 "-" "curl/8.5"`',
)
SAME_HOST = Rule(
    "L14",
    Severity.WARN,
    "The requests went to {host}: client and server shared one machine.",
    "They also shared its processors, and nothing crossed a network. What was measured is the two of them together.",
    "Send the load from another machine, or say that both ran on one and what was left of its processors.",
    example="a vegeta file whose url is http://localhost:8000/cart",
)
LOCAL_CLIENT = Rule(
    "L14",
    Severity.NOTE,
    "Nearly all requests came from {host}, the machine that wrote this log.",
    "Either the load came from the same machine and shared its processors, or a proxy on it stands in front.",
    "Say which of the two it was.",
    example="an access log whose clients are all 127.0.0.1",
)
ERRORS_HIDDEN = Rule(
    "L7",
    Severity.NOTE,
    "{tool} does not write requests that got no answer into this table.",
    "A dropped connection or a time-out is missing here, and Go clients also retry on reused connections by "
    "themselves, so zero errors in this file is not proof of zero errors.",
    "Add the summary the tool prints, or the access log of the load balancer.",
    example="any CSV written by hey",
)
STALLED = Rule(
    "L9",
    Severity.WARN,
    "For {stalled} s of {duration} s no request was sent, because all {connections} connections were waiting. "
    "Counting the requests that should have been sent, the p99 is about {corrected} ms, not {raw} ms.",
    "A load tool that waits for an answer before it sends the next request stops measuring exactly when the server is "
    "slow (coordinated omission).",
    "Send at a fixed rate: `wrk2 -R`, k6 with `constant-arrival-rate`, vegeta, or oha with `--latency-correction`.",
    example="ten connections and a server that froze twice for 1.5 s",
)
SHORT = Rule(
    "L10",
    Severity.WARN,
    "The recording lasts {duration} s.",
    "Under a minute one garbage collection, one checkpoint or one cold cache decides the result.",
    "Record at least 60 seconds; three minutes for a change to the infrastructure.",
    example="a run of 20 seconds",
)
VERY_SHORT = Rule(
    "L10",
    Severity.WARN,
    "The recording lasts only {duration} s, too short to call it a load.",
    "In a few seconds nothing is warm, nothing queues and nothing is flushed to disk.",
    "Record at least 60 seconds; three minutes for a change to the infrastructure.",
    example="a run of 3 seconds",
)
WARM_UP = Rule(
    "L11",
    Severity.NOTE,
    "The first {seconds} s are slow: p99 {first} ms, against {rest} ms afterwards.",
    "Cold caches and connection set-up belong to the start, not to the steady state.",
    "Give the p99 with and without the first tenth, and say which one you claim.",
    example="a p99 of 900 ms in the first ten seconds and 80 ms later",
)
DRIFT = Rule(
    "L11",
    Severity.NOTE,
    "The run gets slower: p99 {first} ms in its first third, {last} ms in its last.",
    "A run that drifts has not reached a steady state: a queue, a cache or a table is still growing.",
    "Run longer until it settles, or explain what grows.",
    example="a p99 that climbs from 50 to 200 ms",
)
ASSUMED = Rule(
    "L13",
    Severity.NOTE,
    "The header does not say everything, so it was assumed that {assumption}.",
    "Seconds read as milliseconds are the commonest mistake in latency files.",
    "Put the unit into the header, for example `latency_ms`.",
    example="a column `latency` with values such as 0.0123",
)
ODD_UNIT = Rule(
    "L13",
    Severity.WARN,
    "Read in {unit}, the p99 is {p99} ms, which is hardly a request over a network. Is the unit right?",
    "Seconds read as milliseconds are the commonest mistake in latency files.",
    "Put the unit into the header, for example `latency_ms`, or correct it.",
    example="a column `latency_ms` that holds seconds: p99 = 0.02 ms",
)
HIDDEN_UNIT = Rule(
    "L13",
    Severity.WARN,
    "Read in {unit}, no requests overlap; a thousand times longer they fit {connections} connections exactly.",
    "Seconds read as milliseconds are the commonest mistake in latency files.",
    "Put the unit into the header, for example `latency_s`, or correct it.",
    example="a column `latency_ms` that holds seconds, from ten connections",
)
REPEATED = Rule(
    "L15",
    Severity.NOTE,
    "Rows {from_row} to {to_row} repeat rows {of_row} to {of_last}. A pattern worth asking about.",
    "Measured times hardly ever repeat in long blocks. Joining the same export twice does this too.",
    "Ask how the file was made.",
    audience=Audience.REVIEWER,
    example="one run pasted twice",
)
EVEN_GAPS = Rule(
    "L15",
    Severity.NOTE,
    "All {n} requests start exactly {gap} s apart. A pattern worth asking about.",
    "Real clients jitter by microseconds at least. A fixed rate and a clock of few digits can look like this.",
    "Ask how the file was made.",
    audience=Audience.REVIEWER,
    example="start times 0.00, 0.01, 0.02, ...",
)
TOO_SYMMETRIC = Rule(
    "L15",
    Severity.NOTE,
    "The latencies are symmetric around {mean} ms (skewness {skewness}). A pattern worth asking about.",
    "Waiting has a floor and no ceiling, so latencies lean to the right; symmetric ones come from a random generator "
    "or a simulated delay.",
    "Ask how the file was made.",
    audience=Audience.REVIEWER,
    example="normally distributed values",
)
LAST_DIGITS = Rule(
    "L15",
    Severity.NOTE,
    "The last digits are uneven: {digit} ends {share} % of the values. A pattern worth asking about.",
    "The last of four or more measured digits is spread evenly; typed or scaled numbers are not. A coarse timer "
    "in the tool does this too.",
    "Ask how the file was made.",
    audience=Audience.REVIEWER,
    example="values that nearly all end in 0 or 5",
)
NEVER_OVERTAKES = Rule(
    "L15",
    Severity.NOTE,
    "With {in_flight} requests in flight no request ever finished before one that started earlier. A pattern worth "
    "asking about.",
    "Concurrent requests overtake each other all the time, unless something handles them strictly one after another.",
    "Ask how the file was made.",
    audience=Audience.REVIEWER,
    example="20,000 rows in the same order by start and by end",
)
ROUNDED = Rule(
    "L15",
    Severity.NOTE,
    "{share} % of the latencies are whole milliseconds, and {tool} writes {written}. A pattern worth asking about.",
    "A tool does not round its own output. Scripts that shorten a file do, and so do people who type one.",
    "Ask how the file was made.",
    audience=Audience.REVIEWER,
    example="a vegeta file in which every latency ends in 000000",
)

RULES: tuple[Rule, ...] = (
    FEW_ROWS, THIN_TAIL, SOME_TAIL, ENOUGH, TOO_MANY_IN_FLIGHT, ERRORS, ERRORS_HIDDEN, STALLED, SHORT,
    VERY_SHORT, WARM_UP, DRIFT, ASSUMED, ODD_UNIT, HIDDEN_UNIT, LONG_ROWS, ERRORS_COUNTED, NOT_SERVED, GAVE_UP,
    RESCUED, NO_TIMES, SAME_HOST, LOCAL_CLIENT, ROUNDED, REPEATED, EVEN_GAPS, TOO_SYMMETRIC, LAST_DIGITS,
    NEVER_OVERTAKES, BAD_ROWS, NO_ROWS, NOT_COUNTED,
)  # fmt: skip
