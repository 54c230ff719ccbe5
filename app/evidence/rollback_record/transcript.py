"""A session in which a rollback was run: `kubectl rollout undo`, `rollout status`, with the times `date` printed.

The command has the first time printed below it before its next, else the last one above; the end the first below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.evidence import times
from app.evidence.kill_log.session import printed
from app.evidence.rollback_record.entries import Entry

COMMAND = re.compile(
    r"[^$#%❯➜>\n]{0,80}[$#%❯➜>] [^\n]{0,120}\b"
    r"(?:kubectl [^\n]{0,80}rollout undo|(?:helm|kamal|nomad job) (?:rollback|revert))\b"
)
_DONE = re.compile(
    r"\bsuccessfully rolled out\b|\bRollback was a success\b|\bhas been rolled back\b", re.IGNORECASE
)
_PROMPT = re.compile(r"[^$#%❯➜>\n]{0,80}[$#%❯➜>] ")
_IMAGE = re.compile(r"\S{1,200}[:@]([\w.-]{1,80})$", re.ASCII)
MOST = 2_000


def of_text(text: str) -> list[Entry]:
    """The start, the end and the version that runs afterwards; nothing without a command and a time."""
    lines = text.split("\n")[:MOST]
    at = next((number for number, line in enumerate(lines) if COMMAND.match(line[:400])), None)
    if at is None:
        return []
    found = [_entry("start", _below(lines, at, is_command=True) or _above(lines, at))]
    end = next((number for number in range(at, len(lines)) if _DONE.search(lines[number][:400])), None)
    if end is not None:
        found += [_entry("done", _below(lines, end)), *_image(lines, end)]
    return [entry for entry in found if entry is not None]


def _entry(label: str, stamp: tuple[int, str] | None) -> Entry | None:
    return None if stamp is None else Entry(label, stamp[1], stamp[0] + 1)


def _below(lines: Sequence[str], at: int, *, is_command: bool = False) -> tuple[int, str] | None:
    """The first time printed after a line; after a command only what itself printed."""
    for number in range(at + 1, len(lines)):
        if is_command and _PROMPT.match(lines[number][:200]):
            return None
        if stamp := _time(lines[number]):
            return number, stamp
    return None


def _above(lines: Sequence[str], at: int) -> tuple[int, str] | None:
    return next(
        ((number, stamp) for number in range(at - 1, -1, -1) if (stamp := _time(lines[number]))), None
    )


def _time(line: str) -> str:
    """What `date` printed, in UTC where it says its zone; empty for any other line."""
    found = None if _PROMPT.match(line[:200]) else printed(line)
    if found is None:
        return ""
    return times.iso(found[0]) if found[1] else times.iso(found[0]).removesuffix("Z")


def _image(lines: Sequence[str], end: int) -> Iterator[Entry]:
    """The tag of an image that stands alone on a line."""
    for number in range(end + 1, len(lines)):
        hit = _IMAGE.fullmatch(lines[number].strip())
        if hit and not _time(lines[number]):
            yield Entry("version after", hit[1], number + 1)
            return
