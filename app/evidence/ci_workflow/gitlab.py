"""GitLab CI: every mapping at the top with a script is a job; without `needs` it waits for all earlier stages.

A script may stand in a template of another file: what extends one is a job too, and with an `include` no need is
called unknown, for nothing included is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.evidence.ci_workflow.jobs import MOST, Job, Step, listed, text
from app.evidence.yamls import Map

STAGES = (".pre", "build", "test", "deploy", ".post")
_RESERVED = frozenset(
    (
        "stages", "variables", "default", "include", "workflow", "image", "services", "cache", "before_script",
        "after_script", "spec",
    )
)  # fmt: skip
_SAYS_WHAT = {"script", "trigger", "run"}
_DEEPEST = 10


def jobs(root: Map) -> list[Job]:
    """Templates (names that begin with a dot) are no jobs, and what extends them has what they say."""
    parts = {
        name: job
        for name, job in list(root.items())[: 4 * MOST]
        if isinstance(job, Map) and name not in _RESERVED
    }
    whole = {name: _whole(name, parts) for name in parts}
    named = {
        name: job
        for name, job in whole.items()
        if not name.startswith(".") and (_SAYS_WHAT & job.keys() or _extends_elsewhere(job, parts))
    }
    stages = listed(root.get("stages")) or list(STAGES)
    order = {
        stage: at for at, stage in enumerate((".pre", *[one for one in stages if one[:1] != "."], ".post"))
    }
    return [_job(name, job, named, order, root) for name, job in list(named.items())[:MOST]]


def _whole(name: str, parts: Mapping[str, Map]) -> dict[str, Any]:
    """A job with what it extends, the nearest word winning; a circle ends after ten."""
    found: dict[str, Any] = {}
    waiting, steps = [name], 0
    while waiting and steps < _DEEPEST:
        steps += 1
        job = parts.get(waiting.pop(0))
        for key, value in job.items() if job is not None else ():
            found.setdefault(key, value)
        waiting += reversed(listed(job.get("extends"))) if job is not None else []
    return found


def _extends_elsewhere(job: Mapping[str, Any], parts: Mapping[str, Map]) -> bool:
    return any(base not in parts for base in listed(job.get("extends")))


def _job(
    name: str, job: Mapping[str, Any], named: Mapping[str, Any], order: Mapping[str, int], root: Map
) -> Job:
    stage = text(job.get("stage"), 60) or "test"
    needs = listed(job.get("needs")) if "needs" in job else _earlier(stage, named, order)
    environment = job.get("environment")
    unknown = [] if "include" in root else [need[:120] for need in needs if need not in named]
    script = "\n".join(text(job.get(key)) for key in ("before_script", "script", "after_script"))
    return Job(
        name=name[:120],
        title="",
        line=root.lines.get(name, 1),
        needs=tuple(need for need in needs if need in named),
        stage=stage,
        environment=text(environment.get("name") if isinstance(environment, Map) else environment, 120),
        steps=[Step("", line, root.lines.get(name, 1)) for line in script.split("\n") if line.strip()],
        may_fail=_may_fail(job),
        always=text(job.get("when")) in ("always", "on_failure"),
        unknown=tuple(unknown),
    )


def _earlier(stage: str, named: Mapping[str, Any], order: Mapping[str, int]) -> Sequence[str]:
    own = order.get(stage, len(order))
    return [
        name
        for name, job in named.items()
        if order.get(text(job.get("stage"), 60) or "test", len(order)) < own
    ]


def _may_fail(job: Mapping[str, Any]) -> bool:
    """`allow_failure`; a manual job stops nothing unless it says that it may not fail."""
    allowed = job.get("allow_failure")
    if allowed is None:
        return text(job.get("when")) == "manual" and "rules" not in job
    return isinstance(allowed, Map) or text(allowed).lower() == "true"
