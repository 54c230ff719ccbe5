"""pgbench (15, run here; 10 to 14 by their manuals) and sysbench (1.0.20, run here): transactions instead of requests.

pgbench keeps a mean and no percentile; sysbench keeps one percentile, the 95th unless `--percentile` says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.findings import phrase
from app.evidence.load_report.figures import Reading, duration, figure, seconds
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line, labelled
from app.evidence.patterns import lazy

PGBENCH, SYSBENCH = "transaction type:", "sysbench 1."
_PERCENTILE = lazy(r"(\d{1,3}(?:\.\d{1,3})?)th percentile:\s{1,60}([\d.]{1,30})")
_LAG = "rate limit schedule lag:"
_CONNECTING = "initial connection time = "


def read_pgbench(rows: Sequence[Line]) -> Summary:
    """One run. The rate is that without the time it took to connect, which the duration holds."""
    done, failed = (
        _first(rows, "number of transactions actually processed:"),
        _first(rows, "number of failed transactions:"),
    )
    length, connecting = _first(rows, "duration:"), _first(rows, _CONNECTING)
    if length is not None and connecting is not None:
        length = length._replace(step=max(length.step, connecting.value / 500))
    requests = Reading(done.value + failed.value, 1.0, done.where) if done and failed else done
    return Summary(
        tool="pgbench",
        form=phrase("pgbench's output"),
        numbers=known(
            n=done, answered=done, requests=requests, errors=failed, duration_s=length, throughput=_rate(rows),
            mean=_first(rows, "latency average = "), stddev=_first(rows, "latency stddev = "),
            connections=_first(rows, "number of clients:"),
        ),
        is_closed_loop=not any(labelled(rows, _LAG)),
    )  # fmt: skip


def _rate(rows: Sequence[Line]) -> Reading | None:
    """Up to version 13 there are two, and the second leaves connecting out."""
    found = [figure(rest.split()[0], row.where) for _, row, rest in labelled(rows, "tps = ") if rest.split()]
    return found[-1] if found else None


def read_sysbench(rows: Sequence[Line]) -> Summary:
    """One run of any of its tests; its latencies are in ms."""
    text = "\n".join(row.text for row in rows)
    percentile = _PERCENTILE.search(text)
    where = next((row.where for row in rows if "th percentile:" in row.text), "")
    value = None if percentile is None else figure(percentile[2], where)
    total = next(((row, rest) for _, row, rest in labelled(rows, "total time:")), None)
    events = _first(rows, "total number of events:")
    length = None if total is None else seconds(duration(total[1], total[0].where))
    return Summary(
        tool="sysbench",
        form=phrase("sysbench's output"),
        levels={float(percentile[1]): value} if percentile and value and value.value > 0 else {},
        numbers=known(
            n=events, requests=events, duration_s=length,
            throughput=_per_second(rows) or _over(events, length), connections=_first(rows, "Number of threads:"),
            min=_first(rows, "min:"), mean=_first(rows, "avg:"), max=_first(rows, "max:"),
        ),
        is_closed_loop=True,
    )  # fmt: skip


def _per_second(rows: Sequence[Line]) -> Reading | None:
    """`transactions:   21607  (360.02 per sec.)`, or `events per second:  2010.08`."""
    for _, row, rest in labelled(rows, "transactions:"):
        return figure(rest.partition("(")[2].split(" ")[0], row.where)
    return _first(rows, "events per second:")


def _over(events: Reading | None, length: Reading | None) -> Reading | None:
    """What tests without transactions leave to the reader."""
    if events is None or length is None or length.value <= 0:
        return None
    return Reading(events.value / length.value, 0.0, f"{events.where} over {length.where}")


def _first(rows: Sequence[Line], label: str) -> Reading | None:
    """The number behind a label; `4076/4076` and `412 (15.6%)` begin with it."""
    for _, row, rest in labelled(rows, label):
        return figure(re.split(r"[\s/]", rest, maxsplit=1)[0], row.where)
    return None
