"""The ways a table can be read give the same numbers: strictly or patiently, held in memory or read again."""

import random

import _duckdb
import pytest

from app.evidence import registry
from app.evidence.latency_table import engine, opening
from app.evidence.latency_table.dialect import read_dialect
from app.evidence.latency_table.layout import read_layout
from app.evidence.latency_table.sql import table_sql
from app.evidence.source import Source

EPOCH = 1_763_790_000.0
HEADER = "timestamp,endpoint,status,latency_ms"
LARGE = {
    "held": engine.LONG_BYTES + 1,
    "listed": engine.HELD_BYTES + 1,
    "not listed": engine.KEEP_BYTES + 1,
}


@pytest.fixture
def write(tmp_path):
    def write(rows):
        path = tmp_path / "requests.csv"
        path.write_text("\n".join([HEADER, *rows, ""]))
        return Source(path.name, path)

    return write


def rows(count=3000, rate=10):
    """`rate` requests a second with a pause of two seconds in the middle, some failed."""
    chance = random.Random(3)
    return [
        f"{1_763_790_000 + i / rate + 2 * (i > count / 2):.3f},/cart,{200 if i % 50 else 502},"
        f"{chance.lognormvariate(3, 0.8):.3f}"
        for i in range(count)
    ]


def counted(source, *, unpacked, is_strict=True, foreseen=None):
    """What the engine counts, with the way it reads chosen by hand."""
    dialect = read_dialect(source)
    layout = read_layout(dialect)

    def table(*, is_strict, is_numbered=False):
        return table_sql(
            str(source.path), "utf-8", dialect, layout,
            is_packed=False, is_strict=is_strict, is_numbered=is_numbered,
        )  # fmt: skip

    scan = engine.Scan(
        engine.connect(str(source.path)), table, dialect, layout, EPOCH, may_be_strict=is_strict
    )
    counts = scan.counts(unpacked, foreseen)
    names = (
        "failed",
        "unreadable",
        "total_ms",
        "first_start",
        "last_end",
        "gaps",
        "series",
        "sample",
        "slowest",
        "bad",
    )
    return counts.everything.steps, counts.succeeded.steps, *(getattr(counts, name) for name in names)


def test_a_large_table_is_counted_as_a_small_one(write):
    source = write(rows())

    small, large = (counted(source, unpacked=size) for size in (1, engine.KEEP_BYTES + 1))

    assert large == small
    assert sum(step.count for step in small[0]) == 3000


def foreseen(source):
    dialect = read_dialect(source)
    return opening.foreseen(source, dialect, read_layout(dialect), EPOCH)


@pytest.mark.parametrize("unpacked", LARGE.values(), ids=LARGE)
def test_a_table_read_once_is_counted_as_one_read_twice(write, unpacked):
    source = write(rows(count=12_000))
    grid = foreseen(source)

    once, twice = (counted(source, unpacked=unpacked, foreseen=known) for known in (grid, None))

    assert grid is not None
    assert once[2] == pytest.approx(twice[2])
    assert once[:2] + once[3:] == twice[:2] + twice[3:]


@pytest.mark.parametrize("unpacked", LARGE.values(), ids=LARGE)
@pytest.mark.parametrize("spoil", ["1763890000.000,/cart,200,12.5", "1763790300.000,/cart,200,n/a"])
def test_a_table_that_is_not_as_foreseen_is_read_again(write, spoil, unpacked):
    table = rows(count=12_000)
    table[6000] = spoil
    source = write(table)

    once, twice = (counted(source, unpacked=unpacked, foreseen=known) for known in (foreseen(source), None))

    assert once == twice


def test_a_patient_reading_counts_as_a_strict_one(write):
    source = write(rows())

    assert counted(source, unpacked=1, is_strict=False) == counted(source, unpacked=1)


@pytest.mark.parametrize("cell", ["1_000", "n/a", "0x10", "12ms", "-5", "nan", "1e400"])
def test_one_odd_cell_far_below_the_head_spoils_one_row(write, cell):
    table = rows()
    table[2900] = f"1763790300.000,/cart,200,{cell}"

    facts = registry.inspect(write(table)).facts

    assert (facts["n"], facts["unreadable_rows"]) == (2999, 1)
    assert facts["max"] < 1000


@pytest.mark.parametrize(("status", "failed"), [("ok", 60), ("", 60), ("timeout", 61), ("503 Busy", 61)])
def test_a_status_in_words_far_below_the_head_is_still_understood(write, status, failed):
    table = rows()
    table[2901] = f"1763790300.000,/cart,{status},12.5"

    facts = registry.inspect(write(table)).facts

    assert (facts["n"], facts["errors"], facts["unreadable_rows"]) == (3000, failed, 0)


def test_an_engine_started_ahead_reads_one_file_and_no_other(write, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("1\n")
    source = write(rows())
    engine.start()

    first, second = (engine.connect(str(source.path)) for _ in range(2))

    for db in (first, second):
        assert db.execute(f"SELECT count(*) FROM '{source.path}'").fetchall() == [(3000,)]
        with pytest.raises(_duckdb.PermissionException):
            db.execute(f"SELECT * FROM '{other}'")


def test_a_row_of_too_many_cells_does_not_end_the_count(write):
    table = rows()
    table[2900] += ",one,two,three"

    facts = registry.inspect(write(table)).facts

    assert facts["n"] == 3000


@pytest.mark.parametrize(("rate", "gaps"), [(100, 1), (10, 0)])
def test_a_gap_is_fifty_ordinary_ones(write, rate, gaps):
    found = counted(write(rows(rate=rate)), unpacked=1)[7]

    assert len(found) == gaps
    assert all(after - before == pytest.approx(2 + 1 / rate, abs=0.002) for before, after in found)
