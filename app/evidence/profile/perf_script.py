"""The text of `perf script`: a line for each sample, its frames below it, the innermost first.

Recorded without `-g` a sample is one line, which ends in its only frame.
Of several events the first of the file is counted, as stackcollapse-perf.pl does. Symbols of V8's perf map are cut to
name and place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from app.evidence.findings import phrase
from app.evidence.profile.limits import LONGEST_LINE, Refused
from app.evidence.profile.names import base
from app.evidence.profile.tree import Profile, Tree
from app.evidence.source import Source

_TIME = re.compile(r"\d{1,12}\.\d{3,9}:$")
_ADDRESS = re.compile(r"[0-9a-f]{1,16}$")
_OFFSET = re.compile(r"\+0x[0-9a-f]{1,16}$")
_JAVASCRIPT = re.compile(
    r"(?:LazyCompile|Function|JS|Script|Eval):[~*^+']{0,2}(\S{0,200}) (\S{1,300}?)(?::(\d{1,7}))?(?::\d{1,7})?$"
)


@dataclass(slots=True)
class _Sample:
    """The sample whose frames are being read; `is_counted` is false for other events."""

    command: str
    is_counted: bool
    frames: list[tuple[str, str, int]] = field(default_factory=list)


class _Header(NamedTuple):
    """The line of a sample; `frame` is its only one where no stacks were recorded."""

    command: str
    thread: str
    time: float
    event: str
    frame: str


def looks_like(head: str) -> bool:
    """A header with a time, and an indented address below it."""
    lines = head[:16_384].split("\n")[:80]
    flat = [
        header for line in lines[:3] if (header := _header(line)) is not None and _has_address(header.frame)
    ]
    if flat:
        return True
    for above, below in pairwise(lines):
        if above[:1].strip() and below[:1].isspace() and _header(above) is not None:
            return _has_address(below)
    return False


def _has_address(frame: str) -> bool:
    words = frame.split(None, 1)
    return len(words) == 2 and _ADDRESS.match(words[0]) is not None


def read(source: Source) -> Profile:
    """Every sample counts one."""
    profile = Profile("perf script", Tree(), what="samples", samples=0)
    sample: _Sample | None = None
    threads: set[str] = set()
    times: list[float] = []
    for number, line in enumerate(source.text().split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise Refused(
                phrase(
                    "line {number} is longer than {longest_line} kB",
                    number=number,
                    longest_line=LONGEST_LINE // 1024,
                )
            )
        header = _header(line) if _may_be_header(line) else None
        if header is None and line[:1].isspace() and line.strip() and sample is not None:
            _frame(sample, line)
        elif header is not None:
            _count(profile, sample)
            profile.what = profile.what if times else header.event
            sample = _Sample(header.command, header.event == profile.what)
            threads.add(header.thread)
            _frame(sample, header.frame)
            times = [times[0] if times else header.time, header.time]
    _count(profile, sample)
    profile.threads = len(threads) or None
    profile.duration_s = abs(times[1] - times[0]) if times and times[1] != times[0] else None
    return profile


def _header(line: str) -> _Header | None:
    """`python3 1234/1235 [001] 12.345678: 10101 cpu-clock:u:`, with the period or without."""
    words = line[:400].split()
    at = next((index for index, word in enumerate(words) if _TIME.match(word)), 0)
    before = [word for word in words[:at] if not word.startswith("[")]
    if len(before) < 2 or not before[-1].replace("/", "").isdigit() or at + 1 >= len(words):
        return None
    event = at + 2 if words[at + 1].isdigit() and at + 2 < len(words) else at + 1
    rest = line.split(None, event + 1)[event + 1 :]
    return _Header(
        " ".join(before[:-1]), before[-1], float(words[at][:-1]), words[event].rstrip(":"), "".join(rest)
    )


def _may_be_header(line: str) -> bool:
    """Cheap: most lines are frames, and those have an address first and rarely a colon."""
    return line[:1] not in ("", "#", "\t") and ":" in line


def _frame(sample: _Sample, line: str) -> None:
    """`55f0 symbol+0x1f (/usr/bin/python3.11)`."""
    address, _, rest = line.strip().partition(" ")
    if not rest or not _ADDRESS.match(address):
        return
    symbol, mark, library = rest.strip().rpartition(" (")
    symbol = _OFFSET.sub("", symbol if mark else rest.strip())
    found = _JAVASCRIPT.match(symbol)
    if found is not None:
        sample.frames.append((found[1] or "(anonymous)", found[2], int(found[3] or 0)))
    else:
        file = "" if library in ("inlined)", "[unknown])") else base(library[:-1])
        sample.frames.append((symbol, file if mark else "", 0))


def _count(profile: Profile, sample: _Sample | None) -> None:
    if sample is None or not sample.is_counted:
        return
    tree = profile.tree
    path = [tree.frame(sample.command)]
    path += [tree.frame(name, file) for name, file, _ in reversed(sample.frames)]
    tree.add(tree.at(path), 1.0, sample.frames[0][2] if sample.frames else 0)
    profile.samples = (profile.samples or 0) + 1
