"""The JSON reports of oha, autocannon and bombardier.

Sources: oha's schema.json; autocannon 9 run on loopback; bombardier's templates.go (microseconds).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.evidence.findings import Finding, phrase
from app.evidence.load_report.documents import at, count, counts, number, reading
from app.evidence.load_report.figures import Reading, figure
from app.evidence.load_report.rules import CUT_OFF, HIDDEN_FAILURES
from app.evidence.load_report.summary import Summary, known, named
from app.evidence.quantiles import Distribution, Step
from app.evidence.units import shown

DEADLINE = "aborted due to deadline"
MANY_CUT = 0.01
"""As many as are slower than the p99; the few in flight at the end of every run are no matter."""
_AUTOCANNON = re.compile(r"p(\d{1,2}(?:_\d{1,4})?)")


def oha(document: Any) -> Summary:
    """Seconds. `successRate` leaves out what the deadline cut off."""
    statuses, errors = (
        counts(at(document, "statusCodeDistribution")),
        counts(at(document, "errorDistribution")),
    )
    answered = sum(statuses.values())
    cut = sum(made for name, made in errors.items() if DEADLINE in name)
    broken = sum(errors.values()) - cut
    failed = broken + sum(made for code, made in statuses.items() if code >= "400")
    where = "statusCodeDistribution, errorDistribution"
    return Summary(
        tool="oha",
        form=phrase("oha's report"),
        levels=_seconds(at(document, "latencyPercentiles"), "latencyPercentiles"),
        numbers=known(
            n=Reading(float(answered), 0.0, "statusCodeDistribution") if answered else None,
            requests=Reading(float(answered + broken), 0.0, where) if answered + broken else None,
            errors=Reading(float(failed), 0.0, where) if answered + broken else None,
            throughput=reading(document, "summary", "requestsPerSec"),
            duration_s=reading(document, "summary", "total"),
            min=reading(document, "summary", "fastest", scale=1000),
            mean=reading(document, "summary", "average", scale=1000),
            max=reading(document, "summary", "slowest", scale=1000),
        ),
        succeeded=named(_seconds(at(document, "latencyPercentilesSuccessful"), "")),
        distribution=_marks(at(document, "responseTimeHistogram")),
        unit="s",
        said=tuple(_failures_of_oha(document, statuses, cut)),
    )


def _seconds(levels: Any, place: str) -> dict[float, Reading]:
    """`p99.9` -> seconds; null where there was nothing to measure."""
    found: dict[float, Reading] = {}
    for name, value in levels.items() if isinstance(levels, dict) else ():
        level, measured = figure(str(name).removeprefix("p")), number(value)
        if level is not None and measured is not None and 0 < level.value < 100:
            found[level.value] = Reading(float(f"{measured * 1000:.12g}"), 0.0, f"{place}.{name}"[:80])
    return found


def _marks(histogram: Any) -> Distribution | None:
    """oha names each of its bars by the lower end of the values in it; the last is the slowest request."""
    bars = sorted(
        (mark.value * 1000, made)
        for key, made in counts(histogram).items()
        if (mark := figure(key)) is not None
    )
    if not 2 <= len(bars) <= 1000:
        return None
    width = bars[1][0] - bars[0][0]
    steps = [Step(max(0.0, mark - width), mark + width, made) for mark, made in bars if made]
    return Distribution(steps) if steps else None


def _failures_of_oha(document: Any, statuses: Mapping[str, int], cut: int) -> Iterator[Finding]:
    odd = sum(made for code, made in statuses.items() if code >= "400")
    success = number(at(document, "summary", "successRate"))
    if odd and success is not None and success > 0.9999:
        yield HIDDEN_FAILURES.at(
            tool="oha",
            said="`successRate: 1`",
            failures=phrase("{odd:,} answers had a status of 400 or more", odd=odd),
            why=phrase("To oha a request has succeeded when any answer came, whatever its status."),
        )
    made = sum(statuses.values()) + cut
    if cut > MANY_CUT * made:
        yield CUT_OFF.at(count=f"{cut:,}", share=shown(100 * cut / made))


def autocannon(document: Any) -> Summary:
    """Whole milliseconds. It has p90, p97.5 and p99, and no p95.

    Its rate is the mean of whole seconds, so the last part of one is in its duration only; with `-R` it adds the
    latencies of requests that it should have sent, and `totalCount` counts them.
    """
    latency = at(document, "latency") or {}
    levels = {
        float(found[1].replace("_", ".")): each
        for name in latency
        if (found := _AUTOCANNON.fullmatch(name)) and (each := reading(document, "latency", name, step=1.0))
    }
    answered, odd = count(at(document, "requests", "total")), count(at(document, "non2xx"))
    counted = count(at(document, "latency", "totalCount"))
    broken = count(at(document, "errors"))
    statuses = at(document, "statusCodeStats") or {}
    return Summary(
        tool="autocannon",
        form=phrase("autocannon's report"),
        levels=levels,
        numbers=known(
            n=reading(document, "requests", "total"),
            requests=Reading(float(answered + broken), 0.0, phrase("requests.total, errors")),
            answered=Reading(float(answered), 0.0, "requests.total"),
            errors=Reading(float(odd + broken), 0.0, "non2xx, errors"),
            throughput=reading(document, "requests", "average"),
            duration_s=reading(document, "duration", step=1.0),
            connections=reading(document, "connections"),
            min=reading(document, "latency", "min", step=1.0),
            mean=reading(document, "latency", "mean", step=0.01),
            stddev=reading(document, "latency", "stddev", step=0.01),
            max=reading(document, "latency", "max", step=1.0),
        ),
        statuses={code: count(at(each, "count")) for code, each in statuses.items()},
        is_closed_loop=True,
        corrects_omission=counted > answered,
        target=str(at(document, "url") or "")[:200],
        said=tuple(_failures_of_autocannon(odd, broken)),
    )


def _failures_of_autocannon(odd: int, broken: int) -> Iterator[Finding]:
    if odd and not broken:
        yield HIDDEN_FAILURES.at(
            tool="autocannon",
            said="`errors: 0`",
            failures=phrase("{odd:,} answers had a status other than 2xx (`non2xx`)", odd=odd),
            why=phrase(
                "autocannon's `errors` are requests without an answer; a 502 is an answer and stands in `non2xx`."
            ),
        )


def bombardier(document: Any) -> Summary:
    """Microseconds. Percentiles are there only with `-l`."""
    result = at(document, "result") or {}
    classes = {f"{digit}xx": count(result.get(f"req{digit}xx")) for digit in "12345"}
    others = count(result.get("others"))
    answered = sum(classes.values())
    where = phrase("result.req1xx to req5xx, result.others")
    took = number(result.get("timeTakenSeconds"))
    return Summary(
        tool="bombardier",
        form=phrase("bombardier's report"),
        levels=_micros(result, "percentiles"),
        numbers=known(
            n=Reading(float(answered), 0.0, where) if answered else None,
            requests=Reading(float(answered + others), 0.0, where),
            errors=Reading(float(classes["4xx"] + classes["5xx"] + others), 0.0, where),
            throughput=Reading((answered + others) / took, 0.0, f"{where} over timeTakenSeconds")
            if took
            else None,
            duration_s=reading(document, "result", "timeTakenSeconds"),
            connections=reading(document, "spec", "numberOfConnections"),
            mean=reading(document, "result", "latency", "mean", scale=0.001),
            stddev=reading(document, "result", "latency", "stddev", scale=0.001),
            max=reading(document, "result", "latency", "max", scale=0.001),
        ),
        succeeded=named(_micros(result, "percentiles2xx")) if classes["4xx"] + classes["5xx"] else {},
        is_closed_loop=at(document, "spec", "rate") is None,
        target=str(at(document, "spec", "url") or "")[:200],
        unit="us",
    )


def _micros(result: Any, name: str) -> dict[float, Reading]:
    found: dict[float, Reading] = {}
    levels = at(result, "latency", name)
    for key, value in levels.items() if isinstance(levels, dict) else ():
        level, measured = figure(str(key)), number(value)
        if level is not None and measured is not None and 0 < level.value < 100:
            found[level.value] = Reading(measured / 1000, 0.001, f"result.latency.{name}.{key}"[:80])
    return found
