"""A plan of 300 steps, each below the last: read, kept as JSON as a page would read it, and drawn."""

import json

import pytest

from app.evidence import output, registry
from app.evidence.source import Source
from app.pictures.plan_nodes import slowest
from app.pictures.plan_tree import plan_tree

DEEP = 300
STEP = "(cost=0.00..1.00 rows=1 width=4) (actual time=0.000..1.000 rows=1 loops=1)"


def as_text():
    lines = [f"Limit  {STEP}", *(f"{' ' * (6 * at - 4)}->  Limit  {STEP}" for at in range(1, DEEP - 1))]
    return "\n".join(
        [*lines, f"{' ' * (6 * DEEP - 10)}->  Seq Scan on t  {STEP}", "Execution Time: 1.000 ms"]
    )


def as_json():
    times = {"Actual Startup Time": 0.0, "Actual Total Time": 1.0, "Actual Rows": 1, "Actual Loops": 1}
    step = {"Node Type": "Seq Scan", "Relation Name": "t", "Alias": "t", **times}
    for _ in range(DEEP - 1):
        step = {"Node Type": "Limit", **times, "Plans": [step]}
    return json.dumps([{"Plan": step, "Execution Time": 1.0}])


def read_below(text, frames):
    """The value of a JSON text, read with so many calls above, as in a request."""
    return json.loads(text) if frames == 0 else read_below(text, frames - 1)


@pytest.mark.parametrize("write", [as_text, as_json])
def test_a_plan_of_three_hundred_steps_is_read_kept_and_drawn(tmp_path, write):
    path = tmp_path / "plan.txt"
    path.write_text(write())

    report = registry.inspect(Source(path.name, path))

    assert not report.is_blocked
    (kept,) = read_below(output.as_json([("plan.txt", report)]), 150)
    tree = plan_tree(slowest(kept["facts"])["root"])
    assert len(tree.rows) == 40
    assert tree.left_out.startswith("260 more steps, ")
