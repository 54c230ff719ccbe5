"""Whatever facts are stored, from whatever version of a checker: a sound picture or none, and never an error."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from app.pictures.latency_over_time import latency_over_time
from app.pictures.percentile_curve import percentile_curve
from app.pictures.plan_nodes import slowest
from app.pictures.plan_pair import plan_pair
from app.pictures.plan_tree import plan_tree
from tests.pictures.reading import Read

HEAVIEST = 12_000
NO_NUMBER = re.compile("nan|inf(?!rastructure)", re.IGNORECASE)


def any_text(longest):
    """Any text but one that says itself what a number that is none would be printed as."""
    return st.text(max_size=longest).filter(lambda text: not NO_NUMBER.search(text))


WEIRD = st.none() | st.booleans() | st.floats() | st.integers() | any_text(8) | st.lists(st.integers())
MS = st.floats(0, 1e12)
LEVEL = st.fixed_dictionaries({"value": MS, "low": st.none() | MS, "high": st.none() | MS})
NUMBERS = st.integers(0, 10**9)
POINT = st.tuples(st.floats(0, 5000), NUMBERS, NUMBERS, st.none() | MS).map(list)
GOOD = {
    "n": st.integers(1, 10**9),
    "requests": NUMBERS,
    "errors": NUMBERS,
    "error_rate": st.floats(0, 1),
    "throughput": st.floats(0, 1e7),
    "max": MS,
    **dict.fromkeys(("p50", "p90", "p95", "p99", "p999"), LEVEL),
    "curve": st.lists(st.tuples(st.floats(0, 100), MS).map(list), max_size=50),
    "series": st.fixed_dictionaries({"step_s": st.floats(0.01, 60), "points": st.lists(POINT, max_size=60)}),
    "load": st.fixed_dictionaries(
        {
            "stalls": st.lists(
                st.fixed_dictionaries({"start_s": st.floats(0, 5000), "length_s": st.floats(0, 50)})
            )
        }
    ),
}
LATENCY = st.fixed_dictionaries({}, optional={name: good | WEIRD for name, good in GOOD.items()})
TEXT = any_text(20) | st.sampled_from(["<script>", 'a"b', "&amp;", "\x00\ud800"])
STEP = {
    **{
        name: st.none() | TEXT | WEIRD
        for name in ("title", "node", "relation", "index", "subplan_name", "alias")
    },
    **dict.fromkeys(
        ("exclusive_ms", "inclusive_ms", "plan_rows", "actual_rows", "loops", "total_cost"),
        MS | NUMBERS | WEIRD,
    ),
    "conditions": st.dictionaries(st.sampled_from(["filter", "sort_key"]), TEXT) | WEIRD,
    "buffers": st.dictionaries(st.sampled_from(["shared_hit", "shared_read"]), NUMBERS | WEIRD) | WEIRD,
    "sort": st.fixed_dictionaries({"method": TEXT, "space_type": st.just("Disk"), "space_kb": NUMBERS})
    | WEIRD,
}
NODE = st.recursive(
    st.fixed_dictionaries({}, optional=STEP),
    lambda below: st.fixed_dictionaries({"children": st.lists(below | WEIRD, max_size=3)}, optional=STEP),
    max_leaves=12,
)
PLAN = st.fixed_dictionaries(
    {"root": NODE | WEIRD}, optional={"execution_ms": MS | WEIRD, "planning_ms": MS | WEIRD}
)


def require_sound(picture):
    if picture is None:
        return
    read = Read(picture.svg)
    assert (read.strange, read.outside) == (set(), [])
    assert read.root.get("role") == "img"
    assert read.name
    assert read.description
    assert picture.conclusion
    assert {len(row) for row in picture.table.rows} == {len(picture.table.columns)}
    assert len(picture.svg) <= HEAVIEST
    assert not NO_NUMBER.search(picture.svg)


@settings(max_examples=150, deadline=None)
@given(st.none() | LATENCY, st.none() | LATENCY)
def test_any_two_recordings_are_drawn_inside_the_picture(before, after):
    require_sound(percentile_curve(before, after))


@settings(max_examples=150, deadline=None)
@given(LATENCY)
def test_any_recording_is_drawn_inside_the_picture(facts):
    require_sound(latency_over_time(facts))


@settings(max_examples=150, deadline=None)
@given(PLAN, PLAN)
def test_any_two_plans_are_told_or_left_alone(before, after):
    tree, pair = plan_tree(before["root"]), plan_pair(before, after)

    assert (tree is None) == (not isinstance(before["root"], dict))
    if tree is not None:
        assert {len(row.cells) for row in tree.rows} == {len(tree.columns)}
        assert all(row.bar is None or 0 <= row.bar <= 100 for row in tree.rows)
    if pair is not None:
        assert {len(row) for row in pair.changes.rows} <= {4}


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["plans"]), st.lists(PLAN | WEIRD) | WEIRD))
def test_any_facts_of_plans_have_a_slowest_or_none(facts):
    found = slowest(facts)

    assert found is None or isinstance(found["root"], dict)
