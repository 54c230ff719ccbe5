"""What any kill log tells: at a time an instance was sent a signal, ended, started or was ready."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MOST = 5_000
LONGEST_NAME = 80
_NUMBERS = {"1": "HUP", "2": "INT", "3": "QUIT", "6": "ABRT", "9": "KILL", "15": "TERM", "19": "STOP"}
_SIGNAL = re.compile(
    r"(?<![A-Z])(?:SIG)?(HUP|INT|QUIT|ILL|TRAP|ABRT|BUS|FPE|KILL|USR[12]|SEGV|PIPE|ALRM|TERM|CHLD|CONT|STOP|TSTP|SYS)"
    r"(?![A-Z])",
    re.ASCII,
)


class What(StrEnum):
    """`kill` is a signal or a stop that somebody asked for, `gone` an end that was seen."""

    KILL = "kill"
    GONE = "gone"
    UP = "up"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Event:
    """`at` counts seconds since 1970; `has_year` is False for a date without one, which stands in the year 2000."""

    at: float
    what: What
    instance: str
    signal: str = ""
    line: int | None = None
    has_zone: bool = True
    has_year: bool = True


def signal_of(text: str) -> str:
    """`9`, `SIGKILL`, `kill -9` and the exit status 137 are KILL; empty when no signal is named."""
    text = text.strip()[:40]
    bare = text.rsplit(" ", 1)[-1].lstrip("-").removesuffix(".0")
    if bare.isdigit():
        number = int(bare[:4])
        return _NUMBERS.get(str(number - 128 if number > 128 else number), "")
    found = _SIGNAL.search(text.upper())
    return found[1] if found else ""
