"""What the numbers of a profile count, told from its facts."""

from __future__ import annotations

from app.evidence.claims import Facts
from app.evidence.findings import phrase

WAITED = frozenset(("delay", "contentions"))
"""What pprof's block and mutex profiles count: how long, and how often, something was waited for."""
STOOD = frozenset(("goroutine", "threadcreate"))
"""What pprof counts once, at the moment it is asked."""


def is_of_waiting(facts: Facts) -> bool:
    return facts["format"] == "pprof" and facts["what"] in WAITED


def is_of_one_moment(facts: Facts) -> bool:
    return facts["format"] == "pprof" and facts["what"] in STOOD


def counted(facts: Facts) -> str:
    """Memory, waiting, a moment or time, in the words of a comparison; a share of one says nothing about another."""
    if facts["unit"] == "bytes":
        return phrase("counts memory")
    if is_of_one_moment(facts):
        return phrase("counts what stood at one moment")
    return phrase("counts waiting") if is_of_waiting(facts) else phrase("counts time")
