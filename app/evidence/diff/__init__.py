"""Patches: git diff and format-patch, Subversion, plain unified diffs; also an SQL migration sent as it is.

Facts:
  format            git | mail | svn | unified | context | sql
  files             [{path, old_path, status, added, removed, is_binary, is_generated, line}], at most 500
  file_count, added, removed, generated_lines, broken_hunks
  indexes           [{name, table, columns, concurrently, file, line}]  made by added lines
  moved_out         [{what, how, file, line}]     added lines that keep state outside the process
  still_local       [{what, how, file, line}]     added lines that keep state inside it
  no_longer_local   [{what, how, file, line}]     removed lines that kept it inside
  ready, live       [{path, file, line}]          addresses of added readiness and liveness endpoints
  drain             [{what, how, file, line}]     added lines that end a process gently
  migrations        [{what, how, file, line}]     steps the running version cannot live with
"""

from __future__ import annotations

import re

from app.evidence.diff import between, rules
from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "diff"
_HUNK = lazy(r"^@@ -\d{1,9}(?:,\d{1,9})? \+\d{1,9}(?:,\d{1,9})? @@", re.MULTILINE)
_STAT = lazy(r"^ \d{1,6} files? changed", re.MULTILINE)
_PAIR = lazy(r"^--- [^\n]{1,400}\n\+\+\+ ", re.MULTILINE)
_CONTEXT = lazy(r"^\*\*\* \d{1,9}(?:,\d{1,9})? \*\*\*\*$", re.MULTILINE)
_INDEX = lazy(r"^\s{0,20}CREATE (?:UNIQUE )?INDEX\b", re.MULTILINE | re.IGNORECASE)


def sniff(source: Source) -> float:
    """How sure the head makes us that it is a patch; a hunk's header is nearly proof."""
    head = source.head
    if "@@ -" in head and _HUNK.search(head):
        return 0.97
    if "diff --git " in head or head.startswith("Index: "):
        return 0.9
    if ("\n+++ " in head and _PAIR.search(head)) or ("*** " in head and _CONTEXT.search(head)):
        return 0.9
    if (
        " changed" in head
        and _STAT.search(head)
        and ("|" in head or "insertion" in head or "deletion" in head)
    ):
        return 0.7
    return 0.5 if "index" in source.lowered and _INDEX.search(head) else 0.0


def inspect(source: Source) -> Report:
    """Read the patch and say what it does and what it lacks. Raises `Unreadable`."""
    from app.evidence.diff.inspection import report

    return report(source)


KIND = Kind(NAME, phrase("Patch"), sniff, inspect, rules.SINGLE + rules.BETWEEN, together=between.together)
