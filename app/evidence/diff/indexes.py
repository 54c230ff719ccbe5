"""Indexes that added lines create: SQL, Alembic, Django, Rails; of other migrations, that there is one.

A statement may go over several added lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence.diff.parse import FilePatch, Line

STATEMENT_LINES = 12
MOST = 100
_WORDS = ("index", "add unique", "add key")
_PART = r'(?:"(?:[^"]|""){1,120}"|`[^`]{1,120}`|[\w$]{1,120})'
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
_ADDED = re.compile(
    rf"ALTER TABLE (?P<table>{_NAME}) (?:[^;]{{0,200}}, ?)?ADD (?:UNIQUE |FULLTEXT )?(?:INDEX|KEY) (?P<name>{_NAME}) ?"
    r"\((?P<columns>[^()]{0,200})",
    re.IGNORECASE,
)
_RAILS = re.compile(
    r"add_index[ (]{1,3}:(?P<table>\w{1,120}), ?(?P<columns>\[[^\]]{1,200}\]|:\w{1,120})"
    r"(?:(?=.{0,200}?\bname: ?[\"':](?P<name>\w{1,120})))?"
)
_OTHERS = re.compile(
    r"\bdb_index ?= ?True\b|\b(?:C|mapped_c)olumn\(.{0,200}\b(?:index|unique) ?= ?True\b|@@(?:index|unique)\(|@Index\("
    r"|\btable\.(?:index|unique)\(|\$table->(?:index|unique)\(|\.(?:addIndex|createIndex|HasIndex|CreateIndex)\("
    r"|\bt\.index\b|\bcreate (?:unique_)?index\(|<createIndex\b|\bcreateIndex:|\bgorm:\"[^\"]{0,200}\bindex\b"
)
"""Prisma, TypeORM, Hibernate, Knex, Laravel, Sequelize, MongoDB, EF Core, Ecto, Liquibase, GORM, models of Django and
SQLAlchemy: how they name the index is theirs."""


def created(file: FilePatch) -> Iterator[dict[str, Any]]:
    """The indexes that the added lines of one file make, in their order."""
    found = 0
    for at, line in enumerate(file.added):
        if not any(word in line.text.lower() for word in _WORDS):
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
    known = False
    for pattern in (_SQL, _ADDED, _ALEMBIC, _DJANGO, _RAILS):
        match = pattern.search(statement)
        if match and match.start() < first_line:
            known = True
            yield match
    other = None if known else _OTHERS.search(statement[:first_line])
    if other is not None:
        yield other


def _facts(match: re.Match[str], file: FilePatch, line: Line) -> dict[str, Any]:
    groups = match.groupdict()
    columns = [part.strip(" \"'`[]:") for part in (groups.get("columns") or "").split(",")]
    name = _bare(groups.get("name"))
    if match.re is _RAILS and name is None:
        name = f"index_{groups['table']}_on_{'_and_'.join(columns)}"
    return {
        "name": name,
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
    return part[0][1:-1].replace('""', '"') if part[0][0] in '"`' else part[0]


def _is_concurrent(match: re.Match[str]) -> bool:
    if "concurrently" in match.groupdict():
        return match["concurrently"] is not None
    return "concurrently" in match.string[match.start() : match.start() + 400].lower()
