"""Manifests of Chaos Mesh and Litmus: what they break and when, and what only a calendar says."""

from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.claims import FileFacts
from app.evidence.drill_schedule import between
from app.evidence.drill_schedule.manifests import MONTHS, months_of
from app.evidence.source import Source
from app.pictures.drill_calendar import drill_calendar

SAMPLES = Path(registry.__file__).parent / "drill_schedule" / "samples"


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


def file(name):
    return FileFacts("drills", name, "drill_schedule", name, read(name).facts)


def written(tmp_path, text):
    path = tmp_path / "chaos.yaml"
    path.write_text(text)
    return registry.inspect(Source(path.name, path))


def test_a_schedule_says_what_it_breaks_where_and_how_often():
    report = read("H1-near-miss-chaos-mesh.yaml")

    first, second = report.facts["drills"]
    assert report.facts["format"] == "chaos mesh"
    assert (first["scenario"], first["radius"], first["repeats"]) == (
        "PodChaos pod-kill (kill-one-app)",
        "one, shop, app=shop",
        "0 9 5 */3 *",
    )
    assert (first["owner"], first["hypothesis"], second["owner"]) == ("Ada", "no user sees an error", "")
    assert [finding.severity.value for finding in report.findings] == ["note"]


def test_quarters_without_a_run_are_named():
    (gap,) = [one for one in read("H1-trigger-chaos-mesh-gap.yaml").findings if one.severity.value == "warn"]

    assert (gap.code, gap.numbers["missing"]) == ("H1", "Q3, Q4")


@pytest.mark.parametrize(
    ("cron", "months"),
    [
        ("0 9 5 */3 *", {1, 4, 7, 10}),
        ("@monthly", MONTHS),
        ("@every 2h", MONTHS),
        ("0 9 * * MON", MONTHS),
        ("CRON_TZ=Europe/Berlin 0 9 1 jan,jul *", {1, 7}),
        ("0 9 1 2-11/3 *", {2, 5, 8, 11}),
        ("0 0 9 1 6 *", {6}),
        ("@yearly", {1}),
        ("every now and then", None),
        ("0 9 1 x *", None),
    ],
)
def test_months_of_cron(cron, months):
    assert months_of(cron) == months


LITMUS = """apiVersion: litmuschaos.io/v1alpha1
kind: ChaosSchedule
metadata: {name: once}
spec:
  schedule:
    once: {executionTime: "2026-12-03T09:00:00Z"}
  engineTemplateSpec:
    appinfo: {appns: shop, applabel: 'app=shop', appkind: deployment}
    experiments: [{name: pod-delete}]
"""
WORKFLOW = """apiVersion: chaos-mesh.org/v1alpha1
kind: Workflow
metadata: {name: two}
spec:
  templates:
  - {name: all, templateType: Serial, children: [kill]}
  - name: kill
    templateType: PodChaos
    podChaos: {action: pod-kill, mode: one, selector: {labelSelectors: {app: shop}}}
"""


def test_a_run_of_litmus_has_its_day_and_is_drawn(tmp_path):
    facts = written(tmp_path, LITMUS).facts

    assert (facts["format"], facts["first"], facts["drills"][0]["scenario"]) == (
        "litmus",
        "2026-12-03",
        "pod-delete (once)",
    )
    assert drill_calendar(facts) is not None


def test_a_workflow_is_its_faults_and_has_no_day(tmp_path):
    facts = written(tmp_path, WORKFLOW).facts

    assert [(drill["scenario"], drill["line"]) for drill in facts["drills"]] == [
        ("PodChaos pod-kill (two)", 7)
    ]
    assert (facts["first"], drill_calendar(facts)) == (None, None)


def test_a_calendar_beside_a_manifest_says_the_rest():
    calendar, manifest = file("clean-year.md"), file("H1-note-litmus.yaml")

    (alone,) = between.together([manifest], [])

    assert (alone.code, alone.numbers["missing"]) == ("H2", "the hypothesis, the abort condition, the owner")
    assert list(between.together([calendar, manifest], [])) == []


def test_a_page_that_speaks_of_a_tool_is_no_manifest(tmp_path):
    path = tmp_path / "chaos.md"
    path.write_text("# Chaos drills\n\nWe use chaos-mesh.org/ in 2027-Q1.\n\n```yaml\nkind: PodChaos\n```\n")

    assert registry.inspect(Source(path.name, path)).facts.get("format") not in ("chaos mesh", "litmus")
