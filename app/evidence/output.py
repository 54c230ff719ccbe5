"""A report as JSON and as text for a terminal."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence.findings import Finding, Report, Severity, Where

SCHEMA = 1
WIDTH = 88
_MARKS = {
    Severity.BLOCK: "✗ block",
    Severity.WARN: "! warn",
    Severity.NOTE: "· note",
    Severity.GOOD: "✓ good",
}
_COLOURS = {Severity.BLOCK: "31;1", Severity.WARN: "33", Severity.NOTE: "36", Severity.GOOD: "32"}
_ORDER = list(_MARKS)


def as_json(reports: Sequence[tuple[str, Report]]) -> str:
    """The list documented in docs/evidence.md; NaN and infinity cannot occur in it."""
    return json.dumps([as_dict(name, report) for name, report in reports], ensure_ascii=True, allow_nan=False)


def as_dict(name: str, report: Report) -> dict[str, Any]:
    """One entry of the list: schema, file, kind, confidence, facts, findings."""
    return {
        "schema": SCHEMA,
        "file": name,
        "kind": report.kind,
        "confidence": report.confidence,
        "facts": dict(report.facts),
        "findings": [_finding(finding) for finding in report.findings],
    }


def as_text(name: str, report: Report, *, colour: bool) -> str:
    """What, why and how to mend it, worst first, with file and line as compilers print them."""
    title = f"{clean(name)}  {report.kind.replace('_', ' ')}"
    lines = [_paint(title, "1", colour=colour), *_summary(report), ""]
    for finding in sorted(report.findings, key=lambda finding: _ORDER.index(finding.severity)):
        lines += [*_paragraphs(name, finding, colour=colour), ""]
    counted = {severity: sum(f.severity is severity for f in report.findings) for severity in Severity}
    total = (
        ", ".join(f"{count} {severity}" for severity, count in counted.items() if count) or "nothing to say"
    )
    return "\n".join([*lines, _paint(total, "2", colour=colour)])


def clean(text: str) -> str:
    """Without control characters, escapes and marks that reverse the direction of text."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


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


def _paragraphs(name: str, finding: Finding, *, colour: bool) -> Iterator[str]:
    mark = _paint(f"{_MARKS[finding.severity]} {finding.code}", _COLOURS[finding.severity], colour=colour)
    seen = "  (reviewers only)" if finding.audience == "reviewer" else ""
    yield f"{mark}  {_place(name, finding.where)}{seen}"
    yield from _wrapped("  ", finding.message)
    yield from (_paint(line, "2", colour=colour) for line in _wrapped("  why: ", finding.why))
    yield from _wrapped("  fix: ", finding.fix)


def _place(name: str, where: Where) -> str:
    place = clean(name)
    if where.line is not None:
        place += f":{where.line}" + (f"-{where.last_line}" if where.last_line else "")
    return place + (f"  {clean(where.node)}" if where.node else "")


def _wrapped(lead: str, text: str) -> list[str]:
    return textwrap.wrap(clean(text), WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead)) or []


def _summary(report: Report) -> list[str]:
    """The numbers people look for first."""
    facts = report.facts
    if "p99" in facts and "n" in facts:
        rate = "" if facts.get("throughput") is None else f"   {facts['throughput']:.4g} requests/s"
        levels = "   ".join(f"{name} {facts[name]['value']:.4g}" for name in ("p50", "p95", "p99"))
        return [f"  {facts['n']:,} requests   {levels}   max {facts['max']:.4g} ms{rate}"]
    plans = facts.get("plans") or []
    times = [plan["execution_ms"] for plan in plans if plan.get("execution_ms") is not None]
    return [f"  {len(plans)} plan(s)" + "".join(f"   {ms:.4g} ms" for ms in times[:5])] if plans else []


def _paint(text: str, code: str, *, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
