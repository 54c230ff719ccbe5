"""Names for content: the same text has the same hash on every platform, another text has another."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from app.course.values import Course, Criterion


def course_hash(course: Course) -> str:
    """SHA-256 over every value of the course."""
    return _digest(asdict(course) | {"content_hash": ""})


def rubric_content_hash(criteria: tuple[Criterion, ...], threshold: int) -> str:
    """SHA-256 over every word and number of a rubric."""
    return _digest({"threshold": threshold, "criteria": [asdict(criterion) for criterion in criteria]})


def rubric_structure_hash(criteria: tuple[Criterion, ...], threshold: int) -> str:
    """SHA-256 over what decides a verdict; rewording leaves it alone, so ratings stay comparable."""
    return _digest(
        {
            "threshold": threshold,
            "criteria": [
                [
                    criterion.key,
                    criterion.must_pass,
                    criterion.pass_level,
                    [[level.key, level.points] for level in criterion.levels],
                ]
                for criterion in criteria
            ],
        }
    )


def _digest(value: dict[str, Any]) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
