"""How far people came, and how long work waited: the steps and the lengths that admins count by."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Step(StrEnum):
    """What somebody has done in a course; each is counted for itself."""

    APPLIED = "applied"
    LET_IN = "let-in"
    ACTIVE = "active"
    HANDED_IN = "handed-in"
    PASSED = "passed"
    CERTIFIED = "certified"


@dataclass(frozen=True, slots=True)
class Span:
    """A range of waits, its end not included; None is without end."""

    key: str
    shortest: timedelta
    longest: timedelta | None


def _spans(*days: int) -> tuple[Span, ...]:
    ends = [*days, None]
    return tuple(
        Span(
            f"{first}-{last}" if last else f"{first}",
            timedelta(days=first),
            timedelta(days=last) if last else None,
        )
        for first, last in zip([0, *days], ends, strict=True)
    )


SPANS = _spans(1, 2, 3, 5, 7, 14)
RECENT = timedelta(days=60)
"""What was rated longer ago is not counted."""


def span(key: str) -> Span | None:
    """The range of that key."""
    return next((each for each in SPANS if each.key == key), None)
