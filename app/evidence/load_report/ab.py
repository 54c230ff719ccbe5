"""ApacheBench: the text it prints (2.3, run on loopback). Whole milliseconds, rounded.

`Time per request (mean)` is the duration times the concurrency over the requests, so it is no measurement; the mean
of the row `Total:` is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.evidence.findings import Finding, Where, phrase
from app.evidence.load_report.figures import Reading, figure
from app.evidence.load_report.rules import HIDDEN_FAILURES, OTHER_LENGTH
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line, labelled

FIRST = "This is ApacheBench"
_LABELS = {
    "Concurrency Level:": "connections",
    "Time taken for tests:": "duration_s",
    "Complete requests:": "n",
    "Requests per second:": "throughput",
    "Failed requests:": "failed",
    "Non-2xx responses:": "odd",
    "Server Hostname:": "host",
    "Document Path:": "path",
}
_MOST_LINES = 8
_TAGS = re.compile(r"<[^<>]{0,200}>")
_KINDS = re.compile(r"(Connect|Receive|Length|Exceptions): (\d{1,12})")


def read(rows: Sequence[Line]) -> Summary:
    """One run; with `-w` it is printed as a table of HTML."""
    rows = [Line(row.number, _TAGS.sub(" ", row.text)) if "<t" in row.text else row for row in _whole(rows)]
    found: dict[str, Reading] = {}
    host = path = ""
    for label, row, rest in labelled(rows, *_LABELS):
        if label == "Server Hostname:":
            host = rest[:200]
        elif label == "Document Path:":
            path = rest[:200]
        elif rest and (reading := figure(rest.split()[0], row.where)):
            found[_LABELS[label]] = reading
    kinds = _kinds(rows)
    failed, odd = found.pop("failed", None), found.pop("odd", None)
    return Summary(
        tool="ab",
        form=phrase("ab's output"),
        levels=_levels(rows),
        numbers=found | _total(rows) | _longest(rows) | _errors(found.get("n"), failed, odd, kinds),
        is_closed_loop=True,
        target=host + path if host else "",
        said=tuple(_said(failed, odd, kinds)),
    )


def _whole(rows: Sequence[Line]) -> Iterator[Line]:
    """Rows of HTML whose ends mail set on other lines, each on one."""
    pending: list[Line] = []
    for row in rows:
        if not pending and "<tr" not in row.text:
            yield row
            continue
        pending.append(row)
        if "</tr>" in row.text or len(pending) > _MOST_LINES:
            yield Line(pending[0].number, " ".join(one.text.strip() for one in pending))
            pending = []
    yield from pending


def _levels(rows: Sequence[Line]) -> dict[float, Reading]:
    """Lines such as `  99%     52`; the hundredth is the longest request and stands in the row `Total:` too."""
    found: dict[float, Reading] = {}
    for row in rows:
        words = row.words
        if len(words) == 2 and words[0].endswith("%"):
            level, value = figure(words[0][:-1]), figure(words[1], row.where)
            if level and value and 0 < level.value < 100:
                found[level.value] = value
    return found


def _total(rows: Sequence[Line]) -> dict[str, Reading]:
    """`Total:  4   19   9.5   17   98`: min, mean, standard deviation, median, max; min, mean, max with -S and -w."""
    for _, row, rest in labelled(rows, "Total:"):
        values = [figure(word, row.where) for word in rest.split()[:5]]
        if len(values) == 3:
            return known(min=values[0], mean=values[1], max=values[2])
        if len(values) == 5:
            return known(min=values[0], mean=values[1], stddev=values[2], max=values[4])
    return {}


def _longest(rows: Sequence[Line]) -> dict[str, Reading]:
    """The hundredth percentile, where the row `Total:` has a larger one: in ab's own output they are the same."""
    words = next((row for row in rows if row.words[:1] == ["100%"] and "longest" in row.text), None)
    longest = None if words is None else figure(words.words[1], words.where)
    largest = _total(rows).get("max")
    return known(max=longest) if longest and largest and longest.value < largest.value else {}


def _kinds(rows: Sequence[Line]) -> dict[str, int]:
    """`(Connect: 0, Receive: 0, Length: 37, Exceptions: 0)`, printed when something failed."""
    return next(
        (
            {name: int(count) for name, count in _KINDS.findall(row.text)}
            for row in rows
            if "(Connect:" in row.text and "Length:" in row.text
        ),
        {},
    )


def _errors(
    n: Reading | None, failed: Reading | None, odd: Reading | None, kinds: dict[str, int]
) -> dict[str, Reading]:
    """Statuses that are no 2xx, and requests that broke; an answer of another length alone is no failure."""
    if n is None or (failed is None and odd is None):
        return {}
    broken = float(kinds.get("Connect", 0) + kinds.get("Receive", 0) + kinds.get("Exceptions", 0))
    if failed is not None and not kinds:
        broken = failed.value
    count = min(n.value, max(broken, broken + (odd.value if odd else 0.0)))
    return {"requests": n, "errors": Reading(count, 1.0, (odd or failed or n).where)}


def _said(failed: Reading | None, odd: Reading | None, kinds: dict[str, int]) -> Iterator[Finding]:
    if odd and odd.value and (failed is None or failed.value < odd.value):
        yield HIDDEN_FAILURES.at(
            Where(line=int(odd.where.removeprefix("line "))),
            tool="ab",
            said=f"`Failed requests: {failed.value:,.0f}`"
            if failed
            else phrase("nothing of failed requests"),
            failures=phrase(
                "{count:,.0f} answers had a status other than 2xx ({where})", count=odd.value, where=odd.where
            ),
            why=phrase(
                "An answer fails ab only when it does not come or its length differs; a 502 of the same length passes."
            ),
        )
    if kinds.get("Length"):
        yield OTHER_LENGTH.at(count=kinds["Length"])
