"""Every kind of evidence, listed by hand: recognition and inspection of one file.

To add a kind, make a folder that exports `KIND`, and add one line here. The order matters only between kinds that are
equally sure of a file.
"""

from __future__ import annotations

from app.evidence import generic, latency_table, postgres_plan
from app.evidence.findings import Finding, Report, Rule, Unreadable
from app.evidence.kind import Kind
from app.evidence.source import Source

VERSION = "1"
UNKNOWN = "unknown"
LEAST_SURE = 0.3

KINDS: tuple[Kind, ...] = (
    postgres_plan.KIND,
    latency_table.KIND,
)

KINDS_BY_NAME = {kind.name: kind for kind in KINDS}


def recognise(source: Source) -> list[tuple[Kind, float]]:
    """The kinds this file may be, the likeliest first. Empty is an answer, not a failure."""
    sure = [(kind, kind.sniff(source)) for kind in KINDS]
    return sorted(
        ((kind, confidence) for kind, confidence in sure if confidence >= LEAST_SURE),
        key=lambda pair: -pair[1],
    )


def inspect(source: Source, kind: str | None = None) -> Report:
    """The report on one file; `kind` overrides recognition. Never raises because of what is in the file."""
    common = tuple(generic.check(source))
    if generic.is_final(common):
        return Report(UNKNOWN if kind is None else kind, 0.0, {}, common)
    likely = recognise(source) if kind is None else [(named(kind), 1.0)]
    if not likely:
        names = ", ".join(known.title for known in KINDS)
        return Report(UNKNOWN, 0.0, {}, (*common, generic.UNKNOWN.at(kinds=names)))
    return _with(common, source, *likely[0])


def named(name: str) -> Kind:
    """The kind of this name; raise `KeyError` when there is none."""
    return KINDS_BY_NAME[name]


def rules() -> tuple[Rule, ...]:
    """Every rule of every kind, the generic and the ledger's included. Several rules may share a code."""
    from app.evidence import ledger_rules

    return (*generic.RULES, *ledger_rules.RULES, *(rule for kind in KINDS for rule in kind.rules))


def _with(common: tuple[Finding, ...], source: Source, kind: Kind, confidence: float) -> Report:
    try:
        report = kind.inspect(source)
    except Unreadable as unreadable:
        return Report(kind.name, confidence, {}, (*common, unreadable.finding))
    except Exception as error:  # a mistake of ours must never count against the learner
        return Report(kind.name, confidence, {}, (*common, generic.CRASHED.at(what=type(error).__name__)))
    return Report(report.kind, confidence, report.facts, (*common, *report.findings))
