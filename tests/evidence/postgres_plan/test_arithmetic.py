"""Inclusive and exclusive times against sums made by hand."""

from app.evidence.postgres_plan.facts import walk
from app.evidence.postgres_plan.reading import read


def times(text):
    (plan,) = read(text)
    return {node["title"]: (node["inclusive_ms"], node["exclusive_ms"]) for node in walk(plan["root"])}


def test_loops_multiply_and_children_are_subtracted():
    text = (
        "Nested Loop  (cost=0.00..9.00 rows=1 width=4) (actual time=0.1..100.0 rows=10 loops=1)\n"
        "  ->  Seq Scan on a  (cost=0.00..1.00 rows=1 width=4) (actual time=0.1..20.0 rows=10 loops=1)\n"
        "  ->  Index Scan using i on b  (cost=0.00..1.00 rows=1 width=4) (actual time=0.1..6.0 rows=1 loops=10)\n"
    )

    assert times(text) == {"Nested Loop": (100.0, 20.0), "Seq Scan": (20.0, 20.0), "Index Scan": (60.0, 60.0)}


def test_processes_below_a_gather_work_side_by_side():
    text = (
        "Gather  (cost=0.00..9.00 rows=1 width=4) (actual time=0.1..50.0 rows=30 loops=1)\n"
        "  Workers Planned: 2\n  Workers Launched: 2\n"
        "  ->  Parallel Seq Scan on a  (cost=0.00..1.00 rows=1 width=4) (actual time=0.1..40.0 rows=10 loops=3)\n"
    )

    assert times(text) == {"Gather": (50.0, 10.0), "Parallel Seq Scan": (40.0, 40.0)}


def test_a_leader_that_stays_out_is_not_counted():
    text = (
        "Gather  (cost=0.00..9.00 rows=1 width=4) (actual time=0.1..50.0 rows=30 loops=1)\n"
        "  Workers Planned: 2\n  Workers Launched: 2\n"
        "  ->  Parallel Seq Scan on a  (cost=0.00..1.00 rows=1 width=4) (actual time=0.1..40.0 rows=10 loops=2)\n"
    )

    assert times(text)["Parallel Seq Scan"] == (40.0, 40.0)


def test_an_init_plan_is_taken_from_the_step_that_uses_it():
    text = (
        "Sort  (cost=0.00..9.00 rows=1 width=4) (actual time=90.0..100.0 rows=10 loops=1)\n"
        "  InitPlan 1 (returns $0)\n"
        "    ->  Aggregate  (cost=0.00..1.00 rows=1 width=4) (actual time=60.0..60.0 rows=1 loops=1)\n"
        "  ->  Seq Scan on a  (cost=0.00..1.00 rows=1 width=4) (actual time=61.0..80.0 rows=10 loops=1)\n"
        "        Filter: (n = $0)\n"
    )

    assert times(text) == {"Sort": (100.0, 20.0), "Aggregate": (60.0, 60.0), "Seq Scan": (80.0, 20.0)}


def test_a_cte_is_shared_by_its_scans():
    text = (
        "Hash Join  (cost=0.00..9.00 rows=1 width=4) (actual time=1.0..110.0 rows=10 loops=1)\n"
        "  CTE c\n"
        "    ->  Seq Scan on a  (cost=0.00..1.00 rows=1 width=4) (actual time=1.0..80.0 rows=9 loops=1)\n"
        "  ->  CTE Scan on c c_1  (cost=0.00..1.00 rows=1 width=4) (actual time=1.0..75.0 rows=9 loops=1)\n"
        "  ->  CTE Scan on c c_2  (cost=0.00..1.00 rows=1 width=4) (actual time=1.0..25.0 rows=9 loops=1)\n"
    )

    (plan,) = read(text)

    own = [node["exclusive_ms"] for node in walk(plan["root"])]
    assert own == [10.0, 80.0, 15.0, 5.0]


def test_rounded_averages_never_give_a_negative_time():
    text = (
        "Limit  (cost=0.00..9.00 rows=1 width=4) (actual time=0.1..1.0 rows=10 loops=1)\n"
        "  ->  Seq Scan on a  (cost=0.00..1.00 rows=1 width=4) (actual time=0.1..1.001 rows=10 loops=1)\n"
    )

    assert times(text)["Limit"] == (1.0, 0.0)


def test_steps_never_executed_cost_nothing_and_untimed_plans_have_no_times():
    never = "Seq Scan on a  (cost=0.00..1.00 rows=1 width=4) (never executed)"
    untimed = "Seq Scan on a  (cost=0.00..1.00 rows=1 width=4) (actual rows=10 loops=1)"

    assert times(never) == {"Seq Scan": (0.0, 0.0)}
    assert times(untimed) == {"Seq Scan": (None, None)}
