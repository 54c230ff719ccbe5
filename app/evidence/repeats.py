"""Findings of one page that say the same of several places: why it matters and how to fix it is told at the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Repeats:
    """Made from the findings of a page in their order, which have a code, a severity, a why and a fix."""

    def __init__(self, findings: Iterable[Any]) -> None:
        self._alike: dict[tuple[str, ...], list[Any]] = {}
        for each in findings:
            self._alike.setdefault(_said(each), []).append(each)

    def of(self, finding: Any) -> list[Any]:
        """The findings of the same words, this one among them; the first is where they are told."""
        return self._alike[_said(finding)]


def _said(finding: Any) -> tuple[str, ...]:
    names = ("code", "severity", "why", "fix")
    if isinstance(finding, Mapping):
        return tuple(finding[name] for name in names)
    return tuple(getattr(finding, name) for name in names)
