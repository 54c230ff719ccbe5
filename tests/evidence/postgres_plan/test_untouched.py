"""Texts on which no step of the cleaning has anything to do are taken as they stand, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.plans.restored import restored
from app.evidence.postgres_plan import cleanup
from app.evidence.postgres_plan.reading import read
from tests.evidence.postgres_plan.kept import rows, sample
from tests.evidence.postgres_plan.test_pasted import VARIANTS

STEP = "Seq Scan on a  (cost=0.00..1.00 rows=1 width=4)"
PIECES = (
    "", " ", "  ", "\t", "->", "-> ", "->  ", "--", "-- ", "---", "----", "> ", "# ", "// ", "• ", "1", "2  ", "3:",
    "=", "===", "=3D", "=20", "|", "||", "|.", "|====", "│", "+", ".", "…", '"', '""', "'", "`", "```", "~~~", "{code}",
    "{noformat}", "[ RECORD 1 ]", "\\", "\\begin{tabular}", "\\(rs", "<", "< ", "<=", "<td>", "</td>", "<br>", "<pre>",
    "<explain", "&", "&gt;", "-&gt;", "(1 row)", "(", ")", "Q", "QUERY PLAN", "--- QUERY PLAN ---", "Time: 1.2 ms",
    "Timing is on.", "Pager usage is off.", "Output format is aligned.", "Output: a", "Tuples only is on.",
    "Expanded display is on.", "Record 1", "* Record 1", "Content-Type: text/plain", "Plan:", "- Plan:", "Node Type: ",
    '"Plan"', '"duration: 1.000 ms  plan:', "duration: 1.000 ms  plan:", "Filter: (a = 1)", "Sort Key: a", "é",
    "\u00a0", "\x1b[1m", "\r", "\x00", STEP, f"->  {STEP}", "Planning Time: 0.1 ms", "Execution Time: 0.2 ms",
    "Trigger a",
)  # fmt: skip
"""What the steps look for, what stands in plans, and what is close to either."""
lines = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
texts = st.lists(lines, max_size=8).map("\n".join)


@given(texts)
def test_a_text_is_taken_as_it_stands_only_if_cleaning_leaves_it_so(text):
    taken = cleanup.untouched(text)

    assert taken is None or taken == cleanup.clean(restored(text))


@given(texts, st.integers(0, 3))
def test_beside_a_plan_it_is_the_same(text, at):
    plan = ["Limit  (cost=0.00..1.00 rows=1 width=4)", "  Output: b", f"  ->  {STEP}", "        Output: c"]
    whole = "\n".join([*plan[:at], text, *plan[at:]])
    taken = cleanup.untouched(whole)

    assert taken is None or taken == cleanup.clean(restored(whole))


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_paste_is_taken_as_it_stands_if_cleaning_changes_it(variant):
    pasted = VARIANTS[variant](sample("before.txt"))
    taken = cleanup.untouched(pasted)

    assert taken is None or taken == cleanup.clean(restored(pasted))


def test_plans_of_the_sample_are_taken_as_they_stand_and_read_the_same(monkeypatch):
    bare = [row["text"] for row in rows("pairs")]
    taken = [text for text in bare if cleanup.untouched(text)]
    at_once = [read(text) for text in taken]
    monkeypatch.setattr(cleanup, "untouched", lambda text: None)

    assert at_once == [read(text) for text in taken]
    assert len(taken) > 0.8 * len(bare), len(bare)
