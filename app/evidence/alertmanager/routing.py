"""Which receivers an alert reaches, as Alertmanager decides it; patterns beyond a list of words are not tried."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_WORDS = re.compile(r"\^?\(?[\w. -]{1,80}(?:\|[\w. -]{1,80}){0,50}\)?\$?")


def reached(routes: Sequence[Mapping[str, Any]], labels: Mapping[str, str]) -> list[str] | None:
    """The receivers' names; None when a matcher cannot be decided without running its pattern."""
    children: dict[int | None, list[int]] = {}
    for place, route in enumerate(routes):
        children.setdefault(route["parent"], []).append(place)
    found: list[str] = []
    waiting = children.get(None, [])[:1]
    while waiting:
        place = waiting.pop()
        taken: list[int] = []
        for child in children.get(place, ()):
            matches = takes(routes[child]["matchers"], labels)
            if matches is None:
                return None
            if matches:
                taken.append(child)
                if routes[child]["is_final"]:
                    break
        waiting += taken
        found += [] if taken else [routes[place]["receiver"]]
    return found


def takes(matchers: Sequence[Sequence[str]], labels: Mapping[str, str]) -> bool | None:
    """Whether all matchers hold; None when one of them is a pattern beyond a list of words."""
    decided = [_holds(labels.get(label, ""), operator, value) for label, operator, value in matchers]
    if any(one is False for one in decided):
        return False
    return None if None in decided else True


def _holds(value: str, operator: str, wanted: str) -> bool | None:
    if operator in ("=", "!="):
        return (value == wanted) is (operator == "=")
    if wanted in (".*", ".+"):
        return (wanted == ".*" or bool(value)) is (operator == "=~")
    if len(wanted) > 2000 or not _WORDS.fullmatch(wanted):
        return None
    return (value in wanted.strip("^$").strip("()").split("|")) is (operator == "=~")
