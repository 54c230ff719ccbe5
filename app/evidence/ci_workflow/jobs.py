"""The jobs of a pipeline, whichever tool it is written for: what each waits for and what it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.evidence.ci_workflow import words
from app.evidence.yamls import Map, Seq

MOST = 200
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    body: str
    line: int
    may_fail: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `steps` are in the order they run; `needs` those it waits for, `unknown` names there is no job for.

    `deploys` when the tool itself calls it a deploy; `elsewhere` are the files in which parts of it stand.
    """

    name: str
    title: str
    line: int
    needs: tuple[str, ...] = ()
    stage: str = ""
    environment: str = ""
    steps: Sequence[Step] = ()
    may_fail: bool = False
    always: bool = False
    unknown: tuple[str, ...] = ()
    deploys: bool = False
    elsewhere: tuple[str, ...] = ()

    @property
    def names(self) -> str:
        return f"{self.name} {self.title} {self.environment}"

    @property
    def body(self) -> str:
        return "\n".join(step.body for step in self.steps)[: words.LONGEST]

    @property
    def is_smoke(self) -> bool:
        return words.is_smoke(
            self.names, "\n".join(step.name for step in self.steps)[: words.LONGEST] + self.body
        )

    @property
    def passes_anyway(self) -> bool:
        """Whether it stops nothing when it fails."""
        return self.may_fail or words.is_swallowed(self.body)

    @property
    def is_deploy(self) -> bool:
        """A test is named for what it tests: `smoke-deploy` is none."""
        if words.is_smoke(self.names, "") and not words.is_deploy("", self.body):
            return False
        return self.deploys or words.is_deploy(self.names, self.body)

    @property
    def is_staging(self) -> bool:
        return words.is_staging(self.names) and "prod" not in self.names.lower()


def text(value: Any, most: int = 4_000) -> str:
    """A scalar, or the scalars of a list one a line."""
    if isinstance(value, Seq):
        return "\n".join(str(one) for one in value[:MOST_STEPS] if isinstance(one, str))[:most]
    return value[:most] if isinstance(value, str) else ""


def listed(value: Any) -> list[str]:
    """Names, given as one or as a list; GitLab's may be mappings with `job`."""
    if isinstance(value, str):
        return [value]
    found = []
    for one in value[:MOST] if isinstance(value, Seq) else ():
        name = one.get("job") if isinstance(one, Map) else one
        if isinstance(name, str):
            found.append(name)
    return found


def reached(job: Job, by_name: Mapping[str, Job]) -> dict[str, str]:
    """Every job that `job` waits for, each with the one through which; nearest first."""
    found: dict[str, str] = {}
    waiting = [(need, job.name) for need in job.needs]
    while waiting:
        name, through = waiting.pop(0)
        if name in found or name == job.name or name not in by_name:
            continue
        found[name] = through
        waiting += [(need, name) for need in by_name[name].needs]
    return found


def way(target: str, job: Job, through: Mapping[str, str]) -> list[str]:
    """The names from `job` back to `target`."""
    found = [target]
    while found[-1] in through and through[found[-1]] != job.name and len(found) < MOST:
        found.append(through[found[-1]])
    return [job.name, *reversed(found)]


def first_step(job: Job, test: Any) -> int | None:
    """The place of the first step that passes."""
    return next((at for at, step in enumerate(job.steps) if test(step)), None)


def lines(jobs: Iterable[Job]) -> dict[str, int]:
    return {job.name: job.line for job in jobs}
