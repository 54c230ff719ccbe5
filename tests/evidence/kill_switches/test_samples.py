"""Registries of kill switches in every form: the same switches whatever they are written in, and what they lack."""

import tomllib
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.claims import FileFacts
from app.evidence.kill_switches import KIND, between, rules, words
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "kill_switches" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())
NAMES = ["recommendations", "signups", "exports", "payments.live"]
FORMS = {
    ".md": "markdown",
    ".adoc": "markdown",
    ".csv": "csv",
    ".yaml": "yaml",
    ".json": "json",
    ".toml": "toml",
}


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


def file(name):
    return FileFacts("kill-switches", name, "kill_switches", name, read(name).facts)


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"]


def test_every_sample_is_listed():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)


def test_every_code_of_one_file_has_a_sample():
    shown = {code for entry in EXPECTED.values() for code in entry["codes"]}

    assert {rule.code for rule in rules.SINGLE} == shown


@pytest.mark.parametrize(
    "name",
    [
        "clean-course.md", "clean-course.adoc", "clean-timed.csv", "clean-list.yaml", "clean-map.json",
        "clean-list.toml", "clean-named.toml", "clean-tables.toml",
    ],
)  # fmt: skip
def test_the_same_switches_however_they_are_written(name):
    facts = read(name).facts

    assert [entry["name"].strip("`") for entry in facts["entries"]] == NAMES
    assert [entry["owner"] for entry in facts["entries"]] == ["Ada", "Lin", "Omar", "Ada"]
    assert (facts["count"], facts["tested"], facts["format"]) == (
        4,
        "2026-10-02",
        FORMS[Path(name).suffix],
    )


def test_yaml_keeps_no_as_it_was_typed():
    assert [entry["safe"] for entry in read("clean-list.yaml").facts["entries"]] == ["off", "on", "NO", "on"]


@pytest.mark.parametrize(
    ("name", "form", "first"),
    [
        ("export-flagd.json", "flagd", ("recommendations", "off", "")),
        ("export-flagd.yaml", "flagd", ("recommendations", "", "shop")),
        ("export-unleash.json", "unleash", ("recommendations", "true", "")),
        ("export-launchdarkly.json", "launchdarkly", ("recommendations", "", "Ada")),
    ],
)
def test_exports_of_flag_services(name, form, first):
    facts = read(name).facts
    entry = facts["entries"][0]

    assert (facts["format"], facts["count"]) == (form, 4)
    assert (entry["name"], entry["safe"], entry["owner"]) == first
    assert not read(name).is_blocked


def test_only_a_registry_without_switches_is_refused():
    blocked = [name for name in EXPECTED if read(name).is_blocked]

    assert sorted(blocked) == ["R1-trigger-broken.toml", "R1-trigger-none.md"]


def test_a_switch_that_the_flag_service_does_not_know():
    table, same, other = (
        file("clean-course.md"),
        file("export-unleash.json"),
        file("export-flagd.json"),
    )

    assert list(between.together([table], [])) == []
    assert list(between.together([table, same], [])) == []
    (found,) = between.together([table, other], [])
    assert (found.code, found.numbers["names"]) == ("R5", "payments.live")


def test_an_export_is_judged_as_none_and_asks_for_a_registry_only_where_there_is_none():
    table, export = file("clean-course.md"), file("export-unleash.json")

    (found,) = between.together([export], [])

    assert (export.facts["is_export"], table.facts["is_export"]) == (True, False)
    assert (found.code, found.numbers) == ("R2", {"export": "export-unleash.json"})
    assert list(between.together([table, export], [])) == []


@pytest.mark.parametrize(
    ("name", "how", "is_known"),
    [
        ("Recommendations", "`unleash toggle recommendations off`", True),
        ("`signups`", "in the console", True),
        ("mails", "kubectl -n shop scale deploy/mailer --replicas=0", True),
        ("search", "in the console of flags", False),
    ],
)
def test_a_switch_is_known_by_its_name_by_its_flag_or_lives_elsewhere(name, how, is_known):
    export = file("export-unleash.json")
    table = FileFacts(
        "", "t.md", "kill_switches", "t.md", {"format": "markdown", "entries": [{"name": name, "how": how}]}
    )

    assert [found.code for found in between.together([table, export], [])] == ([] if is_known else ["R5"])


@pytest.mark.parametrize(
    ("tested", "is_timed"),
    [
        ("2026-10-02, took 8 s", True),
        ("2026-10-02 (effect after 40 seconds)", True),
        ("2026-10-02 by Ada", False),
    ],
)
def test_the_time_to_effect_may_stand_beside_the_test(tmp_path, tested, is_timed):
    table = tmp_path / "switches.md"
    rows = "".join(f"| {name} | x | y | {name}-team | shopctl off | on | {tested} |\n" for name in "abcd")
    head = "# Kill switches\n\n| name | turns off | users see | owner | how to flip | safe state | last tested |\n"
    table.write_text(f"{head}|{'---|' * 7}\n{rows}")

    found = registry.inspect(Source("switches.md", table)).findings

    assert [(each.code, each.severity.value) for each in found] == [("R7", "good" if is_timed else "note")]


@pytest.mark.parametrize(
    ("how", "needs"),
    [
        ("set it in the manifest and deploy", True),
        ("redeploy with PAYMENTS=off", True),
        ("open a pull request", True),
        ("shopctl switch off exports, without a deploy", False),
        ("no deploy needed: shopctl off", False),
        ("shopctl switch off deployments", False),
        ("kubectl -n shop scale deploy/mailer --replicas=0", False),
        ("kubectl scale deployment mailer --replicas=0", False),
        ("kubectl scale --replicas=0 deployment mailer, then deploy the workers", True),
        ("kubectl set env deployment/shop MAILS=off", False),
    ],
)
def test_whether_flipping_needs_a_deploy(how, needs):
    assert words.needs_deploy(how) is needs


@pytest.mark.parametrize(
    "line",
    [
        "# a",
        "[[switch]]\nowner = 'x'\nhow = 'y'\ndefault = 'z'",
        "owner = '" + "[" * 1900,
        "[a." + "b." * 900 + "c]\nd = 1",
        "| a | owner | how |",
        '{"flags": {"a": ',
        "- name: x\n  owner: y",
        "name,owner,how",
        '"',
        "[" * 90,
    ],
)
@pytest.mark.parametrize("size", budget.SIZES)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line, size):
    path = tmp_path / "switches"
    path.write_text((line + "\n") * (size // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("switches", path), KIND.name)

    assert "G11" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("clean-list.toml", [4, 13, 22, 31]),
        ("clean-named.toml", [5, 13, 21, 31]),
        ("clean-tables.toml", [4, 5, 6, 7]),
    ],
)
def test_a_switch_in_toml_has_its_own_line(name, lines):
    assert [entry["line"] for entry in read(name).facts["entries"]] == lines


def test_a_project_in_toml_is_no_registry(tmp_path):
    project = tmp_path / "pyproject.toml"
    project.write_text(
        '[project]\nname = "shop"\ndescription = "A shop with a switch"\n\n[tool.flags]\nowner = "Ada"\n'
    )

    assert KIND.sniff(Source("pyproject.toml", project)) == 0.0


def test_broken_toml_is_named_with_its_line():
    (found,) = read("R1-trigger-broken.toml").findings

    assert (found.severity.value, found.where.line) == ("block", 3)
    assert found.numbers == {"what": "it is no TOML: a value is missing or needs quotes"}


def test_a_page_that_lists_a_registry_among_others_is_none(tmp_path):
    page = tmp_path / "README.md"
    page.write_text(
        "# On call\n\n| file | what | for whom |\n|---|---|---|\n"
        "| runbooks | one for each alert | on call |\n| kill switches | what to turn off | on call |\n"
    )

    assert KIND.sniff(Source("README.md", page)) < 0.3
