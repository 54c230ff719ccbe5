"""The line that opens a plan node: `->  Hash Left Join  (cost=…) (actual …)` to the keys FORMAT JSON would print.

Names are looked up in a table; metrics are found by their literal text from the right, then matched by one anchored
expression without repetition over spaces, so that a hostile line costs no more than its length.
"""

from __future__ import annotations

import re
from typing import Any

Raw = dict[str, Any]

_N = r"([0-9]{1,20}(?:\.[0-9]{1,9})?)"
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
    names: dict[str, Raw] = {name: {"Node Type": name} for name in _PLAIN}
    for name, strategy in (("", "Plain"), ("Group", "Sorted"), ("Hash", "Hashed"), ("Mixed", "Mixed")):
        aggregate = {"Node Type": "Aggregate", "Strategy": strategy}
        names[f"{name}Aggregate"] = {**aggregate, "Partial Mode": "Simple"}
        for mode in ("Partial", "Finalize"):
            names[f"{mode} {name}Aggregate"] = {**aggregate, "Partial Mode": mode}
    for prefix, strategy in (("", "Sorted"), ("Hash", "Hashed")):
        for command in _COMMANDS:
            names[f"{prefix}SetOp {command}"] = {
                "Node Type": "SetOp",
                "Strategy": strategy,
                "Command": command,
            }
    for verb in ("Insert", "Update", "Delete", "Merge"):
        names[verb] = {"Node Type": "ModifyTable", "Operation": verb}
        names[f"Foreign {verb}"] = {"Node Type": "Foreign Scan", "Operation": verb}
    for name, stem, inner in (("Hash Join", "Hash", "Hash Join"), ("Merge Join", "Merge", "Merge Join"),
                              ("Nested Loop", "Nested Loop", "Nested Loop")):  # fmt: skip
        names[inner] = {"Node Type": name, "Join Type": "Inner"}
        names |= {f"{stem} {kind} Join": {"Node Type": name, "Join Type": kind} for kind in _JOIN_TYPES}
    return names


NAMES = _names()
TARGET_KEYS = {
    "Function Scan": "Function Name",
    "Table Function Scan": "Table Function Name",
    "CTE Scan": "CTE Name",
    "WorkTable Scan": "CTE Name",
    "Named Tuplestore Scan": "Tuplestore Name",
}


def read_header(text: str) -> Raw | None:
    """The node a line describes, or None. `text` has no arrow and no surrounding spaces."""
    found = _metrics(text)
    if found is None:
        return None
    at, numbers = found
    node = read_name(text[:at].rstrip())
    if node is None:
        return None
    node.update(numbers)
    return node


def has_figures(node: Raw) -> bool:
    """True if the node's line told more than its name."""
    return "Plan Rows" in node or "Actual Loops" in node


def has_metrics(text: str) -> bool:
    """True if the line ends in complete costs or actual figures."""
    return _metrics(text) is not None


def _metrics(text: str) -> tuple[int, Raw] | None:
    """Where the figures start, and the figures: they must be the last thing of the line."""
    if ")" not in text[-4:]:
        return None
    for start in STARTS:
        at = text.rfind(start)
        if at > 0 and (match := _METRICS.match(text, at)) and _ends(text, match.end()):
            return at, _figures(match)
    return None


def _ends(text: str, at: int) -> bool:
    """True if nothing but the quotes of a frame follows."""
    return at == len(text) or not text[at:].strip(" \"'")


def _figures(match: re.Match[str]) -> Raw:
    groups = match.groups()
    figures: Raw = {}
    if groups[0]:
        start, total, estimate, width, first, last, rows, loops, never = groups[:9]
        figures["Startup Cost"], figures["Total Cost"] = float(start), float(total)
        figures["Plan Rows"], figures["Plan Width"] = number(estimate), number(width)
    else:
        first, last, rows, loops, never = groups[9:]
    if first:
        figures["Actual Startup Time"], figures["Actual Total Time"] = float(first), float(last)
    if rows:
        figures["Actual Rows"], figures["Actual Loops"] = number(rows), number(loops)
    if never:
        figures["Actual Rows"] = figures["Actual Loops"] = 0
    return figures


def number(text: str) -> int | float:
    """A figure as JSON would give it: an integer unless it is written with a point."""
    return float(text) if "." in text else int(text)


def read_name(text: str) -> Raw | None:
    """`Parallel Index Scan Backward using i on s.t a` as keys; None unless every word finds its place."""
    node: Raw = {}
    if text in NAMES:
        return NAMES[text].copy()
    if text.startswith("Parallel "):
        text, node["Parallel Aware"] = text[9:], True
    if text.startswith("Async "):
        text, node["Async Capable"] = text[6:], True
    name, target = _parted(text)
    if name.endswith(" Backward"):
        name, node["Scan Direction"] = name[:-9], "Backward"
    known = NAMES.get(name) or _custom(name)
    if known is None:
        return None
    node.update(known)
    return node if _read_target(node, target) else None


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
            if "Actual Loops" in found:
                break
    return best


def _parted(text: str) -> tuple[str, str]:
    """The node's name and the rest, from ` using ` or ` on `; no name holds either word."""
    at = text.find(" on ")
    if (using := text.find(" using ", 0, at if at >= 0 else len(text))) >= 0:
        at = using
    return (text, "") if at < 0 else (text[:at], text[at:])


def _custom(name: str) -> Raw | None:
    """Custom nodes carry their provider's name; a node of a future version keeps its own."""
    if name.startswith("Custom Scan (") and name.endswith(")"):
        return {"Node Type": "Custom Scan", "Custom Plan Provider": name[13:-1]}
    if 2 < len(name) <= 40 and name[0].isupper() and name.replace(" ", "").isalnum() and name.count(" ") <= 3:
        return {"Node Type": name}
    return None


def _read_target(node: Raw, text: str) -> bool:
    """Take ` using index` and ` on [schema.]name [alias]`; False if something is left over."""
    if text.startswith(" using "):
        node["Index Name"], at = identifier(text, 7)
        text = text[at:]
    if not text:
        return True
    if not text.startswith(" on "):
        return False
    name, at = identifier(text, 4)
    schema = ""
    if text[at : at + 1] == ".":
        schema, (name, at) = name, identifier(text, at + 1)
    alias = name
    if text[at : at + 1] == " ":
        alias, at = identifier(text, at + 1)
    if at != len(text) or not name:
        return False
    _place_target(node, schema, name, alias)
    return True


def _place_target(node: Raw, schema: str, name: str, alias: str) -> None:
    kind = node["Node Type"]
    if kind == "Bitmap Index Scan":
        node["Index Name"] = name
        return
    node["Alias"] = alias
    if schema:
        node["Schema"] = schema
    if kind not in ("Subquery Scan", "Values Scan"):
        node[TARGET_KEYS.get(kind, "Relation Name")] = name


def identifier(text: str, at: int) -> tuple[str, int]:
    """The name that starts at `at`, unquoted, and where it ends."""
    if text[at : at + 1] != '"':
        end, point = text.find(" ", at), text.find(".", at)
        if 0 <= point < end or end < 0:
            end = point
        return (text[at:end], end) if end >= 0 else (text[at:], len(text))
    end = text.find('"', at + 1)
    while end >= 0 and text[end + 1 : end + 2] == '"':
        end = text.find('"', end + 2)
    if end < 0:
        return text[at + 1 :], len(text)
    return text[at + 1 : end].replace('""', '"'), end + 1
