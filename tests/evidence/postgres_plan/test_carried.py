"""Plans that containers, shippers of logs and clients' JSON carry are read like those of the terminal."""

import json

import pytest

from app.evidence import registry
from app.evidence.postgres_plan.reading import read
from app.evidence.source import Held
from tests.evidence.postgres_plan.comparing import comparable
from tests.evidence.postgres_plan.kept import sample

HEADER = "2026-11-20 10:11:12.345 UTC [4711] LOG:  duration: 160.702 ms  plan:"


def lines_of(text):
    """The plan as the server prints it, without psql's frame."""
    return [line[1:] for line in text.splitlines()[2:] if line.startswith(" ")]


def tree(text):
    return comparable(read(text), shape=False)


def logged(text):
    return [HEADER, "\tQuery Text: SELECT 1", *("\t" + line for line in lines_of(text))]


CARRIERS = {
    "docker compose": lambda lines: [f"db-1     | {line}" for line in lines],
    "Kubernetes": lambda lines: [f"2026-11-20T10:11:12.345678901Z stdout F {line}" for line in lines],
    "kubectl --prefix": lambda lines: [f"[pod/db-0/postgres] {line}" for line in lines],
    "compose with times": lambda lines: [f"db-1  | 2026-11-20T10:11:12.345678901Z {line}" for line in lines],
    "syslog": lambda lines: [
        f"Nov 20 10:11:12 db1 postgres[4711]: [3-{at}] " + line.replace("\t", "#011") for at, line in enumerate(lines)],
    "syslog with ISO times": lambda lines: [
        f"2026-11-20T10:11:12.345678+01:00 db1 postgres[4711]: [3-{at}] " + line.replace("\t", "#011")
        for at, line in enumerate(lines)],
    "Heroku": lambda lines: [
        f"2026-11-20T10:11:12.345678+00:00 app[postgres.4711]: {'[DATABASE] ' if not at else ''}[3-{at}] "
        + line.replace("\t", "#011") for at, line in enumerate(lines)],
    "times and tabs": lambda lines: [f"2026-11-20T10:11:12.345Z\t{line}" for line in lines],
    "Go's log": lambda lines: [f"2026/11/20 10:11:12 {line}" for line in lines],
    "CSV of a cloud": lambda lines: [
        "@timestamp,@message", '2026-11-20 10:11:12,"' + "\n".join(lines).replace('"', '""') + '"'],
    "compose in a fence": lambda lines: ["The log:", "", "```", *(f"  db-1  | {line}" for line in lines), "```", "Ada"],
    "docker's file": lambda lines: [json.dumps({"log": line + "\n", "stream": "stderr"}) for line in lines],
    "a cloud's log": lambda lines: [json.dumps([{"textPayload": "\n".join(lines), "insertId": "s=1"}], indent=2)],
}  # fmt: skip


@pytest.mark.parametrize("name", ["before.txt", "hash_disk.txt", "jit.txt"])
@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_logged_plan_is_read_whatever_carries_it(name, carrier):
    own = logged(sample(name))

    assert tree("\n".join(CARRIERS[carrier](own))) == tree("\n".join(own)) != []


@pytest.mark.parametrize("indent", [None, 2])
def test_rows_as_a_client_s_json_are_the_lines_of_the_plan(indent):
    own = sample("before.txt")

    rows = json.dumps({"rows": [{"QUERY PLAN": line} for line in lines_of(own)]}, indent=indent)

    assert tree(rows) == tree(own)


def test_nodes_of_rows_in_json_are_found_in_the_lines_of_the_file():
    rows = json.dumps([{"QUERY PLAN": line} for line in lines_of(sample("before.txt"))], indent=2)
    root = read(rows)[0]["root"]

    assert root["node"] in rows.split("\n")[root["line"] - 1]


def test_a_json_plan_from_a_container_s_log_is_read():
    own = sample("before.json")

    assert tree("\n".join(f"db-1  | {line}" for line in own.splitlines())) == tree(own)


def test_what_carries_no_plan_stays_none():
    assert read("db-1  | (cost= is no plan\ndb-1  | nor is this") == []
    assert read('{"a": "(cost= what"}') == []


def php(lines):
    rows = (
        f'    {{#{at}\n      +"QUERY PLAN": {json.dumps(line)},\n    }},\n' for at, line in enumerate(lines)
    )
    return "= [\n" + "".join(rows) + "  ]\n"


PRINTED = {
    "Python": lambda lines: repr([(line,) for line in lines]),
    "Python, row by row": lambda lines: "\n".join(repr((line,)) for line in lines),
    "dictionaries": lambda lines: repr([{"QUERY PLAN": line} for line in lines]),
    "Ruby": lambda lines: "=> [" + ", ".join('{"QUERY PLAN"=>' + json.dumps(line) + "}" for line in lines) + "]",
    "PHP": php,
    "print_r": lambda lines: "".join(
        f"    [{at}] => Array\n    (\n        [QUERY PLAN] => {line}\n    )\n" for at, line in enumerate(lines)),
    "JavaScript": lambda lines: "Executing (default): EXPLAIN\n[\n" + "".join(
        f"  {{\n    'QUERY PLAN': {line!r}\n  }},\n" for line in lines) + "]\n",
    "one string": lambda lines: ">>> orders.explain(analyze=True)\n" + repr("\n".join(lines)) + "\n",
}  # fmt: skip


@pytest.mark.parametrize("name", ["before.txt", "hash_disk.txt", "subplan_often.txt"])
@pytest.mark.parametrize("language", PRINTED)
def test_rows_as_a_program_prints_them_are_the_lines_of_the_plan(name, language):
    own = sample(name)

    assert tree(PRINTED[language](lines_of(own))) == tree(own) != []


def test_rows_of_a_client_s_json_keep_a_cte_where_it_runs():
    own = (
        "Limit  (cost=4.00..5.00 rows=1 width=4) (actual time=0.010..0.020 rows=1 loops=1)\n"
        "  CTE recent\n"
        "    ->  Seq Scan on orders  (cost=0.00..4.00 rows=9 width=4) (actual time=0.001..9.000 rows=9 loops=1)\n"
        "  ->  CTE Scan on recent  (cost=0.00..1.00 rows=9 width=4) (actual time=0.010..0.020 rows=1 loops=1)\n"
        "Execution Time: 9.100 ms\n"
    )

    (plan,) = read(json.dumps([{"QUERY PLAN": line} for line in own.splitlines()], indent=2))

    assert plan["root"]["children"][0]["parent_relationship"] == "InitPlan"
    assert tree(own) == comparable([plan], shape=False)


def in_javascript(value):
    if isinstance(value, dict):
        pairs = (
            f"{key if key.isidentifier() else repr(key)}: {in_javascript(one)}" for key, one in value.items()
        )
        return "{ " + ",\n  ".join(pairs) + " }"
    if isinstance(value, list):
        return "[ " + ", ".join(map(in_javascript, value)) + " ]"
    return repr(value) if isinstance(value, str) else json.dumps(value)


def in_ruby(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} => {in_ruby(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(map(in_ruby, value)) + "]" if isinstance(value, list) else json.dumps(value)


OBJECTS = {
    "Python": repr,
    "a row of Python": lambda value: repr([(value,)]),
    "JavaScript": in_javascript,
    "Ruby": lambda value: "=> " + in_ruby(value),
    "a string": lambda value: json.dumps(json.dumps(value, indent=2)),
    "a row with a string": lambda value: repr([(json.dumps(value, indent=2),)]),
    "escaped quotes": lambda value: '"' + json.dumps(value, indent=2).replace('"', '\\"') + '"',
}


@pytest.mark.parametrize("language", OBJECTS)
def test_json_that_a_program_printed_in_its_own_words_is_the_plan(language):
    own = sample("before.json")
    text = OBJECTS[language](json.loads(own[own.index("[") : own.rindex("]") + 1]))

    report = registry.inspect(Held("plan.txt", None, text.encode()))

    assert (report.kind, len(report.facts["plans"])) == ("postgres_plan", 1)
    assert comparable(report.facts["plans"], shape=False) == tree(own)


@pytest.mark.parametrize("form", ["before.json", "before.yaml", "before.xml"])
def test_plans_in_two_formats_are_two_plans_in_their_order(form):
    first, second = sample(form), sample("after.txt")

    assert tree(f"## Before\n{first}\n## After\n{second}") == tree(first) + tree(second)
    assert tree(f"## Before\n{second}\n## After\n{first}") == tree(second) + tree(first)


def test_a_heading_above_yaml_is_no_key_of_it():
    own = sample("before.yaml")
    body = "\n".join(line[1:].rstrip("+ ") for line in own.splitlines()[2:] if line.startswith(" "))

    assert tree("Plan:\n\n" + "\n".join(f"    {line}" for line in body.splitlines())) == tree(own) != []


def test_an_object_with_parts_left_out_is_no_plan():
    text = "[ { Plan: { 'Node Type': 'Limit', Plans: [ [Object] ] } } ]"

    assert registry.inspect(Held("plan.txt", None, text.encode())).kind == registry.UNKNOWN
