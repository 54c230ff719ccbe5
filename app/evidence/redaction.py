"""A report without the secrets of its file: where one was quoted, dots stand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.evidence.findings import Finding, Number, Report, Where

DOTS = "•••"
SHORTEST = 6
"""Shorter passwords are words and numbers that stand elsewhere too."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def without(report: Report, secrets: frozenset[bytes]) -> Report:
    """The same report; every string in it that repeats a secret has dots in its place."""
    words = sorted((one.decode("utf-8", "replace") for one in secrets if len(one) >= SHORTEST), key=len)
    if not words:
        return report
    hidden = tuple(reversed(words))
    return replace(
        report,
        facts=_facts(report.facts, hidden),
        findings=tuple(_finding(finding, hidden) for finding in report.findings),
    )


def _facts(facts: Mapping[str, Any], words: tuple[str, ...]) -> Mapping[str, Any]:
    """Replaced within the strings of the JSON, so that no depth of nesting is walked and no number is touched."""
    escaped = tuple(json.dumps(word)[1:-1] for word in words)
    text = json.dumps(dict(facts))
    cleaned: dict[str, Any] = json.loads(_STRING.sub(lambda found: _dotted(found[0], escaped), text))
    return cleaned


def _finding(finding: Finding, words: tuple[str, ...]) -> Finding:
    numbers: dict[str, Number] = {
        name: _dotted(value, words) if isinstance(value, str) else value
        for name, value in finding.numbers.items()
    }
    where = finding.where
    return replace(
        finding,
        message=_dotted(finding.message, words),
        why=_dotted(finding.why, words),
        fix=_dotted(finding.fix, words),
        where=where if where.node is None else _where(where, words),
        numbers=numbers,
    )


def _where(where: Where, words: tuple[str, ...]) -> Where:
    return replace(where, node=_dotted(where.node or "", words))


def _dotted(text: str, words: tuple[str, ...]) -> str:
    for word in words:
        text = text.replace(word, DOTS)
    return text
