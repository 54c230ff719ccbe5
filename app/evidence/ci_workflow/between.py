"""What a workflow means beside the runs that were handed in with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.ci_workflow import rules
from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding


def together(files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[Finding]:
    """Whether a run shows the gate at work, and whether it is a run of this workflow. Asked for where deploys are."""
    flows = [file for file in files if file.kind == "ci_workflow" and file.facts.get("jobs")]
    runs = [file for file in files if file.kind == "ci_run" and file.facts]
    for flow in flows:
        if flow.facts["gates"] and not runs and any(claim.metric == "deploys" for claim in claims):
            yield rules.NO_RUN.at(file=flow.name)
    for run in runs:
        named = {name for one in run.facts["runs"] for job in one["jobs"] if (name := _key(job["name"]))}
        if named and flows and not any(named & _names(flow) for flow in flows):
            listed = ", ".join(sorted(named)[:5])
            yield rules.OTHER_JOBS.at(run=run.name, file=flows[0].name, jobs=listed)


def _names(flow: FileFacts) -> set[str]:
    """A job goes by its name or by its title; a matrix adds words in brackets."""
    return {_key(job[part]) for job in flow.facts["jobs"] for part in ("name", "title") if job[part]}


def _key(name: str) -> str:
    return name.split(" (")[0].split(" / ")[0].strip().lower()
