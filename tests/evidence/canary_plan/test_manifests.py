"""What Flagger and Argo Rollouts are told of a release, read as its plan."""

import pytest

from app.evidence.canary_plan import manifests

FLAGGER = "apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: api}\nspec:\n  analysis:\n"
ARGO = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec:\n  strategy:\n    canary:\n"
STEPS = "      steps:\n      - setWeight: 5\n      - pause: {duration: 15m}\n      - setWeight: 25\n      - pause: {}\n"
TEMPLATE = "---\nkind: AnalysisTemplate\nspec:\n  metrics:\n  - name: errors\n"


def steps(text):
    return [(step["share"], step["bake_s"]) for step in manifests.read(text)["steps"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            FLAGGER + "    interval: 2m\n    stepWeight: 20\n    maxWeight: 40\n",
            [(20, 120), (40, 120), (100, None)],
        ),
        (FLAGGER + "    interval: 30s\n    stepWeights: [1, 50, 100]\n", [(1, 30), (50, 30), (100, 30)]),
        (FLAGGER + "    interval: 1m\n    iterations: 10\n", []),
        (FLAGGER + "    interval: 1m\n    stepWeight: 0\n", []),
        (ARGO + STEPS, [(5, 900), (25, None), (100, None)]),
    ],
)
def test_steps_are_shares_with_their_times(text, expected):
    assert steps(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "has_numbers"),
    [
        (FLAGGER + "    stepWeight: 9\n    metrics:\n    - thresholdRange: {min: 99}\n", 8, True),
        (FLAGGER + "    stepWeight: 9\n    metrics:\n    - name: errors\n", 8, False),
        (FLAGGER + "    stepWeight: 9\n", None, False),
        (ARGO + "      analysis:\n        templates: [{templateName: errors}]\n" + STEPS, 7, True),
        (ARGO + "      analysis:\n        args: []\n" + STEPS + TEMPLATE, 7, False),
        (
            ARGO + "      analysis:\n        args: []\n" + STEPS + TEMPLATE + "    failureCondition: a > 1\n",
            7,
            True,
        ),
        (ARGO + STEPS, None, False),
    ],
)
def test_what_stops_it_and_whether_that_has_a_bound(text, line, has_numbers):
    found = manifests.read(text)

    assert (found["parts"]["abort"], found["abort_numbers"]) == (line, has_numbers)


def test_a_release_without_shares_switches():
    assert manifests.read(FLAGGER + "    iterations: 10\n")["way"] == "blue-green"
    assert (
        manifests.read(ARGO.replace("canary", "blueGreen") + "      activeService: a\n")["way"]
        == "blue-green"
    )


@pytest.mark.parametrize("text", ["kind: Canary\n", "apiVersion: v1\nkind: Pod\n", FLAGGER + "  : [\n"])
def test_other_texts_are_none(text):
    assert manifests.read(text) is None
