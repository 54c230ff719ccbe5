"""What a document is made of. Lines count from 1; a text has no marks of its format any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its header, its rows (cells as text) and the line of each."""

    line: int
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code and the language it names."""

    line: int
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    line: int
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph or a list item. `is_done` is None unless the item has a box to tick."""

    line: int
    text: str
    is_item: bool = False
    is_done: bool | None = None


@dataclass(slots=True)
class Section:
    """A heading and all up to the next one of any level. The first section may have no heading (level 0)."""

    level: int
    title: str
    line: int
    last_line: int
    texts: list[Text] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    code: list[Code] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def words(self) -> int:
        """Words of prose, lists and tables; code does not count."""
        cells = sum(len(cell.split()) for table in self.tables for row in table.rows for cell in row)
        return cells + sum(len(text.text.split()) for text in self.texts)


@dataclass(frozen=True, slots=True)
class Document:
    """The sections in their order; `front` is what stands between the dashes at the top (YAML, not read here)."""

    sections: tuple[Section, ...]
    front: str = ""

    def below(self, section: Section) -> Iterator[Section]:
        """The section and those under it, until a heading of its own level or higher."""
        at = self.sections.index(section)
        yield section
        for other in self.sections[at + 1 :]:
            if other.level <= section.level:
                return
            yield other

    @property
    def title(self) -> str:
        """The first heading of the highest level there is."""
        titled = [section for section in self.sections if section.level]
        return min(titled, key=lambda section: section.level).title if titled else ""
