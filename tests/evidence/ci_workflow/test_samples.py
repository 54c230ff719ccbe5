"""Pipelines with their gate in place, moved, loosened and removed."""

import tomllib
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.ci_workflow import KIND, between, rules
from app.evidence.claims import Claim, FileFacts
from app.evidence.source import Source
from tests.evidence import budget

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
        ("clean-azure.yml", [rules.GATED]),
        ("clean-azure-steps.yml", [rules.GATED]),
        ("Y7-trigger-azure-beside.yml", [rules.NOT_NEEDED]),
        ("Y7-trigger-azure-condition.yml", [rules.IGNORED]),
        ("Y7-trigger-azure-template.yml", [rules.ELSEWHERE]),
        ("clean-bitbucket.yml", [rules.GATED]),
        ("Y7-trigger-bitbucket-after.yml", [rules.AFTER]),
        ("Y7-trigger-bitbucket-beside.yml", [rules.NOT_NEEDED]),
        ("Y7-trigger-jenkins.groovy", [rules.NOT_READ]),
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


def test_a_test_whose_failure_is_swallowed_is_no_gate():
    assert read("Y7-trigger-swallowed.yml").facts["gates"] == []
    assert len(read("Y7-near-miss-cleanup-swallowed.yml").facts["gates"]) == 1


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

    with budget.seconds(2):
        report = registry.inspect(Source("file", path), KIND.name)

    assert "G11" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    ("content", "tool"),
    [
        ("node('linux') {\n  stage('Build') { sh 'make' }\n  stage('Deploy') { sh './deploy.sh' }\n}\n", "Jenkins"),
        ("#!groovy\nimport groovy.json.JsonSlurper\n\ndef image = 'shop'\n\npipeline {\n  agent none\n  stages {\n"
         "    stage('Deploy') { steps { sh 'helm upgrade' } }\n  }\n}\n\ndef tag() { return '1' }\n", "Jenkins"),
        ("language: python\njobs:\n  include:\n    - stage: smoke\n      script: ./smoke.sh\n    - stage: deploy\n"
         "      script: ./deploy.sh\n", "Travis CI"),
        ("kind: pipeline\ntype: docker\nname: default\nsteps:\n- name: deploy\n  image: alpine\n  commands:\n"
         "  - ./deploy.sh\n", "Drone"),
        ("steps:\n  - label: build\n    command: make\n  - wait\n  - label: deploy\n    command: ./deploy.sh\n",
         "Buildkite"),
        ("apiVersion: tekton.dev/v1\nkind: Pipeline\nmetadata:\n  name: shop\nspec:\n  tasks:\n  - name: deploy\n",
         "Tekton"),
    ],
)  # fmt: skip
def test_what_is_not_followed_is_named_and_accused_of_nothing(tmp_path, content, tool):
    path = tmp_path / "definition"
    path.write_text(content)

    report = registry.inspect(Source(path.name, path))

    assert (report.kind, report.facts["tool"], report.facts["jobs"]) == ("ci_workflow", tool, [])
    assert [(found.severity.value, found.numbers) for found in report.findings] == [("note", {"tool": tool})]


def test_a_run_beside_a_definition_that_is_not_followed_is_no_other_workflow():
    jenkins = FileFacts("ci", "f", "ci_workflow", "f", read("Y7-trigger-jenkins.groovy").facts)

    assert list(between.together([jenkins, run("build", "deploy")], [])) == []


@pytest.mark.parametrize(
    ("condition", "always"),
    [
        ("succeeded()", False),
        ("and(succeeded('Build'), eq(1, 1))", False),
        ("in(dependencies.SmokeTest.result, 'Succeeded')", False),
        ("${{ parameters.when }}", False),
        ("not(failed())", False),
        ("always()", True),
        ("succeededOrFailed()", True),
        ("eq(variables['Build.Reason'], 'Manual')", True),
    ],
)
def test_a_condition_of_ones_own_takes_the_place_of_succeeded(tmp_path, condition, always):
    path = tmp_path / "azure-pipelines.yml"
    text = (SAMPLES / "clean-azure.yml").read_text()
    path.write_text(text.replace("condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))",
                                 f"condition: {condition}"))  # fmt: skip

    deploy = registry.inspect(Source(path.name, path)).facts["jobs"][-1]

    assert (deploy["name"], deploy["always"]) == ("shop", always)


def test_bitbucket_pipelines_of_other_branches_have_steps_of_their_own_and_custom_ones_wait():
    names = [job["name"] for job in read("clean-bitbucket.yml").facts["jobs"]]

    assert names == ["Build", "Build (main)", "Smoke test", "Licences", "Put it live"]


def test_a_stage_of_azure_waits_for_all_jobs_of_the_stage_before_and_a_list_names_them(tmp_path):
    path = tmp_path / "p.yml"
    job = "  - job: {0}\n    steps: [{{script: make}}]\n"
    stages = [
        ("A", "", "ab"),
        ("B", "  dependsOn: []\n", "c"),
        ("C", "  dependsOn: [A, B]\n", "d"),
        ("D", "", "e"),
    ]
    path.write_text("pool: x\nstages:\n" + "".join(
        f"- stage: {name}\n{more}  jobs:\n" + "".join(job.format(each) for each in jobs) for name, more, jobs in stages
    ))  # fmt: skip

    found = registry.inspect(Source("p.yml", path)).facts["jobs"]

    assert {one["name"]: one["needs"] for one in found} == {
        "a": [], "b": [], "c": [], "d": ["a", "b", "c"], "e": ["d"]
    }  # fmt: skip
