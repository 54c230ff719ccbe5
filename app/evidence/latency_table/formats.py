"""The formats of access logs: HAProxy's and Envoy's own, and the family that descends from Apache's common log.

Sources: HAProxy's configuration manual (HTTP log format), Envoy's default access log, nginx's log module, Apache's
mod_log_config, Traefik's common log format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.findings import phrase
from app.evidence.latency_table.clocks import looks_like_epoch
from app.evidence.latency_table.fields import Field, Format, Line, cells, nearly_all
from app.evidence.latency_table.layout import assumptions, unit_of
from app.evidence.latency_table.numbers import Writing, is_doubtful, median, number, time_format, writing_of
from app.evidence.latency_table.tokens import Shape
from app.evidence.patterns import lazy

_TIMERS = lazy(r"(?:-?\d{1,10}/){4}\+?-?\d{1,10}", re.ASCII)
_LAST_TIMER, _SERVER, _RETRIES = r"(?:-?\d+/){4}\+?(-?\d+)", r"[^ /]*/([^ ]+)", r"(?:\d+/){4}\+?(\d+)"
_CONNECTIONS = lazy(r"(?:\d{1,10}/){4}\+?\d{1,10}", re.ASCII)
_REQUEST = lazy(r"[A-Z]{3,10} \S{1,280}.*|<BADREQ>", re.ASCII | re.DOTALL)
_STATUS = lazy(r"[1-5]\d\d|0|000|-1", re.ASCII)
_STATUSES = lazy(r"[1-5]\d\d(?:(?:, | : |,)(?:[1-5]\d\d|-))*", re.ASCII)
_ADDRESS = lazy(r"(?:https?://)?[\w.:\[\]/-]{1,120}:\d{1,5}/?(?:,? [\w.:\[\]/, -]{1,120})?", re.ASCII)
_CLIENT = lazy(r"[0-9a-fA-F.:]{3,45}", re.ASCII)
_SECONDS = lazy(r"\d{1,6}\.\d{3}(?:, ?[\d.-]{1,20})*", re.ASCII)
_MICROSECONDS = lazy(r"\d{1,6}\.\d{6}", re.ASCII)
_PROCESSING = lazy(r"-1|\d{1,6}(?:\.\d{1,6})?", re.ASCII)
_COUNT = lazy(r"\d{1,12}", re.ASCII)
_SECONDS_AND_MORE = lazy(r"\d{1,6}/\d{1,12}", re.ASCII)
_WITH_UNIT = lazy(r"\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s)", re.ASCII)
_LATENCIES = (
    "request_time", "rt", "rtime", "req_time", "reqtime", "request-time", "response_time", "responsetime", "duration",
    "latency", "took", "time_taken", "elapsed", "service", "D", "upstream_response_time", "urt", "upstream_time",
)  # fmt: skip


def haproxy(rows: Sequence[Line]) -> Format | None:
    """... client:port [time] frontend backend/server TR/Tw/Tc/Tr/Ta status bytes - - ---- a/f/b/s/retries q/q ..."""
    timers = next((i for i in range(4, len(rows[0])) if nearly_all(cells(rows, i), _TIMERS)), None)
    if timers is None or len(rows[0]) < timers + 7 or rows[0][timers - 3].shape is not Shape.BRACKETED:
        return None
    if not nearly_all(cells(rows, timers + 6), _CONNECTIONS):
        return None
    last = len(rows[0]) - 1
    fields = [
        Field("client", timers - 4, r"\[?([^ ]*?)\]?:\d+"),
        Field("time", timers - 3),
        Field("instance", timers - 1, _SERVER),
        Field("latency", timers, _LAST_TIMER),
        Field("status", timers + 1),
        Field("ending", timers + 5),
        Field("retries", timers + 6, _RETRIES),
        *([Field("request", last)] if rows[0][last].shape is Shape.QUOTED else []),
    ]
    return Format("HAProxy", tuple(fields), "ms", "start", 0.98, aborted="^[Cc]", broken="^[SsKRI]")


def aws(rows: Sequence[Line]) -> Format | None:
    """[type] time balancer client target three times, two statuses, received, sent, "request"; -1 where there is none.

    The application's one begins with the type (https, h2, ...) and says when it answered, the classic one when it was
    asked. The latency is the middle one of the times, the target's.
    """
    quoted = next((i for i, token in enumerate(rows[0]) if token.shape is Shape.QUOTED), 0)
    first = quoted - 11
    if first not in (0, 1) or time_format(cells(rows, first)) is None:
        return None
    times = [text for i in (4, 5, 6) for text in cells(rows, first + i)]
    if not nearly_all(times, _PROCESSING) or not nearly_all(cells(rows, first + 7), _STATUS):
        return None
    fields = (
        Field("time", first), Field("client", first + 2, r"(.*):\d+"), Field("instance", first + 3),
        Field("latency", first + 5), Field("status", first + 7), Field("upstream_status", first + 8),
        Field("request", quoted),
    )  # fmt: skip
    return Format("AWS", fields, "s", "end" if first else "start", 0.98)


def envoy(rows: Sequence[Line]) -> Format | None:
    """[time] "request" status flags ... received sent duration upstream-time ... and the upstream host in quotes."""
    line = rows[0]
    if len(line) < 10 or line[0].shape is not Shape.BRACKETED or line[1].shape is not Shape.QUOTED:
        return None
    if not nearly_all(cells(rows, 2), _STATUS) or time_format(cells(rows, 0)) is None:
        return None
    counts = [i for i in range(4, len(line) - 2) if all(_is_count(rows, j) for j in (i, i + 1, i + 2))]
    if not counts or line[3].shape is not Shape.BARE:
        return None
    quoted = [i for i in range(counts[0] + 3, len(line)) if line[i].shape is Shape.QUOTED]
    fields = [
        Field("time", 0), Field("request", 1), Field("status", 2), Field("ending", 3),
        Field("latency", counts[0] + 2), *([Field("instance", quoted[4])] if len(quoted) > 4 else []),
    ]  # fmt: skip
    return Format("Envoy", tuple(fields), "ms", "start", 0.97, aborted="DC", broken="U[CFT]|URX|SI|LR")


def _is_count(rows: Sequence[Line], at: int) -> bool:
    return rows[0][at].shape is Shape.BARE and nearly_all(cells(rows, at), _COUNT)


def general(rows: Sequence[Line]) -> Format | None:
    """Apache's common log and all that is added to it; needs a request and a status."""
    taken: dict[str, int] = {}
    for role, find in (
        ("request", _request), ("method", _method), ("status", _status), ("time", _time), ("latency", _latency),
    ):  # fmt: skip
        if (at := find(rows, taken)) is not None:
            taken[role] = at
    if "request" not in taken or "status" not in taken:
        return None
    for role, pattern in (("instance", _ADDRESS), ("upstream_status", _STATUSES), ("client", _CLIENT)):
        if (at := _other(rows, taken, role, pattern)) is not None:
            taken[role] = at
    fields = tuple(Field(role, at, _inner(rows, role, at)) for role, at in taken.items())
    if "latency" not in taken:
        return Format(None, fields, "ms", "start", 0.75)
    return _with_times(rows, fields, taken["latency"])


def _with_times(rows: Sequence[Line], fields: tuple[Field, ...], at: int) -> Format:
    texts = [text for row in rows if (text := Field("latency", at, _inner(rows, "latency", at)).text(row))]
    writing = writing_of(texts) or Writing.PLAIN
    is_named = bool(rows[0][at].name)
    logged = "end" if is_named else "start"  # Apache and Traefik say since when, applications log the end
    if at + 1 < len(rows[0]) and all(row[at + 1].text == "ms" for row in rows):
        return Format("morgan", fields, "ms", "end", 0.95)
    if nearly_all(texts, _SECONDS):
        return Format("nginx", fields, "s", "end", 0.95)
    if nearly_all(texts, _MICROSECONDS):
        return Format("gunicorn", fields, "s", "end", 0.9)
    if writing is Writing.WITH_UNIT:
        return Format(None, fields, "ms", logged, 0.95, unit_from="cells")
    unit, unit_from, assumed = _unit(rows[0][at].name, texts, writing)
    return Format(None if is_named else "Apache", fields, unit, logged, 0.9, unit_from, assumed)


def _unit(name: str, texts: Sequence[str], writing: Writing) -> tuple[str, str, tuple[str, ...]]:
    """Whole numbers without a name are Apache's %D (microseconds), or %T (seconds) when all are small."""
    if name:
        unit, unit_from = unit_of("ms" if name.endswith("ms") else None, texts, writing)
        return unit, unit_from, assumptions(unit, unit_from, is_doubtful(writing, texts), None)
    values = [value for text in texts if (value := number(text, writing)) is not None]
    if median(values) < 5:
        return (
            "s",
            phrase("size of the values"),
            (phrase("the request times are whole seconds (Apache's %T), judged by their size"),),
        )
    return (
        "us",
        phrase("size of the values"),
        (phrase("the request times are microseconds (Apache's %D), judged by their size"),),
    )


def _request(rows: Sequence[Line], _taken: dict[str, int]) -> int | None:
    """The request line in quotes, or the bare word that is a path."""
    wide = range(len(rows[0]))
    quoted = (i for i in wide if rows[0][i].shape is Shape.QUOTED and nearly_all(cells(rows, i), _REQUEST))
    named = (i for i in wide if rows[0][i].name in ("path", "uri", "url", "request_uri", "request"))
    return next(quoted, next(named, None))


def _method(rows: Sequence[Line], _taken: dict[str, int]) -> int | None:
    """A word of its own, where the request is a path alone."""
    return next(
        (i for i, token in enumerate(rows[0]) if token.name in ("method", "request_method", "verb")), None
    )


def _status(rows: Sequence[Line], taken: dict[str, int]) -> int | None:
    """A status by its name, else the first after the request, else the first of all."""
    wide = [i for i in range(len(rows[0])) if nearly_all(cells(rows, i), _STATUS)]
    named = [
        i for i in wide if rows[0][i].name in ("status", "code", "st", "s", "response_code", "status_code")
    ]
    after = [i for i in wide if i > taken.get("request", 0) and not rows[0][i].name]
    return next(iter([*named, *after, *wide]), None)


def _time(rows: Sequence[Line], taken: dict[str, int]) -> int | None:
    """The first token that is seconds since 1970, which have a fraction in nginx's `$msec`; else the first date."""
    free = [i for i in range(len(rows[0])) if i not in taken.values()]
    dated = (i for i in free if time_format(cells(rows, i)) is not None)
    return next((i for i in free if _is_epoch(cells(rows, i))), next(dated, None))


def _is_epoch(texts: Sequence[str]) -> bool:
    writing = writing_of(texts)
    values = [] if writing is None else [v for text in texts if (v := number(text, writing)) is not None]
    return bool(values) and looks_like_epoch(median(values))


def _latency(rows: Sequence[Line], taken: dict[str, int]) -> int | None:
    """By name; else nginx's seconds with three decimals, a number with its unit, or Apache's whole number."""
    free = [i for i in range(len(rows[0])) if i not in taken.values()]
    for name in _LATENCIES:
        for i in free:
            if rows[0][i].name == name and (
                writing_of(cells(rows, i)) or nearly_all(cells(rows, i), _SECONDS)
            ):
                return i
    bare = [i for i in free if not rows[0][i].name and i > taken.get("status", 0)]
    seconds = [i for i in free if not rows[0][i].name and nearly_all(cells(rows, i), _SECONDS)]
    fine = [i for i in bare if nearly_all(cells(rows, i), _MICROSECONDS)]
    units = [i for i in bare if nearly_all(cells(rows, i), _WITH_UNIT)]
    both = [i for i in bare if nearly_all(cells(rows, i), _SECONDS_AND_MORE)]
    counts = [
        i for i in bare if i > taken.get("status", 0) + 1 and _is_count(rows, i) and not _is_status(rows, i)
    ]
    return next(iter([*_longest_first(rows, seconds), *fine, *units, *both, *counts]), None)


def _is_status(rows: Sequence[Line], at: int) -> bool:
    return nearly_all(cells(rows, at), _STATUSES)


def _longest_first(rows: Sequence[Line], columns: Sequence[int]) -> list[int]:
    """The request's own time is never shorter than the upstream's; of equals the one on the left."""
    return sorted(
        columns, key=lambda i: -sum(float(text.split(",")[0]) for text in cells(rows, i) if _is_float(text))
    )


def _is_float(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,6}\.\d{3}", text.split(",")[0]))


def _other(rows: Sequence[Line], taken: dict[str, int], role: str, pattern: re.Pattern[str]) -> int | None:
    """The first free token after the request that looks like an upstream or its status; the client comes before it."""
    place = taken.get("request", 0)
    wide = range(place) if role == "client" else range(place + 1, len(rows[0]))
    free = (i for i in wide if i not in taken.values() and nearly_all(cells(rows, i), pattern))
    return next(free, None)


def _inner(rows: Sequence[Line], role: str, at: int) -> str:
    is_pair = role == "latency" and nearly_all(cells(rows, at), _SECONDS_AND_MORE)
    return r"\d+/(\d+)" if is_pair else ""
