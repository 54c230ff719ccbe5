"""Reads EXPLAIN and ANALYZE as a table: the client's box, `\\G`, tabs of batch mode, CSV, Markdown.

One row a table, in the order they are joined; rows of one `id` are one query block. `<derived2>` and `<subquery3>` name
the block that fills them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any

from app.evidence.mysql_plan.broken import whole_rows
from app.evidence.mysql_plan.tables import kind_of, measure_table
from app.evidence.plans.objects import objects
from app.evidence.plans.pasted import Line
from app.evidence.plans.shape import blank_node, plan_of
from app.evidence.plans.strict import forbid_more

Facts = dict[str, Any]
Row = dict[str, str | None]

MOST_PLANS, MOST_ROWS = 200, 5_000
_COLUMNS = frozenset(("id", "select_type", "table", "partitions", "type", "possible_keys", "key", "key_len", "ref",
                      "rows", "r_rows", "filtered", "r_filtered", "extra"))  # fmt: skip
_NEEDED = frozenset(("id", "select_type", "table", "type", "key"))
_RECORD = re.compile(r"\*{5,40} {0,4}[0-9]{1,6}\. [^\W\d]{1,20} {0,4}\*{5,40}")
_BLOCK = re.compile(r"<(?:derived|subquery)([0-9]{1,6})>")
_RULE_CHARACTERS = frozenset("+-|:=─━┼│ ")


def read_tables(lines: list[Line]) -> list[Facts]:
    """The facts of every plan that is printed as a table."""
    plans: list[Facts] = []
    steps = 0
    for rows in chain(_tables(whole_rows(_whole(lines))), _of_objects(lines)):
        steps += len(rows)
        forbid_more(steps)
        plans.append(_plan(rows))
        if len(plans) >= MOST_PLANS:
            break
    return plans


def _whole(lines: list[Line]) -> list[Line]:
    """The lines of a box that mail broke, joined: a row has as many bars as its border has corners."""
    found: list[Line] = []
    bars = at = 0
    while at < len(lines):
        number, text = lines[at]
        at += 1
        if text.startswith("+-"):
            while at < len(lines) and lines[at][1] and set(lines[at][1]) <= {"+", "-"}:
                text += lines[at][1]
                at += 1
            bars = text.count("+")
        elif text.startswith("|"):
            while text.count("|") < bars and at < len(lines) and not lines[at][1].startswith("+-"):
                text += lines[at][1]
                at += 1
        found.append((number, text))
    return found


def _tables(lines: list[Line]) -> Iterator[list[tuple[int, Row]]]:
    """The rows of each table, with their lines."""
    at = 0
    while at < len(lines):
        text = lines[at][1]
        if _RECORD.fullmatch(text.strip()):
            rows, at = _records(lines, at)
        elif columns := _header(text):
            rows, at = _rows(lines, at + 1, text, columns)
        else:
            at += 1
            continue
        if rows:
            yield rows


def _of_objects(lines: list[Line]) -> Iterator[list[tuple[int, Row]]]:
    """Rows that a program printed as objects."""
    for rows in objects(lines, _COLUMNS):
        known = [(number, {name: _known(value) for name, value in row.items()}) for number, row in rows]
        if known and all(row.keys() >= _NEEDED for _, row in known):
            yield known


def _header(text: str) -> list[str]:
    """The columns, if the line names those of EXPLAIN."""
    if "select_type" not in text or len(text) > 2_000:
        return []
    columns = [cell.strip(" #'\"`").lower() for cell in _cells(text, text)]
    return columns if set(columns) >= _NEEDED else []


def _cells(text: str, header: str) -> list[str]:
    """The line cut as its header is: by tabs, bars or commas."""
    if "\t" in header:
        return text.split("\t")
    if bars := _bars(header, text):
        return [text[left + 1 : right].strip() for left, right in pairwise(bars)]
    if "|" in header:
        return [cell.strip() for cell in text.strip().removeprefix("|").removesuffix("|").split("|")]
    mark = "'" if "'" in text and '"' not in text else '"'
    delimiter = ";" if ";" in header else ","
    try:
        return next(csv.reader([text], delimiter=delimiter, quotechar=mark, skipinitialspace=True), [])
    except csv.Error:
        return []


def _bars(header: str, text: str) -> list[int]:
    """Where the bars of a box stand, if the line has them where its header has: names may hold bars themselves."""
    if not header.startswith("|") or len(header.rstrip()) != len(text.rstrip()):
        return []
    bars = [at for at, sign in enumerate(header) if sign == "|"]
    return bars if all(text[at] == "|" for at in bars) else []


def _rows(lines: list[Line], at: int, header: str, columns: list[str]) -> tuple[list[tuple[int, Row]], int]:
    found: list[tuple[int, Row]] = []
    while at < len(lines) and len(found) < MOST_ROWS:
        number, text = lines[at]
        if not text.strip() or _is_rule(text):
            at += 1
            if not text.strip() and found:
                break
            continue
        cells = _cells(text, header)
        if len(cells) < len(columns) - 1 or _header(text):
            break
        cells = [*cells[: len(columns) - 1], "|".join(cells[len(columns) - 1 :])]
        found.append((number, dict(zip(columns, map(_known, cells), strict=True))))
        at += 1
    return found, at


def _is_rule(text: str) -> bool:
    stripped = text.strip()
    return len(stripped) > 2 and _RULE_CHARACTERS.issuperset(stripped)


def _records(lines: list[Line], at: int) -> tuple[list[tuple[int, Row]], int]:
    """Rows of `\\G`: a line of stars, then `name: value` lines."""
    found: list[tuple[int, Row]] = []
    while at < len(lines) and len(found) < MOST_ROWS:
        number, text = lines[at]
        name, colon, value = text.strip().partition(":")
        if _RECORD.fullmatch(text.strip()):
            if text.strip().strip("* ").startswith("1.") and found:
                break
            found.append((number, {}))
        elif colon and name.lower() in _COLUMNS:
            found[-1][1][name.lower()] = _known(value)
        elif text.strip():
            break
        at += 1
    return [row for row in found if row[1].keys() >= _NEEDED], max(at, 1)


def _known(cell: str) -> str | None:
    text = cell.strip().strip("'\"`")
    return None if text in ("NULL", "", "\\N", "null", "(NULL)", "[NULL]") else text


def _plan(rows: list[tuple[int, Row]]) -> Facts:
    blocks: dict[str, Facts] = {}
    for line, row in rows:
        block = blocks.setdefault(row.get("id") or "", blank_node("Query block", line, line))
        if not block["children"]:
            _name_block(block, row)
        block["children"].append(_table(row, line))
        block["last_line"] = line
    root = _linked(blocks)
    return plan_of("table", root, line=rows[0][0], last_line=rows[-1][0])


def _name_block(block: Facts, row: Row) -> None:
    select = row.get("select_type") or ""
    if "UNION RESULT" in select:
        block["node"] = block["title"] = "Union"
    elif select not in ("SIMPLE", "PRIMARY", ""):
        block["subplan_name"] = f"{select.lower()} {row.get('id')}"
        block["parent_relationship"] = "SubPlan" if "SUBQUERY" in select else "Member"


def _table(row: Row, line: int) -> Facts:
    extra = row.get("extra") or ""
    node = blank_node(kind_of(row.get("type"), covers="Using index" in extra.split("; ")), line, line)
    keys = row.get("possible_keys")
    raw: dict[str, Any] = {
        key: value for key, value in row.items() if value is not None and key != "possible_keys"
    }
    raw |= {"table_name": row.get("table"), "possible_keys": keys.split(",") if keys else []}
    if "r_rows" in row:  # there is no such column unless the query was run
        raw["r_rows"] = row["r_rows"]
    measure_table(node, raw)
    if "r_rows" in row and row["r_rows"] is None and node["relation"]:
        node["never_executed"], node["actual_rows"] = True, 0
    if extra:
        node["extra"]["Extra"] = extra[:400]
    if "Using filesort" in extra:
        node["sort"]["method"] = "filesort"
    if "Using temporary" in extra:
        node["storage"]["type"] = "temporary table"
    return node


def _linked(blocks: dict[str, Facts]) -> Facts:
    """Each block below the table it fills, else below the first."""
    names = list(blocks)
    union = next((block for block in blocks.values() if block["node"] == "Union"), None)
    root = union or blocks[names[0]]
    filled = {
        match[1]: node
        for block in blocks.values()
        for node in block["children"]
        if (match := _BLOCK.fullmatch(node["relation"] or ""))
    }
    for name, block in blocks.items():
        if block is root:
            continue
        above = filled.get(name)
        (above if above is not None and above not in block["children"] else root)["children"].append(block)
    return root
