"""Plans that containers, shippers of logs and clients' JSON carry are read like those of the terminal."""

import json

import pytest

from app.evidence.postgres_plan.reading import read
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
