"""siege: its last lines, up to version 4.0 as text and since then as JSON. It prints no percentile.

Sources: siege 4.0.7 run on loopback (`failed_transactions` counts statuses from 400 on and requests without an answer,
and they are not among the `transactions`); outputs of 3.0 and 4.0.4 in public notes. Seconds with two decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.evidence.findings import phrase
from app.evidence.load_report.documents import at, number
from app.evidence.load_report.figures import Reading, figure
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line

FIRST = "** SIEGE"
_NAMES = {
    "transactions": "n",
    "failed_transactions": "failed",
    "elapsed_time": "duration_s",
    "transaction_rate": "throughput",
    "response_time": "mean",
    "longest_transaction": "max",
}
_CENT = 0.01
_IN_SECONDS = ("mean", "max")


def read(rows: Sequence[Line]) -> Summary:
    """`Longest transaction:        0.33` and its like; a line of a request has no such name."""
    found: dict[str, Reading] = {}
    for row in rows:
        name, colon, rest = row.text.partition(":")
        key = _NAMES.get("_".join(name.lower().split()))
        if colon and key and rest.strip() and (reading := figure(rest.split()[0], row.where)):
            found[key] = reading
    return _summary(found)


def read_json(document: Any) -> Summary:
    """The same numbers under the same names."""
    found = {
        key: Reading(value, 1.0 if key in ("n", "failed") else _CENT, name)
        for name, key in _NAMES.items()
        if (value := number(at(document, name))) is not None
    }
    return _summary(found)


def _summary(found: Mapping[str, Reading]) -> Summary:
    answered, failed = found.get("n"), found.get("failed")
    times = {
        name: Reading(found[name].value * 1000, found[name].step * 1000, found[name].where)
        for name in _IN_SECONDS
        if name in found
    }
    requests = (
        Reading(answered.value + failed.value, 1.0, answered.where) if answered and failed else answered
    )
    return Summary(
        tool="siege",
        form=phrase("siege's output"),
        numbers=known(
            n=answered,
            requests=requests,
            errors=failed,
            duration_s=found.get("duration_s"),
            throughput=found.get("throughput"),
        )
        | times,
        is_closed_loop=True,
    )
