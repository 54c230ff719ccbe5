"""austin's lines: `P4711;T0:8;app.py:main:14;db.py:query:40 5012`, with its `# mode: …` before them or without.

A line ends in microseconds, in bytes (`-m`), or in `microseconds,idle,bytes` (`-f`). Frames are `file:function:line`,
since version 4 also with columns; before version 3 `function (file)` and `L40` after it. Its binary file (MOJO) is not
read: `mojo2austin` turns it into these lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.evidence.findings import phrase
from app.evidence.profile.limits import LONGEST_LINE, Refused
from app.evidence.profile.names import split_place
from app.evidence.profile.tree import ROOT, Profile, Tree
from app.evidence.source import Source

UNNAMED = "time or memory"
_START = re.compile(r"P\d{1,10};T[0-9A-Za-z:]{1,40}(?:;| \d)")
_METRIC = re.compile(r"(-?\d{1,18})(?:,([01]),(-?\d{1,18}))?$")
_FRAME = re.compile(r"([^:]{1,400}|[A-Za-z]:[^:]{1,400}):([^:]{1,400}):(\d{1,7})(?::\d{1,7}){0,3}$")
_OLD_LINE = re.compile(r"L\d{1,7}$")
_METADATA = re.compile(r"# ([a-z]{1,20}): (.{1,80})$")
_LOOKED_AT = 40


def looks_like(head: str) -> bool:
    """Lines that begin with a process and a thread, with or without the metadata before them."""
    lines = [line for line in head[:16_384].split("\n")[:_LOOKED_AT] if line.strip() and line[0] != "#"]
    if len(head) > 16_384 and len(lines) > 1:
        lines.pop()  # it may be cut
    started = sum(_START.match(line) is not None for line in lines)
    return bool(lines) and started >= 0.9 * len(lines)


@dataclass(slots=True)
class _Seen:
    """What the lines were; `fell` says that a metric was negative, which time cannot be."""

    metadata: dict[str, str] = field(default_factory=dict)
    threads: set[str] = field(default_factory=set)
    samples: int = 0
    full: int = 0
    fell: bool = False
    bad: int = 0
    first_bad: int = 0


def read(source: Source) -> Profile:
    """Every line that is a stack; raise `Refused` when too many are none."""
    tree, seen = Tree(), _Seen()
    known: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(source.text().split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise Refused(
                phrase("a line is longer than {longest_line} kB", longest_line=LONGEST_LINE // 1024)
            )
        if line.startswith("#"):
            if (said := _METADATA.match(line.rstrip())) is not None:
                seen.metadata[said[1]] = said[2]
        elif line.strip() and not _counted(tree, line.rstrip(), seen, known):
            seen.bad, seen.first_bad = seen.bad + 1, seen.first_bad or number
    if seen.bad > 10 and 10 * seen.bad > seen.samples:
        raise Refused(
            phrase(
                "{bad:,} lines do not end in a count, the first is line {first_bad}",
                bad=seen.bad,
                first_bad=seen.first_bad,
            )
        )
    return _profile(tree, seen)


def _counted(tree: Tree, line: str, seen: _Seen, known: dict[str, tuple[int, int]]) -> bool:
    stack, _, metric = line.rpartition(" ")
    found = _METRIC.match(metric)
    parts = stack.split(";")
    if found is None or len(parts) < 2 or not _START.match(line):
        return False
    seen.samples += 1
    seen.threads.add(f"{parts[0]};{parts[1]}")
    seen.full += found[2] is not None
    seen.fell |= found[1].startswith("-")
    node, place = ROOT, 0
    for text in (*_frames(parts[2:]), *(("(idle)",) if found[2] == "1" else ())):
        frame, place = known.get(text) or known.setdefault(text, _frame(tree, text))
        below = tree.below(node, frame)
        if below == node:
            break
        node = below
    tree.add(node, max(float(found[1]), 0.0), place)
    return True


def _frames(parts: list[str]) -> list[str]:
    """The older form sets the line after its frame: `main (app.py)`, `L14`."""
    found: list[str] = []
    for part in parts:
        if _OLD_LINE.match(part) and found and found[-1].endswith(")"):
            found[-1] = f"{found[-1][:-1]}:{part[1:]})"
        elif part:
            found.append(part)
    return found


def _frame(tree: Tree, text: str) -> tuple[int, int]:
    found = _FRAME.match(text)
    name, file, line = split_place(text) if found is None else (found[2], found[1], int(found[3]))
    return tree.frame(name, file), line


def _profile(tree: Tree, seen: _Seen) -> Profile:
    """With the unit its header names; without a header it is not known whether time or memory was counted."""
    mode = seen.metadata.get("mode", "")
    profile = Profile("austin", tree, "samples", UNNAMED, threads=len(seen.threads) or None)
    if mode == "memory" or (not mode and seen.fell and not seen.full):
        profile.unit, profile.what = "bytes", "memory"
    elif mode or seen.full:
        profile.unit, profile.what, profile.samples = "ms", "time", seen.samples
        tree.own[:] = [own / 1000 for own in tree.own]
        tree.lines.update({place: weight / 1000 for place, weight in tree.lines.items()})
    duration = seen.metadata.get("duration", "")
    profile.duration_s = int(duration) / 1e6 if re.fullmatch(r"[0-9]{1,15}", duration, re.ASCII) else None
    return profile
