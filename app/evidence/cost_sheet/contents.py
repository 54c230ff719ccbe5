"""C5 to C8: lines that are missing, units that are mixed, what changed, and what was looked for and not found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.evidence.cost_sheet.book import Book
from app.evidence.cost_sheet.facts import named_in
from app.evidence.cost_sheet.groups import Group, Number
from app.evidence.cost_sheet.rules import (
    MISSING_LINE,
    MIXED_CENTS,
    MIXED_CURRENCIES,
    MIXED_HOURS,
    NO_LINES,
    NO_SIDES,
    NO_SOURCE,
    NOT_FOUND,
    TWO_VALUES,
)
from app.evidence.cost_sheet.tagging import Tagged, texts
from app.evidence.cost_sheet.words import Role, tokens
from app.evidence.findings import Finding, few, phrase

EXPECTED = {
    "compute": phrase("compute"),
    "database": phrase("the database"),
    "storage": phrase("storage"),
    "egress": phrase("data transfer (egress, CDN)"),
    "load_balancer": phrase("the load balancer"),
    "logs": phrase("logs and monitoring"),
}
MONEY = (Role.COST, Role.TOTAL, Role.LINE, Role.PER_REQUEST)
HOURS_OF_A_MONTH = (672.0, 745.0)
_DATED = re.compile(r"\b20[2-9]\d\b|https?://", re.ASCII)
_SOURCE_WORDS = {"source", "sources", "pricing", "invoice", "calculator", "tariff", "quote", "quoted"}


def missing_lines(groups: Sequence[Group]) -> Iterator[Finding]:
    """What every bill has and this one does not show; said once for the groups that lack the same."""
    if not any(group.lines for group in groups):
        yield NO_LINES.at(missing=few(list(EXPECTED.values()), 6))
        return
    lacking: dict[tuple[tuple[str, ...], str], list[Group]] = {}
    for group in groups:
        present = {name for name, _ in group.lines}
        missing = tuple(words for name, words in EXPECTED.items() if name not in present)
        if present and missing:
            lacking.setdefault((missing, _lines_of(group)), []).append(group)
    for (missing, present_words), several in lacking.items():
        names = "; ".join(group.name for group in several)
        yield MISSING_LINE.at(group=names, missing=few(list(missing), 6), present=present_words)


def _lines_of(group: Group) -> str:
    return few(
        list(dict.fromkeys(name.removeprefix("other: ").replace("_", " ") for name, _ in group.lines)), 8
    )


def units(book: Book, numbers: Sequence[Tagged]) -> Iterator[Finding]:
    """Currencies, cents and the hours of a month that are not the same everywhere; prices without a source."""
    amounts = [one for one in numbers if one.role in MONEY]
    currencies = {one.currency: one for one in reversed(named_in(amounts))}
    if len(currencies) > 1:
        first, second = sorted(currencies.values(), key=lambda one: one.ref)[:2]
        yield MIXED_CURRENCIES.at(
            first=first.currency, first_ref=first.ref, second=second.currency, second_ref=second.ref
        )
    in_cents = next((one for one in amounts if one.is_cents), None)
    whole = next((one for one in amounts if not one.is_cents and one.currency), None)
    if in_cents is not None and whole is not None:
        yield MIXED_CENTS.at(cents_ref=in_cents.ref, whole_ref=whole.ref)
    yield from _hours(book)
    if amounts and not has_source(book):
        yield NO_SOURCE.at()


def _hours(book: Book) -> Iterator[Finding]:
    """The hours of a month, in cells and in formulas: two numbers from 672 to 744 in one sheet."""
    found: dict[float, str] = {}
    for sheet in book.sheets:
        for place, cell in sheet.cells.items():
            typed = [
                float(one)
                for one in re.findall(r"(?<![\w.$])(7[0-4]\d|672|696)(?![\w.])", cell.formula, re.ASCII)
            ]
            is_hours = (
                cell.amount is not None and not cell.formula and _is_named_hours(book, sheet.name, place)
            )
            own = [cell.amount.value] if is_hours and cell.amount is not None else []
            for value in (*typed, *own):
                if HOURS_OF_A_MONTH[0] <= value <= HOURS_OF_A_MONTH[1]:
                    found.setdefault(value, book.ref(sheet, place))
    if len(found) > 1:
        (first, first_ref), (second, second_ref) = list(found.items())[:2]
        yield MIXED_HOURS.at(
            first=f"{first:g}", first_ref=first_ref, second=f"{second:g}", second_ref=second_ref
        )


def _is_named_hours(book: Book, name: str, place: tuple[int, int]) -> bool:
    """A number whose header or left neighbour speaks of hours."""
    sheet = next(sheet for sheet in book.sheets if sheet.name == name)
    row, column = place
    left = next(
        (
            cell
            for one in range(column - 1, 0, -1)
            if (cell := sheet.cells.get((row, one))) and not cell.amount
        ),
        None,
    )
    above = next((cell for one in range(row - 1, max(0, row - 50), -1)
                  if (cell := sheet.cells.get((one, column))) and not cell.amount), None)  # fmt: skip
    return any("hours" in tokens(cell.text) for cell in (left, above) if cell is not None)


def has_source(book: Book) -> bool:
    """A link, a day, or a word for where a price was read, anywhere in the sheet."""
    return any(
        bool(_DATED.search(text)) or bool(_SOURCE_WORDS & set(tokens(text))) or "price list" in text.lower()
        for _, _, text in texts(book)
    )


def not_found(groups: Sequence[Group]) -> Iterator[Finding]:
    """Which parts the groups lack, and whether layers and sides are told apart at all."""
    if not any(group.side for group in groups):
        yield NO_SIDES.at(
            what=phrase("numbers are from before and which from after the change"),
            name=phrase("`side` with `before` and `after`"),
        )
    if not any(group.layer for group in groups):
        yield NO_SIDES.at(
            what=phrase("layer a cost belongs to"), name=phrase("`layer` with `db`, `app` and `infra`")
        )
    yield from _lacking(groups)
    yield from _lone_sides(groups)
    yield from _twice(groups)


def _lacking(groups: Sequence[Group]) -> Iterator[Finding]:
    """Each part once, with all the groups that lack it."""
    timeless = [one for one in groups if any(part and not part.period for part in (one.cost, one.requests))]
    parts = (
        (
            phrase("of which period cost and requests are"),
            phrase("`period`, with `month` or `day`"),
            timeless,
        ),
        (
            phrase("what it costs"),
            phrase("`cost_usd`, or `total` under the lines"),
            [one for one in groups if one.cost is None],
        ),
        (
            phrase("how many requests there were"),
            phrase("`requests`, with `period` beside it"),
            [one for one in groups if one.requests is None],
        ),
    )
    for what, name, lacking in parts:
        if lacking:
            yield NOT_FOUND.at(what=what, name=name, groups="; ".join(group.name for group in lacking))


def _lone_sides(groups: Sequence[Group]) -> Iterator[Finding]:
    """Layers that are there before or after only."""
    for layer in dict.fromkeys(group.layer for group in groups):
        sides = {group.side for group in groups if group.layer == layer} - {""}
        if len(sides) == 1:
            lone = next(group for group in groups if group.layer == layer)
            other = "after" if "before" in sides else "before"
            yield NOT_FOUND.at(
                what=phrase("what it costs"), name=f"`{other}`", groups=lone.name.replace(lone.side, other)
            )


def _twice(groups: Sequence[Group]) -> Iterator[Finding]:
    for group in groups:
        parts: tuple[tuple[str, Number | None], ...] = (
            (phrase("the cost"), group.cost),
            (phrase("the number of requests"), group.requests),
            (phrase("the cost per request"), group.per_request),
        )  # fmt: skip
        for what, number in parts:
            if number is not None and number.others:
                yield TWO_VALUES.at(group=group.name, what=what, refs=few([number.ref, *number.others], 4))
