"""Finds and reads every plan of a text, whatever its format, in the order it is meant to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.evidence.plans.pasted import Line, placed
from app.evidence.plans.restored import restored
from app.evidence.plans.shape import walk
from app.evidence.plans.strict import Refused
from app.evidence.postgres_plan import carried, cleanup, headers, structured, text
from app.evidence.postgres_plan.facts import plan_facts
from app.evidence.postgres_plan.headers import Raw
from app.evidence.rejoined import FEWEST_FULL, NARROWEST, WIDEST, cut_lines

Facts = dict[str, Any]

_JSON_SIGNS, _XML_SIGNS = ('"', "“", "&"), ("<", "&", "\\")
"""What the marks hold, since a single sign is looked for in a tenth of the time."""
_JSON_MARKS = ('"Plan"', '\\"Plan\\"', "“Plan”", "&quot;Plan&quot;")
_FREED = (str, cleanup.json_text, cleanup.markup_text, cleanup.rejoined_text)
_LOGGED = re.compile(r"duration: [0-9]{1,12}(?:\.[0-9]{1,6})? ms  plan:")
_XML_MARKS = ("<explain", "&lt;explain", "\\textless{}explain")


class Flattened(ValueError):
    """The arrows of a TEXT plan all start in the same column: its tree cannot be known."""


def read(content: str) -> list[Facts]:
    """The facts of every plan in the text; none when there is none.

    Raises `strict.Refused` for a format that cannot be trusted and `Flattened` for TEXT without indentation.
    """
    failure: Refused | Flattened | None = None
    for form, lines in _forms(content):
        plans: list[Facts] = []
        try:
            plans = _read(form) if lines is None else _from_text(lines)
        except (Refused, Flattened) as error:
            failure = failure or error
        if plans := _rejoined(form, plans):
            return plans
    if failure is not None:
        raise failure
    return []


def _forms(content: str) -> Iterator[tuple[str, list[Line] | None]]:
    """The text with its lines, if it is as a server printed it; else, and if that tells nothing, the text as tables of
    psql are read, as it was before mails and pages changed it, and without its carrier."""
    if (lines := cleanup.untouched(content)) is not None:
        yield content, lines
    is_table = "<" in content and "</td>" in content
    if is_table:
        yield content, None
    whole = restored(content)
    if whole is not content or not is_table:
        yield whole, None
    if (freed := carried.freed(whole)) is not None:
        yield restored(freed), None


def _rejoined(content: str, plans: list[Facts]) -> list[Facts]:
    """The plans as read, or those of the text whose full lines go on in the next, whichever tell more."""
    if plans and not any(map(_is_broken, plans)):
        return plans
    lines = content.split("\n")
    width = max(map(len, lines))
    if not NARROWEST <= width <= WIDEST or sum(len(line) == width for line in lines) < FEWEST_FULL:
        return plans
    try:
        found = _read(placed(cut_lines(lines, width, headers.has_metrics)))
    except (Refused, Flattened):
        return plans
    return found if found and _told(found) > _told(plans) else plans


def _is_broken(plan: Facts) -> bool:
    """True for what a plan looks like when lines were cut: it starts or ends inside, or a step lacks its figures."""
    ends_inside = plan["analyzed"] and plan["execution_ms"] is None and plan["duration_ms"] is None
    return plan["fragment"] or ends_inside or _lacks_figures(plan["root"])


def _lacks_figures(root: Facts) -> bool:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node["plan_rows"] is None:
            return True
        waiting += node["children"]
    return False


def _told(plans: list[Facts]) -> tuple[int, int]:
    """How many figures of steps and of plans were understood; of as many, in fewer plans is better."""
    figures = [
        node[key] for plan in plans for node in walk(plan["root"]) for key in ("plan_rows", "actual_rows")
    ]
    figures += [plan["execution_ms"] for plan in plans]
    return sum(figure is not None for figure in figures), -len(plans)


def _read(content: str) -> list[Facts]:
    """The plans of a text that nothing carries."""
    for form, found in (("json", _from_json), ("xml", _from_xml), ("yaml", _from_yaml)):
        if plans := found(content):
            return _with_text(content, [plan_facts(plan, form) for plan in plans])
    return _from_text(cleanup.clean(content))


def _from_text(lines: list[Line]) -> list[Facts]:
    reader = text.Reader(lines)
    raw = reader.read()
    if reader.flat:
        raise Flattened
    return [plan_facts(plan, "text") for plan in raw]


def _with_text(content: str, plans: list[Facts]) -> list[Facts]:
    """These and the plans in TEXT beside them, in the order of the file, as when a log changed its format."""
    lines = content.split("\n")
    if any(plan["last_line"] > len(lines) for plan in plans):
        return plans  # they stand in strings of a log, and have lines of their own
    for plan in plans:
        first, last = plan["line"], plan["last_line"]
        header = first - 1 if first > 1 and _LOGGED.search(lines[first - 2]) else first
        lines[header - 1 : last] = [""] * (last - header + 1)
    rest = "\n".join(lines)
    if _LOGGED.search(rest) is None and not _holds(rest, headers.STARTS):
        return plans
    others = [
        plan_facts(plan, "text")
        for plan in text.Reader(cleanup.clean(rest)).read()
        if "Duration" in plan or (headers.has_figures(plan["Plan"]) and not plan["Fragment"])
    ]
    return sorted(plans + others, key=lambda plan: plan["line"])[: structured.MOST_PLANS]


def _holds(content: str, marks: tuple[str, ...]) -> bool:
    return any(map(content.__contains__, marks))


def _from_json(content: str) -> list[Raw]:
    """Plans in JSON: as it stands, else freed from the frames around it, else from what mail did to its strings."""
    if not (_holds(content, _JSON_SIGNS) and _holds(content, _JSON_MARKS)):
        return []
    failure: Refused | None = None
    for freed in _FREED:
        candidate = freed(content)
        if not structured.looks_like_json(candidate):
            continue
        try:
            if raw := structured.read_json(candidate):
                return raw
        except Refused as refused:
            failure = failure or refused
    if failure is not None:
        raise failure
    return []


def _from_xml(content: str) -> list[Raw]:
    """Plans in XML, freed from the frames around them. The parser is imported when it is needed."""
    if not (_holds(content, _XML_SIGNS) and _holds(content, _XML_MARKS)):
        return []
    from app.evidence.postgres_plan.xml_form import read_xml

    return read_xml(cleanup.markup_text(content))


def _from_yaml(content: str) -> list[Raw]:
    if "Type:" not in content or "Plan:" not in content:
        return []
    from app.evidence.postgres_plan.yaml_form import read_yaml

    return read_yaml(cleanup.clean_yaml(content))
