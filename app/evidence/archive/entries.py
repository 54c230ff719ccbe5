"""An entry of an archive before it is unpacked, and what its name may be."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

FILE, FOLDER, CUT = "file", "folder", "cut"
LONGEST_PATH = 400
_SYSTEM_NAMES = frozenset({
    "__macosx", ".ds_store", "thumbs.db", "desktop.ini", ".git", ".svn", ".hg", ".gitattributes", ".gitignore",
    ".gitkeep", ".idea", ".vscode", "node_modules", "__pycache__", ".venv", ".editorconfig", ".keep", ".terraform",
    ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".gradle", ".next", "bower_components",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `sort` is file, folder, or why it is no file; `read` gives its bytes once, piece by piece.

    `cut` is no entry: the archive stops after the one of that name without saying that it ends.
    """

    name: str
    sort: str
    read: Callable[[], Iterator[bytes]]


def clean_path(name: str) -> str | None:
    """The path as it is shown: forward strokes, no control or direction signs; None if it leads outside."""
    path = unicodedata.normalize("NFC", name[: 4 * LONGEST_PATH]).replace("\\", "/")
    if path.startswith("/") or path[1:3] == ":/" or ".." in path.split("/"):
        return None
    kept = "".join(sign for sign in path if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    parts = [part.strip() for part in kept.split("/") if part.strip() not in ("", ".")]
    return "/".join(parts)[-LONGEST_PATH:] or None


def is_left_by_a_system(path: str) -> bool:
    """Whether the file is there because of a program, not because somebody put it there."""
    return any(map(_is_of_a_system, path.split("/")))


def outermost(path: str) -> str:
    """What a program left there, of which the path is or in which it lies: `a/.git` of `a/.git/hooks/x`."""
    parts = path.split("/")
    end = next((at for at, part in enumerate(parts, 1) if _is_of_a_system(part)), len(parts))
    return "/".join(parts[:end])


def _is_of_a_system(part: str) -> bool:
    return part.lower() in _SYSTEM_NAMES or part.startswith("._")
