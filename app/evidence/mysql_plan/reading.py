"""Finds and reads every plan of a text, whatever its format."""

from __future__ import annotations

import re
from typing import Any

from app.evidence.mysql_plan.document import joined, read_document
from app.evidence.mysql_plan.iterators import is_iterator, read_iterators
from app.evidence.mysql_plan.tabular import read_tables
from app.evidence.mysql_plan.tree import MOST_PLANS, Reader
from app.evidence.plans.pasted import number_lines, numbered, placed
from app.evidence.plans.restored import restored
from app.evidence.plans.shape import walk
from app.evidence.plans.strict import Refused, decode, decoder
from app.evidence.rejoined import FEWEST_FULL, NARROWEST, WIDEST, cut_lines

Facts = dict[str, Any]

_FIRST_KEYS = (
    "query_block|query_optimization|query_plan|query|inputs|operation|limit|covering|alias|table_name|join_type|"
    "access_type|sort_fields|message|cte"
)
_JSON = re.compile(rf'\{{\s{{0,400}}"(?:{_FIRST_KEYS})"\s{{0,20}}:')
_TABLE = re.compile(r'"table_name"\s{0,20}:')
_OPERATION = re.compile(r'"operation"\s{0,20}:')
_NAMED = ("Union", "Intersect", "Except")  # these have a "table_name" for the table of their result
_COMMENT = re.compile(r" /\* [a-z_-]{1,40} \*/")
_BATCH = re.compile(r'\{\\n {1,8}\\?"|\{\n {1,8}\\"|\\n {0,400}-> ')
_BEFORE = re.compile(r"[\s'\"`|*\[({>-]{0,400}(?:EXPLAIN['\"]?\s{0,4}(?::|=>)[\s'\"]{0,8})?")
"""What may stand before the first arrow of a plan: quotes, the bar of a box, the name of the column."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SIGNS = {"n": "\n", "t": "\t", "0": ""}
_DECODER = decoder(joined)


def read(content: str) -> list[Facts]:
    """The facts of every plan in the text. Raises `strict.Refused` and `tree.Flattened`."""
    content = restored(content)
    if not _BATCH.search(content[:100_000]):
        return _read_whole(content)
    lines = [_ESCAPED.sub(lambda match: _SIGNS.get(match[1], match[1]), line) for line in content.split("\n")]
    plans = _read("\n".join(lines))
    _number_as_in_file(plans, lines)
    return plans


def _read_whole(content: str) -> list[Facts]:
    """As it stands, or with the lines joined that a terminal cut at its width, whichever tells more numbers."""
    found = _read(content)
    pieces = content.split("\n")
    width = max(map(len, pieces))
    if not NARROWEST <= width <= WIDEST or sum(len(piece) == width for piece in pieces) < FEWEST_FULL:
        return found
    joined_lines = cut_lines(pieces, width)
    whole = _read("\n".join(piece for _, piece in joined_lines))
    if _told(whole) <= _told(found):
        return found
    _renumber(whole, [number for number, _ in joined_lines])
    return whole


def _told(plans: list[Facts]) -> int:
    """How many guesses and measurements of rows were understood."""
    return sum(
        node[key] is not None
        for plan in plans
        for node in walk(plan["root"])
        for key in ("plan_rows", "actual_rows")
    )


def _read(content: str) -> list[Facts]:
    if ("query_block" in content or '"operation"' in content or '""operation""' in content) and (
        plans := _from_json(_json_text(content))
    ):
        return plans
    lines = [(number, _bare(text)) for number, text in numbered(content)]
    if any("select_type" in text for _, text in lines) and (plans := read_tables(lines)):
        return plans
    return Reader(lines).read()


def _number_as_in_file(plans: list[Facts], lines: list[str]) -> None:
    """Batch mode put a plan on one line: all that was read of it stands there."""
    _renumber(plans, [number for number, line in enumerate(lines, start=1) for _ in line.split("\n")])


def _renumber(plans: list[Facts], origin: list[int]) -> None:
    """Lines as counted here become those of the file, which `origin` holds."""
    for plan in plans:
        for part in (plan, *walk(plan["root"])):
            for key in ("line", "last_line"):
                at = part[key]
                part[key] = origin[at - 1] if at and at <= len(origin) else at


def _from_json(text: str) -> list[Facts]:
    plans: list[Facts] = []
    at = 0
    while (match := _JSON.search(text, at)) and len(plans) < MOST_PLANS:
        try:
            value, end = decode(text, match.start(), _DECODER)
        except Refused:
            if "\\'" not in text:
                raise
            return _from_json(text.replace("\\'", "'"))  # Workbench's way to write a quote
        line, last = text.count("\n", 0, match.start()) + 1, text.count("\n", 0, end) + 1
        span = (match.start(), end)
        if isinstance(value, dict) and "query_block" in value:
            plans.append(read_document(value, line, last))
            tables = [node for node in walk(plans[-1]["root"]) if node["relation"] or node["node"] in _NAMED]
            number_lines(text, span, _TABLE, tables)
        elif is_iterator(value):
            plans.append(read_iterators(value, line, last))
            number_lines(text, span, _OPERATION, _from_the_leaves(plans[-1]["root"]))
        at = end
    return plans


def _from_the_leaves(root: Facts) -> list[Facts]:
    """Steps as version 2 prints them: keys are sorted by length, so that `inputs` come before `operation`."""
    order, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting += node["children"]
    return [node for node in reversed(order) if node["node"] != "Query"]


def _json_text(content: str) -> str:
    """The JSON as the server made it, without the marks of the client and of CSV."""
    text = _COMMENT.sub("", placed(numbered(content)))
    return text.replace('""', '"') if '""query_block""' in text or '""operation""' in text else text


def _bare(text: str) -> str:
    """`| -> Limit …`, `EXPLAIN: -> Limit …` and `'-> Limit …` as `-> Limit …`; other lines as they are."""
    arrow = text.find("-> ")
    if arrow < 0:
        return text
    line = text.rstrip()
    if text.lstrip().startswith("|"):  # a bar before each line, as some clients have it, or before the first
        line = text.strip()[1:].removesuffix("|").rstrip().removeprefix(" ")
        arrow = line.find("-> ")
    if not _BEFORE.fullmatch(line[:arrow]):
        return text
    return line[arrow:] if line[:arrow].strip() else line
