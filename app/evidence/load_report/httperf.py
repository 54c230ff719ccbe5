"""httperf: the text it prints (0.9.0, run on loopback). Tenths of a millisecond; no percentile but the median.

`Connection time` is the life of a connection, so it is the time of a request only where each carried one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.findings import phrase
from app.evidence.load_report.figures import Reading, figure
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line, labelled

FIRST = "httperf --"
_NUMBERS: dict[str, tuple[str, ...]] = {
    "Total: connections": ("requests", "replies", "test-duration"),
    "Request rate:": ("Request rate:",),
    "Reply time [ms]:": ("response", "transfer"),
    "Connection time [ms]: min": ("min", "avg", "max", "median", "stddev"),
    "Connection length [replies/conn]:": ("[replies/conn]:",),
    "Errors: total": ("total",),
}
_STATUS = re.compile(r"([1-5]xx)=(\d{1,12})")
_OPTION = re.compile(r"--(server|port|uri|rate)[= ](\S{1,200})")


def read(rows: Sequence[Line]) -> Summary:
    """One run."""
    found: dict[str, Reading] = {}
    for label, row, rest in labelled(rows, *_NUMBERS):
        text = f"{label} {rest}"
        for name in _NUMBERS[label]:
            words = text.partition(f"{name} ")[2].split()
            if words and (reading := figure(words[0], row.where)):
                found.setdefault(name, reading)
    said = next((rest for _, _, rest in labelled(rows, "Reply status:")), "")
    statuses = {name: int(made) for name, made in _STATUS.findall(said)}
    options = dict(_OPTION.findall(next((row.text for row in rows if FIRST in row.text), "")[:2000]))
    return Summary(
        tool="httperf",
        form=phrase("httperf's output"),
        levels={50.0: found["median"]} if _is_one_each(found) and "median" in found else {},
        numbers=_numbers(found, statuses),
        statuses={name: made for name, made in statuses.items() if made},
        is_closed_loop="rate" not in options,
        target=f"{options['server']}:{options.get('port', '80')}{options.get('uri', '/')}"
        if "server" in options
        else "",
    )


def _is_one_each(found: dict[str, Reading]) -> bool:
    length = found.get("[replies/conn]:")
    return length is not None and length.value == 1


def _numbers(found: dict[str, Reading], statuses: dict[str, int]) -> dict[str, Reading]:
    replies, broken = found.get("replies"), found.get("total")
    failed = statuses.get("4xx", 0) + statuses.get("5xx", 0)
    response, transfer = found.get("response"), found.get("transfer")
    mean = response and transfer and Reading(round(response.value + transfer.value, 1), 0.2, response.where)
    ends = {"min": "min", "avg": "mean", "max": "max", "stddev": "stddev"} if _is_one_each(found) else {}
    return known(
        n=replies,
        answered=replies,
        requests=found.get("requests"),
        errors=Reading(failed + broken.value, 1.0, broken.where) if broken else None,
        duration_s=found.get("test-duration"),
        throughput=found.get("Request rate:"),
        mean=mean,
    ) | {name: found[key] for key, name in ends.items() if key in found}
