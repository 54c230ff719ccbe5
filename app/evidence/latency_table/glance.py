"""A first glance that imports nothing: most files of other kinds are told apart before any reader is loaded."""

from __future__ import annotations

LOOKED_AT = 100
TOP = 8
MOSTLY = 0.4
DELIMITERS = "\t;,|"
_OF_A_LOG = (
    '"GET ',
    '"POST ',
    '"PUT ',
    '"HEAD ',
    '"DELETE ',
    '"PATCH ',
    '"OPTIONS ',
    "method=",
    "<testResults",
    "<BADREQ>",
    " ms - ",
    " ms\n",
    " msecs (",
    " micros (",
    "[GIN] ",
    "Completed ",
    " responded ",
    "Request finished HTTP/",
    "--> ",
    " Sent ",
    "handled request",
    "#Fields: ",
)


def may_be(head: str) -> bool:
    """Whether this could be records, a log, a table with a delimiter or a column of numbers; yes when in doubt."""
    if head.lstrip()[:1] == "{" or opens_array(head):
        return '"' in head
    if _is_plan(head):
        return False
    if any(sign in head for sign in _OF_A_LOG):
        return True
    first = head.lstrip()[:400].split("\n", 1)[0].lower()
    if ("decision" in first or "decided" in first) and any(
        end in first for end in ("done", "finish", "ended")
    ):
        return False  # a drill
    if "deploy" in first and "start" in first and "end" in first:
        return False  # a timeline
    lines = [line for line in head[:16_384].split("\n") if line.strip()][:LOOKED_AT]
    splits = any(_splits(lines, delimiter) for delimiter in DELIMITERS)
    return splits or _has_bare_number(lines) or _is_spaced(lines)


def _is_plan(head: str) -> bool:
    """A query plan, which ends in lines of milliseconds as logs do, within the first lines."""
    top = head.lstrip()[:4_000].split("\n", TOP)[:TOP]
    return any("(cost=" in line and " rows=" in line and " width=" in line for line in top)


def opens_array(head: str) -> bool:
    """A JSON array of objects; a log may begin with a bracket too, and what follows it is no brace."""
    text = head.lstrip()
    return text[:1] == "[" and text[1:].lstrip()[:1] == "{"


def _splits(lines: list[str], delimiter: str) -> bool:
    """Most lines hold it equally often. Quoted cells may hold it too, which a few lines without them make up for."""
    counts = [line.count(delimiter) for line in lines]
    likely = max(set(counts) - {0}, key=counts.count, default=0)
    return likely > 0 and (
        counts.count(likely) >= MOSTLY * len(counts) or all(count >= 2 for count in counts[1:])
    )


def _has_bare_number(lines: list[str]) -> bool:
    """A table of one column: a line that is a number, perhaps with its unit."""
    return any(
        line.strip()[:1].isdigit() and " " not in line.strip()[:12].rstrip("nµmsu ") for line in lines[:25]
    )


def _is_spaced(lines: list[str]) -> bool:
    """Lines of as many words each, with numbers among them; the first may be a header."""
    some = [line.split() for line in lines[1:9]]
    return (
        bool(some)
        and len(some[0]) > 1
        and all(len(words) == len(some[0]) for words in some)
        and any(letter.isdigit() for word in some[0] for letter in word)
    )
