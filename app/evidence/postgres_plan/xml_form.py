"""Reads FORMAT XML: `<explain xmlns="http://www.postgresql.org/2009/explain">`, once or many times in a text.

Names carry hyphens for spaces and slashes and every value is text; a table of the known keys turns both back. Document
types and entities are refused, and the tree is walked with a stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from app.evidence.findings import phrase
from app.evidence.plans.strict import MAX_DEPTH, Refused, figure, forbid_depth
from app.evidence.postgres_plan.headers import Raw
from app.evidence.postgres_plan.places import CONDITIONS, PLACES, SILENT, TEXT
from app.evidence.postgres_plan.structured import MOST_PLANS, is_plan, joined_workers, steps_below

Line = tuple[int, str]

_START, _END = "<explain", "</explain>"
_DURATION = re.compile(r"duration: ([0-9]{1,12}(?:\.[0-9]{1,6})?) ms  plan:\s{0,20}\Z")
_NODE = re.compile(r"<Node-Type>")
_FIGURE = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_LISTS = frozenset(
    ("Plans", "Workers", "Triggers", "Target Tables", "Grouping Sets", "Group Keys", "Hash Keys")
)
_OTHERS = ("Planning Time", "Execution Time", "Query Text", "Query Identifier", "Peak Sort Space Used",
           "Average Sort Space Used", "Full-sort Groups", "Pre-sorted Groups", "One-Time Filter")  # fmt: skip
_AS_TEXT = (
    frozenset(
        (*CONDITIONS, *SILENT, "Query Text", "Format", "Trigger Name", "Constraint Name", "Relation", "Item")
    )
    | {key for key, (_, _, types, _) in PLACES.items() if types is TEXT}
) - {"Parallel Aware", "Worker Number"}


def _hyphened(key: str) -> str:
    return key.replace(" ", "-").replace("/", "-")


_KEYS = {_hyphened(key): key for key in (*PLACES, *CONDITIONS, *SILENT, *_LISTS, *_OTHERS)}


def read_xml(text: str) -> list[Raw]:
    """Every plan of the text, in its order. Raises `Refused`."""
    plans: list[Raw] = []
    at = 0
    while (start := text.find(_START, at)) >= 0 and len(plans) < MOST_PLANS:
        end = text.find(_END, start)
        if end < 0:
            raise Refused(phrase("its last lines are missing"))
        end += len(_END)
        line, last = text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1
        logged = _DURATION.search(text, max(at, start - 80), start)
        found = list(_plans(_tree(text[start:end], line)))
        for plan in found:
            forbid_depth(plan["Plan"], steps_below)
            plan["Line"], plan["Last Line"] = line, last
            if logged:
                plan["Duration"] = float(logged[1])
        _number_lines(text, start, end, line, found)
        plans += found
        at = end
    return plans


def _tree(text: str, line: int) -> Element:
    parser = DefusedXMLParser(forbid_dtd=True)
    try:
        parser.feed(text)
        root = parser.close()
    except ParseError as error:
        row, column = error.position
        raise Refused(
            phrase("its XML breaks at line {line}, column {column}", line=row + line - 1, column=column + 1)
        ) from error
    except DefusedXmlException as error:
        raise Refused(
            phrase("it declares entities or a document type, which the server never does")
        ) from error
    return root


def _plans(root: Element) -> Iterator[Raw]:
    """The queries of the document; auto_explain prints one without the element around it."""
    value = _value(root)
    queries = value.get("Query") if isinstance(value, dict) else None
    candidates = queries if isinstance(queries, list) else [queries or value]
    yield from (plan for plan in candidates if is_plan(plan))


def _value(root: Element) -> Any:
    """The element's value, from the leaves up: the deepest elements are the last of the list."""
    order = [(root, 0)]
    for element, depth in order:  # grows while it is walked
        if depth > 3 * MAX_DEPTH:
            raise Refused(phrase("it nests deeper than {deepest} levels", deepest=MAX_DEPTH))
        order += [(child, depth + 1) for child in element]
    values: dict[Element, Any] = {}
    for element, _ in reversed(order):
        values[element] = _made(element, [(_key(child), values.pop(child)) for child in element])
    return values[root]


def _key(element: Element) -> str:
    name = element.tag.rpartition("}")[2]
    return _KEYS.get(name) or name.replace("-", " ")


def _made(element: Element, below: list[tuple[str, Any]]) -> Any:
    key = _key(element)
    if not below:
        text = element.text or ""
        return [] if key in _LISTS else _scalar(key, text if text.strip() else "")
    if key in _LISTS or all(name == "Item" for name, _ in below):
        return [value for _, value in below]
    if key == "explain":
        return {"Query": [value for _, value in below if isinstance(value, dict) and "Plan" in value] or None,
                **dict(pair for pair in below if pair[0] != "Query")}  # fmt: skip
    return _mapping(key, below)


def _mapping(key: str, below: list[tuple[str, Any]]) -> Raw:
    value: Raw = {}
    for name, item in below:
        name = _label(name, value)
        if name in value:
            both = joined_workers(name, value[name], item)
            if both is None:
                raise Refused(phrase("the key “{name}” stands twice in one object", name=name[:60]))
            item = both
        value[name] = item
    return {name: str(item) for name, item in value.items()} if key == "Settings" else value


def _label(name: str, so_far: Raw) -> str:
    """XML names an incremental sort's groups by their sort of thing; their order tells which is which."""
    if name == "Incremental Sort Groups":
        return "Pre-sorted Groups" if "Full-sort Groups" in so_far else "Full-sort Groups"
    if name != "Sort Space":
        return name
    on_disk = all("external" in str(method) for method in so_far.get("Sort Methods Used") or [""])
    return "Sort Space Disk" if on_disk or "Sort Space Memory" in so_far else "Sort Space Memory"


def _scalar(key: str, text: str) -> Any:
    if key in _AS_TEXT:
        return text
    if _FIGURE.fullmatch(text):
        return figure(text)
    return {"true": True, "false": False}.get(text, text)


def _number_lines(text: str, start: int, end: int, line: int, plans: list[Raw]) -> None:
    """Give each node the line of its "Node-Type" when every node can be told."""
    nodes: list[Raw] = []
    waiting = [plan["Plan"] for plan in reversed(plans)]
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        waiting += [child for child in reversed(steps_below(node)) if isinstance(child, dict)]
    marks = [match.start() for match in _NODE.finditer(text, start, end)]
    if len(marks) != len(nodes):
        return
    at = start
    for node, mark in zip(nodes, marks, strict=True):
        line += text.count("\n", at, mark)
        node["Line"] = node["Last Line"] = line
        at = mark
