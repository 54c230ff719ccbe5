"""How the values of a sample are spread: copies in another order, cut tails, steps that no clock has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from heapq import nlargest

from app.evidence.findings import Finding
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.counts import Counts
from app.evidence.latency_table.numbers import shown
from app.evidence.latency_table.shape_rules import CAPPED, COARSE, DOUBLED, TAIL_CUT
from app.evidence.quantiles import LEVELS, Distribution

SHARE_DOUBLED, FEWEST_EXPECTED, FAR_FEWER = 0.1, 50, 10
MOST_TIMES = 4
FEWEST_CAPPED, SHARE_CAPPED, TIMES_CAPPED = 20, 0.002, 10
FEWEST_FOR_TAIL, HEAP, WALL, STEEP = 10_000, 0.06, 0.25, 0.5
STEPS_MS = (1000, 500, 100, 50, 20, 10)
FEWEST_STEPS, FINEST_STEP_MS = 10, 1.0
"""Where the file itself shows no more than tens of milliseconds, its latencies are as it says."""


def shape(values: Sequence[float], counts: Counts, layout: Layout, *, is_repeated: bool) -> Iterator[Finding]:
    """Every pattern of the sample's values that does not depend on their order; copied blocks are told already."""
    found = Counter(values)
    if not is_repeated:
        yield from _doubled(found)
    if (capped := _capped(found, counts)) is not None:
        yield capped
    else:
        yield from _cut(counts.everything)
    if layout.resolution_ms <= FINEST_STEP_MS:
        yield from _coarse(found)


def _doubled(found: Mapping[float, int]) -> Iterator[Finding]:
    """Values that occur k times and hardly ever k + 1 times.

    For independent draws from any distribution, however coarse its steps, the numbers n_k of values that occur k times
    obey n_(k-1) n_(k+1) >= k / (k + 1) n_k^2 but for chance: they are moments of one mixture of Poisson distributions.
    """
    times, n = Counter(found.values()), sum(found.values())
    for k in range(2, MOST_TIMES + 1):
        least = times[k] ** 2 * k / (k + 1) / max(times[k - 1], 1)
        if (
            k * times[k] >= SHARE_DOUBLED * n
            and least >= FEWEST_EXPECTED
            and times[k + 1] * FAR_FEWER < least
        ):
            yield DOUBLED.at(n=n, count=times[k], times=k, more=k + 1)
            return


def _capped(found: Mapping[float, int], counts: Counts) -> Finding | None:
    """The slowest value of all is also one of the commonest, among answers that were no failures."""
    last, *others = nlargest(51, found)
    usual = max((found[value] for value in others), default=0)
    is_common = found[last] >= max(FEWEST_CAPPED, SHARE_CAPPED * sum(found.values()), TIMES_CAPPED * usual)
    steps = counts.succeeded.steps
    if len(others) < 50 or not is_common or not steps or last != counts.everything.steps[-1].high:
        return None
    return CAPPED.at(count=found[last], max=shown(last)) if steps[-1].high == last else None


def _cut(values: Distribution) -> Iterator[Finding]:
    """Twice in a row a tenth of the requests takes about a tenth of the way to the slowest: no tail is so blunt.

    Time-outs heap up at their wall, so that a tenth takes far less of the way there.
    """
    if values.n < FEWEST_FOR_TAIL:
        return
    p90, p99, p999 = (values.quantile(LEVELS[name]) for name in ("p90", "p99", "p999"))
    top = values.steps[-1].high
    if HEAP * (top - p99) < top - p999 < WALL * (top - p99) and top - p99 < STEEP * (top - p90):
        yield TAIL_CUT.at(max=shown(top), p999=shown(p999), p99=shown(p99))


def _coarse(found: Mapping[float, int]) -> Iterator[Finding]:
    step = next((step for step in STEPS_MS if all(round(value, 6) % step == 0 for value in found)), None)
    if step is not None and len(found) >= FEWEST_STEPS:
        yield COARSE.at(n=sum(found.values()), step=step)
