"""Reads EXPLAIN FORMAT=TREE and EXPLAIN ANALYZE of MySQL 8 and 9: one arrow a step, four columns a level.

The text comes in a box of the client, behind `EXPLAIN:`, with `\\n` for line ends, or in quotes. A node's parent is the
nearest open node whose arrow stands further left. Lines without an arrow continue the one before: literals may hold
line ends.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.evidence.findings import phrase
from app.evidence.mysql_plan.arithmetic import add_times, is_beside
from app.evidence.mysql_plan.operations import is_heading, step
from app.evidence.plans.pasted import Line
from app.evidence.plans.shape import blank_node, plan_of
from app.evidence.plans.strict import MAX_DEPTH, Refused, figure, forbid_more

Facts = dict[str, Any]

MOST_PLANS = 200
_MOST_CONTINUED = 200
_N = r"([0-9]{1,20}(?:\.[0-9]{1,9})?(?:e[+-]?[0-9]{1,3})?)"
_ESTIMATE = re.compile(rf" \((?:cost={_N}(?:\.\.{_N})?)?(?: ?rows={_N})?\)")
_ACTUAL = re.compile(rf" \(actual (?:time={_N}\.\.{_N} )?rows={_N} loops={_N}\)| \(never executed\)")
_STARTS = (" (cost=", " (rows=", " (actual ", " (never executed)")


class Flattened(ValueError):
    """All arrows start in the same column."""


@dataclass(slots=True)
class _Open:
    """A step, or the heading of one, that may still get children."""

    column: int
    node: Facts
    heading: str = ""
    taken: bool = False


@dataclass(slots=True)
class Reader:
    """Where the reading stands; `plans` are roots in their order."""

    lines: list[Line]
    plans: list[Facts] = field(default_factory=list)
    _stack: list[_Open] = field(default_factory=list)
    _columns: list[int] = field(default_factory=list)

    def read(self) -> list[Facts]:
        """The facts of every plan. Raises `Flattened` and `Refused`."""
        for number, last, column, words in _steps(self.lines):
            self._columns.append(column)
            forbid_more(len(self._columns))
            self._add(number, last, column, words)
            if len(self.plans) >= MOST_PLANS:
                break
        if len(self._columns) >= 3 and self._is_flat():
            raise Flattened
        return [_finished(root) for root in self.plans]

    def _is_flat(self) -> bool:
        """All arrows in one column, or all but the first, next to it: what a page leaves of several spaces."""
        columns = set(self._columns)
        return (len(columns) == 1 and len(self.plans) >= 3) or columns == {0, 1}

    def _add(self, number: int, last: int, column: int, words: str) -> None:
        bare, figures = _parted(words)
        while self._stack and self._stack[-1].column >= column:
            self._stack.pop()
        if len(self._stack) > MAX_DEPTH:
            raise Refused(phrase("it nests deeper than {deepest} levels", deepest=MAX_DEPTH))
        if is_heading(bare) and figures is None:
            self._head(column, bare)
            return
        node = step(bare, number)
        node["last_line"] = last
        _measure(node, figures)
        self._place(node)
        self._stack.append(_Open(column, node))

    def _head(self, column: int, words: str) -> None:
        """A heading hangs on the step around it; at the margin, on the plan before it."""
        if not self._stack and self.plans:
            self._stack.append(_Open(column, self.plans[-1], words))
        elif self._stack:
            self._stack.append(_Open(column, self._stack[-1].node, words))

    def _place(self, node: Facts) -> None:
        if not self._stack:
            self.plans.append(node)
            return
        above = self._stack[-1]
        if above.heading and not above.taken:
            above.taken = True
            _call(node, above.heading)
            above.node["children"].append(node)
            above.node = node  # what else stands below the heading belongs to this step
        else:
            above.node["children"].append(node)


def _call(node: Facts, heading: str) -> None:
    if heading.startswith("Select #"):
        node["subplan_name"], node["parent_relationship"] = heading, "SubPlan"
    else:
        node["extra"]["Role"] = heading


def _steps(lines: list[Line]) -> Iterator[tuple[int, int, int, str]]:
    """Each step's first and last line, column and words."""
    started: tuple[int, int, str] | None = None
    last, parts = 0, 0
    for number, text in lines:
        stripped = text.strip()
        if stripped.startswith("-> "):
            if started:
                yield started[0], last, started[1], started[2]
            started = (number, len(text) - len(text.lstrip()), stripped[3:])
            last, parts = number, 1
        elif started and stripped and parts < _MOST_CONTINUED and _goes_on(started[2], stripped):
            started = (started[0], started[1], f"{started[2]} {stripped}")
            last, parts = number, parts + 1
        elif started:
            yield started[0], last, started[1], started[2]
            started = None
    if started:
        yield started[0], last, started[1], started[2]


def _goes_on(words: str, more: str) -> bool:
    """A line that mail broke before its figures, or that a literal broke, goes on."""
    return more.startswith(("(actual ", "(never executed)", "(cost=")) or not _is_complete(words)


def _is_complete(words: str) -> bool:
    """Figures end a step; headings have none."""
    return is_heading(words) or (words.endswith(")") and any(mark in words for mark in _STARTS))


def _parted(words: str) -> tuple[str, tuple[re.Match[str] | None, re.Match[str] | None] | None]:
    """The words before the figures, and the figures: estimates and what was measured."""
    actual = _last(words, (" (actual ", " (never executed)"), _ACTUAL)
    end = actual.start() if actual else len(words)
    estimate = _last(words[:end].rstrip(), (" (cost=", " (rows="), _ESTIMATE)
    if actual is None and estimate is None:
        return words.strip(), None
    cut = estimate.start() if estimate else end
    return words[:cut].strip(), (estimate, actual)


def _last(words: str, marks: tuple[str, ...], pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The figures at the very end of the words."""
    at = max(words.rfind(mark) for mark in marks)
    match = pattern.match(words, at) if at >= 0 else None
    return match if match and not words[match.end() :].strip(" '\"|;") else None


def _measure(node: Facts, figures: tuple[re.Match[str] | None, re.Match[str] | None] | None) -> None:
    estimate, actual = figures or (None, None)
    if estimate:
        first, total, rows = estimate.groups()
        node["startup_cost"] = float(figure(first)) if first and total else None
        node["total_cost"] = float(figure(total or first)) if first else None
        node["plan_rows"] = _count(rows) if rows else None
    if actual and actual[4] is None:
        node["never_executed"] = True
    elif actual:
        startup, last, rows, loops = actual.groups()
        if last:
            node["actual_startup_ms"], node["actual_total_ms"] = float(figure(startup)), float(figure(last))
        node["actual_rows"], node["loops"] = _count(rows), math.ceil(_count(loops))  # a loop is never halved


def _count(text: str) -> int | float:
    value = figure(text)
    return int(value) if float(value).is_integer() else value


def _finished(root: Facts) -> Facts:
    return plan_of("tree", with_times(root))


def with_times(root: Facts) -> Facts:
    """The tree with its times; subqueries beside the root are put, with it, under a query that holds both."""
    beside = [child for child in root["children"] if is_beside(child)]
    if not beside:
        add_times(root)
        return root
    query = blank_node("Query", root["line"], root["last_line"])
    root["children"] = [child for child in root["children"] if not is_beside(child)]
    query["children"] = [root, *beside]
    add_times(query)
    known = [child["inclusive_ms"] for child in query["children"] if child["inclusive_ms"] is not None]
    query["inclusive_ms"] = round(sum(known), 6) if known else None
    query["exclusive_ms"] = 0.0 if known else None
    for key in ("actual_rows", "rows_total", "loops", "plan_rows"):
        query[key] = root[key]
    return query
