"""The columns of one table: what a layout says, whoever found it out."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.evidence.latency_table.clocks import Clock, Number
from app.evidence.latency_table.numbers import Writing, decimals


@dataclass(frozen=True, slots=True)
class Layout:
    """Numbers of columns count from 0. `latency` is None in a log that has no times of requests.

    `is_server`: written by a server or load balancer, so that a status of 499, 0 or -1 means that the client gave up.
    `aborted` and `broken` are columns whose text, matched by a pattern, says that the client or the server broke off.
    `has_plain_status`: every status of the sample is a whole number, so that the engine may read that column as such.
    `totals` is a column with the words that begin the rows below the requests (`Total`, `mean`), which are none.
    `is_escaped`: text is written as in XML. `is_span`: a row has two times, and the latency
    is their difference.
    """

    latency: Number | None
    unit_from: str
    resolution_ms: float
    confidence: float
    tool: str | None = None
    start: Clock | None = None
    end: Clock | None = None
    status: int | None = None
    has_plain_status: bool = False
    success: int | None = None
    error: int | None = None
    label: int | None = None
    url: int | None = None
    method: int | None = None
    client: int | None = None
    load: Number | None = None
    only: tuple[int, str] | None = None
    instance: int | None = None
    upstream_status: int | None = None
    retries: int | None = None
    aborted: tuple[int, str] | None = None
    broken: tuple[int, str] | None = None
    totals: tuple[int, tuple[str, ...]] | None = None
    is_server: bool = False
    is_escaped: bool = False
    is_span: bool = False
    assumed: tuple[str, ...] = field(default=())

    @property
    def clock(self) -> Clock | None:
        return self.start or self.end

    @property
    def has_upstreams(self) -> bool:
        """Whether the table says who answered: only then a count a second and an instance is worth keeping."""
        return self.instance is not None or self.upstream_status is not None or self.retries is not None


def resolution(cells: list[str], writing: Writing, scale: float) -> float:
    """The smallest step the file can show, in ms."""
    return scale if writing is Writing.WITH_UNIT else float(scale * 10.0 ** -decimals(cells, writing))
