"""What a load tool printed, as a value: every number with the step of its last digit and the place it stands at.

Times are in ms, rates in requests a second, durations in s. Parsers return a `Summary`; nothing here knows a tool.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.evidence.findings import Finding
from app.evidence.load_report.figures import Reading
from app.evidence.quantiles import Distribution

LEVELS: dict[str, float] = {"p50": 50.0, "p90": 90.0, "p95": 95.0, "p99": 99.0, "p999": 99.9}
"""The percentiles that claims are made about. All others only shape the curve."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One report. `levels` are percentiles by percent; `numbers` are named as the facts are.

    `n` counts latencies and `requests` adds those that got none. `succeeded` are percentiles of the answers that were
    no errors. `distribution` is a histogram or a spectrum when the tool prints one, `is_coarse` when its buckets are
    all there is. `said` is what the parser of this tool alone can say.
    """

    tool: str
    form: str
    levels: Mapping[float, Reading] = field(default_factory=dict)
    numbers: Mapping[str, Reading] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    succeeded: Mapping[str, float] = field(default_factory=dict)
    distribution: Distribution | None = None
    is_coarse: bool = False
    is_closed_loop: bool | None = None
    corrects_omission: bool = False
    target: str = ""
    unit: str = "ms"
    endpoints: tuple[tuple[str, int], ...] = ()
    series: Mapping[str, Any] | None = None
    assumed: tuple[str, ...] = ()
    said: tuple[Finding, ...] = ()

    def value(self, name: str) -> float | None:
        """One of `numbers` without its place, None when it was not printed."""
        found = self.numbers.get(name)
        return None if found is None else found.value


def known(**readings: Reading | None) -> dict[str, Reading]:
    """Those that were printed."""
    return {name: reading for name, reading in readings.items() if reading is not None}


def known_range(percent: float, values: Sequence[float]) -> dict[str, Reading]:
    """Between the lowest and the highest of its parts lies the percentile of a whole."""
    return {f"p{percent:g}_low": Reading(min(values)), f"p{percent:g}_high": Reading(max(values))}


def named(levels: Mapping[float, Reading]) -> dict[str, float]:
    """The percentiles that have a name, without their places."""
    return {name: levels[percent].value for name, percent in LEVELS.items() if percent in levels}
