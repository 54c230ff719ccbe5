"""Manifests of Chaos Mesh and Litmus: what they break, whose it is, and when they run.

Sources: Chaos Mesh 2 (Schedule, Workflow, PodChaos and the other kinds of chaos-mesh.org/v1alpha1), Litmus 3
(ChaosEngine, ChaosSchedule of litmuschaos.io/v1alpha1). Of a schedule in cron's five fields the months are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.evidence import yamls
from app.evidence.drill_schedule.words import GROUPS
from app.evidence.registers import rows
from app.evidence.registers.rows import Row

MOST = 400
MONTHS = frozenset(range(1, 13))
_OFTEN = frozenset(("@hourly", "@daily", "@midnight", "@weekly", "@monthly"))
_YEARLY = frozenset(("@yearly", "@annually"))
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PART = re.compile(r"(\*|\d{1,2}|[a-z]{3})(?:-(\d{1,2}|[a-z]{3}))?(?:/(\d{1,2}))?")
_TOLD = ("hypothesis", "abort", "owner", "alert", "result")


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of the calendar's fields, how often it is run, and the months in which that is (None: unknown)."""

    row: Row
    repeats: str = ""
    months: frozenset[int] | None = None


def faults(text: str) -> tuple[str, list[Fault]]:
    """The tool and what its manifests break; raises `yamls.BadYaml`."""
    tool, found = "", list[Fault]()
    for document in yamls.documents(text):
        for one in _objects(document):
            group = str(one.get("apiVersion") or "").partition("/")[0]
            if group in GROUPS and len(found) < MOST:
                tool = tool or GROUPS[group]
                found += _mesh(one) if group == "chaos-mesh.org" else _litmus(one)
    return tool, found


def months_of(cron: str) -> frozenset[int] | None:
    """The months in which a cron schedule runs; None for what is no cron schedule."""
    words = re.sub(r"^(?:CRON_)?TZ=\S{1,60} ", "", cron.strip()).split()
    if len(words) == 1:
        return MONTHS if words[0] in _OFTEN else frozenset((1,)) if words[0] in _YEARLY else None
    if words[:1] == ["@every"]:
        return MONTHS
    return _months(words[-2].lower()) if len(words) in (5, 6) else None


def _months(field: str) -> frozenset[int] | None:
    found: set[int] = set()
    for part in field.split(",")[:24]:
        match = _PART.fullmatch(part)
        if match is None:
            return None
        first = 1 if match[1] == "*" else _number(match[1])
        last = _number(match[2]) if match[2] else 12 if match[1] == "*" or match[3] else first
        found.update(range(first, min(last, 12) + 1, max(1, int(match[3] or 1))))
    return frozenset(found & MONTHS)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NAMES.index(text) + 1 if text in _NAMES else 0


def _objects(document: Any) -> Iterator[yamls.Map]:
    if isinstance(document, yamls.Map):
        inner = document.get("items")
        yield from (
            one
            for one in (inner if isinstance(inner, yamls.Seq) else [document])
            if isinstance(one, yamls.Map)
        )


def _mesh(one: yamls.Map) -> Iterator[Fault]:
    kind, spec = str(one.get("kind") or ""), _map(one, "spec")
    if kind == "Schedule":
        kind = str(spec.get("type") or "")
        cron = rows.flat(spec.get("schedule"))
        yield Fault(_row(one, kind, _map(spec, kind[:1].lower() + kind[1:])), cron[:80], months_of(cron))
    elif kind == "Workflow":
        templates = spec.get("templates")
        for each in templates if isinstance(templates, yamls.Seq) else ():
            inner = str(each.get("templateType") or "") if isinstance(each, yamls.Map) else ""
            if inner.endswith("Chaos"):
                yield Fault(_row(one, inner, _map(each, inner[:1].lower() + inner[1:]), each.line))
    elif kind.endswith("Chaos"):
        yield Fault(_row(one, kind, spec))


def _row(one: yamls.Map, kind: str, spec: yamls.Map, line: int | None = None) -> Row:
    selector = _map(spec, "selector")
    where = rows.flat(selector.get("namespaces")), _labels(selector)
    mode = " ".join(filter(None, (rows.flat(spec.get("mode")), rows.flat(spec.get("value")))))
    scenario = f"{kind} {rows.flat(spec.get('action'))}".strip()
    return _with_notes(one, scenario, (mode, *where), line)


def _labels(selector: yamls.Map) -> str:
    labels = selector.get("labelSelectors")
    named = [f"{key}={value}" for key, value in labels.items()] if isinstance(labels, yamls.Map) else []
    pods = rows.flat(selector.get("pods"))
    return " ".join([*named[:10], pods]).strip()


def _with_notes(one: yamls.Map, scenario: str, radius: Sequence[str], line: int | None = None) -> Row:
    """The row of a manifest; what a person decided may stand in its annotations."""
    metadata = _map(one, "metadata")
    notes = _map(metadata, "annotations")
    name = rows.flat(metadata.get("name"))
    cells = {
        "scenario": f"{scenario} ({name})" if name else scenario,
        "radius": ", ".join(filter(None, radius)),
    }
    for key, value in list(notes.items())[:40]:
        field = key.rpartition("/")[2].lower().replace("-", "")
        about = next((told for told in _TOLD if field.startswith(told)), None)
        if about:
            cells[about] = rows.flat(value)
    return Row(line or one.line, cells)


def _litmus(one: yamls.Map) -> Iterator[Fault]:
    kind, spec = str(one.get("kind") or ""), _map(one, "spec")
    if kind == "ChaosEngine":
        yield from _engine(one, spec, "", None, "")
    elif kind == "ChaosSchedule":
        schedule = _map(spec, "schedule")
        repeat, once = _map(schedule, "repeat"), _map(schedule, "once")
        every = rows.flat(_map(repeat, "properties").get("minChaosInterval")) or rows.flat(
            repeat.get("workDays")
        )
        when = rows.flat(once.get("executionTime"))
        yield from _engine(one, _map(spec, "engineTemplateSpec"), every[:80], MONTHS if every else None, when)


def _engine(
    one: yamls.Map, spec: yamls.Map, repeats: str, months: frozenset[int] | None, when: str
) -> Iterator[Fault]:
    about = _map(spec, "appinfo")
    radius = [rows.flat(about.get(key)) for key in ("appkind", "appns", "applabel")]
    named = spec.get("experiments")
    for each in named if isinstance(named, yamls.Seq) else ():
        row = _with_notes(one, rows.flat(each.get("name")) if isinstance(each, yamls.Map) else "", radius)
        yield Fault(Row(row.line, {**row.cells, "day": when} if when else row.cells), repeats, months)


def _map(value: Any, key: str) -> yamls.Map:
    inner = value.get(key) if isinstance(value, yamls.Map) else None
    return inner if isinstance(inner, yamls.Map) else yamls.Map(getattr(value, "line", 1))
