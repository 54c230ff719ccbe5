"""Runs in every form: whether the gate stopped the deploy."""

import tomllib
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.ci_run import KIND, rules
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "ci_run" / "samples"
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
        ("clean-gh-view.json", [rules.STOPPED]),
        ("clean-gh-text.txt", [rules.STOPPED]),
        ("clean-gh.log", [rules.STOPPED]),
        ("clean-github-jobs.json", [rules.STOPPED]),
        ("clean-gitlab-jobs.json", [rules.STOPPED]),
        ("Y7-near-miss-three-minutes.json", [rules.STOPPED]),
        ("Y7-trigger-slow.json", [rules.STOPPED, rules.SLOW]),
        ("Y7-trigger-passed-by.json", [rules.PASSED_BY]),
        ("Y7-trigger-not-stopped.json", [rules.NOT_STOPPED]),
        ("Y7-trigger-no-smoke.json", [rules.NO_SMOKE]),
        ("Y7-trigger-no-jobs.json", [rules.NO_JOBS]),
        ("Y7-trigger-none.json", [rules.NONE]),
    ],
)
def test_each_run_is_judged_by_its_jobs(name, expected):
    assert words(name) == of(*expected)


@pytest.mark.parametrize("name", ["clean-gh-view.json", "clean-gh-text.txt", "clean-github-jobs.json"])
def test_the_step_that_failed_is_named(name):
    (stop,) = read(name).facts["stopped"]

    assert (stop["smoke"], stop["step"]) == ("smoke", "Smoke test")


@pytest.mark.parametrize(
    ("name", "place"),
    [("clean-gh-view.json", "in run 19501234567"), ("clean-gh.log", "in the run of the file")],
)
def test_the_run_is_named_by_its_number_or_as_the_one_of_the_file(name, place):
    (stopped,) = (each for each in read(name).findings if each.severity == "good")

    assert stopped.message == (
        f"The gate has stopped a build: smoke failed {place} at the step “Smoke test”, and no deploy ran."
    )


def test_the_time_of_the_smoke_test_is_told_in_every_form():
    names = ("clean-gh-view.json", "clean-gh-text.txt", "clean-github-jobs.json", "clean-gitlab-jobs.json")

    assert {read(name).facts["smoke_s"] for name in names} == {32.0}


LINES = [
    '{"jobs": [{"name": "smoke", "conclusion": "failure"}]}',
    "JOBS",
    "X smoke in 3s (ID 1)",
    "a\tb\t2026-11-20T14:00:00Z x",
    "[" * 90,
]


@pytest.mark.parametrize("line", LINES)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line):
    path = tmp_path / "file"
    path.write_text((line + "\n") * (1_000_000 // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("file", path), KIND.name)

    assert "G11" not in {finding.code for finding in report.findings}
