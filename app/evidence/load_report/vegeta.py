"""vegeta: `report` as text, as JSON (nanoseconds) and as a histogram. Its rate is fixed, so the loop is open.

Sources: lib/reporters.go and lib/metrics.go (v12). Percentiles come from a t-digest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.evidence.findings import Unreadable, phrase
from app.evidence.load_report.documents import at, counts, reading
from app.evidence.load_report.figures import Reading, duration, figure, percent, seconds
from app.evidence.load_report.rules import NOT_READ
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line, continued, labelled
from app.evidence.quantiles import Distribution, Step

FIRST = "Requests      ["
NS = 1e-6
_ROW = re.compile(r"(?:Requests|Duration|Latencies|Bytes (?:In|Out)|Success|Status Codes|Error Set)\b")
_NAMED = {"mean": "mean", "min": "min", "max": "max"}
_JSON_LEVELS = {"50th": 50.0, "90th": 90.0, "95th": 95.0, "99th": 99.0}
_STATUS = re.compile(r"(\d{1,3}):(\d{1,12})")
_BUCKET = re.compile(r"\[(\S{1,20}),\s{1,20}(\S{1,20})\]\s{1,20}(\d{1,12})\s")


def read(rows: Sequence[Line]) -> Summary:
    """`vegeta report`: each line names its columns in brackets."""
    numbers: dict[str, Reading] = {}
    levels: dict[float, Reading] = {}
    statuses: dict[str, int] = {}
    success: Reading | None = None
    for label, row, rest in labelled(
        continued(rows, _ROW), "Requests", "Duration", "Latencies", "Success", "Status Codes"
    ):
        names, values = _columns(rest)
        if label == "Status Codes":
            statuses = {code: int(count) for code, count in _STATUS.findall(" ".join(values)[:2000])}
        elif label == "Success" and values:
            success = percent(values[0], row.where)
        elif label == "Latencies":
            levels, times = _latencies(names, values, row)
            numbers |= times
        else:
            numbers |= _counted(label, dict(zip(names, values, strict=False)), row)
    requests = numbers.get("requests")
    numbers |= known(n=requests, errors=_errors(statuses, success, requests))
    return Summary(
        tool="vegeta",
        form=phrase("vegeta's report"),
        levels=levels,
        numbers=numbers,
        statuses=statuses,
        is_closed_loop=False,
    )


def _columns(rest: str) -> tuple[list[str], list[str]]:
    """`[mean, 50, 95]   1ms, 2ms, 3ms` -> names and values."""
    names, _, values = rest.removeprefix("[").partition("]")
    return [name.strip() for name in names.split(",")], [value.strip() for value in values.split(",")]


def _latencies(
    names: Sequence[str], values: Sequence[str], row: Line
) -> tuple[dict[float, Reading], dict[str, Reading]]:
    levels: dict[float, Reading] = {}
    times: dict[str, Reading] = {}
    for name, text in zip(names, values, strict=False):
        value, level = duration(text, row.where), figure(name)
        if value is not None and name in _NAMED:
            times[_NAMED[name]] = value
        elif value is not None and level is not None:
            levels[level.value] = value
    return levels, times


def _counted(label: str, columns: dict[str, str], row: Line) -> dict[str, Reading]:
    if label == "Requests":
        return known(
            requests=figure(columns.get("total", ""), row.where),
            throughput=figure(columns.get("rate", ""), row.where),
        )
    attack = columns.get("attack", columns.get("total", ""))
    return known(duration_s=seconds(duration(attack, row.where)))


def _errors(statuses: dict[str, int], success: Reading | None, requests: Reading | None) -> Reading | None:
    """Answers that are no 2xx or 3xx; status 0 is no answer. The ratio has but two decimals."""
    if requests is None or (success is None and not statuses):
        return None
    where = requests.where if success is None else success.where
    if statuses:
        failed = sum(count for code, count in statuses.items() if not "200" <= code < "400")
        return Reading(float(failed), 1.0, where)
    share = 0.0 if success is None else 1 - success.value
    return Reading(float(round(share * requests.value)), max(1.0, 1e-4 * requests.value), where)


def read_json(document: Any) -> Summary:
    """`vegeta report -type=json`, with or without `-buckets`."""
    statuses, requests = counts(at(document, "status_codes")), reading(document, "requests")
    success = reading(document, "success")
    levels = {
        level: found
        for name, level in _JSON_LEVELS.items()
        if (found := reading(document, "latencies", name, scale=NS)) is not None
    }
    return Summary(
        tool="vegeta",
        form=phrase("vegeta's report"),
        levels=levels,
        numbers=known(
            n=requests,
            requests=requests,
            throughput=reading(document, "rate"),
            duration_s=reading(document, "duration", scale=1e-9),
            errors=_errors(statuses, success, requests),
            **{_NAMED[name]: reading(document, "latencies", name, scale=NS) for name in _NAMED},
        ),
        statuses=statuses,
        distribution=_buckets(at(document, "buckets")),
        is_closed_loop=False,
        unit="ns",
    )


def _buckets(buckets: Any) -> Distribution | None:
    """Lower bound in ns -> count; the last bucket has no end."""
    if not isinstance(buckets, dict) or len(buckets) > 10_000:
        return None
    found = sorted(
        (bound.value * NS, count) for key, count in counts(buckets).items() if (bound := figure(key))
    )
    ends = [low for low, _ in found[1:]]
    steps = [Step(low, high, count) for (low, count), high in zip(found, ends, strict=False) if count]
    return Distribution(steps) if steps and not found[-1][1] else None


def read_histogram(rows: Sequence[Line]) -> Summary:
    """`vegeta report -type='hist[0,10ms,25ms]'`: counts between bounds, and nothing else."""
    steps: list[Step] = []
    first = last = None
    for row in rows:
        bucket = _BUCKET.search(row.text[:200])
        low = duration(bucket[1]) if bucket else None
        if bucket is None or low is None:
            continue
        high = duration(bucket[2])
        first, last = first or row, row
        if int(bucket[3]):
            steps.append(Step(low.value, low.value if high is None else high.value, int(bucket[3])))
    if not steps or first is None or last is None:
        raise Unreadable(NOT_READ.at(reason=phrase("none of its buckets holds a request")))
    values = Distribution(steps)
    n = Reading(float(values.n), 1.0, phrase("lines {first} to {last}", first=first.number, last=last.number))
    return Summary(
        tool="vegeta",
        form=phrase("vegeta's histogram"),
        numbers={"n": n, "requests": n},
        distribution=values,
        is_coarse=True,
        is_closed_loop=False,
    )
