"""Finds and reads every plan of a text: the shell's tree, or rows in any of the shell's modes and of Python.

QUERY PLAN                         2|0|0|SCAN orders            (2, 0, 0, 'SCAN orders')
|--SCAN orders                     [{"id":2,"parent":0,"notused":0,"detail":"SCAN orders"}]
`--USE TEMP B-TREE FOR ORDER BY
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.evidence.plans.objects import objects
from app.evidence.plans.pasted import Line, numbered
from app.evidence.plans.restored import restored
from app.evidence.plans.shape import blank_node, plan_of, walk
from app.evidence.plans.strict import MAX_DEPTH, forbid_more
from app.evidence.sqlite_plan.steps import step

Facts = dict[str, Any]
Row = tuple[int, int, int, str]

MOST_PLANS = 200
_COLUMNS = frozenset(("id", "parent", "notused", "detail"))
_NEEDED = frozenset(("id", "parent", "detail"))
_BRANCH = re.compile(r"((?:(?:\||│)  |   ){0,200})(?:[|`'‘’]--|[|`'‘’][–—]|├──?|└──?) ?(?=[A-Z])")
_CELL = r"[\"']?([0-9]{1,9})[\"']?\s{0,20}"
_ROW = re.compile(
    rf"[(\[|│]{{0,2}}\s{{0,20}}{_CELL}[|│,;\t]\s{{0,20}}{_CELL}[|│,;\t]\s{{0,20}}{_CELL}[|│,;\t]\s{{0,20}}(\S.{{0,4000}})"
)
_SPACED = re.compile(
    r"\s{0,20}([0-9]{1,9})\s{1,20}([0-9]{1,9})\s{1,20}([0-9]{1,9})\s{1,20}([A-Z][A-Z-]{2,20}(?: .{0,4000})?)"
)
_RULES = frozenset("-+|=─┼│┌┐└┘├┤┬┴ ")
_KNOWN = ("SCAN", "SEARCH", "USE TEMP", "COMPOUND", "LEFT", "RIGHT", "UNION", "INTERSECT", "EXCEPT", "MERGE",
          "MULTI-INDEX", "INDEX ", "CO-ROUTINE", "MATERIALIZE", "SCALAR", "CORRELATED", "LIST", "SETUP", "RECURSIVE",
          "EXECUTE",
          "BLOOM", "REUSE", "EXISTS", "SUBQUERY")  # fmt: skip


def read(content: str) -> list[Facts]:
    """The facts of every plan in the text, none when there is none. Raises `strict.Refused`."""
    lines = numbered(restored(content))
    groups = _objects(lines) if "detail" in content and "parent" in content else []
    roots = _trees(lines) or [_from_rows(rows) for rows in groups or _row_groups(lines)]
    return [_planned(root) for root in roots if root["children"]]


def is_bytecode(content: str) -> bool:
    """True for the output of EXPLAIN without QUERY PLAN."""
    return "opcode" in content and "addr" in content


def _planned(root: Facts) -> Facts:
    """A scan of rows that the plan itself makes is no scan of a table."""
    nodes = list(walk(root))
    made = {node["cte"] for node in nodes if node["cte"]}
    for node in nodes:
        if node["relation"] in made or (node["relation"] or "").startswith(("(subquery", "SUBQUERY ")):
            node["full_scan"] = False
    last = max(node["last_line"] or 0 for node in nodes)
    return plan_of("eqp", root, last_line=last)


def _root(line: int) -> Facts:
    return blank_node("QUERY PLAN", line, line)


def _trees(lines: list[Line]) -> list[Facts]:
    """Trees as the shell draws them: three columns a level, counted from where the first branch stands."""
    roots: list[Facts] = []
    stack: list[Facts] = []
    margin = steps = 0
    for number, text in lines:
        if not stack:
            margin = len(text) - len(text.lstrip())
        match = _BRANCH.match(text, margin)
        if match is None:
            stack = []
            continue
        if not stack:
            if len(roots) >= MOST_PLANS:
                break
            roots.append(_root(number))
            stack = [roots[-1]]
        steps += 1
        forbid_more(steps)
        depth = min(len(match[1]) // 3 + 1, MAX_DEPTH, len(stack))
        node = step(text[match.end() :], number)
        del stack[depth:]
        stack[-1]["children"].append(node)
        stack.append(node)
    return roots


def _row_groups(lines: list[Line]) -> list[list[Row]]:
    """Rows of one plan each; a plan ends at other text, and where the ids start again."""
    groups: list[list[Row]] = []
    seen: set[int] = set()
    is_open, steps = False, 0
    for number, text in _each_row(lines):
        row = _row(number, text)
        if row is None:
            is_open = is_open and (not text.strip() or _RULES.issuperset(text.strip()))
            continue
        starts_again = row[1] in seen and row[2] == 0 and groups[-1][0][1] != 0
        if not is_open or starts_again:
            if len(groups) >= MOST_PLANS:
                break
            groups.append([])
            seen, is_open = set(), True
        groups[-1].append(row)
        steps += 1
        forbid_more(steps)
        seen.add(row[1])
    return groups


def _each_row(lines: list[Line]) -> Iterator[Line]:
    """Each line, and each row of a list that Python printed on one."""
    for number, text in lines:
        for part in text.split("), (") if "), (" in text else (text,):
            yield number, part


def _row(number: int, text: str) -> Row | None:
    match = _ROW.match(text.strip()) or _SPACED.match(text)
    detail = match[4].strip().rstrip("|│)],;").strip().strip("'\"") if match else ""
    if match is None or not detail.startswith(_KNOWN):
        return None
    if detail.count("(") > detail.count(")"):
        detail += ")"
    return number, int(match[1]), int(match[2]), detail


def _is_old(rows: list[Row]) -> bool:
    """Before SQLite 3.24 the columns were selectid, order, from: the ids start at zero and repeat."""
    return rows[0][1] == 0


def _objects(lines: list[Line]) -> list[list[Row]]:
    """Rows that JSON or a program gives the names of their columns; a list of which one is broken is left out."""
    groups: list[list[Row]] = []
    for rows in objects(lines, _COLUMNS):
        group = [
            (number, int(row["id"]), int(row["parent"]), row["detail"])
            for number, row in rows
            if row.keys() >= _NEEDED and row["id"].isdecimal() and row["parent"].isdecimal()
        ]
        forbid_more(len(group))
        if len(group) == len(rows) and len(groups) < MOST_PLANS:
            groups.append(group)
    return groups


def _from_rows(rows: list[Row]) -> Facts:
    """A tree by the parents' ids; old rows have none and stay in their order."""
    root = _root(rows[0][0])
    by_id: dict[int, tuple[Facts, int]] = {0: (root, 0)}
    old = _is_old(rows)
    for line, key, parent, detail in rows:
        node = step(detail, line)
        above, depth = by_id.get(0 if old else parent, (root, 0))
        if depth >= MAX_DEPTH:
            above, depth = root, 0
        above["children"].append(node)
        if not old and key:
            by_id[key] = (node, depth + 1)
    return root
