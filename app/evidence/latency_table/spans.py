"""Tables that say when a request began and when it ended, and not how long it took: that is the difference."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from app.evidence.findings import phrase
from app.evidence.latency_table.clocks import Clock, clock_of
from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.headerless import fits
from app.evidence.latency_table.numbers import SCALES, median, moment, number
from app.evidence.latency_table.words import AROUND, BEGINS, ENDS, METHOD_WORDS, PLACE_WORDS, STATUS_WORDS
from app.evidence.patterns import lazy

FEWEST_ROWS, LONGEST_MS, LONGEST_OF_ANSWERS_MS = 30, 60_000.0, 600_000.0
"""Rows and their middle length that make requests of spans about which nothing else is said; deploys take longer."""
CLOCK_STEPS = 10
_ANSWER = lazy(r"[1-5]\d\d|0|000|-1")
_PLACE = lazy(r"(?:[A-Z]{3,8} )?(?:https?:/)?/.{0,2000}", re.DOTALL)
_VERB = lazy(r"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS")
Names = Sequence[tuple[str, str | None]]


def clocks_of(dialect: Dialect, names: Names) -> tuple[Clock, Clock] | None:
    """The two clocks of a table of requests, in the same sort of time; None when there are none."""
    start, end = (_called(names, words) for words in (BEGINS, ENDS))
    if start is None or end is None:
        return None
    found = _clocks(dialect, names, start, end)
    return found if found is not None and _is_of_requests(dialect, names, lengths(dialect, *found)) else None


def lengths(dialect: Dialect, start: Clock, end: Clock) -> list[float]:
    """How long each request of the sample took, in ms."""
    both = [(_seconds(row[start.column], start), _seconds(row[end.column], end)) for row in dialect.rows]
    return [1000 * (last - first) for first, last in both if first is not None and last is not None]


def step_ms(start: Clock, end: Clock) -> float:
    """The finer step of the two, for one of them may happen to be whole; doubles hold dates to a microsecond."""
    step = 1000 * min(start.resolution_s, end.resolution_s)
    return max(step, SCALES["us"]) if start.is_epoch else step


def is_too_coarse(taken: Sequence[float], step: float) -> bool:
    """Whether whole seconds are all there is, and requests do not take many of them."""
    return step >= SCALES["s"] and median(map(abs, taken)) < CLOCK_STEPS * step


def said(dialect: Dialect, start: Clock, end: Clock) -> str:
    """The assumption, in words."""
    return phrase(
        "the latency is `{end}` less `{start}`",
        end=dialect.header[end.column][:60],
        start=dialect.header[start.column][:60],
    )


def _called(names: Names, words: frozenset[str]) -> int | None:
    """The one column with such a name, without what only says that it is a time."""
    found = [at for at, (name, _) in enumerate(names) if _core(name) in words]
    return found[0] if len(found) == 1 else None


def _core(name: str) -> str:
    words = name.split()
    return " ".join(word for word in words if word not in AROUND) or name


def _clocks(dialect: Dialect, names: Names, first: int, last: int) -> tuple[Clock, Clock] | None:
    units = [names[at][1] or names[other][1] for at, other in ((first, last), (last, first))]
    start, end = (
        clock_of(at, dialect.cells(at), unit or "s") for at, unit in zip((first, last), units, strict=True)
    )
    if start is None or end is None or (start.is_epoch, start.has_zone) != (end.is_epoch, end.has_zone):
        return None
    if start.is_epoch or units[0] is not None:
        return start, end
    unit = _unit(lengths(dialect, start, end))
    rescaled = [replace(each, number=None if each.number is None else replace(
        each.number, scale=SCALES[unit] / 1000, unit=unit), resolution_s=each.resolution_s * SCALES[unit] / 1000)
        for each in (start, end)]  # fmt: skip
    return rescaled[0], rescaled[1]


def _unit(taken: Sequence[float]) -> str:
    """What a clock that nothing is said about counts, by the size of the differences, read here as seconds."""
    middle = median(map(abs, taken)) / 1000 if taken else 0.0
    has_fraction = any(value != math.floor(value) for value in (each / 1000 for each in taken))
    if middle >= 1e7:
        return "ns"
    if middle >= 5e4:
        return "us"
    return "s" if has_fraction and middle < 2 else "ms"


def _is_of_requests(dialect: Dialect, names: Names, taken: Sequence[float]) -> bool:
    """By what only requests have; else by many short rows. Deploys, jobs and drills are neither."""
    if not taken:
        return False
    middle = median(map(abs, taken))
    if is_answered(dialect, names):
        return middle <= LONGEST_OF_ANSWERS_MS
    return len(taken) >= FEWEST_ROWS and middle <= LONGEST_MS


def is_answered(dialect: Dialect, names: Names) -> bool:
    """Whether the rows have an answer's status, a method or a path: jobs, tests and deploys have none of them."""
    columns = [(name, dialect.cells(at)) for at, (name, _) in enumerate(names)]
    return any(
        (name in STATUS_WORDS and fits(cells, _ANSWER))
        or (name in METHOD_WORDS and fits(cells, _VERB))
        or (name in PLACE_WORDS and fits(cells, _PLACE))
        for name, cells in columns
    )


def _seconds(cell: str, clock: Clock) -> float | None:
    if clock.number is None:
        return moment(cell.strip(), clock.form or "")
    value = number(cell, clock.number.writing)
    return None if value is None else value * clock.number.scale
