"""Whether a capacity table is whole and its numbers fit each other: within a row, and from stage to stage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from app.evidence.capacity_table import rules
from app.evidence.capacity_table.stages import MILESTONES
from app.evidence.findings import Finding, Where, phrase
from app.evidence.units import shown

_IN_HEAD = re.compile(r"(?:^|[\s(])(?:[x×] ?\d|\d{1,2} ?[x×])", re.IGNORECASE)
"""A factor that the head of a column names: `peak RPS (x5)`."""
Stage = Mapping[str, Any]
CLOSE, DAY = 0.03, 86_400
LEAST_FACTOR, MOST_FACTOR = 2, 10
GROWING = {
    "peak_rps": phrase("The peak rate"),
    "storage": phrase("Storage"),
    "cost": phrase("Cost"),
    "users": phrase("The number of users"),
}
_UNITS = {"storage": "GB", "cost": "", "latency": "ms"}
_PRODUCTS = (
    ("peak_rps", ("mean_rps", "peak_factor"), 1.0, ""),
    ("mean_rps", ("users", "requests_per_user"), DAY, " / 86,400"),
    ("peak_rps", ("users", "requests_per_user", "peak_factor"), DAY, " / 86,400"),
    ("in_flight", ("peak_rps", "latency"), 1000.0, " / 1,000"),
)
"""A column, those whose product it is, what that is divided by, and how that is written."""


def sums(stages: Sequence[Stage]) -> Iterator[dict[str, Any]]:
    """Every column that follows from others, computed again."""
    for stage in stages:
        numbers = stage["numbers"]
        for name, factors, divisor, sign in _PRODUCTS:
            if name in numbers and all(factor in numbers for factor in factors):
                yield _sum(stage, name, factors, divisor, sign)


def _sum(stage: Stage, name: str, factors: Sequence[str], divisor: float, sign: str) -> dict[str, Any]:
    """One product, beside what the table says and how finely it says it."""
    numbers = stage["numbers"]
    product, spread = 1 / divisor, 0.0
    for factor in factors:
        number = numbers[factor]
        product *= number["value"]
        spread += 0.0 if factor == "users" else _rounding(number)
    written = numbers[name]["value"]
    slack = abs(product) * (CLOSE + spread) + numbers[name]["step"] * 0.999
    text = " x ".join(f"{shown(numbers[factor]['value'])} {_spoken(factor)}" for factor in factors) + sign
    return {
        "text": text, "written": written, "written_text": numbers[name]["written"], "recomputed": product,
        "agrees": abs(product - written) <= slack, "unit": numbers[name]["unit"], "line": stage["line"],
        "users": stage["users"],
    }  # fmt: skip


def _rounding(number: Mapping[str, Any]) -> float:
    """How far a factor may be from what was meant, as a share: 0.2 was 0.15 to 0.25."""
    return 0.5 * number["step"] / number["value"] if number["value"] > 0 and number["step"] < 1 else 0.0


def _spoken(name: str) -> str:
    return name.replace("_", " ").replace("rps", "requests/s").replace("latency", "ms")


def findings(
    heads: Sequence[str], roles: Sequence[str], stages: Sequence[Stage], done: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    """Everything that is to be said of one table."""
    yield from _missing(stages)
    yield from _columns(heads, roles, stages)
    for one in done:
        if not one["agrees"]:
            yield rules.ROW_SUM.at(
                Where(line=one["line"]), users=f"{one['users']:,}", text=one["text"],
                recomputed=shown(one["recomputed"]), written=one["written_text"],
            )  # fmt: skip
    yield from between(stages)
    for stage in stages:
        yield from _factor(stage)
        yield from _little(stage)


def _missing(stages: Sequence[Stage]) -> Iterator[Finding]:
    there = {stage["users"] for stage in stages}
    missing = [f"{users:,}" for users in MILESTONES if users not in there]
    if missing:
        yield rules.STAGE_MISSING.at(missing=", ".join(missing))


def _columns(heads: Sequence[str], roles: Sequence[str], stages: Sequence[Stage]) -> Iterator[Finding]:
    """Columns that a plan cannot do without, and those without a unit."""
    if "peak_factor" not in roles and not any(_IN_HEAD.search(head) for head in heads):
        yield rules.NO_FACTOR.at()
    if not {"storage", "growth"} & set(roles):
        yield rules.NO_GROWTH.at(what=phrase("column of storage"))
    for name, head in zip(roles, heads, strict=False):
        held = (
            [stage["numbers"][name] for stage in stages if name in stage["numbers"]] if name in _UNITS else []
        )
        if held and not any(number["unit"] for number in held):
            yield rules.NO_UNIT.at(column=head)


def between(stages: Sequence[Stage]) -> Iterator[Finding]:
    """What falls while the users grow."""
    for before, after in pairwise(sorted(stages, key=lambda stage: int(stage["users"]))):
        for name, words in GROWING.items():
            pair = [stage["numbers"][name] for stage in (before, after) if name in stage["numbers"]]
            if len(pair) == 2 and pair[1]["value"] < pair[0]["value"]:
                yield rules.SHRINKS.at(
                    Where(line=after["line"]), what=words, before=pair[0]["written"], after=pair[1]["written"],
                    fewer=f"{before['users']:,}", users=f"{after['users']:,}",
                )  # fmt: skip


def _factor(stage: Stage) -> Iterator[Finding]:
    factor = stage["numbers"].get("peak_factor")
    if factor and not LEAST_FACTOR <= factor["value"] <= MOST_FACTOR:
        yield rules.ODD_FACTOR.at(
            Where(line=stage["line"]), users=f"{stage['users']:,}", factor=shown(factor["value"])
        )


def _little(stage: Stage) -> Iterator[Finding]:
    """Places for the requests in flight, and connections the database allows."""
    numbers, where = stage["numbers"], Where(line=stage["line"])
    users = f"{stage['users']:,}"
    instances = numbers["instances"]["value"] if "instances" in numbers else 1.0
    if "peak_rps" in numbers and "latency" in numbers:
        rate, latency = numbers["peak_rps"]["value"], numbers["latency"]["value"]
        needed = rate * latency / 1000
        for name in ("workers", "pool"):
            if name in numbers and numbers[name]["value"] * max(instances, 1) * (1 + CLOSE) < needed:
                yield rules.LITTLE.at(
                    where,
                    users=users,
                    rate=shown(rate),
                    latency=shown(latency),
                    needed=shown(needed),
                    what=phrase("the number of {what}", what="connections" if name == "pool" else name),
                    given=numbers[name]["written"],
                )
    if "pool" in numbers and "max_connections" in numbers:
        limit = numbers["max_connections"]["value"]
        if numbers["pool"]["value"] > limit:
            yield rules.POOL_OVER.at(where, users=users, pool=numbers["pool"]["written"], limit=shown(limit))
