"""One shape for every database: the same keys, plain JSON values, exclusive times that add up."""

import json

import pytest

from app.evidence import mysql_plan, postgres_plan, sqlite_plan
from app.evidence.findings import Unreadable
from app.evidence.plans.shape import blank_node, plan_of, walk
from tests.evidence.plans.told import Samples

KINDS = [postgres_plan.KIND, mysql_plan.KIND, sqlite_plan.KIND]


def plans(kind):
    samples = Samples(kind)
    for name in samples.files:
        try:
            yield from samples.facts(name)["plans"]
        except Unreadable:
            continue


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_plans_and_nodes_have_the_keys_of_the_shape(kind):
    node, plan = set(blank_node("Step")), set(plan_of("text", blank_node("Step")))

    for found in plans(kind):
        assert set(found) == plan
        assert [set(each) ^ node for each in walk(found["root"]) if set(each) != node] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_facts_are_plain_json(kind):
    for found in plans(kind):
        assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize("kind", KINDS[:2], ids=lambda kind: kind.name)
def test_a_step_never_takes_more_for_itself_than_in_all(kind):
    nodes = [
        node for found in plans(kind) for node in walk(found["root"]) if node["exclusive_ms"] is not None
    ]

    assert len(nodes) > 50
    assert [
        node["title"] for node in nodes if not 0 <= node["exclusive_ms"] <= node["inclusive_ms"] + 1e-6
    ] == []


@pytest.mark.parametrize(
    ("kind", "name", "used"),
    [
        (postgres_plan.KIND, "lossy.txt", ["orders_user_id_idx"]),
        (mysql_plan.KIND, "mysql_after.txt", ["orders_user_id_idx"]),
        (mysql_plan.KIND, "mariadb_after.json", ["orders_user_id_idx"]),
        (sqlite_plan.KIND, "after.txt", ["orders_user_id_idx"]),
    ],
)
def test_the_indexes_a_plan_uses_are_listed_with_their_tables(kind, name, used):
    (plan,) = Samples(kind).facts(name)["plans"]

    assert [(each["index"], each["table"]) for each in plan["indexes"]] == [
        (index, "orders") for index in used
    ]
