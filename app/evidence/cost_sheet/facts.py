"""What is stored of a cost sheet: plain JSON, the shape of which the package's docstring gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from app.evidence.cost_sheet.arithmetic import bounds, is_consistent
from app.evidence.cost_sheet.book import Book
from app.evidence.cost_sheet.groups import Group, Number
from app.evidence.cost_sheet.periods import seconds_in
from app.evidence.cost_sheet.tagging import Tagged, texts
from app.evidence.cost_sheet.words import tokens

MOST_LINES = 40
_COUNTED = {"request", "requests", "traffic", "reqs", "hits"}
_WHERE = {
    "log", "logs", "production", "analytics", "counter", "prometheus", "cloudwatch", "metrics", "measured", "grafana",
    "invoice", "source", "counted", "dashboard",
}  # fmt: skip
_PHRASES = ("access log", "analytics", "production traffic", "traffic report", "load balancer log")


def currency_of(numbers: Sequence[Tagged]) -> str:
    """The commonest currency; dollars when none is named."""
    named = Counter(one.currency for one in named_in(numbers))
    return named.most_common(1)[0][0] if named else "USD"


def named_in(numbers: Sequence[Tagged]) -> list[Tagged]:
    """The amounts that name a currency; cents are those of the others, and of the dollar where they are alone."""
    named = [one for one in numbers if one.currency]
    return [one for one in named if not one.is_cents] or named


def facts_of(book: Book, numbers: Sequence[Tagged], groups: Sequence[Group]) -> dict[str, Any]:
    """Everything the ledger, the picture and the comparison with other files need."""
    currencies = {one.currency for one in named_in(numbers)}
    return {
        "format": book.format,
        "sheets": [sheet.name for sheet in book.sheets],
        "cells": sum(len(sheet.cells) for sheet in book.sheets),
        "formulas": sum(bool(cell.formula) for sheet in book.sheets for cell in sheet.cells.values()),
        "currency": currency_of(numbers),
        "currency_is_named": bool(currencies),
        "currencies": sorted(currencies),
        "traffic_source": traffic_source(book),
        "groups": [_group(group) for group in groups],
    }


def traffic_source(book: Book) -> str | None:
    """The text that says where the number of requests was read, if there is one."""
    for _, _, text in texts(book):
        said = set(tokens(text))
        if (said & _COUNTED and said & _WHERE and len(said) > 2) or any(
            one in " ".join((text.lower(), *tokens(text))) for one in _PHRASES
        ):
            return text[:160]
    return None


def _group(group: Group) -> dict[str, Any]:
    limits = bounds(group)
    return {
        "layer": group.layer,
        "side": group.side,
        "name": group.name,
        "cost": _number(group.cost),
        "requests": _number(group.requests),
        "cost_per_request": _number(group.per_request),
        "peak_factor": _number(group.peak_factor),
        "rates": [_number(one) for one in group.rates[:4]],
        "lines": [{"line": name, **(_number(one) or {})} for name, one in group.lines[:MOST_LINES]],
        "divided": group.divided,
        "divided_low": None if limits is None else limits[0],
        "divided_high": None if limits is None else limits[1],
        "is_consistent": is_consistent(group),
    }


def _number(number: Number | None) -> dict[str, Any] | None:
    if number is None:
        return None
    return {
        "value": number.value,
        "half_step": number.half_step,
        "per": number.per,
        "period": number.period or None,
        "seconds": seconds_in(number.period),
        "ref": number.ref,
        "label": number.label[:80],
        "is_peak": number.is_peak,
        "is_summed": number.is_summed,
    }
