"""JMeter: the lines `summary = ...` that it prints without its window (Generate Summary Results).

    summary =  60000 in 00:01:00 = 1000.1/s Avg:     9 Min:     0 Max:   250 Err:     0 (0.00%)

`summary +` is one interval, `summary =` all so far; the last of these is the run. Up to version 2.13 the time is
written as `in  60.2s`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.findings import Unreadable
from app.evidence.load_report.figures import Reading, figure, rate
from app.evidence.load_report.rules import NOT_READ
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line

FIRST = "Starting standalone test"
_TOTAL = re.compile(
    r"summary =\s{1,8}(\d{1,12}) in\s{1,8}(?:(\d{1,4}):(\d\d):)?(\d{1,7}(?:\.\d{1,3})?)s? =\s{1,8}(\S{1,20}) "
    r"Avg:\s{1,8}(\d{1,12}) Min:\s{1,8}(\d{1,12}) Max:\s{1,8}(\d{1,12}) Err:\s{1,8}(\d{1,12}) \("
)


def read(rows: Sequence[Line]) -> Summary:
    """The last total; JMeter prints no percentile here."""
    found = [(row, total) for row in rows if (total := _TOTAL.search(row.text[:400])) is not None]
    if not found:
        raise Unreadable(NOT_READ.at(reason="it has no line `summary =`"))
    row, total = found[-1]
    hours, minutes, rest = (float(part or 0) for part in total.groups()[1:4])
    made, errors = figure(total[1], row.where), figure(total[9], row.where)
    return Summary(
        tool="JMeter",
        form="JMeter's summary",
        numbers=known(
            n=made,
            requests=made,
            errors=errors,
            duration_s=Reading(hours * 3600 + minutes * 60 + rest, 1.0, row.where),
            throughput=rate(total[5], row.where),
            mean=figure(total[6], row.where),
            min=figure(total[7], row.where),
            max=figure(total[8], row.where),
        ),
    )
