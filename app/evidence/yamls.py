"""YAML of configuration files, read without surprises: every scalar is text, every value knows its line.

YAML 1.1 would make `NO` false, `22:22` a number and `on:` the key true. Here they stay what was typed; only an empty
value, `~` and `null` become None. Tags are passed over, merges (`<<`) are done. The tree is built from the parser's
events in one pass, so that no nesting or alias can grow it beyond its bounds: `BadYaml` says in words what is wrong.
"""

from __future__ import annotations

from typing import Any

import yaml

from app.evidence import parser_words
from app.evidence.findings import phrase

MOST_NODES = 200_000  # aliases counted as often as they are used
DEEPEST = 100
MERGE = "<<"
_NOTHING = frozenset(("", "~", "null", "Null", "NULL"))


class BadYaml(ValueError):
    """The text is no YAML, or more than is read; the message is half a sentence, the place counts from 1."""

    def __init__(self, message: str, line: int, column: int = 1) -> None:
        super().__init__(message)
        self.line, self.column = line, column


class Map(dict[str, Any]):
    """A mapping; `line` is where it begins, `lines` where each key stands, `repeated` the keys that stand twice."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self.repeated: list[tuple[str, int]] = []


class Seq(list[Any]):
    """A sequence; `line` is where it begins, `lines` where each item does."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def documents(text: str) -> list[Any]:
    """Every document of the text, each a Map, a Seq, a text or None; raises `BadYaml`."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise BadYaml(parser_words.of_yaml(str(error.problem or error.context)), *place) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise BadYaml(phrase("it holds a sign that YAML does not allow"), 1) from error
    return builder.documents


class _Builder:
    """Takes events and keeps the documents; containers are open until their end event."""

    def __init__(self) -> None:
        self.documents: list[Any] = []
        self._open: list[tuple[Map | Seq, str | None]] = []  # with the anchor of each
        self._keys: list[
            tuple[str, int] | None
        ] = []  # the key that waits for its value, in each open container
        self._anchors: dict[str, Any] = {}
        self._sizes: dict[int, int] = {}
        self._nodes = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()
        elif isinstance(event, yaml.ScalarEvent):
            is_nothing = not event.style and event.value in _NOTHING
            self._put(None if is_nothing else event.value, 1, line, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._repeat(str(event.anchor), line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            container = Map(line) if isinstance(event, yaml.MappingStartEvent) else Seq(line)
            self._begin(container, event.anchor, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end(line)

    def _begin(self, container: Map | Seq, anchor: str | None, line: int) -> None:
        if len(self._open) >= DEEPEST:
            raise BadYaml(phrase("it nests deeper than {deepest} levels", deepest=DEEPEST), line)
        self._open.append((container, anchor))
        self._keys.append(None)
        self._sizes[id(container)] = 1

    def _end(self, line: int) -> None:
        container, anchor = self._open.pop()
        self._keys.pop()
        if isinstance(container, Map):
            _merge(container)
        self._put(container, self._sizes[id(container)], container.line, anchor)

    def _repeat(self, anchor: str, line: int) -> None:
        if anchor not in self._anchors:
            raise BadYaml(
                phrase(
                    "the alias *{anchor} stands inside what it names, or names nothing", anchor=anchor[:60]
                ),
                line,
            )
        value = self._anchors[anchor]
        self._put(value, self._sizes.get(id(value), 1), line, None)

    def _put(self, value: Any, size: int, line: int, anchor: str | None) -> None:
        """Give a finished value to the container that is open, or end the document with it."""
        if anchor:
            self._anchors[anchor] = value
        self._nodes += 1
        if not self._open:
            self.documents.append(value)
            return
        container = self._open[-1][0]
        self._sizes[id(container)] += size
        if max(self._nodes, self._sizes[id(container)]) > MOST_NODES:
            raise BadYaml(phrase("it holds more than {most_nodes:,} values", most_nodes=MOST_NODES), line)
        if isinstance(container, Seq):
            container.append(value)
            container.lines.append(line)
        else:
            self._pair(container, value, line)

    def _pair(self, container: Map, value: Any, line: int) -> None:
        """In a mapping keys and values come in turn."""
        waiting = self._keys[-1]
        if waiting is None:
            if isinstance(value, Map | Seq):
                raise BadYaml(phrase("a key is a whole list or mapping"), line)
            self._keys[-1] = ("" if value is None else value, line)
            return
        key, at = waiting
        self._keys[-1] = None
        if key in container and key != MERGE:
            container.repeated.append((key, at))
        container[key] = value
        container.lines[key] = at


def _merge(container: Map) -> None:
    """What `<<` names fills in the keys that are not there."""
    merged = container.pop(MERGE, None)
    for other in merged if isinstance(merged, Seq) else [merged]:
        if isinstance(other, Map):
            for key, value in other.items():
                container.lines.setdefault(key, other.lines.get(key, other.line))
                container.setdefault(key, value)
