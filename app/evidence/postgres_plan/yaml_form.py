"""Reads FORMAT YAML from the parser's events alone: no constructor runs, so a scalar is never more than a string.

The server quotes every string and leaves numbers and truths bare, which tells them apart as JSON does. It prints no
anchor, alias or tag: a file with one of these is refused before it can grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import yaml

from app.evidence import parser_words
from app.evidence.findings import phrase
from app.evidence.plans.strict import MAX_DEPTH, Refused, figure, forbid_depth
from app.evidence.postgres_plan.headers import Raw
from app.evidence.postgres_plan.structured import MOST_PLANS, is_plan, joined_workers, steps_below

Line = tuple[int, str]

MOST_EVENTS = 200_000
_FIRST_KEY = re.compile(r"\s{0,200}(?:- )?(?:Plan:\s{0,8}\Z|Query Text: |Query Identifier: )")
_KEY = re.compile(r"[A-Z][A-Za-z/ -]{1,60}:(?: |\Z)")
_DURATION = re.compile(r"duration: ([0-9]{1,12}(?:\.[0-9]{1,6})?) ms  plan:\s{0,20}\Z")
_FIGURE = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_TRUTHS = {"true": True, "false": False}


def read_yaml(lines: list[Line]) -> list[Raw]:
    """Every plan of the lines, in its order. Raises `Refused`."""
    plans: list[Raw] = []
    for start, end in islice(_blocks(lines), 2 * MOST_PLANS):
        value = _value([text for _, text in lines[start:end]], lines[start][0])
        if isinstance(value, dict) and isinstance(value.get("Plan"), list):
            value = value["Plan"]  # someone's own heading above the server's
        found = [plan for plan in (value if isinstance(value, list) else [value]) if is_plan(plan)]
        logged = _DURATION.search(lines[start - 1][1]) if start else None
        for plan in found:
            forbid_depth(plan["Plan"], steps_below)
            plan["Line"], plan["Last Line"] = lines[start][0], lines[end - 1][0]
            if logged:
                plan["Duration"] = float(logged[1])
        plans += found
        if len(plans) >= MOST_PLANS:
            break
    return plans[:MOST_PLANS]


def _blocks(lines: list[Line]) -> Iterator[tuple[int, int]]:
    """Where each plan starts and ends: from its first key to where the indentation or the keys stop."""
    at = 0
    while at < len(lines):
        if _FIRST_KEY.match(lines[at][1]) is None:
            at += 1
            continue
        end = _end(lines, at)
        yield at, end
        at = end


def _end(lines: list[Line], start: int) -> int:
    margin, at, is_open = _margin(lines[start][1]), start, False
    has_plan = False
    while at < len(lines):
        text = lines[at][1]
        here = text.strip()
        if not is_open and here and at > start and not _belongs(text, margin):
            break
        if not is_open and has_plan and at > start and _FIRST_KEY.match(text) and _margin(text) == margin:
            break
        has_plan = has_plan or here.removeprefix("- ") == "Plan:"
        is_open ^= _leaves_open(here)
        at += 1
    return at


def _belongs(text: str, margin: int) -> bool:
    """Deeper than the block's first key, or one of its sisters."""
    here = _margin(text)
    stripped = text.lstrip()
    return here > margin or (
        here == margin and (stripped.startswith("- ") or _KEY.match(stripped) is not None)
    )


def _leaves_open(text: str) -> bool:
    """An odd number of quotes that are not escaped: a string that mail broke over lines goes on."""
    return text.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 1


def _margin(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _value(texts: list[str], first: int) -> Any:
    """The document's value; mappings know the line of their first key."""
    margin = min((_margin(text) for text in texts if text.strip()), default=0)
    content = "\n".join(text[margin:] if not text[:margin].strip() else text.lstrip() for text in texts)
    try:
        return _built(yaml.parse(content, Loader=yaml.CSafeLoader), first)
    except yaml.YAMLError as error:
        raise Refused(_reason(error, first)) from error


def _reason(error: yaml.YAMLError, first: int) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = parser_words.of_yaml(str(getattr(error, "problem", None) or phrase("it is not valid YAML")))
    return phrase("{problem} at line {line}", problem=problem, line=mark.line + first) if mark else problem


def _built(events: Iterator[yaml.Event], first: int) -> Any:
    """Values from events with a stack of open containers: [container, key that waits for its value]."""
    root: list[Any] = []
    stack: list[list[Any]] = [[root, None]]
    for count, event in enumerate(events):
        _forbid(event, count, len(stack))
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            _place(stack[-1], value, event, first)
            stack.append([value, None])
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            stack.pop()
        elif isinstance(event, yaml.ScalarEvent):
            _place(stack[-1], event.value if event.style else _bare(event.value), event, first)
        elif isinstance(event, yaml.DocumentEndEvent):
            break
    return root[0] if root else None


def _forbid(event: yaml.Event, count: int, depth: int) -> None:
    if count > MOST_EVENTS:
        raise Refused(phrase("it holds more values than any plan"))
    if depth > 3 * MAX_DEPTH:
        raise Refused(phrase("it nests deeper than {deepest} levels", deepest=MAX_DEPTH))
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
        raise Refused(phrase("it holds an alias, an anchor or a tag, which the server never prints"))


def _place(top: list[Any], value: Any, event: yaml.Event, first: int) -> None:
    """Into the list, or as the key or the value of the mapping."""
    container, key = top
    if isinstance(container, list):
        container.append(value)
    elif key is None:
        top[1] = str(value) if isinstance(event, yaml.ScalarEvent) else _no_key()
    else:
        if key in container:
            value = joined_workers(key, container[key], value) or _stands_twice(key)
        container[key], top[1] = value, None
        if key == "Node Type":
            container["Line"] = container["Last Line"] = first + (
                event.start_mark.line if event.start_mark else 0
            )


def _no_key() -> str:
    raise Refused(phrase("a key of it is no text"))


def _stands_twice(key: str) -> Any:
    raise Refused(phrase("the key “{key}” stands twice in one object", key=key[:60]))


def _bare(text: str) -> Any:
    """What the server leaves bare: numbers and truths; anything else stays text."""
    if _FIGURE.fullmatch(text):
        return figure(text)
    return _TRUTHS.get(text, text)
