"""What is said of kills beside the requests around them."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

NO_TIMES = Rule(
    "K1",
    Severity.WARN,
    "No request log beside {file} has both times and statuses; nothing can be counted around the kills.",
    "Whether a user saw a kill stands in the requests of those seconds.",
    "Send one line a request with its time, status, duration and instance, from the client or the balancer.",
    example="a summary of a load tool",
)
OUTSIDE = Rule(
    "K1",
    Severity.WARN,
    "{count} of {total} kills {count:lies|lie} outside the traffic: {kills}. The requests run from {first} to "
    "{last}{hint}.",
    "A kill while nobody asks proves nothing about users.",
    "Kill in the middle of the run, and send the whole log of it, all rotated files. Look at the time zones of both.",
    example="Your kill at 14:05:10 is after the last request (14:04:58).",
)
INSIDE = Rule(
    "K1",
    Severity.GOOD,
    "{count} of {count} kills {count:lies|lie} inside the traffic, {first} to {last}.",
    "Each is held against the requests around it.",
    "Nothing to do.",
    example="two kills in a run of five minutes",
)
BROKEN = Rule(
    "K2",
    Severity.WARN,
    "{broken} user-visible {broken:error|errors} after {name} was killed{signal} at {start}: {what}; {close} "
    "within a second of the kill, the last {last} after it.",
    "The capstone asks for none: a user who gets a 502 does not know that the next request would have worked.",
    "Let the balancer try another instance (`retry-on conn-failure empty-response`, `proxy_next_upstream error timeout "
    "http_502 non_idempotent`), and notice a dead one within a second or two.",
    example="4 user-visible errors after app-1 was killed: 502: 3, without an answer: 1; 3 within a second of the kill",
)
ALL_WELL = Rule(
    "K2",
    Severity.GOOD,
    "No user-visible error in {windows} {windows:window|windows}: {requests} requests, no 5xx and none without "
    "an answer{aborted}.",
    "That is what the capstone is about.",
    "Nothing to do.",
    example="no error around two kills in 1,051 requests",
)
ELSEWHERE = Rule(
    "K2",
    Severity.NOTE,
    "{count} more {count:request|requests} failed outside the windows of the kills, the first at {first}.",
    "They count in the whole run all the same.",
    "Say in one line what they were.",
    example="a 503 a minute before the first kill",
)
SILENT = Rule(
    "K3",
    Severity.WARN,
    "While {name} was down ({down}) {rate} requests a second were logged, {share} % of the {usual} a second outside.",
    "A client that waits for its answers, or that was paused, hides the requests it would have sent and their errors.",
    "Send at a fixed rate that does not depend on the answers (wrk2 -R, k6 constant-arrival-rate, vegeta, oha -q), and "
    "log every request at the client.",
    example="12 requests a second while app-2 was down, 24 % of the usual 50",
)
FEW = Rule(
    "K4",
    Severity.WARN,
    "The windows hold {requests} {requests:request|requests}; {broken} failed, which only supports a rate below "
    "{bound} %.",
    "With few requests a balancer that fails one in a hundred looks clean more often than not.",
    "Send 50 requests a second or more while you kill, or kill more often.",
    example="0 errors in 40 requests only supports a rate below 7.5 %",
)
BOUND = Rule(
    "K4",
    Severity.NOTE,
    "In the windows {requests} requests, {broken} failed: a rate below {bound} %. In the whole run {all} requests, "
    "{errors} failed: below {whole} % (95 %).",
    "With none failed the bound is three divided by the requests (the rule of three); else it is Wilson's.",
    "More requests make it smaller: 3,000 without an error support less than 0.1 %.",
    example="0 of 1,051 requests: below 0.29 %",
)
ANSWERED = Rule(
    "K5",
    Severity.WARN,
    "{name} answered {count} {count:request|requests} between {start} and {end}, though it was killed by KILL at "
    "{at} and back only at {back}.",
    "A process that was killed by KILL answers nothing: it was another instance or process, or back much sooner.",
    "See that the name in the kill log is that of the request log, and that the process was gone (`systemctl status`).",
    example="app-2 answered 41 requests while it was down",
)
DRAINED = Rule(
    "K5",
    Severity.GOOD,
    "After TERM {name} answered for {seconds} s and then nothing until it was back, and no request failed: it drained.",
    "It finished what it had, and the balancer sent it nothing more.",
    "Nothing to do.",
    example="app-3 answered for 3 s after TERM",
)
UNNAMED = Rule(
    "K6",
    Severity.WARN,
    "Which instance answered is not to be read from {files}.",
    "Nobody can see whether the killed instance was really gone and whether the others took over.",
    "Log it: `$upstream_addr` (nginx), `%b/%s` (HAProxy), or a header `X-Served-By` that your client writes down.",
    example="a log of time, status and duration",
)
UNKNOWN = Rule(
    "K6",
    Severity.WARN,
    "The request logs know no instance that is called {names}; they name {known}.",
    "Only with one name for one instance can be seen what it answered and when.",
    "Use the balancer's names in the kill log, or add its configuration, which says which address has which name.",
    example="killed: web-2; in the log: 10.0.0.11:8000, 10.0.0.12:8000",
)
NEVER_BACK = Rule(
    "K7",
    Severity.WARN,
    "{name} answered nothing any more in the {seconds} after {back}, where it was back by the kill log.",
    "An instance that does not get traffic again leaves the others one short, until the next kill.",
    "Look at the balancer's health check: does it take a server up again by itself, and how soon?",
    example="app-2 back at 14:05:31, its last answer at 14:05:10",
)
SOONER = Rule(
    "K7",
    Severity.NOTE,
    "{name} answers again at {again}, {sooner} before the kill log has it back ({back}).",
    "Either the balancer sends it requests before it is ready, or the time of its return is written down late.",
    "Let the health check ask /readyz, and write the time at which that answered 200 again.",
    example="back at 14:05:31, its first answer at 14:05:14",
)
NOT_SPARED = Rule(
    "K7",
    Severity.WARN,
    "While {name} was down ({down}) the others answered {during} % of the requests, before it {before} %.",
    "When one instance is gone, the others answer all.",
    "See whether the instance really ended, and whether the kill log names the right one.",
    example="66 % before the kill, 67 % while it was down",
)
SPARED = Rule(
    "K7",
    Severity.GOOD,
    "While {name} was down the others answered all {count} requests; before it they answered {before} %.",
    "The survivors carried the load.",
    "Nothing to do.",
    example="67 % before, 100 % while app-2 was down",
)
SLOW = Rule(
    "K9",
    Severity.WARN,
    "After {name} was killed the slowest {step} had a p99 of {slow}, {times} times the usual {usual} (at most "
    "{outside} outside the windows).",
    "A request that waits for a dead instance until a timeout is rescued, and slow.",
    "Lower the connect timeout towards one second, and let the balancer notice a dead instance sooner.",
    example="p99 of 1.02 s in the second of the kill, 31 ms usually",
)
GO_CLIENT = Rule(
    "K10",
    Severity.WARN,
    "{file} is {tool}'s, and no balancer's log lies beside it. Go's HTTP client sends a request again by itself when a "
    "connection it kept open is cut, and says nothing of it.",
    "Errors that users of other clients would see can be missing in it.",
    "Add the balancer's access log, or let the tool open a new connection for each request.",
    example="hey's CSV alone",
)
ONLY_HEALTH = Rule(
    "K11",
    Severity.WARN,
    "Every request of {file} asks for {paths}.",
    "An address for health checks touches neither sessions nor the database nor uploads.",
    "Send what users send: reads and writes mixed.",
    example="GET /healthz 3,000 times",
)
ONLY_READS = Rule(
    "K11",
    Severity.WARN,
    "{which} of {file} asks with {methods}: nothing was written.",
    "A page that is read again does no harm. A write that is cut in the middle can be lost, or be done twice.",
    "Send what users send, with the share of POST they have, and count what arrived in the database afterwards.",
    example="GET 3,000 times",
)
IDLE = Rule(
    "K11",
    Severity.WARN,
    "{name} had answered nothing in the {seconds} s before it was killed at {start}.",
    "Killing an instance without requests tests the health check alone.",
    "See that the balancer sends to all instances before you kill one.",
    example="a backup server that is killed",
)
MOVED = Rule(
    "K12",
    Severity.WARN,
    "The clock of {file} is about {ahead} the kill log's: {name} falls silent by it that much {when}. Its times "
    "are moved by this before anything is counted.",
    "By two clocks an error lies in another window than it belongs to.",
    "Write all times in UTC with a zone, and let chrony keep the clocks (`chronyc tracking`).",
    example="the log in local time, 1 h ahead of kills in UTC",
)
ALIGNED = Rule(
    "K12",
    Severity.GOOD,
    "The clock of {file} agrees with the kill log's to about {seconds} s: killed instances fall silent when it says.",
    "Errors can be told apart by the second.",
    "Nothing to do.",
    example="app-2 falls silent 0.3 s after its kill",
)

BETWEEN = (
    NO_TIMES, OUTSIDE, INSIDE, BROKEN, ALL_WELL, ELSEWHERE, SILENT, FEW, BOUND, ANSWERED, DRAINED, UNNAMED, UNKNOWN,
    NEVER_BACK, SOONER, NOT_SPARED, SPARED, SLOW, GO_CLIENT, ONLY_HEALTH, ONLY_READS, IDLE, MOVED, ALIGNED,
)  # fmt: skip
