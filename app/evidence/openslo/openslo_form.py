"""OpenSLO documents of kind SLO: v1alpha with `timeWindows`, v1 and v2alpha with `timeWindow`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence import yamls
from app.evidence.findings import phrase
from app.evidence.objectives import durations, targets
from app.evidence.objectives.durations import Span
from app.evidence.objectives.objective import Objective
from app.evidence.openslo.tree import OWNERS, POLICIES, labelled, maps, text, texts, under

_UNITS = {"second": "s", "minute": "min", "hour": "h", "day": "d", "week": "w"}


def objectives(documents: Sequence[yamls.Map]) -> list[Objective]:
    """One for each entry of `objectives` in each SLO; a thing that is named elsewhere is looked up."""
    own = [one for one in documents if text(one.get("apiVersion")).startswith("openslo")]
    named = {(text(one.get("kind")), text(under(one, "metadata").get("name"))): one for one in own}
    return [found for one in own if text(one.get("kind")) == "SLO" for found in _of(one, named)]


def _of(document: yamls.Map, named: dict[tuple[str, str], yamls.Map]) -> Iterator[Objective]:
    spec, metadata = under(document, "spec"), under(document, "metadata")
    name = text(metadata.get("displayName")) or text(metadata.get("name")) or phrase("without a name")
    entries = maps(spec.get("objectives")) or [spec]
    service = named.get(("Service", text(spec.get("service")) or text(spec.get("serviceRef"))), yamls.Map(0))
    places = [part for one in (document, service) for part in _places(one)]
    indicator, source = _indicator(spec, entries, named)
    span, written = _window(spec)
    for entry in entries:
        target, target_written = _target(entry)
        own = text(entry.get("displayName"))
        yield Objective(
            name=f"{name}: {own}" if own and len(entries) > 1 else name,
            line=entry.line or document.line,
            indicator=indicator or text(spec.get("description")),
            source=source,
            target=target,
            target_written=target_written,
            window=span,
            window_written=written,
            threshold_ms=_threshold(entry, f"{own} {text(spec.get('description'))}"),
            owner=labelled(OWNERS, *places),
            policy=labelled(POLICIES, *places) or ("alert policies" if spec.get("alertPolicies") else ""),
            alerts=_policies(spec),
        )


def _places(document: yamls.Map) -> list[yamls.Map]:
    metadata = under(document, "metadata")
    return [under(metadata, "labels"), under(metadata, "annotations"), metadata, under(document, "spec")]


def _indicator(
    spec: yamls.Map, entries: Sequence[yamls.Map], named: dict[tuple[str, str], yamls.Map]
) -> tuple[str, str]:
    """What is measured, and the query: inline, by reference, or (v1alpha) in the objective."""
    reference = text(spec.get("indicatorRef")) or text(spec.get("sliRef"))
    inline = under(spec, "indicator") or under(spec, "sli") or named.get(("SLI", reference), yamls.Map(0))
    metadata = under(inline, "metadata")
    name = text(metadata.get("displayName")) or text(metadata.get("name")) or reference
    parts = (
        under(inline, "spec") or under(entries[0], "ratioMetrics") or under(entries[0], "indicator", "spec")
    )
    said = text(under(inline, "spec").get("description"))
    queries = [one for one in texts(parts) if len(one) > 12]
    return said or name, max(queries, key=len, default="") or reference


def _target(entry: yamls.Map) -> tuple[float | None, str]:
    for key, scale in (("target", 1.0), ("targetPercent", 0.01)):
        written = text(entry.get(key))
        try:
            value = round(float(written) * scale, 12)
        except ValueError:
            continue
        if 0 < value <= 1:
            return value, written
    found = targets.share(text(entry.get("target")))
    return found if found is not None else (None, "")


def _window(spec: yamls.Map) -> tuple[Span | None, str]:
    window: Any = spec.get("timeWindow") or spec.get("timeWindows")
    first = maps(window)[0] if maps(window) else under(spec, "timeWindow")
    written = text(first.get("duration"))
    if not written and (count := text(first.get("count"))):
        written = f"{count} {text(first.get('unit'))}"
    # OpenSLO writes M, Q and Y for calendar months, quarters and years
    calendar = {"M": "months", "Q": "quarters", "Y": "years"}
    readable = (
        f"{written[:-1]} {calendar[written[-1]]}"
        if written[-1:] in calendar and written[:-1].isdigit()
        else written
    )
    return durations.window(readable), written


def _threshold(entry: yamls.Map, said: str) -> float | None:
    """A value below which a request counts as good; the unit stands in the words or is seconds."""
    written = text(entry.get("value"))
    if text(entry.get("op")) not in ("lte", "lt") or not written:
        return targets.milliseconds(said)
    try:
        value = float(written)
    except ValueError:
        return None
    in_words = targets.milliseconds(said)
    return in_words if in_words is not None else (value * 1000 if 0 < value < 60 else None)


def _policies(spec: yamls.Map) -> list[str]:
    policies = spec.get("alertPolicies")
    if not isinstance(policies, yamls.Seq):
        return []
    return [
        one
        if isinstance(one, str)
        else text(one.get("alertPolicyRef")) or text(under(one, "metadata").get("name"))
        for one in policies
        if isinstance(one, str | yamls.Map)
    ]
