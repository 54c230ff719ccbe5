"""Chains of a text: sides of numbers and operators, parted by equals signs. One pass, nothing nested by calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.evidence.sums.operands import MOST_WORDS, joined, quantity
from app.evidence.sums.quantities import Quantity
from app.evidence.sums.tokens import Token

MOST_ITEMS = 80
MOST_PREFIX = 3
MOST_DEPTH = 6
MOST_BEFORE = 2 * MOST_DEPTH  # each of so many brackets may have its sign of money
_SIGNS = {"times": "*", "slash": "/", "plus": "+", "minus": "-", "power": "^"}
_OPERATORS = frozenset(_SIGNS.values())
_EVERY = frozenset(("every", "alle"))
_LABEL = ("word", "percent", "money")


@dataclass(slots=True)
class Side:
    """Numbers and signs in their order; `start` and `end` are places in the text."""

    items: list[Quantity | str] = field(default_factory=list)
    start: int = 0
    end: int = 0

    @property
    def numbers(self) -> list[Quantity]:
        return [item for item in self.items if isinstance(item, Quantity)]

    @property
    def is_single(self) -> bool:
        return len(self.items) == 1

    @property
    def is_computed(self) -> bool:
        """Whether there is a sign of arithmetic; `log(1.06)` is a number in brackets."""
        return any(item in _OPERATORS for item in self.items if isinstance(item, str))


@dataclass(frozen=True, slots=True)
class Chain:
    """Sides that are said to be equal; `is_doubtful` when what stands before the first may belong to it."""

    sides: tuple[Side, ...]
    is_doubtful: bool


def chains(found: Sequence[Token]) -> Iterator[Chain]:
    """Every chain of two sides or more with something to compute."""
    at = 0
    while at < len(found):
        if not _may_begin(found, at):
            at += 1
            continue
        reader = _Reader(found, at)
        sides = reader.sides()
        if len(sides) > 1 and any(side.is_computed for side in sides[:-1]):
            yield Chain(tuple(sides), at > 0 and found[at - 1].kind in ("plus", "minus"))
        for start, end in reader.remarks if len(sides) > 1 else ():
            yield from chains(found[start:end])  # at most as deep as a remark is long
        at = max(at + 1, reader.at if len(sides) > 1 else at + 1)


def _may_begin(found: Sequence[Token], at: int) -> bool:
    """At a number, a sign of money or a bracket that no operator goes before."""
    if found[at].kind not in ("number", "money", "open") or _is_too_deep(found, at):
        return False
    before, farthest = at - 1, at - MOST_BEFORE
    while before >= max(0, farthest) and found[before].kind in ("open", "money"):
        before -= 1
    return before < 0 or found[before].kind not in ("times", "slash", "power", "exponent", "compare")


def _is_too_deep(found: Sequence[Token], at: int) -> bool:
    opened = found[at : at + MOST_DEPTH + 1]
    return len(opened) > MOST_DEPTH and all(token.kind == "open" for token in opened)


class _Reader:
    """Reads sides from one place on; `at` is where it stopped, `remarks` the sums in brackets that it passed over."""

    def __init__(self, found: Sequence[Token], at: int) -> None:
        self._found, self.at = found, at
        self.remarks: list[tuple[int, int]] = []

    def sides(self) -> list[Side]:
        """The sides up to the first that is none."""
        sides: list[Side] = []
        while (side := self._side()) is not None:
            sides.append(side)
            if self._kind() != "equals" or len(sides) > MOST_ITEMS:
                return sides
            self.at += 1
        return sides

    def _side(self) -> Side | None:
        """One side; None, where it stands, when it is not wholly understood."""
        side, depth = Side(start=self._place()), 0
        while len(side.items) < MOST_ITEMS:
            while self._kind() == "open" and depth < MOST_DEPTH:
                side.items.append("(")
                depth, self.at = depth + 1, self.at + 1
            operand = self._operand(is_first=not side.items)
            if operand is None:
                return None
            side.items.append(operand)
            depth -= self._closed(side, depth)
            side.end = self._found[self.at - 1].end
            sign = self._sign(operand)
            if not sign:
                return side if depth == 0 else None
            side.items.append(sign)
        return None

    def _closed(self, side: Side, depth: int) -> int:
        """Take the brackets that close here, and powers; how many there were."""
        count = 0
        while True:
            if self._kind() == "close" and count < depth:
                side.items.append(")")
                count, self.at = count + 1, self.at + 1
                self._label()
            elif self._kind() == "power" and self._kind(1) in ("exponent", "number"):
                side.items += ["^", quantity((), self._found[self.at + 1], ())]
                self.at += 2
            else:
                return count

    def _operand(self, *, is_first: bool) -> Quantity | None:
        """A number with what stands around it; words before it only after an operator."""
        start = self.at
        is_about = is_first and start > 0 and self._found[start - 1].text[-1] in "~≈"
        while self._is_sign() and self.at - start < MOST_PREFIX:
            is_about, self.at = is_about or self._kind() == "equals", self.at + 1
        while not is_first and self._kind() == "word" and self.at - start < MOST_PREFIX:
            self.at += 1
        before = self._found[start : self.at]
        if self._kind() == "money":
            before, self.at = self._found[start : self.at + 1], self.at + 1
        if self._kind() == "range" and is_first:
            return self._range()
        if self._kind() != "number" or any(token.text.lower() in _EVERY for token in before):
            return None
        figure = self._found[self.at]
        self.at += 1
        return self._with_rest(quantity(before, figure, self._label(), is_about=is_about))

    def _is_sign(self) -> bool:
        """At a sign of money, or at one that says "about"."""
        return self._kind() == "money" or (self._kind() == "equals" and self._found[self.at].text in "~≈")

    def _with_rest(self, first: Quantity) -> Quantity:
        """`43 min 12 s` is one length of time."""
        while self._kind() == "number" and self._kind(1) == "word":
            whole = joined(first, quantity((), self._found[self.at], self._found[self.at + 1 : self.at + 2]))
            if whole is None:
                return first
            first, self.at = whole, self.at + 2
        return first

    def _range(self) -> Quantity:
        """`10-15` as a result; both ends are kept."""
        text = self._found[self.at].text
        parts = [
            part for part in text.replace("–", "-").replace("—", "-").replace("..", "-").split("-") if part
        ]
        place = self._found[self.at].start
        low, high = (
            quantity((), Token("number", part.strip(), place, place), ()) for part in (parts[0], parts[-1])
        )
        self.at += 1
        label = self._label()
        whole = quantity((), Token("number", parts[0].strip(), place, place), label)
        scale = whole.value / low.value if low.value else 1.0
        return replace(whole, high=high.value * scale)

    def _label(self) -> list[Token]:
        """Words, units and remarks in brackets that follow a number."""
        taken: list[Token] = []
        while len(taken) < MOST_WORDS:
            if (self._kind() == "slash" and self._kind(1) == "word") or self._is_per_thousand():
                taken += self._found[self.at : self.at + 2]
                self.at += 2
            elif (
                self._kind() == "word"
                and self._found[self.at].text == "of"
                and taken
                and taken[0].kind == "percent"
            ):
                return taken
            elif self._kind() in _LABEL and not (self._kind() == "money" and self._kind(1) == "number"):
                taken.append(self._found[self.at])
                self.at += 1
            elif not self._remark():
                return taken
        return taken

    def _is_per_thousand(self) -> bool:
        """`per 1,000` behind a number: so many requests it is for."""
        return (
            self._kind() in ("word", "slash")
            and self._found[self.at].text.lower() in ("per", "je", "pro", "/")
            and self._kind(1) == "number"
            and self._kind(2) == "word"
            and re.fullmatch(r"10{2,8}", re.sub(r"[,. '_]", "", self._found[self.at + 1].text)) is not None
        )

    def _remark(self) -> bool:
        """Pass over brackets with words; with numbers too when a blank stands before them."""
        if self._kind() == "times" and not self._leads_to_a_number(self.at + 1):
            self.at += 1  # `5x`: the sign belongs to the number before it
            return True
        if self._kind() != "open" or self._found[self.at - 1].end == self._place():
            return False
        for ahead in range(self.at + 1, min(self.at + 16, len(self._found))):
            if self._found[ahead].kind == "close":
                if any(token.kind == "equals" for token in self._found[self.at : ahead]):
                    self.remarks.append((self.at + 1, ahead))
                self.at = ahead + 1
                return True
        return False

    def _sign(self, last: Quantity) -> str:
        """The operator here, when a number follows it; empty when the side ends."""
        if (
            self._kind() == "comma"
            and self._kind(1) in ("times", "slash")
            and self._leads_to_a_number(self.at + 2)
        ):
            self.at += 1
        if self._kind() == "word" and self._found[self.at].text == "of" and last.is_percent:
            self.at += 1
            return "*"
        sign = _SIGNS.get(self._kind(), "")
        if not sign or not self._leads_to_a_number(self.at + 1):
            return ""
        self.at += 1
        return sign

    def _leads_to_a_number(self, ahead: int) -> bool:
        words = 0
        while ahead < len(self._found) and words <= MOST_PREFIX:
            token = self._found[ahead]
            if token.kind == "number":
                return True
            if token.kind not in ("word", "money", "open") and token.text not in ("~", "≈"):
                return False
            words += token.kind == "word"
            ahead += 1
        return False

    def _kind(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self._found[at].kind if at < len(self._found) else ""

    def _place(self) -> int:
        return self._found[self.at].start if self.at < len(self._found) else 0
