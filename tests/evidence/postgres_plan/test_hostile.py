"""Hostile and broken input: no unhandled exception, the same answer twice, and no megabyte takes over two seconds."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.evidence.findings import Unreadable
from app.evidence.plans import pair
from app.evidence.plans.shape import walk
from app.evidence.postgres_plan import KIND, checks
from app.evidence.postgres_plan.reading import Flattened, read
from app.evidence.postgres_plan.structured import Refused
from app.evidence.source import Source
from tests.evidence import budget
from tests.evidence.postgres_plan.kept import rows

MEGABYTE = 1_000_000
NODE = "  (cost=0.00..1.00 rows=1 width=4) (actual time=0.001..0.002 rows=1 loops=1)\n"


def filled(piece):
    return (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]


HOSTILE = {
    "spaces and a sign": filled(" " * 1000 + "x\n"),
    "one line of spaces": " " * MEGABYTE + "x",
    "half costs": filled("Seq Scan on a  (cost=\n"),
    "one line of costs": filled("(cost=1.00..2.00 rows=3 "),
    "one line of starts": "Limit" + filled("(actual (cost=(never executed"),
    "digits": "Limit  (cost=" + "1" * MEGABYTE,
    "roots": filled("Limit" + NODE),
    "flat children": "Append" + NODE + filled("  ->  Seq Scan on a" + NODE),
    "init plans": "Result" + NODE + filled("  InitPlan 1 (returns $0)\n    ->  Seq Scan on a" + NODE),
    "open quotes": "Limit" + NODE + filled("  Filter: (a = 'x\n"),
    "mixed quotes": "Limit" + NODE + filled("  Filter: 'a\"\n"),
    "endless literal": "Limit" + NODE + "  Filter: (a = '" + filled("x\n"),
    "open parentheses": "Limit" + NODE + "  Output: (\n" + filled("  ((((\n"),
    "long output": "Limit" + NODE + "  Output: " + filled("a, "),
    "many workers": "Sort"
    + NODE
    + "".join(f"  Worker {n}:  Sort Method: x  Memory: 1kB\n" for n in range(9999)),
    "arrows": filled("->"),
    "lines of arrows": filled("  ->\n"),
    "CTEs": "Result" + NODE + filled("  CTE c\n    ->  CTE Scan on c" + NODE),
    "braces": filled('[{"Plan":'),
    "Plans": filled('{"Plan": {"Node Type": "Limit"}}\n'),
    "brackets": filled("["),
    "cells": filled("<td"),
    "open cells": filled("<td>a</td><td>"),
    "records": "-[ RECORD 1 ]\n" + filled("|" * 100 + "\n"),
    "bars": filled("| | |\n"),
    "dots": filled(".\n"),
    "csv quotes": '"Limit  (cost=' + filled('""\n'),
    "wide JSON": '{"Plan": {"Node Type": "A", "Plans": ['
    + ", ".join(['{"Node Type": "B"}'] * 50_000)
    + "]}}",
    "cut JSON": '{"Plan": {"Node Type": "A", "Plans": [' + filled('{"Node Type": "B"}, '),
    "open strings": '{"Plan": {"Node Type": "' + filled('"\n'),
    "YAML nodes": "- Plan:\n    Node Type: A\n    Plans:\n" + filled("      - Node Type: B\n"),
    "YAML keys": "- Plan:\n    Node Type: A\n" + "".join(f"    K{n}: 1\n" for n in range(60_000)),
    "YAML one key": "- Plan:\n    Node Type: A\n" + filled("    Filter: 1\n"),
    "YAML plans": filled("- Plan:\n    Node Type: A\n"),
    "YAML first keys": "Node Type: \n" + filled("Plan:\n"),
    "YAML flow": "- Plan:\n    Node Type: " + filled("["),
    "YAML maps": "- Plan:\n    Node Type: " + filled("{a: "),
    "YAML bomb": "- Plan:\n    Node Type: &a [x]\n    Plans: [" + filled("*a, "),
    "YAML depth": "- Plan:\n    Node Type: A\n" + "".join(f"{' ' * (n + 4)}a:\n" for n in range(1_300)),
    "YAML quotes": '- Plan:\n    Node Type: "' + filled("x\n"),
    "YAML backslashes": '- Plan:\n    Node Type: "' + filled("\\"),
    "XML nodes": "<explain><Query><Plan><Node-Type>A</Node-Type><Plans>"
    + "<Plan><Node-Type>B</Node-Type></Plan>" * 20_000
    + "</Plans></Plan></Query></explain>",
    "XML depth": "<explain><Node-Type>" + "<a>" * 100_000 + "</a>" * 100_000 + "</Node-Type></explain>",
    "XML starts": filled("<explain>"),
    "XML plans": filled("<explain><Query><Plan><Node-Type>A</Node-Type></Plan></Query></explain>\n"),
    "XML attributes": "<explain " + "".join(f'a{n}="x" ' for n in range(50_000)) + "></explain>",
    "XML entities": '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><explain>' + filled("&a;") + "</explain>",
    "XML text": "<explain><Query><Plan><Node-Type>" + filled("x\n") + "</Node-Type></Plan></Query></explain>",
    "LaTeX": "\\begin{tabular}\n" + filled("\\\\"),
    "settings": "Limit" + NODE + "Settings: " + filled("a = ''', "),
    "triggers": "Limit" + NODE + filled("Trigger on on on: calls=1\n"),
    "mail": filled(">" * 400 + "\n"),
    "escapes": filled("\x1b["),
    "tabs": filled("\t" * 400 + "x\n"),
    "durations": filled("duration: 1 ms  plan:\nQuery Text: x\n"),
}


def outcome(text):
    """What reading gives, in a form that can be compared."""
    try:
        plans = read(text)
    except (Refused, Flattened) as refused:
        return repr(refused)
    findings = [repr(finding) for plan in plans for finding in checks.findings(plan)]
    return json.dumps(plans, allow_nan=False), findings


@pytest.mark.parametrize("name", HOSTILE)
def test_no_megabyte_takes_over_two_seconds(name):
    with budget.seconds(2):
        outcome(HOSTILE[name])


STRAY = (
    "",
    "9" * 30,
    "-1",
    "\n",
    "'",
    '"',
    "null",
    "(",
    "->",
    "\x00",
    "[]",
    "{}",
    " (cost=",
    "loops=0",
    "é",
    "\t",
)
STRAY += ("NaN", "1e400", "true", "InitPlan 1 (returns $0)\n", "CTE x\n", "|", "+\n", "\u00a0", "Worker 0:  ")


@st.composite
def damaged(draw):
    """A true plan after a few cuts, swaps, doublings and stray characters."""
    row = draw(st.sampled_from(rows("pairs") + rows("frames")))
    text = row.get(draw(st.sampled_from(("text", "json", "yaml", "xml"))), row["text"])
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 80)))
        piece = draw(st.sampled_from((*STRAY, text[start:end] * 2)))
        text = text[:start] + piece + text[end:]
    return text


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_damaged_plans_are_read_or_refused_the_same_way_twice(text):
    assert outcome(text) == outcome(text)


@settings(max_examples=100, deadline=None)
@given(damaged(), damaged())
def test_damaged_plans_can_be_compared(first, second):
    try:
        before, after = {"plans": read(first)}, {"plans": read(second)}
    except (Refused, Flattened):
        return

    assert all(finding.code for finding in pair.compare(before, after))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=3000) | st.text(max_size=2000).map(str.encode))
def test_any_bytes_get_a_report_or_a_reason(tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)
    source = Source("file", file)

    assert 0.0 <= KIND.sniff(source) <= 1.0
    assert reported(source)


def reported(source):
    """The plans, or what to do about a file without any; never neither."""
    try:
        return KIND.inspect(source).facts["plans"]
    except Unreadable as unreadable:
        return unreadable.finding.fix


@pytest.mark.parametrize("label", ["Plans", "Workers", "Target Tables", "Keys", "JIT", "Node Type", "Line"])
def test_a_line_named_like_a_key_of_the_tree_is_passed_over(label):
    head = "Aggregate  (cost=1.00..2.00 rows=1 width=8)"
    child = "  ->  Seq Scan on t  (cost=0.00..1.00 rows=1 width=8)"
    more = [
        "  Group Key: a",
        "  Worker 0:  Sort Method: quicksort  Memory: 25kB",
        "  Insert on t",
        "        JIT:",
    ]

    (plain,), (odd,) = (read("\n".join([head, *lines, *more, child])) for lines in ([], [f"  {label}: x"]))

    assert [node["node"] for node in walk(odd["root"])] == [node["node"] for node in walk(plain["root"])]


@pytest.mark.parametrize(
    "label", ["Sort Method", "Storage", "Full-sort Groups", "Pre-sorted Groups", "Buckets", "Hits"]
)
def test_a_label_whose_value_was_lost_keeps_what_follows_it(label):
    text = f"Sort  (cost=1.00..2.00 rows=3 width=4) (actual time=0.1..0.2 rows=3 loops=1)\n  {label}:   Memory: 26kB\n"
    [plan] = read(text)
    assert plan["root"]["actual_rows"] == 3
    assert plan["root"]["sort"].get("method") is None
