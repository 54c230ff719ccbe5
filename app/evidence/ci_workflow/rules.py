"""What may be said about the gate of a pipeline."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

NO_JOBS = Rule(
    "Y7",
    Severity.BLOCK,
    "The file is no workflow that can be read: {what}.",
    "The gate is a job that the deploy waits for; without jobs there is none to see.",
    "Send .github/workflows/deploy.yml or .gitlab-ci.yml as it is in the repository.",
    example="a workflow file without `jobs:`",
)
NO_DEPLOY = Rule(
    "Y7",
    Severity.NOTE,
    "No job was recognised as one that deploys ({jobs}).",
    "Whether a smoke test stands before traffic shows only where the deploy is.",
    "Send the workflow with the deploy too; name its job `deploy`, or give it `environment: production`.",
    example="a workflow that builds and tests alone",
)
NO_SMOKE = Rule(
    "Y7",
    Severity.WARN,
    "No smoke test was recognised before {deploy} (line {line}).",
    "Unit tests pass on code; a smoke test asks the built artefact whether it starts and answers.",
    "Add a job `smoke` that starts the built image and walks through two journeys, and `needs: smoke` in the deploy.",
    example="jobs: build, test, deploy",
)
GATED = Rule(
    "Y7",
    Severity.GOOD,
    "{deploy} waits for the smoke test {smoke}: {way}.",
    "A bad build ends here, before a user meets it.",
    "Nothing to do.",
    example="deploy: needs: smoke",
)
NOT_NEEDED = Rule(
    "Y7",
    Severity.WARN,
    "The smoke test {smoke} is there, and {deploy} (line {line}) does not wait for it.",
    "Jobs that do not need each other run at the same time: the deploy may be done before the test has failed.",
    "Add `needs: {smoke}` to {deploy}; it is `requires` for CircleCI and `dependsOn` for Azure. For Bitbucket, move "
    "the deploy below the test.",
    example="smoke: and deploy: both with `needs: build`",
)
AFTER = Rule(
    "Y7",
    Severity.WARN,
    "The smoke test {smoke} runs after {deploy}.",
    "When it fails, users have met the build already: that is monitoring, and no gate.",
    "Run it against the built artefact before traffic moves, or against an instance that has no traffic yet.",
    example="smoke: needs: deploy",
)
IGNORED = Rule(
    "Y7",
    Severity.WARN,
    "{job} (line {line}) may fail without stopping anything ({how}).",
    "A test whose failure is passed over is no gate.",
    "Remove it from the smoke test and from the deploy. For Azure, a condition of your own begins with "
    "`and(succeeded(), …)`.",
    example="continue-on-error: true in the smoke job, `if: always()` in the deploy",
)
SHALLOW = Rule(
    "Y7",
    Severity.NOTE,
    "The smoke test asks for one thing alone: {what}.",
    "A process that answers its health address may still fail the first page a user opens.",
    "Add two journeys of users: open a page, write something and read it back.",
    example="curl -f http://localhost:8000/healthz",
)
UNKNOWN_NEED = Rule(
    "Y7",
    Severity.WARN,
    "{job} (line {line}) needs {need}, and there is no such job in the file.",
    "A workflow that needs a job which is not there is refused.",
    "Look for a name that was changed in one place only.",
    example="needs: smoke-test, and the job is called smoke_test",
)
SKIPPABLE = Rule(
    "Y7",
    Severity.NOTE,
    "The workflow can be started by hand ({how}); its jobs are the same then.",
    "A gate that can be gone round is gone round on the day it matters.",
    "See that no input skips the smoke test, and that nobody can deploy without the workflow.",
    example="workflow_dispatch with an input `skip_tests`",
)
ELSEWHERE = Rule(
    "Y7",
    Severity.NOTE,
    "Parts of the pipeline stand in other files, which are not read: {names}.",
    "The smoke test or the deploy may be there, so nothing is said of what is not seen.",
    "Send the whole definition too; for Azure it is “Download full YAML” in the editor of the pipeline.",
    example="- template: templates/deploy.yml",
)
NOT_READ = Rule(
    "Y7",
    Severity.NOTE,
    "This is a definition for {tool}; what its deploy waits for is not read.",
    "Workflows of GitHub, GitLab, CircleCI, Azure and Bitbucket are read; your reviewer reads this one.",
    "Write which stage is the smoke test and which one deploys; send the log of a run in which it stopped a deploy.",
    example="a Jenkinsfile",
)
NO_RUN = Rule(
    "Y7",
    Severity.NOTE,
    "{file} has the gate, and no run was handed in in which it stopped a deploy.",
    "A gate that has never closed has not been tested.",
    "Build a version that fails the smoke test on purpose, and send `gh run view RUN --json jobs,conclusion,headSha`.",
    example="a workflow without a failed run",
)
OTHER_JOBS = Rule(
    "Y7",
    Severity.WARN,
    "The run in {run} has none of the jobs of {file} ({jobs}).",
    "A run of another workflow says nothing of this gate.",
    "Send a run of the same workflow; if its jobs were renamed, say so.",
    example="a run with the jobs lint and docs",
)

SINGLE = (
    NO_JOBS,
    NO_DEPLOY,
    NO_SMOKE,
    GATED,
    NOT_NEEDED,
    AFTER,
    IGNORED,
    SHALLOW,
    UNKNOWN_NEED,
    SKIPPABLE,
    ELSEWHERE,
    NOT_READ,
)
BETWEEN = (NO_RUN, OTHER_JOBS)
