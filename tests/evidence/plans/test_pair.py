"""Pairs of true plans of one query are accused of nothing; swapped and doubled ones are."""

from collections import defaultdict

from app.evidence.plans import pair
from app.evidence.postgres_plan.reading import read
from tests.evidence.mysql_plan import test_oracle as mariadb
from tests.evidence.postgres_plan.kept import rows, sample

DOUBTS = {"E3", "E4", "E5", "E6"}


def told(before, after):
    return [finding.code for finding in pair.compare({"plans": before}, {"plans": after})]


def test_no_two_plans_of_one_query_are_called_another_query_other_data_or_one_file():
    plans = defaultdict(list)
    for row in rows("pairs"):
        plans[row["query"]].append(read(row["text"]))

    accused = [
        (query, said)
        for query, found in plans.items()
        for first in found
        for second in found
        if first is not second and (said := set(told(first, second)) & DOUBTS)
    ]

    assert sum(map(len, plans.values())) >= 700
    assert accused == []


def test_no_two_forms_of_one_mariadb_plan_are_called_another_query_or_other_data():
    accused = [
        (row["query"], first, second)
        for row in mariadb.rows()
        for first in ("box", "json")
        for second in ("vertical", "batch")
        if set(told(mariadb.read(row[first]), mariadb.read(row[second]))) & {"E4", "E5", "E6"}
    ]

    assert accused == []


def test_a_plan_sent_twice_is_named_and_one_of_a_few_microseconds_is_not():
    tiny = (
        "Result  (cost=0.00..0.01 rows=1 width=4) (actual time=0.001..0.002 rows=1 loops=1)\n"
        "Planning Time: 0.021 ms\nExecution Time: 0.010 ms\n"
    )

    assert told(read(sample("before.txt")), read(sample("before.txt"))) == ["E3"]
    assert told(read(tiny), read(tiny)) == ["E8"]


def test_before_and_after_swapped_is_not_faster():
    assert told(read(sample("after.txt")), read(sample("before.txt"))) == ["E8"]
