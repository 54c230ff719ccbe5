"""h2load: the text it prints (1.52, run on loopback). It prints no percentile."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.findings import phrase
from app.evidence.load_report.figures import Reading, duration, figure, seconds
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line, labelled

FIRST = "starting benchmark..."
_COUNT = re.compile(r"(\d{1,12}) ([a-z]{3,12}|[1-5]xx)\b")


def read(rows: Sequence[Line]) -> Summary:
    """One run; requests without an answer are errored or timed out, and the statuses are counted beside them."""
    made, answers = _counts(rows, "requests:"), _counts(rows, "status codes:")
    done = made.get("done")
    unanswered = sum(made[name].value for name in ("errored", "timeout") if name in made)
    failed = sum(answers[name].value for name in ("4xx", "5xx") if name in answers)
    return Summary(
        tool="h2load",
        form=phrase("h2load's output"),
        numbers=known(
            n=made.get("succeeded"),
            answered=done,
            requests=made.get("total"),
            errors=Reading(failed + unanswered, 1.0, done.where) if done and answers else None,
        )
        | _rate(rows)
        | _times(rows),
        statuses={name: int(found.value) for name, found in answers.items() if found.value},
    )


def _counts(rows: Sequence[Line], label: str) -> dict[str, Reading]:
    for _, row, rest in labelled(rows, label):
        return {name: Reading(float(made), 1.0, row.where) for made, name in _COUNT.findall(rest[:300])}
    return {}


def _rate(rows: Sequence[Line]) -> dict[str, Reading]:
    """`finished in 8.59s, 174.61 req/s, 447.60KB/s`."""
    for _, row, rest in labelled(rows, "finished in "):
        took, _, after = rest.partition(", ")
        return known(
            duration_s=seconds(duration(took, row.where)),
            throughput=figure(after.partition(" req/s")[0], row.where),
        )
    return {}


def _times(rows: Sequence[Line]) -> dict[str, Reading]:
    """`time for request:     8.91ms    280.36ms     55.42ms     18.10ms    91.73%`: min, max, mean, deviation."""
    for _, row, rest in labelled(rows, "time for request:"):
        values = [duration(word, row.where) for word in rest.split()[:4]]
        if len(values) == 4:
            return known(min=values[0], max=values[1], mean=values[2], stddev=values[3])
    return {}
