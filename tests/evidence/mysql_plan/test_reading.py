"""One plan reads alike in every form, figures are what the server meant, and sums are those made by hand."""

import html
import json
import re

import pytest

from app.evidence import registry
from app.evidence.mysql_plan import KIND, reading
from app.evidence.mysql_plan.operations import step
from app.evidence.mysql_plan.tree import Flattened
from app.evidence.plans.shape import walk
from app.evidence.source import Source
from tests.evidence.plans.told import Samples, wrapped

SAMPLES = Samples(KIND)
NAMED = ("node", "index", "plan_rows", "actual_rows", "loops", "inclusive_ms", "exclusive_ms", "conditions")


def nodes(text):
    (plan,) = reading.read(text)
    return list(walk(plan["root"]))


def named(text, keys=NAMED):
    return [{key: node[key] for key in keys} for node in nodes(text)]


def test_tree_in_a_box_from_batch_mode_and_json_are_one_plan():
    box = named(SAMPLES.text("mysql_before.txt"))

    assert [node["node"] for node in box] == ["Sort", "Filter", "Table scan"]
    assert named(SAMPLES.text("mysql_batch.txt")) == box
    assert named(SAMPLES.text("mysql_v2.json")) == box


def test_bare_quoted_and_wrapped_trees_read_alike():
    lines = SAMPLES.text("mysql_join.txt").splitlines()
    original = named("\n".join(lines))

    assert named("'" + "\\n".join(lines) + "\\n'") == original
    assert named("\n".join(f"> {line}" for line in lines)) == original
    assert named("\r\n".join(lines)) == original
    assert (
        named("EXPLAIN\n" + "\n".join(lines) + "\n\nWarnings:\nNote 1003 /* select#1 */ select 1\n")
        == original
    )


@pytest.mark.parametrize("name", ["mysql_join.txt", "mysql_hash.txt", "mysql_subquery.txt"])
@pytest.mark.parametrize("width", [100, 80, 72])
def test_a_tree_that_mail_wrapped_reads_like_the_one_in_the_terminal(name, width):
    keys = ("node", "relation", "plan_rows", "actual_rows", "loops", "inclusive_ms")

    assert named(wrapped(SAMPLES.text(name), width), keys) == named(SAMPLES.text(name), keys)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-le"])
@pytest.mark.parametrize("name", ["mysql_before.txt", "mariadb_before.json", "mariadb_analyze.txt"])
def test_other_encodings_read_the_same(tmp_path, encoding, name):
    file = tmp_path / "plan.txt"
    file.write_bytes(SAMPLES.text(name).encode(encoding))

    report = registry.inspect(Source("plan.txt", file))

    assert (report.kind, report.facts["plans"]) == (KIND.name, SAMPLES.facts(name)["plans"])


def test_times_of_a_nested_loop_are_multiplied_and_subtracted():
    text = (
        "-> Nested loop inner join  (cost=9 rows=10) (actual time=0.1..100 rows=10 loops=1)\n"
        "    -> Table scan on a  (cost=1 rows=10) (actual time=0.1..20 rows=10 loops=1)\n"
        "    -> Index lookup on b using i (x = a.y)  (cost=1 rows=1.5) (actual time=0.1..6 rows=0.25 loops=10)\n"
    )

    assert [(node["inclusive_ms"], node["exclusive_ms"], node["rows_total"]) for node in nodes(text)] == [
        (100.0, 20.0, 10),
        (20.0, 20.0, 10),
        (60.0, 60.0, 2.5),
    ]


def test_a_filter_knows_what_it_threw_away():
    filtered = nodes(SAMPLES.text("mysql_before.txt"))[1]

    assert (filtered["title"], filtered["rows_removed_by_filter"]) == ("Filter on orders", 59_970)


def test_a_subquery_of_the_select_list_runs_beside_its_query():
    query, table, _, subquery, *_ = nodes(SAMPLES.text("mysql_subquery.txt"))

    assert query["node"] == "Query"
    assert (table["inclusive_ms"], subquery["inclusive_ms"]) == (0.31, 4468.8)
    assert query["inclusive_ms"] == pytest.approx(4469.11)
    assert subquery["subplan_name"] == "Select #2 (subquery in projection; dependent)"


def test_a_temporary_table_holds_the_time_it_took_to_fill_it():
    scan, filled = nodes(SAMPLES.text("mysql_join.txt"))[1:3]

    assert (scan["relation"], filled["inclusive_ms"]) == ("<temporary>", 142.291)
    assert scan["inclusive_ms"] == pytest.approx(142.293)


def test_conditions_that_look_like_figures_stay_conditions():
    join = nodes(SAMPLES.text("mysql_hash.txt"))[1]

    assert (join["plan_rows"], join["actual_rows"]) == (5_940_000, 4980)
    assert join["conditions"] == {
        "hash_cond": "(p.total = o.id), extra conditions: (p.note like 'x -> y (cost=1 rows=2)%')"
    }


def test_steps_that_never_ran_cost_nothing():
    limit = next(node for node in nodes(SAMPLES.text("mysql_hash.txt")) if node["node"] == "Limit")

    assert (limit["never_executed"], limit["inclusive_ms"], limit["loops"]) == (True, 0.0, 0)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Table scan on my table", ("Table scan", "my table", None, {})),
        ("Index scan on t using PRIMARY (reverse)", ("Index scan", "t", "PRIMARY", {})),
        (
            "Covering index lookup on t using i (a = 1)",
            ("Covering index lookup", "t", "i", {"index_cond": "(a = 1)"}),
        ),
        (
            "Index range scan on t using i over (1 < a < 5), with index condition: (t.b = 2)",
            ("Index range scan", "t", "i", {"pushed_cond": "(t.b = 2)", "index_cond": "(1 < a < 5)"}),
        ),
        ("Constant row from t2", ("Constant row", "t2", None, {})),
        ("Limit: 5 row(s)", ("Limit", None, None, {"limit": "5 row(s)"})),
        ("Zero rows (Impossible WHERE)", ("Zero rows", None, None, {})),
        ("<not executable by iterator executor>", ("<not executable by iterator executor>", None, None, {})),
    ],
)
def test_the_words_of_a_step_are_taken_apart(words, expected):
    node = step(words, 1)

    assert (node["node"], node["relation"], node["index"], node["conditions"]) == expected


def test_mariadb_counts_rows_before_and_after_its_condition():
    block, table = nodes(SAMPLES.text("mariadb_before.json"))

    assert (table["rows_read"], table["actual_rows"], table["rows_removed_by_filter"]) == (60_000, 30, 59_970)
    assert (table["plan_rows_read"], table["full_scan"], table["line"]) == (58_142, True, 12)
    assert block["inclusive_ms"] == pytest.approx(block["exclusive_ms"] + table["inclusive_ms"], abs=1e-5)


def test_mariadb_prints_the_same_plan_with_every_switch_of_its_client():
    keys = ("node", "relation", "index", "plan_rows_read", "actual_rows", "loops")
    forms = [named(SAMPLES.text(name), keys) for name in ("mariadb_before.json", "mariadb_box.txt")]

    assert forms[0] == forms[1]


def test_a_sort_that_reads_a_table_holds_its_time():
    sort = next(node for node in nodes(SAMPLES.text("mariadb_sort_disk.json")) if node["node"] == "Sort")
    (table,) = sort["children"]

    assert sort["sort"] == {"method": "filesort", "passes": 67, "space_type": "Disk"}
    assert sort["inclusive_ms"] == pytest.approx(sort["exclusive_ms"] + table["inclusive_ms"], abs=1e-5)


def test_a_table_and_the_block_that_fills_it_stand_together():
    root, users, derived, block, orders = nodes(SAMPLES.text("mariadb_derived.txt"))

    assert root["children"] == [users, derived]
    assert derived["children"] == [block]
    assert (block["subplan_name"], block["children"]) == ("derived 2", [orders])


TABLE = (
    "id\tselect_type\ttable\ttype\tpossible_keys\tkey\tkey_len\tref\trows\tExtra\n"
    "1\tSIMPLE\to\tref\ti,j\ti\t4\tx|y\t7\tUsing where\n"
)


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        TABLE.replace("x|y", "x").replace("\t", "|"),
        "".join(f"| {line.replace('x|y', 'x')} |\n" for line in TABLE.replace("\t", " | ").splitlines()),
        ",".join(f'"{cell}"' for cell in TABLE.splitlines()[0].split("\t"))
        + "\n"
        + ",".join(f'"{cell}"' for cell in TABLE.splitlines()[1].split("\t")),
        TABLE.replace("\t", ";"),
        "*************************** 1. row ***************************\n"
        + "\n".join(
            f"{name:>13}: {cell}"
            for name, cell in zip(*(line.split("\t") for line in TABLE.splitlines()), strict=True)
        ),
    ],
    ids=["tabs", "bars", "box", "csv", "semicolons", "vertical"],
)
def test_a_table_reads_alike_however_it_is_ruled(text):
    _, table = nodes(text)

    assert (table["node"], table["relation"], table["index"]) == ("Index lookup", "o", "i")
    assert (table["possible_keys"], table["plan_rows_read"]) == (["i", "j"], 7)
    assert table["extra"] == {"Extra": "Using where"}


def test_old_mariadb_prints_a_key_twice_and_loses_nothing():
    text = '{"query_block": {"select_id": 1, "table": {"table_name": "a"}, "table": {"table_name": "b"}}}'

    assert [node["relation"] for node in nodes(text)] == [None, "a", "b"]


def test_several_plans_of_a_file_are_read_in_their_order():
    text = "\n\n".join(SAMPLES.text(name) for name in ("mysql_before.txt", "mysql_after.txt"))

    assert [plan["root"]["inclusive_ms"] for plan in reading.read(text)] == [21.4, 0.0721]


WINDOW = """
-> Window aggregate with buffering: rank()  (cost=0..0 rows=0) (actual time=1210..1340 rows=100000 loops=1)
    -> Sort: t.a, t.b DESC  (cost=10095 rows=99994) (actual time=1210..1225 rows=100000 loops=1)
        -> Filter: (t.b is not null)  (cost=10095 rows=99994) (actual time=0.08..82 rows=100000 loops=1)
            -> Table scan on t  (cost=10095 rows=99994) (actual time=0.07..70 rows=100000 loops=1)
"""
CTE = """
-> Nested loop inner join  (actual time=0.469..0.474 rows=20 loops=1)
    -> Table scan on a  (cost=2.5..2.5 rows=0) (actual time=0.4..0.402 rows=2000 loops=1)
        -> Materialize CTE a if needed  (cost=0..0 rows=0) (actual time=0.398..0.398 rows=2000 loops=1)
            -> Covering index scan on t using k  (cost=10.1 rows=1900) (actual time=0.04..0.2 rows=2000 loops=1)
    -> Index lookup on b using <auto_key0> (id=a.id)  (actual time=0.0030..0.0032 rows=1 loops=20)
        -> Materialize CTE b (query plan printed elsewhere)  (cost=0..0 rows=0) (never executed)
"""
ONCE = """
-> Filter: (o.total > (select #2))  (cost=10095 rows=33328) (actual time=88.1..190 rows=49876 loops=1)
    -> Table scan on o  (cost=10095 rows=99994) (actual time=0.0612..61.7 rows=100000 loops=1)
    -> Select #2 (subquery in condition; run only once)
        -> Aggregate: avg(orders.total)  (cost=20094 rows=1) (actual time=87.9..87.9 rows=1 loops=1)
            -> Table scan on orders  (cost=10095 rows=99994) (actual time=0.0308..56.4 rows=100000 loops=1)
"""
UNION = """
-> Table scan on <union temporary>  (cost=3.92..6.3 rows=8) (actual time=1.1..1.1 rows=8 loops=1)
    -> Union materialize with deduplication  (cost=3.6..3.6 rows=8) (actual time=1.09..1.09 rows=8 loops=1)
        -> Table scan on t1  (cost=0.65 rows=4) (actual time=0.08..0.39 rows=4 loops=1)
        -> Table scan on t2  (cost=0.65 rows=4) (actual time=0.08..0.39 rows=4 loops=1)
"""


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (WINDOW, {"Window aggregate with buffering": 115, "Sort": 1143, "Filter": 12, "Table scan": 70}),
        (CTE, {"Nested loop": 0.008, "Table scan": 0.004, "Materialize CTE a if needed": 0.198}),
        (ONCE, {"Filter": 40.4, "Aggregate": 31.5}),
        (UNION, {"Union materialize with deduplication": 0.31}),
    ],
)
def test_windows_common_tables_subqueries_and_unions_have_their_own_time(text, own):
    found = {}
    for node in nodes(text):
        found.setdefault(node["node"], node["exclusive_ms"])

    assert {name: found[name] for name in own} == pytest.approx(own)


@pytest.mark.parametrize("text", [WINDOW, CTE])
def test_a_guess_that_was_never_made_is_not_called_wrong(tmp_path, text):
    path = tmp_path / "plan.txt"
    path.write_text(text)

    assert "E12" not in {finding.code for finding in registry.inspect(Source("plan.txt", path)).findings}


def cells(name):
    """The header and the rows of a box."""
    lines = (line for line in SAMPLES.text(name).splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def as_objects(name):
    header, *rows = cells(name)
    return [
        dict(zip(header, (None if cell == "NULL" else cell for cell in row), strict=True)) for row in rows
    ]


def as_php(rows):
    pairs = ("".join(f'      +"{key}": {json.dumps(value)},\n' for key, value in row.items()) for row in rows)
    return "= [\n" + "".join(f"    {{#5012\n{pair}    }},\n" for pair in pairs) + "  ]\n"


def as_html(name):
    rows = ("".join(f"<TD>{html.escape(cell)}</TD>" for cell in row) for row in cells(name))
    return "<TABLE BORDER=1>" + "".join(f"<TR>{row}</TR>" for row in rows) + "</TABLE>"


@pytest.mark.parametrize("name", ["mariadb_analyze.txt", "mariadb_derived.txt"])
def test_rows_that_a_program_printed_as_objects_are_those_of_the_box(name):
    box, rows = named(SAMPLES.text(name)), as_objects(name)

    assert named(json.dumps(rows)) == box
    assert named(json.dumps({"results": rows}, indent=2)) == box
    assert named(repr(rows)) == box
    assert named(as_php(rows)) == box
    assert named(as_html(name)) == box
    assert named("\n".join(";".join(f'"{cell}"' for cell in row) for row in cells(name))) == box


def test_two_lists_of_objects_are_two_plans():
    rows = json.dumps(as_objects("mariadb_analyze.txt"), indent=1)

    assert len(reading.read(f"before\n{rows}\nafter\n{rows}\n")) == 2


@pytest.mark.parametrize("name", ["mysql_join.txt", "mysql_hash.txt"])
def test_a_tree_as_a_string_of_json_or_of_python_keeps_its_first_step(name):
    text = SAMPLES.text(name)

    assert named(json.dumps([{"EXPLAIN": text}], indent=2)) == named(text)
    assert named(repr([(text,)])) == named(text)
    assert named("| EXPLAIN |\n|---|\n| " + text.strip().replace("\n", "<br>") + " |\n") == named(text)
    assert named("\n".join(f"{at}\t{line}" for at, line in enumerate(text.splitlines(), 1))) == named(text)


@pytest.mark.parametrize("name", ["mysql_v1.json", "mariadb_before.json"])
def test_quotes_that_a_client_escaped_do_not_break_the_json(name):
    text = SAMPLES.text(name).replace('"rows', '"note": "it\'s", "rows', 1)

    assert named("'" + text.rstrip().replace("'", "\\'") + "'") == named(text)
    assert named('"EXPLAIN"\n"' + text.rstrip().replace('"', '\\"') + '"\n') == named(text)


@pytest.mark.parametrize("margin", ["", " ", "    "])
def test_a_tree_whose_spaces_a_page_made_one_is_refused(margin):
    text = "\n".join(margin + line for line in SAMPLES.text("mysql_join.txt").splitlines())

    with pytest.raises(Flattened):
        reading.read(re.sub(" {2,}", " ", text))


def test_a_fence_before_the_first_arrow_is_no_part_of_it():
    text = SAMPLES.text("mysql_join.txt")

    assert named(f"before: \n```{text}```") == named(text)


def test_a_box_with_bars_around_each_line_is_the_tree():
    text = SAMPLES.text("mysql_join.txt")
    box = "".join(f"| {line:<170} |\n" for line in text.splitlines())

    assert named("+---+\n| EXPLAIN |\n+---+\n" + box + "+---+\n1 row in set\n") == named(text)


def test_a_tree_with_an_empty_line_after_each_is_wrapped_no_less():
    text = SAMPLES.text("mysql_join.txt")

    assert named(text.replace("\n", "\n\n")) == named(text)
    assert len(nodes(wrapped(text, 78).replace("\n", "\n\n"))) == len(nodes(text))
