"""Launch plans in three formats: their parts, their sums, and what they say beside the capacity table."""

import tomllib
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence import capacity_table, ledger, output, registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.launch_plan import KIND, claims, contents, rules
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "launch_plan" / "samples"
TABLES = Path(capacity_table.__file__).parent / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())


def read(name, folder=SAMPLES):
    return registry.inspect(Source(name, folder / name))


def file(name, slot="plan", folder=SAMPLES):
    report = read(name, folder)
    return FileFacts(slot, name, report.kind, name, report.facts)


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"] == KIND.name


def test_every_sample_is_listed_and_every_code_has_one():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)
    assert {rule.code for rule in rules.RULES} == {code for one in EXPECTED.values() for code in one["codes"]}


@pytest.mark.parametrize("name", ["clean-plan.md", "clean-plan.docx", "clean-plan.pdf"])
def test_the_same_plan_reads_the_same_in_every_format(name):
    facts = read(name).facts

    assert facts["format"] == name.rpartition(".")[2].replace("md", "markdown")
    assert [stage["stage"] for stage in facts["stages"]] == ["100", "1k", "10k", "100k"]
    assert [part for part, line in facts["parts"].items() if line is None] == []
    assert (facts["sum_count"], facts["wrong_sums"]) == (11, 0)
    assert facts["items"] == {"first": 3, "wrong": 3}


def test_headings_of_a_document_without_styles_are_known_by_their_words(tmp_path):
    with ZipFile(SAMPLES / "clean-plan.docx") as whole, ZipFile(tmp_path / "plain.docx", "w") as plain:
        for name in whole.namelist():
            if name != "word/styles.xml":
                plain.writestr(name, whole.read(name))

    facts, styled = read("plain.docx", tmp_path).facts, read("clean-plan.docx").facts

    assert [stage["stage"] for stage in facts["stages"]] == ["100", "1k", "10k", "100k"]
    assert facts["parts"] == styled["parts"]
    assert facts["objectives"] == styled["objectives"]


@pytest.mark.parametrize(
    ("sentence", "layers"),
    [
        ("99 % of requests in under 300 ms and 99.9 % without a 5xx.", ["latency", "availability"]),
        ("Availability 99.9 % and 99 % of requests in under 300 ms.", ["availability", "latency"]),
        ("Availability is 99.9 % over 30 days.", ["availability"]),
    ],
)
def test_each_target_of_a_sentence_is_about_the_words_beside_it(tmp_path, sentence, layers):
    text = (SAMPLES / "clean-plan.md").read_text()
    head = next(line for line in text.split("\n") if line.startswith("#") and "bjective" in line)
    (tmp_path / "plan.md").write_text(text[: text.index(head)] + f"{head}\n\n{sentence}\n")

    assert [one["layer"] for one in read("plan.md", tmp_path).facts["objectives"]] == layers


def test_a_wrong_sum_is_said_with_its_line_and_both_numbers():
    report = read("Q3-trigger.md")

    (found,) = [finding for finding in report.findings if finding.code == "Q3"]
    assert found.message == "100,000 users x 20 requests / 86,400 s x 5 = 115.7, you wrote 1,157 requests/s."
    lines = (SAMPLES / "Q3-trigger.md").read_text().split("\n")
    assert "1,157" in lines[found.where.line - 1]


@pytest.mark.parametrize(
    ("layer", "value", "verdict"),
    [
        ("availability", "99.9", "agrees"),
        ("availability", "99.95", "contradicts"),
        ("latency", "99", "agrees"),
        ("latency", "95", "contradicts"),
    ],
)
@pytest.mark.parametrize("name", ["clean-plan.md", "clean-plan.docx", "clean-plan.pdf"])
def test_objectives_are_held_to_what_the_plan_writes(name, layer, value, verdict):
    claim = Claim("k", "k", "slo_target", Decimal(value), "%", "plan", layer=layer)

    (row,) = ledger.reckon([claim], [file(name)])

    assert row.verdict == verdict


def test_the_plan_and_the_table_beside_it_say_the_same():
    plan, table = file("clean-plan.md"), file("clean-brief.csv", "capacity-table", TABLES)
    wrong = file("Q3-trigger.md")

    assert list(claims.together([plan, table], [])) == []
    (found,) = claims.together([wrong, table], [])
    assert (found.code, found.numbers["users"]) == ("Q7", "100,000")
    assert "1,157 requests/s" in found.message


def test_a_locked_or_damaged_document_is_refused_in_words(tmp_path):
    half_a_document = (SAMPLES / "clean-plan.docx").read_bytes()[:18_000]
    for start, name in ((b"%PDF-1.7\n", "plan.pdf"), (half_a_document, "plan.docx")):
        path = tmp_path / name
        path.write_bytes(start + b"x" * 300)

        report = registry.inspect(Source(name, path))

        assert [finding.code for finding in report.findings if finding.severity == "warn"][:1] == ["Q1"]


SEEDS = {name: (SAMPLES / name).read_bytes() for name in EXPECTED}


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(sorted(SEEDS)),
    at=st.integers(0, 3000),
    cut=st.integers(0, 60),
    put=st.binary(max_size=30),
)
def test_any_bytes_give_a_report_and_the_same_one_twice(tmp_path_factory, name, at, cut, put):
    path = tmp_path_factory.mktemp("fuzz") / name
    path.write_bytes(SEEDS[name][:at] + put + SEEDS[name][at + cut :])

    first, second = (registry.inspect(Source(name, path), KIND.name) for _ in range(2))

    assert output.as_json([("x", first)]) == output.as_json([("x", second)])
    assert "G11" not in {finding.code for finding in first.findings}


@pytest.mark.parametrize(
    "line",
    [
        "## 100 users",
        "1 x 2 = 3",
        "| 1 | 2 |",
        "- " * 100,
        "peak factor 5 " * 60,
        "[a](b) " * 100,
        "> " * 40 + "x",
        "It takes 1 x 2 = 3 " + "(" * 8000 + "\n",
        "It takes 1 x 2 = 3 " + "1 x (" * 1600 + "\n",
        "$" * 60,
        "~" * 60,
    ],
)
@pytest.mark.parametrize("size", [*budget.SIZES, 490_000])
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line, size):
    path = tmp_path / "plan.md"
    path.write_text("# Launch plan for users\n\n" + (line + "\n") * (size // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("plan.md", path), KIND.name)

    assert report.kind == KIND.name


@pytest.mark.parametrize(
    ("line", "is_start"),
    [
        ("Stack: Django 5 on one machine (2 vCPU, 4 GB), PostgreSQL 16, Redis, nginx in front.", True),
        ("**Current state:** one process, one database and a nightly dump of it to another machine.", True),
        ("Note: Django 5 on one machine (2 vCPU, 4 GB), PostgreSQL 16, Redis, nginx in front.", False),
    ],
)
def test_a_label_in_front_of_a_sentence_begins_a_part(tmp_path, line, is_start):
    plan = (SAMPLES / "clean-plan.md").read_text()
    head, _, rest = plan.partition("## Where it starts")
    assert rest, "the sample has the heading that is taken out here"
    (tmp_path / "plan.md").write_text(f"{head}{line}\n\n##{rest.partition('##')[2]}")

    report = read("plan.md", tmp_path)

    assert (report.facts["parts"]["start"] is not None) is is_start
    assert any("where it starts" in str(finding.message) for finding in report.findings) is not is_start


def test_busy_workers_are_requests_in_flight(tmp_path):
    plan = "# Launch plan\n\n## 100 users\n\n0.023 rps; {said}.\n\n## 1,000 users\n\n0.23 rps.\n"
    for said, is_asked in (("0.1 busy workers", False), ("a quiet day", True)):
        (tmp_path / "plan.md").write_text(plan.format(said=said))
        messages = [str(finding.message) for finding in read("plan.md", tmp_path).findings]
        assert any("in flight" in message for message in messages) is is_asked


@pytest.mark.parametrize(
    ("things", "count"),
    [
        (["a CDN", "a queue"], 2),
        (["A CDN, a queue and a read replica."], 3),
        (["Ein CDN, eine Queue sowie eine Replik."], 3),
        (["A full disk (alert at 80 %, then 90 %); no backups (no log); N+1 queries (p99, traces)."], 3),
        (["1) a CDN 2) a queue, with workers 3) a replica"], 3),
        (["(1) a CDN, (2) a queue"], 2),
        (["Caching of the product page"], 1),
        (["Caching of products and orders"], 1),
        (["A CDN, since images are most of it, a queue and a replica"], None),
    ],
)
def test_things_in_one_line_are_counted_one_by_one(things, count):
    assert contents.count(things) == count


def test_three_things_in_one_item_are_three(tmp_path):
    text = (SAMPLES / "clean-plan.md").read_text()
    start, end = text.index("## Three things to add first"), text.index("## Three things that will")
    (tmp_path / "plan.md").write_text(
        f"{text[:start]}## Three things to add first\n- A CDN, a queue and a replica.\n\n{text[end:]}"
    )

    report = read("plan.md", tmp_path)

    assert report.facts["items"]["first"] == 3
    assert "Q8" not in {found.code for found in report.findings}


@pytest.mark.parametrize(("budget", "severity"), [("3 h 36 min", "good"), ("36 min", "warn")])
def test_a_budget_in_a_sentence_is_computed_again(tmp_path, budget, severity):
    path = tmp_path / "plan.md"
    path.write_text(f"{(SAMPLES / 'clean-plan.md').read_text()}\n99.5 % over 30 days leaves {budget}.\n")

    said = [one for one in registry.inspect(Source(path.name, path)).findings if one.code == "A11"]

    assert [str(one.severity) for one in said] == [severity]
