"""Formulas as lists of steps (reverse Polish): tokens, operators by precedence, ranges left as they are.

Read: numbers, texts, + - * / ^ % & comparisons, cells and ranges of any sheet, their names, and calls. Arrays,
structured references and other workbooks are not: `parsed` then answers None and the stored value is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.evidence.cost_sheet.book import column_of

LONGEST = 2_000
MOST_STEPS = 600
_CELL = r"\$?[A-Za-z]{1,3}\$?\d{1,7}"
_TOKEN = re.compile(
    r"(?P<number>\d{1,20}(?:\.\d{0,20})?(?:[eE][+-]?\d{1,3})?|\.\d{1,20}(?:[eE][+-]?\d{1,3})?)(?![A-Za-z(])"
    r'|(?P<text>"[^"]{0,500}")'
    r"|(?P<sheet>'[^'\[\]]{1,100}'!|[A-Za-z_\u00c0-\u024f][\w.\u00c0-\u024f]{0,60}!)"
    rf"|(?P<range>{_CELL}:{_CELL}|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}})(?![\w(])"
    rf"|(?P<cell>{_CELL})(?![\w(!])"
    r"|(?P<call>(?:_xlfn\.)?[A-Za-z][A-Za-z0-9.]{0,30})\("
    r"|(?P<boolean>TRUE|FALSE)(?![\w(])"
    r"|(?P<sign><>|<=|>=|[-+*/^%&=<>(),;])",
    re.IGNORECASE | re.ASCII,
)
_NAME = re.compile(r"(?<![\w.$!'])[A-Za-z_\u00c0-\u024f][\w.\u00c0-\u024f]{0,60}(?![\w.(!'$:])")
_PARTS = re.compile(r"\$?([A-Za-z]{1,3})?\$?(\d{1,7})?", re.ASCII)
BINARY = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 6}
UNARY = 7
"""Spreadsheets bind a leading minus tightest: -2^2 is 4 there."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a number, a text, an operator, a call of so many arguments, or an area.

    An area is (sheet, top, left, bottom, right); bottom is 0 where a whole column is meant.
    """

    kind: str
    value: float | str = 0.0
    area: tuple[str, int, int, int, int] | None = None
    arguments: int = 0


def unnamed(formula: str, names: Mapping[str, str]) -> str:
    """A formula with the names of cells replaced by the cells; what stands in quotes stays."""
    if not names or len(formula) > LONGEST:
        return formula
    parts = formula.split('"')
    parts[::2] = [_NAME.sub(lambda found: names.get(found[0].upper(), found[0]), part) for part in parts[::2]]
    return '"'.join(parts)


@lru_cache(maxsize=2048)
def parsed(formula: str) -> tuple[Step, ...] | None:
    """The steps of a formula, or None when something in it is not read."""
    if len(formula) > LONGEST:
        return None
    tokens = list(_tokens(formula[1:]))
    if not tokens or tokens[-1][0] == "strange" or len(tokens) > MOST_STEPS:
        return None
    return _Yard().run(tokens)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each token; ends with `strange` where nothing fits."""
    place = 0
    while place < len(text):
        if text[place] in " \t\n\r":
            place += 1
            continue
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            yield "strange", text[place]
            return
        yield found.lastgroup, found[found.lastgroup]
        place = found.end()


class _Yard:
    """Dijkstra's shunting yard. `pending` holds operators and open brackets, `counts` the arguments of open calls."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.pending: list[tuple[str, str]] = []
        self.counts: list[int] = []
        self.sheet = ""
        self.wants_operand = True

    def run(self, tokens: list[tuple[str, str]]) -> tuple[Step, ...] | None:
        for kind, text in tokens:
            if not self._take(kind, text):
                return None
        if self.wants_operand or self.sheet:
            return None
        while self.pending:
            if self.pending[-1][0] != "operator":
                return None
            self._settle()
        return tuple(self.steps)

    def _take(self, kind: str, text: str) -> bool:
        """Whether the token fits where it stands."""
        if kind == "sheet":
            self.sheet = text[:-1].strip("'")
            return self.wants_operand
        if kind == "sign":
            return not self.sheet and self._sign(text)
        if not self.wants_operand:
            return False
        if kind == "call":
            self.pending.append(("call", text.upper().removeprefix("_XLFN.")))
            self.counts.append(0)
            return not self.sheet
        self.steps.append(_operand(kind, text, self.sheet))
        self.sheet, self.wants_operand = "", False
        return True

    def _sign(self, sign: str) -> bool:
        if sign == "(":
            self.pending.append(("open", sign))
            return self.wants_operand
        if sign in "),;":
            return self._close() if sign == ")" else self._next_argument()
        if self.wants_operand:
            if sign in "+-":
                self.pending.append(("operator", f"u{sign}"))
            return sign in "+-"
        if sign == "%":
            self.steps.append(Step("operator", "%"))
            return True
        while (
            self.pending and self.pending[-1][0] == "operator" and _binds(self.pending[-1][1]) >= BINARY[sign]
        ):
            self._settle()
        self.pending.append(("operator", sign))
        self.wants_operand = True
        return True

    def _settle(self) -> None:
        self.steps.append(Step("operator", self.pending.pop()[1]))

    def _until_open(self) -> bool:
        while self.pending and self.pending[-1][0] == "operator":
            self._settle()
        return bool(self.pending)

    def _next_argument(self) -> bool:
        if self.wants_operand or not self._until_open() or self.pending[-1][0] != "call":
            return False
        self.counts[-1] += 1
        self.wants_operand = True
        return True

    def _close(self) -> bool:
        is_empty_call = self.wants_operand and bool(self.pending) and self.pending[-1][0] == "call"
        if (self.wants_operand and not is_empty_call) or not self._until_open():
            return False
        kind, name = self.pending.pop()
        if kind == "call":
            count = self.counts.pop()
            if is_empty_call and count:
                return False
            self.steps.append(Step("call", name, arguments=0 if is_empty_call else count + 1))
        self.wants_operand = False
        return True


def _binds(operator: str) -> float:
    return UNARY if operator.startswith("u") else BINARY[operator]


def _operand(kind: str, text: str, sheet: str) -> Step:
    if kind == "number":
        return Step("number", float(text))
    if kind == "text":
        return Step("text", text[1:-1])
    if kind == "boolean":
        return Step("number", 1.0 if text.upper() == "TRUE" else 0.0)
    first, _, last = text.partition(":")
    top, left = _place(first, whole=1)
    bottom, right = _place(last or first, whole=0)
    return Step("area" if last else "cell", area=(sheet, min(top, bottom or top), min(left, right),
                                                 max(top, bottom) if bottom else 0, max(left, right)))  # fmt: skip


def _place(text: str, *, whole: int) -> tuple[int, int]:
    """Row and column; of a whole column (`D:D`) the row is `whole`, and 0 stands for its end."""
    found = _PARTS.fullmatch(text)
    column = "" if found is None else found[1] or ""
    row = "" if found is None else found[2] or ""
    return int(row) if row else whole, column_of(column)
