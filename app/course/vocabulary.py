"""The words a course may use: metrics with their units, sides, directions; and the sizes it must have."""

TIME = frozenset({"ms", "s", "min"})
COUNT = frozenset({"count"})
WORDS = frozenset({"text"})
"""The unit of what is claimed in words."""

# A claim names one of these; the ledger recomputes it from the files of the claim's slot.
UNITS: dict[str, frozenset[str]] = {
    "p50": TIME,
    "p90": TIME,
    "p95": TIME,
    "p99": TIME,
    "p999": TIME,
    "max": TIME,
    "mean": TIME,
    "plan_time": TIME,
    "rollback_duration": TIME,
    "throughput": frozenset({"requests/s"}),
    "duration": frozenset({"s", "min"}),
    "connections": COUNT,
    "endpoint": WORDS,
    "hot_spot": WORDS,
    "error_rate": frozenset({"%"}),
    "slo_target": frozenset({"%", "ms", "s"}),
    "window": frozenset({"days", "min"}),
    "cost": frozenset({"USD"}),
    "cost_per_request": frozenset({"USD"}),
    "storage": frozenset({"GB"}),
    "peak_factor": frozenset({"x"}),
    "users": COUNT,
    "requests": COUNT,
    "instances": COUNT,
    "kills": COUNT,
    "user_errors": COUNT,
    "count_5xx": COUNT,
    "deploys": COUNT,
    "alerts_without_runbook": COUNT,
}
ALL_UNITS = frozenset().union(*UNITS.values())

SIDES = frozenset({"before", "after"})
DIRECTIONS = frozenset({"lower", "higher"})

LEAST_MOVES = 4
LEAST_CRITERIA = 5
MOST_CRITERIA = 8
LEVELS = 4
FIT_BLANKS = ("product", "traffic", "stack", "bottleneck")
