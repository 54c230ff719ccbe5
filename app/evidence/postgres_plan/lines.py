"""The lines of a text: what the start of each shows, and where one was broken into several."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.evidence.plans.pasted import Line
from app.evidence.postgres_plan import details, headers, tail

Row = tuple[int, int, str, str]
"""A line's number, the column of its first sign, its text from there on, and what its start shows it to be."""

ARROW, DETAIL, TAIL, OTHER = "arrow", "detail", "tail", "other"
SUBPLANS = ("InitPlan ", "SubPlan ", "CTE ")
_KINDS = {f"{label}:": DETAIL for label in details.READERS} | {f"{label}:": TAIL for label in tail.LABELS}
_LONGEST_LABEL = max(map(len, _KINDS))
_END: Row = (0, 0, "", TAIL)
_LONGEST_LITERAL, _LONGEST_WRAP = 400, 200  # lines that a string literal, or any other line, may have become
_FARTHEST = 8  # empty lines between two of a plan
_MOST_SEARCHED = 50_000  # lines looked at, in all, for the end of literals that never end


@dataclass(slots=True)
class Lines:
    """The lines, and where among them the reading of a plan stands that starts in column `base`."""

    lines: list[Line]
    rows: list[Row] = field(init=False)
    at: int = 0
    base: int = 0
    wrapped: bool = False
    _searched: int = 0

    def __post_init__(self) -> None:
        self.rows = _rows(self.lines)

    def follower(self) -> str:
        """The next line that is not empty, without the spaces before it."""
        return next((row[2] for row in self.rows[self.at + 1 : self.at + 1 + _FARTHEST] if row[2]), "")

    def is_own(self, ahead: int) -> bool:
        """True if nothing but what it shows can be meant by the line so far ahead."""
        _, column, _, kind = self.rows[self.at + ahead]
        return column > self.base if kind == DETAIL else kind != OTHER

    def whole(self, stripped: str) -> tuple[str, int]:
        """The line with what continues it, and how many lines that is."""
        used = self._literal_lines(stripped) if "'" in stripped or '"' in stripped else 1
        if used > 1:
            return "\n".join([stripped, *(self._unpadded(self.at + i) for i in range(1, used))]), used
        if not self._is_wrapped(stripped, 1):
            return stripped, 1
        parts = [stripped]
        while len(parts) < _LONGEST_WRAP and self._is_wrapped(parts[-1], len(parts)):
            parts.append(self.lines[self.at + len(parts)][1].strip())
        glued = (f" {part}" if part.startswith(details.PIECES) else part for part in parts[1:])
        return " ".join((stripped, *glued)), len(parts)

    def _unpadded(self, at: int) -> str:
        """A literal's later line without the margin the whole plan has."""
        text = self.lines[at][1]
        return text[self.base :] if not text[: self.base].strip() else text

    def _literal_lines(self, text: str) -> int:
        """How many lines until quotes are closed: 1 if they are, or never are."""
        if text.count("'") % 2 == 0 and text.count('"') % 2 == 0:
            return 1
        quote = _open_quote("", text)
        last = min(len(self.lines), self.at + _LONGEST_LITERAL)
        for at in range(self.at + 1, last):
            if not quote or self._searched > _MOST_SEARCHED:
                break
            self._searched += 1
            quote = _open_quote(quote, self.lines[at][1])
            if not quote:
                return at - self.at + 1
        return 1

    def _is_piece(self, stripped: str) -> bool:
        """True if a line at the margin, which is no step's, can only be the later part of a line that was wrapped."""
        if tail.is_tail(stripped) or headers.has_metrics(stripped):
            return False
        return stripped.startswith(details.PIECES) or (self.wrapped and stripped != "")

    def _is_wrapped(self, before: str, ahead: int) -> bool:
        """True if the line `ahead` continues `before`: nothing else claims it, and `before` is not complete."""
        if self.is_own(ahead):
            return False
        _, column, stripped, _ = self.rows[self.at + ahead]
        if column <= self.base and self._is_piece(stripped):
            return True  # what belongs to a step stands further right
        if not stripped or details.is_detail(stripped) or tail.is_tail(stripped):
            return False
        if headers.has_metrics(stripped) or _is_labelled(stripped) or stripped.startswith(SUBPLANS):
            return False
        unfinished = before.endswith((",", "AND", "OR", "=")) or before.count("(") != before.count(")")
        return unfinished or self.wrapped or column > self.base + 2


def _rows(lines: list[Line]) -> list[Row]:
    """The lines with what their start shows, whatever stands above."""
    rows = [
        (number, len(text) - len(body := text.lstrip()), body,
         ARROW if body[:2] == "->" else _KINDS.get(body[: body.find(":", 0, _LONGEST_LABEL) + 1], OTHER))
        for number, text in lines
    ]  # fmt: skip
    rows.append(_END)  # which ends what stands above it
    return rows


def _is_labelled(text: str) -> bool:
    """True for `Some Label: value` of a version or extension not known here."""
    label, colon, _ = text.partition(": ")
    return (
        bool(colon)
        and len(label) <= 40
        and label[:1].isupper()
        and label.replace(" ", "").replace("-", "").isalnum()
    )


def _open_quote(quote: str, text: str) -> str:
    """Which quote is open after `text`, when `quote` was open before it; a doubled quote closes and opens again."""
    at = 0
    while True:
        if quote:
            at = text.find(quote, at)
            if at < 0:
                return quote
            quote = ""
        else:
            found = [end for mark in ("'", '"') if (end := text.find(mark, at)) >= 0]
            if not found:
                return ""
            at = min(found)
            quote = text[at]
        at += 1
