"""The claim ledger: every number claimed, beside the number its files give. Pure; rows and facts are ready for JSON.

A claim agrees when it lies within the band of all percentile definitions, widened by how finely the tool writes and
by how the claim was rounded. Outside that band but inside the confidence interval it is within the noise: a repeat of
the same run could have given it. Beyond that, the file contradicts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.evidence import registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import phrase
from app.evidence.measured import Measured
from app.evidence.metrics import METRICS, TEXT
from app.evidence.units import in_base, rounding, shown, with_unit

VERDICTS = ("agrees", "inside_noise", "contradicts", "unchecked")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One claim, settled. Numbers are in `unit`; low and high are the interval a repeat could give."""

    key: str
    label: str
    metric: str
    claimed: float | None
    unit: str
    recomputed: float | None
    low: float | None
    high: float | None
    tolerance: str
    verdict: str
    reason: str
    source: str
    said: str = ""
    """What was claimed in words, where the metric is no number; `claimed` is None then."""


def reckon(claims: Iterable[Claim], files: Sequence[FileFacts]) -> tuple[LedgerRow, ...]:
    """One row a claim, in the order of the claims."""
    return tuple(_row(claim, files) for claim in claims)


def _row(claim: Claim, files: Sequence[FileFacts]) -> LedgerRow:
    metric = METRICS.get(claim.metric)
    if metric is None:
        return _unchecked(claim, phrase("Nothing recomputes this kind of number; your reviewer judges it."))
    if metric.quantity == TEXT:
        return _worded(claim, [file for file in files if file.slot == claim.slot], metric.needs)
    base = in_base(float(claim.value), claim.unit, metric.quantity)
    if base is None:
        return _unchecked(
            claim,
            phrase("The unit {unit} does not fit {words}.", unit=claim.unit or "(none)", words=metric.words),
        )
    own = [file for file in files if file.slot == claim.slot]
    found = list(_between(claim, files))  # which requests of a log are meant, only another file may say
    found = found or [(file, measured) for file in own if (measured := _measured(claim, file)) is not None]
    if not found and not own:
        return _unchecked(claim, phrase("No file was uploaded for it. {needs}", needs=metric.needs))
    if not found:
        return _unchecked(
            claim,
            phrase(
                "{name} does not show it: {why} {needs}",
                name=own[0].name,
                why=_why_not(claim, own[0]),
                needs=metric.needs,
            ),
        )
    file, measured = min(
        found, key=lambda pair: (VERDICTS.index(_verdict(claim, base, pair[1])), abs(pair[1].value - base))
    )
    return _settled(claim, base, file, measured)


def _worded(claim: Claim, files: Sequence[FileFacts], needs: str) -> LedgerRow:
    """A claim in words, held against the first file that can say anything of it."""
    if not files:
        return _unchecked(claim, phrase("No file was uploaded for it. {needs}", needs=needs))
    for file in files:
        kind = registry.KINDS_BY_NAME.get(file.kind)
        read = None if kind is None or not file.facts else kind.confirms.get(claim.metric)
        if read is not None and (found := read(claim, file.facts)) is not None:
            verdict, source = "agrees" if found.agrees else "contradicts", f"{file.name}: {found.where}"
            return replace(_unchecked(claim, found.found), verdict=verdict, source=source)
    return _unchecked(claim, phrase("{name} does not show it. {needs}", name=files[0].name, needs=needs))


def _between(claim: Claim, files: Sequence[FileFacts]) -> Iterator[tuple[FileFacts, Measured]]:
    """The number as several files give it together, with the file it was claimed of, else the one whose kind knows."""
    claimed_of = next((file for file in files if file.slot == claim.slot), None)
    for file in files:
        kind = registry.KINDS_BY_NAME.get(file.kind)
        read = None if kind is None else kind.measures_together.get(claim.metric)
        if read is not None and (measured := read(claim, files)) is not None:
            yield claimed_of or file, measured


def _measured(claim: Claim, file: FileFacts) -> Measured | None:
    """The number as the file gives it; None when the file does not show it."""
    kind = registry.KINDS_BY_NAME.get(file.kind)
    read = None if kind is None or not file.facts else kind.measures.get(claim.metric)
    return None if read is None else read(claim, file.facts)


def _why_not(claim: Claim, file: FileFacts) -> str:
    kind = registry.KINDS_BY_NAME.get(file.kind)
    if kind is None:
        return phrase("it was not read automatically.")
    if claim.metric not in kind.measures:
        return phrase("it was read as another kind ({title}).", title=kind.title)
    return kind.why_not(claim.metric, file.facts) if file.facts else phrase("it could not be read.")


def _settled(claim: Claim, base: float, file: FileFacts, measured: Measured) -> LedgerRow:
    verdict = _verdict(claim, base, measured)
    factor = float(claim.value) / base if base else _units_in_one_base(claim)
    return LedgerRow(
        key=claim.key,
        label=claim.label,
        metric=claim.metric,
        claimed=float(claim.value),
        unit=claim.unit,
        recomputed=measured.value * factor,
        low=None if measured.low is None else measured.low * factor,
        high=None if measured.high is None else measured.high * factor,
        tolerance=measured.tolerance,
        verdict=verdict,
        reason=_reason(verdict, claim, measured, factor),
        source=f"{file.name}: {measured.where}",
    )


def _units_in_one_base(claim: Claim) -> float:
    """How many of the claim's units one base unit is."""
    return 1 / (in_base(1.0, claim.unit, METRICS[claim.metric].quantity) or 1.0)


def _verdict(claim: Claim, base: float, measured: Measured) -> str:
    """Where the claim falls, with the rounding of the claim and a hair for binary fractions."""
    rounded = 0.0 if measured.is_exact else rounding(claim.value) / _units_in_one_base(claim)
    slack = rounded + abs(base) * 1e-9
    if measured.band_low - slack <= base <= measured.band_high + slack:
        return "agrees"
    low = measured.band_low if measured.low is None else min(measured.low, measured.band_low)
    high = measured.band_high if measured.high is None else max(measured.high, measured.band_high)
    if low - slack <= base <= high + slack or (measured.is_open_above and base > measured.band_high):
        return "inside_noise"
    return "contradicts"


def _reason(verdict: str, claim: Claim, measured: Measured, factor: float) -> str:
    span = with_unit(
        phrase(" to ").join((shown(measured.band_low * factor), shown(measured.band_high * factor))),
        claim.unit,
    )
    if measured.band_low == measured.band_high:
        span = with_unit(shown(measured.value * factor), claim.unit)
    said = with_unit(shown(float(claim.value)), claim.unit)
    match verdict:
        case "agrees":
            return phrase(
                "The file gives {span}{basis}; the claim of {said} is the same number.",
                span=span,
                basis=measured.basis,
                said=said,
            )
        case "inside_noise":
            return phrase(
                "The file gives {span}{basis}; {said} is inside what a repeat could give.",
                span=span,
                basis=measured.basis,
                said=said,
            )
        case _:
            hint = measured.hint(float(claim.value) / factor) if measured.hint else ""
            basis = measured.basis
            if not hint:
                return phrase(
                    "The file gives {span}{basis}; the claim says {said}.", span=span, basis=basis, said=said
                )
            return phrase(
                "The file gives {span}{basis}; the claim says {said}. {hint}",
                span=span,
                basis=basis,
                said=said,
                hint=hint,
            )


def _unchecked(claim: Claim, reason: str) -> LedgerRow:
    return LedgerRow(
        claim.key, claim.label, claim.metric, None if claim.text else float(claim.value), claim.unit,
        None, None, None, "", "unchecked", reason, "", claim.text,
    )  # fmt: skip
