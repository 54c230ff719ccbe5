"""Reads FORMAT TEXT: lines to the same tree of keys that FORMAT JSON prints of the plan.

    lines ── root header ──> plan ── `->` by its column ──> child        one pass, a stack of open nodes
                             plan ── `Label: value`     ──> newest node  (details come before children)
                             plan ── `Planning Time: …` ──> the plan as a whole

What a node's own line tells stands under `TOLD`, named as in the facts; the lines below it give the keys of JSON. A
node's parent is the nearest open node whose arrow stands further left, so any indentation that keeps its order is read.
Lines that nothing claims continue the line before: literals with line feeds, and mail wrapped at some column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.evidence.findings import phrase
from app.evidence.plans.strict import MAX_DEPTH, Refused, forbid_more
from app.evidence.postgres_plan import details, headers, tail
from app.evidence.postgres_plan.headers import TOLD, Raw
from app.evidence.postgres_plan.lines import ARROW, DETAIL, SUBPLANS, TAIL, Lines
from app.evidence.postgres_plan.structured import MOST_PLANS

Open = tuple[int, Raw]
"""A node that may still get children, after the column of its arrow; the root stands at -1."""

_DURATION = re.compile(r"duration: ([0-9]{1,12}(?:\.[0-9]{1,6})?) ms  plan:")
_LONGEST_HEADER = 7  # lines that the line of a step may have become


@dataclass(slots=True)
class Reader(Lines):
    """Where the reading stands. `plans` are complete or not: what is there is kept. No line ends with a space."""

    plans: list[Raw] = field(default_factory=list)
    flat: bool = False
    _last: int = 0
    _plan: Raw | None = None
    _stack: list[Open] = field(init=False)
    _subplan: str = ""
    _worker: tuple[int, Raw] | None = None
    _workers: dict[int, Raw] = field(init=False)
    _section: Raw | None = None
    _steps: int = 0
    _pending: Raw = field(default_factory=dict)
    _query: list[str] | None = None

    def read(self) -> list[Raw]:
        """Every plan of the text, in its order; each has "Plan", "Line", "Last Line" and what stood below its tree."""
        rows, end = self.rows, len(self.lines)
        while (at := self.at) < end:
            number, column, stripped, kind = rows[at]
            if self._plan is None:
                is_read = not stripped or self._starts(number, column, stripped)
            elif kind == ARROW:
                is_read = self._node(number, column, stripped[2:].lstrip())
            elif kind == DETAIL and column > self.base:
                is_read = self._detail(number, column, stripped, kind)
            else:
                is_read = not stripped or self._reads(self._plan, number, column, stripped, kind)
            if not is_read:
                self._outside(stripped)
            if self.at == at:
                self.at = at + 1
        self._ends()
        return self.plans

    def _reads(self, plan: Raw, number: int, column: int, stripped: str, kind: str) -> bool:
        """Any other line of the open plan, or the root of the next; False for what belongs to neither."""
        if column > self.base:
            return self._continues(number, column, stripped, kind)
        if kind == TAIL or tail.is_tail(stripped):
            return self._tail(plan, number, stripped)
        return self._starts(number, column, stripped) or self._continues(number, column, stripped, kind)

    # -- outside of a plan -------------------------------------------------------------------------------------

    def _outside(self, stripped: str) -> None:
        """A line of no plan: a log header, the query's text, prose."""
        self._ends()
        if match := _DURATION.search(stripped):
            self._pending, self._query = {"Duration": float(match[1])}, None
        elif stripped.startswith("Query Text: "):
            self._query = [stripped[len("Query Text: ") :]]
        elif self._query is not None and len(self._query) < 500:
            self._query.append(stripped)

    def _starts(self, number: int, column: int, stripped: str) -> bool:
        """Open a plan if this line is a root."""
        arrow = stripped.startswith("->")
        if stripped.endswith(":"):
            return False  # a colon ends a section's title, never a node
        node, used = self._header(stripped[2:].lstrip() if arrow else stripped)
        if node is None or not (headers.has_figures(node) or self._looks_like_a_root(stripped)):
            return False
        self._ends()
        self.base, self._steps, self._last = column, 1, number
        self._plan = {"Plan": node, "Line": number, "Fragment": arrow, **self._pending}
        if self._query is not None:
            self._plan["Query Text"] = "\n".join(self._query)
        self._pending, self._query = {}, None
        node[TOLD]["line"] = node[TOLD]["last_line"] = number
        self._stack, self._subplan = [(-1, node)], ""
        self._worker, self._workers, self._section = None, {}, None
        self.wrapped = used > 1
        self.plans.append(self._plan)
        self.at += used if len(self.plans) < MOST_PLANS else len(self.lines)
        return True

    def _ends(self) -> None:
        """Close the open plan, if there is one, below the last line that was taken."""
        if self._plan is not None:
            self._plan["Last Line"] = self._last
            self._plan = None

    def _header(self, name: str) -> tuple[Raw | None, int]:
        """The node this line opens and how many lines it took: figures may have been wrapped off."""
        if not (name[:1].isupper() or (not name and "(" in self.follower())):
            return None, 1
        node = headers.read_header(name)
        if node is not None and (headers.has_actual(node) or not self.follower().startswith(headers.LATER)):
            return node, 1
        if node is not None or headers.lacks_figures(name, self.follower()):
            below = [text.strip() for _, text in self.lines[self.at + 1 : self.at + _LONGEST_HEADER]]
            for glue in (" ", ""):
                if (found := headers.joined(name, below, glue)) is not None:
                    return found
        return node or headers.read_name(name), 1

    def _looks_like_a_root(self, stripped: str) -> bool:
        """COSTS OFF: a name PostgreSQL prints, followed by something that can only follow a node."""
        name = (
            stripped.partition(" on ")[0]
            .partition(" using ")[0]
            .removeprefix("Parallel ")
            .removesuffix(" Backward")
        )
        if name not in headers.NAMES:
            return False
        below = self.rows[self.at + 1][2]
        return (
            below.startswith(("->", *SUBPLANS))
            or details.is_detail(below)
            or tail.is_tail(below)
            or not below
        )

    # -- inside a plan -----------------------------------------------------------------------------------------

    def _continues(self, number: int, column: int, stripped: str, kind: str) -> bool:
        """Read a line of the open plan; False ends the plan."""
        if kind == DETAIL:
            return self._detail(number, column, stripped, kind)
        if self._is_subplan(stripped):
            self._subplan, self._worker = stripped, None
            self.at += 1
            return True
        if self._plan and not stripped.startswith("JIT") and tail.is_tail(stripped):
            return self._tail(self._plan, number, stripped)
        return self._detail(number, column, stripped, kind)

    def _tail(self, plan: Raw, number: int, stripped: str) -> bool:
        """A line of the plan as a whole; what is indented below it belongs to its section."""
        self._section = tail.read_tail(plan, stripped)
        self.at, self._last = self.at + 1, number
        return True

    def _node(self, number: int, column: int, name: str) -> bool:
        node, used = self._header(name)
        if node is None:
            return False
        if used > 1:
            self.wrapped = True
        if column <= self.base:
            self.flat = True
        stack = self._stack
        while stack[-1][0] >= column:
            stack.pop()  # never the root, whose arrow stands at -1
        self._steps += 1
        forbid_more(self._steps)
        if len(stack) > MAX_DEPTH:
            raise Refused(phrase("it nests deeper than {deepest} levels", deepest=MAX_DEPTH))
        told = node[TOLD]
        if self._subplan:
            told["subplan_name"], self._subplan = self._subplan, ""
        self.at, self._last = self.at + used, number + used - 1
        told["line"], told["last_line"] = number, self._last
        stack[-1][1].setdefault("Plans", []).append(node)
        stack.append((column, node))
        self._worker = self._section = None
        self._workers = {}
        return True

    def _is_subplan(self, stripped: str) -> bool:
        """`InitPlan 1 (returns $0)`, `SubPlan 2`, `CTE name`: the next line holds its node."""
        if not stripped.startswith(SUBPLANS):
            return False
        return self.follower().startswith("->")

    def _detail(self, number: int, column: int, stripped: str, kind: str) -> bool:
        """`Label: value`, with the lines that continue it."""
        if column <= self.base and kind != DETAIL and not details.is_detail(stripped):
            return False
        text, used = stripped, 1
        if "'" in stripped or '"' in stripped or not self.is_own(1):
            text, used = self.whole(stripped)
        if self._section is not None and self._section is not self._plan:
            tail.read_section_line(self._section, text)
        elif (self._worker is None and not text.startswith("Worker ")) or not self._worker_line(column, text):
            arrow, target = self._stack[-1]
            if column <= arrow and self._section is None and not self.wrapped:
                self.flat = True
            if text == "JIT:":
                self._section = target.setdefault("JIT", {})
            details.read_detail(target, text)
            target[TOLD]["last_line"] = number + used - 1
        self.at, self._last = self.at + used, number + used - 1
        return True

    def _worker_line(self, column: int, text: str) -> bool:
        """Lines of one worker: its prefix, then what is indented below it."""
        if found := details.worker_prefix(text):
            index, text = found
            self._worker = (column, self._worker_of(index))
        elif self._worker is None or column <= self._worker[0]:
            self._worker = None
            return False
        target = self._worker[1]
        if not details.read_worker_times(target, text):
            if text == "JIT:":
                target["JIT"] = {}
            elif "JIT" in target and text.startswith(("Functions: ", "Options: ", "Timing: ")):
                tail.read_section_line(target["JIT"], text)
            else:
                details.read_detail(target, text)
        return True

    def _worker_of(self, index: int) -> Raw:
        if index not in self._workers:
            self._workers[index] = {"Worker Number": index}
            self._stack[-1][1].setdefault("Workers", []).append(self._workers[index])
        return self._workers[index]
