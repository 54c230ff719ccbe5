"""One patch from bytes to report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.evidence.diff import indexes, memory, rules, signs
from app.evidence.diff.parse import FilePatch, Line, Patch, changed, parse
from app.evidence.findings import Finding, Report, Unreadable, Where, phrase
from app.evidence.source import Source

MOST_FILES = 500
MOST_SIGNS = 40
LARGE_LINES = 5000
_GENERATED = re.compile(
    r"(?:^|/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock|Pipfile\.lock|Cargo\.lock|Gemfile\.lock"
    r"|composer\.lock|go\.sum|[^/]{1,120}\.min\.(?:js|css)|[^/]{1,120}\.map|[^/]{1,120}\.snap|[^/]{1,120}\.pb\.go)$"
    r"|(?:^|/)(?:vendor|node_modules|dist|third_party)/"
)
_PROSE = re.compile(r"\.(?:md|markdown|rst|adoc)$|(?:^|/)(?!requirements)[^/]{1,120}\.txt$", re.IGNORECASE)
_NEW_TABLE = re.compile(r"\bCREATE TABLE\b|create_table\(|CreateModel\(", re.IGNORECASE)
_STAT = re.compile(r"^ \d{1,6} files? changed", re.MULTILINE)


def report(source: Source) -> Report:
    """Facts and findings of a patch; raises `Unreadable` when it holds no changed line."""
    text = source.text()
    lines = text.split("\n")
    form, patch = _form(text), parse(lines)
    if not patch.hunks and form == "unified" and (made := _as_sql(lines, source.name)):
        form, patch = "sql", made
    if not any(file.added or file.removed for file in patch.files):
        raise Unreadable(rules.NO_HUNKS.at(what=_instead(text, patch)))
    facts = _facts(form, patch)
    return Report("diff", 0.97 if patch.hunks else 0.5, facts, tuple(_findings(patch, facts)))


def _form(text: str) -> str:
    head = text[:20_000]
    if "diff --git " in head:
        return "mail" if head.startswith("From ") and "\nSubject:" in head else "git"
    if head.startswith("Index: ") or "\nIndex: " in head:
        return "svn"
    return "context" if re.search(r"^\*{15}$", head, re.MULTILINE) else "unified"


def _as_sql(lines: list[str], name: str) -> Patch | None:
    """A migration sent as it is: every line counts as added, when one of them makes an index."""
    file = FilePatch(name, 1, status="added", added=[Line(line, i) for i, line in enumerate(lines, start=1)])
    return Patch([file], [], 0) if any(index["name"] for index in indexes.created(file)) else None


def _instead(text: str, patch: Patch) -> str:
    if _STAT.search(text):
        return phrase("this is the summary of `git diff --stat`")
    if _form(text) == "context":
        return phrase("this is a context diff, which is not read; write it with `diff -u`")
    if any(file.is_binary for file in patch.files):
        return phrase("only binary files differ")
    return (
        phrase("the file names the files of a patch without their lines")
        if patch.files
        else phrase("it is no patch")
    )


def _facts(form: str, patch: Patch) -> dict[str, Any]:
    files = [_file(file) for file in patch.files]
    generated = sum(file["added"] + file["removed"] for file in files if file["is_generated"])
    read = Patch(
        [file for file in patch.files if not _GENERATED.search(file.path[-400:])], patch.broken, patch.hunks
    )
    return {
        "format": form,
        "files": files[:MOST_FILES],
        "file_count": len(files),
        "added": sum(file["added"] for file in files),
        "removed": sum(file["removed"] for file in files),
        "generated_lines": generated,
        "broken_hunks": len(patch.broken),
        "indexes": [index for file in read.files for index in indexes.created(file)][: indexes.MOST],
        "moved_out": _state(read, signs.OUTSIDE, is_added=True),
        "still_local": _inside(read, is_added=True),
        "no_longer_local": _inside(read, is_added=False),
        "ready": _paths(read, signs.READY),
        "live": _paths(read, signs.LIVE),
        "drain": _state(read, signs.DRAIN, is_added=True),
        "migrations": _state(read, signs.CONTRACTING, is_added=True),
    }


def _file(file: FilePatch) -> dict[str, Any]:
    return {
        "path": file.path[:300],
        "old_path": file.old_path[:300],
        "status": file.status,
        "added": len(file.added),
        "removed": len(file.removed),
        "is_binary": file.is_binary,
        "is_generated": _GENERATED.search(file.path[-400:]) is not None,
        "line": file.line,
    }


def _state(patch: Patch, table: signs.Signs, *, is_added: bool) -> list[dict[str, Any]]:
    """The first line of each (what, how) in each file."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    told = Patch([file for file in patch.files if not _PROSE.search(file.path[-400:])], [], 0)
    for file, line in changed(told, is_added=is_added):
        for sign in table.of(line.text):
            place = {"what": sign.what, "how": sign.how, "file": file.path[:300], "line": line.number}
            found.setdefault((sign.what, sign.how, file.path), place)
    return list(found.values())[:MOST_SIGNS]


def _inside(patch: Patch, *, is_added: bool) -> list[dict[str, Any]]:
    """What changed lines keep inside the process: what the signs know, and variables that are filled."""
    served = Patch([file for file in patch.files if not memory.is_beside(file.path)], [], 0)
    known = _state(served, signs.INSIDE, is_added=is_added)
    places = {(place["file"], place["line"]) for place in known}
    variables = [
        {
            "what": f"`{name}`",
            "how": phrase("a variable of the process, filled on line {line}", line=filled.number),
            "file": file.path[:300],
            "line": made.number,
        }
        for file in served.files
        for name, made, filled in memory.kept(file, file.added if is_added else file.removed)
        if (file.path[:300], made.number) not in places
    ]
    return (known + variables)[:MOST_SIGNS]


def _paths(patch: Patch, pattern: re.Pattern[str]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for file, line in changed(patch, is_added=True):
        for match in pattern.finditer(line.text[: signs.LONGEST]):
            path = signs.path_of(match)
            found.setdefault(path.lower(), {"path": path, "file": file.path[:300], "line": line.number})
    return list(found.values())[:MOST_SIGNS]


def _findings(patch: Patch, facts: dict[str, Any]) -> Iterator[Finding]:
    if patch.broken:
        first = patch.broken[0]
        yield rules.BROKEN.at(
            Where(line=first.line),
            count=len(patch.broken),
            line=first.line,
            old=first.announced[0],
            new=first.announced[1],
            old_there=first.there[0],
            new_there=first.there[1],
        )
    total, generated = facts["added"] + facts["removed"], facts["generated_lines"]
    if total - generated > LARGE_LINES or generated > max(1000, 4 * (total - generated)):
        yield rules.LARGE.at(lines=total, generated=generated)
    for index in facts["indexes"]:
        is_known = bool(index["name"] or index["table"])
        if is_known and not index["concurrently"] and not _makes_table(patch, index):
            name = index["name"] or f"on {index['table']}"
            yield rules.BLOCKING.at(Where(line=index["line"]), index=name, file=index["file"])
    for step in facts["migrations"]:
        yield rules.CONTRACTS.at(Where(line=step["line"]), what=step["what"], file=step["file"])


def _makes_table(patch: Patch, index: dict[str, Any]) -> bool:
    """Whether the table of an index is new in the same patch: then nobody waits for it."""
    table = (index["table"] or "").lower()
    return bool(table) and any(
        table in line.text.lower() and _NEW_TABLE.search(line.text[: signs.LONGEST])
        for _, line in changed(patch, is_added=True)
    )
