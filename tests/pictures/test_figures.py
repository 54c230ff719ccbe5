"""One table says which picture a kind gets."""

from collections import namedtuple
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source
from app.pictures.drawing import clean
from app.pictures.figures import KINDS, figures, figures_among, is_paired, pair_figure
from tests.pictures.facts import latency, node, plan, timed

File = namedtuple("File", "slot name kind facts")
PLANS = {"plans": [plan(node("Sort", node(ms=90.0, relation="orders"), ms=10.0))]}
RUN = timed(*((float(second), 25, 0, 50.0) for second in range(30)))


@pytest.mark.parametrize("kind", ["latency_table", "load_report"])
def test_latencies_are_drawn_by_percentile_and_over_time_and_a_pair_by_percentile(kind):
    alone, beside = (
        [(figure.key, figure.title) for figure in figures(kind, RUN, is_paired=paired)]
        for paired in (False, True)
    )

    assert alone == [("percentiles", "By percentile"), ("time", "Over time")]
    assert beside == [("time", "Over time")]
    assert pair_figure(kind, RUN, latency(scale=0.1)).svg.startswith("<svg")


@pytest.mark.parametrize("kind", ["postgres_plan", "mysql_plan", "sqlite_plan"])
def test_plans_are_trees_and_a_pair_has_two(kind):
    (one,) = figures(kind, PLANS, is_paired=False)

    assert (one.key, one.title, [side for side, _ in one.shown.trees]) == ("plan", "The plan", [""])
    assert figures(kind, PLANS, is_paired=True) == ()
    assert [side for side, _ in pair_figure(kind, PLANS, PLANS).trees] == ["Before", "After"]


def test_profiles_are_flames_and_a_pair_is_their_difference():
    folder = Path(registry.__file__).parent / "profile" / "samples"
    pair = [folder / name for name in ("clean-cprofile.prof.gz", "clean-cprofile-after.prof.gz")]
    before, after = (registry.inspect(Source(path.name, path)).facts for path in pair)

    (one,) = figures("profile", before, is_paired=True)

    assert (one.key, one.shown.svg[:4]) == ("flames", "<svg")
    assert pair_figure("profile", before, after).svg.startswith("<svg")


def test_every_kind_with_a_line_is_read_by_the_checks():
    assert sorted(set(KINDS) - {kind.name for kind in registry.KINDS}) == []


@pytest.mark.parametrize("kind", [None, "unknown", "runbook"])
def test_a_kind_without_a_line_has_no_picture(kind):
    assert figures(kind, RUN, is_paired=False) == ()
    assert pair_figure(kind, RUN, RUN) is None
    assert figures_among(File("slot", "name", kind, RUN), [File("slot", "name", kind, RUN)]) == ()
    assert not is_paired(kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("facts", [{}, {"plans": []}, {"curve": []}, {"plans": [{"root": None}]}])
def test_facts_that_hold_nothing_to_draw_are_left_out(kind, facts):
    assert figures(kind, facts, is_paired=False) == ()
    assert pair_figure(kind, facts, facts) is None


def test_text_in_a_picture_cannot_turn_its_direction():
    assert clean("a\u202eb\u2066c\u2029d <é>") == "a\ufffdb\ufffdc\u2029d &lt;é&gt;"
