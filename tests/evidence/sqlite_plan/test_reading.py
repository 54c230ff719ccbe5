"""Trees and rows of one plan give one tree; sentences of all versions are taken apart."""

import html
import json

import pytest

from app.evidence import registry
from app.evidence.plans.shape import walk
from app.evidence.source import Held
from app.evidence.sqlite_plan import KIND, reading
from app.evidence.sqlite_plan.steps import step
from tests.evidence.plans.told import Samples

SAMPLES = Samples(KIND)


def outline(text):
    (plan,) = reading.read(text)
    waiting, found = [(plan["root"], 0)], []
    while waiting:
        node, depth = waiting.pop()
        found.append((depth, node["title"], node["relation"]))
        waiting += [(child, depth + 1) for child in reversed(node["children"])]
    return found


EXPECTED = [
    (0, "QUERY PLAN", None),
    (1, "Search", "u"),
    (1, "CORRELATED SCALAR SUBQUERY 1", None),
    (2, "Scan", "o"),
    (1, "USE TEMP B-TREE FOR ORDER BY", None),
]
DRAWN = (
    "QUERY PLAN\n|--SEARCH u USING INTEGER PRIMARY KEY (rowid<?)\n|--CORRELATED SCALAR SUBQUERY 1\n|  `--SCAN o\n"
    "`--USE TEMP B-TREE FOR ORDER BY\n"
)
COLUMNS = ("id", "parent", "notused", "detail")
ROWS = [tuple(json.loads(SAMPLES.text("rows.json"))[at][key] for key in COLUMNS) for at in range(4)]


@pytest.mark.parametrize(
    "text",
    [
        DRAWN,
        "".join(f"   {line}\n" for line in DRAWN.splitlines()),
        "".join(f"> {line}\n" for line in DRAWN.splitlines()),
        "sqlite> EXPLAIN QUERY PLAN SELECT 1;\n" + DRAWN + "Run Time: real 0.001\n",
        DRAWN.replace("|--", "├─").replace("`--", "└─").replace("|  ", "│  "),
        SAMPLES.text("rows_python.txt"),
        SAMPLES.text("rows_bars.txt"),
        SAMPLES.text("rows.json"),
        SAMPLES.text("rows_bars.txt").replace("|", "\t"),
        SAMPLES.text("rows_bars.txt").replace("|", ","),
        "".join(f"| {line} |\n" for line in SAMPLES.text("rows_bars.txt").replace("|", " | ").splitlines()),
        DRAWN + "┌─────────┬───┐\n│ country │ m │\n├─────────┼───┤\n│ de      │ 4 │\n└─────────┴───┘\n",
        DRAWN.replace("--", "–"),
        DRAWN.replace("`--", "'--"),
        "".join(f"-- {line}\n" for line in DRAWN.splitlines()),
        "".join(f"{at:>3}  {line}\n" for at, line in enumerate(DRAWN.splitlines(), 1)),
        f"<pre>{html.escape(DRAWN)}</pre>",
        repr(ROWS),
        repr([dict(zip(COLUMNS, row, strict=True)) for row in ROWS]),
        "".join(
            "{ " + ", ".join(f"{key}: {value!r}" for key, value in zip(COLUMNS, row, strict=True)) + " },\n"
            for row in ROWS
        ),
        "".join(
            "+".join(f'"{key}": {json.dumps(value)},\n' for key, value in zip(COLUMNS, row, strict=True))
            for row in ROWS
        ),
        "\n".join(" ".join(map(str, row)) for row in ROWS),
        "\n".join(",".join(f'"{cell}"' for cell in row) for row in (COLUMNS, *ROWS)),
        "\n".join("".join(f"{cell!s:<9}" for cell in row) for row in (COLUMNS, *ROWS)),
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
        + "</table>",
    ],
    ids=[
        "drawn",
        "indented",
        "mailed",
        "session",
        "boxes",
        "python",
        "bars",
        "json",
        "tabs",
        "csv",
        "table",
        "before a box",
        "dashes",
        "quotes",
        "comment",
        "numbers",
        "page",
        "list",
        "dictionaries",
        "javascript",
        "php",
        "django",
        "quoted csv",
        "column",
        "table of a page",
    ],
)
def test_one_plan_reads_alike_however_it_is_printed(text):
    assert outline(text) == EXPECTED


@pytest.mark.parametrize(
    ("sentence", "table", "index", "scans", "condition"),
    [
        ("SCAN orders", "orders", None, True, None),
        ("SCAN TABLE orders AS o", "orders", None, True, None),
        ("SCAN orders USING COVERING INDEX i", "orders", "i", False, None),
        ("SEARCH o USING INDEX i (user_id=? AND made_at>?)", "o", "i", False, "(user_id=? AND made_at>?)"),
        (
            "SEARCH TABLE users USING INTEGER PRIMARY KEY (rowid=?)",
            "users",
            "PRIMARY KEY",
            False,
            "(rowid=?)",
        ),
        ("SEARCH p USING AUTOMATIC COVERING INDEX (user_id=?)", "p", None, False, "(user_id=?)"),
        ("SEARCH u USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN", "u", "PRIMARY KEY", False, "(rowid=?)"),
        ("SCAN docs VIRTUAL TABLE INDEX 0:M1", "docs", None, False, None),
        ("SCAN CONSTANT ROW", None, None, False, None),
    ],
)
def test_a_sentence_is_taken_apart(sentence, table, index, scans, condition):
    node = step(sentence, 1)

    assert (node["relation"], node["index"], node["full_scan"]) == (table, index, scans)
    assert node["conditions"].get("index_cond") == condition


def test_a_scan_of_rows_made_by_the_plan_is_no_scan_of_a_table():
    (plan,) = reading.read(SAMPLES.text("coroutine.txt"))

    assert [node["relation"] for node in walk(plan["root"]) if node["full_scan"]] == ["orders"]


def test_plans_with_text_between_them_are_two():
    text = SAMPLES.text("before.txt") + "\nafter the index:\n" + SAMPLES.text("after.txt")

    assert [len(plan["root"]["children"]) for plan in reading.read(text)] == [2, 1]


def test_a_plan_without_times_says_so_to_the_ledger():
    facts = SAMPLES.facts("before.txt")

    assert KIND.measures["plan_time"](None, facts) is None
    assert KIND.why_not("plan_time", facts) == "a plan of SQLite shows strategy, not timing."


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("  ".join(f"{cell!s:<9}" for cell in row) for row in (COLUMNS, *ROWS)),
        "\n".join(f"| {' | '.join(map(str, row))} |" for row in (COLUMNS, *ROWS)),
        "\n".join(",".join(f'"{cell}"' for cell in row) for row in (COLUMNS, *ROWS)),
        repr([dict(zip(COLUMNS, row, strict=True)) for row in ROWS]),
        DRAWN.replace("--", "–"),
        f"<!DOCTYPE html><html><body><pre>{html.escape(DRAWN)}</pre></body></html>",
    ],
    ids=["column", "markdown", "csv", "dictionaries", "dashes", "page"],
)
def test_a_plan_is_recognised_however_it_is_printed(text):
    report = registry.inspect(Held("plan.txt", None, text.encode()))

    assert (report.kind, len(report.facts["plans"])) == ("sqlite_plan", 1)
