"""C2 across files: the requests of the sheet's period against the rate that the load evidence of the layer measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from app.evidence.claims import Claim, FileFacts
from app.evidence.cost_sheet.rules import EXPLAINED_TRAFFIC, MORE_THAN_MEASURED, OTHER_TRAFFIC, SAME_TRAFFIC
from app.evidence.cost_sheet.showing import count, rate
from app.evidence.findings import Finding, Number, Rule, few, phrase
from app.evidence.units import plainly

KIND = "cost_sheet"
CLOSE = 0.2


class _Held(NamedTuple):
    """One group of a sheet beside the file that measured its layer on its side; both rates are a second."""

    name: str
    requests: float
    period: str
    rate: float
    file: str
    measured: float
    peak_factor: float | None
    source: str | None


def compare(files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[Finding]:
    """One finding a rule, for the first group it is true of; the others are named with it."""
    said: dict[str, tuple[Rule, dict[str, Number], list[str]]] = {}
    for file in files:
        if file.kind == KIND and file.facts:
            for held in _held(file, files, claims):
                rule, words = _judged(held)
                said.setdefault(rule.message, (rule, words, []))[2].append(held.name)
    for rule, words, names in said.values():
        others = phrase(" (and {names})", names=few(names[1:], 5)) if len(names) > 1 else ""
        yield rule.at(None, group=f"{names[0]}{others}", **words)


def _held(sheet: FileFacts, files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[_Held]:
    for group in sheet.facts["groups"]:
        requests = group["requests"]
        load = _load(group, sheet, files, claims)
        if requests is None or load is None or not requests["seconds"] or requests["value"] <= 0:
            continue
        factor = group["peak_factor"]["value"] if group["peak_factor"] else None
        yield _Held(
            group["name"], requests["value"], requests["period"], requests["value"] / requests["seconds"],
            load.name, float(load.facts["throughput"]), factor, sheet.facts["traffic_source"],
        )  # fmt: skip


def _load(
    group: dict[str, Any], sheet: FileFacts, files: Sequence[FileFacts], claims: Sequence[Claim]
) -> FileFacts | None:
    """The file with a measured rate in a slot that a claim of the same layer and side names."""
    slots = {claim.slot for claim in claims if (claim.layer, claim.side) == (group["layer"], group["side"])}
    return next((file for file in files if file.slot in slots - {sheet.slot} and _rate(file)), None)


def _rate(file: FileFacts) -> bool:
    value = file.facts.get("throughput") if file.facts else None
    return isinstance(value, int | float) and value > 0


def _judged(held: _Held) -> tuple[Rule, dict[str, Number]]:
    """Which sentence is true, and the numbers for it."""
    words: dict[str, Number] = {
        "requests": count(held.requests), "period": held.period, "rate": rate(held.rate), "file": held.file,
        "measured": rate(held.measured),
    }  # fmt: skip
    factor = held.peak_factor if held.peak_factor and held.peak_factor > 0 else 1.0
    if _fits(held.rate, held.measured):
        return SAME_TRAFFIC, {**words, "how": ""}
    if factor != 1.0 and _fits(held.rate, held.measured / factor):
        return SAME_TRAFFIC, {
            **words,
            "how": phrase(", divided by the peak factor of {factor:g}", factor=factor),
        }
    if held.source:
        return EXPLAINED_TRAFFIC, {**words, "source": held.source}
    if held.rate > held.measured:
        return MORE_THAN_MEASURED, words
    return OTHER_TRAFFIC, {**words, "ratio": plainly(held.measured / held.rate, 3)}


def _fits(one: float, other: float) -> bool:
    return abs(one - other) <= CLOSE * max(one, other)
