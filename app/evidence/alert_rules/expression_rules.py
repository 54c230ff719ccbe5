"""What may be said about an expression that loads: PromQL (A8) and burn rates (A10)."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

SHORT_WINDOW = Rule(
    "A8",
    Severity.WARN,
    "{call} over [{window}] in {alert} is shorter than four scrapes of 15 s.",
    "With fewer than two samples in it the result is empty: the alert is silent exactly when scrapes are late.",
    "Use at least four times the scrape interval: [1m] for 15 s, [5m] is a safe choice.",
    example="rate(http_requests_total[30s])",
)
RATE_OF_GAUGE = Rule(
    "A8",
    Severity.WARN,
    "{call}({metric}) in {alert}: by its name {metric} goes up and down, it is no counter.",
    "rate takes every fall for a restart and adds what was there before: the result has no meaning.",
    "Use deriv or delta for gauges, or compare the value itself.",
    example="rate(node_memory_MemAvailable_bytes[5m])",
)
RATE_OF_SUM = Rule(
    "A8",
    Severity.WARN,
    "{alert} takes the {call} of a sum.",
    "When one instance restarts its counter falls to zero, and in a sum that cannot be told from a fall of the whole.",
    "Sum the rates: sum(rate(http_requests_total[5m])).",
    example="rate(sum(http_requests_total)[5m:1m])",
)
NO_LE = Rule(
    "A8",
    Severity.WARN,
    "histogram_quantile in {alert} gets {aggregate} of {metric} without the label le.",
    "The buckets are told apart by le; without it the result is empty and the alert never fires.",
    "sum by (le) (rate({metric}[5m])), with any other label you want to keep beside le.",
    example="histogram_quantile(0.99, sum(rate(http_request_duration_seconds_bucket[5m])))",
)
NO_RATE = Rule(
    "A8",
    Severity.WARN,
    "histogram_quantile in {alert} gets {metric} without a rate.",
    "It then speaks of all requests since each process began, and hardly moves any more.",
    "histogram_quantile(0.99, sum by (le) (rate({metric}[5m]))).",
    example="histogram_quantile(0.99, http_request_duration_seconds_bucket)",
)
NO_QUANTILE = Rule(
    "A8",
    Severity.WARN,
    "histogram_quantile in {alert} asks for the quantile {level}.",
    "A quantile lies between 0 and 1; outside of it the result is infinite.",
    "0.99 for the 99th percentile.",
    example="histogram_quantile(99, …)",
)
AVERAGED = Rule(
    "A8",
    Severity.WARN,
    "{alert} takes {average} of percentiles ({what}).",
    "The average of percentiles is no percentile: an instance with few requests counts like the others.",
    "Add up the buckets first: histogram_quantile(0.99, sum by (le) (rate(…_bucket[5m]))).",
    example="avg(histogram_quantile(0.99, …)), or avg of a summary's quantile 0.99",
)
EQUALITY = Rule(
    "A8",
    Severity.WARN,
    "{alert} compares a computed number with {operator} {value}.",
    "Rates and averages are fractions; they are hardly ever exactly one number.",
    "Use > or <.",
    example="rate(errors_total[5m]) == 0.5",
)
ALWAYS = Rule(
    "A8",
    Severity.NOTE,
    "{alert} fires for every series of its expression: {what}.",
    "An alert asks only whether the expression gives a series, not whether its value is true.",
    "Compare with a number, without bool; if a series means trouble by being there, nothing is to be done.",
    example="expr: rate(http_requests_total[5m])",
)
UNGUARDED = Rule(
    "A8",
    Severity.NOTE,
    "{count} {count:alert divides by a rate and does|alerts divide by a rate and do} not ask how much traffic "
    "there is: {names}.",
    "At night one failed request of three is 33 %, and without any request the result is no number.",
    "Add a least amount: `and sum(rate(http_requests_total[5m])) > 1`.",
    example="errors / requests > 0.01, with a request a minute at night",
)
OTHER_WINDOW = Rule(
    "A8",
    Severity.WARN,
    "{series} is computed over {window}, and its name says {named}.",
    "Whoever writes an alert on it takes the window from the name: a burn rate is then computed for the wrong one.",
    "Write [{named}] into the expression, or let the name end in the window that is there.",
    example="job:errors:ratio_rate1h recorded from rate(errors_total[5m])",
)
BURN_OTHER = Rule(
    "A10",
    Severity.WARN,
    "{alert}: {factor} x (1 - {target}) = {expected}, your rule uses {threshold} over {window}.",
    "A threshold that does not follow from the objective pages too late, or for nothing.",
    "Write the sum into the rule, so that it can be read: `> ({factor} * {budget})`, or correct the objective.",
    example="0.02 over 1h for an objective of 99.9 %: 14.4 x (1 - 0.999) = 0.0144",
)
BURN_SWAPPED = Rule(
    "A10",
    Severity.WARN,
    "{alert} uses the factor {factor} over {window}: the usual one there is {usual}; {factor} belongs to {belongs}.",
    "{factor} over {window} fires when {part} of the budget of {period} is gone.",
    "For an objective over 30 days pair 14.4 with 1h (2 %), 6 with 6h (5 %), 3 with 1d and 1 with 3d (10 %); "
    "over other days these factors are multiplied by days / 30.",
    example="14.4 over 6h, which lets 12 % of the budget go first",
)
BURN_NEVER = Rule(
    "A10",
    Severity.WARN,
    "{alert}: the factor {factor} over {window} needs {part} of the budget of {period}.",
    "The whole budget is gone before it fires.",
    "factor = part of the budget x period / window, with a part of 2 to 10 %.",
    example="a factor of 14.4 over 3d, 144 % of 30 days",
)
BURN_ONE_WINDOW = Rule(
    "A10",
    Severity.NOTE,
    "{alert} looks at one window only ({window}).",
    "It goes on firing for up to that long after the errors have stopped.",
    "Add a short one, a twelfth of the long: `and … 5m > the same threshold`.",
    example="a ratio over 1h, without the one over 5m beside it",
)
BURN_FITS = Rule(
    "A10",
    Severity.GOOD,
    "{alert} was computed again: {factor} x {budget} = {threshold} over {window}, {part} of the budget of {period}.",
    "The threshold follows from the objective.",
    "Nothing to do.",
    example="14.4 x 0.001 = 0.0144 over 1h, 2 % of 30 days",
)

EXPRESSIONS = (
    SHORT_WINDOW, RATE_OF_GAUGE, RATE_OF_SUM, NO_LE, NO_RATE, NO_QUANTILE, AVERAGED, EQUALITY, ALWAYS, UNGUARDED,
    OTHER_WINDOW, BURN_OTHER, BURN_SWAPPED, BURN_NEVER, BURN_ONE_WINDOW, BURN_FITS,
)  # fmt: skip
