"""AsciiDoc as Markdown, line for line: what stands on line 12 of the page stands on line 12 here too.

After Asciidoctor 2: titles in both forms, delimited blocks, lists, tables of `|===` and `,===`, links and attributes.
What a page includes is not there, and stays named.
"""

from __future__ import annotations

import re

from app.evidence.documents.asciidoc_inline import Words
from app.evidence.documents.asciidoc_tables import Separated, Table, columns, sign

LONGEST_LINE = 4_000
LOOKED_AT = 8_000
_TITLE = re.compile(r"(={1,6}) {1,4}(\S[^\n]{0,400})")
_ATTRIBUTE = re.compile(r":(!?[a-zA-Z][\w-]{0,60})!?:(?: {1,4}([^\n]{0,300}))?$")
_STYLE = re.compile(r"\[[^\]\n]{0,400}\]$|\[\[[^\]\n]{1,200}\]\]$")
_FENCE = re.compile(r"-{4,200}$|\.{4,200}$|\+{4,200}$|`{3}[\w+-]{0,20}$")
_FRAME = re.compile(r"={4,200}$|\*{4,200}$|_{4,200}$|--$|<<<$")
_TABLE = re.compile(r"[|,:]={3,200}$")
_ITEM = re.compile(r"[ \t]{0,20}(\*{1,5}|-|\.{1,5}|<\d{1,2}>|<\.>) {1,4}(\S[^\n]{0,4000})")
_CAPTION = re.compile(r"\.([^.\s][^\n]{0,200})$")
_DIRECTIVES = ("ifdef::", "ifndef::", "ifeval::", "endif::", "toc::")
_CALLOUTS = re.compile(r"(?: {1,4}(?:#|//|--|;;)? {0,2}<(?:\d{1,2}|\.)>){1,4}$")
_UNDERLINES = {"=": "#", "-": "##", "~": "###", "^": "####", "+": "#####"}
FENCE = "````"
"""One more than what people type inside a block."""


def is_page(head: str) -> bool:
    """Whether a title of AsciiDoc begins it, or a section with blocks of AsciiDoc below it."""
    lines = head[:LOOKED_AT].split("\n")
    for line in lines:
        is_before = not line.strip() or line.startswith(("//", "include::"))
        if is_before or _ATTRIBUTE.match(line) or _STYLE.match(line):
            continue
        title = _TITLE.match(line)
        if title is None or len(title[1]) > 2:
            return False
        return len(title[1]) == 1 or any(_language(one) is not None or _TABLE.match(one) for one in lines)
    return False


def as_markdown(text: str) -> str:
    """The same lines in Markdown."""
    page = _Page()
    for line in text.split("\n"):
        page.take(line[:LONGEST_LINE].rstrip())
    return "\n".join(page.done())


class _Page:
    """Takes lines one by one; each gives one line, which the next may still change."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._words = Words()
        self._closes: str | None = (
            None  # what ends the code that is open; an empty line for a paragraph of it
        )
        self._comment: str | None = None
        self._table: Table | None = None
        self._language: str | None = None  # of the code that follows; None where none was announced
        self._columns = 0
        self._opened = ""  # the line that opened the table
        self._marks: list[str] = []  # of the lists that are open, the outermost first
        self._is_apart = False  # code or a paragraph stands between the items of the open lists
        self._is_paragraph = False  # the last line is words of a paragraph
        self._last = self._before = ""  # the two lines before this one, as typed

    def done(self) -> list[str]:
        """All lines; a table that is still open ends here."""
        if self._table is not None:
            self._lines += self._table.rows()
            self._table = None
        return self._lines

    def take(self, line: str) -> None:
        """One line more, without blanks at its end."""
        if self._table is not None:
            self._in_table(self._table, line)
        elif self._comment is not None:
            self._comment = None if line == self._comment else self._comment
            self._lines.append("")
        elif self._closes is not None:
            is_end = line == self._closes
            self._closes = None if is_end else self._closes
            self._lines.append(FENCE if is_end else _CALLOUTS.sub("", line))
        elif _TABLE.match(line):
            parted = sign(line, self._last if _STYLE.match(self._last) else "")
            self._table = Separated(self._columns, parted) if parted else Table(self._columns)
            self._opened, self._columns, self._is_apart = line, 0, True
        else:
            self._lines.append(self._begun(line))
        self._before, self._last = self._last, line

    def _in_table(self, table: Table, line: str) -> None:
        if line == self._opened:
            self._lines += [*table.rows(), ""]
            self._table = None
        else:
            table.take("" if line.startswith("//") else self._words.plain(line))

    def _begun(self, line: str) -> str:
        """A line outside of tables, code and comments."""
        for reader in (self._unseen, self._underline, self._opening, self._title, self._item):
            if (found := reader(line)) is not None:
                self._is_paragraph = False
                return found
        return self._paragraph(line)

    def _unseen(self, line: str) -> str | None:
        """Empty for what gives nothing to read; what it says of the lines after it is kept."""
        if line in ("", "+") or line.startswith(_DIRECTIVES):
            return ""
        if line.startswith("//"):
            self._comment = line if len(line) >= 4 and not line.strip("/") else None
            return ""
        if attribute := _ATTRIBUTE.match(line):
            self._words.know(attribute[1], attribute[2] or "")
            return ""
        if _STYLE.match(line):
            self._language = _language(line)
            self._columns = columns(line) or self._columns
            return ""
        return None

    def _underline(self, line: str) -> str | None:
        """The second line of a title makes the first one a heading."""
        marks = _UNDERLINES.get(line[0]) if len(line) > 2 and not line.strip(line[0]) else None
        is_as_long = abs(len(self._last) - len(line)) <= 1
        if marks is None or not is_as_long or not self._is_paragraph or self._before:
            return None
        self._lines[-1] = f"{marks} {self._words.plain(self._last)}"
        return ""

    def _opening(self, line: str) -> str | None:
        """A line that begins code, or a frame around other blocks; code without one follows its style line."""
        language, self._language = self._language, None
        if _FENCE.match(line):
            self._closes = line[:3] if line[0] == "`" else line
            self._is_apart = True
            return f"{FENCE}{language or line.strip('-.+`')}"
        if _FRAME.match(line):
            return ""
        if language is not None and _STYLE.match(self._last):
            self._closes = ""
            self._lines[-1] = f"{FENCE}{language}"
            self._is_apart = True
            return line
        self._language = language
        return "***" if line == "'''" else None

    def _title(self, line: str) -> str | None:
        title = _TITLE.match(line)
        if title is None:
            return None
        self._marks = []
        words = self._words.plain(title[2]).removesuffix(f" {title[1]}").strip()
        return f"{'#' * len(title[1])} {words}"

    def _item(self, line: str) -> str | None:
        """An item of a list, as deep as its mark; a caption; a term with what it means."""
        if item := _ITEM.match(line):
            mark = item[1]
            if mark[0] == "<":  # what a number in the code above means
                return f"1. {self._words.plain(item[2])}"
            self._marks = self._marks[: self._marks.index(mark)] if mark in self._marks else self._marks
            depth = len(self._marks)
            self._marks = [*self._marks, mark]
            self._is_apart = self._is_apart and depth > 0
            indent = "   " * (min(depth, 1) if self._is_apart else depth)
            return f"{indent}{'-' if mark[0] in '*-' else '1.'} {self._words.plain(item[2])}"
        if caption := _CAPTION.match(line):
            return self._words.plain(caption[1])
        term, mark, meaning = f"{line} ".partition(":: ")
        if mark and term.strip(" :") and "`" not in term:
            return f"{term.strip(' :')}: {self._words.plain(meaning.strip())}".rstrip()
        return None

    def _paragraph(self, line: str) -> str:
        """Words as they are; below a term they are its meaning, however far they stand to the right."""
        if self._last in ("", "+"):
            self._is_apart = True
            self._marks = self._marks if self._last else []
        self._is_paragraph = True
        words = self._words.plain(line)
        return words.lstrip() if self._last.endswith("::") else words


def _language(style: str) -> str | None:
    """What `[source,bash]` says of the block below it; None for a style that is not of code."""
    kind, *others = style.strip("[]").split(",")
    kind = kind.partition("%")[0].partition("#")[0].strip()
    if kind not in ("source", "listing", "literal") and (kind or not others):
        return None
    first = others[0].strip() if others else ""
    return "" if "=" in first else first[:40]
