"""Azure Pipelines: stages in order or by `dependsOn`, jobs side by side within one; deployments have their steps below
a strategy.

What a template holds is in another file: it is one job or step with the template's name. A condition of one's own takes
the place of `succeeded()`, which stands for all that came before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence.ci_workflow.jobs import MOST, MOST_STEPS, Job, Step, listed, text
from app.evidence.yamls import Map, Seq

PARTS = ("stages", "jobs", "steps")
_HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic")
_SCRIPTS = ("script", "bash", "pwsh", "powershell")
_GOES_WELL = re.compile(
    r"succeeded\(|dependencies\.|\$\{\{|not\( {0,4}failed\(|^ {0,4}false\b", re.IGNORECASE
)
_DEEPEST = 5
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_one(root: Map) -> bool:
    """Lists of mappings where other tools have a mapping, or names alone; or a whole pipeline from a template."""
    lists = [root.get(part) for part in PARTS]
    return any(isinstance(one, Seq) and any(isinstance(each, Map) for each in one) for one in lists) or (
        isinstance(root.get("extends"), Map) and "template" in root["extends"]
    )


def jobs(root: Map) -> list[Job]:
    """The jobs of all stages, in their order."""
    found: list[Job] = []
    by_stage: dict[str, list[str]] = {}
    before: list[str] = []
    for stage in list(_stages(root))[:MOST]:
        name = text(stage.get("stage") or stage.get("template"), 120)
        unknown: list[str] = []
        if "dependsOn" in stage:
            asked = listed(stage["dependsOn"])
            unknown = [one[:120] for one in asked if one not in by_stage]
            before = [job for one in asked for job in by_stage.get(one, ())]
        added = list(_of_stage(stage, before, {job.name for job in found}, _known(root, unknown)))
        found += added
        by_stage[name] = before = [job.name for job in added] or before
        if len(found) >= MOST:
            break
    return found[:MOST]


def _stages(root: Map) -> Iterator[Map]:
    """The stages; a pipeline without them is one, and so is one that is all in a template."""
    if isinstance(root.get("stages"), Seq):
        yield from _items(root["stages"])
    elif isinstance(root.get("extends"), Map):
        yield root["extends"]
    else:
        yield root


def _items(value: Any, depth: int = _DEEPEST) -> Iterator[Map]:
    """The mappings of a list, those below `${{ if … }}:` too."""
    for one in value[:MOST_STEPS] if isinstance(value, Seq) else ():
        if not isinstance(one, Map):
            continue
        key = next(iter(one), "")
        if key.startswith("${{") and depth:
            yield from _items(one[key], depth - 1)
        else:
            yield one


def _of_stage(stage: Map, before: Sequence[str], taken: set[str], unknown: Sequence[str]) -> Iterator[Job]:
    """Each waits for the stages before, and for those of its own stage that it names."""
    said = f"{text(stage.get('stage'), 120)} {text(stage.get('displayName'), 200)}"
    places = list(_items(stage.get("jobs"))) if "jobs" in stage else [stage]
    names: dict[str, str] = {}
    for at, job in enumerate(places[:MOST], start=1):
        own = _name(job) or f"job {at}"
        name = own if own not in taken else f"{own} ({text(stage.get('stage'), 120)})"
        names[own] = name
        taken.add(name)
        yield _job(job, name, f"{said} {text(job.get('displayName'), 200)}", stage, (before, names, unknown))


def _name(job: Map) -> str:
    """A template by its file: `smoke` of `templates/smoke.yml`."""
    for key in ("job", "deployment", "stage"):
        if name := text(job.get(key), 120):
            return name
    return _stem(text(job.get("template"), 300))


def _stem(template: str) -> str:
    return template.partition("@")[0].rpartition("/")[2].rpartition(".")[0][:120]


def _job(
    job: Map, name: str, said: str, stage: Map, around: tuple[Sequence[str], dict[str, str], Sequence[str]]
) -> Job:
    before, names, unknown = around
    steps = list(_steps(job))[:MOST_STEPS]
    environment = job.get("environment")
    place = text(environment.get("name") if isinstance(environment, Map) else environment, 120)
    conditions = (text(one.get("condition")) for one in (stage, job))
    templates = [step.body.removeprefix("uses: ") for step in steps if _is_template(step)]
    return Job(
        name=name,
        title=text(job.get("displayName"), 200),
        line=job.line,
        needs=(
            *before,
            *(names[need] for need in listed(job.get("dependsOn")) if need in names and job is not stage),
        ),
        stage=text(stage.get("stage"), 60),
        environment=_HUMP.sub(" ", f"{place} {name} {said}"),
        steps=steps,
        may_fail=text(job.get("continueOnError")).lower() == "true",
        always=any(said and not _GOES_WELL.search(said) for said in conditions),
        unknown=tuple(unknown),
        deploys="deployment" in job,
        elsewhere=tuple(templates),
    )


def _is_template(step: Step) -> bool:
    return step.body.startswith("uses: ") and "\n" not in step.body


def _steps(job: Map) -> Iterator[Step]:
    """In the order they run; what a strategy does in its hooks comes one after the other."""
    if "template" in job:
        yield Step("", f"uses: {text(job['template'], 300)}", job.line)
    yield from _listed(job)
    strategy = job.get("strategy")
    for way in strategy.values() if isinstance(strategy, Map) else ():
        for hook in _HOOKS if isinstance(way, Map) else ():
            inner = way.get(hook)
            yield from _listed(inner) if isinstance(inner, Map) else ()


def _listed(holder: Map) -> Iterator[Step]:
    for step in _items(holder.get("steps")):
        if text(step.get("enabled")).lower() != "false":
            yield _step(step)


def _step(step: Map) -> Step:
    script = next((text(step[key]) for key in _SCRIPTS if key in step), "")
    used = text(step.get("task"), 300)
    if "template" in step:
        return Step("", f"uses: {text(step['template'], 300)}", step.line)
    inputs = step.get("inputs")
    given = "\n".join(text(value, 2_000) for value in inputs.values()) if isinstance(inputs, Map) else ""
    body = f"uses: {used}\n{given}" if used else script
    may_fail = text(step.get("continueOnError")).lower() == "true"
    return Step(text(step.get("displayName"), 200), body, step.line, may_fail)


def _known(root: Map, unknown: Sequence[str]) -> Sequence[str]:
    """A stage that is named and not here may come from a template."""
    return unknown if not any("template" in stage for stage in _stages(root)) else ()
