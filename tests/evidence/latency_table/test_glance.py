"""The first glance, which loads no reader: a query plan ends in milliseconds as logs do and is no log."""

import pytest

from app.evidence.latency_table import glance

PLAN = """                        QUERY PLAN
-----------------------------------------------------------
 Seq Scan on orders  (cost=0.00..21.00 rows=1000 width=72) (actual time=0.010..3.100 rows=1000 loops=1)
   Filter: (user_id = 4242)
 Planning Time: 1.300 ms
 Execution Time: 512.000 ms
"""
ROW = "GET /cart 200 {ms} ms\n"


@pytest.mark.parametrize(
    "above", ["", "LOG:  duration: 512.100 ms  plan:\n\tQuery Text: SELECT 1\n"], ids=["psql", "log"]
)
def test_a_plan_is_no_log(above):
    assert not glance.may_be(above + PLAN)


def test_a_log_that_quotes_a_plan_further_down_is_a_log():
    log = "".join(ROW.format(ms=number) for number in range(20))
    assert glance.may_be(log + PLAN + log)
