"""Sloth: `version: prometheus/v1` and the resource PrometheusServiceLevel. Objectives are percentages.

A file names no window: it is an argument of `sloth generate`, 30 days unless another is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence import yamls
from app.evidence.findings import phrase
from app.evidence.objectives import targets
from app.evidence.objectives.durations import DAY, Span
from app.evidence.objectives.objective import Objective
from app.evidence.openslo.tree import OWNERS, POLICIES, labelled, maps, text, texts, under

PAGE_AND_TICKET = 2
DEFAULT = Span(30 * DAY, 30 * DAY, 30 * DAY)


def objectives(documents: Sequence[yamls.Map]) -> list[Objective]:
    """One for each entry of `slos`."""
    return [found for one in documents for found in _of(one)]


def _of(document: yamls.Map) -> Iterator[Objective]:
    is_resource = text(document.get("apiVersion")).startswith("sloth.slok.dev")
    if not is_resource and text(document.get("version")) != "prometheus/v1":
        return
    body = under(document, "spec") if is_resource else document
    service = text(body.get("service"))
    for entry in maps(body.get("slos")):
        yield _one(entry, [under(body, "labels"), under(document, "metadata", "labels")], service)


def _one(entry: yamls.Map, places: list[yamls.Map], service: str) -> Objective:
    alerting = under(entry, "alerting")
    target, written = _target(entry)
    places = [under(entry, "labels"), under(alerting, "labels"), *places]
    said = text(entry.get("description"))
    queries = texts(entry.get("sli"))
    return Objective(
        name=f"{service} {text(entry.get('name'))}".strip() or phrase("without a name"),
        line=entry.line,
        indicator=said or text(entry.get("name")),
        source=max(queries, key=len, default=""),
        target=target,
        target_written=written,
        window=DEFAULT,
        is_window_assumed=True,
        threshold_ms=targets.milliseconds(said),
        owner=labelled(OWNERS, *places, under(alerting, "annotations")),
        policy=labelled(POLICIES, under(alerting, "annotations"), *places) or _pages(alerting),
        alerts=[name] if (name := text(alerting.get("name"))) else [],
    )


def _target(entry: yamls.Map) -> tuple[float | None, str]:
    """`objective: 99.9` is a percentage."""
    written = text(entry.get("objective"))
    try:
        value = round(float(written) / 100, 12)
    except ValueError:
        return None, written
    return (value, written) if 0 < value <= 1 else (None, written)


def _pages(alerting: yamls.Map) -> str:
    """An alert that is not switched off is the least of consequences: somebody is told. Sloth makes both by itself."""
    parts = [under(alerting, key) for key in ("page_alert", "pageAlert", "ticket_alert", "ticketAlert")]
    off = sum(text(part.get("disable")) == "true" for part in parts)
    is_on = bool(text(alerting.get("name"))) and off < PAGE_AND_TICKET
    return "alerts on the burn rate" if is_on else ""
