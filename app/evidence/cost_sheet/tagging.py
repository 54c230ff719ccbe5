"""From names to meaning: of every number its layer, its side, what it is, its period and its unit.

The nearest name that says something wins. `Database` is a line of the bill where its neighbours on the same axis are
lines (`Compute`, `Storage`), and a layer everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.evidence.cost_sheet.book import Book, Cell, Place, Sheet
from app.evidence.cost_sheet.labels import Label, Named, named, pure_period
from app.evidence.cost_sheet.periods import named as period_named
from app.evidence.cost_sheet.periods import period_of
from app.evidence.cost_sheet.words import Meaning, Role, meaning, tokens

SPECIFIC = (Role.PER_REQUEST, Role.REQUESTS, Role.RATE, Role.PEAK_FACTOR)
MONEY = (Role.PER_REQUEST, Role.LINE, Role.COST, Role.TOTAL)
IGNORED = (Role.PRICE, Role.QUANTITY, Role.ASIDE)
FEWEST_LINES = 2
COUNTED = {"instances", "servers", "nodes", "replicas", "containers", "workers", "pods", "vms"}
"""Headers of columns that count what a line is of, where a line stands beside the number."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A number understood. `value` is in whole dollars or requests; `half_step` is half a unit of its last digit."""

    ref: str
    sheet: str
    place: Place
    cell: Cell
    role: Role
    layer: str
    side: str
    value: float
    half_step: float
    per: float
    period: str
    currency: str
    is_cents: bool
    is_peak: bool
    line: str
    label: str


def tagged(book: Book) -> list[Tagged]:
    """All numbers of a book whose role is known; a sheet called `Prices` is what the others multiply with."""
    found: list[Tagged] = []
    for sheet in book.sheets:
        numbers = list(named(sheet))
        says = _Said(sheet, numbers, meaning(sheet.name) if len(book.sheets) > 1 else Meaning())
        found += [one for each in numbers if (one := _tagged(book, sheet, each, says)) is not None]
    lists = {sheet.name for sheet in book.sheets if meaning(sheet.name).role is Role.PRICE}
    costs = [one for one in found if one.sheet not in lists]
    return costs if any(one.role in MONEY for one in costs) else found


class _LineAxes:
    """Which label columns, and which header rows, list the lines of a bill."""

    def __init__(self, numbers: Sequence[Named]) -> None:
        columns: dict[int, set[str]] = {}
        heads: set[str] = set()
        for one in numbers:
            for label in one.left:
                columns.setdefault(label.column, set()).add(_line_or_total(label))
            heads |= {_line_or_total(label) for label in one.above}
        self._columns = {column for column, lines in columns.items() if _are_lines(lines)}
        self._heads = _are_lines(heads)

    def holds(self, label: Label) -> bool:
        return label.column in self._columns if label.column else self._heads

    def lists(self, label: Label) -> bool:
        """Whether a name is one of the lines, and so says nothing of layers: `application, 3 x 4 vCPU`."""
        if {"before", "after"} & set(tokens(label.text)):
            return False
        return self.holds(label) and bool(label.column or label.meaning.line)


class _Said:
    """What a sheet says of all its numbers: its name, a period given once or for a row, what its amounts are."""

    def __init__(self, sheet: Sheet, numbers: Sequence[Named], name: Meaning) -> None:
        self.axes = _LineAxes(numbers)
        self.name = name
        self.rows: dict[int, str] = {}
        self.period = _declared(sheet)
        for number in numbers:
            self._take_length(number)
        roles = (Label(cell.text, meaning(cell.text)) for cell in sheet.cells.values() if cell.amount is None)
        self.amounts = next(
            (one for one in roles if one.meaning.role in (Role.PER_REQUEST, Role.COST, Role.TOTAL)), None
        )

    def _take_length(self, number: Named) -> None:
        """A period written as a number of days or seconds: of its row under a header, else of the sheet."""
        for label in (*number.left[:1], *number.above[:1]):
            unit = next((found for word in tokens(label.text) if (found := period_of(word))), "")
            if label.meaning.role in (Role.PERIOD, Role.DURATION) and unit and number.cell.amount is not None:
                length = period_named(number.cell.amount.value, unit)
                if label.column:
                    self.period = self.period or length
                else:
                    self.rows[number.place[0]] = length


def _declared(sheet: Sheet) -> str:
    """`period | month`, wherever it stands."""
    for (row, column), cell in sheet.cells.items():
        beside = sheet.cells.get((row, column + 1))
        if (
            cell.amount is None
            and beside is not None
            and meaning(cell.text).role is Role.PERIOD
            and beside.amount is None
        ):
            return meaning(beside.text).period
    return ""


def _line_or_total(label: Label) -> str:
    """The line a name speaks of; the total of all layers counts as one, for it has the lines above it."""
    said = label.meaning
    return "total" if said.role is Role.TOTAL and not said.layer and not said.line else said.line


def _are_lines(lines: Iterable[str]) -> bool:
    return len(set(lines) - {"", "database"}) >= FEWEST_LINES


def _tagged(book: Book, sheet: Sheet, number: Named, says: _Said) -> Tagged | None:
    label, role = _role(number, says.axes)
    if label is None and _may_be_line(number, role, says.axes):
        label, role = number.above[0], Role.UNNAMED
    elif label is None and role is None and _is_placed(number) and says.amounts is not None:
        label, role = says.amounts, says.amounts.meaning.role
    amount = number.cell.amount
    if label is None or role is None or amount is None:
        return None
    is_line = role is Role.LINE
    near = [one for one in number.labels if not says.axes.lists(one)]
    is_money = role in MONEY
    factor = (0.01 if is_money and (amount.is_cents or label.meaning.is_cents) else 1.0) * label.meaning.scale
    return Tagged(
        ref=book.ref(sheet, number.place),
        sheet=sheet.name,
        place=number.place,
        cell=number.cell,
        role=role,
        layer=_first(near, lambda said: said.layer)
        or _of_row(number, lambda said: said.layer)
        or says.name.layer,
        side=_first(near, lambda said: said.side)
        or _of_row(number, lambda said: said.side)
        or says.name.side,
        value=amount.value * factor,
        half_step=amount.half_step * factor,
        per=label.meaning.per * amount.per,
        period=amount.period or _period(number, label) or says.rows.get(number.place[0], "") or says.period,
        currency=amount.currency or _first((label, *number.labels), lambda said: said.currency),
        is_cents=amount.is_cents or label.meaning.is_cents,
        is_peak=any(one.meaning.is_peak for one in number.labels),
        line=_line(number, label, says.axes) if is_line else "",
        label=label.text,
    )


def _may_be_line(number: Named, role: Role | None, axes: _LineAxes) -> bool:
    """Under a word that is not known here, such as `queue`, or under `servers`: what they cost, or how many."""
    if not number.above:
        return False
    head, said = number.above[0], number.above[0].meaning
    if role is Role.QUANTITY:
        return bool(said.line) and axes.holds(head)
    return role is None and not (said.role or said.layer or said.side or said.period or said.currency)


def _is_placed(number: Named) -> bool:
    """Whether a number without a role of its own stands for a layer on a side."""
    own = [one for one in number.labels if one.meaning.role in (None, Role.LINE)]
    roles = {one.meaning.role for one in (*number.left, *number.above)}
    has_both = any(one.meaning.layer for one in own) and any(one.meaning.side for one in own)
    return has_both and roles <= {None, Role.LINE}


def _role(number: Named, axes: _LineAxes) -> tuple[Label | None, Role | None]:
    """The name that says what a number is: requests and quotients first, then lines of the bill, then costs."""
    own = [(label, _meant(label, axes)) for label in (*number.left[:3], *number.above)]
    for label, role in own:
        if role in SPECIFIC:
            return label, role
    if any(role in IGNORED for label, role in own if not label.column) or _is_counted(own):
        return None, Role.QUANTITY
    known = [
        (label, role) for label, role in own if role is not None and role not in (Role.NAME, Role.PERIOD)
    ]
    ranked = [
        pair
        for wanted in (Role.LINE, Role.TOTAL, Role.COST, Role.DURATION)
        for pair in known
        if pair[1] is wanted
    ]
    best = next((pair for pair in ranked), (None, None))
    if (
        best[1] in (Role.COST, Role.TOTAL)
        and best[0] is not None
        and not best[0].column
        and _other_item(number, axes) is not None
    ):
        return best[0], Role.LINE
    if best[1] is Role.LINE and any(role is Role.TOTAL for _, role in own[:1]):
        return own[0]
    return best


def _is_counted(own: Sequence[tuple[Label, Role | None]]) -> bool:
    """A line of the bill in a column of instances or hours: what the price is multiplied by."""
    rows = {role for label, role in own if label.column}
    heads = {role for label, role in own if not label.column}
    is_item = Role.LINE in rows or any(label.column and role is None for label, role in own)
    counts = any(not label.column and set(tokens(label.text)) <= COUNTED for label, _ in own)
    return (Role.LINE in rows and bool(heads & {Role.LINE, Role.DURATION})) or (is_item and counts)


def _meant(label: Label, axes: _LineAxes) -> Role | None:
    """The role of a name; `database` is a line only among lines, `S3 storage (GB)` a line beside a number."""
    said = label.meaning
    if said.role is Role.QUANTITY and said.line and label.column:
        return Role.LINE
    return (
        said.plain_role
        if said.layer == "db" and said.line == "database" and not axes.holds(label)
        else said.role
    )


def _line(number: Named, label: Label, axes: _LineAxes) -> str:
    if label.meaning.line and _meant(label, axes) is Role.LINE:
        return label.meaning.line
    other = _other_item(number, axes)
    if other is None:
        return "other"
    return "compute" if other.meaning.layer == "app" else f"other: {other.text[:40]}"


def _other_item(number: Named, axes: _LineAxes) -> Label | None:
    """A row label that is neither layer, side nor period nor total: `NAT gateway` in a column of items."""
    for label in number.left:
        said = label.meaning
        is_free = axes.lists(label) or not (said.layer or said.side or said.period)
        if is_free and said.role in (None, Role.QUANTITY) and len(label.text) <= 60:
            return label
    return None


def _first(labels: Iterable[Label], of: Callable[[Meaning], str]) -> str:
    """What the nearest name says."""
    return next((of(one.meaning) for one in labels if of(one.meaning)), "")


def _of_row(number: Named, of: Callable[[Meaning], str]) -> str:
    """What a short text right of the number says, in tables whose layer or side comes last."""
    return next((of(one.meaning) for one in number.right if of(one.meaning) and len(one.text) <= 20), "")


def _period(number: Named, label: Label) -> str:
    """The period in the name itself, in a cell of the row, in the header, in a title."""
    if label.meaning.period:
        return label.meaning.period
    row = next((found for one in (*number.left, *number.right) if (found := pure_period(one))), "")
    return row or _first((*number.left, *number.above, *number.titles), lambda said: said.period)


def texts(book: Book) -> Iterator[tuple[Sheet, Place, str]]:
    """Every cell that holds words."""
    for sheet in book.sheets:
        for place, cell in sheet.cells.items():
            if cell.amount is None and not cell.formula:
                yield sheet, place, cell.text
