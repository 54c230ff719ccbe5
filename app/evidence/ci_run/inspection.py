"""Runs from bytes to report: did a smoke test fail, and did the deploy wait for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from app.evidence.ci_run import rules, runs
from app.evidence.ci_run.runs import SKIPPED, Job, Run
from app.evidence.ci_workflow import words
from app.evidence.deploy_timeline.deploys import DONE, FAILED
from app.evidence.findings import Finding, Report, Unreadable, Where, phrase
from app.evidence.plans.strict import Refused
from app.evidence.source import Source
from app.evidence.times import iso, lasting

LONGEST = 12_000_000
SLOW_S = 180.0
MOST_SAID = 5


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` without a run."""
    form, found = _read(source.text(LONGEST))
    if not found:
        raise Unreadable(rules.NONE.at(what=phrase("nothing in it has a job or a conclusion")))
    moments = [at for run in found for at in (run.start, *(job.end for job in run.jobs)) if at and at > 1e9]
    took = [
        job.end - job.start
        for run in found
        for job in run.jobs
        if _is_smoke(job) and job.start is not None and job.end is not None and job.end >= job.start
    ]
    facts = {
        "format": form,
        "runs": [_entry(run) for run in found],
        "stopped": [stop for run in found if (stop := _stopped(run)) is not None],
        "passed_by": [by for run in found if (by := _passed_by(run)) is not None],
        "smoke_s": round(median(took), 3) if took else None,
        "last_time": iso(max(moments)) if moments else None,
    }
    return Report("ci_run", 0.9, facts, tuple(_findings(found, facts, took)))


def _read(text: str) -> tuple[str, list[Run]]:
    if text.lstrip()[:1] in ("{", "["):
        try:
            return runs.of_tree(text)
        except Refused as error:
            raise Unreadable(
                rules.NONE.at(what=phrase("it is no JSON ({reason})", reason=str(error)))
            ) from error
    lines = text.split("\n")
    if found := runs.of_text(lines):
        return "gh text", found
    return "gh log", runs.of_log(lines)


def _entry(run: Run) -> dict[str, Any]:
    return {
        "id": run.id[:60],
        "sha": run.sha[:80],
        "name": run.name[:200],
        "conclusion": run.conclusion,
        "start": None if run.start is None else iso(run.start),
        "jobs": [_job(job) for job in run.jobs],
    }


def _job(job: Job) -> dict[str, Any]:
    has_dates = _is_timed(job) and (job.start or 0) > 1e9
    return {
        "name": job.name,
        "conclusion": job.conclusion,
        "start": iso(job.start) if has_dates and job.start else None,
        "end": iso(job.end) if has_dates and job.end else None,
        "is_smoke": _is_smoke(job),
        "is_deploy": _is_deploy(job),
        "failed_step": next((name for name, ended in job.steps if ended == FAILED), ""),
        "line": job.line,
    }


def _is_timed(job: Job) -> bool:
    return job.start is not None and job.end is not None and job.end >= job.start


def _is_smoke(job: Job) -> bool:
    return words.is_smoke(job.name, "") or any(words.is_smoke(name, "") for name, _ in job.steps)


def _is_deploy(job: Job) -> bool:
    """To users: one to staging comes before the gate."""
    return (
        words.is_deploy(job.name, "") and not words.is_smoke(job.name, "") and not words.is_staging(job.name)
    )


def _failed_gate(run: Run) -> Job | None:
    """The job whose smoke test failed: by its name, or by the step that failed."""
    for job in run.jobs:
        if job.conclusion != FAILED:
            continue
        steps = [name for name, ended in job.steps if ended == FAILED]
        if words.is_smoke(job.name, "") or any(words.is_smoke(name, "") for name in steps):
            return job
    return None


def _ran(run: Run, gate: Job) -> Job | None:
    """A deploy of the run that was done although the gate failed."""
    deploys = (job for job in run.jobs if job is not gate and _is_deploy(job))
    return next((job for job in deploys if job.conclusion == DONE and not _is_before(job, gate)), None)


def _is_before(job: Job, gate: Job) -> bool:
    """What was over before the gate began did not go round it: the test came too late, which the workflow shows."""
    return bool(_is_timed(job) and gate.start and job.end and gate.start > 1e9 and job.end <= gate.start)


def _stopped(run: Run) -> dict[str, Any] | None:
    gate = _failed_gate(run)
    if gate is None or any(_is_deploy(job) and job.conclusion == DONE for job in run.jobs):
        return None
    step = next((name for name, ended in gate.steps if ended == FAILED), "")
    return {"run": run.id[:60], "smoke": gate.name, "step": step, "line": gate.line}


def _passed_by(run: Run) -> dict[str, Any] | None:
    gate = _failed_gate(run)
    ran = None if gate is None else _ran(run, gate)
    if gate is None or ran is None:
        return None
    return {"run": run.id[:60], "smoke": gate.name, "deploy": ran.name, "line": ran.line}


def _findings(found: Sequence[Run], facts: dict[str, Any], took: Sequence[float]) -> Iterator[Finding]:
    jobs = [job for run in found for job in run.jobs]
    if not jobs:
        failed = sum(1 for run in found if run.conclusion == FAILED)
        yield rules.NO_JOBS.at(count=len(found), failed=failed)
        return
    for stop in facts["stopped"][:MOST_SAID]:
        step = phrase(" at the step “{step}”", step=stop["step"]) if stop["step"] else ""
        place = _place(stop["run"])
        yield rules.STOPPED.at(Where(line=stop["line"]), place=place, smoke=stop["smoke"], step=step)
    for by in facts["passed_by"][:MOST_SAID]:
        place = _place(by["run"])
        yield rules.PASSED_BY.at(Where(line=by["line"]), place=place, smoke=by["smoke"], deploy=by["deploy"])
    if not any(_is_smoke(job) for job in jobs):
        names = dict.fromkeys(job.name for job in jobs if job.conclusion != SKIPPED)
        yield rules.NO_SMOKE.at(jobs=", ".join(list(names)[:8]))
    elif not facts["stopped"] and not facts["passed_by"]:
        yield rules.NOT_STOPPED.at(count=len(found))
    if took and median(took) > SLOW_S:
        yield rules.SLOW.at(time=lasting(median(took)), count=len(took))


def _place(run: str) -> str:
    return phrase("in run {run}", run=run) if run else phrase("in the run of the file")
