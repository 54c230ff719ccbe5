"""The fields of a log's format: which token has which role, and the layout that follows from the roles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.evidence.latency_table.clocks import Number, clock_of
from app.evidence.latency_table.columns import Layout, resolution
from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.numbers import SCALES, Writing, writing_of
from app.evidence.latency_table.tokens import Token

Line = tuple[Token, ...]
# What is needed of every row comes first, so that the other patterns are run for a sample only.
MOST_GROUPS = 4
ROLES = (
    "time", "status", "latency", "instance", "upstream_status", "retries", "ending", "request", "method", "client",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A token with a role. `inner` is a pattern with one group for the part of the token that counts."""

    role: str
    at: int
    inner: str = ""

    def text(self, line: Line) -> str:
        """What stands in this field of one line."""
        found = line[self.at].text
        if self.inner:
            match = re.fullmatch(self.inner, found)
            found = "" if match is None else match[1]
        return "" if found == "-" else found

    def title(self, line: Line) -> str:
        """What a person calls the field: its name in the log, else its place."""
        return line[self.at].name or f"field {self.at + 1} ({self.role.replace('_', ' ')})"


@dataclass(frozen=True, slots=True)
class Format:
    """A log's format. `unit` is that of its latencies; `logged` is `start` or `end`, whichever the time tells."""

    tool: str | None
    fields: tuple[Field, ...]
    unit: str
    logged: str
    confidence: float
    unit_from: str = "tool"
    assumed: tuple[str, ...] = ()
    aborted: str = ""
    broken: str = ""

    def ordered(self) -> list[Field]:
        """As columns: what is needed of every row first, by fours, and each four as they stand in the line."""
        fields = sorted(self.fields, key=lambda field: ROLES.index(field.role))
        fours = [fields[first : first + MOST_GROUPS] for first in range(0, len(fields), MOST_GROUPS)]
        return [field for four in fours for field in sorted(four, key=lambda field: field.at)]

    def layout(self, dialect: Dialect) -> Layout | None:
        """The columns by role; None when the times of requests, where there are any, are no numbers."""
        return self.layout_at({field.role: column for column, field in enumerate(self.ordered())}, dialect)

    def layout_at(self, at: Mapping[str, int], dialect: Dialect) -> Layout | None:
        """The same where it is known which column has which role."""
        layout = Layout(
            latency=None,
            unit_from=self.unit_from,
            resolution_ms=0.0,
            confidence=self.confidence,
            tool=self.tool,
            status=at.get("status"),
            label=at.get("request"),
            method=at.get("method"),
            client=at.get("client"),
            instance=at.get("instance"),
            upstream_status=at.get("upstream_status"),
            retries=at.get("retries"),
            aborted=(at["ending"], self.aborted) if "ending" in at and self.aborted else None,
            broken=(at["ending"], self.broken) if "ending" in at and self.broken else None,
            is_server=True,
            assumed=self.assumed,
        )
        if "time" in at:
            clock = clock_of(at["time"], dialect.cells(at["time"]), None)
            layout = replace(layout, start=clock) if self.logged == "start" else replace(layout, end=clock)
        return self._timed(layout, dialect, at["latency"]) if "latency" in at else layout

    def _timed(self, layout: Layout, dialect: Dialect, column: int) -> Layout | None:
        cells = dialect.cells(column)
        writing = writing_of(cells)
        if writing is None:
            return None
        unit = "ms" if writing is Writing.WITH_UNIT else self.unit
        return replace(
            layout,
            latency=Number(column, writing, SCALES[unit], unit),
            resolution_ms=resolution(cells, writing, SCALES[unit]),
        )


def cells(rows: Sequence[Line], at: int) -> list[str]:
    """The texts of one token, without those that say there is none."""
    return [text for row in rows if (text := row[at].text) not in ("", "-")]


def nearly_all(texts: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return bool(texts) and sum(bool(pattern.fullmatch(text[:300])) for text in texts) >= 0.9 * len(texts)
