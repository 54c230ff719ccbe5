"""The line that opens a plan node: `->  Hash Left Join  (cost=…) (actual …)` to the keys FORMAT JSON would print.

Names are looked up in a table; metrics are found by their literal text from the right, then matched by one anchored
expression without repetition over spaces, so that a hostile line costs no more than its length.
"""

from __future__ import annotations

import re
from typing import Any

Raw = dict[str, Any]
TOLD: Any = object()
"""The key of what a node's line in TEXT tells, named as in the facts. No document can hold it."""

_N = r"([0-9]{1,20}+(?:\.[0-9]{1,9}+)?+)"
_ACTUAL = rf"\((?:actual (?:time={_N}\.\.{_N} )?rows={_N} loops={_N}|(never executed))\)"
_METRICS = re.compile(rf"(?:\(cost={_N}\.\.{_N} rows={_N} width={_N}\)(?: {_ACTUAL})?|{_ACTUAL})")
STARTS = ("(cost=", "(actual ", "(never executed)")
LATER = ("(actual", "(never executed)")
"""What follows the costs, also where a line was broken behind its first word."""

_PLAIN = (
    "Result", "ProjectSet", "Append", "Merge Append", "Recursive Union", "BitmapAnd", "BitmapOr", "Hash", "Seq Scan",
    "Sample Scan", "Gather", "Gather Merge", "Index Scan", "Index Only Scan", "Bitmap Index Scan", "Bitmap Heap Scan",
    "Tid Scan", "Tid Range Scan", "Subquery Scan", "Function Scan", "Table Function Scan", "Values Scan", "CTE Scan",
    "Named Tuplestore Scan", "WorkTable Scan", "Foreign Scan", "Materialize", "Memoize", "Sort", "Incremental Sort",
    "Group", "WindowAgg", "Unique", "LockRows", "Limit",
)  # fmt: skip
_JOIN_TYPES = ("Left", "Right", "Full", "Semi", "Anti", "Right Semi", "Right Anti")
_COMMANDS = ("Except", "Except All", "Intersect", "Intersect All")


def _names() -> dict[str, Raw]:
    """Every name EXPLAIN prints in TEXT, with what JSON says instead (explain.c, versions 10 to 18)."""
    names: dict[str, Raw] = {name: {"Node Type": name, TOLD: {}} for name in _PLAIN}
    for name, strategy in (("", "Plain"), ("Group", "Sorted"), ("Hash", "Hashed"), ("Mixed", "Mixed")):
        for prefix, mode in (("", "Simple"), ("Partial ", "Partial"), ("Finalize ", "Finalize")):
            told = {"strategy": strategy, "partial_mode": mode}
            names[f"{prefix}{name}Aggregate"] = {"Node Type": "Aggregate", TOLD: told}
    for prefix, strategy in (("", "Sorted"), ("Hash", "Hashed")):
        for command in _COMMANDS:
            node = {"Node Type": "SetOp", "Command": command, TOLD: {"strategy": strategy}}
            names[f"{prefix}SetOp {command}"] = node
    for verb in ("Insert", "Update", "Delete", "Merge"):
        names[verb] = {"Node Type": "ModifyTable", TOLD: {"operation": verb}}
        names[f"Foreign {verb}"] = {"Node Type": "Foreign Scan", TOLD: {"operation": verb}}
    for name, stem, inner in (("Hash Join", "Hash", "Hash Join"), ("Merge Join", "Merge", "Merge Join"),
                              ("Nested Loop", "Nested Loop", "Nested Loop")):  # fmt: skip
        names[inner] = {"Node Type": name, TOLD: {"join_type": "Inner"}}
        for kind in _JOIN_TYPES:
            names[f"{stem} {kind} Join"] = {"Node Type": name, TOLD: {"join_type": kind}}
    return names


NAMES = _names()
_TARGETS = {
    "Bitmap Index Scan": "index",
    "Function Scan": "function",
    "Table Function Scan": "function",
    "CTE Scan": "cte",
    "WorkTable Scan": "cte",
    "Named Tuplestore Scan": "cte",
    "Subquery Scan": "alias",
    "Values Scan": "alias",
}
"""What the name after ` on ` names, where it is not a relation."""
_IDENTIFIER = r'("(?:[^"]++|""){1,400}+"|[^ ."][^ .]{0,400}+)'
_TARGET = re.compile(
    rf"(?: using {_IDENTIFIER})?(?: on (?:{_IDENTIFIER}\.)?{_IDENTIFIER}(?: {_IDENTIFIER})?)?"
)


def read_header(text: str) -> Raw | None:
    """The node a line describes, with what it told, or None. `text` has no arrow and no surrounding spaces."""
    found = _metrics(text)
    if found is None:
        return None
    at, figures = found
    node = read_name(text[:at].rstrip())
    if node is not None:
        node[TOLD].update(figures)
    return node


def has_figures(node: Raw) -> bool:
    """True if the node's line told more than its name."""
    return "plan_rows" in node[TOLD] or "loops" in node[TOLD]


def has_actual(node: Raw) -> bool:
    """True if the node's line told what happened, not only what was expected."""
    return "loops" in node[TOLD]


def has_metrics(text: str) -> bool:
    """True if the line ends in complete costs or actual figures."""
    return _metrics(text) is not None


def _metrics(text: str) -> tuple[int, Raw] | None:
    """Where the figures start, and the figures: they must be the last thing of the line."""
    if ")" not in text[-4:]:
        return None
    for start in STARTS:
        at = text.rfind(start)
        if at > 0 and (match := _METRICS.match(text, at)):
            end = match.end()
            if end == len(text) or not text[end:].strip(" \"'"):  # nothing but the quotes of a frame follows
                return at, _figures(match)
    return None


def _figures(match: re.Match[str]) -> dict[str, Any]:
    start, total, estimate, width, first, last, rows, loops, never, *alone = match.groups()
    if start and first:  # as most lines are, in one step
        return {
            "startup_cost": float(start), "total_cost": float(total),
            "plan_rows": float(estimate) if "." in estimate else int(estimate),
            "plan_width": float(width) if "." in width else int(width),
            "actual_startup_ms": float(first), "actual_total_ms": float(last),
            "actual_rows": float(rows) if "." in rows else int(rows),
            "loops": float(loops) if "." in loops else int(loops),
        }  # fmt: skip
    figures: dict[str, Any] = {}
    if start:
        figures["startup_cost"], figures["total_cost"] = float(start), float(total)
        figures["plan_rows"], figures["plan_width"] = number(estimate), number(width)
    else:
        first, last, rows, loops, never = alone
    if first:
        figures["actual_startup_ms"], figures["actual_total_ms"] = float(first), float(last)
    if rows:
        figures["actual_rows"], figures["loops"] = number(rows), number(loops)
    if never:
        figures["actual_rows"] = figures["loops"] = 0
    return figures


def number(text: str) -> int | float:
    """A figure as JSON would give it: an integer unless it is written with a point."""
    return float(text) if "." in text else int(text)


def read_name(text: str) -> Raw | None:
    """`Parallel Index Scan Backward using i on s.t a` as keys; None unless every word finds its place."""
    if (known := NAMES.get(text)) is not None:
        return {**known, TOLD: known[TOLD].copy()}
    told: dict[str, Any] = {}
    if text.startswith("Parallel "):
        text, told["parallel_aware"] = text[9:], True
    text = text.removeprefix("Async ")
    at = text.find(" on ")
    if (using := text.find(" using ", 0, at if at >= 0 else len(text))) >= 0:
        at = using
    name, target = (text[:at], text[at:]) if at >= 0 else (text, "")  # no name holds either word
    if name.endswith(" Backward"):
        name, told["backward"] = name[:-9], True
    known = NAMES.get(name) or _custom(name)
    if known is None or not (match := _TARGET.fullmatch(target)):
        return None
    told.update(known[TOLD])
    _read_target(told, known["Node Type"], match)
    return {**known, TOLD: told}


def is_known(text: str) -> bool:
    """True if the line is a node's name as PostgreSQL itself prints it, with a target or none."""
    return read_name(text) is not None


def lacks_figures(name: str, below: str) -> bool:
    """True if figures start here and end on a later line, or stand on the next, alone or after the name's end."""
    last = name[name.rfind("(") :] if "(" in name else ""
    if last.startswith(("(c", "(a", "(n")) or below.startswith((*STARTS, *LATER)) or not name:
        return True
    words = min((below.partition(mark)[0] for mark in STARTS), key=len).rstrip()
    is_end = f"{name} {words}" in NAMES or read_name(words) is None
    return is_end and words != below and not words.startswith("->")


def joined(name: str, below: list[str], glue: str) -> tuple[Raw, int] | None:
    """The node of a line that goes on in those below it, and of how many lines it is made."""
    text, best = name, None
    for lines, piece in enumerate(below, start=2):
        if best is not None and text.endswith(")") and not piece.startswith(LATER):
            break
        text += glue + piece if piece else ""
        if (found := read_header(text)) is not None:
            best = found, lines
            if has_actual(found):
                break
    return best


def _custom(name: str) -> Raw | None:
    """Custom nodes carry their provider's name; a node of a future version keeps its own."""
    if name.startswith("Custom Scan (") and name.endswith(")"):
        return {"Node Type": "Custom Scan", "Custom Plan Provider": name[13:-1], TOLD: {}}
    if 2 < len(name) <= 40 and name[0].isupper() and name.replace(" ", "").isalnum() and name.count(" ") <= 3:
        return {"Node Type": name, TOLD: {}}
    return None


def _read_target(told: dict[str, Any], kind: str, match: re.Match[str]) -> None:
    """Take ` using index` and ` on [schema.]name [alias]`."""
    index, schema, name, alias = match.groups()
    if index:
        told["index"] = _bare(index)
    if name:
        name = _bare(name)
        if kind != "Bitmap Index Scan":
            told["alias"] = _bare(alias) if alias else name
            if schema:
                told["schema"] = _bare(schema)
        told.setdefault(_TARGETS.get(kind, "relation"), name)


def _bare(identifier: str) -> str:
    """The name without its quotes."""
    return identifier[1:-1].replace('""', '"') if identifier[0] == '"' else identifier
