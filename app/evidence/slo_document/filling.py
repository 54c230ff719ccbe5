"""From fields in words to an objective: numbers are read, what one field says beside its own is used."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.evidence.objectives import durations, targets
from app.evidence.objectives.durations import Span
from app.evidence.objectives.objective import Objective
from app.evidence.slo_document.words import names_source

NOTHING = frozenset(("", "-", "–", "—", "n/a", "tbd", "todo", "none", "?"))
_ENDS = re.compile(
    r"\(|\)|\bper\b|\bover\b|\bin\b|\bevery\b|/|=|\beach\b|\ba (?:month|quarter|year|week|day)\b|;"
)
_DAYS = r"\d{1,4}[\s-]{0,2}(?:days?|d|weeks?|w|hours?|h|tagen?|tage|wochen?|stunden)\b"
_TIMES = r"\s{0,2}(?:×|\*|·|\bx|\bof\b|\bvon\b)\s{0,2}"
_FACTOR = r"\d{1,3}(?:[.,]\d{1,7})?\s{0,2}(?:%|percent\b|prozent\b)?"
_COMPUTED = re.compile(
    rf"{_FACTOR}{_TIMES}(?:(?:a|the|rolling) ){{0,2}}{_DAYS}|{_DAYS}{_TIMES}{_FACTOR}", re.IGNORECASE
)
"""How a budget comes about, `0.1 % of 30 days`, which is no budget of 30 days."""
_SMALL = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,](\d{1,7}))?)\s{0,2}(?:%|percent\b)")


def fill(one: Objective, fields: Mapping[str, str], said: str = "") -> Objective:
    """Put the fields where nothing stands yet; `said` is the whole row, for what has no field of its own."""
    fields = {name: text for name, text in fields.items() if text.strip().lower() not in NOTHING}
    one.indicator = one.indicator or fields.get("indicator", "") or fields.get("name", "")
    one.owner = one.owner or fields.get("owner", "")
    one.policy = one.policy or fields.get("policy", "")
    _target(one, fields.get("target", ""))
    _window(one, fields.get("window", ""), f"{fields.get('target', '')} {fields.get('budget', '')}", said)
    if one.threshold_ms is None:
        one.threshold_ms = targets.milliseconds(f"{one.name} {fields.get('target', '')} {one.indicator}")
    if not one.source:
        places = (one.indicator, said)
        one.source = (
            fields.get("source", "") or next((text for text in places if names_source(text)), "")[:300]
        )
    if not one.alerts and fields.get("alerts"):
        one.alerts = re.findall(r"\b[A-Z][A-Za-z0-9_]{3,80}\b", fields["alerts"][:1000])[:20]
    if one.budget is None and fields.get("budget"):
        one.budget_written = fields["budget"]
        one.budget = _budget(fields["budget"], one.window)
    return one


def _target(one: Objective, written: str) -> None:
    found = targets.share(written) if one.target is None else None
    if found is not None:
        one.target, one.target_written = found


def _window(one: Objective, written: str, *elsewhere: str) -> None:
    """The window of its own field; else a span of a day or more beside the target."""
    if one.window is not None:
        return
    for text in (written, *elsewhere):
        span = durations.window(text) if text.strip() else None
        if span is not None and (text == written or span.seconds >= durations.DAY):
            one.window, one.window_written = (
                span,
                text.strip()[:80] if text == written else durations.said(span.seconds),
            )
            return


def _budget(written: str, window: Span | None) -> Span | None:
    """A time, or a percentage of the window; anything else (requests) cannot be computed again."""
    for piece in _ENDS.split(_COMPUTED.sub("=", written[:400])):
        if piece.strip() and (span := durations.amount(piece)) is not None:
            return span
    match = _SMALL.search(written[:400])
    if match is None or window is None:
        return None
    share, half = float(match[1].replace(",", ".")) / 100, 0.5 * 10.0 ** -len(match[2] or "") / 100
    return Span(share * window.seconds, (share - half) * window.low, (share + half) * window.high)
