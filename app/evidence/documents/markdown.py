"""Markdown as a `Document`: CommonMark with tables, by markdown-it-py; HTML in it is text like any other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, inline
from markdown_it.token import Token

from app.evidence.documents.document import Code, Document, Link, Section, Table, Text
from app.evidence.findings import phrase

MOST_CHARACTERS = 500_000
LONGEST_LINE = 20_000
MOST_LINES = 20_000  # four hundred printed pages
MOST_OPENED, MOST_STARS = 10_000, 100_000  # the end of each is looked for, at worst for 0.1 and 0.01 ms
_FRONT = re.compile(r"\A---\n(?P<front>.{0,20000}?)\n---\n", re.DOTALL)
_LABELLED = re.compile(r"[^\W\d_][\w/()' -]{1,40}:(?:\s|$)")
_BOX = re.compile(r"\[([ xX])\]\s{1,4}")


class TooLong(ValueError):
    """More text than a person wrote; the message says how much is read."""


def read(text: str) -> Document:
    """The sections of a Markdown text. Raises `TooLong`."""
    lines = text.split("\n")
    if len(text) > MOST_CHARACTERS or len(lines) > MOST_LINES or max(map(len, lines)) > LONGEST_LINE:
        raise TooLong(
            phrase(
                "it is longer than {most_characters:,} characters or {most_lines:,} lines, or has a line of over "
                "{longest_line:,} characters",
                most_characters=MOST_CHARACTERS,
                most_lines=MOST_LINES,
                longest_line=LONGEST_LINE,
            )
        )
    front = _FRONT.match(text)
    skipped = text[: front.end()].count("\n") if front else 0
    body = text[front.end() :] if front else text
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 40}).enable("table")
    parser.core.ruler.at("inline", _inline)
    reader = _Reader(parser.parse(body), skipped, text.count("\n") + 1)
    return Document(tuple(reader.sections()), front["front"] if front else "")


def _inline(state: StateCore) -> None:
    """What stands in blocks; raises `TooLong` before there would be too much to look at."""
    texts = [token.content for token in state.tokens if token.type == "inline"]
    opened = sum(text.count("[") for text in texts)
    stars = sum(text.count("*") + text.count("_") for text in texts)
    if opened > MOST_OPENED or stars > MOST_STARS:
        raise TooLong(
            phrase(
                "it has over {most_opened:,} opening square brackets, or over {most_stars:,} stars and underscores",
                most_opened=MOST_OPENED,
                most_stars=MOST_STARS,
            )
        )
    inline(state)


class _Reader:
    """Walks the tokens of a text once."""

    def __init__(self, tokens: list[Token], skipped: int, last: int) -> None:
        self._tokens, self._skipped, self._last = tokens, skipped, last
        self._section = Section(0, "", 1 + skipped, last)
        self._items = 0

    def sections(self) -> Iterator[Section]:
        """Each section when it has ended; an empty one before the first heading is left out."""
        tokens = iter(self._tokens)
        for token in tokens:
            if token.type == "heading_open":
                yield from self._ended(self._line(token) - 1)
                self._begin(token, next(tokens))
            elif token.type == "table_open":
                self._section.tables.append(self._table(token, tokens))
            else:
                self._take(token)
        yield from self._ended(self._last)

    def _ended(self, last_line: int) -> Iterator[Section]:
        self._section.last_line = last_line
        if self._section.level or self._section.words or self._section.code or self._section.tables:
            yield self._section

    def _begin(self, heading: Token, inline: Token) -> None:
        line = self._line(heading)
        self._section = Section(int(heading.tag[1:]), plain(inline), line, self._last)
        self._section.links += self._links(inline, line)

    def _take(self, token: Token) -> None:
        """A block inside the section."""
        if token.type == "list_item_open":
            self._items += 1
        elif token.type == "list_item_close":
            self._items -= 1
        elif token.type in ("fence", "code_block"):
            language = token.info.split()[0] if token.info.split() else ""
            self._section.code.append(Code(self._line(token), language, token.content))
        elif token.type == "inline":
            self._text(token)

    def _text(self, token: Token) -> None:
        first, *others = labelled_lines(plain(token, line_end="\n"))
        text, line = first[1], self._line(token)
        box = _BOX.match(text) if self._items else None
        done = None if box is None else box[1] != " "
        self._section.texts.append(Text(line, text[box.end() :] if box else text, self._items > 0, done))
        self._section.texts += [Text(line + down, words, self._items > 0) for down, words in others]
        self._section.links += self._links(token, line)

    def _table(self, opening: Token, tokens: Iterator[Token]) -> Table:
        """The cells up to the table's end, row by row; the first row is the header, an empty one is none."""
        rows: list[list[str]] = []
        lines: list[int] = []
        for token in tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
                lines.append(self._line(token))
            elif token.type == "inline" and rows:
                rows[-1].append(plain(token).strip())
                self._section.links += self._links(token, lines[-1])
        header = tuple(rows[0]) if rows else ()
        body = [(tuple(row), line) for row, line in zip(rows[1:], lines[1:], strict=True) if any(row)]
        return Table(
            self._line(opening), header, tuple(row for row, _ in body), tuple(line for _, line in body)
        )

    def _line(self, token: Token) -> int:
        return (token.map[0] if token.map else 0) + 1 + self._skipped

    def _links(self, inline: Token, line: int) -> Iterator[Link]:
        """The links of a text, also those typed bare."""
        children, addresses = inline.children or [], set()
        for at, child in enumerate(children):
            if child.type == "link_open":
                words = children[at + 1].content if at + 1 < len(children) else ""
                addresses.add(address := str(child.attrs.get("href", "")))
                yield Link(line, words, address)
        for match in re.finditer(r"(?<![(<\[])\bhttps?://[^\s)>\]\"'|`]{3,500}", inline.content):
            address = match[0].rstrip(".,;:!?")
            if address not in addresses:
                yield Link(line, address, address)


def labelled_lines(paragraph: str) -> list[tuple[int, str]]:
    """Its lines with how far down each stands, where they begin with labels (`Owner: Ada`); else all of it as one."""
    found: list[tuple[int, str]] = []
    for down, line in enumerate(paragraph.split("\n")):
        if not found or (_LABELLED.match(line) and _LABELLED.match(found[0][1])):
            found.append((down, line))
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line}")
    return found


def plain(inline: Token, *, line_end: str = " ") -> str:
    """The words of an inline token, without marks."""
    parts = []
    for child in inline.children or []:
        if child.type in ("text", "code_inline", "html_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(line_end)
        elif child.type == "image":
            parts.append(child.content)
    return "".join(parts)
