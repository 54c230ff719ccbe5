"""Texts of tools that no kind reads: known by their own words, answered with what would help, and judged by nobody."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.evidence.findings import phrase

LOOKED_AT = 16_384
_PLAN = phrase("which steps read how many rows and how long each took, before and after, in your own words")
_BILL = phrase("a sheet that sets these amounts beside the number of requests, by layer, before and after")
_QUERIES = phrase("the plan of the slowest query, `EXPLAIN (ANALYZE, BUFFERS)`, before and after")


_TRACES = phrase(
    "what the load tool printed, or the access log with the time of every request: traces are a sample of the "
    "requests, and one request has many spans"
)
_METRICS = phrase(
    "what the load tool printed, or what Prometheus answers to "
    "`histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))`, as JSON"
)


class Foreign(NamedTuple):
    """A form: what it is, what to add to it, and marks that must all be there; `header` are those of its first line.

    `starts` are the signs it may begin with.
    """

    what: str
    more: str
    marks: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()


BARE = Foreign(
    phrase("a table of numbers whose columns have no names"),
    phrase("a first line that names them, for example `time,status,latency_ms`"),
)
BILL = Foreign(phrase("a bill with a row for each thing that was bought"), _BILL)
_JSON = ("{", "[")
FORMS = (
    Foreign(phrase("a plan of Oracle"), _PLAN, ("Plan hash value:", "| Operation")),
    Foreign(phrase("a plan of SQL Server"), _PLAN, ("<ShowPlanXML",)),
    Foreign(phrase("a plan of MongoDB"), _PLAN, ('"queryPlanner"', '"winningPlan"')),
    Foreign(phrase("a plan of CockroachDB"), _PLAN, ("distribution:", "vectorized:", "• ")),
    Foreign(phrase("a profile of DuckDB"), _PLAN, ("Query Profiling Information", "Total Time:")),
    Foreign(phrase("a list of queries from pg_stat_statements"), _QUERIES, header=("calls", "exec_time")),
    Foreign(phrase("a report of pgBadger"), _QUERIES, ("<title>pgBadger",)),
    Foreign(phrase("a bill of AWS"), _BILL, header=("lineItem/", "UnblendedCost")),
    Foreign(phrase("a bill of AWS"), _BILL, header=("line_item_", "unblended_cost")),
    Foreign(phrase("a bill of AWS"), _BILL, header=("($),", "Total costs($)")),
    Foreign(phrase("a bill of Google Cloud"), _BILL, header=("Service description", "SKU description")),
    Foreign(phrase("a bill of Azure"), _BILL, header=("MeterCategory", "Cost")),
    Foreign(
        phrase("an export of traces (OpenTelemetry)"), _TRACES, ('"resourceSpans"', '"spans"'), starts=_JSON
    ),
    Foreign(
        phrase("an export of traces (OpenTelemetry)"), _TRACES, ('"scopeSpans"', '"spans"'), starts=_JSON
    ),
    Foreign(
        phrase("an export of traces (Jaeger)"),
        _TRACES,
        ('"traceID"', '"operationName"', '"spans"'),
        starts=_JSON,
    ),
    Foreign(phrase("an export of traces (Zipkin)"), _TRACES, ('"traceId"', '"localEndpoint"'), starts=_JSON),
    Foreign(
        phrase("a log of pumba without the times of day"),
        phrase("its log written to a file (`pumba … 2>&1 | tee kills.log`): there each line has its time"),
        ("INFO[0", "killing container"),
    ),
    Foreign(phrase("an export of metrics (OpenTelemetry)"), _METRICS, ('"resourceMetrics"',), starts=_JSON),
)


_MONEY = frozenset((
    "usd", "eur", "amount", "total", "cost", "costs", "price", "gesamtpreis", "einzelpreis", "betrag", "netto",
))  # fmt: skip
_BILLED = frozenset((
    "invoice", "product", "description", "service", "resource", "rechnungsnummer", "beschreibung", "leistung",
))  # fmt: skip
_DELIMITERS = ",;\t"
FEWEST_COLUMNS, FEWEST_LINES = 4, 5


def _is_bill(text: str) -> bool:
    """A header with amounts of things that were bought, and below it a row of as many columns."""
    first, second, *_ = [*(line for line in text.split("\n")[:40] if line.strip()), "", ""]
    words = frozenset(re.findall(r"[a-zäöü]{3,20}", first.lower().replace("_", " ")))
    if not words & _MONEY or not words & _BILLED or words & {"request", "requests", "latency"}:
        return False
    return any(
        first.count(sign) >= FEWEST_COLUMNS - 1 and second.count(sign) >= first.count(sign)
        for sign in _DELIMITERS
    )


def _is_bare(text: str) -> bool:
    """Lines of numbers alone, as loops of curl and the logs of some tools are."""
    lines = [line for line in text.split("\n")[:40] if line.strip()][: FEWEST_LINES * 2]
    return len(lines) >= FEWEST_LINES and all(
        re.fullmatch(r"[\d.,;+\-\s]{1,400}", line, re.ASCII) for line in lines
    )


def known(head: str) -> Foreign | None:
    """The form this head has, if it is one of these; a header is one only when its line has columns."""
    text = head[:LOOKED_AT]
    first = text.lstrip().split("\n", 1)[0]
    is_table = any(sign in first for sign in ",;|\t")
    return next(
        (
            form
            for form in FORMS
            if (not form.header or is_table)
            and (not form.starts or text.lstrip().startswith(form.starts))
            and all(mark in text for mark in form.marks)
            and all(mark in first for mark in form.header)
        ),
        None,
    )


def likely(head: str) -> Foreign | None:
    """What a file that no kind reads seems to be."""
    text = head[:LOOKED_AT]
    if not text.strip():
        return None
    return BILL if _is_bill(text) else BARE if _is_bare(text) else None
