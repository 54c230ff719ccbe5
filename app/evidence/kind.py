"""What a kind of evidence is: a name, a way to recognise it, a way to read it, and the rules it may apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.evidence.claims import Claim, Facts, FileFacts
from app.evidence.findings import Finding, Report, Rule
from app.evidence.measured import Confirmed, Measured
from app.evidence.source import Source


def not_there(_metric: str, _facts: Facts) -> str:
    """What a kind says of a number that its files may show and this one does not."""
    return "the number is not in it."


@dataclass(frozen=True, slots=True)
class Kind:
    """One folder of `app/evidence`.

    `sniff` looks at the head of a file and answers how sure it is, from 0 to 1; it must be cheap and must not raise.
    `inspect` reads the whole file and may raise `Unreadable`. `measures` gives claimed metrics from the facts,
    `confirms` those that are no numbers,
    `why_not` is half a sentence for a metric the facts do not give, `compare` holds a file from before a change
    against one from after it, for the metric that is claimed to have changed. What lies between the files of a
    version (kills and the requests around them) is asked of a kind that one of the files is of: `measures_together`
    for claims, `together` for findings. `on_day` says what hangs on the day on which the file is read.
    """

    name: str
    title: str
    sniff: Callable[[Source], float]
    inspect: Callable[[Source], Report]
    rules: tuple[Rule, ...]
    measures: Mapping[str, Callable[[Claim, Facts], Measured | None]] = field(default_factory=dict)
    confirms: Mapping[str, Callable[[Claim, Facts], Confirmed | None]] = field(default_factory=dict)
    why_not: Callable[[str, Facts], str] = not_there
    compare: Callable[[Facts, Facts, str], Iterator[Finding]] | None = None
    measures_together: Mapping[str, Callable[[Claim, Sequence[FileFacts]], Measured | None]] = field(
        default_factory=dict
    )
    together: Callable[[Sequence[FileFacts], Sequence[Claim]], Iterator[Finding]] | None = None
    on_day: Callable[[Facts, date], Iterator[Finding]] | None = None
