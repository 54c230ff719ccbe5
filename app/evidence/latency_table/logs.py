"""Access logs as text: nginx, Apache, HAProxy, Envoy and Traefik, and what people make of their formats.

Every line is tokens; the commonest sequence of shapes in the head is the format. Which token is what is told by its
name (`rt=0.004`), else by what stands in it. A log that has no times of requests is read too: it shows requests,
statuses and rates, and the rule that says what is missing names the line of configuration that adds it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.dialect import SAMPLE_ROWS, Dialect, Lines, whole_lines
from app.evidence.latency_table.fields import MOST_GROUPS, Field, Format, Line
from app.evidence.latency_table.formats import aws, envoy, general, haproxy
from app.evidence.latency_table.tokens import piece, tokens
from app.evidence.source import Source

LEAST_ALIKE = 0.5
_LOOKS_LIKE = re.compile(r'"[A-Z]{3,10} |method=|[A-Z]{3,8} /|<BADREQ>')


def read_log(source: Source) -> tuple[Dialect, Layout] | None:
    """The fields of a log as columns; None when the lines are no requests."""
    if _LOOKS_LIKE.search(source.head) is None:
        return None
    lines = [line for line in whole_lines(source)[: 2 * SAMPLE_ROWS] if line.strip()]
    rows = _alike([row for line in lines if (row := tokens(line))])
    if len(rows) < max(1, LEAST_ALIKE * len(lines)):
        return None
    form = haproxy(rows) or aws(rows) or envoy(rows) or general(rows)
    if form is None:
        return None
    dialect = _dialect(rows, form)
    layout = form.layout(dialect)
    return None if layout is None else (dialect, layout)


def _alike(rows: Sequence[Line]) -> list[Line]:
    """The lines of the commonest sequence of shapes."""
    kinds = Counter(tuple(token.kind for token in row) for row in rows)
    commonest = kinds.most_common(1)[0][0] if kinds else ()
    return [row for row in rows if tuple(token.kind for token in row) == commonest][:SAMPLE_ROWS]


def _dialect(rows: Sequence[Line], form: Format) -> Dialect:
    """One column a field, in the order in which the patterns hold them."""
    fields = form.ordered()
    return Dialect(
        delimiter="",
        header=tuple(field.title(rows[0]) for field in fields),
        has_header=True,
        skip=0,
        rows=tuple(tuple(field.text(row) for field in fields) for row in rows),
        lines=Lines(patterns=tuple(_patterns(rows[0], fields))),
    )


def _patterns(line: Line, fields: Sequence[Field]) -> Iterable[tuple[str, int]]:
    """A pattern for every four fields: each reads the line from its start to its last field."""
    for first in range(0, len(fields), MOST_GROUPS):
        some = {field.at: field for field in fields[first : first + MOST_GROUPS]}
        pieces = [
            piece(token.kind, is_wanted=at in some, inner=some[at].inner if at in some else "")
            for at, token in enumerate(line[: max(some) + 1])
        ]
        yield "^ *" + " +".join(pieces), len(some)
