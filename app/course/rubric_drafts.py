"""A rubric while it is edited: the values of its file with what was typed, judged by the reader of the file.

The values are those of `rubric.toml`, and may be wrong in every way that typing can be: a number that is none is kept
as the text it is, so that nobody loses what they typed.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.course.problems import Problem
from app.course.rubrics import rubric_in
from app.course.tables import Table
from app.course.values import Criterion, Rubric

Values = dict[str, Any]

WORDS = ("title", "description", "reviewer_note", "pass_level")
NUMBER = re.compile(r"[0-9]{1,6}")
PARTED = re.compile(r"[,\s]+")
FIELD_OF = {"label": "label", "points": "points", "description": "says"}
"""What the fields of a level are called in a form; those of a criterion are called as in the file."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a draft: the field it belongs to, the criterion and level in words, the reader's sentence."""

    field: str
    criterion: int | None
    title: str
    level: int | None
    sentence: str


def values_of(rubric: Rubric) -> Values:
    """A rubric as the values of its file."""
    return {"threshold": rubric.threshold, "criteria": [_criterion(each) for each in rubric.criteria]}


def read_draft(values: Values, slots: Collection[str]) -> tuple[Rubric, tuple[Mistake, ...]]:
    """The rubric as far as it can be read, and every mistake the reader of the file finds in it."""
    problems: list[Problem] = []
    rubric = rubric_in(Table("", values, {}, problems), set(slots))
    return rubric, tuple(_mistake(each, values) for each in problems)


def fields_of(values: Values) -> dict[str, str]:
    """The draft as form fields, by name."""
    fields = {"threshold": str(values["threshold"])}
    for criterion in values["criteria"]:
        for name in WORDS:
            fields[f"{name}-{criterion['key']}"] = criterion.get(name) or ""
        fields[f"must_pass-{criterion['key']}"] = "yes" if criterion["must_pass"] else ""
        fields[f"bears_on-{criterion['key']}"] = ", ".join(criterion["bears_on"])
        for place, level in enumerate(criterion["levels"], start=1):
            for name, field in FIELD_OF.items():
                fields[f"{field}-{criterion['key']}-{place}"] = str(level[name])
    return fields


def typed_into(values: Values, fields: Mapping[str, str]) -> Values:
    """The draft with what was typed; a criterion that was not sent stays, a box of one that was is ticked or not."""
    return {
        "threshold": _number(fields.get("threshold", values["threshold"])),
        "criteria": [_typed(criterion, fields) for criterion in values["criteria"]],
    }


def added(values: Values, key: str) -> Values:
    """The draft with an empty criterion behind the others; its levels have the keys of the first one's levels."""
    first = values["criteria"][0] if values["criteria"] else {"levels": []}
    keys = [level["key"] for level in first["levels"]] or ["missing", "claimed", "shown", "repeatable"]
    levels = [
        {"key": each, "label": "", "points": place, "description": ""} for place, each in enumerate(keys)
    ]
    words = dict.fromkeys(WORDS, "")
    criterion = {"key": key, "must_pass": False, "bears_on": [], "levels": levels} | words
    return values | {"criteria": [*values["criteria"], criterion]}


def removed(values: Values, key: str) -> Values:
    """The draft without this criterion."""
    return values | {"criteria": [each for each in values["criteria"] if each["key"] != key]}


def moved(values: Values, key: str, by: int) -> Values:
    """The draft with this criterion one place up (-1) or down (1); at the end it stays."""
    criteria = list(values["criteria"])
    at = next((place for place, each in enumerate(criteria) if each["key"] == key), None)
    if at is None or not 0 <= at + by < len(criteria):
        return values
    criteria[at], criteria[at + by] = criteria[at + by], criteria[at]
    return values | {"criteria": criteria}


def _criterion(criterion: Criterion) -> Values:
    return {
        "key": criterion.key,
        "title": criterion.title,
        "must_pass": criterion.must_pass,
        "pass_level": criterion.pass_level or "",
        "description": criterion.description,
        "reviewer_note": criterion.reviewer_note,
        "bears_on": list(criterion.bears_on),
        "levels": [
            {
                "key": level.key,
                "label": level.label,
                "points": level.points,
                "description": level.description,
            }
            for level in criterion.levels
        ],
    }


def _typed(criterion: Values, fields: Mapping[str, str]) -> Values:
    key = criterion["key"]
    if f"title-{key}" not in fields:
        return criterion  # it was added from elsewhere since the page was made
    words = {name: fields.get(f"{name}-{key}", criterion.get(name) or "") for name in WORDS}
    bears_on = fields.get(f"bears_on-{key}", ",".join(criterion["bears_on"]))
    return (
        criterion
        | words
        | {
            "must_pass": fields.get(f"must_pass-{key}", "") == "yes",
            "bears_on": [name for name in PARTED.split(bears_on) if name],
            "levels": list(_typed_levels(criterion, fields)),
        }
    )


def _typed_levels(criterion: Values, fields: Mapping[str, str]) -> Iterator[Values]:
    for place, level in enumerate(criterion["levels"], start=1):
        typed = {
            name: fields.get(f"{field}-{criterion['key']}-{place}", str(level[name]))
            for name, field in FIELD_OF.items()
        }
        yield level | typed | {"points": _number(typed["points"])}


def _number(typed: str | int) -> str | int:
    text = str(typed).strip()
    return int(text) if NUMBER.fullmatch(text) else text


def _mistake(problem: Problem, values: Values) -> Mistake:
    """Where a problem of the reader stands in the form: ("criteria", 2, "levels", 1, "points") and the like."""
    where = problem.where
    if len(where) < 2 or not isinstance(where[1], int):
        return Mistake("threshold" if where == ("threshold",) else "", None, "", None, problem.message)
    criterion = values["criteria"][where[1]]
    place = where[3] + 1 if len(where) > 3 and isinstance(where[3], int) else None
    name = str(where[-1]) if isinstance(where[-1], str) else ""
    if place is None:
        field = f"{name}-{criterion['key']}" if name in (*WORDS, "must_pass", "bears_on") else ""
    else:
        field = f"{FIELD_OF.get(name, 'label')}-{criterion['key']}-{place}"
    field = field or f"title-{criterion['key']}"
    return Mistake(field, where[1] + 1, criterion.get("title") or "", place, problem.message)
