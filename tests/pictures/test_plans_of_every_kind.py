"""Every sample of every kind of plan can be drawn, alone and beside every other of its kind."""

import pytest

from app.evidence import mysql_plan, postgres_plan, sqlite_plan
from app.evidence.findings import Unreadable
from app.pictures.plan_nodes import slowest
from app.pictures.plan_pair import plan_pair
from app.pictures.plan_tree import plan_tree
from tests.evidence.plans.told import Samples

KINDS = [postgres_plan.KIND, mysql_plan.KIND, sqlite_plan.KIND]


def plans(kind):
    """The slowest plan of each sample that holds one."""
    samples = Samples(kind)
    found = {}
    for name in samples.files:
        try:
            found[name] = slowest(samples.facts(name))
        except Unreadable:
            continue
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_sample_is_drawn_with_a_row_for_its_first_step(kind):
    trees = {name: plan_tree(plan["root"]) for name, plan in plans(kind).items()}

    assert len(trees) >= 10
    assert [name for name, tree in trees.items() if not tree.rows or not tree.conclusion] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_pair_is_drawn_with_a_conclusion(kind):
    drawn = list(plans(kind).values())
    pairs = [plan_pair(before, after) for before in drawn for after in drawn[:6]]

    assert all(pair.conclusion for pair in pairs)


def test_a_strategy_without_figures_has_no_empty_columns():
    tree = plan_tree(plans(sqlite_plan.KIND)["before.txt"]["root"])

    assert (tree.columns, [row.cells for row in tree.rows]) == ((), [(), (), ()])
    assert tree.conclusion == "Strategy only: this database prints neither rows nor times."


def test_rows_without_loops_were_measured():
    tree = plan_tree(plans(mysql_plan.KIND)["mariadb_vertical.txt"]["root"])

    assert tree.conclusion == "Measured without times."
    assert [row.misjudged for row in tree.rows] == ["", "", "", ""]


def test_a_change_of_a_mysql_plan_is_said_in_words():
    found = plans(mysql_plan.KIND)

    said = plan_pair(found["mysql_before.txt"], found["mysql_after.txt"]).conclusion

    assert said.replace("\u00a0", " ") == (
        "Execution time went from 21.4 ms to 0.072 ms, 297 times lower; "
        "orders is read by Index lookup using orders_user_id_idx instead of Table scan."
    )
