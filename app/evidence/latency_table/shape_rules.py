"""The rules for shapes that measured latencies do not have; for the reviewer, as questions (see `patterns`)."""

from app.evidence.findings import Audience, Rule, Severity

DOUBLED = Rule(
    "L15",
    Severity.NOTE,
    "Among the first {n} rows {count} latencies occur exactly {times} times each, and hardly any {more} times. A "
    "pattern worth asking about.",
    "Where chance makes many values equal twice, it makes some equal three times. Rows that were copied and shuffled "
    "do not, nor does a log that holds each request twice.",
    "Ask how the file was made.",
    audience=Audience.REVIEWER,
    example="5,000 requests and the same 5,000 again, in another order and under other times",
)
CAPPED = Rule(
    "L15",
    Severity.NOTE,
    "{count} requests took exactly {max} ms, and none took longer. A pattern worth asking about.",
    "Measured latencies thin out towards the slowest. Values cut to a limit end like this, and so does a time-out that "
    "is logged as an answer.",
    "Ask how the file was made.",
    audience=Audience.REVIEWER,
    example="every latency above 200 ms written as 200",
)
TAIL_CUT = Rule(
    "L15",
    Severity.NOTE,
    "The slowest requests end at {max} ms as if at a wall: the p99.9 is {p999} ms and the p99 {p99} ms. A pattern "
    "worth asking about.",
    "Measured latencies thin out towards the slowest. Where the slowest rows were deleted the rest ends abruptly; a "
    "filter and a delay that a test server draws between two limits do this too.",
    "Ask how the file was made.",
    audience=Audience.REVIEWER,
    example="a file without its slowest hundredth",
)
COARSE = Rule(
    "L15",
    Severity.NOTE,
    "All of the first {n} latencies are multiples of {step} ms. A pattern worth asking about.",
    "Clocks count finer. Values that were rounded by hand or by a script look like this, and so does a timer that "
    "ticks that slowly.",
    "Ask how the file was made.",
    audience=Audience.REVIEWER,
    example="480, 120, 90, ... in a column `latency_ms`",
)
RULES: tuple[Rule, ...] = (DOUBLED, CAPPED, TAIL_CUT, COARSE)
