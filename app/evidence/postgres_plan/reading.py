"""Finds and reads every plan of a text, whatever its format, in the order it is meant to be read."""

from __future__ import annotations

from typing import Any

from app.evidence.postgres_plan import cleanup, structured, text
from app.evidence.postgres_plan.facts import plan_facts

Facts = dict[str, Any]

_JSON_MARKS = ('"Plan"', '""Plan""', "“Plan”", "&quot;Plan&quot;")


class Flattened(ValueError):
    """The arrows of a TEXT plan all start in the same column: its tree cannot be known."""


def read(content: str) -> list[Facts]:
    """The facts of every plan in the text; none when there is none.

    Raises `structured.Refused` for JSON that cannot be trusted and `Flattened` for TEXT without indentation.
    """
    if plans := _from_json(content):
        return plans
    reader = text.Reader(cleanup.clean(content))
    raw = reader.read()
    if reader.flat:
        raise Flattened
    return [plan_facts(plan, "text") for plan in raw]


def _from_json(content: str) -> list[Facts]:
    """Plans in JSON: as it stands, else freed from the frames around it."""
    if not any(mark in content for mark in _JSON_MARKS):
        return []
    failure: structured.Refused | None = None
    for candidate in (content, cleanup.json_text(content)):
        if not structured.looks_like_json(candidate):
            continue
        try:
            if raw := structured.read_json(candidate):
                return [plan_facts(plan, "json") for plan in raw]
        except structured.Refused as refused:
            failure = refused
    if failure is not None:
        raise failure
    return []
