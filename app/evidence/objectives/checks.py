"""What is to be said of the objectives of one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.findings import Finding, Where, phrase
from app.evidence.objectives import rules
from app.evidence.objectives.durations import said
from app.evidence.objectives.objective import Objective
from app.evidence.objectives.targets import percent

MOST_NINES = 0.9999
SLACK = 0.01
"""How far a budget may be from the exact one beside the rounding of its digits."""


def findings(objectives: Sequence[Objective]) -> Iterator[Finding]:
    """Everything about each objective, in the order of the file."""
    for one in objectives:
        where = Where(line=one.line)
        if lacking := _lacking(one):
            yield rules.MISSING.at(where, name=one.name, what=_list(lacking))
        yield from _target(one, where)
        yield from _budget(one, where)
        if one.target is not None and not one.source:
            yield rules.NO_SOURCE.at(where, name=one.name)


def _lacking(one: Objective) -> list[str]:
    parts = {
        phrase("an indicator"): one.indicator or one.source,
        phrase("a target"): one.target is not None,
        phrase("a window"): one.window,
        phrase("an owner"): one.owner,
        phrase("what happens when the budget is spent"): one.policy,
    }
    return [what for what, there in parts.items() if not there]


def _target(one: Objective, where: Where) -> Iterator[Finding]:
    if one.target is None:
        return
    if one.target >= 1:
        yield rules.PERFECT.at(where, name=one.name)
    elif one.target > MOST_NINES:
        left = "" if one.budget_s is None or one.window is None else said(one.budget_s)
        window = phrase("the window") if one.window is None else said(one.window.seconds)
        yield rules.MANY_NINES.at(
            where,
            name=one.name,
            target=percent(one.target),
            budget=left or phrase("almost nothing"),
            window=window,
        )


def _budget(one: Objective, where: Where) -> Iterator[Finding]:
    """The written budget against (1 - target) x window; a calendar month may be any month."""
    if one.target is None or one.window is None or one.budget is None or one.target >= 1:
        return
    least, most = ((1 - one.target) * bound for bound in (one.window.low, one.window.high))
    numbers = {
        "name": one.name,
        "target": percent(one.target),
        "window": said(one.window.seconds),
        "budget": said(one.budget_s or 0.0),
    }
    if one.budget.high * (1 + SLACK) >= least and one.budget.low * (1 - SLACK) <= most:
        yield rules.BUDGET_FITS.at(where, **numbers)
    else:
        yield rules.BUDGET.at(where, written=one.budget_written, **numbers)


def _list(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + phrase(" and ") + parts[-1]
