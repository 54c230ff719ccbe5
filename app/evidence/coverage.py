"""Which checks the specification of the course's evidence names, and why one of them is not made.

A check without a line in `GAPS` must be a rule of some kind; one with a line must not. The test holds both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

CHECKS: dict[str, str] = {
    "G1": "empty or unreadable",
    "G2": "larger than is read",
    "G3": "secrets",
    "G4": "personal data in bulk",
    "G5": "a screenshot instead of text",
    "G6": "the same file from another learner",
    "G7": "before and after are byte-identical",
    "G8": "times in the future",
    "G9": "cut off",
    "E1": "no plan found",
    "E2": "estimates only",
    "E3": "before and after are missing or identical",
    "E4": "before and after are different queries",
    "E5": "the data changed between before and after",
    "E6": "the improvement is the cache",
    "E7": "the claimed database time is not the plan's",
    "E8": "after is not faster, or within what single runs differ by",
    "E9": "numbers that do not fit together",
    "E10": "cut off",
    "E11": "the steps that take the time",
    "E12": "row estimates far off",
    "E13": "rows read to be thrown away",
    "E14": "sorts and hashes on disk",
    "E15": "lossy blocks and rechecks",
    "E16": "heap fetches of an index-only scan",
    "E17": "inner steps that run very often",
    "E18": "workers missing, JIT, planning, triggers",
    "E19": "the after plan was made with settings switched off",
    "E20": "no BUFFERS, no TIMING",
    "E21": "the index of the plan is created in the diff",
    "L1": "the claim is not what the file gives",
    "L2": "too few requests for a p99",
    "L3": "before and after are within the noise",
    "L4": "the tool printed no such percentile",
    "L5": "an impossible order of numbers",
    "L6": "more in flight than connections (Little's law), counts that do not add up",
    "L7": "errors, and percentiles of successes only",
    "L8": "averaged percentiles",
    "L9": "coordinated omission",
    "L10": "too short",
    "L11": "warm-up and drift",
    "L12": "before and after under different load",
    "L13": "a unit a thousandfold off",
    "L14": "client and server on one machine, tool saturated",
    "L15": "patterns worth asking about (reviewers only)",
    "L16": "throughput up with concurrency, or latency traded for it",
    "L17": "quantiles from coarse buckets",
    "C1": "cost per request is not cost divided by requests",
    "C2": "the sheet's requests are not the measured ones",
    "C3": "a typed number among formulas",
    "C4": "cached values that differ, errors, external links, hidden rows",
    "C5": "missing lines: egress, storage, logs, load balancer",
    "C6": "mixed units and periods, no source of prices",
    "C7": "cost fell only because traffic fell",
    "P1": "not a profile, or no samples",
    "P2": "too few samples or too short",
    "P3": "the claimed share of a hot spot is not the profile's",
    "P4": "the hot spot is not lower after, or other programs",
    "P5": "mostly idle",
    "P6": "overhead of the profiler, no symbols",
    "P7": "the hottest functions",
    "D1": "no patch, or no changed lines",
    "D2": "parts that do not hold the lines they announce",
    "D3": "mostly generated, or too long to read",
    "D4": "state that moves out of the process or stays in it, an address for readiness",
    "D5": "SIGTERM, preStop and grace",
    "D6": "secrets in added lines",
    "D7": "the index of the plan is created in the patch",
    "D8": "indexes made under a lock, migrations that the running version cannot live with",
    "B1": "fewer than three instances",
    "B2": "no health check, or one that does not ask for readiness",
    "B3": "a dead instance is noticed late",
    "B4": "no retry elsewhere, or POST sent twice",
    "B5": "sticky sessions",
    "B6": "one machine, no timeouts, open administration",
    "B7": "drain and grace do not fit; one address for readiness and liveness",
    "B8": "instances of the logs that are not in the configuration",
    "K1": "kills, and kills outside the traffic",
    "K2": "requests that failed around a kill",
    "K3": "no traffic around a kill, or half of it",
    "K4": "too few requests around the kills, the bound",
    "K5": "requests that a dead instance answers",
    "K6": "nobody says which instance it was",
    "K7": "an instance that does not come back",
    "K8": "requests that a retry rescued",
    "K9": "latency around a kill",
    "K10": "a client that tries again by itself",
    "K11": "one instance, one signal, an idle system",
    "K12": "clocks that do not agree",
    "Y1": "fewer than ten different completed deploys",
    "Y2": "requests that failed while a deploy ran",
    "Y3": "windows without a log, silence, rates instead of counts",
    "Y4": "too few requests in a window, the bound over all",
    "Y5": "deploys that overlap, are out of order or all alike",
    "Y6": "a version that is deployed again",
    "Y7": "a smoke test that the deploy waits for, and a run it has stopped",
    "Y8": "instances end before the balancer has noticed",
    "Y9": "the record of a rollback drill",
    "Y10": "migrations the running version cannot live with",
    "Y11": "the DORA figures",
    "Y12": "parts of a canary or blue-green plan",
    "A1": "not YAML, no rules or objectives",
    "A2": "fewer than five alerts",
    "A3": "an expression that does not parse",
    "A4": "an alert without a runbook in the package",
    "A5": "no summary or description, broken templates",
    "A6": "no `for`, or one too short or too long",
    "A7": "no severity, an unknown one, all critical",
    "A8": "rates, histograms, averages and comparisons that mislead",
    "A9": "causes only, no symptom",
    "A10": "burn-rate arithmetic",
    "A11": "objectives without indicator, target, window, owner or policy; budgets that do not follow",
    "A12": "100 %, too many nines, no data source, traffic so low that one error fires an alert",
    "A13": "routes and receivers of Alertmanager",
    "A14": "duplicates, copies of public packs (reviewers only)",
    "R1": "fewer than four different kill switches",
    "R2": "effect, owner, command or safe state of a switch missing",
    "R3": "switches not tested, or not for half a year",
    "R4": "a switch that needs a deploy",
    "R5": "switches that the flag service's export does not know",
    "R6": "one owner for all switches",
    "R7": "the time from flip to effect",
    "N1": "an alert without a runbook",
    "N2": "no diagnosis or no mitigation",
    "N3": "short, or without command, query or link",
    "N4": "no escalation, no proof that it worked",
    "N5": "words to be filled in, pages that repeat each other",
    "N6": "commands that name nothing of the package",
    "H1": "a quarter without a drill",
    "H2": "hypothesis, blast radius, abort condition or owner missing",
    "H3": "always the same scenario, weekends, days in the past",
    "H4": "drills and the package's alerts",
    "Q1": "a part of the plan is missing, or it cannot be read",
    "Q2": "a milestone is missing",
    "Q3": "sums that do not give what is written",
    "Q4": "no peak factor, or an unusual one",
    "Q5": "fewer workers or connections than rate x time (Little's law)",
    "Q6": "no storage, growth or bytes out",
    "Q7": "numbers that shrink from stage to stage, or differ from the table or a cost sheet",
    "Q8": "three things to add, three mistakes with their signs",
    "Q9": "results without a unit",
    "Q10": "the text of another learner",
}

GAPS: dict[str, str] = {
    "D6": "Said as G3, as of every file.",
    "Y10": "Said as D8, of the patches: steps in a migration that the running version cannot live with.",
    "Q10": "Said as G6, as of every text that others have sent.",
    "E7": "Said as L1, as of every number claimed: the ledger holds it against the plan's Execution Time.",
    "P3": "The ledger says it: the function a learner names is held against its share in the profile, and a "
    "contradiction is L1.",
    "N1": "Said as A4, of the alerts: the names in the rules are held against the runbooks handed in.",
}

MILDER = (
    "D2",
    "E2", "L1", "L2", "L4", "L5", "L6", "L10", "C1", "C2", "A2", "A4", "K2", "K3", "K5", "Y2", "Y3", "R2", "H2", "Q1",
)  # fmt: skip
"""Checks for which the specification asks for a block, and a warn is given: the file is evidence all the same."""

UNSEEN = (
    "Not seen: all times of a single latency file moved by whole hours, as by another zone. Rates, durations and "
    "percentiles do not change with it, and nothing in the file says when it was. Beside a kill log it is K12, "
    "beside a timeline of deploys Y3, and later than today G8."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One check of the table: its rules' severities when it is made, else the reason of the gap."""

    code: str
    what: str
    severities: tuple[str, ...]
    gap: str


def lines(severities: dict[str, tuple[str, ...]]) -> Iterator[Line]:
    """The table; `severities` are those of the rules there are, by code."""
    for code, what in CHECKS.items():
        yield Line(code, what, severities.get(code, ()), GAPS.get(code, ""))
