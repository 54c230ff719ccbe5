"""Several files checked together: their reports, what lies between a pair of them, and the ledger of claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from app.evidence import comparison, ledger, registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding, Report
from app.evidence.generic import IDENTICAL, SAME_TEXT
from app.evidence.ledger import LedgerRow
from app.evidence.source import Source

USUAL_METRIC = "p99"


class Checked(NamedTuple):
    """One file: its name as it was given, what it is on disk, and what is to be said about it."""

    name: str
    source: Source
    report: Report


class Pair(NamedTuple):
    """A file from before a change and one from after it. `refused` says why they are not compared, else it is empty."""

    before: Checked
    after: Checked
    metric: str
    findings: tuple[Finding, ...]
    refused: str = ""


class Ledger(NamedTuple):
    """Every claim beside its number, and what contradicts."""

    rows: tuple[LedgerRow, ...]
    findings: tuple[Finding, ...]


class Session(NamedTuple):
    """All that one command found."""

    files: tuple[Checked, ...]
    pair: Pair | None = None
    ledger: Ledger | None = None

    @property
    def is_blocked(self) -> bool:
        return any(file.report.is_blocked for file in self.files)


def check(name: str, kind: str | None, today: date | None) -> Checked:
    """Read one file."""
    source = Source(Path(name).name, Path(name))
    return Checked(name, source, registry.inspect(source, kind, today=today))


def pair_of(before: Checked, after: Checked, metric: str | None) -> Pair:
    """Hold two files against each other for `metric`, else for the number their kind is known for."""
    first, second = before.report, after.report
    kind = registry.KINDS_BY_NAME.get(first.kind)
    chosen = metric or _usual(first.kind)
    if before.source.sha256() == after.source.sha256():
        return Pair(before, after, chosen, (IDENTICAL.at(before=before.name, after=after.name),))
    if first.fingerprint and first.fingerprint == second.fingerprint:
        return Pair(before, after, chosen, (SAME_TEXT.at(before=before.name, after=after.name),))
    if first.kind != second.kind:
        one, other = registry.title(first.kind), registry.title(second.kind)
        return Pair(before, after, chosen, (), f"One is read as “{one}”, the other as “{other}”.")
    if kind is None or kind.compare is None:
        return Pair(before, after, chosen, (), "Files of this kind are not compared with each other.")
    if not first.facts or not second.facts:
        return Pair(before, after, chosen, (), "One of the two could not be read.")
    return Pair(before, after, chosen, tuple(kind.compare(first.facts, second.facts, chosen)))


def ledger_of(claims: Sequence[Claim], files: Sequence[Checked]) -> Ledger:
    """Every claim against the file it names, exactly as the portal does it."""
    facts = [facts_of(file) for file in files]
    return Ledger(ledger.reckon(claims, facts), comparison.compare(facts, claims))


def facts_of(file: Checked) -> FileFacts:
    """A file as claims and pictures see it; its name stands for its slot."""
    return FileFacts(
        file.name, Path(file.name).name, file.report.kind, file.source.sha256(), file.report.facts
    )


def _usual(kind: str) -> str:
    measures = registry.KINDS_BY_NAME[kind].measures if kind in registry.KINDS_BY_NAME else {}
    return USUAL_METRIC if USUAL_METRIC in measures else next(iter(measures), "")
