import pytest

from app.pictures.plan_nodes import MOST_NODES, slowest
from app.pictures.plan_tree import plan_tree
from tests.pictures.facts import node, plan


def plain(text):
    return text.replace("\u00a0", " ")


def test_each_step_has_its_times_rows_and_loops_as_a_row():
    scan = node("Seq Scan", ms=90.0, relation="orders", alias="o", rows_removed_by_filter=119994)
    tree = plan_tree(node("Sort", scan, ms=10.0))

    assert tree.columns == ("Inclusive", "Rows / estimate", "Loops")
    assert [
        (row.depth, row.title, plain(row.exclusive), plain(row.share), row.heat, row.bar) for row in tree.rows
    ] == [
        (0, "Sort", "10 ms", "10 %", "", 10.0),
        (1, "Seq Scan on orders o", "90 ms", "90 %", "hot", 90.0),
    ]
    assert [tuple(map(plain, row.cells)) for row in tree.rows] == [
        ("100 ms", "6 / 6", "1"),
        ("90 ms", "6 / 6", "1"),
    ]
    assert tree.rows[1].details == ("119,994 rows removed by the filter",)
    assert plain(tree.conclusion) == "90 % of 100 ms is spent in Seq Scan on orders o."


@pytest.mark.parametrize(("ms", "heat"), [(10.0, ""), (10.1, "warm"), (50.0, "warm"), (50.1, "hot")])
def test_heat_begins_above_a_tenth_and_above_a_half(ms, heat):
    tree = plan_tree(node("Limit", node(ms=ms), ms=100 - ms))

    assert tree.rows[1].heat == heat


@pytest.mark.parametrize(
    ("actual", "planned", "said"),
    [
        (60, 6, "10 times more than estimated"),
        (59, 6, ""),
        (1, 5000, "5,000 times fewer than estimated"),
        (0, 9, ""),
        (0, 10, "10 times fewer than estimated"),
        (None, 10, ""),
    ],
)
def test_an_estimate_is_named_when_it_is_tenfold_off(actual, planned, said):
    assert plan_tree(node(actual_rows=actual, plan_rows=planned)).rows[0].misjudged == said


def test_a_plan_that_was_not_run_shows_costs_and_says_so():
    tree = plan_tree(node(ms=0.0, exclusive_ms=None, inclusive_ms=None, loops=None, actual_rows=None))

    assert (tree.timed, tree.columns) == (False, ("Estimated cost", "Estimated rows"))
    assert tree.rows[0].cells == ("12.5", "6")
    assert tree.conclusion == "Planned only: the query was not run, so nothing was measured."


def test_a_plan_without_timing_shows_rows_and_no_empty_times():
    tree = plan_tree(node(ms=0.0, exclusive_ms=None, inclusive_ms=None))

    assert (tree.timed, tree.columns, tree.rows[0].cells) == (
        False,
        ("Rows / estimate", "Loops"),
        ("6 / 6", "1"),
    )
    assert tree.conclusion == "Measured without times."


def test_a_step_that_knows_less_than_its_plan_keeps_the_columns():
    tree = plan_tree(node("Append", node(loops=None, actual_rows=None), ms=5.0))

    assert tree.columns == ("Inclusive", "Rows / estimate", "Loops")
    assert tuple(map(plain, tree.rows[1].cells)) == ("1 ms", "– / 6", "–")


def test_a_step_that_never_ran_says_so_and_nothing_else():
    tree = plan_tree(
        node("Append", node(never_executed=True, loops=0, conditions={"filter": "(a = 1)"}), ms=5.0)
    )

    assert tree.rows[1].details == ("never executed",)


def test_of_a_large_plan_the_hottest_steps_are_shown_with_the_way_to_them():
    hot = node("Sort", node("Hash", node("Index Scan", ms=500.0, relation="deep"), ms=0.1), ms=0.1)
    quiet = [node(ms=1.0, relation=f"part_{number}") for number in range(100)]
    tree = plan_tree(node("Append", *quiet, hot, ms=0.1))

    assert len(tree.rows) == 40
    assert [row.title for row in tree.rows][-3:] == ["Sort", "Hash", "Index Scan on deep"]
    assert plain(tree.left_out) == "64 more steps, 64 ms together, are only in the raw lines."


def test_a_bottomless_plan_is_read_to_a_limit():
    root = leaf = node(ms=1.0)
    for _ in range(MOST_NODES + 100):
        leaf["children"] = [node(ms=0.0)]
        leaf = leaf["children"][0]

    tree = plan_tree(root)

    assert (len(tree.rows), max(row.depth for row in tree.rows)) == (40, 12)


def test_of_several_plans_the_slowest_is_drawn():
    short, long = plan(node(ms=1.0)), plan(node(ms=2.0))

    assert slowest({"plans": [short, long, {"root": None}, "odd"]}) is long
    assert slowest({"plans": []}) is None


@pytest.mark.parametrize("root", [None, [], "Seq Scan", 3])
def test_without_a_root_there_is_no_tree(root):
    assert plan_tree(root) is None
