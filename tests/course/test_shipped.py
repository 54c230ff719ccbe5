"""The shipped course holds what the product promises of it."""

import json
import re
from dataclasses import replace

import pytest

from app.course.hashes import course_hash
from app.course.prose import render
from app.course.vocabulary import UNITS

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_ten_modules_in_the_order_of_the_stages(shipped):
    assert [(module.number, module.slug) for module in shipped.modules] == [
        (1, "day-zero"),
        (2, "first-100-users"),
        (3, "first-1000-users"),
        (4, "ten-thousand-users"),
        (5, "queues"),
        (6, "horizontal-scale"),
        (7, "database-at-scale"),
        (8, "capacity-cost-on-call"),
        (9, "deploys-and-blast-radius"),
        (10, "one-hundred-thousand"),
    ]


def test_five_capstones_of_which_three_are_required(shipped):
    assert shipped.required_capstones == 3
    assert [(capstone.number, capstone.slug) for capstone in shipped.capstones] == [
        (1, "launch-plan"),
        (2, "on-call-package"),
        (3, "three-bottlenecks"),
        (4, "stateless"),
        (5, "safe-deploys"),
    ]


def test_requests_for_access_are_decided_within_seven_days(shipped):
    assert shipped.decision_days == 7


def test_every_module_has_moves_to_do_and_something_to_look_at(shipped):
    for module in shipped.modules:
        assert 5 <= len(module.moves) <= 7, module.slug
        assert sum(move.required for move in module.moves) >= 4, module.slug
        assert module.references, module.slug
        for move in module.moves:
            assert len(move.body.split()) >= 90, move.key
            assert len(move.look_at.split()) >= 12, move.key


def test_move_keys_are_unique_in_the_whole_course(shipped):
    keys = [move.key for module in shipped.modules for move in module.moves]

    assert len(keys) == len(set(keys)) == 61


@pytest.mark.parametrize("slug", ["capacity-cost-on-call", "one-hundred-thousand"])
def test_the_monitoring_and_alerting_chapters_are_required_where_modules_draw_on_them(shipped, slug):
    required = " ".join(each.part for each in shipped.module(slug).references if each.required)

    assert "Chapter 6, Monitoring Distributed Systems" in required
    assert "Alerting on SLOs" in required


def test_the_chapter_on_post_mortem_culture_is_required_in_the_last_module(shipped):
    required = [each.part for each in shipped.module("one-hundred-thousand").references if each.required]

    assert "Chapter 15, Postmortem Culture: Learning from Failure" in required


def test_release_it_is_required_for_stability_capacity_and_deployment(shipped):
    required = [
        module.slug
        for module in shipped.modules
        if any(each.title.startswith("Release It!") and each.required for each in module.references)
    ]

    assert required == ["queues", "horizontal-scale", "capacity-cost-on-call", "deploys-and-blast-radius"]


def test_every_rubric_can_be_rated_and_passed(shipped):
    for capstone in shipped.capstones:
        rubric = capstone.rubric
        assert 5 <= len(rubric.criteria) <= 8, capstone.slug
        assert any(criterion.must_pass for criterion in rubric.criteria), capstone.slug
        at_pass_levels = 0
        for criterion in rubric.criteria:
            assert len(criterion.levels) == 4, criterion.key
            assert criterion.levels[0].points == 0, criterion.key
            at_pass_levels += {level.key: level.points for level in criterion.levels}[criterion.pass_level]
        assert at_pass_levels >= rubric.threshold, capstone.slug


def test_every_required_slot_bears_on_a_criterion(shipped):
    for capstone in shipped.capstones:
        bearing = {name for criterion in capstone.rubric.criteria for name in criterion.bears_on}
        files = {name for name in bearing if any(slot.key == name for slot in capstone.slots)}
        assert files, capstone.slug
        if (
            capstone.slug != "three-bottlenecks"
        ):  # there the rule codes stand for the db and measurement files
            assert {slot.key for slot in capstone.slots if slot.required} <= bearing, capstone.slug


def test_three_bottlenecks_claims_both_sides_of_each_layer(shipped):
    claims = {
        (claim.layer, claim.metric, claim.side) for claim in shipped.capstone("three-bottlenecks").claims
    }

    assert claims == {
        (layer, metric, side)
        for layer in ("db", "app", "infra")
        for metric in ("p99", "throughput", "cost_per_request")
        for side in ("before", "after")
    } | {("db", "plan_time", "before"), ("db", "plan_time", "after")} | {
        (layer, metric, "")
        for layer in ("db", "app", "infra")
        for metric in ("endpoint", "connections", "duration")
    } | {("app", "hot_spot", "")}


def test_slots_that_belong_together_are_known_without_a_claim(shipped):
    pairs = shipped.capstone("three-bottlenecks").pairs

    assert ("app-profile-before", "app-profile-after") in pairs
    assert ("db-plan-before", "db-plan-after") in pairs
    assert len(pairs) == 5


def test_the_load_of_a_run_is_claimed_once_for_both_sides(shipped):
    loads = [claim for claim in shipped.capstone("three-bottlenecks").claims if claim.also]

    assert {(claim.slot, claim.also) for claim in loads} == {
        (f"{layer}-latency-before", (f"{layer}-latency-after",)) for layer in ("db", "app", "infra")
    }
    assert not any(claim.required for claim in loads)


def test_three_bottlenecks_takes_plans_and_latency_tables_where_they_are_read(shipped):
    kinds = {slot.key: slot.kinds for slot in shipped.capstone("three-bottlenecks").slots}

    assert [key for key, names in kinds.items() if "postgres_plan" in names] == [
        "db-plan-before",
        "db-plan-after",
    ]
    assert [key for key, names in kinds.items() if "latency_table" in names] == [
        f"{layer}-latency-{side}" for layer in ("db", "app", "infra") for side in ("before", "after")
    ]


def test_the_launch_plan_claims_five_numbers_at_each_of_four_stages(shipped):
    claims = {(claim.layer, claim.metric) for claim in shipped.capstone("launch-plan").claims}

    assert claims == {
        (stage, metric)
        for stage in ("100", "1k", "10k", "100k")
        for metric in ("users", "throughput", "peak_factor", "storage", "cost")
    } | {("availability", "slo_target"), ("latency", "slo_target")}


@pytest.mark.parametrize(
    ("slug", "metrics"),
    [
        ("on-call-package", {"slo_target", "window", "alerts_without_runbook"}),
        ("stateless", {"instances", "kills", "requests", "user_errors"}),
        ("safe-deploys", {"deploys", "count_5xx", "requests", "rollback_duration"}),
    ],
)
def test_the_other_capstones_claim_what_the_product_names(shipped, slug, metrics):
    assert {claim.metric for claim in shipped.capstone(slug).claims if claim.required} == metrics


def test_every_metric_of_the_vocabulary_that_the_course_claims_has_its_unit(shipped):
    claims = [claim for capstone in shipped.capstones for claim in capstone.claims]

    assert [claim.key for claim in claims if claim.unit not in UNITS[claim.metric]] == []


def test_lookups_find_by_slug_and_refuse_what_is_not_there(shipped):
    assert shipped.module("queues").number == 5
    assert shipped.capstone("stateless").number == 4
    with pytest.raises(KeyError):
        shipped.module("stateless")
    with pytest.raises(KeyError):
        shipped.capstone("queues")


def _prose(course):
    for module in course.modules:
        yield module.intro
        yield from (move.body for move in module.moves)
    yield from (capstone.brief for capstone in course.capstones)


def test_python_and_json_in_the_course_can_be_parsed(shipped):
    seen = set()
    for text in _prose(shipped):
        for language, code in FENCE.findall(text):
            seen.add(language)
            if language == "python":
                compile(code, "course", "exec")
            if language == "json":
                json.loads(code)

    assert {"python", "go", "js", "rust", "sql"} <= seen


def test_every_fence_of_the_course_is_closed_and_names_its_language(shipped):
    for text in _prose(shipped):
        opened = [line for line in text.splitlines() if line.startswith("```")]
        assert len(opened) == 2 * len(FENCE.findall(text)), text[:60]


def test_no_text_of_the_course_becomes_an_active_page(shipped):
    for text in _prose(shipped):
        html = render(text)
        assert "<script" not in html
        assert " style=" not in html


def test_the_hash_names_the_content(shipped):
    module = shipped.modules[0]
    reworded = replace(shipped, modules=(replace(module, intro=module.intro + "."), *shipped.modules[1:]))

    assert re.fullmatch(r"[0-9a-f]{64}", shipped.content_hash)
    assert course_hash(shipped) == shipped.content_hash
    assert course_hash(reworded) != shipped.content_hash
