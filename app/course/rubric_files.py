"""A rubric written as `rubric.toml`: what is read back from it has the same hashes."""

import json
import re
from collections.abc import Iterator

from app.course.values import Criterion, Level, Rubric

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def written(rubric: Rubric) -> str:
    """The text of the file, in the order and manner of the ones that are shipped."""
    return "\n".join([f"threshold = {rubric.threshold}", *_criteria(rubric.criteria)]) + "\n"


def _criteria(criteria: tuple[Criterion, ...]) -> Iterator[str]:
    for criterion in criteria:
        yield "\n[[criteria]]"
        yield f"key = {_text(criterion.key)}"
        yield f"title = {_text(criterion.title)}"
        yield f"must_pass = {'true' if criterion.must_pass else 'false'}"
        if criterion.pass_level:
            yield f"pass_level = {_text(criterion.pass_level)}"
        yield f"description = {_text(criterion.description)}"
        yield f"reviewer_note = {_text(criterion.reviewer_note)}"
        yield f"bears_on = [{', '.join(_text(name) for name in criterion.bears_on)}]"
        yield from _levels(criterion.levels)


def _levels(levels: tuple[Level, ...]) -> Iterator[str]:
    for level in levels:
        yield "\n[[criteria.levels]]"
        yield f"key = {_text(level.key)}"
        yield f"label = {_text(level.label)}"
        yield f"points = {level.points}"
        yield f"description = {_text(level.description)}"


def _text(value: str) -> str:
    """A basic string of TOML; several lines stand as several lines."""
    if "\n" not in value:
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    escaped = value.replace("\\", "\\\\").replace('"""', '""\\"')
    escaped = CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped)
    return f'"""\n{escaped}"""' if not escaped.endswith('"') else f'"""\n{escaped[:-1]}\\""""'
