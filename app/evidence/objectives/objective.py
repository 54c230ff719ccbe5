"""One objective as its file gives it, and as facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from app.evidence.objectives.durations import Span

LONGEST = 300
MOST = 100
_LATENCY = re.compile(
    r"latenc|speed|\bfast|duration|response time|\bquick|in under|\bp\d\d|faster|slow|timely|bucket|in time\b",
    re.IGNORECASE,
)
_AVAILABILITY = re.compile(
    r"availab|uptime|succe|error|5xx|\b5\d\d\b|fail|reachab|answered|\bgood requests|\bcode[!=]",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Objective:
    """What was read of one objective; empty where nothing was."""

    name: str
    line: int
    indicator: str = ""
    source: str = ""
    target: float | None = None
    target_written: str = ""
    window: Span | None = None
    window_written: str = ""
    is_window_assumed: bool = False
    threshold_ms: float | None = None
    owner: str = ""
    policy: str = ""
    budget: Span | None = None
    budget_written: str = ""
    alerts: list[str] = field(default_factory=list)

    @property
    def layer(self) -> str:
        """What it is about, by its name first, then by what it measures."""
        for text in (self.name, f"{self.indicator} {self.source}"):
            if _LATENCY.search(text[:4000]):
                return "latency"
            if _AVAILABILITY.search(text[:4000]):
                return "availability"
        return "latency" if self.threshold_ms is not None else "other"

    @property
    def budget_s(self) -> float | None:
        """Seconds that may be lost in one window."""
        if self.target is None or self.window is None:
            return None
        return round((1 - self.target) * self.window.seconds, 3)

    def facts(self) -> dict[str, Any]:
        """Ready for JSON; the fields are those of the package's docstring."""
        span, budget = self.window, self.budget
        return {
            "name": self.name[:LONGEST],
            "line": self.line,
            "layer": self.layer,
            "indicator": self.indicator[:LONGEST],
            "source": self.source[:LONGEST],
            "target": self.target,
            "target_written": self.target_written[:LONGEST],
            "window_s": None if span is None else span.seconds,
            "window_low_s": None if span is None else span.low,
            "window_high_s": None if span is None else span.high,
            "window_written": self.window_written[:LONGEST],
            "is_window_assumed": self.is_window_assumed,
            "threshold_ms": self.threshold_ms,
            "owner": self.owner[:LONGEST],
            "policy": self.policy[:LONGEST],
            "budget_s": self.budget_s,
            "budget_written": self.budget_written[:LONGEST],
            "budget_low_s": None if budget is None else budget.low,
            "budget_high_s": None if budget is None else budget.high,
            "alerts": [name[:LONGEST] for name in self.alerts[:20]],
        }
