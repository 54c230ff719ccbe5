"""The sentence SQLite prints for a step, taken apart (src/wherecode.c, sqlite3WhereExplainOneScan)."""

from __future__ import annotations

import re
from typing import Any

from app.evidence.plans.shape import blank_node, short

Facts = dict[str, Any]

_ROWS = re.compile(r" \(~([0-9]{1,15}) rows?\)\Z")
_WAYS = (" USING ", " VIRTUAL TABLE INDEX ")
_NAMED = ("CO-ROUTINE ", "MATERIALIZE ")
_LONGEST_TITLE = 80


def step(detail: str, line: int) -> Facts:
    """A node for one sentence."""
    detail = " ".join(detail.split())
    verb, _, rest = detail.partition(" ")
    if verb not in ("SCAN", "SEARCH") or rest == "CONSTANT ROW":
        node = blank_node(short(detail, _LONGEST_TITLE), line, line)
        if detail.startswith("USE TEMP B-TREE FOR "):
            node["sort"]["method"] = "temporary B-tree"
        for prefix in _NAMED:
            if detail.startswith(prefix):
                node["cte"] = _unquoted(detail[len(prefix) :].split(" ")[0])
        return node
    node = blank_node(verb, line, line)
    node["title"] = verb.capitalize()
    if match := _ROWS.search(rest):  # SQLite 3.7
        node["plan_rows"], rest = int(match[1]), rest[: match.start()]
    _read(node, rest.removeprefix("TABLE "))
    return node


def _read(node: Facts, rest: str) -> None:
    """`orders AS o USING COVERING INDEX i (user_id=?)`."""
    ends = [at for way in _WAYS if (at := rest.find(way)) >= 0]
    target, way = rest[: min(ends, default=len(rest))], rest[min(ends, default=len(rest)) :].strip()
    target = target.removesuffix(" LEFT-JOIN")
    name, _, alias = target.partition(" AS ")
    node["relation"] = _unquoted(name)
    node["alias"] = _unquoted(alias) if alias else node["relation"]
    node["full_scan"] = node["node"] == "SCAN" and not way
    if not way.startswith("USING "):
        node["extra"] |= {"Way": short(way)} if way else {}
        return
    way, _, condition = way[6:].partition(" (")
    words = way.split(" ")
    node["strategy"] = (
        way.split(" INDEX")[0].lower()
        if "AUTOMATIC" in words
        else "covering"
        if "COVERING" in words
        else None
    )
    if "INDEX" in words[:-1]:
        node["index"] = _unquoted(
            way.partition("INDEX ")[2].split(" ")[0] if '"' not in way else way.partition("INDEX ")[2]
        )
    elif "PRIMARY" in words:
        node["index"] = "PRIMARY KEY"
    if condition:
        node["conditions"]["index_cond"] = short(f"({condition.removesuffix(' LEFT-JOIN')}")


def _unquoted(name: str) -> str:
    name = name.strip()
    return name[1:-1].replace('""', '"') if len(name) > 1 and name[0] == name[-1] == '"' else name
