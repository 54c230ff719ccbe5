"""Hostile and broken input: no unhandled exception, the same answer twice, and no megabyte takes over two seconds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.evidence.findings import Unreadable
from app.evidence.mysql_plan import KIND, reading
from app.evidence.mysql_plan.tree import Flattened
from app.evidence.plans import pair
from app.evidence.plans.strict import Refused
from app.evidence.source import Source
from tests.evidence import budget
from tests.evidence.plans.hostile import damaged, filled, reported
from tests.evidence.plans.told import Samples

SAMPLES = Samples(KIND)
TEXTS = [SAMPLES.text(name) for name in SAMPLES.files]
FIGURES = "  (cost=1.5 rows=2) (actual time=0.1..0.2 rows=3 loops=4)\n"
HEADER = "id\tselect_type\ttable\ttype\tpossible_keys\tkey\tkey_len\tref\trows\tExtra\n"
BOX = "| id | select_type | table | type | key | rows | Extra |\n"

HOSTILE = {
    "arrows": filled("-> "),
    "lines of arrows": filled("-> a\n"),
    "deep arrows": "".join(f"{' ' * depth}-> Filter: (a){FIGURES}" for depth in range(1200)),
    "roots": filled("-> Table scan on a" + FIGURES),
    "children": "-> Append" + FIGURES + filled("    -> Table scan on a" + FIGURES),
    "headings": "-> Append" + FIGURES + filled("    -> Select #2 (subquery in condition; dependent)\n"),
    "headings with steps": "-> Append" + FIGURES + filled("    -> Select #2 (x)\n        -> Limit: 1 row(s)" + FIGURES),
    "one line": "-> Filter: " + filled("(a = b) and "),
    "no figures": "-> Filter: (\n" + filled("x\n"),
    "half figures": filled("-> Filter: a  (actual time=\n"),
    "figures": "-> Limit " + filled(" (cost=1 rows=2)"),
    "row of a box": BOX + filled("| 1 | SIMPLE | t | ALL | NULL | 9 | x |\n"),
    "rows of many blocks": HEADER + "".join(f"{n}\tSIMPLE\tt\tALL\tNULL\tNULL\t4\tx\t9\ty\n" for n in range(30_000)),
    "derived of itself": HEADER + filled("2\tDERIVED\t<derived2>\tALL\tNULL\tNULL\t4\tx\t9\ty\n"),
    "headers": filled(HEADER),
    "bars": BOX + filled("|" * 400 + "\n"),
    "records": filled("*************************** 1. row ***************************\nid: 1\n"),
    "stars": filled("*"),
    "query blocks": filled('{"query_block":'),
    "blocks": filled('{"query_block": {"select_id": 1}}\n'),
    "operations": filled('{"operation": "a", "inputs": []}\n'),
    "nested inputs": '{"inputs": [' * 3000 + '{"operation": "a"}' + "]}" * 3000,
    "nested tables": '{"query_block": ' + '{"table": ' * 3000 + "{}" + "}" * 3001,
    "same table": '{"query_block": {' + ", ".join(['"table": {"table_name": "a"}'] * 20_000) + "}}",
    "subqueries": '{"query_block": {"subqueries": [' + ", ".join(['{"query_block": {"table": {}}}'] * 20_000) + "]}}",
    "batch": '{\\n  "query_block": ' + filled("\\n"),
    "comments": '{"query_block": {} } ' + filled(" /* query_block */"),
    "csv": "# id, select_type, table, type, key\n" + filled("'1', \"2, 'x\n"),
    "braces": filled('{"message": '),
}  # fmt: skip


def outcome(text):
    try:
        return reading.read(text)
    except (Refused, Flattened) as refused:
        return repr(refused)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_megabyte_takes_over_two_seconds(tmp_path, name):
    file = tmp_path / "plan.txt"
    file.write_text(HOSTILE[name])

    with budget.seconds(2):
        reported(file, KIND.name)


@pytest.mark.parametrize("number", ["1e400", "1e999", "1e30"])
def test_numbers_that_no_server_prints_are_refused_in_words(number):
    with pytest.raises(Refused) as refused:
        reading.read(f"-> Sort: a  (cost=1 rows=3) (actual time={number}..2 rows=3 loops=1)\n")

    assert str(refused.value) == "it holds a number that no server prints"


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=damaged(TEXTS))
def test_damaged_plans_are_reported_the_same_way_twice(tmp_path, text):
    file = tmp_path / "plan.txt"
    file.write_text(text)

    assert reported(file, KIND.name) == reported(file, KIND.name)


@settings(max_examples=100, deadline=None)
@given(damaged(TEXTS), damaged(TEXTS))
def test_damaged_plans_can_be_compared(first, second):
    before, after = outcome(first), outcome(second)
    if isinstance(before, str) or isinstance(after, str):
        return

    assert all(finding.code for finding in pair.compare({"plans": before}, {"plans": after}))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=3000) | st.text(max_size=2000).map(str.encode))
def test_any_bytes_get_a_report_or_a_reason(tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)
    source = Source("file", file)

    assert 0.0 <= KIND.sniff(source) <= 1.0
    try:
        answer = KIND.inspect(source).facts["plans"]
    except Unreadable as unreadable:
        answer = unreadable.finding.fix
    assert answer
