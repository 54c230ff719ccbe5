"""Pyrra's resource ServiceLevelObjective: target as a percentage, window, and one indicator of four sorts."""

from __future__ import annotations

from collections.abc import Sequence

from app.evidence import yamls
from app.evidence.findings import phrase
from app.evidence.objectives import durations, targets
from app.evidence.objectives.objective import Objective
from app.evidence.openslo.tree import OWNERS, POLICIES, labelled, text, texts, under


def objectives(documents: Sequence[yamls.Map]) -> list[Objective]:
    """One a resource."""
    return [_one(one) for one in documents if text(one.get("apiVersion")).startswith("pyrra.dev/")]


def _one(document: yamls.Map) -> Objective:
    spec, metadata = under(document, "spec"), under(document, "metadata")
    labels, annotations = under(metadata, "labels"), under(metadata, "annotations")
    written = text(spec.get("target"))
    try:
        target: float | None = round(float(written) / 100, 12)
    except ValueError:
        target = None
    indicator = under(spec, "indicator")
    sort = next(iter(indicator), "")
    queries = texts(indicator)
    name = text(metadata.get("name")) or phrase("without a name")
    said = text(spec.get("description"))
    alerting = under(spec, "alerting")
    return Objective(
        name=name,
        line=document.line,
        indicator=said or f"{sort} of {name}",
        source=max(queries, key=len, default=""),
        target=target if target is not None and 0 < target <= 1 else None,
        target_written=written,
        window=durations.window(text(spec.get("window"))),
        window_written=text(spec.get("window")),
        threshold_ms=targets.milliseconds(said),
        owner=labelled(OWNERS, labels, annotations),
        policy=labelled(POLICIES, annotations, labels)
        or ("" if text(alerting.get("disabled")) == "true" else "alerts on the burn rate"),
        alerts=[text(alerting.get("name")) or "ErrorBudgetBurn"],
    )
