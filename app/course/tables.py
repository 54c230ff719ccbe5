"""Typed reads of the course's files: they report a mistake and carry on, so that all are named at once."""

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.course.lines import Where, line_of, locate
from app.course.problems import Problem
from app.words import _

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
MARKDOWN_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.md")
TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


@dataclass(slots=True)
class Table:
    """One TOML table with its place in the file; `done` reports the keys nobody asked for."""

    file: str
    values: dict[str, Any]
    lines: dict[Where, int]
    problems: list[Problem]
    where: Where = ()
    asked: set[str] = field(default_factory=set)

    def report(self, message: str, *, at: str = "") -> None:
        """Record a mistake at the line of key `at`, or at the table's own line."""
        where = (*self.where, at) if at else self.where
        self.problems.append(Problem(self.file, line_of(self.lines, where), message, where))

    def text(self, name: str, *, optional: bool = False) -> str:
        """A string without blank edges; empty only when it may be left out."""
        value = self._get(name, str, _("a text"), optional=optional)
        if value is None:
            return ""
        if not value.strip() and not optional:
            self.report(_("`%(name)s` is empty.", name=name), at=name)
        return str(value).strip()

    def key(self, name: str, *, optional: bool = False) -> str:
        """A stable identity: small letters, digits and single hyphens."""
        value = self.text(name, optional=optional)
        if value and not KEY.fullmatch(value):
            said = _(
                '`%(name)s` is "%(value)s"; use small letters, digits and single hyphens.',
                name=name,
                value=value,
            )
            self.report(said, at=name)
        return value

    def choice(self, name: str, allowed: Collection[str], *, optional: bool = False) -> str:
        """One of `allowed`; empty only when it may be left out."""
        value = self.text(name, optional=optional)
        if value and value not in allowed:
            known = ", ".join(sorted(allowed))
            said = _(
                '`%(name)s` is "%(value)s"; it must be one of: %(known)s.',
                name=name,
                value=value,
                known=known,
            )
            self.report(said, at=name)
        return value

    def number(self, name: str, *, least: int, optional: bool = False) -> int:
        """A whole number that is at least `least`; left out, where that is allowed, it is `least`."""
        value = self._get(name, int, _("a whole number"), optional=optional)
        if value is None:
            return least
        if value < least:
            said = _(
                "`%(name)s` is %(value)s; it must be at least %(least)s.", name=name, value=value, least=least
            )
            self.report(said, at=name)
        return int(value)

    def flag(self, name: str, *, optional: bool = False) -> bool:
        """true or false; left out, where that is allowed, is false."""
        return bool(self._get(name, bool, _("true or false"), optional=optional))

    def texts(self, name: str, *, optional: bool = False) -> tuple[str, ...]:
        """A list of different texts, possibly empty."""
        value = self._get(name, list, _("a list of texts"), optional=optional)
        if value is None:
            return ()
        if not all(isinstance(item, str) and item for item in value):
            self.report(_must_be(name, _("a list of texts")), at=name)
            return ()
        for item in sorted({item for item in value if value.count(item) > 1}):
            self.report(_('`%(name)s` names "%(item)s" twice.', name=name, item=item), at=name)
        return tuple(value)

    def table(self, name: str, *, optional: bool = False) -> "Table | None":
        """The table `[name]`; None, and a problem unless it may be left out, when there is none."""
        value = self._get(name, dict, _("a table"), optional=optional)
        return None if value is None else self._inner(value, name)

    def tables(self, name: str, *, optional: bool = False) -> list["Table"]:
        """Every table of `[[name]]`, in the order of the file."""
        wanted = _("a list of tables, written [[%(name)s]]", name=name)
        value = self._get(name, list, wanted, optional=optional)
        if value is None:
            return []
        if not all(isinstance(item, dict) for item in value):
            self.report(_must_be(name, wanted), at=name)
            return []
        return [self._inner(item, name, index) for index, item in enumerate(value)]

    def done(self) -> None:
        """Report every key that no reader asked for."""
        for name in self.values:
            if name not in self.asked:
                self.report(_("`%(name)s` is not a key this table knows.", name=name), at=name)

    def _inner(self, values: dict[str, Any], *below: str | int) -> "Table":
        return Table(self.file, values, self.lines, self.problems, (*self.where, *below))

    def _get(self, name: str, kind: type, wanted: str, *, optional: bool) -> Any:
        self.asked.add(name)
        value = self.values.get(name)
        if value is None:
            if not optional:
                self.report(_("`%(name)s` is missing.", name=name))
            return None
        if type(value) is not kind:  # exact: true is an int to isinstance
            self.report(_must_be(name, wanted), at=name)
            return None
        return value


def _must_be(name: str, wanted: str) -> str:
    return _("`%(name)s` must be %(wanted)s.", name=name, wanted=wanted)


def report_repeats(tables: list[Table], keys: list[str], noun: str, *, at: str = "key") -> None:
    """Report every table whose key, named `at`, an earlier table already has."""
    seen: set[str] = set()
    for table, key in zip(tables, keys, strict=True):
        if key and key in seen:
            said = _('Two %(noun)s have the key "%(key)s"; give each its own.', noun=noun, key=key)
            table.report(said, at=at)
        seen.add(key)


@dataclass(frozen=True, slots=True)
class Folder:
    """The course folder; names are relative to it and written with slashes on every platform."""

    root: Path
    problems: list[Problem]

    def report(self, file: str, line: int, message: str) -> None:
        """Record a mistake that has no TOML key."""
        self.problems.append(Problem(file, line, message))

    def names(self, below: str) -> list[str]:
        """The sorted names of the folders in `below`, without hidden ones."""
        place = self.root / below
        if not place.is_dir():
            return []
        return sorted(
            each.name for each in place.iterdir() if each.is_dir() and not each.name.startswith(".")
        )

    def markdown_names(self, below: str) -> set[str]:
        """The Markdown files that lie in `below`."""
        return {each.name for each in (self.root / below).glob("*.md")}

    def sheet(self, name: str) -> Table | None:
        """The TOML file of that name as a table; None, and a problem, when it cannot be read."""
        text = self._read(name)
        if text is None:
            return None
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as broken:
            self._report_toml(name, text, str(broken))
            return None
        return Table(name, values, locate(text), self.problems)

    def markdown(self, name: str) -> str:
        """The text of a Markdown file of fixed name; empty, and a problem, when there is none."""
        text = self._read(name)
        if text is not None and not text.strip():
            self.report(name, 1, "This file is empty.")
        return (text or "").strip()

    def markdown_named_by(self, table: Table, key: str, below: str) -> str:
        """The Markdown file that `key` of `table` names; a mistake is reported where the name is written."""
        name = table.text(key)
        if not name:
            return ""
        if not MARKDOWN_NAME.fullmatch(name):
            table.report(f'`{key}` is "{name}"; name a Markdown file beside this one.', at=key)
            return ""
        if not (self.root / below / name).is_file():
            table.report(f'`{key}` names "{name}", and {below}/{name} does not exist.', at=key)
            return ""
        return self.markdown(f"{below}/{name}")

    def text_named_by(self, table: Table, key: str, below: str, most_bytes: int) -> str:
        """The text of a file beside the table's own, which `key` of it names."""
        name = table.text(key)
        if not FILE_NAME.fullmatch(name):
            if name:
                table.report(f'`{key}` is "{name}"; name a file beside this one.', at=key)
            return ""
        path = self.root / below / name
        if not path.is_file():
            table.report(f'`{key}` names "{name}", and {below}/{name} does not exist.', at=key)
            return ""
        if path.stat().st_size > most_bytes:
            table.report(f"{below}/{name} has more than {most_bytes:,} bytes; take a smaller one.", at=key)
            return ""
        return self._read(f"{below}/{name}") or ""

    def _read(self, name: str) -> str | None:
        try:
            text = (self.root / name).read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            self.report(name, 1, "This file does not exist.")
            return None
        except UnicodeDecodeError as broken:
            line = broken.object[: broken.start].count(b"\n") + 1
            self.report(name, line, "This file is not UTF-8 text; save it as UTF-8.")
            return None
        return text.replace("\r\n", "\n")

    def _report_toml(self, name: str, text: str, complaint: str) -> None:
        place = TOML_PLACE.search(complaint)
        line = int(place.group(1)) if place else text.count("\n") + 1
        message = complaint[: place.start()] if place else complaint.removesuffix(" (at end of document)")
        self.report(name, line, f"This is not TOML: {message[:1].lower()}{message[1:]}.")
