"""CI definitions, as far as they show a gate before a deploy: GitHub Actions, GitLab CI, CircleCI, Azure Pipelines and
Bitbucket Pipelines. Those of Jenkins and others are known and not followed.

Facts:
  tool        github | gitlab | circleci | azure | bitbucket; of those that are not followed the name, with no jobs
  name        the workflow's own name, or empty
  triggers    what starts it, as written under `on:`; empty for the others
  jobs        [{name, title, stage, needs, line, is_smoke, is_deploy, is_staging, may_fail, always}], at most 200;
              `needs` are the jobs it waits for, by name, also those of earlier stages; `may_fail` when its failure
              stops nothing, `always` when it runs whatever failed before
  gates       [{smoke, deploy, way}]  a smoke test that a deploy waits for; `way` names the jobs from the deploy back
  ungated     names of deploys that wait for no smoke test
  after       names of smoke tests that run after the deploy
  journeys    [text]  addresses and commands of the smoke tests, at most 20
"""

from __future__ import annotations

import re

from app.evidence.ci_workflow import between, others, rules
from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "ci_workflow"
_JOBS = lazy(r"^[\"']?jobs[\"']?:[ \t]{0,8}(?:#.{0,200})?$", re.MULTILINE)
_ON = lazy(r"^[\"']?on[\"']?:", re.MULTILINE)
_RUNS = lazy(r"^[ \t]{2,12}(?:runs-on|uses|steps):", re.MULTILINE)
_SCRIPT = lazy(r"^[ \t]{1,8}script:", re.MULTILINE)
_STAGE = lazy(r"^[ \t]{1,8}(?:stage|needs|rules|only|environment):|^stages:", re.MULTILINE)
_AZURE = lazy(r"^(?:stages|jobs|steps):[ \t]{0,8}$", re.MULTILINE)
_AZURE_ITEM = lazy(
    r"^[ \t]{0,12}- (?:stage|deployment|task|script|bash|pwsh|checkout|template|job): |^[ \t]{0,12}vmImage: ",
    re.MULTILINE,
)
_AZURE_OWN = lazy(
    r"^(?:pool|trigger|pr|variables|resources|parameters|extends):|^[ \t]{0,12}- (?:stage|deployment|task|job): ",
    re.MULTILINE,
)
_BITBUCKET = lazy(r"^pipelines:[ \t]{0,8}$", re.MULTILINE)
_BITBUCKET_STEP = lazy(r"^[ \t]{2,24}- (?:step|parallel|stage):", re.MULTILINE)


def sniff(source: Source) -> float:
    """Jobs with runners, or scripts with stages; a patch or a page that quotes one is neither."""
    head = source.head[:48_000]
    if "\n@@ -" in head or "```" in head or head.lstrip()[:1] in ("{", "["):
        return 0.0
    if others.tool(head):
        return 0.9
    if "pipelines:" in head and _BITBUCKET.search(head) and _BITBUCKET_STEP.search(head):
        return 0.95
    if _AZURE.search(head) and _AZURE_ITEM.search(head) and _AZURE_OWN.search(head) and not _ON.search(head):
        return 0.9
    if "jobs" in head and _JOBS.search(head) and _RUNS.search(head):
        return 0.95 if _ON.search(head) else 0.8
    if "script:" in head and _SCRIPT.search(head) and _STAGE.search(head) and "services:\n" not in head[:20]:
        return 0.85
    return 0.0


def inspect(source: Source) -> Report:
    """Read the jobs and follow what the deploy waits for. Raises `Unreadable`."""
    from app.evidence.ci_workflow.inspection import report

    return report(source)


KIND = Kind(
    NAME, phrase("CI workflow"), sniff, inspect, rules.SINGLE + rules.BETWEEN, together=between.together
)
