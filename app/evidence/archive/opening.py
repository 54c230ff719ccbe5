"""Archives on the command line: their parts checked like files, and unpacked for whoever asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from app.evidence import registry
from app.evidence.archive import NAME
from app.evidence.archive.unpacking import unpack
from app.evidence.findings import Unreadable
from app.evidence.session import Checked
from app.evidence.source import Source

SCHEMA = 1
FOLDER = "parts"


def parts_of(archive: Checked, folder: Path, today: date | None) -> Iterator[Checked]:
    """The parts of an archive, each checked under `ARCHIVE/PATH`; nothing for another file. Writes into `folder`."""
    if archive.report.kind != NAME or not archive.report.facts:
        return
    inside = folder / archive.source.sha256()
    inside.mkdir(exist_ok=True)
    inner = Path(archive.source.path)
    for part in unpack(Source(inner.name, inner), _emptied(inside)).parts:
        source = Source(part.path.rpartition("/")[2], part.file)
        yield Checked(f"{archive.name}/{part.path}", source, registry.inspect(source, today=today))


def unpacked(path: Path, folder: Path) -> tuple[int, str]:
    """Unpack into `folder/parts`, which must not be there yet; the exit status and what to print.

    The list names each part's path in the archive and the number it was written under.
    """
    target = folder / FOLDER
    target.mkdir()
    source = Source(path.name, path)
    try:
        parts = unpack(source, target).parts
    except Unreadable as unreadable:
        return 1, unreadable.finding.message
    listed = [
        {"path": part.path, "file": part.file.name, "size": part.size, "sha256": part.sha256}
        for part in parts
    ]
    return 0, json.dumps({"schema": SCHEMA, "parts": listed})


def _emptied(folder: Path) -> Path:
    """The same archive may be named twice."""
    for file in folder.iterdir():
        file.unlink()
    return folder
