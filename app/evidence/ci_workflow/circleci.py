"""CircleCI: `workflows` say which job waits for which (`requires`), `jobs` and `commands` what each of them runs.

One job may run in several workflows and under other names, so every place in a workflow is a job of its own. What an
orb runs is not in the file: it is one step with its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.evidence.ci_workflow.jobs import MOST, MOST_STEPS, Job, Step, text
from app.evidence.yamls import Map, Seq

_DEEPEST = 5


def is_one(root: Map) -> bool:
    """`workflows` stands at the top of no other tool's file."""
    return isinstance(root.get("workflows"), Map) and "on" not in root


def jobs(root: Map) -> list[Job]:
    """The jobs of all workflows, in their order."""
    found: list[Job] = []
    taken: set[str] = set()
    for title, workflow in list(_map(root.get("workflows")).items())[:MOST]:
        places = list(_places(workflow))
        names = {_name(job, said): _name(job, said) for job, said in places}
        names |= {name: f"{name} ({title})" for name in names.keys() & taken}
        taken |= names.keys()
        found += [_job(root, job, said, names) for job, said in places]
    return found[:MOST]


def _places(workflow: Any) -> Iterator[tuple[str, Map]]:
    """Each job of a workflow with what is said of it there: `- build` or `- smoke: {requires: [build]}`."""
    listed = _map(workflow).get("jobs")
    for one in listed[:MOST] if isinstance(listed, Seq) else ():
        if isinstance(one, str):
            yield one, Map(1)
        elif isinstance(one, Map) and one:
            name = next(iter(one))
            yield name, _map(one[name])


def _name(job: str, said: Map) -> str:
    return (text(said.get("name"), 120) or job)[:120]


def _job(root: Map, job: str, said: Map, names: dict[str, str]) -> Job:
    defined = _map(root.get("jobs"))
    needs = dict(_needs(said))
    return Job(
        name=names[_name(job, said)],
        title="" if _name(job, said) == job else job[:200],
        line=defined.lines.get(job, 1),
        needs=tuple(names[need] for need in needs if need in names),
        steps=list(_steps(root, defined, job))[:MOST_STEPS],
        always=any(needs.values()),
        unknown=tuple(need[:120] for need in needs if need not in names),
    )


def _needs(said: Map) -> Iterator[tuple[str, bool]]:
    """What a job waits for, and whether it also runs when that has failed (`{build: [success, failed]}`)."""
    listed = said.get("requires")
    for one in listed[:MOST] if isinstance(listed, Seq) else ():
        if isinstance(one, str):
            yield one, False
        elif isinstance(one, Map) and one:
            name = next(iter(one))
            yield name, text(one[name]).strip() != "success"


def _steps(root: Map, defined: Map, job: str) -> Iterator[Step]:
    if job not in defined:
        yield Step("", f"uses: {job[:200]}", 1)
        return
    yield from _expanded(root, _map(defined[job]).get("steps"), defined.lines.get(job, 1), _DEEPEST)


def _expanded(root: Map, steps: Any, line: int, depth: int) -> Iterator[Step]:
    """Steps with those of the file's own commands in their place; a circle ends after five."""
    commands = _map(root.get("commands"))
    for at, one in enumerate(steps[:MOST_STEPS] if isinstance(steps, Seq) else ()):
        name = one if isinstance(one, str) else next(iter(one), "") if isinstance(one, Map) else ""
        here = steps.lines[at] if at < len(steps.lines) else line
        if name == "run":
            yield _run(one["run"], here)
        elif name in commands and depth:
            yield from _expanded(root, _map(commands[name]).get("steps"), here, depth - 1)
        elif name in ("when", "unless") and depth:
            yield from _expanded(root, _map(one[name]).get("steps"), here, depth - 1)
        elif name:
            yield Step("", f"uses: {name[:200]}", here)


def _run(said: Any, line: int) -> Step:
    if isinstance(said, Map):
        return Step(text(said.get("name"), 200), text(said.get("command")), line)
    return Step("", text(said), line)


def _map(value: Any) -> Map:
    return value if isinstance(value, Map) else Map(1)
