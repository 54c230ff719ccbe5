"""Prometheus: the answer of /api/v1/query_range or /api/v1/query. The answer does not hold the query.

What a series is must be read from its labels: `le` makes it a bucket of a histogram, `quantile` a percentile of a
summary, a status code a rate of answers. Anything else is a series of unknown meaning, and is asked about.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.evidence.findings import Finding, Unreadable, phrase
from app.evidence.load_report.advice import option
from app.evidence.load_report.documents import at, number
from app.evidence.load_report.figures import UNITS, Reading
from app.evidence.load_report.rules import NOT_READ, OTHER_FORM, OVER_TIME
from app.evidence.load_report.summary import Summary, known, known_range
from app.evidence.load_report.table_summary import judged
from app.evidence.quantiles import Distribution, Step
from app.evidence.units import shown

COUNTER, RATE, INCREASE = "counter", "rate", "increase"
SAID = {
    COUNTER: (),
    RATE: (phrase("its values are requests a second"),),
    INCREASE: (phrase("each of its values counts the requests since the one before"),),
}
MOST_SERIES = 5_000
MOST_POINTS = 500_000
_STATUS = ("code", "status", "status_code", "http_status", "response_code", "status_class")


@dataclass(frozen=True, slots=True)
class Series:
    """Labels and points (seconds, value) in order; what is not finite was left out."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


def read(document: Any) -> Summary:
    """Buckets first, then percentiles, then rates by status."""
    series = _series(at(document, "data", "result"))
    if not series:
        raise Unreadable(NOT_READ.at(reason=phrase("the query found no series, or only NaN")))
    by_bucket = [one for one in series if "le" in one.labels]
    if len(by_bucket) > 1:
        return _of_buckets(by_bucket)
    levelled = [one for one in series if _quantile(one) is not None]
    if levelled:
        return _of_quantiles(levelled)
    coded = [one for one in series if any(name in one.labels for name in _STATUS)]
    return _of_statuses(coded) if coded else _unknown(series)


def _series(results: Any) -> list[Series]:
    found: list[Series] = []
    left = MOST_POINTS
    for result in results[:MOST_SERIES] if isinstance(results, list) else ():
        pairs = at(result, "values") or [at(result, "value")]
        labels = at(result, "metric")
        if not isinstance(pairs, list) or not isinstance(labels, dict):
            continue
        points = tuple(_points(pairs[:left]))
        left -= len(points)
        if points:
            found.append(Series({str(name): str(value)[:120] for name, value in labels.items()}, points))
    return found


def _points(pairs: Sequence[Any]) -> Iterator[tuple[float, float]]:
    for pair in pairs:
        if isinstance(pair, list) and len(pair) == 2:
            when, value = number(pair[0]), number(pair[1])
            if when is not None and value is not None:
                yield when, value


def _of_buckets(series: Sequence[Series]) -> Summary:
    """How many requests each bucket gained over the range, all instances together."""
    gained: dict[float, float] = {}
    sort = _sort(series)
    for one in series:
        bound = math.inf if one.labels["le"] in ("+Inf", "Inf") else number(one.labels["le"])
        if bound is not None:
            gained[bound] = gained.get(bound, 0.0) + _gain(one, sort)
    unit, said = _unit(
        series[0], [bound for bound in gained if math.isfinite(bound)], phrase("its bucket bounds")
    )
    steps: list[Step] = []
    below, last = 0, 0.0
    for bound in sorted(gained):
        total = round(gained[bound])
        high = last if math.isinf(bound) else bound * UNITS[unit]
        if total > below:
            steps.append(Step(last, high, total - below))
            below = total
        last = high
    if not steps:
        raise Unreadable(NOT_READ.at(reason=phrase("no bucket gained a request in the range")))
    values = Distribution(steps)
    n = Reading(float(values.n), 1.0, phrase("the buckets `le`"))
    return Summary(
        tool="Prometheus",
        form="Prometheus' buckets",
        numbers={"n": n, "requests": n} | _span(series, values.n),
        distribution=values,
        is_coarse=True,
        unit=unit,
        assumed=(*said, *SAID[sort]),
    )


def _sort(series: Sequence[Series]) -> str:
    """Counter, rate or increase: as the busiest bucket goes, so do the others, which may be too still to tell."""
    values = [value for _, value in max(series, key=_sum).points]
    falls = sum(after < before for before, after in itertools.pairwise(values))
    if falls <= len(values) // 10:
        return COUNTER
    return RATE if _has_parts_of_one(series) else INCREASE


def _has_parts_of_one(series: Sequence[Series]) -> bool:
    """What `increase` gives is extrapolated upwards: nothing, or one and more. What is between is a rate.

    Buckets of a busy service may all be above one; then the steps between them tell, of which a few may be odd where a
    counter has only begun.
    """
    if any(0 < value < 1 for one in series for _, value in one.points):
        return True
    at_once: dict[float, list[float]] = {}
    for one in series:
        for when, value in one.points:
            at_once.setdefault(when, []).append(value)
    steps = [
        after - before for each in at_once.values() for before, after in itertools.pairwise(sorted(each))
    ]
    return sum(0 < step < 1 for step in steps) * 5 > sum(step > 0 for step in steps)


def _sum(one: Series) -> float:
    return sum(value for _, value in one.points)


def _gain(one: Series, sort: str) -> float:
    """How many requests a series tells of: a counter's growth, restarts included, or the sum of what it gained."""
    values = [value for _, value in one.points]
    if len(values) == 1:
        return values[0]
    if sort == COUNTER:
        pairs = itertools.pairwise(values)
        return sum(after - before if after >= before else after for before, after in pairs)
    step = (one.points[-1][0] - one.points[0][0]) / (len(values) - 1)
    return sum(values) * (step if sort == RATE else 1.0)


def _of_quantiles(series: Sequence[Series]) -> Summary:
    """Each percentile as the highest of its points, with the range of the percentile of the run."""
    unit, said = _unit(series[0], [value for one in series for _, value in one.points], phrase("its values"))
    scale = UNITS[unit]
    seen: dict[float, list[float]] = {}
    for one in series:
        level = round((_quantile(one) or 0.0) * 100, 6)
        seen.setdefault(level, []).extend(value * scale for _, value in one.points)
    ranges = [known_range(level, values) for level, values in seen.items()]
    return Summary(
        tool="Prometheus",
        form="Prometheus' percentiles",
        levels={
            level: Reading(
                float(f"{max(values):.12g}"),
                0.0,
                phrase("the series with quantile {level:g}", level=level / 100),
            )
            for level, values in seen.items()
        },
        numbers={name: end for each in ranges for name, end in each.items()} | _span(series, None),
        unit=unit,
        assumed=said,
        series=_drawn(series, scale),
        said=(_over_time(seen),),
    )


def _over_time(seen: Mapping[float, Sequence[float]]) -> Finding:
    level = 99.0 if 99.0 in seen else max(seen)
    return OVER_TIME.at(
        points=len(seen[level]),
        level=f"p{level:g}",
        low=shown(min(seen[level])),
        high=shown(max(seen[level])),
        option=option("Prometheus", "whole"),
    )


def _quantile(one: Series) -> float | None:
    value = number(one.labels.get("quantile"))
    return value if value is not None and 0 < value < 1 else None


def _of_statuses(series: Sequence[Series]) -> Summary:
    """Rates by status: the mean rate of all answers, and the share of 5xx."""
    total = failed = 0.0
    for one in series:
        mean = sum(value for _, value in one.points) / len(one.points)
        status = next(one.labels[name] for name in _STATUS if name in one.labels)
        total += mean
        failed += mean if status.startswith("5") else 0.0
    span = _span(series, None)
    if total <= 0:
        raise Unreadable(NOT_READ.at(reason=phrase("all its rates are zero")))
    where = phrase("the mean of the series")
    length = span["duration_s"].value if span else 1.0
    numbers = known(
        throughput=Reading(total, 0.0, where),
        requests=Reading(
            float(round(total * length)), total * length * 0.05, phrase("the rate times the range")
        )
        if span
        else None,
        errors=Reading(
            float(round(failed * length)), failed * length * 0.05, phrase("series with a 5xx status")
        )
        if span
        else None,
    )
    return Summary(
        tool="Prometheus",
        form=phrase("Prometheus' rates by status"),
        numbers=numbers | span,
        assumed=(phrase("its values are requests a second"),),
    )


def _unknown(series: Sequence[Series]) -> Summary:
    raise Unreadable(
        OTHER_FORM.at(
            what=phrase(
                "an answer of Prometheus with {count} series whose labels do not say what they measure",
                count=len(series),
            ),
            command=option("Prometheus", "whole"),
        )
    )


def _unit(one: Series, values: Sequence[float], what: str) -> tuple[str, tuple[str, ...]]:
    """From the metric's name; Prometheus' own convention is seconds."""
    name = one.labels.get("__name__", "")
    if "_seconds" in name:
        return "s", ()
    if "_milliseconds" in name or name.endswith(("_ms", "_ms_bucket")):
        return "ms", ()
    if values and sorted(values)[len(values) // 2] < 20:
        return "s", (phrase("{what} are s, Prometheus' own unit", what=what),)
    return judged(values, what)


def _span(series: Sequence[Series], n: int | None) -> dict[str, Reading]:
    times = [when for one in series for when, _ in (one.points[0], one.points[-1])]
    length = max(times) - min(times)
    if length <= 0:
        return {}
    found = {"duration_s": Reading(length, 0.0, phrase("the range of the query"))}
    return found | (
        {} if n is None else {"throughput": Reading(n / length, 0.0, phrase("the buckets over the range"))}
    )


def _drawn(series: Sequence[Series], scale: float) -> dict[str, Any] | None:
    """The slowest p99 of each moment."""
    worst: dict[float, float] = {}
    for one in series:
        if _quantile(one) == 0.99:
            for when, value in one.points:
                worst[when] = max(worst.get(when, 0.0), value * scale)
    if len(worst) < 2:
        return None
    first, last = min(worst), max(worst)
    points = [[round(when - first, 3), None, None, float(f"{worst[when]:.6g}")] for when in sorted(worst)]
    return {"step_s": round((last - first) / (len(worst) - 1), 3), "points": points}
