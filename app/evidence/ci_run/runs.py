"""Runs and their jobs as each tool writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.evidence import times
from app.evidence.deploy_timeline.deploys import DONE, FAILED, RUNNING, state_of
from app.evidence.deploy_timeline.trees import nodes

MOST_RUNS = 200
MOST_JOBS = 200
SKIPPED = "skipped"
Node = Mapping[str, Any]
_SKIPPED = frozenset(("skipped", "manual", "created", "canceled", "cancelled", "neutral"))
_MARKS = {"✓": DONE, "X": FAILED, "✗": FAILED, "x": FAILED, "-": SKIPPED, "*": RUNNING}
_LINE = re.compile(r"^( {0,6})([✓Xx✗*-]) (\S.{0,200})$")
_TOOK = re.compile(r" in (?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s)?(?: \(ID (\d{1,20})\))?$", re.ASCII)
_RUN = re.compile(r"^[✓X✗*-] \S.{0,200}· (\d{1,20})$", re.ASCII)
_LOGGED = re.compile(
    r"^([^\t]{1,120})\t([^\t]{1,200})\t\ufeff?(\d{4}-\d\d-\d\dT[\d:.]{8,20}Z?) ?(.{0,400})", re.ASCII
)
_LOG_FAILED = re.compile(r"##\[error\]|Process completed with exit code [1-9]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    conclusion: str
    start: float | None = None
    end: float | None = None
    steps: Sequence[tuple[str, str]] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    id: str
    sha: str
    name: str
    conclusion: str
    start: float | None
    jobs: Sequence[Job]


def of_tree(text: str) -> tuple[str, list[Run]]:
    """The form and its runs; raises `strict.Refused` for what is no JSON."""
    found = nodes(text)
    whole = [node for node in found if isinstance(node.get("jobs"), list) and _is_run(node)]
    if whole:
        return "gh run view", [_run(node, node["jobs"]) for node in whole[:MOST_RUNS]]
    jobs = [
        node
        for node in found
        if "name" in node and "conclusion" in node and ("steps" in node or "run_id" in node)
    ]
    if jobs:
        return "github jobs", list(_grouped(jobs, "run_id"))
    jobs = [node for node in found if "stage" in node and "status" in node and "name" in node]
    if jobs:
        return "gitlab jobs", list(_grouped(jobs, "pipeline"))
    runs = [
        node for node in found if "conclusion" in node and ({"headSha", "databaseId", "head_sha"} & set(node))
    ]
    return "gh run list", [_run(node, ()) for node in runs[:MOST_RUNS]]


def _is_run(node: Node) -> bool:
    return (
        any(isinstance(job, dict) and "conclusion" in job for job in node["jobs"])
        and "total_count" not in node
    )


def _run(node: Node, jobs: Sequence[Any]) -> Run:
    start = _moment(node, "startedAt", "run_started_at", "createdAt", "created_at")
    return Run(
        id=_text(node, "databaseId", "id", "number"),
        sha=_text(node, "headSha", "head_sha"),
        name=_text(node, "displayTitle", "display_title", "workflowName", "name"),
        conclusion=_conclusion(_text(node, "conclusion") or _text(node, "status")),
        start=start,
        jobs=[_job(job) for job in jobs[:MOST_JOBS] if isinstance(job, dict)],
    )


def _grouped(jobs: Sequence[Node], key: str) -> Iterator[Run]:
    """Jobs by the run they are of."""
    of: dict[str, list[Node]] = {}
    for job in jobs:
        run = job.get(key)
        of.setdefault(_text(run, "id") if isinstance(run, dict) else str(run or ""), []).append(job)
    for number, members in list(of.items())[:MOST_RUNS]:
        read = [_job(job) for job in members[:MOST_JOBS]]
        sha = _text(members[0], "head_sha")
        commit = members[0].get("commit")
        starts = [job.start for job in read if job.start is not None]
        failed = any(job.conclusion == FAILED for job in read)
        yield Run(
            number, sha or (_text(commit, "id") if isinstance(commit, dict) else ""), "", FAILED if failed else DONE,
            min(starts, default=None), read,
        )  # fmt: skip


def _job(node: Node) -> Job:
    steps = node.get("steps")
    inner = [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
    return Job(
        name=_text(node, "name")[:120],
        conclusion=_conclusion(_text(node, "conclusion") or _text(node, "status")),
        start=_moment(node, "startedAt", "started_at"),
        end=_moment(node, "completedAt", "completed_at", "finished_at"),
        steps=[
            (_text(step, "name")[:200], _conclusion(_text(step, "conclusion"))) for step in inner[:MOST_JOBS]
        ],
    )


def of_text(lines: Sequence[str]) -> list[Run]:
    """What `gh run view` prints: a line a job with its mark, its steps below it."""
    number = ""
    jobs: list[Job] = []
    is_below = False
    for at, line in enumerate(lines[:5_000], 1):
        if found := _RUN.match(line.strip()[:300]):
            number = found[1]
        if line.strip() == "JOBS":
            is_below = True
        elif is_below and (found := _LINE.match(line.rstrip()[:300])):
            mark, said = _MARKS[found[2]], found[3]
            if found[1] and jobs:
                jobs[-1] = replace(jobs[-1], steps=[*jobs[-1].steps, (said[:200], mark)])
            elif not found[1]:
                jobs.append(_of_line(said, mark, at))
        elif is_below and line.strip().isupper():
            is_below = False
    failed = any(job.conclusion == FAILED for job in jobs)
    return [Run(number, "", "", FAILED if failed else DONE, None, jobs[:MOST_JOBS])] if jobs else []


def _of_line(said: str, mark: str, line: int) -> Job:
    """`smoke in 1m2s (ID 123)`."""
    took = _TOOK.search(said)
    if took is None or not any(took[place] for place in (1, 2, 3)):
        return Job(said.split(" (ID ")[0][:120], mark, line=line)
    seconds = sum(int(took[place] or 0) * unit for place, unit in ((1, 3600), (2, 60), (3, 1)))
    return Job(said[: took.start()][:120], mark, 0.0, float(seconds), line=line)


def of_log(lines: Sequence[str]) -> list[Run]:
    """`gh run view --log`: job, step and moment before each line; a job that failed says so in one of them."""
    found: dict[str, Job] = {}
    for number, line in enumerate(lines, 1):
        hit = _LOGGED.match(line[:1_000])
        moment = times.first(hit[3]) if hit else None
        if hit is None or moment is None or (len(found) >= MOST_JOBS and hit[1] not in found):
            continue
        job = found.get(hit[1]) or Job(hit[1], DONE, moment.at, moment.at, line=number)
        is_failed = job.conclusion == FAILED or _LOG_FAILED.search(hit[4]) is not None
        steps = job.steps or (((hit[2], FAILED),) if is_failed else ())
        found[hit[1]] = replace(job, conclusion=FAILED if is_failed else DONE, end=moment.at, steps=steps)
    jobs = list(found.values())
    failed = any(job.conclusion == FAILED for job in jobs)
    starts = [job.start for job in jobs if job.start is not None]
    return [Run("", "", "", FAILED if failed else DONE, min(starts, default=None), jobs)] if jobs else []


def _conclusion(word: str) -> str:
    plain = word.strip().lower()
    if not plain:
        return ""
    return SKIPPED if plain in _SKIPPED else state_of(plain, otherwise="")


def _text(node: Node, *keys: str) -> str:
    values = (node.get(key) for key in keys)
    return next(
        (str(value) for value in values if isinstance(value, str | int) and value not in ("", True, False)),
        "",
    )


def _moment(node: Node, *keys: str) -> float | None:
    found = (times.first(value) for key in keys if isinstance(value := node.get(key), str))
    moment = next((one for one in found if one is not None), None)
    return None if moment is None or moment.at < 1 else moment.at
