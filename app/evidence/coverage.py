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
}

GAPS: dict[str, str] = {
    "G6": "A file alone cannot know it: every report carries a `fingerprint` (a hash without spaces), and comparing "
    "it across learners needs the portal's database.",
}


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
