"""The learner's command: text, JSON, exit status, and no heavy import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.__main__ import main

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
status = main(sys.argv[1:])
assert ("_duckdb" in sys.modules) == (sys.argv[1] == "check")
sys.exit(status)
"""


@pytest.mark.parametrize(
    "arguments", [["kinds"], ["explain", "L9"], ["check", str(SAMPLES / "L2-trigger-120.csv"), "--json"]]
)
def test_it_runs_without_the_portal_installed(arguments):
    done = subprocess.run(
        [sys.executable, "-c", BLOCKER, *arguments], cwd=ROOT, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_json_is_a_list_of_reports_in_the_documented_shape(capsys):
    status = main(["check", str(SAMPLES / "L2-trigger-120.csv"), str(SAMPLES / "unknown-ab-e.csv"), "--json"])

    first, second = json.loads(capsys.readouterr().out)
    assert status == 0
    assert list(first) == ["schema", "file", "kind", "confidence", "facts", "findings"]
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
    [[], ["check"], ["check", "no-such-file"], ["explain", "Z99"], ["check", "x", "--kind", "poem"]],
)
def test_a_wrong_command_is_status_two(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)

    assert left.value.code == 2


def test_a_forced_kind_that_does_not_fit_is_a_block_in_words(capsys):
    assert main(["check", str(SAMPLES / "unknown-ab-e.csv"), "--kind", "latency_table"]) == 1
