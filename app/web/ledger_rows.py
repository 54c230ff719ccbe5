"""The claim ledger as pages show it: one row a claim, what contradicts first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.claims import show_number
from app.evidence import units
from app.words import Number, Told, _, joined

Row = Mapping[str, Any]
GRAVITY = ("contradicts", "inside_noise", "unchecked", "agrees")
VERDICTS: dict[str, str] = {"unchecked": "cannot_be_checked", "inside_noise": _("within the noise")}


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A row in words; numbers carry their unit. `reason` is empty where the number is simply the claimed one."""

    key: str
    label: str
    claimed: str
    recomputed: str
    interval: str
    verdict: str
    source: str
    source_url: str
    reason: str
    tolerance: str


def shown_ledger(rows: Sequence[Row], url_of: Callable[[str], str] = lambda _source: "") -> list[ShownClaim]:
    """What contradicts first; `url_of` a source is where a page shows its file."""
    ordered = sorted(rows, key=lambda row: GRAVITY.index(row["verdict"]))
    return [shown_claim(row, url_of) for row in ordered]


def shown_claim(row: Row, url_of: Callable[[str], str] = lambda _source: "") -> ShownClaim:
    """One stored row."""
    unit, verdict, source = str(row["unit"]), str(row["verdict"]), str(row["source"] or "")
    name, _colon, place = source.partition(": ")
    return ShownClaim(
        key=row["key"],
        label=row["label"],
        claimed=row.get("said") or Number(units.with_unit(_grouped(show_number(row["claimed"])), unit)),
        recomputed=_measured(row["recomputed"], unit),
        interval=_interval(row["low"], row["high"], unit),
        verdict=VERDICTS.get(verdict, verdict),
        source=joined([name, Told(place)], between=": ") if place else source,
        source_url=url_of(source) if source else "",
        reason="" if verdict == "agrees" and row["recomputed"] is not None else Told(row["reason"]),
        tolerance=Told(row.get("tolerance") or ""),
    )


def _grouped(number: str) -> str:
    """As typed, with its thousands apart as those of the recomputed number beside it."""
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isdigit() else number


def _measured(value: float | None, unit: str) -> str:
    return "" if value is None else Number(units.with_unit(units.shown(value), unit))


def _interval(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None:
        return ""
    return _("%(low)s to %(high)s", low=_measured(low, ""), high=_measured(high, unit))
