"""Reads FORMAT TEXT: lines to the same tree of keys that FORMAT JSON prints of the plan.

    lines ── root header ──> plan ── `->` by its column ──> child        one pass, a stack of open nodes
                             plan ── `Label: value`     ──> newest node  (details come before children)
                             plan ── `Planning Time: …` ──> the plan as a whole

A node's parent is the nearest open node whose arrow stands further left, so any indentation that keeps its order is
read. Lines that nothing claims continue the line before: literals with line feeds, and mail wrapped at some column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.evidence.findings import phrase
from app.evidence.plans.strict import MAX_DEPTH, Refused, forbid_more
from app.evidence.postgres_plan import details, headers, tail
from app.evidence.postgres_plan.continuation import is_labelled, open_quote
from app.evidence.postgres_plan.headers import Raw
from app.evidence.postgres_plan.structured import MOST_PLANS

Line = tuple[int, str]
Open = tuple[int, Raw]
"""A node that may still get children, after the column of its arrow; the root stands at -1."""

_DURATION = re.compile(r"duration: ([0-9]{1,12}(?:\.[0-9]{1,6})?) ms  plan:")
_SUBPLANS = ("InitPlan ", "SubPlan ", "CTE ")
_LONGEST_LITERAL = 400  # lines a string literal may span
_LONGEST_HEADER, _LONGEST_WRAP = 7, 200  # lines that the line of a step, or any other, may have become
_FARTHEST = 8  # empty lines between two of a plan
_MOST_SEARCHED = 50_000  # lines looked at, in all, for the end of literals that never end


@dataclass(slots=True)
class Reader:
    """Where the reading stands. `plans` are complete or not: what is there is kept. No line ends with a space."""

    lines: list[Line]
    plans: list[Raw] = field(default_factory=list)
    flat: bool = False
    _at: int = 0
    _base: int = 0
    _plan: Raw | None = None
    _stack: list[Open] = field(default_factory=list)
    _subplan: str = ""
    _worker: tuple[int, Raw] | None = None
    _workers: dict[int, Raw] = field(default_factory=dict)
    _section: Raw | None = None
    _wrapped: bool = False
    _searched: int = 0
    _steps: int = 0
    _pending: Raw = field(default_factory=dict)
    _query: list[str] | None = None

    def read(self) -> list[Raw]:
        """Every plan of the text, in its order; each has "Plan", "Line", "Last Line" and what stood below its tree."""
        while self._at < len(self.lines) and len(self.plans) < MOST_PLANS:
            number, text = self.lines[self._at]
            stripped = text.lstrip()
            column = len(text) - len(stripped)
            if not stripped:
                self._at += 1
            elif not self._reads(number, column, stripped):
                self._outside(stripped)
                self._at += 1
        return self.plans

    def _reads(self, number: int, column: int, stripped: str) -> bool:
        """A line of the open plan, or the root of the next; False for what belongs to neither."""
        if self._plan is None:
            return self._starts(number, column, stripped)
        if column > self._base or stripped.startswith("->"):
            return self._continues(number, column, stripped)
        if tail.is_tail(stripped):
            return self._tail(self._plan, number, stripped)
        return self._starts(number, column, stripped) or self._continues(number, column, stripped)

    # -- outside of a plan -------------------------------------------------------------------------------------

    def _outside(self, stripped: str) -> None:
        """A line of no plan: a log header, the query's text, prose."""
        self._plan = None
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
        self._base, self._steps = column, 1
        self._plan = {"Plan": node, "Line": number, "Last Line": number, "Fragment": arrow, **self._pending}
        if self._query is not None:
            self._plan["Query Text"] = "\n".join(self._query)
        self._pending, self._query = {}, None
        node["Line"] = node["Last Line"] = number
        self._stack, self._subplan = [(-1, node)], ""
        self._worker, self._workers, self._section = None, {}, None
        self._wrapped = used > 1
        self.plans.append(self._plan)
        self._at += used
        return True

    def _header(self, name: str) -> tuple[Raw | None, int]:
        """The node this line opens and how many lines it took: figures may have been wrapped off."""
        if not (name[:1].isupper() or (not name and "(" in self._follower())):
            return None, 1
        node = headers.read_header(name)
        if node is not None and ("Actual Loops" in node or not self._follower().startswith(headers.LATER)):
            return node, 1
        if node is not None or headers.lacks_figures(name, self._follower()):
            below = [text.strip() for _, text in self.lines[self._at + 1 : self._at + _LONGEST_HEADER]]
            for glue in (" ", ""):
                if (found := headers.joined(name, below, glue)) is not None:
                    return found
        return node or headers.read_name(name), 1

    def _follower(self) -> str:
        """The next line that is not empty, without the spaces before it."""
        below = self.lines[self._at + 1 : self._at + 1 + _FARTHEST]
        return next((stripped for _, text in below if (stripped := text.lstrip())), "")

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
        follower = self.lines[self._at + 1][1] if self._at + 1 < len(self.lines) else ""
        start = follower.strip()
        return (
            start.startswith(("->", *_SUBPLANS))
            or details.is_detail(start)
            or tail.is_tail(start)
            or not start
        )

    # -- inside a plan -----------------------------------------------------------------------------------------

    def _continues(self, number: int, column: int, stripped: str) -> bool:
        """Read a line of the open plan; False ends the plan."""
        if stripped.startswith("->"):
            return self._node(number, column, stripped[2:].lstrip())
        if stripped.partition(":")[0] in details.READERS:
            return self._detail(number, column, stripped)
        if self._is_subplan(stripped):
            self._subplan, self._worker = stripped, None
            self._at += 1
            return True
        if self._plan and not stripped.startswith("JIT") and tail.is_tail(stripped):
            return self._tail(self._plan, number, stripped)
        return self._detail(number, column, stripped)

    def _tail(self, plan: Raw, number: int, stripped: str) -> bool:
        """A line of the plan as a whole; what is indented below it belongs to its section."""
        self._section = tail.read_tail(plan, stripped)
        return self._took(number, 1)

    def _took(self, number: int, lines: int) -> bool:
        self._at += lines
        if self._plan is not None:
            self._plan["Last Line"] = number + lines - 1
        return True

    def _node(self, number: int, column: int, name: str) -> bool:
        node, used = self._header(name)
        if node is None:
            return False
        self._wrapped = self._wrapped or used > 1
        if column <= self._base:
            self.flat = True
        while len(self._stack) > 1 and self._stack[-1][0] >= column:
            self._stack.pop()
        self._steps += 1
        forbid_more(self._steps)
        if len(self._stack) > MAX_DEPTH:
            raise Refused(phrase("it nests deeper than {deepest} levels", deepest=MAX_DEPTH))
        if self._subplan:
            node["Subplan Name"], self._subplan = self._subplan, ""
        node["Line"], node["Last Line"] = number, number + used - 1
        self._stack[-1][1].setdefault("Plans", []).append(node)
        self._stack.append((column, node))
        self._worker, self._workers, self._section = None, {}, None
        return self._took(number, used)

    def _is_subplan(self, stripped: str) -> bool:
        """`InitPlan 1 (returns $0)`, `SubPlan 2`, `CTE name`: the next line holds its node."""
        if not stripped.startswith(_SUBPLANS):
            return False
        return self._follower().startswith("->")

    def _detail(self, number: int, column: int, stripped: str) -> bool:
        """`Label: value`, with the lines that continue it."""
        if column <= self._base and not details.is_detail(stripped):
            return False
        text, used = self._whole(stripped)
        if self._section is not None and self._section is not self._plan:
            tail.read_section_line(self._section, text)
        elif not self._worker_line(column, text):
            arrow, target = self._stack[-1]
            self.flat = self.flat or (self._section is None and not self._wrapped and column <= arrow)
            if text == "JIT:":
                self._section = target.setdefault("JIT", {})
            details.read_detail(target, text)
            target["Last Line"] = number + used - 1
        return self._took(number, used)

    def _worker_line(self, column: int, text: str) -> bool:
        """Lines of one worker: its prefix, then what is indented below it."""
        if self._worker is None and not text.startswith("Worker "):
            return False
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

    # -- lines that became several -----------------------------------------------------------------------------

    def _whole(self, stripped: str) -> tuple[str, int]:
        """The line with what continues it, and how many lines that is."""
        used = self._literal_lines(stripped) if "'" in stripped or '"' in stripped else 1
        if used > 1:
            return "\n".join([stripped, *(self._unpadded(self._at + i) for i in range(1, used))]), used
        if not self._is_wrapped(stripped, 1):
            return stripped, 1
        parts = [stripped]
        while len(parts) < _LONGEST_WRAP and self._is_wrapped(parts[-1], len(parts)):
            parts.append(self.lines[self._at + len(parts)][1].strip())
        glued = (f" {part}" if part.startswith(details.PIECES) else part for part in parts[1:])
        return " ".join((stripped, *glued)), len(parts)

    def _unpadded(self, at: int) -> str:
        """A literal's later line without the margin the whole plan has."""
        text = self.lines[at][1]
        return text[self._base :] if not text[: self._base].strip() else text

    def _literal_lines(self, text: str) -> int:
        """How many lines until quotes are closed: 1 if they are, or never are."""
        if text.count("'") % 2 == 0 and text.count('"') % 2 == 0:
            return 1
        quote = open_quote("", text)
        last = min(len(self.lines), self._at + _LONGEST_LITERAL)
        for at in range(self._at + 1, last):
            if not quote or self._searched > _MOST_SEARCHED:
                break
            self._searched += 1
            quote = open_quote(quote, self.lines[at][1])
            if not quote:
                return at - self._at + 1
        return 1

    def _is_piece(self, stripped: str) -> bool:
        """True if a line at the margin can only be the later part of a line that was wrapped."""
        if stripped.startswith("->") or tail.is_tail(stripped) or headers.has_metrics(stripped):
            return False
        return stripped.startswith(details.PIECES) or (self._wrapped and stripped != "")

    def _is_wrapped(self, before: str, ahead: int) -> bool:
        """True if the line `ahead` continues `before`: nothing else claims it, and `before` is not complete."""
        if self._at + ahead >= len(self.lines):
            return False
        text = self.lines[self._at + ahead][1]
        stripped = text.lstrip()
        if len(text) - len(stripped) <= self._base and self._is_piece(stripped):
            return True  # what belongs to a step stands further right
        if not stripped or stripped.startswith("->") or details.is_detail(stripped) or tail.is_tail(stripped):
            return False
        if headers.has_metrics(stripped) or is_labelled(stripped) or stripped.startswith(_SUBPLANS):
            return False
        unfinished = before.endswith((",", "AND", "OR", "=")) or before.count("(") != before.count(")")
        return unfinished or self._wrapped or len(text) - len(text.lstrip()) > self._base + 2
