"""Takes the files out of an archive, within bounds and under numbers instead of names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.evidence.archive import formats, tars, zips
from app.evidence.archive.entries import CUT, FILE, FOLDER, Entry, clean_path, is_left_by_a_system
from app.evidence.archive.rules import TOO_MUCH
from app.evidence.findings import Finding, Unreadable, phrase
from app.evidence.source import Source

MIB = 1024 * 1024
MOST_ENTRIES = 2000
MOST_LEFT_BY_SYSTEMS = 20_000
"""So many more may lie in `node_modules` and `.git`."""
MOST_PARTS = 100
MOST_OF_ONE = 64 * MIB
MOST_TOTAL = 100 * MIB
MOST_RATIO = 200
RATIO_FROM = 64 * MIB
"""Less than that is no bomb: an access log whose lines repeat within a second compresses three hundredfold."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file: its path as it is shown, where it was written to, size in bytes, SHA-256 in hex."""

    path: str
    file: Path
    size: int
    sha256: str


@dataclass(slots=True)
class Unpacked:
    """What was taken out; `left_out` is (path, why), `written` the bytes of all files, also of those left out again."""

    format: str
    parts: list[Part] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    written: int = 0

    @property
    def total(self) -> int:
        return sum(part.size for part in self.parts)


def unpack(source: Source, folder: Path, *, seen: Callable[[Part], None] = lambda _part: None) -> Unpacked:
    """Write every file of the archive into `folder` as 0000, 0001, …, and show each to `seen` as soon as it is there.

    What must not or need not be taken is left out with its reason. Raises `Unreadable` when the archive is damaged or
    goes beyond a bound.
    """
    unpacked, taken = Unpacked(formats.what(source) or formats.ZIP), set[str]()
    own, others = 0, 0
    for entry in _entries(source, unpacked.format):
        path = clean_path(entry.name)
        is_other = path is not None and is_left_by_a_system(path)
        own, others = own + (not is_other), others + is_other
        _require_few(own, MOST_ENTRIES)
        _require_few(others, MOST_LEFT_BY_SYSTEMS)
        if entry.sort == FOLDER:
            continue
        why = _why_not(entry, path, taken)
        if path is None or why is not None:
            unpacked.left_out.append((path or _shown(entry.name), why or "outside"))
            continue
        taken.add(path)
        part = _take(entry, path, source, folder, unpacked)
        if part is not None:
            seen(part)
    return unpacked


def _require_few(count: int, most: int) -> None:
    if count > most:
        raise Unreadable(TOO_MUCH.at(what=phrase("it has over {most_entries:,} entries", most_entries=most)))


def _entries(source: Source, form: str) -> Iterator[Entry]:
    return zips.entries(source) if form == formats.ZIP else tars.entries(source)


def _why_not(entry: Entry, path: str | None, taken: set[str]) -> str | None:
    if path is None:
        return "outside"
    if entry.sort != CUT and is_left_by_a_system(path):
        return "left by a system"
    if entry.sort != FILE:
        return entry.sort
    return "twice" if path in taken else None


def _take(entry: Entry, path: str, source: Source, folder: Path, unpacked: Unpacked) -> Part | None:
    """Write one file; what turns out to be empty or an archive goes again."""
    if len(unpacked.parts) >= MOST_PARTS:
        raise Unreadable(TOO_MUCH.at(what=phrase("it has over {most_parts} files", most_parts=MOST_PARTS)))
    file = folder / f"{len(unpacked.parts):04}"
    part = _written(entry, path, file, _room(source, unpacked))
    unpacked.written += part.size
    why = "empty" if part.size == 0 else "nested" if formats.is_nested(Source("", file)) else None
    if why is None:
        unpacked.parts.append(part)
        return part
    file.unlink()
    unpacked.left_out.append((path, why))
    return None


def _written(entry: Entry, path: str, file: Path, room: int) -> Part:
    digest, size = hashlib.sha256(), 0
    with file.open("xb") as out:
        for piece in entry.read():
            size += len(piece)
            if size > room:
                raise Unreadable(_too_much(room))
            digest.update(piece)
            out.write(piece)
    return Part(path, file, size, digest.hexdigest())


def _room(source: Source, unpacked: Unpacked) -> int:
    """How many bytes the next file may have."""
    by_ratio = max(RATIO_FROM, MOST_RATIO * source.size)
    return min(MOST_OF_ONE, MOST_TOTAL - unpacked.written, by_ratio - unpacked.written)


def _too_much(room: int) -> Finding:
    if room == MOST_OF_ONE:
        return TOO_MUCH.at(
            what=phrase("one file in it has over {most_of_one} MB", most_of_one=MOST_OF_ONE // MIB)
        )
    return TOO_MUCH.at(
        what=phrase(
            "it unpacks to over {most_total} MB, or {most_ratio} times its own size",
            most_total=MOST_TOTAL // MIB,
            most_ratio=MOST_RATIO,
        )
    )


def _shown(name: str) -> str:
    """A name that leads outside, fit for a sentence."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:80])
