"""The report on an archive: what is in it, what each part is, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.evidence import registry
from app.evidence.archive import NAME
from app.evidence.archive.entries import outermost
from app.evidence.archive.rules import (
    CUT,
    ENCRYPTED,
    METHOD,
    NESTED,
    NO_FILE,
    NOTHING,
    OPENED,
    OUTSIDE,
    PASSED_OVER,
    TWICE,
)
from app.evidence.archive.unpacking import Part, Unpacked, unpack
from app.evidence.findings import Finding, Report, few, phrase
from app.evidence.source import Source

MOST_LISTED = 200
MOST_NAMED = 3
_RULES = {
    "encrypted": ENCRYPTED, "outside": OUTSIDE, "nested": NESTED, "twice": TWICE, "empty": PASSED_OVER,
    "left by a system": PASSED_OVER, "cut": CUT,
}  # fmt: skip
_NO_FILES = {"link": phrase("a link"), "device": phrase("a device"), "sparse": phrase("a sparse file")}


def report(source: Source) -> Report:
    """Unpack it part by part, look at each, and keep nothing. Raises `Unreadable`."""
    parts: list[dict[str, Any]] = []

    def seen(part: Part) -> None:
        parts.append(_described(part))
        part.file.unlink()

    with TemporaryDirectory(prefix="touchstone-archive-") as folder:
        unpacked = unpack(source, Path(folder), seen=seen)
    facts = {
        "format": unpacked.format,
        "parts": parts,
        "left_out": [{"path": path, "why": why} for path, why in unpacked.left_out[:MOST_LISTED]],
        "total": unpacked.total,
    }
    return Report(NAME, 1.0, facts, tuple(_findings(parts, unpacked)))


def _described(part: Part) -> dict[str, Any]:
    """A part with what it is recognised as, by its first bytes alone."""
    likely = registry.recognise(Source(part.path.rpartition("/")[2], part.file))
    kinds = [kind.name for kind, confidence in likely if likely[0][1] - confidence <= registry.ABOUT_AS_SURE]
    kind, *also = kinds or [registry.UNKNOWN]
    return {"path": part.path, "size": part.size, "sha256": part.sha256, "kind": kind, "also": also}


def _findings(parts: Sequence[dict[str, Any]], unpacked: Unpacked) -> Iterator[Finding]:
    if not parts:
        yield NOTHING.at()
    whys: dict[str, list[str]] = {}
    for path, why in unpacked.left_out:
        whys.setdefault("empty" if why == "left by a system" else why, []).append(path)
    for why, paths in whys.items():
        names = few(list(dict.fromkeys(map(outermost, paths))), MOST_NAMED)
        if why in _NO_FILES:
            yield NO_FILE.at(what=_NO_FILES[why], names=names)
        elif why == "method":
            yield METHOD.at(what=phrase("neither stored nor deflated"), names=names)
        else:
            yield _RULES[why].at(names=names)
    if parts:
        yield OPENED.at(
            count=phrase("1 file") if len(parts) == 1 else phrase("{count} files", count=len(parts)),
            kinds=_kinds(parts),
        )


def _kinds(parts: Sequence[dict[str, Any]]) -> str:
    """ "Alert rules, Runbook (5), 1 not recognised"."""
    counts = Counter(part["kind"] for part in parts)
    unknown = counts.pop(registry.UNKNOWN, 0)
    words = [registry.named(kind).title + (f" ({n})" if n > 1 else "") for kind, n in counts.items()]
    return ", ".join([*words, *([phrase("{unknown} not recognised", unknown=unknown)] if unknown else [])])
