"""Bitbucket Pipelines: the steps of a pipeline run one after the other, those of a `parallel` side by side.

A step that waits for a person (`trigger: manual`) waits for the steps before it all the same. Pipelines that are only
started by hand (`custom`) are looked at when no other deploys. What a pipe does is one step with its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence.ci_workflow.jobs import MOST, MOST_STEPS, Job, Step, text
from app.evidence.yamls import Map, Seq

_BY_NAME = ("branches", "tags", "bookmarks", "pull-requests")
_BY_HAND = "custom"

Place = tuple[Map, str]
"""A step, and the deployment of the stage around it."""


def is_one(root: Map) -> bool:
    """`pipelines` with a list of steps, at once or below a branch."""
    return any(True for _ in _pipelines(root, by_hand=True)) or any(
        True for _ in _pipelines(root, by_hand=False)
    )


def jobs(root: Map) -> list[Job]:
    """The steps of every pipeline, each waiting for those before it."""
    found = _all(_pipelines(root, by_hand=False))
    return (
        found
        if any(job.is_deploy for job in found)
        else [*found, *_all(_pipelines(root, by_hand=True))][:MOST]
    )


def _pipelines(root: Map, *, by_hand: bool) -> Iterator[tuple[str, Any]]:
    pipelines = root.get("pipelines")
    if not isinstance(pipelines, Map):
        return
    if not by_hand and isinstance(pipelines.get("default"), Seq):
        yield "default", pipelines["default"]
    for group in (_BY_HAND,) if by_hand else _BY_NAME:
        named = pipelines.get(group)
        for name, one in list(named.items())[:MOST] if isinstance(named, Map) else ():
            if isinstance(one, Seq) or (isinstance(one, Map) and "import" in one):
                yield name[:80], one


def _all(pipelines: Iterator[tuple[str, Any]]) -> list[Job]:
    found: list[Job] = []
    taken: set[str] = set()
    for title, pipeline in pipelines:
        if isinstance(pipeline, Map):
            where = text(pipeline["import"], 200)
            found.append(Job(f"import ({title})", "", pipeline.line, elsewhere=(where,)))
            continue
        before: tuple[str, ...] = ()
        for places in _turns(pipeline):
            added = [_job(step, around, before, title, taken) for step, around in places]
            found += added
            before = tuple(job.name for job in added) or before
        if len(found) >= MOST:
            break
    return found[:MOST]


def _turns(pipeline: Seq) -> Iterator[Sequence[Place]]:
    """What runs at one time, in order."""
    for one in pipeline[:MOST]:
        if not isinstance(one, Map):
            continue
        if isinstance(one.get("step"), Map):
            yield [(one["step"], "")]
        elif "parallel" in one:
            inner = one["parallel"]
            yield list(_steps(inner.get("steps") if isinstance(inner, Map) else inner, ""))
        elif isinstance(one.get("stage"), Map):
            stage = one["stage"]
            said = f"{text(stage.get('deployment'), 120)} {text(stage.get('name'), 120)}".strip()
            yield from ([place] for place in _steps(stage.get("steps"), said))


def _steps(value: Any, around: str) -> Iterator[Place]:
    for one in value[:MOST] if isinstance(value, Seq) else ():
        if isinstance(one, Map) and isinstance(one.get("step"), Map):
            yield one["step"], around


def _job(step: Map, around: str, before: tuple[str, ...], title: str, taken: set[str]) -> Job:
    own = text(step.get("name"), 120) or f"step in line {step.line}"
    name = own if own not in taken else f"{own} ({title})"
    while name in taken:
        name = f"{name}'"
    taken.add(name)
    deployment = text(step.get("deployment"), 120)
    failing = step.get("on-fail")
    return Job(
        name=name,
        title="",
        line=step.line,
        needs=before,
        environment=f"{deployment} {around}".strip(),
        steps=list(_script(step))[:MOST_STEPS],
        may_fail=isinstance(failing, Map) and text(failing.get("strategy")) == "ignore",
        deploys=bool(deployment),
    )


def _script(step: Map) -> Iterator[Step]:
    script = step.get("script")
    if not isinstance(script, Seq):
        return
    for one, line in zip(script[:MOST_STEPS], script.lines, strict=False):
        if isinstance(one, Map):
            yield Step(text(one.get("name"), 200), f"uses: {text(one.get('pipe'), 300)}", line)
        elif isinstance(one, str):
            yield Step("", text(one), line)
