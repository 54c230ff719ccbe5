"""What a check says about a file: rules with stable codes, findings with places and numbers, reports.

A rule is written once, as a constant beside the check that uses it. Its code is a letter and a number (`L9`, `E7`)
and is never given to another rule, so that a learner can look it up years later with `explain CODE`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from string import Formatter
from typing import Any

Number = float | int | str


class Severity(StrEnum):
    """How much a finding matters. A block asks for another file; it never decides a rating."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"
    GOOD = "good"


class Audience(StrEnum):
    """Who may read a finding. Patterns that have innocent causes are shown to the reviewer only."""

    BOTH = "both"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file. Lines and data rows count from 1; `node` names a step of a query plan."""

    line: int | None = None
    last_line: int | None = None
    row: int | None = None
    node: str | None = None


NOWHERE = Where()
NOTHING_TO_DO = "Nothing to do."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found, with the sentence a person reads and the numbers it rests on."""

    code: str
    severity: Severity
    message: str
    why: str
    fix: str
    where: Where = NOWHERE
    numbers: Mapping[str, Number] = field(default_factory=dict)
    audience: Audience = Audience.BOTH

    @property
    def asks_for_work(self) -> bool:
        """Whether `fix` says more than that all is well."""
        return self.fix != NOTHING_TO_DO


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence a check may say. `message` is a format template; its fields are the finding's numbers.

    A field with two words chooses one by its number: `{count} {count:alert has|alerts have} no severity`.
    """

    code: str
    severity: Severity
    message: str
    why: str
    fix: str
    audience: Audience = Audience.BOTH
    example: str = ""

    def at(self, where: Where | None = None, **numbers: Number) -> Finding:
        """Say this rule about one place. Numbers may be used in the message, the why and the fix."""
        return Finding(
            code=self.code,
            severity=self.severity,
            message=_filled(self.message, numbers),
            why=_filled(self.why, numbers),
            fix=_filled(self.fix, numbers),
            where=where or NOWHERE,
            numbers=numbers,
            audience=self.audience,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What one file holds (`facts`, ready for JSON) and what is to be said about it.

    `candidates` are the kinds it may be, with how sure each is; `fingerprint` is a hash of the text without spaces,
    equal for copies that were only reformatted, empty for files over 20 MiB.
    """

    kind: str
    confidence: float
    facts: Mapping[str, Any]
    findings: tuple[Finding, ...]
    candidates: tuple[tuple[str, float], ...] = ()
    fingerprint: str = ""

    @property
    def is_blocked(self) -> bool:
        return any(finding.severity is Severity.BLOCK for finding in self.findings)


class Unreadable(Exception):
    """The file is of this kind and cannot be read; the finding says why and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def phrase(template: str, /, **values: Number) -> str:
    """A piece of a sentence that a finding or the ledger quotes, filled; marked so that it is translated too."""
    return _filled(template, values)


def few(names: Sequence[str], most: int = 5) -> str:
    """The first names with commas, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else shown + phrase(" and {count} more", count=len(names) - most)


class _Words(Formatter):
    """Format fields, and words that go with a number: the first with one, the second with any other."""

    def format_field(self, value: Any, spec: str) -> str:
        one, bar, many = spec.partition("|")
        if not bar:
            return str(super().format_field(value, spec))
        return one if str(value) == "1" else many


_WORDS = _Words()


class _Count(int):
    """A number of things: its thousands are grouped unless its field says how it is written."""

    def __format__(self, spec: str) -> str:
        return super().__format__(spec or ",")


PLACES = frozenset((
    "line", "last_line", "first", "last", "row", "from_row", "to_row", "of_row", "of_last", "column", "number", "year",
))  # fmt: skip
"""Fields that say where or when, and not how many."""


def _filled(template: str, numbers: Mapping[str, Number]) -> str:
    """Fill the fields a template names; a template without fields may hold braces."""
    fill = _filler(template)
    if fill is None:
        return template
    large = {
        name: _Count(value)
        for name, value in numbers.items()
        if type(value) is int and abs(value) >= 1000 and name not in PLACES
    }
    return fill(template, {**numbers, **large} if large else numbers)


@lru_cache(maxsize=4096)
def _filler(template: str) -> Callable[[str, Mapping[str, Number]], str] | None:
    """What fills this template: `format_map`, ten times as fast, unless a field chooses a word by its number."""
    specs = [spec or "" for _, name, spec, _ in Formatter().parse(template) if name]
    if any("|" in spec for spec in specs):
        return _in_words
    return str.format_map if specs else None


def _in_words(template: str, numbers: Mapping[str, Number]) -> str:
    return _WORDS.vformat(template, (), numbers)
