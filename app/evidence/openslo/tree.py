"""Reaching into YAML of unknown shape: what is not there, or is something else, is empty."""

from __future__ import annotations

from typing import Any

from app.evidence import yamls

OWNERS = ("owner", "team", "owned-by", "owner-team", "squad", "pyrra.dev/team", "contact", "escalation")
POLICIES = ("policy", "error-budget-policy", "budget-policy", "error_budget_policy", "budgetpolicy")


def maps(value: Any) -> list[yamls.Map]:
    """The mappings of a list."""
    return [one for one in value if isinstance(one, yamls.Map)] if isinstance(value, yamls.Seq) else []


def under(value: Any, *keys: str) -> yamls.Map:
    """The mapping below these keys; an empty one when there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, yamls.Map) else None
    return value if isinstance(value, yamls.Map) else yamls.Map(0)


def text(value: Any) -> str:
    """A scalar as one line of text; of a list (OpenSLO lets a label have several values) the first."""
    if isinstance(value, yamls.Seq):
        value = value[0] if value else ""
    return " ".join(value.split())[:2000] if isinstance(value, str) else ""


def texts(value: Any, limit: int = 400) -> list[str]:
    """Every scalar below a value, in order; without recursion."""
    found: list[str] = []
    waiting = [value]
    while waiting and len(found) < limit:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(" ".join(one.split())[:500])
        elif isinstance(one, yamls.Seq):
            waiting += reversed(one)
        elif isinstance(one, yamls.Map):
            waiting += reversed(one.values())
    return found


def labelled(names: tuple[str, ...], *places: Any) -> str:
    """The first label or annotation of these names, whatever prefix it has."""
    for place in places:
        for key, value in place.items() if isinstance(place, yamls.Map) else ():
            key = key.lower()
            if (key in names or key.rsplit("/", 1)[-1] in names) and text(value):
                return text(value)
    return ""
