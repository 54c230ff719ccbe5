"""PostgreSQL is the oracle: the tree read from TEXT is the tree the server prints as JSON."""

import collections

from app.evidence.postgres_plan import checks
from app.evidence.postgres_plan.facts import walk
from app.evidence.postgres_plan.reading import read
from tests.evidence.postgres_plan.comparing import comparable, disagreement, fault
from tests.evidence.postgres_plan.kept import rows


def test_every_format_of_one_plan_gives_the_same_facts():
    found = {
        f"{pair['version']} {pair['query']} {pair['options']}": fault(pair, shape=pair["shape"])
        for pair in rows("pairs")
    }

    assert {where: fault for where, fault in found.items() if fault} == {}


def test_the_sample_spans_versions_options_and_node_types():
    versions = collections.Counter(pair["version"] for pair in rows("pairs"))
    nodes = {
        node["node"] for pair in rows("pairs") for plan in read(pair["json"]) for node in walk(plan["root"])
    }

    assert sorted(versions) == [10, 11, 12, 13, 14, 15, 16, 17, 18]
    assert min(versions.values()) >= 40
    assert sum("yaml" in pair and "xml" in pair for pair in rows("pairs")) >= 100
    assert len({pair["options"] for pair in rows("pairs")}) == 9
    assert len(nodes) >= 35


def test_the_comparison_notices_a_changed_figure_and_a_lost_node():
    pair = next(
        pair for pair in rows("pairs") if pair["query"] == "hash_join" and pair["options"] == "buffers"
    )
    plans, changed, lost = read(pair["json"]), read(pair["json"]), read(pair["json"])
    changed[0]["root"]["children"][0]["plan_rows"] += 1
    lost[0]["root"]["children"].pop()

    assert disagreement(read(pair["text"]), plans, shape=False) == ""
    assert disagreement(read(pair["text"]), changed, shape=False).startswith(
        "plan[0].root.children[0].plan_rows"
    )
    assert disagreement(read(pair["text"]), lost, shape=False).startswith("plan[0].root.children")


def test_no_true_plan_is_called_inconsistent():
    accused = [
        (pair["version"], pair["query"], pair["options"], form, finding.message)
        for pair in rows("pairs")
        for form in ("text", "json")
        for plan in read(pair[form])
        for finding in checks.findings(plan)
        if finding.code == "E9"
    ]

    assert accused == []


def test_exclusive_times_are_never_negative_and_never_more_than_inclusive():
    nodes = [
        node
        for pair in rows("pairs")
        for plan in read(pair["text"])
        for node in walk(plan["root"])
        if node["exclusive_ms"] is not None
    ]

    assert len(nodes) > 1000
    assert [node for node in nodes if not 0 <= node["exclusive_ms"] <= node["inclusive_ms"] + 1e-6] == []


def test_every_way_psql_prints_a_plan_gives_the_same_facts():
    frames = [row for row in rows("frames") if row["frame"] != "auto_explain"]
    expected = {
        row["version"]: comparable(read(row["text"]), shape=False)
        for row in frames
        if (row["frame"], row["format"]) == ("tuples", "text")
    }

    differing = [
        (row["version"], row["frame"], row["format"])
        for row in frames
        if comparable(read(row["text"]), shape=False) != expected[row["version"]]
    ]

    assert sorted(expected) == [15, 16, 17, 18]
    assert len(frames) == 17 * 4 * 4
    assert differing == []


def test_auto_explain_logs_give_the_plan_the_query_and_the_duration():
    logs = [read(row["text"]) for row in rows("frames") if row["frame"] == "auto_explain"]
    plans = [plan for log in logs for plan in log]

    assert [len(log) for log in logs] == [1] * 8
    assert [plan["format"] for plan in plans] == ["text", "json", "yaml", "xml"] * 2
    assert all(0 < plan["duration_ms"] < 10_000 for plan in plans)
    assert len({tuple(plan["query"].split()) for plan in plans}) == 1
    assert plans[0]["query"].split()[:2] == ["SELECT", "count(*)"]
    for place in (0, 4):
        trees = [comparable(plan["root"], shape=False) for plan in plans[place : place + 4]]
        assert trees == [trees[0]] * 4


def test_an_auto_explain_log_whose_format_was_changed_gives_every_plan_in_its_order():
    logged = {}
    for row in rows("frames"):
        if row["frame"] == "auto_explain":
            logged.setdefault(read(row["text"])[0]["format"], row["text"].rstrip("\n") + "\n")

    found = read(logged["text"] + logged["json"] + logged["text"] + logged["json"])

    alone = [read(logged[form])[0] for form in ("text", "json")] * 2
    assert [plan["format"] for plan in found] == ["text", "json", "text", "json"]
    assert comparable(found, shape=False) == comparable(alone, shape=False)
    assert [plan["duration_ms"] for plan in found] == [plan["duration_ms"] for plan in alone]


def test_prose_with_a_plan_in_json_and_its_words_gives_one_plan():
    json_log = next(
        row["text"]
        for row in rows("frames")
        if row["frame"] == "auto_explain" and read(row["text"])[0]["format"] == "json"
    )

    found = read("It logged duration: 12.5 ms  plan: as below.\n\n" + json_log)

    assert [plan["format"] for plan in found] == ["json"]
