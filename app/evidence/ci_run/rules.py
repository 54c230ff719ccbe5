"""What may be said about a run of a pipeline."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

NONE = Rule(
    "Y7",
    Severity.BLOCK,
    "No run was found: {what}.",
    "Without the jobs of a run nobody sees what stopped it.",
    "Send `gh run view RUN --json databaseId,headSha,conclusion,createdAt,jobs > stopped.json`.",
    example="a screenshot's text, or a list of workflows",
)
STOPPED = Rule(
    "Y7",
    Severity.GOOD,
    "The gate has stopped a build: {smoke} failed {place}{step}, and no deploy ran.",
    "A gate that has closed once is known to work.",
    "Nothing to do.",
    example="smoke: failure, deploy: skipped",
)
PASSED_BY = Rule(
    "Y7",
    Severity.WARN,
    "{smoke} failed {place}, and {deploy} ran all the same.",
    "A deploy that does not wait for the gate ships what the gate has found bad.",
    "Add `needs: {smoke}` to the deploy, and remove `if: always()` and `continue-on-error`.",
    example="smoke: failure, deploy: success",
)
NOT_STOPPED = Rule(
    "Y7",
    Severity.NOTE,
    "In the {count} {count:run|runs} of the file no smoke test failed.",
    "What is asked for is a run in which the gate stopped a deploy.",
    "Build a version that fails the smoke test on purpose, and send that run.",
    example="a run in which everything passed",
)
NO_SMOKE = Rule(
    "Y7",
    Severity.NOTE,
    "No job or step of the run is named as a smoke test ({jobs}).",
    "Which of them is the gate, a reader cannot see.",
    "Name it `smoke`, or say in your text which job it is.",
    example="jobs: build, check, deploy",
)
NO_JOBS = Rule(
    "Y7",
    Severity.NOTE,
    "The file lists {count} {count:run|runs} with the conclusions ({failed} failed) and not the jobs.",
    "That a run failed does not say that the smoke test stopped it.",
    "Send `gh run view RUN --json databaseId,headSha,conclusion,createdAt,jobs` of one that failed.",
    example="gh run list --json databaseId,conclusion",
)
SLOW = Rule(
    "Y7",
    Severity.NOTE,
    "The smoke test takes {time} (median of {count}); under three minutes nobody is tempted to go round it.",
    "A slow gate is a gate that people look for a way past.",
    "Keep to the journeys that tell a broken build, and leave the rest to tests before it.",
    example="a smoke job of 11 min",
)

RULES = (NONE, STOPPED, PASSED_BY, NOT_STOPPED, NO_SMOKE, NO_JOBS, SLOW)
