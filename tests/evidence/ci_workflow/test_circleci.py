"""CircleCI's workflows: one job in several places, commands of the file, orbs, and what runs after a failure."""

from app.evidence import yamls
from app.evidence.ci_workflow import circleci

HEAD = """version: 2.1
commands:
  smoke: {steps: [{run: pytest tests/smoke}]}
  round: {steps: [round]}
jobs:
  build: {steps: [checkout, {run: make}]}
  check: {steps: [smoke, {when: {condition: true, steps: [{run: {name: Twice, command: make again}}]}}]}
  deploy: {steps: [{run: ./deploy.sh}]}
  turning: {steps: [round]}
workflows:
"""


def jobs(workflows):
    (root,) = yamls.documents(HEAD + workflows)
    assert circleci.is_one(root)
    return {job.name: job for job in circleci.jobs(root)}


def test_commands_of_the_file_stand_in_their_place():
    found = jobs("  main: {jobs: [check]}\n")

    assert [(step.name, step.body) for step in found["check"].steps] == [
        ("", "pytest tests/smoke"),
        ("Twice", "make again"),
    ]
    assert found["check"].is_smoke


def test_a_job_in_two_workflows_is_two_jobs_and_may_have_other_names():
    found = jobs(
        "  main: {jobs: [build, deploy: {name: to-staging, requires: [build]}]}\n"
        "  nightly: {jobs: [build, deploy: {requires: [build, gone]}]}\n"
    )

    assert {name: job.needs for name, job in found.items()} == {
        "build": (),
        "to-staging": ("build",),
        "build (nightly)": (),
        "deploy": ("build (nightly)",),
    }
    assert found["deploy"].unknown == ("gone",)


def test_what_an_orb_runs_is_one_step_with_its_name():
    found = jobs("  main: {jobs: [build, aws-ecs/deploy-service-update: {requires: [build]}]}\n")

    job = found["aws-ecs/deploy-service-update"]
    assert ([step.body for step in job.steps], job.is_deploy) == (
        ["uses: aws-ecs/deploy-service-update"],
        True,
    )


def test_a_job_that_runs_after_a_failure_too_says_so():
    found = jobs(
        "  main: {jobs: [check, deploy: {requires: [check: [success, failed]]}, build: {requires: [check: success]}]}\n"
    )

    assert (found["deploy"].always, found["build"].always, found["check"].always) == (True, False, False)


def test_a_circle_of_commands_ends():
    assert len(jobs("  main: {jobs: [turning]}\n")["turning"].steps) == 1


def test_damaged_workflows_hold_no_jobs():
    assert jobs("  version: 2\n  main: [build]\n  other: {jobs: build}\n") == {}
