"""What a kind of evidence is: a name, a way to recognise it, a way to read it, and the rules it may apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.evidence.findings import Report, Rule
from app.evidence.source import Source


@dataclass(frozen=True, slots=True)
class Kind:
    """One folder of `app/evidence`.

    `sniff` looks at the head of a file and answers how sure it is, from 0 to 1; it must be cheap and must not raise.
    `inspect` reads the whole file and may raise `Unreadable`.
    """

    name: str
    title: str
    sniff: Callable[[Source], float]
    inspect: Callable[[Source], Report]
    rules: tuple[Rule, ...]
