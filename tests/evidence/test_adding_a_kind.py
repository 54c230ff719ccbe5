"""The page that says how a kind is added: its code is put into a copy of the checks and run."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.evidence import registry

ROOT = Path(registry.__file__).parents[2]
PAGE = (ROOT / "docs" / "adding-a-kind.md").read_text("utf-8")
FILES = dict(re.findall(r"`([\w./-]+)`[^`\n]*:\n\n```(?:python|text|toml)\n(.*?)```", PAGE, re.DOTALL))
DIFF = re.search(r"```diff\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.fixture(scope="module")
def checks(tmp_path_factory):
    """A copy of the checks with the page's kind in it."""
    folder = tmp_path_factory.mktemp("checks")
    for part in ("evidence", "pictures"):
        ignored = shutil.ignore_patterns("samples", "__pycache__")
        shutil.copytree(ROOT / "app" / part, folder / "app" / part, ignore=ignored)
    shutil.copy(ROOT / "app" / "__init__.py", folder / "app")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    register(folder / "app" / "evidence" / "registry.py")
    return folder


def register(path):
    """What the page's difference adds, wherever the other kinds stand by now."""
    text = path.read_text("utf-8")
    assert "+    redis_benchmark.KIND,\n" in DIFF
    assert "+from app.evidence import generic, redaction, redis_benchmark\n" in DIFF
    before, listed, after = text.partition("KINDS: tuple[Kind, ...] = (\n")
    assert listed
    path.write_text(
        before.replace(
            "from app.evidence.kind ", "from app.evidence import redis_benchmark\nfrom app.evidence.kind "
        )
        + f"{listed}    redis_benchmark.KIND,\n{after}",
        "utf-8",
    )


def run(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-B", "-m", *arguments], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_names_every_file_of_its_kind():
    assert sorted(FILES) == [
        "app/evidence/redis_benchmark/__init__.py",
        "app/evidence/redis_benchmark/reading.py",
        "app/evidence/redis_benchmark/rules.py",
        "app/evidence/redis_benchmark/samples/X1-trigger-first-lines.txt",
        "app/evidence/redis_benchmark/samples/X2-trigger-short.txt",
        "app/evidence/redis_benchmark/samples/clean.txt",
        "app/evidence/redis_benchmark/samples/samples.toml",
        "tests/evidence/redis_benchmark/test_samples.py",
    ]


def test_its_own_test_passes(checks):
    said = run(checks, "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", "-c", "/dev/null", "tests")

    assert "4 passed" in said


def test_the_command_line_knows_the_kind_and_its_codes(checks):
    sample = "app/evidence/redis_benchmark/samples/clean.txt"

    (report,) = json.loads(run(checks, "app.evidence", "check", "--json", sample))

    assert (report["kind"], report["findings"], len(report["candidates"])) == ("redis_benchmark", [], 1)
    assert report["facts"]["throughput"] == 29796.49
    assert run(checks, "app.evidence", "explain", "X2").startswith("X2  warn  (Run of redis-benchmark)\n")
    assert "redis_benchmark" in run(checks, "app.evidence", "kinds")


def test_the_ledger_measures_it(checks):
    (checks / "claims.toml").write_text(
        '[rate]\nmetric = "throughput"\nvalue = 29796\nunit = "/s"\n'
        'file = "app/evidence/redis_benchmark/samples/clean.txt"\n'
    )

    ledger = json.loads(run(checks, "app.evidence", "check", "--json", "--claims", "claims.toml"))[-1]

    assert [row["verdict"] for row in ledger["claims"]] == ["agrees"]


@pytest.mark.parametrize(
    "tool",
    [
        ["ruff", "check", "--config", str(ROOT / "ruff.toml")],
        ["ruff", "format", "--check", "--config", str(ROOT / "ruff.toml")],
        ["mypy", "--strict", "--follow-imports", "silent"],
    ],
    ids=["lint", "format", "types"],
)
def test_its_code_is_typed_and_tidy(checks, tool):
    run(checks, *tool, "app/evidence/redis_benchmark")
