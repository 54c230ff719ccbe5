"""Files of public projects, read as they are: the right kind, no block, and exactly the codes that were judged true."""

import tomllib
from functools import cache
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source

HERE = Path(__file__).parent
PROJECTS = tomllib.loads((HERE / "samples.toml").read_text())
FILES = {
    f"{project}/{name}": entry
    for project, about in PROJECTS.items()
    for name, entry in about["files"].items()
}
PERMISSIVE = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"}
MOST_BYTES = 2_000_000


@cache
def read(name):
    path = HERE / "files" / name
    return registry.inspect(Source(path.name, path))


@pytest.mark.parametrize("name", FILES)
def test_a_public_file_is_read_as_its_kind_and_not_blocked(name):
    report = read(name)

    assert report.kind == FILES[name]["kind"]
    assert [finding.message for finding in report.findings if finding.severity == "block"] == []
    assert sorted({finding.code for finding in report.findings}) == FILES[name]["codes"]


def test_every_file_is_listed_with_its_project_and_a_permissive_licence():
    there = {str(path.relative_to(HERE / "files")) for path in (HERE / "files").rglob("*") if path.is_file()}

    assert {name for name in there if not name.endswith("/LICENSE")} == set(FILES)
    for project, about in PROJECTS.items():
        assert about["licence"] in PERMISSIVE
        assert about["project"]
        assert about["version"]
        is_apache = about["licence"] == "Apache-2.0"
        assert (HERE / "files" / project / "LICENSE").exists() is not is_apache


def test_the_files_stay_small():
    assert sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file()) < MOST_BYTES


def test_the_application_of_a_compose_file_is_named_and_not_its_store():
    (few,) = [one for one in read("huey/compose.yaml").findings if one.code == "B1"]

    assert "in `web`" in few.message
