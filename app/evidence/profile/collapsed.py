"""Collapsed stacks: `main;work;parse 123`, one stack a line, as py-spy, perf's stackcollapse and async-profiler write.

Also read: counts with a fraction, `#` comments, CRLF, UTF-16, a frame as `func (file.py:12)` (py-spy), marks for how a
frame was compiled (`_[j]`), process and thread frames, whose numbers are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.evidence.findings import phrase
from app.evidence.profile.limits import LONGEST_LINE, Refused
from app.evidence.profile.names import split_place, unmarked
from app.evidence.profile.tree import ROOT, Profile, Tree
from app.evidence.source import Source

_COUNT = re.compile(r"\d{1,18}(?:\.\d{0,9})?$")
_THREAD = re.compile(
    r"(thread|process) \(?(?:0x)?[0-9A-Fa-f]{1,18}\)?(?:: ?|$)|\[?tid[= ]\d{1,12}\]?$|.{0,80} tid=\d{1,12}\]$"
)
_DATED = re.compile(r"\d{4}-\d\d-\d\d[ T\t]\d\d:")
_LOOKED_AT = 60


def looks_like(head: str) -> float:
    """Lines that end in a count, with stacks of more than one frame among them, and do not begin with a time."""
    lines = [line for line in head[:16_384].split("\n")[:_LOOKED_AT] if line.strip() and line[0] != "#"]
    if len(head) > 16_384 and len(lines) > 1:
        lines.pop()  # it may be cut
    counted = [line for line in lines if _split(line) is not None]
    if not counted or len(counted) < 0.9 * len(lines) or all(_DATED.match(line) for line in counted):
        return 0.0  # a log, whose browsers' names hold semicolons
    nested = sum(";" in line for line in counted)
    return 0.0 if 2 * nested < len(counted) else 0.9 if nested > 1 else 0.6


@dataclass(slots=True)
class _Lines:
    """What the lines of the file were. `doubled` have two counts at their end."""

    stacks: int = 0
    doubled: int = 0
    bad: int = 0
    first_bad: int = 0
    total: float = 0.0
    is_whole: bool = True


def read(source: Source) -> Profile:
    """Every line that is a stack; others are few (warnings that went to the same file) or the file is refused."""
    profile, seen = Profile("collapsed", Tree(), what="samples"), _Lines()
    threads: set[str] = set()
    frames: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(source.text().split("\n"), start=1):
        if not line.strip() or line[0] == "#":
            continue
        parts = _split(line)
        if parts is None:
            seen.bad, seen.first_bad = seen.bad + 1, seen.first_bad or number
            continue
        _count(profile.tree, *parts, frames, threads)
        seen.stacks += 1
        seen.doubled += _COUNT.match(parts[0][parts[0].rfind(" ") + 1 :]) is not None
        seen.total += parts[1]
        seen.is_whole = seen.is_whole and parts[1] == int(parts[1])
    _require_stacks(seen)
    profile.samples = int(seen.total) if seen.is_whole else None
    profile.threads = len(threads) or None
    return profile


def _count(
    tree: Tree, stack: str, count: float, frames: dict[str, tuple[int, int]], threads: set[str]
) -> None:
    node, place = ROOT, 0
    for name in _names(stack, threads):
        frame, place = frames.get(name) or frames.setdefault(name, _frame(tree, name))
        found = tree.below(node, frame)
        if found == node:
            break
        node = found
    tree.add(node, count, place)


def _require_stacks(seen: _Lines) -> None:
    if seen.bad > 10 and 10 * seen.bad > seen.stacks:
        raise Refused(
            phrase(
                "{bad:,} lines do not end in a count, the first is line {first_bad}",
                bad=seen.bad,
                first_bad=seen.first_bad,
            )
        )
    if 2 * seen.doubled > seen.stacks:
        raise Refused(
            phrase(
                "its lines have two counts, as difffolded.pl writes; the two profiles themselves are needed"
            )
        )


def _split(line: str) -> tuple[str, float] | None:
    if len(line) > LONGEST_LINE:
        raise Refused(phrase("a line is longer than {longest_line} kB", longest_line=LONGEST_LINE // 1024))
    stack, _, count = line.rstrip().rpartition(" ")
    return (stack.strip(), float(count)) if stack and _COUNT.match(count) else None


def _names(stack: str, threads: set[str]) -> Iterator[str]:
    """The frames, root first. What names a thread is counted; without its number it is the same in another run."""
    for name in stack.split(";"):
        if "thread (" in name or "process " in name or "tid" in name:
            marked = _THREAD.match(name)
            if marked is not None:
                if marked[1] != "process":
                    threads.add(name)
                yield f"{marked[1] or 'thread'} {_unnumbered(name[marked.end() :])}".strip()
                continue
        if name:
            yield name


def _unnumbered(name: str) -> str:
    """`Thread-12 (work)` as `Thread (work)`: pools number their threads anew in each run."""
    return re.sub(r"\d{1,12}", "", name).replace("- ", " ").strip(' "-:')


def _frame(tree: Tree, text: str) -> tuple[int, int]:
    name, file, line = split_place(unmarked(text))
    return tree.frame(name, file), line
