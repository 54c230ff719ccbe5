"""Whether a file ends where its writer meant it to: JSON and XML that stay open, a last row that is too short."""

from __future__ import annotations

import json
import re

from app.evidence.findings import phrase
from app.evidence.source import Source

TAIL = 64 * 1024
FEWEST_ROWS = 5
LONGEST_HALF_WORD = 6
"""Of `false`, of `\\u00e9`: an error so near the end is the end."""
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]{0,100})[\s/>]")
_KNOWN_ROOTS = (b"<?xml", b"<testResults", b"<explain", b"<ShowPlanXML", b"<svg")
_ESCAPED = (b"\\\\", b'\\"')


class Balance:
    """Counts the brackets of JSON outside its strings, piece by piece."""

    def __init__(self, source: Source) -> None:
        self.is_json = _is_json(source.head)
        self.depth, self.lines = 0, 1
        self._is_in_string, self._held = False, b""

    def feed(self, fresh: bytes) -> None:
        """The bytes that follow those fed before."""
        if not self.is_json:
            return
        self.lines += fresh.count(b"\n")
        data = self._held + fresh
        held = len(data) - len(data.rstrip(b"\\"))
        data, self._held = data[: len(data) - held], data[len(data) - held :]
        for escape in _ESCAPED if b"\\" in data else ():
            data = data.replace(escape, b"")
        parts = data.split(b'"')
        outside = b"".join(parts[1 if self._is_in_string else 0 :: 2])
        self._is_in_string ^= len(parts) % 2 == 0
        self.depth += sum(outside.count(bytes([sign])) for sign in b"{[")
        self.depth -= sum(outside.count(bytes([sign])) for sign in b"}]")

    def detail(self) -> str | None:
        """What is missing, in words; None when nothing is."""
        if self.depth <= 0 and not self._is_in_string:
            return None
        return phrase("the JSON ends in the middle, on line {lines:,}", lines=self.lines)


def short_end(source: Source, tail: bytes) -> str | None:
    """What is missing at the end of text that is no single JSON value; `tail` is its last 64 KiB."""
    head = source.head_bytes
    if head.lstrip().startswith(_KNOWN_ROOTS):
        return _open_root(head, tail)
    if _is_json(source.head):
        return None if tail.rstrip().endswith((b"}", b"]")) else phrase("the JSON ends in the middle")
    *lines, last = tail.replace(b"\r\n", b"\n").split(b"\n")
    if not last.strip() or len(lines) < FEWEST_ROWS:
        return None
    if _is_object(lines[-1]) and last.lstrip().startswith(b"{"):
        return None if _is_object(last) else phrase("its last line is half a JSON object")
    return _short_row(lines[-FEWEST_ROWS:], last)


def _is_json(head: str) -> bool:
    """Whether the head is JSON as far as it goes: logs begin with brackets too, and traces of Chrome may stay open."""
    text = head.strip()
    if not text.startswith(("{", "[")) or (text.startswith("[") and '"ph"' in text):
        return False
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        is_cut_at_the_end = (
            not error.msg.startswith("Extra data") and error.pos >= len(text) - LONGEST_HALF_WORD
        )
        return error.msg.startswith("Unterminated string") or is_cut_at_the_end
    except (ValueError, RecursionError):
        return False
    return True


def _is_object(line: bytes) -> bool:
    if not line.lstrip().startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _open_root(head: bytes, tail: bytes) -> str | None:
    """The element everything is in, when it is not closed."""
    root = _ROOT.search(head)
    if root is None:
        return None
    end = tail.rstrip()
    closes = end.endswith(b">") and re.search(rb"</" + re.escape(root[1]) + rb"\s{0,20}>", end[-4096:])
    is_alone = end.endswith(b"/>") and head.find(b"<", root.end()) < 0
    name = root[1].decode("ascii", errors="replace")
    return None if closes or is_alone else phrase("<{name}> is opened and not closed", name=name)


def _short_row(rows: list[bytes], last: bytes) -> str | None:
    """A last row without a line end that has fewer cells than all the rows above it, and begins like them."""
    for sign in (b",", b";", b"\t", b"|"):
        counts = {row.count(sign) for row in rows}
        if len(counts) != 1 or min(counts) < 2 or any(b'"' in row for row in (*rows, last)):
            continue
        if 0 < last.count(sign) < min(counts) and _shape(last, sign) in {_shape(row, sign) for row in rows}:
            return phrase(
                "its last row has {cells} of {width} cells", cells=last.count(sign) + 1, width=min(counts) + 1
            )
    return None


def _shape(row: bytes, sign: bytes) -> str:
    """The first cell with its digits as one sign, its letters as another."""
    cell = row.split(sign, 1)[0].decode("utf-8", errors="replace")
    return re.sub(r"[^\W\d]+", "a", re.sub(r"\d+", "0", cell))
