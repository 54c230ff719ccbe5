"""Indexes that added lines create: SQL, Alembic, Django, Rails. A statement may go over several added lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence.diff.parse import FilePatch, Line

STATEMENT_LINES = 12
MOST = 100
_PART = r'(?:"(?:[^"]|""){1,120}"|[\w$]{1,120})'
_NAME = rf"(?:{_PART}\.)?{_PART}"
_SQL = re.compile(
    r"CREATE (?:UNIQUE )?INDEX(?P<concurrently> CONCURRENTLY)?(?: IF NOT EXISTS)?"
    rf"(?: (?!ON\b)(?P<name>{_NAME}))? ON (?:ONLY )?(?P<table>{_NAME})"
    r"(?: USING \w{1,30})? ?\((?P<columns>[^()]{0,200})",
    re.IGNORECASE,
)
_ALEMBIC = re.compile(
    r"create_index\( ?(?:op\.f\( ?)?[\"'](?P<name>[^\"']{1,120})[\"']\)?, ?[\"'](?P<table>[^\"']{1,120})[\"'], ?"
    r"\[(?P<columns>[^\]]{0,200})\]"
)
_DJANGO = re.compile(r"Index\((?=[^)]{0,300}name ?= ?[\"'](?P<name>[^\"']{1,120})[\"'])[^)]{0,300}")
_RAILS = re.compile(r"add_index[ (]{1,3}:(?P<table>\w{1,120})(?=.{0,200}name: ?[\"':](?P<name>\w{1,120}))")


def created(file: FilePatch) -> Iterator[dict[str, Any]]:
    """The indexes that the added lines of one file make, in their order."""
    found = 0
    for at, line in enumerate(file.added):
        if "index" not in line.text.lower():
            continue
        for match in _matches(_statement(file.added, at), len(line.text)):
            found += 1
            if found > MOST:
                return
            yield _facts(match, file, line)


def _statement(lines: Sequence[Line], at: int) -> str:
    """The line and the added ones right below it, with single blanks."""
    near = [
        line.text
        for offset, line in enumerate(lines[at : at + STATEMENT_LINES])
        if line.number == lines[at].number + offset
    ]
    return " ".join(" ".join(near).split())[:2000]


def _matches(statement: str, first_line: int) -> Iterator[re.Match[str]]:
    """Only what begins in the first line: the rest is found when its own line is looked at."""
    for pattern in (_SQL, _ALEMBIC, _DJANGO, _RAILS):
        match = pattern.search(statement)
        if match and match.start() < first_line:
            yield match


def _facts(match: re.Match[str], file: FilePatch, line: Line) -> dict[str, Any]:
    groups = match.groupdict()
    columns = [part.strip(" \"'") for part in (groups.get("columns") or "").split(",")]
    return {
        "name": _bare(groups.get("name")),
        "table": _bare(groups.get("table")),
        "columns": [column for column in columns if column],
        "concurrently": _is_concurrent(match),
        "file": file.path[:300],
        "line": line.number,
    }


def _bare(name: str | None) -> str | None:
    """The name alone: without its schema and the quotes around it."""
    part = re.search(rf"{_PART}$", name or "")
    if part is None:
        return None
    return part[0][1:-1].replace('""', '"') if part[0].startswith('"') else part[0]


def _is_concurrent(match: re.Match[str]) -> bool:
    if "concurrently" in match.groupdict():
        return match["concurrently"] is not None
    return "concurrently" in match.string[match.start() : match.start() + 400].lower()
