"""The learner's command: text, JSON, exit status, and no heavy import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.evidence import output, registry
from app.evidence.__main__ import main
from app.evidence.findings import Finding, Report, Severity
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "latency_table" / "samples"
ROOT = Path(registry.__file__).parents[2]
BLOCKER = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"flask", "sqlalchemy", "boto3", "redis", "rq", "authlib", "psycopg"}:
            raise ImportError("must not be imported: " + name)
sys.meta_path.insert(0, Refuse())
from app.evidence.__main__ import main
from app.evidence.source import Source
from app.evidence.findings import Finding, Report, Severity
status = main(sys.argv[1:])
assert ("_duckdb" in sys.modules) == (sys.argv[1] == "check")
assert {"yaml", "markdown_it", "openpyxl"} & set(sys.modules) == set()
sys.exit(status)
"""


UNASKED = """
import sys
from app.evidence.__main__ import main
status = main(sys.argv[2:])
assert set(sys.argv[1].split()) & set(sys.modules) == set()
sys.exit(status)
"""
"""What a plan has no use for and a child would wait for."""


@pytest.mark.parametrize(
    "arguments", [["kinds"], ["explain", "L9"], ["check", str(SAMPLES / "L2-trigger-120.csv"), "--json"]]
)
def test_it_runs_without_the_portal_installed(arguments):
    done = subprocess.run(
        [sys.executable, "-c", BLOCKER, *arguments], cwd=ROOT, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_a_plan_is_read_without_what_only_other_files_need(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(
        "Seq Scan on t  (cost=0.00..1.01 rows=1 width=4) (actual time=0.010..0.011 rows=1 loops=1)\n"
    )
    others = (
        "_duckdb tempfile difflib html yaml openpyxl app.evidence.catalogue app.evidence.cost_sheet.words "
        "app.evidence.latency_table.engine app.evidence.archive.opening app.evidence.documents.asciidoc "
        "app.evidence.profile.cprofile app.evidence.profile.pprof app.evidence.profile.flame_svg"
    )

    done = subprocess.run(
        [sys.executable, "-c", UNASKED, others, "check", str(path)], cwd=ROOT, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_json_is_a_list_of_reports_in_the_documented_shape(tmp_path, capsys):
    prose = tmp_path / "note.txt"
    prose.write_text("We moved the sessions into Redis.\n")

    status = main(["check", str(SAMPLES / "L2-trigger-120.csv"), str(prose), "--json"])

    first, second = json.loads(capsys.readouterr().out)
    assert status == 0
    assert list(first) == [
        "schema", "file", "kind", "confidence", "candidates", "fingerprint", "facts", "findings"
    ]  # fmt: skip
    assert (first["candidates"], second["candidates"]) == (
        [{"kind": "latency_table", "confidence": first["confidence"]}],
        [],
    )
    assert list(first["findings"][0]) == [
        "code", "severity", "message", "why", "fix", "where", "numbers", "audience"
    ]  # fmt: skip
    assert (first["schema"], first["kind"], second["kind"], second["facts"]) == (
        1,
        "latency_table",
        "unknown",
        {},
    )


def test_text_says_what_why_and_how_to_mend_it_with_the_place(capsys):
    name = str(SAMPLES / "L18-trigger-nan.csv.gz")

    main(["check", name])

    text = capsys.readouterr().out
    assert f"! warn L18  {name}:402" in text
    assert "\n  why: " in text
    assert "\n  fix: " in text
    assert "\x1b" not in text


def test_a_block_is_status_one(capsys):
    assert main(["check", str(SAMPLES / "G1-trigger-no-numbers.csv")]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check"],
        ["check", "no-such-file"],
        ["explain", "Z99"],
        ["check", "x", "--kind", "poem"],
        ["check", "--before", __file__],
        ["check", __file__, "--json", "--html", "report.html"],
        ["check", __file__, "--today", "tomorrow"],
        ["check", __file__, "--html", __file__],
        ["check", __file__, "--html", "no/such/folder/report.html"],
        ["check", "--claims", "no-such-claims.toml"],
    ],
)
def test_a_wrong_command_is_status_two(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)

    assert left.value.code == 2


@pytest.mark.parametrize("kind", [kind.name for kind in registry.KINDS if kind.name != "markdown"])
def test_a_forced_kind_that_does_not_fit_is_said_in_words(tmp_path, kind):
    prose = tmp_path / "note.txt"
    prose.write_text("We moved the sessions into Redis.\n")

    report = registry.inspect(Source("note.txt", prose), kind)

    assert {str(finding.severity) for finding in report.findings} - {"good"}
    assert main(["check", str(prose), "--kind", kind]) == (1 if report.is_blocked else 0)


PLANS = Path(registry.__file__).parent / "postgres_plan" / "samples"


def test_a_pair_is_compared_by_its_kind_after_the_files(capsys, monkeypatch):
    monkeypatch.chdir(PLANS)  # lines are measured, and a name is as long as its folders

    status = main(["check", "--before", "before.txt", "--after", "after.txt"])

    text = capsys.readouterr().out
    assert status == 0
    assert text.index("after.txt") < text.index("Before and after") < text.index("E23")
    assert max(map(len, text.splitlines()[1:4])) <= 80


def test_the_pair_in_json_is_an_entry_of_its_own(capsys):
    main(["check", "--json", "--before", str(PLANS / "before.txt"), "--after", str(PLANS / "after.txt")])

    *reports, pair = json.loads(capsys.readouterr().out)
    assert [report["kind"] for report in reports] == ["postgres_plan", "postgres_plan"]
    assert list(pair) == ["schema", "before", "after", "metric", "refused", "findings"]
    assert (pair["metric"], pair["refused"]) == ("plan_time", "")
    assert "E27" in {finding["code"] for finding in pair["findings"]}


def test_the_same_file_twice_is_named_and_two_kinds_are_not_compared(tmp_path, capsys):
    plan, table = str(PLANS / "before.txt"), str(SAMPLES / "clean-steady.csv.gz")
    anew = tmp_path / "anew.txt"
    anew.write_bytes((PLANS / "before.txt").read_text().replace("\n", "\r\n").encode("utf-16"))

    main(["check", "--json", "--before", plan, "--after", plan])
    main(["check", "--json", "--before", plan, "--after", str(anew)])
    main(["check", "--json", "--before", plan, "--after", table])

    same, copy, other = (json.loads(line)[-1] for line in capsys.readouterr().out.splitlines())
    assert [finding["code"] for finding in same["findings"]] == ["G7"]
    assert [finding["message"].partition(") ")[2] for finding in copy["findings"]] == [
        "hold the same text; only spaces, line ends or the encoding differ."
    ]
    assert (other["findings"], other["refused"]) == (
        [],
        "One is read as “PostgreSQL query plan”, the other as “Latency table or access log”.",
    )


CLAIMS = """
[p99-before]
metric = "p99"
value = 192.7
unit = "ms"
file = "steady.csv.gz"

[p99-wrong]
label = "p99 of checkout"
metric = "p99"
value = 120
unit = "ms"
file = "steady.csv.gz"

[elsewhere]
metric = "throughput"
value = "80"
unit = "rps"
file = "plan.txt"
"""


@pytest.fixture
def claims(tmp_path):
    (tmp_path / "steady.csv.gz").write_bytes((SAMPLES / "clean-steady.csv.gz").read_bytes())
    (tmp_path / "plan.txt").write_bytes((PLANS / "before.txt").read_bytes())
    path = tmp_path / "claims.toml"
    path.write_text(CLAIMS)
    return path


def test_claims_are_held_against_the_files_they_name_as_the_portal_does(claims, capsys):
    status = main(["check", "--json", "--claims", str(claims)])

    *reports, ledger = json.loads(capsys.readouterr().out)
    assert status == 0
    assert [Path(report["file"]).name for report in reports] == ["steady.csv.gz", "plan.txt"]
    assert [(row["label"], row["verdict"]) for row in ledger["claims"]] == [
        ("p99 before", "agrees"),
        ("p99 of checkout", "contradicts"),
        ("elsewhere", "unchecked"),
    ]
    assert [finding["code"] for finding in ledger["findings"]] == ["L1"]


def test_the_ledger_as_text_says_claim_number_and_source(claims, capsys):
    main(["check", str(claims.parent / "steady.csv.gz"), "--claims", str(claims)])

    text = capsys.readouterr().out
    assert text.count("Latency table or access log\n") == 1
    assert "✗ contradicts  p99 of checkout: 120 ms" in text
    assert "  from: steady.csv.gz: column latency_ms, rows 1 to 5,250" in text
    assert "○ cannot be checked  elsewhere: 80 rps" in text


def test_names_that_would_steer_a_terminal_are_shown_harmless(tmp_path, capsys):
    name = "a\x1b[31m\u202eb.txt"
    (tmp_path / name).write_text("We moved the sessions.\n")

    main(["check", str(tmp_path / name)])

    text = capsys.readouterr().out
    assert "a?[31m?b.txt" in text
    assert not {"\x1b", "\u202e"} & set(text)


def test_a_number_that_json_does_not_have_is_null():
    found = Finding("L2", Severity.NOTE, "m", "w", "f", numbers={"p99": float("inf")})

    text = output.as_json([("x", Report("k", 1.0, {"a": [float("nan"), 1.5]}, (found,)))])

    (entry,) = json.loads(text, parse_constant=pytest.fail)
    assert (entry["facts"], entry["findings"][0]["numbers"]) == ({"a": [None, 1.5]}, {"p99": None})
