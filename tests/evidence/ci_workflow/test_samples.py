"""Pipelines with their gate in place, moved, loosened and removed."""

import time
import tomllib
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.ci_workflow import KIND, between, rules
from app.evidence.claims import Claim, FileFacts
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "ci_workflow" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


def words(name):
    return {(str(finding.severity), finding.why) for finding in read(name).findings}


def of(*said):
    return {(str(rule.severity), rule.why) for rule in said}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("clean-github.yml", [rules.GATED]),
        ("clean-github-steps.yml", [rules.GATED]),
        ("clean-gitlab.yml", [rules.GATED]),
        ("clean-circleci.yml", [rules.GATED]),
        ("Y7-trigger-circleci.yml", [rules.NOT_NEEDED]),
        ("Y7-near-miss-always-and-success.yml", [rules.GATED]),
        ("Y7-near-miss-canary.yml", [rules.GATED]),
        ("Y7-near-miss-included-job.yml", [rules.GATED]),
        ("Y7-trigger-not-needed.yml", [rules.NOT_NEEDED]),
        ("Y7-trigger-gitlab-needs.yml", [rules.NOT_NEEDED]),
        ("Y7-trigger-after.yml", [rules.AFTER]),
        ("Y7-trigger-may-fail.yml", [rules.IGNORED]),
        ("Y7-trigger-gitlab-allowed.yml", [rules.IGNORED]),
        ("Y7-trigger-always.yml", [rules.IGNORED]),
        ("Y7-trigger-unknown-need.yml", [rules.UNKNOWN_NEED, rules.GATED]),
        ("Y7-trigger-by-hand.yml", [rules.SKIPPABLE, rules.GATED]),
        ("Y7-trigger-shallow.yml", [rules.SHALLOW, rules.GATED]),
        ("Y7-trigger-no-smoke.yml", [rules.NO_SMOKE]),
        ("Y7-trigger-no-deploy.yml", [rules.NO_DEPLOY]),
        ("Y7-trigger-no-jobs.yml", [rules.NO_JOBS]),
    ],
)
def test_each_pipeline_is_judged_by_its_gate(name, expected):
    assert words(name) == of(*expected)


def test_a_job_whose_script_stands_in_a_template_of_another_file_is_one():
    names = [job["name"] for job in read("Y7-near-miss-included-job.yml").facts["jobs"]]

    assert names == ["build-image", "smoke", "deploy"]


def test_on_stays_a_word():
    assert read("clean-github.yml").facts["triggers"] == ["push"]


def test_the_way_from_the_deploy_back_is_told():
    (gate,) = read("clean-gitlab.yml").facts["gates"]

    assert (gate["deploy"], gate["smoke"], gate["way"]) == ("deploy", "smoke", ["deploy", "smoke"])


def run(*names):
    jobs = [{"name": name} for name in names]
    return FileFacts("ci", "r", "ci_run", "r", {"runs": [{"jobs": jobs}]})


def test_a_run_of_this_workflow_is_asked_for():
    flow = FileFacts("ci", "f", "ci_workflow", "f", read("clean-github.yml").facts)
    deploys = [Claim("d", "d", "deploys", 10, "count", "timeline-after")]

    assert [one.why for one in between.together([flow], deploys)] == [rules.NO_RUN.why]
    assert list(between.together([flow], [])) == []
    assert list(between.together([flow, run("build", "smoke (3.12)")], deploys)) == []
    assert [one.why for one in between.together([flow, run("lint")], deploys)] == [rules.OTHER_JOBS.why]


LINES = [
    "on: push",
    "a: {script: [x], extends: a}",
    "- a",
    "jobs:\n  a: {needs: a, steps: [{run: curl x}]}",
    "[" * 90,
    "x: &a [*a]",
]


@pytest.mark.parametrize("line", LINES)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line):
    path = tmp_path / "file"
    path.write_text((line + "\n") * (1_000_000 // (len(line) + 1)))

    began = time.process_time()
    report = registry.inspect(Source("file", path), KIND.name)

    assert time.process_time() - began < 2
    assert "G11" not in {finding.code for finding in report.findings}
