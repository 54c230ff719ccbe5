"""What a plan gives for claims, and what it says otherwise than the capacity table beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.evidence.claims import Claim, Facts, FileFacts
from app.evidence.findings import Finding, Where, phrase
from app.evidence.launch_plan import rules
from app.evidence.measured import Measured
from app.evidence.units import in_base, shown

CLOSE = 0.05
_HELD = (
    ("peak_rps", "peaks", " requests/s"),
    ("cost", "costs", " a month"),
)


def target(claim: Claim, facts: Facts) -> Measured | None:
    """The target of the claim's layer; of several the nearest. A target is exact."""
    found = [one for one in facts.get("objectives", ()) if claim.layer in ("", one["layer"])]
    claimed = in_base(float(claim.value), claim.unit, "share") or 0.0
    one = min(found, key=lambda each: abs(each["target"] - claimed), default=None)
    if one is None:
        return None
    share = one["target"]
    return Measured(
        share,
        share,
        share,
        None,
        None,
        phrase("none: a target is exact"),
        phrase("line {line}", line=one["line"]),
        is_exact=True,
    )


def why_not(metric: str, facts: Facts) -> str:
    """Half a sentence on what the plan does not say."""
    if metric != "slo_target":
        return phrase("the plan is held to its capacity table.")
    return phrase("no objective of this sort with a target such as 99.9 % was found.")


MEASURES: Mapping[str, Callable[[Claim, Facts], Measured | None]] = {"slo_target": target}


def together(files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[Finding]:
    """Every milestone of the plan beside the same row of the capacity tables."""
    plans = [file for file in files if file.kind == "launch_plan" and file.facts]
    for table in (file for file in files if file.kind == "capacity_table" and file.facts):
        rows = {row["users"]: row for row in table.facts["stages"]}
        for stage in (stage for plan in plans for stage in plan.facts["stages"]):
            if stage["users"] in rows:
                yield from _apart(stage, rows[stage["users"]], table.name)


def _apart(stage: Mapping[str, Any], row: Mapping[str, Any], table: str) -> Iterator[Finding]:
    """A number of the row that the milestone's prose has in no place though it has others of the sort."""
    for name, mine, unit in _HELD:
        number = row["numbers"].get(name)
        said = stage[mine]
        if (
            number is None
            or not said
            or any(_is_near(value, number) for value in (*said, *_more(stage, name)))
        ):
            continue
        written = number["written"]
        what = (
            phrase("a peak of {written}", written=written)
            if name == "peak_rps"
            else phrase("a cost of {written}", written=written)
        )
        plan = phrase(" and ").join(f"{shown(value)}{unit}" for value in said[-2:])
        yield rules.TABLE_DIFFERS.at(
            Where(line=stage["line"]), users=f"{stage['users']:,}", table=table, what=what, plan=plan,
        )  # fmt: skip


def _more(stage: Mapping[str, Any], name: str) -> Sequence[float]:
    return stage["rates"] if name == "peak_rps" else ()


def _is_near(value: float, number: Mapping[str, Any]) -> bool:
    slack = max(CLOSE * max(abs(value), abs(number["value"])), number["step"] * 0.999)
    return bool(abs(value - number["value"]) <= slack)
