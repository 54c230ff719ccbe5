"""What is to be said about one profile, from its facts alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evidence.findings import Finding, Where, phrase
from app.evidence.profile import rules
from app.evidence.profile.austin import UNNAMED
from app.evidence.profile.limits import DEEPEST
from app.evidence.profile.measure import is_of_one_moment, is_of_waiting
from app.evidence.profile.names import is_unknown
from app.evidence.units import percent, plainly

FEWEST_SAMPLES = 500
SHORTEST_S = 10.0
MOST_WAITING = 0.80
MOST_UNKNOWN = 0.30
NAMED = 3
HANDS_ON = 0.9
"""A function whose heaviest callee takes more has no time of its own to lose, such as a framework's dispatcher."""
Function = Mapping[str, Any]


def findings(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Doubts first, then what is hot."""
    yield from _too_short(facts)
    yield from _waiting(facts)
    yield from _names(facts)
    if facts["format"] == "cProfile":
        yield rules.OVERHEAD.at(seconds=plainly(facts["total"] / 1000, 3))
    if facts["unit"] == "bytes":
        yield rules.MEMORY.at(unit="bytes", what=facts["what"] or "memory")
    if is_of_waiting(facts):
        yield rules.WAITED.at(what=facts["what"])
    if is_of_one_moment(facts):
        yield rules.MOMENT.at(what=facts["what"])
    if facts["what"] == UNNAMED:
        yield rules.UNNAMED.at()
    if facts["is_cut"]:
        detail = phrase(
            "stacks deeper than {deepest:,} frames or too many different ones were joined", deepest=DEEPEST
        )
        yield rules.CUT.at(detail=detail)
    yield _top(facts)


def named(function: Function) -> str:
    """The function with its file, as short as it is still found by."""
    file = str(function["file"]).rsplit("/", 1)[-1]
    return f"{function['name']} ({file})" if file else str(function["name"])


def _too_short(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """One of the two is enough to say it. Memory is counted at moments, so its samples are no measure."""
    samples, seconds = facts["samples"], facts["duration_s"]
    if facts["unit"] != "bytes" and samples is not None and samples < FEWEST_SAMPLES:
        yield rules.FEW_SAMPLES.at(samples=samples)
    elif facts["unit"] != "bytes" and seconds is not None and seconds < SHORTEST_S:
        yield rules.SHORT.at(seconds=f"{seconds:.2g}")


def _waiting(facts: Mapping[str, Any]) -> Iterator[Finding]:
    if facts["idle_share"] <= MOST_WAITING:
        return
    first = next((each for each in facts["functions"] if each["waits"]), None)
    name = phrase("several functions") if first is None else named(first)
    yield rules.WAITING.at(_where(first), share=percent(facts["idle_share"]), name=name)


def _names(facts: Mapping[str, Any]) -> Iterator[Finding]:
    if facts["unknown_share"] > MOST_UNKNOWN:
        first = next((each for each in facts["functions"] if is_unknown(each["name"])), None)
        name = "addresses" if first is None else named(first)
        yield rules.NO_NAMES.at(share=percent(facts["unknown_share"]), name=name)
    elif _is_without_stacks(facts):
        yield rules.NO_STACKS.at()


def _is_without_stacks(facts: Mapping[str, Any]) -> bool:
    """Several functions and each alone; perf begins a stack with the command, and call graphs never have stacks."""
    lone = 2 if facts["format"] == "perf script" else 1
    return facts["deepest"] <= lone and facts["function_count"] > 2 and not facts["stacks"]["estimated"]


def _top(facts: Mapping[str, Any]) -> Finding:
    """The first three of both lists; waiting and what has no name are no hot spots."""
    busy = [each for each in facts["functions"] if not each["waits"] and not is_unknown(each["name"])]
    by_total = sorted(busy, key=lambda each: -each["total_share"])
    heads = [
        each for each in by_total if each["passes_on"] < HANDS_ON and each["total_share"] < 0.995
    ] or by_total
    return rules.TOP.at(own=_listed(busy, "self_share"), total=_listed(heads, "total_share"))


def _listed(functions: Sequence[Function], share: str) -> str:
    shown = [f"{named(each)} {percent(each[share])} %" for each in functions[:NAMED] if each[share] > 0]
    return ", ".join(shown) or phrase("no named function that works")


def _where(function: Function | None) -> Where:
    return Where(node=None if function is None else named(function))
