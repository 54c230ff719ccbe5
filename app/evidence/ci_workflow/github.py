"""GitHub Actions: `jobs` with `needs`, steps with `run` or `uses`. `on:` stays the word it is."""

from __future__ import annotations

import re
from typing import Any

from app.evidence.ci_workflow.jobs import MOST, MOST_STEPS, Job, Step, listed, text
from app.evidence.yamls import Map, Seq

_ALWAYS = re.compile(r"\b(?:always|failure|cancelled)\(\)")
_GOES_WELL = re.compile(r"needs\.[\w-]{1,80}\.result {0,4}== {0,4}['\"]success|(?<![!\w])success\(\)")


def jobs(root: Map) -> list[Job]:
    found = root.get("jobs")
    if not isinstance(found, Map):
        return []
    pairs = list(found.items())[:MOST]
    names = {name for name, _ in pairs}
    return [
        _job(name, job, names, found.lines.get(name, job.line)) for name, job in pairs if isinstance(job, Map)
    ]


def triggers(root: Map) -> list[str]:
    on = root.get("on")
    if isinstance(on, Map):
        return [str(name)[:60] for name in list(on)[:20]]
    return [name[:60] for name in listed(on)[:20]]


def _job(name: str, job: Map, names: set[str], line: int) -> Job:
    needs = listed(job.get("needs"))
    environment = job.get("environment")
    condition = text(job.get("if"))
    return Job(
        name=name[:120],
        title=text(job.get("name"), 200),
        line=line,
        needs=tuple(need for need in needs if need in names),
        environment=text(environment.get("name") if isinstance(environment, Map) else environment, 120),
        steps=_steps(job),
        may_fail=text(job.get("continue-on-error")).lower() == "true",
        always=bool(_ALWAYS.search(condition)) and not _GOES_WELL.search(condition),
        unknown=tuple(need[:120] for need in needs if need not in names),
    )


def _steps(job: Map) -> list[Step]:
    """A job that calls another workflow is one step."""
    steps: Any = job.get("steps")
    if not isinstance(steps, Seq):
        uses = text(job.get("uses"))
        return [Step("", f"uses: {uses}", job.line)] if uses else []
    return [_step(step) for step in steps[:MOST_STEPS] if isinstance(step, Map)]


def _step(step: Map) -> Step:
    uses, run = text(step.get("uses"), 300), text(step.get("run"))
    inputs = step.get("with")
    given = "\n".join(text(value, 300) for value in inputs.values()) if isinstance(inputs, Map) else ""
    body = f"uses: {uses}\n{given}" if uses else run
    return Step(
        text(step.get("name"), 200), body, step.line, text(step.get("continue-on-error")).lower() == "true"
    )
