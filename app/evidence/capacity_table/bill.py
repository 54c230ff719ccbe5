"""Q7 across files: the cost of a milestone beside a cost sheet for about the same traffic.

A sheet by layers (database, application) tells of parts, not of a month of everything; it is not held against a plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evidence.capacity_table import rules
from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding, Where
from app.evidence.units import shown

DAY = 86_400.0
MONTH = 30.4375 * DAY
SAME_TRAFFIC, SAME_COST = 0.1, 0.1


def together(files: Sequence[FileFacts], _claims: Sequence[Claim]) -> Iterator[Finding]:
    """Each milestone of a table whose rate is that of a sheet, and whose cost is not."""
    tables = [file for file in files if file.kind == "capacity_table" and file.facts]
    sheets = [file for file in files if file.kind == "cost_sheet" and file.facts]
    for sheet in sheets:
        for group in [each for each in sheet.facts["groups"] if not each["layer"]]:
            for table in tables:
                yield from _apart(table, sheet.name, group)


def _apart(table: FileFacts, sheet: str, group: Mapping[str, Any]) -> Iterator[Finding]:
    cost, requests = group["cost"], group["requests"]
    if not cost or not requests or not cost["seconds"] or not requests["seconds"]:
        return
    rate, month = requests["value"] / requests["seconds"], cost["value"] / cost["seconds"] * MONTH
    for stage in table.facts["stages"]:
        mean, planned = _mean(stage), stage["numbers"].get("cost")
        if mean is None or planned is None or not _is_near(mean, rate, SAME_TRAFFIC):
            continue
        if not _is_near(planned["value"], month, SAME_COST):
            yield rules.OTHER_COST.at(
                Where(line=stage["line"]), users=f"{stage['users']:,}", table=table.name, written=planned["written"],
                sheet=sheet, cost=shown(month), mean=shown(mean), rate=shown(rate),
            )  # fmt: skip


def _mean(stage: Mapping[str, Any]) -> float | None:
    """Requests a second of a whole day: as written, else from the peak or from the users."""
    numbers = {name: float(number["value"]) for name, number in stage["numbers"].items()}
    if "mean_rps" in numbers:
        return numbers["mean_rps"]
    if numbers.get("peak_factor") and "peak_rps" in numbers:
        return numbers["peak_rps"] / numbers["peak_factor"]
    if "requests_per_user" in numbers:
        return float(stage["users"]) * numbers["requests_per_user"] / DAY
    return None


def _is_near(one: float, other: float, share: float) -> bool:
    return abs(one - other) <= share * max(one, other)
