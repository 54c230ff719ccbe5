"""Reports, pairs and the ledger as JSON and as text for a terminal of 80 columns."""

from __future__ import annotations

import json
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from app.evidence import registry
from app.evidence.findings import Finding, Report, Severity, Where
from app.evidence.ledger import LedgerRow
from app.evidence.session import Ledger, Pair, Session
from app.evidence.summary import claimed, summary

SCHEMA = 1
WIDTH = 80
_MARKS = {
    Severity.BLOCK: "✗ block",
    Severity.WARN: "! warn",
    Severity.NOTE: "· note",
    Severity.GOOD: "✓ good",
}
_COLOURS = {Severity.BLOCK: "31;1", Severity.WARN: "33", Severity.NOTE: "36", Severity.GOOD: "32"}
_ORDER = list(_MARKS)
_MANY = {Severity.BLOCK: "blocks", Severity.WARN: "warnings", Severity.NOTE: "notes", Severity.GOOD: "good"}
_ONE = {Severity.BLOCK: "block", Severity.WARN: "warning", Severity.NOTE: "note", Severity.GOOD: "good"}
_VERDICTS = {
    "agrees": ("✓ agrees", "32"),
    "inside_noise": ("· within the noise", "36"),
    "contradicts": ("✗ contradicts", "31;1"),
    "unchecked": ("○ cannot be checked", "2"),
}


def session_json(session: Session) -> str:
    """The list documented in docs/evidence.md; NaN and infinity cannot occur in it."""
    entries = [as_dict(file.name, file.report) for file in session.files]
    entries += [] if session.pair is None else [_pair_dict(session.pair)]
    entries += [] if session.ledger is None else [_ledger_dict(session.ledger)]
    return _dumped(entries)


def as_json(reports: Sequence[tuple[str, Report]]) -> str:
    """The same list of reports alone."""
    return _dumped([as_dict(name, report) for name, report in reports])


def as_dict(name: str, report: Report) -> dict[str, Any]:
    """One entry of the list: schema, file, kind, confidence, candidates, fingerprint, facts, findings."""
    return {
        "schema": SCHEMA,
        "file": name,
        "kind": report.kind,
        "confidence": report.confidence,
        "candidates": [{"kind": kind, "confidence": sure} for kind, sure in report.candidates],
        "fingerprint": report.fingerprint,
        "facts": dict(report.facts),
        "findings": [_finding(finding) for finding in report.findings],
    }


def session_text(session: Session, *, colour: bool) -> str:
    """Every file, then the pair, then the ledger."""
    parts = [as_text(file.name, file.report, colour=colour) for file in session.files]
    parts += [] if session.pair is None else [_pair(session.pair, colour=colour)]
    parts += [] if session.ledger is None else [_ledger(session.ledger, colour=colour)]
    return "\n\n\n".join(parts)


def tally(findings: Sequence[Finding]) -> str:
    """ "1 block, 2 warnings"."""
    counts = [(severity, sum(one.severity is severity for one in findings)) for severity in _ORDER]
    words = [f"{count} {(_ONE if count == 1 else _MANY)[severity]}" for severity, count in counts if count]
    return ", ".join(words) or "nothing to say"


def as_text(name: str, report: Report, *, colour: bool) -> str:
    """What, why and how to mend it, worst first, with file and line as compilers print them."""
    kind = registry.title(report.kind)
    title = _paint(clean(name), "1", colour=colour)
    space = " " * max(2, WIDTH - len(clean(name)) - len(kind))
    lines = [f"{title}{space}{kind}", *_wrapped("  ", summary(report)), ""]
    return "\n".join([*lines, *_findings(name, report.findings, colour=colour)])


def _findings(name: str, findings: Sequence[Finding], *, colour: bool) -> list[str]:
    lines = []
    for finding in sorted(findings, key=lambda finding: _ORDER.index(finding.severity)):
        lines += [*_paragraphs(name, finding, colour=colour), ""]
    return [*lines, _paint(tally(findings), "2", colour=colour)]


def _pair(pair: Pair, *, colour: bool) -> str:
    title = _paint("Before and after", "1", colour=colour)
    names = _wrapped("  ", f"{pair.before.name}, then {pair.after.name}")
    lines = [title, *names, *_wrapped("  ", pair.refused), ""]
    return "\n".join([*lines, *_findings(pair.after.name, pair.findings, colour=colour)])


def _ledger(ledger: Ledger, *, colour: bool) -> str:
    lines = [_paint("Claims", "1", colour=colour), ""]
    for row in ledger.rows:
        lines += [*_claim(row, colour=colour), ""]
    return "\n".join([*lines, *_findings("claims", ledger.findings, colour=colour)])


def _claim(row: LedgerRow, *, colour: bool) -> Iterator[str]:
    word, code = _VERDICTS[row.verdict]
    yield f"{_paint(word, code, colour=colour)}  {clean(row.label)}: {clean(claimed(row))}"
    yield from _wrapped("  ", row.reason)
    if row.source:
        yield from (_paint(line, "2", colour=colour) for line in _wrapped("  from: ", row.source))


def clean(text: str) -> str:
    """Without control characters, escapes and marks that reverse the direction of text."""
    return "".join(letter if letter.isprintable() else _stand_in(letter) for letter in text)


def _stand_in(letter: str) -> str:
    """A space for the spaces that do not break, which Python calls unprintable."""
    return " " if unicodedata.category(letter) == "Zs" else "?"


def _finding(finding: Finding) -> dict[str, Any]:
    where = finding.where
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
        "where": {"line": where.line, "last_line": where.last_line, "row": where.row, "node": where.node},
        "numbers": dict(finding.numbers),
        "audience": str(finding.audience),
    }


def _pair_dict(pair: Pair) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "before": pair.before.name,
        "after": pair.after.name,
        "metric": pair.metric,
        "refused": pair.refused,
        "findings": [_finding(finding) for finding in pair.findings],
    }


def _ledger_dict(ledger: Ledger) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "claims": [asdict(row) for row in ledger.rows],
        "findings": [_finding(finding) for finding in ledger.findings],
    }


def _paragraphs(name: str, finding: Finding, *, colour: bool) -> Iterator[str]:
    mark = _paint(f"{_MARKS[finding.severity]} {finding.code}", _COLOURS[finding.severity], colour=colour)
    seen = "  (reviewers only)" if finding.audience == "reviewer" else ""
    yield f"{mark}  {_place(name, finding.where)}{seen}"
    node = finding.where.node
    told = "" if node is None or node in finding.message else f"{node}: "
    yield from _wrapped("  ", f"{told}{finding.message}")
    yield from (_paint(line, "2", colour=colour) for line in _wrapped("  why: ", finding.why))
    if finding.asks_for_work:
        yield from _wrapped("  fix: ", finding.fix)


def _place(name: str, where: Where) -> str:
    if where.line is None:
        return clean(name)
    last = "" if where.last_line in (None, where.line) else f"-{where.last_line}"
    return f"{clean(name)}:{where.line}{last}"


def _wrapped(lead: str, text: str) -> list[str]:
    return textwrap.wrap(clean(text), WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead)) or []


def _dumped(entries: Sequence[dict[str, Any]]) -> str:
    """As JSON; a number that JSON does not have (a slip of a kind) is null rather than no report at all."""
    try:
        return json.dumps(entries, ensure_ascii=True, allow_nan=False)
    except ValueError:
        lenient = json.loads(json.dumps(entries), parse_constant=lambda _name: None)
        return json.dumps(lenient, ensure_ascii=True, allow_nan=False)


def _paint(text: str, code: str, *, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
