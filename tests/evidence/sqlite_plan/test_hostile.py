"""Hostile and broken input: no unhandled exception, the same answer twice, and no megabyte takes over two seconds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.evidence.findings import Unreadable
from app.evidence.plans import pair
from app.evidence.source import Source
from app.evidence.sqlite_plan import KIND, reading
from tests.evidence import budget
from tests.evidence.plans.hostile import damaged, filled, reported
from tests.evidence.plans.told import Samples

SAMPLES = Samples(KIND)
TEXTS = [SAMPLES.text(name) for name in SAMPLES.files if not name.endswith(".gz")]

HOSTILE = {
    "scans": filled("|--SCAN a\n"),
    "branches": filled("|--"),
    "bars": filled("|  " * 300 + "|--SCAN a\n"),
    "deep": "".join(f"{'   ' * depth}`--SCAN a\n" for depth in range(800)),
    "roots": filled("QUERY PLAN\n`--SCAN a\n"),
    "rows": "".join(f"{n}|0|0|SCAN a\n" for n in range(1, 60_000)),
    "chain": "".join(f"{n}|{n - 1}|0|SCAN a\n" for n in range(1, 60_000)),
    "same row": filled("2|0|0|SCAN a\n"),
    "old rows": filled("0|0|0|SCAN TABLE a\n"),
    "own parent": filled("2|2|0|SCAN a\n"),
    "spaces": filled("1" + " " * 300 + "2\n"),
    "one line": "`--SEARCH a USING INDEX i (" + filled("a=? AND "),
    "json": "[" + ", ".join(['{"id": 1, "parent": 0, "detail": "SCAN a"}'] * 20_000) + "]",
    "brackets": '"detail"' + filled("["),
    "quotes": filled('|--SCAN "a'),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_megabyte_takes_over_two_seconds(tmp_path, name):
    file = tmp_path / "plan.txt"
    file.write_text(HOSTILE[name])

    with budget.seconds(2):
        reported(file, KIND.name)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=damaged(TEXTS))
def test_damaged_plans_are_reported_the_same_way_twice(tmp_path, text):
    file = tmp_path / "plan.txt"
    file.write_text(text)

    assert reported(file, KIND.name) == reported(file, KIND.name)


@settings(max_examples=100, deadline=None)
@given(damaged(TEXTS), damaged(TEXTS))
def test_damaged_plans_can_be_compared(first, second):
    before, after = {"plans": reading.read(first)}, {"plans": reading.read(second)}

    assert all(finding.code for finding in pair.compare(before, after))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=3000) | st.text(max_size=2000).map(str.encode))
def test_any_bytes_get_a_report_or_a_reason(tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)
    source = Source("file", file)

    assert 0.0 <= KIND.sniff(source) <= 1.0
    try:
        answer = KIND.inspect(source).facts["plans"]
    except Unreadable as unreadable:
        answer = unreadable.finding.fix
    assert answer
