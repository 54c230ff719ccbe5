"""A profile from before a change and one from after it: the same program, and what took more and less of it.

Shares are compared and not times: two recordings are seldom equally long. A share has chance in it; a change counts
beyond two points and beyond the 95 % interval of the difference, samples taken as independent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from app.evidence.claims import Facts
from app.evidence.findings import Finding, Severity, phrase
from app.evidence.profile import pair_rules as rules
from app.evidence.profile.measure import counted
from app.evidence.profile.names import base, is_unknown, is_waiting

RULES = rules.RULES
LEAST_SHARED = 0.3
LEAST_SHARE = 0.005
LEAST_CHANGE = 0.02
LEAST_HOT = 0.10
NAMED = 3
Shares = dict[tuple[str, str], tuple[float, float]]


def compare(before: Facts, after: Facts, _metric: str = "") -> Iterator[Finding]:
    """What two reports' facts say about the change. Good news is left out where the two cannot be compared."""
    if not before.get("functions") or not after.get("functions"):
        return
    if before["total"] == after["total"] and before["stacks"] == after["stacks"]:
        yield rules.SAME_PROFILE.at()
        return
    doubts = [*_other_measure(before, after), *_other_program(before, after)]
    yield from doubts
    yield from (
        found for found in _hot_spot(before, after) if not doubts or found.severity is not Severity.GOOD
    )
    yield from _difference(before, after)


def by_name(facts: Mapping[str, Any]) -> Shares:
    """Self and total shares by name and file; of two with one name the heavier."""
    found: Shares = {}
    for name, file, own, total in facts["shares"]:
        key = (name, base(file))
        found[key] = max(found.get(key, (0.0, 0.0)), (own, total), key=lambda pair: pair[1])
    return found


def _other_measure(before: Facts, after: Facts) -> Iterator[Finding]:
    """Shares of memory, of waiting and of time, or of every call and of samples, are no pair."""
    one, other = counted(before), counted(after)
    if one != other:
        yield rules.OTHER_MEASURE.at(before=one, after=other)
        return
    exact = [facts["format"] in ("cProfile", "callgrind") for facts in (before, after)]
    if exact[0] != exact[1]:
        yield rules.OTHER_MEASURE.at(
            before=phrase("is {format}", format=before["format"]),
            after=phrase("is {format}", format=after["format"]),
        )
    elif abs(before["idle_share"] - after["idle_share"]) > 0.5:
        yield rules.OTHER_MEASURE.at(
            before=phrase("waits {percent:.0f} % of the time", percent=before["idle_share"] * 100),
            after=f"{after['idle_share'] * 100:.0f} %",
        )


def _other_program(before: Facts, after: Facts) -> Iterator[Finding]:
    """Few names in common, among all functions and also among those that matter: one alone has innocent causes."""
    shared = max(_shared_names(before, after), _shared_heavy(before, after))
    if shared < LEAST_SHARED:
        yield rules.OTHER_PROGRAM.at(shared=round(shared * 100))


def _shared_names(before: Facts, after: Facts) -> float:
    """The Jaccard index of all names, estimated from the smallest hashes of both (bottom-k sketch)."""
    one, other = set(before["names_sketch"]), set(after["names_sketch"])
    size = max(len(one), len(other))
    smallest = sorted(one | other)[:size]
    return len(set(smallest) & one & other) / len(smallest) if smallest else 0.0


def _shared_heavy(before: Facts, after: Facts) -> float:
    """The Jaccard index of the functions with half a percent or more."""
    one, other = (
        {key for key, (_, total) in by_name(facts).items() if total >= LEAST_SHARE and not is_unknown(key[0])}
        for facts in (before, after)
    )
    return len(one & other) / len(one | other) if one | other else 0.0


def _hot_spot(before: Facts, after: Facts) -> Iterator[Finding]:
    """The function with most self time before: what became of it."""
    old, new = by_name(before), by_name(after)
    busy = [each for each in old.items() if not is_waiting(*each[0]) and not is_unknown(each[0][0])]
    (name, file), (own, _) = max(busy, key=lambda each: each[1], default=(("", ""), (0.0, 0.0)))
    if own < LEAST_HOT:
        return
    later = new.get((name, file), (0.0, 0.0))[0]
    title = f"{name} ({file})" if file else name
    rule = rules.LOWER if own - later > _noise(own, later, before, after) else rules.NOT_LOWER
    lower = next(iter(_changes(before, after, fell=True)), None) if rule is rules.NOT_LOWER else None
    if lower is not None:
        yield rules.ELSEWHERE.at(name=title, before=_points(own), after=_points(later), other=_told(lower))
    else:
        yield rule.at(name=title, before=_points(own), after=_points(later))


def _noise(one: float, other: float, before: Facts, after: Facts) -> float:
    variance = sum(
        share * (1 - share) / facts["samples"]
        for share, facts in ((one, before), (other, after))
        if facts["samples"]
    )
    return max(LEAST_CHANGE, 1.96 * math.sqrt(variance))


Change = tuple[tuple[str, str], float, float]


def _changes(before: Facts, after: Facts, *, fell: bool) -> list[Change]:
    """Functions whose total share changed beyond chance, the largest change first; waiting is no work."""
    old, new = by_name(before), by_name(after)
    found = []
    for key in sorted(old.keys() | new.keys()):
        one, other = (shares.get(key, (0.0, 0.0))[1] for shares in (old, new))
        moved = one - other if fell else other - one
        if moved > _noise(one, other, before, after) and not is_waiting(*key):
            found.append((key, one, other))
    return sorted(found, key=lambda change: (-abs(change[1] - change[2]), change[0]))


def _difference(before: Facts, after: Facts) -> Iterator[Finding]:
    fell, rose = _changes(before, after, fell=True), _changes(before, after, fell=False)
    if not fell and not rose:
        yield rules.NO_DIFFERENCE.at()
        return
    listed = [
        ", ".join(map(_told, changes[:NAMED])) or phrase("none beyond chance") for changes in (fell, rose)
    ]
    yield rules.DIFFERENCE.at(fell=listed[0], rose=listed[1])


def _told(change: Change) -> str:
    (name, file), one, other = change
    return f"{f'{name} ({file})' if file else name} {_points(one)} → {_points(other)} %"


def _points(share: float) -> str:
    return f"{share * 100:.0f}" if share >= 0.0995 or share == 0 else f"{share * 100:.1f}"
