"""Artillery: the JSON of `--output` and the summary it prints, of version 2 and of version 1.

Sources: reports of 1.6 and 2.0 in public repositories; 2.0.21 run on loopback. Milliseconds; the printed rate is a
mean over its periods and so is no quotient of the count and the length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.evidence.findings import phrase
from app.evidence.load_report.documents import at, count, number, reading
from app.evidence.load_report.figures import Reading, rate
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line

FIRST = "Summary report @"
TIMES = "http.response_time"
_LEVELS = {"median": 50.0, "p50": 50.0, "p75": 75.0, "p90": 90.0, "p95": 95.0, "p99": 99.0, "p999": 99.9}
_CODE = re.compile(r"(?:http\.codes\.)?([1-5]\d\d)")
_OLD_NAMES = {"Requests completed": "http.requests", "RPS sent": "http.request_rate",
              "Mean response/sec": "http.request_rate", "Response time (msec)": TIMES, "Request latency": TIMES,
              "Errors": "errors"}  # fmt: skip


def read_json(document: Any) -> Summary:
    """The aggregate; the periods before it are not needed."""
    whole = at(document, "aggregate") or {}
    place = "aggregate.summaries" if at(whole, "summaries") else "aggregate.histograms"
    times = at(whole, place.rpartition(".")[2], TIMES) or at(whole, "latency") or {}
    counters = {**(at(whole, "counters") or {}), **(at(whole, "codes") or {})}
    broken = sum(count(made) for name, made in counters.items() if str(name).startswith("errors."))
    broken += sum(count(made) for made in (at(whole, "errors") or {}).values())
    first, last = number(at(whole, "firstMetricAt")), number(at(whole, "lastMetricAt"))
    length = (last - first) / 1000 if first and last and last > first else None
    made = count(counters.get("http.requests")) or count(at(whole, "requestsCompleted"))
    return _summary(
        {name: found for name in (*_LEVELS, "min", "max", "mean") if (found := reading(times, name))},
        {
            code[1]: count(answers)
            for name, answers in counters.items()
            if (code := _CODE.fullmatch(str(name)))
        },
        known(
            n=reading(times, "count"),
            requests=Reading(float(made), 0.0, "http.requests") if made else None,
            broken=Reading(float(broken), 0.0, "errors"),
            duration_s=Reading(length, 0.0, "firstMetricAt, lastMetricAt") if length else None,
            throughput=Reading(made / length, 0.0, phrase("http.requests over the time"))
            if made and length
            else reading(whole, "rates", "http.request_rate") or reading(whole, "rps", "mean"),
        ),
    )


def read(rows: Sequence[Line]) -> Summary:
    """The last summary; names end in a colon and dots, and what is indented below one belongs to it."""
    start = max((at_ for at_, row in enumerate(rows) if FIRST in row.text), default=0)
    found: dict[str, Reading] = {}
    times: dict[str, Reading] = {}
    codes: dict[str, int] = {}
    broken, above = 0.0, ""
    for row in rows[start:]:
        name, _, rest = row.text.strip().rstrip(":").partition(": ")
        name = _OLD_NAMES.get(name, name)
        value = rate(rest.strip(" .").partition(" ")[0], row.where)
        if value is None:
            above = name
        elif above == TIMES and name in (*_LEVELS, "min", "max", "mean"):
            times[name] = value
        elif (code := _CODE.fullmatch(name)) is not None:
            codes[code[1]] = int(value.value)
        elif name.startswith("errors.") or above == "errors":
            broken += value.value
        else:
            found.setdefault(name, value)
    return _summary(
        times,
        codes,
        known(
            requests=found.get("http.requests"),
            throughput=found.get("http.request_rate"),
            broken=Reading(broken, 1.0, ""),
        ),
    )


def _summary(times: Mapping[str, Reading], codes: Mapping[str, int], numbers: dict[str, Reading]) -> Summary:
    """Answers have a code and a latency; requests that broke have neither."""
    answered = float(sum(codes.values()))
    broken = numbers.pop("broken")
    failed = sum(made for code, made in codes.items() if code >= "400")
    if answered:
        where = phrase("the codes of answers")
        numbers.setdefault("n", Reading(answered, 0.0, where))
        numbers["answered"] = Reading(answered, 0.0, where)
        numbers["requests"] = Reading(answered + broken.value, 0.0, where)
        numbers["errors"] = Reading(failed + broken.value, 0.0, where)
    return Summary(
        tool="Artillery",
        form=phrase("Artillery's report"),
        levels={_LEVELS[name]: found for name, found in times.items() if name in _LEVELS},
        numbers=numbers | {name: times[name] for name in ("min", "max", "mean") if name in times},
        statuses=dict(codes),
        is_closed_loop=False,
    )
