"""One pipeline from bytes to report: follow `needs` from each deploy backwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evidence import yamls
from app.evidence.ci_workflow import azure, bitbucket, circleci, github, gitlab, others, rules, words
from app.evidence.ci_workflow.jobs import MOST, Job, Step, first_step, reached, text, way
from app.evidence.findings import Finding, Report, Unreadable, Where, few, phrase
from app.evidence.source import Source

LONGEST = 1_000_000
MOST_SAID = 5
_JOBS = {
    "azure": azure.jobs, "bitbucket": bitbucket.jobs, "circleci": circleci.jobs, "github": github.jobs,
    "gitlab": gitlab.jobs,
}  # fmt: skip
_OTHERS = {"bitbucket": bitbucket.is_one, "circleci": circleci.is_one, "azure": azure.is_one}


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` without jobs."""
    content = source.text(LONGEST)
    if other := others.tool(content):
        facts = _facts(yamls.Map(1), [], [], other)
        return Report("ci_workflow", 0.9, facts, (rules.NOT_READ.at(tool=other),))
    root = _root(content)
    tool = _tool(root)
    jobs = _JOBS[tool](root)
    if not jobs:
        raise Unreadable(rules.NO_JOBS.at(what=phrase("no job with steps or a script was found")))
    gates = list(_gates(jobs))
    facts = _facts(root, jobs, gates, tool)
    return Report("ci_workflow", 0.9, facts, tuple(_findings(jobs, gates, facts)))


def _tool(root: yamls.Map) -> str:
    found = next((tool for tool, is_one in _OTHERS.items() if is_one(root)), None)
    return found or ("github" if isinstance(root.get("jobs"), yamls.Map) else "gitlab")


def _root(content: str) -> yamls.Map:
    try:
        documents = yamls.documents(content)
    except yamls.BadYaml as error:
        what = phrase("line {line}: {reason}", line=error.line, reason=str(error))
        raise Unreadable(rules.NO_JOBS.at(Where(line=error.line), what=what)) from error
    mappings = [one for one in documents if isinstance(one, yamls.Map) and one]
    root = next((one for one in mappings if len(one) > 1), mappings[0] if mappings else None)
    if root is None:
        raise Unreadable(rules.NO_JOBS.at(what=phrase("it holds no mapping")))
    return root


def _facts(
    root: yamls.Map, jobs: Sequence[Job], gates: Sequence[dict[str, Any]], tool: str
) -> dict[str, Any]:
    return {
        "tool": tool,
        "name": text(root.get("name"), 200),
        "triggers": github.triggers(root) if tool == "github" else [],
        "jobs": [_entry(job) for job in jobs[:MOST]],
        "gates": list(gates)[:40],
        "ungated": _without_gate(jobs, gates),
        "after": _after(jobs),
        "journeys": _journeys(jobs, gates),
    }


def _entry(job: Job) -> dict[str, Any]:
    return {
        "name": job.name,
        "title": job.title,
        "stage": job.stage,
        "needs": list(job.needs),
        "line": job.line,
        "is_smoke": job.is_smoke,
        "is_deploy": job.is_deploy,
        "is_staging": job.is_staging,
        "may_fail": job.may_fail,
        "always": job.always,
    }


def _targets(jobs: Sequence[Job]) -> list[Job]:
    """The deploys to users: all, where none of them is for them by its name."""
    deploys = [job for job in jobs if job.is_deploy]
    return [job for job in deploys if not job.is_staging] or deploys


def _gates(jobs: Sequence[Job]) -> Iterator[dict[str, Any]]:
    """Every deploy with the nearest smoke test it waits for, in another job or in an earlier step of its own."""
    by_name = {job.name: job for job in jobs}
    for job in _targets(jobs):
        through = reached(job, by_name)
        smoke = next((name for name in through if by_name[name].is_smoke), None)
        step = _own_gate(job)
        if smoke is not None and not by_name[smoke].passes_anyway and not job.always:
            yield {"smoke": smoke, "deploy": job.name, "way": way(smoke, job, through), "line": job.line}
        elif step is not None:
            yield {
                "smoke": step.name or step.body[:60],
                "deploy": job.name,
                "way": [job.name],
                "line": step.line,
            }


def _without_gate(jobs: Sequence[Job], gates: Sequence[Mapping[str, Any]]) -> list[str]:
    """Deploys that wait for no smoke test; a canary that one tries before the rest of the traffic needs none."""
    by_name = {job.name: job for job in jobs}
    gated = {gate["deploy"] for gate in gates}
    tried = {
        name
        for gate in gates
        if gate["smoke"] in by_name
        for name in reached(by_name[gate["smoke"]], by_name)
    }
    return [
        job.name
        for job in _targets(jobs)
        if job.name not in gated and not (job.name in tried and words.is_partial(job.names))
    ]


def _own_gate(job: Job) -> Step | None:
    """A smoke test in a step before the one that deploys to all: a step that fails ends its job.

    A canary may come first.
    """
    smoke = first_step(job, lambda step: _can_stop(step))
    whole = first_step(job, lambda step: _moves_traffic(step) and not words.is_partial(step.name))
    deploy = first_step(job, _moves_traffic) if whole is None else whole
    is_first = smoke is not None and deploy is not None and smoke < deploy
    return job.steps[smoke] if is_first and smoke is not None else None


def _can_stop(step: Step) -> bool:
    """A smoke test whose failure is not swallowed."""
    return words.is_smoke(step.name, step.body) and not step.may_fail and not words.is_swallowed(step.body)


def _moves_traffic(step: Step) -> bool:
    return not words.is_smoke(step.name, step.body) and words.is_deploy(step.name, step.body)


def _after(jobs: Sequence[Job]) -> list[str]:
    """Smoke tests that wait for a deploy to users."""
    by_name = {job.name: job for job in jobs}
    targets = {job.name for job in _targets(jobs)}
    return [
        job.name
        for job in jobs
        if job.is_smoke and not job.is_deploy and targets & set(reached(job, by_name))
    ]


def _journeys(jobs: Sequence[Job], gates: Sequence[Mapping[str, Any]]) -> list[str]:
    smokes = {gate["smoke"] for gate in gates} or {job.name for job in jobs if job.is_smoke}
    found = [one for job in jobs if job.name in smokes for one in words.journeys(job.body)]
    return list(dict.fromkeys(found))[:20]


def _findings(
    jobs: Sequence[Job], gates: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]
) -> Iterator[Finding]:
    for job in [job for job in jobs if job.unknown][:MOST_SAID]:
        yield rules.UNKNOWN_NEED.at(
            Where(line=job.line), job=job.name, line=job.line, need=", ".join(job.unknown[:5])
        )
    elsewhere = dict.fromkeys(name for job in jobs for name in job.elsewhere)
    if elsewhere:
        yield rules.ELSEWHERE.at(names=few(list(elsewhere)))
    targets = _targets(jobs)
    if not targets:
        if not elsewhere:
            yield rules.NO_DEPLOY.at(jobs=", ".join(job.name for job in jobs[:8]))
        return
    yield from _ignored(jobs, targets)
    for gate in gates[:MOST_SAID]:
        shown = " ← ".join(gate["way"]) if len(gate["way"]) > 1 else phrase("an earlier step of the same job")
        yield rules.GATED.at(Where(line=gate["line"]), deploy=gate["deploy"], smoke=gate["smoke"], way=shown)
    open_ones = [job for job in targets if job.name in facts["ungated"] and not (job.always and job.needs)]
    yield from _ungated(jobs, open_ones, facts["after"])
    if gates:
        yield from _shallow(facts["journeys"])
    if "workflow_dispatch" in facts["triggers"]:
        yield rules.SKIPPABLE.at(how="workflow_dispatch")


def _ungated(jobs: Sequence[Job], ungated: Sequence[Job], after: Sequence[str]) -> Iterator[Finding]:
    smokes = [job.name for job in jobs if job.is_smoke and not job.is_deploy]
    beside = [name for name in smokes if name not in after]
    for job in ungated[:MOST_SAID]:
        where = Where(line=job.line)
        failing = [name for name in beside if any(one.name == name and one.passes_anyway for one in jobs)]
        if not beside and any(one.elsewhere for one in jobs):
            continue  # the test may stand in a file that is not here
        if after and not beside:
            yield rules.AFTER.at(where, smoke=after[0], deploy=job.name)
        elif beside and beside != failing:
            yield rules.NOT_NEEDED.at(where, smoke=beside[0], deploy=job.name, line=job.line)
        elif not beside:
            yield rules.NO_SMOKE.at(where, deploy=job.name, line=job.line)


def _ignored(jobs: Sequence[Job], targets: Sequence[Job]) -> Iterator[Finding]:
    """Smoke tests that may fail, and deploys that run all the same."""
    for job in jobs:
        if job.is_smoke and job.passes_anyway and not job.is_deploy:
            how = phrase("its failure is allowed") if job.may_fail else phrase("its test ends in `|| true`")
            yield rules.IGNORED.at(Where(line=job.line), job=job.name, line=job.line, how=how)
    for job in targets:
        if job.always and job.needs:
            how = phrase("it deploys although a job before it failed")
            yield rules.IGNORED.at(Where(line=job.line), job=job.name, line=job.line, how=how)


def _shallow(journeys: Sequence[str]) -> Iterator[Finding]:
    tests = [one for one in journeys if not one.startswith(("curl", "wget", "http"))]
    if journeys and not tests and all(words.HEALTH.search(one) for one in journeys):
        yield rules.SHALLOW.at(what=journeys[0])
