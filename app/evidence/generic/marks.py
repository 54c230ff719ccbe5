"""Signs that people do not see as they are stored, in the first 64 KiB: turned text and lost characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.evidence.findings import Finding, Where
from app.evidence.generic.rules import LOST, TURNED

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
REPLACEMENT = "\ufffd"


def find(head: str) -> Iterator[Finding]:
    """Nothing is said of bytes that are no text."""
    if "\0" in head:
        return
    if (mark := _TURNING.search(head)) is not None:
        line = head.count("\n", 0, mark.start()) + 1
        yield TURNED.at(Where(line=line), line=line, mark=f"U+{ord(mark[0]):04X}")
    if (place := head.find(REPLACEMENT)) >= 0 and place < len(head) - 1:
        line = head.count("\n", 0, place) + 1
        yield LOST.at(Where(line=line), line=line)
