"""What stands below a plan's tree: settings, planning, triggers, JIT, serialization, total times."""

from __future__ import annotations

from app.evidence.patterns import lazy
from app.evidence.postgres_plan.details import figure, read_detail
from app.evidence.postgres_plan.headers import Raw

_TRIGGER = lazy(r"(?:time=([0-9.]{1,24}) )?calls=([0-9.]{1,24})")
_SETTING = lazy(r"([A-Za-z_][A-Za-z0-9_.]{0,80}) = '")
_TIMES = {
    "planning time": "Planning Time",
    "execution time": "Execution Time",
    "total runtime": "Execution Time",
}
_MOST_TRIGGERS = 1_000
LABELS = frozenset((
    "Planning", "JIT", "Serialization", "Settings", "Query Identifier",
    "Planning Time", "Execution Time", "Planning time", "Execution time", "Total runtime",
))  # fmt: skip
"""What stands before the colon of a line of the plan as a whole; times also in other case, see `_TIMES`."""


def is_tail(text: str) -> bool:
    """True if the line starts something that belongs to the plan as a whole."""
    label, colon, _ = text.partition(":")
    if not colon:
        return False
    return (
        label in LABELS
        or label.lower() in _TIMES
        or (label.startswith("Trigger ") and _trigger(text) is not None)
    )


def read_tail(plan: Raw, text: str) -> Raw:
    """Read the line into `plan`; answers the mapping to which the indented lines after it belong."""
    label, _, value = text.partition(":")
    value = value.strip()
    if key := _TIMES.get(label.lower()):
        plan[key] = figure(value)
        if label.endswith("time"):
            plan["Old Labels"] = True  # "Planning time" became "Planning Time" in version 11
    elif label == "Settings":
        plan["Settings"] = _settings(value)
    elif label == "Query Identifier":
        plan["Query Identifier"] = figure(value)
    elif label.startswith("Trigger "):
        triggers = plan.setdefault("Triggers", [])
        if len(triggers) < _MOST_TRIGGERS:
            triggers.append(_trigger(text))
    else:
        section: Raw = plan.setdefault(label, {})
        if label == "Serialization":
            _serialization(section, value)
        return section
    return plan


def read_section_line(section: Raw, text: str) -> None:
    """A line under `Planning:`, `JIT:` or `Serialization:`."""
    label, _, value = text.partition(": ")
    if label == "Functions":
        section["Functions"] = figure(value)
    elif label == "Options":
        section["Options"] = {name: flag == "true" for name, _, flag in _words(value)}
    elif label == "Timing":
        section["Timing"] = _jit_times(value)
    else:
        read_detail(section, text)


def _words(value: str) -> list[tuple[str, str, str]]:
    return [pair.partition(" ") for pair in value.split(", ")]


def _jit_times(value: str) -> Raw:
    """`Generation 1.2 ms (Deform 0.3 ms), Inlining 0.0 ms, …` in milliseconds."""
    times: Raw = {}
    for name, _, rest in _words(value):
        inner = rest.partition("(Deform ")[2]
        times[name] = {"Deform": figure(inner), "Total": figure(rest)} if inner else figure(rest)
    return times


def _serialization(section: Raw, value: str) -> None:
    """`time=0.1 ms  output=10kB  format=text`; without TIMING the time is left out."""
    for piece in value.split("  "):
        name, _, text = piece.strip().partition("=")
        if name == "time":
            section["Time"] = figure(text)
        elif name == "output":
            section["Output Volume"] = figure(text)
        elif name == "format":
            section["Format"] = text


def _trigger(text: str) -> Raw | None:
    """`Trigger name for constraint c on t: time=1.2 calls=3`; names are printed without quotes."""
    head, colon, rest = text[len("Trigger ") :].rpartition(": ")
    match = _TRIGGER.fullmatch(rest.strip())
    if not colon or not match:
        return None
    trigger: Raw = {"Calls": figure(match[2])}
    if match[1]:
        trigger["Time"] = figure(match[1])
    head, on, relation = head.rpartition(" on ") if " on " in head else (head, "", "")
    if on:
        trigger["Relation"] = relation
    name, constraint = _trigger_names(head)
    if name:
        trigger["Trigger Name"] = name
    if constraint:
        trigger["Constraint Name"] = constraint
    return trigger


def _trigger_names(head: str) -> tuple[str, str]:
    if head.startswith("for constraint "):
        return "", head[len("for constraint ") :]
    name, _, constraint = head.partition(" for constraint ")
    return name, constraint


def _settings(value: str) -> dict[str, str]:
    """`work_mem = '64kB', search_path = 'a, ''b'''` as a mapping."""
    settings: dict[str, str] = {}
    at = 0
    while match := _SETTING.match(value, at):
        end = _closing(value, match.end())
        settings[match[1]] = value[match.end() : end].replace("''", "'")
        at = end + 3  # past the quote, the comma and the space
    return settings


def _closing(value: str, at: int) -> int:
    """Where the string that starts at `at` is closed; two quotes are one quote inside it."""
    end = value.find("'", at)
    while end >= 0 and value[end + 1 : end + 2] == "'":
        end = value.find("'", end + 2)
    return len(value) if end < 0 else end
