"""Runs of a pipeline: `gh run view` (JSON, text, `--log`), GitHub's runs and jobs, GitLab's jobs of a pipeline.

Facts:
  format      gh run view | gh text | gh log | github jobs | gitlab jobs | gh run list
  runs        [{id, sha, name, conclusion, start, jobs}], at most 200; a job is {name, conclusion, start, end, is_smoke,
              is_deploy, failed_step, line}; a conclusion is done, failed, skipped, running or empty; times in ISO 8601
  stopped     [{run, smoke, step}]  runs in which a smoke test failed and no deploy to users ran
  passed_by   [{run, smoke, deploy}]  runs in which a deploy ran although the smoke test had failed
  smoke_s     the median time of the smoke tests that have both ends, null without one
  last_time   the newest moment, null without one
"""

from __future__ import annotations

import re

from app.evidence.ci_run import rules
from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "ci_run"
_TEXT = lazy(r"^JOBS$", re.MULTILINE)
_MARKED = lazy(r"^[ \t]{0,4}[✓X\-*✗] \S.{0,200}\bin \d", re.MULTILINE)
_LOG = lazy(
    r"^[^\t\n]{1,120}\t[^\t\n]{1,200}\t\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.MULTILINE | re.ASCII
)


def sniff(source: Source) -> float:
    """Jobs with conclusions in JSON, the list `gh run view` prints, or the three columns of its log."""
    head = source.head[:48_000]
    if head.lstrip()[:1] in ("{", "["):
        return _of_json(head)
    if _TEXT.search(head) and _MARKED.search(head):
        return 0.95
    return 0.9 if len(_LOG.findall(head[:16_000])) >= 3 else 0.0


def _of_json(head: str) -> float:
    if '"jobs"' in head and ('"conclusion"' in head or '"workflow_name"' in head):
        return 0.95
    if '"steps"' in head and '"conclusion"' in head:
        return 0.9
    if '"stage"' in head and '"status"' in head and '"pipeline"' in head:
        return 0.9
    return 0.5 if '"conclusion"' in head and ('"headSha"' in head or '"head_sha"' in head) else 0.0


def inspect(source: Source) -> Report:
    """Read the runs and say whether the gate stopped one. Raises `Unreadable`."""
    from app.evidence.ci_run.inspection import report

    return report(source)


KIND = Kind(NAME, phrase("CI run"), sniff, inspect, rules.RULES)
