"""JSON objects, one a line or in an array: k6 and vegeta's raw output, access logs of proxies and applications, HAR.

The keys of the first lines, joined by points, are the columns. The engine takes the values by path; nothing here reads
more than the head of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from app.evidence.latency_table import arrays
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.dialect import SAMPLE_ROWS, Dialect, Lines, whole_lines
from app.evidence.latency_table.layout import by_words, read_layout, tool_of
from app.evidence.latency_table.naming import name_of_key
from app.evidence.latency_table.spans import is_answered
from app.evidence.latency_table.tools import RECORDS, Tool
from app.evidence.source import Source

MOST_KEYS = 120
DEEPEST = 3
LOOKED_AT = 400
_KEY = re.compile(r"[\w @:/$-]{1,60}", re.ASCII)
_LOGGED_AT_THE_END = frozenset({"time", "timestamp", "ts", "time stamp", "datetime", "date", "at"})


def read_records(source: Source) -> tuple[Dialect, Layout] | None:
    """The keys as columns and what they mean; None when neither lines nor one array are records of requests."""
    first, *more = [line for line in source.head.split("\n") if line.strip()][:2]
    if not (more and first.startswith("{") and more[0].startswith("{") and _parsed(first)):
        for nth, start in enumerate(arrays.starts(source.head)):
            entries = (entry for entry, _ in islice(arrays.entries(source.head, start), LOOKED_AT))
            found = _read(((entry, row) for entry in entries if (row := _parsed(entry))), nth)
            if found is not None:
                return found
    return _read(_records(source), None)


def _read(records: Iterable[tuple[str, dict[str, str]]], nth: int | None) -> tuple[Dialect, Layout] | None:
    """What the records of lines, or of the nth array, mean."""
    found = list(records)
    tool = _tool(found)
    text = tool.line if tool else ""
    rows = [row for line, row in found if text in line and _is_wanted(row, tool)][:SAMPLE_ROWS]
    keys = sorted(dict.fromkeys(key for row in rows for key in row), key=lambda key: key.count("."))[
        :MOST_KEYS
    ]
    if not rows or not keys:
        return None
    dialect = Dialect(
        delimiter="",
        header=tuple(keys),
        has_header=True,
        skip=0,
        rows=tuple(tuple(row.get(key, "") for key in keys) for row in rows),
        lines=Lines(
            paths=tuple(map(_path, keys)),
            only=text,
            anew=None if nth is None else partial(arrays.lines, nth=nth),
        ),
    )
    if tool_of(dialect):
        layout = read_layout(dialect)
    else:
        layout = _of_application(dialect) if nth is None else _of_script(dialect)
    return None if layout is None else (dialect, layout)


def _of_script(dialect: Dialect) -> Layout | None:
    """What a script that sent the requests wrote at its end, by the names of its keys."""
    names = [name_of_key(key) for key in dialect.header]
    layout = by_words(dialect, names)
    return None if layout is None or not is_answered(dialect, names) else replace(layout, confidence=0.8)


def _of_application(dialect: Dialect) -> Layout | None:
    """The log of an application, by the names of its keys; written when the answer is, unless a key says start."""
    names = [name_of_key(key) for key in dialect.header]
    layout = by_words(dialect, names)
    if layout is None or layout.status is None:
        return None
    if layout.start is not None and names[layout.start.column][0] in _LOGGED_AT_THE_END:
        layout = replace(layout, start=None, end=layout.end or layout.start)
    return replace(layout, confidence=0.8, is_server=True)


def _records(source: Source) -> Iterator[tuple[str, dict[str, str]]]:
    """Line and flat record of each line of the head that is an object."""
    lines = (line for line in _lines(source)[:LOOKED_AT] if line.startswith("{"))
    return ((line, row) for line in lines if (row := _parsed(line)))


def _parsed(line: str) -> dict[str, str]:
    """One object as a flat record; empty when it is none."""
    try:
        found = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return {}
    return dict(_flat(found)) if isinstance(found, dict) else {}


def _lines(source: Source) -> list[str]:
    """The lines of the head; when even the first is cut because it holds a body, what stands before the body."""
    lines = whole_lines(source)
    if not lines and ',"body":' in source.head:
        return [source.head.split(',"body":', 1)[0] + "}"]
    return lines


def _tool(found: Iterable[tuple[str, dict[str, str]]]) -> Tool | None:
    """The tool that writes other lines too and has put a text into those of requests."""
    written = (tool for _, row in found for tool in RECORDS if tool.line and tool.header <= set(row))
    return next(written, None)


def _is_wanted(row: dict[str, str], tool: Tool | None) -> bool:
    return tool is None or tool.only is None or row.get(tool.only[0]) == tool.only[1]


def _flat(record: dict[str, Any], lead: str = "", depth: int = 1) -> Iterator[tuple[str, str]]:
    """Pairs of joined key and text; lists and what lies deeper than three levels are left out."""
    for key, value in list(record.items())[:MOST_KEYS]:
        if not _KEY.fullmatch(key):
            continue
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _flat(value, f"{lead}{key}.", depth + 1)
        elif isinstance(value, str | bool) or value is None:
            yield (
                lead + key,
                "" if value is None else str(value).lower() if isinstance(value, bool) else value,
            )


def _path(key: str) -> str:
    return "$" + "".join(f'."{part}"' for part in key.split("."))
