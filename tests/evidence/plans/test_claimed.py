"""The time of a query as the ledger takes it from each kind of plan."""

import pytest

from app.evidence import mysql_plan, postgres_plan
from tests.evidence.plans.told import Samples


@pytest.mark.parametrize(
    ("kind", "name", "value", "where"),
    [
        (postgres_plan.KIND, "before.yaml", 18.113, "Execution Time"),
        (mysql_plan.KIND, "mysql_before.txt", 21.4, "the time of the first step"),
        (mysql_plan.KIND, "mysql_v2.json", 21.4, "the time of the first step"),
        (mysql_plan.KIND, "mariadb_before.json", 46.9, "Execution Time"),
    ],
)
def test_a_measured_plan_gives_its_time(kind, name, value, where):
    measured = kind.measures["plan_time"](None, Samples(kind).facts(name))

    assert measured.value == pytest.approx(value, rel=0.01)
    assert measured.band_low < measured.value < measured.band_high
    assert measured.where == where


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [
        (postgres_plan.KIND, "estimate.txt", "the plan is an estimate without times."),
        (mysql_plan.KIND, "mysql_v1.json", "the plan is an estimate without times."),
        (mysql_plan.KIND, "mariadb_vertical.txt", "the table that ANALYZE prints has rows and no times."),
    ],
)
def test_a_plan_without_times_says_why(kind, name, why):
    facts = Samples(kind).facts(name)

    assert kind.measures["plan_time"](None, facts) is None
    assert kind.why_not("plan_time", facts) == why
