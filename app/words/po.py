"""Reads and writes catalogues of sentences in gettext's PO format, as far as the portal uses it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

KEYWORD = re.compile(r"(msgid_plural|msgid|msgstr)(?:\[\d\])? (?=\")")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
LETTERS = {"n": "\n", "t": "\t", "r": "\r"}
WIDTH = 110


@dataclass(frozen=True, slots=True)
class Entry:
    """A sentence, its plural if it has one, and what is said for it (empty while it is untranslated)."""

    one: str
    many: str | None
    said: tuple[str, ...]
    comments: tuple[str, ...] = ()
    fuzzy: bool = False


def read(text: str) -> list[Entry]:
    """The entries of a catalogue, the header (whose sentence is empty) among them. Old entries (`#~`) are left out."""
    return [
        _entry(block) for block in re.split(r"\n[ \t]*\n", text) if "msgid" in block and "#~" not in block
    ]


def write(header: str, entries: Iterable[Entry]) -> str:
    """The catalogue as text, sorted by sentence so that two people's additions seldom meet."""
    blocks = ['msgid ""\nmsgstr ""\n' + "\n".join(_quoted(header))]
    blocks += ["\n".join(_lines(entry)) for entry in sorted(entries, key=lambda entry: entry.one)]
    return "\n\n".join(blocks) + "\n"


def _entry(block: str) -> Entry:
    comments, fields = [], []
    for line in block.strip().splitlines():
        if line.startswith("#"):
            comments.append(line)
        elif found := KEYWORD.match(line):
            fields.append((found[1], [line[found.end() :]]))
        else:
            fields[-1][1].append(line)
    words = [(name, "".join(_unquoted(part) for part in parts)) for name, parts in fields]
    named = dict(words)
    return Entry(
        named["msgid"],
        named.get("msgid_plural"),
        tuple(text for name, text in words if name == "msgstr"),
        tuple(comment for comment in comments if comment.startswith("# ")),
        any(comment.startswith("#,") and "fuzzy" in comment for comment in comments),
    )


def _lines(entry: Entry) -> Iterator[str]:
    yield from entry.comments
    if entry.fuzzy:
        yield "#, fuzzy"
    yield from _field("msgid", entry.one)
    if entry.many is None:
        yield from _field("msgstr", entry.said[0])
        return
    yield from _field("msgid_plural", entry.many)
    for number, text in enumerate(entry.said):
        yield from _field(f"msgstr[{number}]", text)


def _field(name: str, text: str) -> list[str]:
    quoted = _quoted(text)
    if len(quoted) == 1 and len(name) + len(quoted[0]) < WIDTH:
        return [f"{name} {quoted[0]}"]
    return [f'{name} ""', *quoted]


def _quoted(text: str) -> list[str]:
    """The text in quotes, a line of the file for each line of the text, long ones broken after a blank."""
    parts = [part for line in text.splitlines(keepends=True) for part in _broken(line)] or [""]
    escaped = [
        part.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        for part in parts
    ]
    return [f'"{part}"' for part in escaped]


def _broken(line: str) -> Iterator[str]:
    part = ""
    for word in re.findall(r"\s*\S+\s*|\s+", line):
        if part and len(part) + len(word) > WIDTH:
            yield part
            part = ""
        part += word
    yield part


def _unquoted(part: str) -> str:
    return ESCAPED.sub(lambda found: LETTERS.get(found[1], found[1]), part.strip()[1:-1])
