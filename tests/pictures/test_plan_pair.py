from app.pictures.plan_pair import plan_pair
from tests.pictures.facts import node, plan


def plain(text):
    return text.replace("\u00a0", " ")


def slow():
    scan = node(
        "Seq Scan",
        ms=90.0,
        relation="orders",
        rows_removed_by_filter=50,
        loops=2,
        buffers={"shared_hit": 1000},
    )
    sort = {"method": "external merge", "space_type": "Disk", "space_kb": 640}
    return plan(node("Sort", scan, ms=10.0, sort=sort, buffers={"shared_hit": 1000, "shared_read": 24}))


def fast():
    index = node("Bitmap Index Scan", ms=0.4, index="orders_user")
    heap = node("Bitmap Heap Scan", index, ms=0.1, relation="orders")
    return plan(node("Sort", heap, ms=0.5, buffers={"shared_hit": 8}))


def test_what_changed_is_said_in_rows():
    changes = plan_pair(slow(), fast()).changes

    assert changes.columns == ("", "before", "after", "change")
    assert [tuple(map(plain, row)) for row in changes.rows] == [
        ("Execution time", "100 ms", "1 ms", "100 times lower"),
        ("Planning time", "0.1 ms", "0.1 ms", "the same"),
        ("Blocks touched", "1,024", "8", "128 times lower"),
        ("Rows removed by filters", "100", "0", "none left"),
        ("Sorted on disk, kB", "640", "0", "none left"),
        ("Reads orders", "Seq Scan", "Bitmap Heap Scan using orders_user", "another way"),
    ]


def test_steps_are_marked_gone_and_new_and_bars_share_one_scale():
    pair = plan_pair(slow(), fast())

    assert [(row.title, row.change) for row in pair.before.rows] == [
        ("Sort", ""),
        ("Seq Scan on orders", "gone"),
    ]
    assert [(row.title, row.change) for row in pair.after.rows] == [
        ("Sort", ""),
        ("Bitmap Heap Scan on orders", "new"),
        ("Bitmap Index Scan on orders_user", "new"),
    ]
    assert [row.bar for row in pair.before.rows + pair.after.rows] == [10.0, 90.0, 0.5, 0.1, 0.4]


def test_the_sentence_names_the_time_and_the_table_read_another_way():
    assert plain(plan_pair(slow(), fast()).conclusion) == (
        "Execution time went from 100 ms to 1 ms, 100 times lower; "
        "orders is read by Bitmap Heap Scan using orders_user instead of Seq Scan."
    )


def test_the_same_plan_twice_has_nothing_new():
    pair = plan_pair(slow(), slow())

    assert {row.change for row in pair.before.rows + pair.after.rows} == {""}
    assert plain(pair.conclusion) == "Execution time is the same, 100 ms; every table is read as before."


def test_a_plan_that_was_not_run_is_not_compared_by_time():
    planned = plan(
        node(ms=0.0, relation="orders", exclusive_ms=None, inclusive_ms=None, loops=None), execution_ms=None
    )

    assert plan_pair(planned, fast()).conclusion.startswith("One of the plans was not run")


def test_without_a_tree_on_both_sides_there_is_no_pair():
    assert plan_pair({"root": None}, fast()) is None
    assert plan_pair(slow(), {}) is None
