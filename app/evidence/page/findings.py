"""Findings, the ledger and tallies as HTML, in the classes of the portal's stylesheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten

from app.evidence.findings import Audience, Finding, Severity, Where
from app.evidence.ledger import LedgerRow
from app.evidence.page.markup import Html, joined, mark, region, tag, words
from app.evidence.repeats import Repeats
from app.evidence.summary import claimed
from app.evidence.units import shown, with_unit

MOST_LINKED = 12
LONGEST_LINK = 60
GRAVITY = (Severity.BLOCK, Severity.WARN, Severity.NOTE, Severity.GOOD)
_MARKS = {
    Severity.BLOCK: ("fix", "fail", "✗"),
    Severity.WARN: ("look", "warn", "!"),
    Severity.NOTE: ("note", "info", "i"),
    Severity.GOOD: ("good", "pass", "✓"),
}
_VERDICTS = {
    "agrees": ("agrees", "pass", "✓"),
    "inside_noise": ("within the noise", "info", "i"),
    "contradicts": ("contradicts", "fail", "✗"),
    "unchecked": ("cannot be checked", "quiet", "○"),
}


def tally(findings: Sequence[Finding]) -> Html:
    """How many of each severity; what is nil is left out."""
    counts = [(severity, sum(one.severity is severity for one in findings)) for severity in GRAVITY]
    marks = [mark(_counted(severity, count), *_MARKS[severity][1:]) for severity, count in counts if count]
    return tag("span", *(marks or [tag("span", "nothing to say", class_="muted")]), class_="tally")


def _counted(severity: Severity, count: int) -> str:
    words = {Severity.BLOCK: "to fix", Severity.WARN: "to look at", Severity.GOOD: "good"}
    return f"{count} {words.get(severity, 'note' if count == 1 else 'notes')}"


def listed(findings: Sequence[Finding], *, within: str) -> Html:
    """Worst first, each with where it is. Why it matters and how to fix it stands at the first of those that say the
    same, which leads to the others; `within` is the id of the part of the page, unlike that of any other."""
    found = sorted(findings, key=lambda one: GRAVITY.index(one.severity))
    told = Repeats(found)
    ids = {id(one): f"{within}-{number}" for number, one in enumerate(found, 1)}
    return joined(*(_finding(one, told.of(one), ids) for one in found))


def ledger_table(rows: Sequence[LedgerRow]) -> Html:
    """What was claimed beside what the files give."""
    heads = ("Claim", "Claimed", "Recomputed", "Verdict", "Why, and where it comes from")
    head = tag("thead", tag("tr", *(tag("th", word, scope="col") for word in heads)))
    body = tag("tbody", *map(_row, rows))
    return region("Claims against the evidence", tag("table", head, body, class_="ledger"))


def _finding(finding: Finding, alike: Sequence[Finding], ids: Mapping[int, str]) -> Html:
    head = tag(
        "p",
        mark(*_MARKS[finding.severity]),
        _for(finding),
        tag("strong", words(finding.message)),
        class_="finding-head",
    )
    foot = tag("p", tag("span", place(finding.where)), tag("code", finding.code), class_="finding-foot")
    told = _told(alike, ids) if finding is alike[0] else _see(alike[0], ids)
    return tag("article", head, told, foot, class_=f"finding {finding.severity}", id=ids[id(finding)])


def _told(alike: Sequence[Finding], ids: Mapping[int, str]) -> Html:
    """Why it matters and how to fix it, and where else the same was found."""
    first, *others = alike
    why = tag("p", _lead_in("Why it matters"), " ", tag("span", words(first.why)), class_="finding-why")
    return joined(why, _fix(first), _others(others, ids) if others else Html(""))


def _others(found: Sequence[Finding], ids: Mapping[int, str]) -> Html:
    links = [
        _link(one, shorten(one.message, LONGEST_LINK, placeholder=" …"), ids) for one in found[:MOST_LINKED]
    ]
    more = len(found) - MOST_LINKED
    places = joined(
        links[0], *(joined(" · ", link) for link in links[1:]), f" and {more} more" if more > 0 else ""
    )
    return tag("p", _lead_in("Also found"), " ", tag("span", places), class_="finding-also small")


def _see(first: Finding, ids: Mapping[int, str]) -> Html:
    return tag("p", "Why it matters: see ", _link(first, "above", ids), class_="small")


def _link(finding: Finding, otherwise: str, ids: Mapping[int, str]) -> Html:
    """To that finding, by its place; one without a place is called `otherwise`."""
    return tag("a", place(finding.where) or otherwise, href=f"#{ids[id(finding)]}")


def _fix(finding: Finding) -> Html:
    if not finding.asks_for_work:
        return Html("")
    return tag("p", _lead_in("How to fix it"), " ", tag("span", words(finding.fix)), class_="finding-fix")


def place(where: Where) -> str:
    """ "lines 3 to 7, row 12, step Seq Scan on orders"."""
    parts = []
    if where.last_line is not None and where.last_line != where.line:
        parts.append(f"lines {where.line} to {where.last_line}")
    elif where.line is not None:
        parts.append(f"line {where.line}")
    if where.row is not None:
        parts.append(f"row {where.row}")
    if where.node is not None:
        parts.append(f"step {where.node}")
    return ", ".join(parts)


def _for(finding: Finding) -> Html:
    return mark("reviewers only", "quiet", "○") if finding.audience is Audience.REVIEWER else Html("")


def _lead_in(text: str) -> Html:
    return tag("span", text, class_="lead-in")


def _row(row: LedgerRow) -> Html:
    interval = "" if row.low is None and row.high is None else f"{_end(row.low)} to {_end(row.high)}"
    value = "–" if row.recomputed is None else with_unit(shown(row.recomputed), row.unit)
    return tag(
        "tr",
        tag("th", row.label, scope="row"),
        tag("td", claimed(row), class_="number"),
        tag("td", tag("strong", value), " ", tag("span", interval, class_="interval"), class_="number"),
        tag("td", mark(*_VERDICTS[row.verdict])),
        tag("td", row.reason, " ", tag("span", row.source, class_="muted"), class_="source"),
        class_=row.verdict,
    )


def _end(value: float | None) -> str:
    return "no bound" if value is None else shown(value)
