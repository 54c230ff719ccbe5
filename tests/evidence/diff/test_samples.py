"""Patches as git, Subversion and people write them: what they change, what moved out, what they mean beside a plan."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence import output, registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.comparison import compare
from app.evidence.diff import KIND, rules
from app.evidence.diff.parse import parse
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "diff" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())
PLANS = Path(registry.__file__).parent / "postgres_plan" / "samples"


@cache
def read(name, folder=SAMPLES):
    return registry.inspect(Source(name, folder / name))


def file(name, slot="changes", folder=SAMPLES):
    report = read(name, folder)
    return FileFacts(slot, name, report.kind, name, report.facts)


def claim(metric, slot="changes", side=""):
    return Claim(f"{metric}-{slot}", metric, metric, Decimal(3), "count", slot, side)


def plan(slot, index):
    root = {
        "node": "Limit",
        "index": None,
        "children": [{"node": "Index Scan", "index": index, "children": []}],
    }
    return FileFacts(slot, f"{slot}.txt", "plan", slot, {"plans": [{"root": root}]})


def said(files, claims):
    """The codes and messages across files that this kind is responsible for."""
    own = {rule.code for rule in rules.BETWEEN}
    return [(found.code, found.message) for found in compare(files, claims) if found.code in own]


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


def test_the_same_change_reads_the_same_however_it_is_written():
    plain, mail, edited = (
        read(f"clean-{name}.patch").facts for name in ("stateless", "format-patch", "blank-context")
    )

    for facts in (plain, mail, edited):
        assert (facts["added"], facts["removed"], facts["file_count"]) == (19, 8, 1)
        assert {(move["what"], move["how"]) for move in facts["moved_out"]} == {
            ("sessions", "sessions in Redis"),
            ("uploads", "files in object storage"),
            ("locks", "locks in the database"),
            ("caches", "a shared cache"),
        }
        assert {gone["what"] for gone in facts["no_longer_local"]} == {"sessions", "uploads", "caches"}
        assert [place["path"] for place in facts["ready"]] == ["/readyz"]
        assert [step["what"] for step in facts["drain"]] == ["a SIGTERM handler", "a drain"]


def test_lines_are_those_of_the_patch_file():
    facts, lines = read("clean-format-patch.patch").facts, (SAMPLES / "clean-format-patch.patch").read_text()

    for place in facts["moved_out"] + facts["ready"] + facts["drain"]:
        assert lines.split("\n")[place["line"] - 1].startswith("+")
    assert "/readyz" in lines.split("\n")[facts["ready"][0]["line"] - 1]


def test_an_index_is_found_over_several_lines_with_its_table_and_columns():
    found = read("clean-migration.sql").facts["indexes"]

    assert found == [
        {
            "name": "orders_user_id_created_at_idx",
            "table": "orders",
            "columns": ["user_id", "created_at DESC"],
            "concurrently": True,
            "file": "clean-migration.sql",
            "line": 2,
        }
    ]


@pytest.mark.parametrize(
    ("line", "name", "concurrently"),
    [
        (
            'op.create_index("ix_order_user", "orders", ["user_id"], postgresql_concurrently=True)',
            "ix_order_user",
            True,
        ),
        ('op.create_index(op.f("ix_order_user"), "orders", ["user_id"])', "ix_order_user", False),
        ('indexes = [models.Index(fields=["user"], name="order_user_idx")]', "order_user_idx", False),
        ("add_index :orders, :user_id, name: :by_user, algorithm: :concurrently", "by_user", True),
        ("add_index :orders, :user_id", "index_orders_on_user_id", False),
        ("add_index :orders, [:user_id, :made_at]", "index_orders_on_user_id_and_made_at", False),
        ("CREATE INDEX `by_user` ON `orders` (`user_id`);", "by_user", False),
        ("ALTER TABLE `orders` ADD INDEX `by_user` (`user_id`), LOCK=NONE;", "by_user", False),
        ("alter table orders add unique key by_user (user_id)", "by_user", False),
        ("    user = models.ForeignKey(User, db_index=True)", None, False),
        ("    user_id = mapped_column(Integer, index=True)", None, False),
        ("  @@index([userId])", None, False),
        ("    table.index(['user_id']);", None, False),
        ("    $table->index('user_id');", None, False),
        ("    await queryInterface.addIndex('orders', ['user_id']);", None, False),
        ("    create index(:orders, [:user_id])", None, False),
        ('CREATE UNIQUE INDEX "Odd ""Name" ON ONLY public."Orders" (id)', 'Odd "Name', False),
    ],
)
def test_indexes_of_frameworks(tmp_path, line, name, concurrently):
    path = tmp_path / "change.patch"
    path.write_text(f"--- a/m.py\n+++ b/m.py\n@@ -0,0 +1 @@\n+{line}\n")

    found = registry.inspect(Source("change.patch", path)).facts["indexes"]

    assert [(index["name"], index["concurrently"]) for index in found] == [(name, concurrently)]


@pytest.mark.parametrize(
    "line",
    ["place = names.index(user)", "frame.to_csv(path, index=True)", "for index, row in enumerate(rows):"],
)
def test_code_that_speaks_of_an_index_makes_none(tmp_path, line):
    path = tmp_path / "change.patch"
    path.write_text(f"--- a/app.py\n+++ b/app.py\n@@ -1,1 +1,2 @@\n import os\n+{line}\n")

    assert registry.inspect(Source("change.patch", path)).facts["indexes"] == []


def test_the_index_of_the_new_plan_is_the_one_the_patch_makes():
    claims = [claim("plan_time", "plan-before", "before"), claim("plan_time", "plan-after", "after")]
    plans = [plan("plan-before", None), plan("plan-after", "orders_user_created")]

    made = said([*plans, file("D8-near-miss-concurrently.patch")], claims)
    missing = said([*plans, file("clean-plain.patch")], claims)
    used_before = said(
        [plan("plan-before", "orders_user_created"), plans[1], file("clean-plain.patch")], claims
    )

    assert [code for code, _ in made] == ["D7"]
    assert [code for code, _ in missing] == ["E21"]
    assert "orders_user_created" in missing[0][1]
    assert used_before == []


@pytest.mark.parametrize("name", ["PRIMARY", "<auto_key0>", "orders_pkey", "sqlite_autoindex_orders_1"])
def test_an_index_that_nobody_creates_is_missed_in_no_patch(name):
    claims = [claim("plan_time", "plan-before", "before"), claim("plan_time", "plan-after", "after")]

    assert (
        said([plan("plan-before", None), plan("plan-after", name), file("clean-plain.patch")], claims) == []
    )


def test_where_state_has_to_move_out_a_patch_is_held_against_it():
    claims = [claim("instances")]

    good = said([file("clean-stateless.patch")], claims)
    bad = said([file("local-state.patch")], claims)

    assert {code for code, _ in good} == {"D4"}
    assert len(good) == 4
    assert any("keeps sessions inside one instance" in message for _, message in bad)
    assert any("No added line makes a readiness address" in message for _, message in bad)
    assert any("sessions, uploads, locks, caches" in message for _, message in bad)


def test_a_variable_that_requests_fill_is_said_and_a_map_of_routes_is_not():
    claims = [claim("instances")]

    kept, fine = (
        [message for _, message in said([file(f"D4-{name}-variable.patch")], claims) if "keeps" in message]
        for name in ("trigger", "near-miss")
    )

    assert kept == [
        "An added line keeps `carts` inside one instance (a variable of the process, filled on line 14, "
        "D4-trigger-variable.patch, shop/cart.py)."
    ]
    assert fine == []


def test_where_deploys_are_claimed_the_end_of_a_process_matters():
    claims = [claim("deploys")]

    assert [code for code, _ in said([file("clean-stateless.patch")], claims)] == ["D5"]
    assert "No added line ends a process gently" in said([file("clean-plain.patch")], claims)[0][1]
    assert said([file("clean-plain.patch")], []) == []


def test_names_with_blanks_and_renames():
    patch = parse(
        [
            "diff --git a/my file.py b/my file.py",
            "--- a/my file.py\t",
            "+++ b/my file.py\t",
            "@@ -1 +1 @@",
            "-old",
            "+new",
            "diff --git a/one.py b/two.py",
            "similarity index 100%",
            "rename from one.py",
            "rename to two.py",
        ]
    )

    assert [(file.path, file.old_path, file.status) for file in patch.files] == [
        ("my file.py", "my file.py", "modified"),
        ("two.py", "one.py", "renamed"),
    ]


def test_the_mark_of_a_mail_does_not_count_as_a_removed_line():
    facts = read("clean-format-patch.patch").facts

    assert facts["removed"] == 8
    assert facts["broken_hunks"] == 0


SEEDS = [(SAMPLES / name).read_bytes() for name in EXPECTED if not name.endswith(".gz")]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.sampled_from(SEEDS), at=st.integers(0, 2000), cut=st.integers(0, 200), put=st.binary(max_size=40)
)
def test_any_bytes_give_a_report_and_the_same_one_twice(tmp_path_factory, seed, at, cut, put):
    path = tmp_path_factory.mktemp("fuzz") / "change.patch"
    path.write_bytes(seed[:at] + put + seed[at + cut :])

    first, second = (registry.inspect(Source("change.patch", path), "diff") for _ in range(2))

    assert output.as_json([("x", first)]) == output.as_json([("x", second)])
    assert "G11" not in {finding.code for finding in first.findings}


@pytest.mark.parametrize(
    "line",
    [
        "+" + " " * 900 + "x",
        "diff --git " + "a b/" * 900,
        "+CREATE INDEX" + " x" * 400,
        "+" + "session cache " * 70,
        '+create_index("' + "a" * 900,
        "@@ -1,999999999 +1,999999999 @@",
    ],
)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line):
    path = tmp_path / "change.patch"
    head = "--- a/x\n+++ b/x\n@@ -1,99999 +1,99999 @@\n"
    path.write_text(head + (line + "\n") * (1_000_000 // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("change.patch", path), KIND.name)

    assert report.kind == "diff"


def test_a_part_that_lost_lines_says_of_which_side(tmp_path):
    path = tmp_path / "x.patch"
    path.write_bytes(b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+b\n+c")

    (broken,) = [one for one in registry.inspect(Source(path.name, path)).findings if one.code == "D2"]

    assert broken.message.endswith("announces 2 old and 2 new lines and has 1 and 2.")
