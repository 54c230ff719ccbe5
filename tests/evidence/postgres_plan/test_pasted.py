"""Plans as people paste them: quoted, wrapped, tabbed, coloured, twice in one file, cut off."""

import json
import re

import pytest

from app.evidence.postgres_plan.reading import Flattened, read
from app.evidence.postgres_plan.structured import Refused
from app.evidence.source import Source
from tests.evidence.plans.told import wrapped
from tests.evidence.postgres_plan.comparing import comparable
from tests.evidence.postgres_plan.kept import rows, sample


def tree(text):
    return comparable(read(text), shape=False)


def rows_of(text):
    """The plan as the server prints it, without psql's frame."""
    return [line[1:] for line in text.splitlines()[2:] if line.startswith(" ")]


VARIANTS = {
    "mail quote": lambda text: "\n".join(f"> {line}" for line in text.splitlines()),
    "twice quoted": lambda text: "\n".join(f">> {line}" for line in text.splitlines()),
    "fences": lambda text: f"Here is the plan, it's slow:\n\n```sql\n{text}```\nThanks!",
    "tabs": lambda text: "\n".join(
        "\t" * ((len(line) - len(line.lstrip())) // 8) + " " * ((len(line) - len(line.lstrip())) % 8) + line.lstrip()
        for line in text.splitlines()
    ),
    "windows": lambda text: text.replace("\n", "\r\n"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "colours": lambda text: "\n".join(f"\x1b[1;32m{line}\x1b[0m" for line in text.splitlines()),
    "trailing spaces": lambda text: "\n".join(f"{line:<140}" for line in text.splitlines()),
    "quoted lines": lambda text: "\n".join('"' + line.replace('"', '""') + '"' for line in text.splitlines()),
    "one quoted cell": lambda text: '"' + "\n".join(
        line[1:] for line in text.replace('"', '""').splitlines()[2:] if line.startswith(" ")) + '"\n',
    "echoed query": lambda text: "shop=# EXPLAIN (ANALYZE) SELECT 1 -> 2;\n" + text + "Time: 163.742 ms\n",
    "DBeaver": lambda text: "QUERY PLAN |\n-----------+\n" + "".join(
        f"{line[1:]:<140}|\n" for line in text.splitlines()[2:] if line.startswith(" ")),
    "translated title": lambda text: text.replace("QUERY PLAN", "ABFRAGEPLAN").replace("rows)", "Zeilen)"),
    "smart quotes": lambda text: "“" + text.replace("'", "’").replace('"', "”") + "”",
    "old-ascii rule": lambda text: text.replace("----", "-+--", 1),
    "timescale": lambda text: "--- QUERY PLAN ---\n" + "\n".join(text.splitlines()[2:]),
    "German footer": lambda text: text.replace("rows)", "Zeilen)"),
    "doubled blank lines": lambda text: text.replace("\n", "\n\n"),
    "prose before": lambda text: "I don't know (cost=?) why this -> happens:\n" + text,
    "numbered lines": lambda text: "\n".join(f"{at:>4}  {line}" for at, line in enumerate(text.splitlines(), 1)),
    "cat -n": lambda text: "\n".join(f"{at:>6}\t{line}" for at, line in enumerate(text.splitlines(), 1)),
    "expanded with borders": lambda text: "".join(
        f"├─[ RECORD {at} ]─────────┤\n│ QUERY PLAN │ {line[1:]:<150} │\n"
        for at, line in enumerate(text.splitlines()[2:], 1) if line.startswith(" ")),
    "LaTeX over pages": lambda text: "\\begin{longtable}{l}\n\\midrule\n\\endhead\n" + "".join(
        "\\raggedright{" + line[1:].replace("_", "\\_").replace(">", "\\textgreater{}") + "} \\tabularnewline\n"
        for line in text.splitlines()[2:] if line.startswith(" ")) + "\\end{longtable}\n",
    "wrapped at 100": lambda text: wrapped(text, 100),
    "wrapped at 80": lambda text: wrapped(text, 80),
    "wrapped at 72": lambda text: wrapped(text, 72),
    "wrapped below quotes": lambda text: wrapped("\n".join(f"> {line}" for line in text.splitlines()), 76),
    "cut at 90": lambda text: "\n".join(
        line[at : at + 90] for line in text.splitlines() for at in range(0, max(len(line), 1), 90)),
    "bullets": lambda text: "".join(f"• {line}\n" for line in text.splitlines()),
    "signs for spaces": lambda text: text.replace("  ", "··"),
    "a fence before the first word": lambda text: "before:\n```" + "\n".join(rows_of(text)) + "```\n",
    "Jira's sign before the first word": lambda text: "{noformat}" + "\n".join(rows_of(text)) + "\n{noformat}\n",
    "wrapped twice": lambda text: wrapped(wrapped(text, 90), 78),
    "wrapped and doubled": lambda text: wrapped(text, 76).replace("\n", "\n\n"),
    "a comment further right": lambda text: "".join(f"    -- {line}\n" for line in text.splitlines()),
    "arrows in a comment": lambda text: "".join(f"# {line}\n" for line in text.splitlines()).replace("->", "→"),
    "a page in prose": lambda text: "Hi,\n\n<pre><code>" + "\n".join(
        rows_of(text)).replace(">", "&gt;") + "</code></pre>\n",
    "a comment of SQL": lambda text: "EXPLAIN SELECT 1;\n" + "".join(f"-- {line}\n" for line in text.splitlines()),
    "a comment of a script": lambda text: "".join(f"# {line}\n" for line in text.splitlines()),
    "grep -n": lambda text: "".join(f"{at}:{line}\n" for at, line in enumerate(text.splitlines(), 1)),
    "a grid with its title": lambda text: "\tQUERY PLAN\n" + "".join(
        f"{at}\t{line}\n" for at, line in enumerate(rows_of(text), 1)),
    "a grid in quotes": lambda text: "".join(
        f'{at},"{line.replace(chr(34), chr(34) * 2)}"\n' for at, line in enumerate(rows_of(text), 1)),
    "numbers on lines of their own": lambda text: "QUERY PLAN\ntext\n" + "".join(
        f"{at}\n{line}\n" for at, line in enumerate(rows_of(text), 1)),
    "single quotes": lambda text: "".join(
        "'" + line.replace("'", "''") + "'\n" for line in rows_of(text)),
    "first quotes only": lambda text: "".join(f'"{line}\n' for line in rows_of(text)),
    "unaligned records": lambda text: "".join(f"QUERY PLAN|{line}\n\n" for line in rows_of(text)),
    "records in CSV": lambda text: "".join(
        f'QUERY PLAN,"{line.replace(chr(34), chr(34) * 2)}"\n' for line in rows_of(text)),
    "records without borders": lambda text: "".join(
        f"* Record {at}   \nQUERY PLAN {line}\n" for at, line in enumerate(rows_of(text), 1)),
    "LaTeX with rules": lambda text: "\\begin{tabular}{| l |}\n" + "".join(
        line.replace(">", "\\textgreater{}").replace("_", "\\_") + " \\\\\n\\hline\n" for line in rows_of(text)),
}  # fmt: skip


@pytest.mark.parametrize(
    "name", ["before.txt", "after.txt", "hash_disk.txt", "subplan_often.txt", "jit.txt", "lossy.txt"]
)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_pasted_plan_reads_like_the_one_in_the_terminal(name, variant):
    original = sample(name)

    assert tree(VARIANTS[variant](original)) == tree(original)


NOT_TEXT = (
    "mail quote", "twice quoted", "fences", "windows", "no-break spaces", "colours", "trailing spaces", "quoted lines",
    "echoed query", "German footer", "doubled blank lines", "prose before", "wrapped at 80",
)  # fmt: skip


@pytest.mark.parametrize("name", ["before.json", "before.yaml", "before.xml"])
@pytest.mark.parametrize("variant", NOT_TEXT)
def test_the_other_formats_stand_the_same(name, variant):
    original = sample(name)

    assert tree(VARIANTS[variant](original)) == tree(original)


@pytest.mark.parametrize(
    ("form", "variant"),
    [
        (form, variant)
        for form in ("json", "yaml", "xml")
        for variant in NOT_TEXT
        if (form, variant) != ("xml", "doubled blank lines")  # a literal of several lines is another one then
    ],
)
def test_the_other_formats_bare_stand_the_same(form, variant):
    original = next(
        row["text"]
        for row in rows("frames")
        if (row["version"], row["frame"], row["format"]) == (18, "tuples", form)
    )

    assert tree(VARIANTS[variant](original)) == tree(original)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-le"])
def test_other_encodings_read_the_same(tmp_path, encoding):
    file = tmp_path / "plan.txt"
    file.write_bytes(sample("before.txt").encode(encoding))

    assert tree(Source("plan.txt", file).text()) == tree(sample("before.txt"))


def _jsonlog(plan):
    """A line of PostgreSQL's jsonlog, as auto_explain of version 15 wrote it."""
    message = f"duration: 12.5 ms  plan:\nQuery Text: SELECT 1;\n{plan}"
    line = {
        "timestamp": "2026-11-26 00:50:34.540 UTC",
        "pid": 31186,
        "error_severity": "LOG",
        "message": message,
    }
    return json.dumps(line, separators=(",", ":")) + "\n"


def test_a_plan_in_a_json_log_reads_like_the_one_in_the_terminal():
    body = "".join(line[1:] + "\n" for line in sample("before.txt").splitlines()[2:] if line.startswith(" "))

    first, second = read('{"message":"starting PostgreSQL 15.18"}\n' + _jsonlog(body) * 2)

    (terminal,) = read(sample("before.txt"))
    assert comparable([first | {"query": None}], shape=True) == comparable([terminal], shape=True)
    assert (first["duration_ms"], first["query"], second["root"]["line"]) == (12.5, "SELECT 1;", 3)


def test_a_json_log_that_was_cut_gives_the_steps_before_the_end():
    body = "".join(line[1:] + "\n" for line in sample("before.txt").splitlines()[2:] if line.startswith(" "))

    assert len(read(_jsonlog(body)[:-300])) == 1


def test_a_plan_in_xml_in_a_json_log_reads_like_the_file():
    body = next(
        row["text"]
        for row in rows("frames")
        if (row["version"], row["frame"], row["format"]) == (18, "tuples", "xml")
    )

    plans = read(_jsonlog(body) * 2)

    assert comparable(plans, shape=False) == tree(body) * 2


def test_a_plan_in_json_in_a_json_log_reads_like_the_file():
    logged = json.dumps(
        {"message": "duration: 12.5 ms  plan:\n" + json.dumps(json.loads(sample("before.json"))[0], indent=1)}
    )

    (plan,) = read(logged + "\n")

    assert plan["duration_ms"] == 12.5
    assert comparable([plan], shape=True) == comparable(read(sample("before.json")), shape=True)


def test_two_plans_in_one_file_are_two_plans_with_their_lines():
    first, second = sample("before.txt"), sample("after.txt")

    plans = read(first + "\nafter the index:\n\n" + second)

    assert [plan["root"]["node"] for plan in plans] == [
        read(first)[0]["root"]["node"],
        read(second)[0]["root"]["node"],
    ]
    assert plans[1]["line"] == first.count("\n") + 3 + 3
    assert plans[0]["last_line"] < plans[1]["line"]


def test_a_plan_pasted_twice_without_a_gap_is_two_plans():
    body = "".join(line + "\n" for line in sample("before.txt").splitlines()[2:-2])

    assert len(read(body + body)) == 2


def test_the_head_of_a_plan_is_kept_when_the_tail_is_cut_off():
    text = sample("subplan_often.txt")

    for end in range(text.index("loops=1)") + 8, len(text), 7):
        plans = read(text[:end])
        assert len(plans) == 1
        assert plans[0]["root"]["node"] == read(text)[0]["root"]["node"]


def test_a_step_alone_is_read_and_called_a_fragment():
    arrow = next(line for line in sample("before.txt").splitlines() if "->" in line)

    (plan,) = read(arrow)

    assert plan["fragment"] is True
    assert plan["root"]["node"] == "Seq Scan"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[{"Plan": {"Node Type": "Limit", "Plan Rows": NaN}}]', "NaN"),
        ('[{"Plan": {"Node Type": "Limit", "Plan Rows": 1e999}}]', "no server prints"),
        ('[{"Plan": {"Node Type": "Limit", "Plan Rows": ' + "9" * 5000 + "}}]", "no server prints"),
        ('[{"Plan": {"Node Type": "Limit", "Node Type": "Sort"}}]', "stands twice"),
        ('{"Plan": ' + '{"Node Type": "Limit", "Plans": [' * 50_000, "deeper than"),
        ('{"Plan": ' + '{"Node Type": "Limit", "Plans": [' * 400 + "]}" * 400 + "}", "deeper than"),
        ('[{"Plan": {"Node Type": "Limit"', "line 1"),
    ],
    ids=["NaN", "infinity", "long number", "twice", "bomb", "deep", "cut"],
)
def test_json_that_cannot_be_trusted_is_refused_in_words(text, reason):
    with pytest.raises(Refused) as refused:
        read(text)

    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- Plan:\n    Node Type: &a A\n    Filter: *a\n", "an alias"),
        ("- Plan:\n    Node Type: !!python/object:os.system A\n", "a tag"),
        ("- Plan:\n    Node Type: A\n    Node Type: B\n", "stands twice"),
        ('- Plan:\n    Node Type: "A\n', "line"),
        ("<explain><Query><Plan><Node-Type>A</Node-Type>", "last lines are missing"),
        ("<explain><Query><Plan><Node-Type>A</Plan></explain>", "its XML breaks at line 1"),
        ("<explain><!DOCTYPE a><Plan><Node-Type>A</Node-Type></Plan></explain>", "XML breaks"),
        ("<explain><Plan><Node-Type>A</Node-Type><Node-Type>B</Node-Type></Plan></explain>", "stands twice"),
    ],
    ids=["alias", "tag", "twice", "open", "cut", "broken", "document type", "twice in XML"],
)
def test_yaml_and_xml_that_cannot_be_trusted_are_refused_in_words(text, reason):
    with pytest.raises(Refused) as refused:
        read(text)

    assert reason in str(refused.value)


def test_an_entity_of_the_file_is_never_looked_up():
    text = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n<explain><Plan><Node-Type>&a;</Node-Type></Plan></explain>'

    with pytest.raises(Refused) as refused:
        read(text)

    assert "XML breaks" in str(refused.value)


def test_text_that_nests_too_deep_is_refused():
    lines = (f"{' ' * depth}->  Limit  (cost=0.00..1.00 rows=1 width=4)" for depth in range(500))

    with pytest.raises(Refused):
        read("Limit  (cost=0.00..1.00 rows=1 width=4)\n" + "\n".join(lines))


def test_a_plan_without_indentation_is_refused():
    with pytest.raises(Flattened):
        read(sample("flattened.txt"))


@pytest.mark.parametrize("name", ["before.txt", "hash_disk.txt", "subplan_often.txt", "jit.txt"])
def test_a_plan_whose_spaces_a_page_made_one_is_refused_and_not_contradicted(name):
    with pytest.raises(Flattened):
        read(re.sub(" {2,}", " ", "\n".join(rows_of(sample(name)))))


def test_values_of_wrong_types_do_no_harm():
    text = '[{"Plan": {"Node Type": 7, "Plans": {}, "Actual Rows": "x", "Workers": 5, "Filter": [1, null]}, "JIT": 3}]'

    (plan,) = read(text)

    assert plan["root"]["actual_rows"] is None
    assert plan["root"]["conditions"] == {"filter": "1, "}
    assert plan["jit"] == {}


def test_names_with_everything_in_them_are_kept():
    name = '"it""s -> a (cost=1.00..2.00 rows=3 width=4) on x"'

    (plan,) = read(
        f"Seq Scan on {name} \"my alias\"  (cost=0.00..1.00 rows=1 width=4)\n  Filter: (a = 'x: -> y')"
    )

    assert plan["root"]["relation"] == 'it"s -> a (cost=1.00..2.00 rows=3 width=4) on x'
    assert plan["root"]["alias"] == "my alias"
    assert plan["root"]["conditions"] == {"filter": "(a = 'x: -> y')"}
