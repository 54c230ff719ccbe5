"""A patch taken apart: files and their added and removed lines, each with its place in the patch.

Written from the description of unified output in the GNU diffutils manual and of git's extended headers in
git-diff(1). Hunks are read by their announced lengths; where those do not fit, by what the lines look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LONGEST_LINE = 4000
_HUNK = re.compile(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_GIT = "diff --git "
_HEADERS = (
    "index ",
    "old mode ",
    "new mode ",
    "similarity index ",
    "dissimilarity index ",
    "copy from ",
    "copy to ",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One changed line; `number` is its line in the patch, from 1."""

    text: str
    number: int


@dataclass(slots=True)
class FilePatch:
    """What a patch does to one file. `status` is added, deleted, renamed or modified."""

    path: str
    line: int
    old_path: str = ""
    status: str = "modified"
    is_binary: bool = False
    added: list[Line] = field(default_factory=list)
    removed: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BrokenHunk:
    """A hunk whose lines, old and new, are not as many as it announces."""

    line: int
    announced: tuple[int, int]
    there: tuple[int, int]


@dataclass(slots=True)
class Patch:
    files: list[FilePatch]
    broken: list[BrokenHunk]
    hunks: int


def parse(lines: Sequence[str]) -> Patch:
    """Every file of the patch in its order; text around it (a letter, a log) is passed over."""
    patch = Patch([], [], 0)
    at = 0
    while at < len(lines):
        line = lines[at]
        if (hunk := _HUNK.match(line)) and patch.files:
            at = _hunk(patch, lines, at, int(hunk[1] or 1), int(hunk[2] or 1))
            continue
        _header(patch, lines, at)
        at += 1
    return patch


def _hunk(patch: Patch, lines: Sequence[str], at: int, old: int, new: int) -> int:
    """Read one hunk and return where the next thing begins."""
    file, begin, left = patch.files[-1], at, [old, new]
    patch.hunks += 1
    at += 1
    while at < len(lines) and (sign := _sign(lines[at], left)):
        left[0] -= sign in " -"
        left[1] -= sign in " +"
        if sign in "+-":
            kept = file.added if sign == "+" else file.removed
            kept.append(Line(lines[at][1:LONGEST_LINE], at + 1))
        at += 1
    if left != [0, 0]:
        patch.broken.append(BrokenHunk(begin + 1, (old, new), (old - left[0], new - left[1])))
    return at


def _sign(line: str, left: Sequence[int]) -> str:
    """What a line of a hunk is: context, added, removed, a remark; empty when the hunk has ended."""
    if line.startswith("\\"):
        return "\\"
    if left[0] <= 0 and left[1] <= 0:
        return ""
    if line.startswith(("diff --git ", "@@ -", "Index: ")) or (line.startswith("-- ") and left[0] <= 0):
        return ""
    if line == "":
        return " "  # an editor took the blank of an empty context line
    return line[0] if line[0] in " +-" else ""


def _header(patch: Patch, lines: Sequence[str], at: int) -> None:
    """Take up what a line between hunks says of the file it belongs to."""
    line = lines[at]
    if line.startswith(_GIT):
        old, new = _git_names(line[len(_GIT) : LONGEST_LINE])
        patch.files.append(FilePatch(path=new, old_path=old, line=at + 1))
    elif line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ "):
        _names(patch, line[4:], lines[at + 1][4:], at)
    elif patch.files and not line.startswith(_HEADERS):
        _status(patch.files[-1], line)


def _git_names(rest: str) -> tuple[str, str]:
    """The names in `a/X b/Y`. X may hold a blank: they are the same unless a later line says `rename from`."""
    rest = rest.replace('"', "")
    half = len(rest) // 2
    old, new = (rest[:half], rest[half + 1 :]) if rest[half : half + 1] == " " else ("", "")
    if not old or _clean(old) != _clean(new):
        old, _, new = rest.partition(" b/") if " b/" in rest else rest.partition(" ")
    return _clean(old), _clean(new)


def _names(patch: Patch, old: str, new: str, at: int) -> None:
    """The two names of a plain or git patch; a git header has named the file already."""
    old, new = _clean(old), _clean(new)
    file = patch.files[-1] if patch.files else None
    if file is None or file.added or file.removed or file.path not in (old, new):
        file = FilePatch(path=new, old_path=old, line=at + 1)
        patch.files.append(file)
    if old == "/dev/null":
        file.status, file.path = "added", new
    elif new == "/dev/null":
        file.status, file.path = "deleted", old


def _status(file: FilePatch, line: str) -> None:
    if line.startswith("new file mode"):
        file.status = "added"
    elif line.startswith("deleted file mode"):
        file.status = "deleted"
    elif line.startswith("rename from "):
        file.status, file.old_path = "renamed", line[12:]
    elif line.startswith(("Binary files ", "GIT binary patch", "Cannot display: file marked as a binary")):
        file.is_binary = True


def _clean(name: str) -> str:
    """Without a tab and what follows it (times, revisions), git's a/ and b/, and quotes."""
    name = name.split("\t")[0].strip().strip('"')
    return name[2:] if name.startswith(("a/", "b/")) else name


def changed(patch: Patch, *, is_added: bool) -> Iterator[tuple[FilePatch, Line]]:
    """Every added (or removed) line with its file."""
    for file in patch.files:
        yield from ((file, line) for line in (file.added if is_added else file.removed))
