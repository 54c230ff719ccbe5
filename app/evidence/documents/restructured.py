"""reStructuredText as Markdown, line for line: what stands on line 12 of the page stands on line 12 here too.

After the specification of Docutils 0.21: titles, code and literal blocks, lists, fields, links, roles, and tables in
every form. Other directives give their words; what a page includes is not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.documents import restructured_tables as tables
from app.evidence.documents.asciidoc import FENCE, LONGEST_LINE, LOOKED_AT

ENDING = ".rst"
_RULE = re.compile(r"([!-/:-@\[-`{-~])\1{2,200}$")
_DIRECTIVE = re.compile(r"(\s{0,40})\.\. ([a-z][\w-]{0,40})::(?: {1,4}([^\n]{0,400}))?$")
_CODE = frozenset(("code", "code-block", "sourcecode", "prompt", "parsed-literal", "highlight"))
_WORDS = frozenset(
    ("note", "warning", "tip", "important", "attention", "caution", "danger", "hint", "seealso", "admonition")
)
_UNSEEN = re.compile(r"\s{0,40}\.\.(?: |$)")
_OPTION = re.compile(r"\s{1,40}:[\w-]{1,40}:(?: |$)")
_FIELD = re.compile(r":([A-Za-z][\w /-]{0,60}):(?: {1,10}(\S[^\n]{0,2000}))?$")
_NUMBERED = re.compile(r"(\s{0,40})#\. ")
_LITERAL = re.compile(r"``([^`\n]{1,400})``")
_ROLE = re.compile(r":[a-z][\w:+-]{0,40}:`([^`<\n]{1,200}?)(?: ?<[^>`\n]{1,300}>)?`")
_LINK = re.compile(r"`([^`<\n]{1,200}?) ?<([^>`\n]{1,400})>`__?")


def is_page(name: str, head: str) -> bool:
    """Whether it is named as one, or has a directive and a title that a line is drawn below."""
    if name.lower().endswith(ENDING):
        return True
    lines = head[:LOOKED_AT].split("\n")
    has_directive = any(_DIRECTIVE.match(line) for line in lines)
    return has_directive and any(_is_title(lines, at) for at in range(len(lines)))


def as_markdown(text: str) -> str:
    """The same lines in Markdown."""
    return "\n".join(_Page([line[:LONGEST_LINE].rstrip().expandtabs(4) for line in text.split("\n")]).lines())


def _is_title(lines: Sequence[str], at: int) -> bool:
    """Whether a line is drawn right below it, as long as it or longer."""
    if at + 1 >= len(lines) or not lines[at].strip() or _RULE.match(lines[at]) or lines[at][:2] == "..":
        return False
    is_below_blank = at == 0 or not lines[at - 1].strip() or _RULE.match(lines[at - 1]) is not None
    rule = _RULE.match(lines[at + 1])
    return is_below_blank and rule is not None and len(lines[at + 1]) >= len(lines[at].strip())


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


class _Page:
    """Goes through the lines once; each block takes its lines and gives as many."""

    def __init__(self, lines: list[str]) -> None:
        self._typed = lines
        self._given: list[str] = []
        self._levels: list[
            tuple[str, bool]
        ] = []  # the signs of titles, the outermost first; whether one above too

    def lines(self) -> list[str]:
        while (at := len(self._given)) < len(self._typed):
            self._given += self._block(at) or [self._line(at)]
        return self._given

    def _block(self, at: int) -> list[str]:
        """The lines of a title, a table or a directive that begins here."""
        line = self._typed[at]
        if _RULE.match(line) and _is_title(self._typed, at + 1):
            return ["", self._title(at + 1, is_over=True), ""]
        if _is_title(self._typed, at):
            return [self._title(at, is_over=False), ""]
        if found := tables.drawn(self._typed, at):
            return found
        if directive := _DIRECTIVE.match(line):
            return self._directive(at, directive)
        if line.endswith("::") and not _UNSEEN.match(line):
            words = self._line_of(line[:-1] if len(line.strip()) > 2 else "")
            return [words, *self._code(at + 1, _indent(line), "")]
        if _UNSEEN.match(line):
            return [""] * (self._end(at + 1, _indent(line)) - at)
        return []

    def _title(self, at: int, *, is_over: bool) -> str:
        mark = self._typed[at + 1][0], is_over
        if mark not in self._levels:
            self._levels.append(mark)
        return f"{'#' * min(self._levels.index(mark) + 1, 6)} {self._words(self._typed[at].strip())}"

    def _directive(self, at: int, found: re.Match[str]) -> list[str]:
        name, said = found[2], found[3] or ""
        indent, end = len(found[1]), self._end(at + 1, len(found[1]))
        if name in _CODE:
            return ["", *self._code(at + 1, indent, said.split()[0] if said else "")]
        inner = self._typed[at + 1 : end]
        if name in tables.READERS:
            return tables.READERS[name](said, [self._words(line) for line in inner])
        if name in _WORDS:
            return [self._words(said), *(self._words(line.strip()) for line in inner)]
        return [""] * (end - at)

    def _code(self, at: int, indent: int, language: str) -> list[str]:
        """The lines of a block of code; fences stand on the empty lines around it."""
        end = self._end(at, indent)
        inner = self._typed[at:end]
        start = next(
            (n for n, line in enumerate(inner) if line.strip() and not _OPTION.match(line)), len(inner)
        )
        if start == len(inner):
            return [""] * len(inner)
        last = max(n for n, line in enumerate(inner) if line.strip())
        depth = min(_indent(line) for line in inner[start : last + 1] if line.strip())
        given = [""] * len(inner)
        given[start : last + 1] = [line[depth:] for line in inner[start : last + 1]]
        if start:
            given[start - 1] = f"{FENCE}{language[:40]}"
        if last + 1 < len(given):
            given[last + 1] = FENCE
        return given

    def _end(self, at: int, indent: int) -> int:
        """Where the lines that stand further to the right end."""
        while at < len(self._typed) and (not self._typed[at].strip() or _indent(self._typed[at]) > indent):
            at += 1
        return at

    def _line(self, at: int) -> str:
        return self._line_of(self._typed[at])

    def _line_of(self, line: str) -> str:
        if field := _FIELD.match(line):
            return f"- {field[1]}: {self._words(field[2] or '')}"
        return self._words(_NUMBERED.sub(r"\g<1>1. ", line))

    def _words(self, line: str) -> str:
        if "`" not in line:
            return line
        line = _LINK.sub(r"[\1](\2)", _ROLE.sub(r"\1", line))
        return _LITERAL.sub(r"`\1`", line)
