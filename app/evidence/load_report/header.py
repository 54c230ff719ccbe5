"""What the columns of a table of summaries are called: `99%`, `p(99)`, `P99.0`, `0.99`, `90% Line`, `Requests/s`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from app.evidence.load_report.figures import UNITS
from app.evidence.patterns import lazy

_UNIT = lazy(r"(.{1,60}?)(?:[\s_.\-]{1,3}(?:in[\s_])?|\s?[(\[])([A-Za-zµμ]{1,12})[)\]]?")
_LEVELS = (
    lazy(r"(\d{1,3}(?:\.\d{1,5})?)\s?(?:%|th)(?:\s?-?(?:line|ile|tile|percentile|percent))?"),
    lazy(r"(?:p|pct|q|percentile|quantile|perc|percent)[\s_(]{0,2}(\d{1,5}(?:[._]\d{1,5})?)(?:th)?\)?"),
    lazy(r"(\d{1,3}(?:\.\d{1,5})?)[\s_](?:percentile|percent|pct)"),
    lazy(r"(0\.\d{1,6})"),
)
_SMALL = lazy(r"0\.\d{1,6}")
_SHARES = frozenset((0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.975, 0.98, 0.99, 0.995, 0.999, 0.9999, 0.99999))
"""The shares people ask for. Any other number below one is a value, and its row is no header."""
_WORDS = {
    "min": ("min", "minimum", "fastest", "min response time", "min latency", "lowest"),
    "mean": ("mean", "avg", "average", "average response time", "mean latency", "avg latency", "average latency",
             "latency avg", "latency mean"),
    "max": ("max", "maximum", "slowest", "max response time", "max latency", "highest", "longest"),
    "stddev": ("stddev", "std dev", "stdev", "std. dev.", "std", "sd", "standard deviation"),
    "p50": ("median", "med", "median response time", "median latency"),
    "requests": ("requests", "request count", "# requests", "# reqs", "# samples", "samples", "count", "n", "total",
                 "total requests", "num requests", "hits", "calls", "number of requests", "total request count"),
    "errors": ("errors", "failures", "failure count", "# fails", "failed", "error count", "failed requests",
               "num failures", "ko", "total failure count"),
    "error_rate": ("error %", "error rate", "errors %", "error pct", "fail %", "failure rate", "% errors"),
    "throughput": ("throughput", "rps", "requests/s", "req/s", "requests/sec", "requests per second", "qps", "tps",
                   "reqs/s", "requests per sec", "rate"),
    "connections": ("connections", "concurrency", "users", "vus", "threads", "user count", "virtual users"),
    "duration_s": ("duration", "elapsed time", "test duration", "run time"),
    "label": ("name", "label", "endpoint", "path", "route", "url", "transaction", "request", "scenario", "test", "run",
              "operation", "target", "service", "case", "type"),
    "time": ("timestamp", "time", "date", "datetime", "ts", "minute", "interval", "window"),
}  # fmt: skip
_ROLES = {word: role for role, words in _WORDS.items() for word in words}


class Column(NamedTuple):
    """One column: its role (a name of the facts, `label`, `time` or a percentile) and the unit in its header."""

    place: int
    header: str
    role: str
    percent: float | None = None
    unit: str | None = None


def columns(header: Sequence[str]) -> list[Column]:
    """The columns that are understood. Of two with one role the first counts; labels may be several."""
    found: list[Column] = []
    for place, name in enumerate(header):
        column = _column(place, name.strip()[:80])
        if column is not None and (column.role == "label" or not _is_taken(column, found)):
            found.append(column)
    return found


def _is_taken(column: Column, found: Sequence[Column]) -> bool:
    return any((one.role, one.percent) == (column.role, column.percent) for one in found)


def percent(name: str) -> float | None:
    """The percentile a header names, in percent. `p999` is 99.9 and `0.99` is 99."""
    lower = name.strip().lower()
    for pattern in _LEVELS:
        match = pattern.fullmatch(lower)
        if match is not None:
            return _percent(match[1].replace("_", "."))
    return None


def _percent(digits: str) -> float | None:
    if _SMALL.fullmatch(digits):
        value = float(digits) * 100 if float(digits) in _SHARES else -1.0
    elif "." not in digits and len(digits) > 2 and digits.startswith("9"):
        value = float(f"{digits[:2]}.{digits[2:]}")
    else:
        value = float(digits)
    return round(value, 6) if 0 <= value <= 100 else None


def _column(place: int, name: str) -> Column | None:
    bare, unit = _split(name)
    for words in (name, bare):
        level = percent(words)
        if level is not None:
            return Column(place, name, _role_of(level), level, unit)
        role = _ROLES.get(_plain(words))
        if role is not None:
            return Column(place, name, role, 50.0 if role == "p50" else None, unit)
    return None


def _role_of(level: float) -> str:
    return "max" if level == 100 else "min" if level == 0 else "level"


def _split(name: str) -> tuple[str, str | None]:
    """`p99_ms`, `P99 (ms)`, `latency in ms` -> the name and the unit; a word that is no unit is part of the name."""
    match = _UNIT.fullmatch(name)
    if match is None or match[2].lower() not in UNITS:
        return _without_latency(name), None
    return _without_latency(match[1]), match[2].lower()


def _without_latency(name: str) -> str:
    """`latency_p99` and `p99 latency` are `p99`."""
    words = [word for word in re.split(r"[\s_]", name) if word]
    rest = [
        word
        for word in words
        if word.lower() not in ("latency", "response", "time", "resp", "duration", "http")
    ]
    return " ".join(rest) if rest else name


def _plain(name: str) -> str:
    return re.sub(r"[\s_]{1,4}", " ", name.strip().lower())
