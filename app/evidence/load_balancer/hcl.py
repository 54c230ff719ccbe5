"""Blocks and plain attributes of HCL (Terraform, Nomad). Expressions stay text: nothing is evaluated or included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.evidence.findings import phrase
from app.evidence.load_balancer.setup import BadSetup

DEEPEST = 60
_OPENS = re.compile(
    r"[\w.-]{1,200}(?:[ \t]{1,20}(?:\"[^\"\n]{0,300}\"|[\w.-]{1,200})){0,3}[ \t]{0,20}=?[ \t]{0,20}\{"
)
_SETS = re.compile(r"\"?([\w.-]{1,200})\"?[ \t]{0,200}[=:][ \t]{0,200}([^\n]{1,2000})")
_QUOTED = re.compile(r"\"[^\"\n]{0,1000}\"")
_WORD = re.compile(r"\"[^\"\n]{0,300}\"|[\w.-]{1,200}")
_HEREDOC = re.compile(r"<<[-~]?[ \t]{0,4}([A-Za-z_]\w{0,60})[ \t]{0,20}$")


@dataclass(slots=True)
class Block:
    """`words` are the type and its labels; `values` the attributes as typed, without quotation marks."""

    words: list[str]
    line: int
    values: dict[str, str] = field(default_factory=dict)
    inside: list[Block] = field(default_factory=list)

    def all(self, *words: str) -> list[Block]:
        """Its blocks that begin with these words."""
        return [one for one in self.inside if tuple(one.words[: len(words)]) == words]

    def value(self, name: str) -> str:
        return self.values.get(name, "")


def parse(text: str) -> Block:
    """The file as one block; raises `BadSetup` when braces do not match."""
    top = Block([], 1)
    levels = [top]
    for row, number in _rows(text):
        more = _deeper(row)
        if _OPENS.fullmatch(row):
            levels.append(_within(levels[-1], _words(row), number))
        elif more > 0:
            levels += [_within(levels[-1], ["(expression)"], number)] * min(more, DEEPEST)
        elif more < 0:
            _set(levels[-1], row.rstrip("} \t"))
            if len(levels) + more < 1:
                raise BadSetup(phrase("a closing brace has no opening one"), number)
            del levels[more:]
        elif row.endswith("}") and (match := _OPENS.match(row)):
            _set(_within(levels[-1], _words(match[0]), number), row[match.end() : -1].strip())
        else:
            _set(levels[-1], row)
        if len(levels) > DEEPEST:
            raise BadSetup(phrase("it nests deeper than {deepest} levels", deepest=DEEPEST), number)
    if len(levels) > 1:
        raise BadSetup(
            phrase("the block `{name}` is never closed", name=" ".join(levels[-1].words)[:60]),
            levels[-1].line,
        )
    return top


def _deeper(row: str) -> int:
    """How many more braces open than close, those inside quotation marks left out."""
    if '"' in row:
        row = _QUOTED.sub("", row)
    return row.count("{") - row.count("}")


def _words(row: str) -> list[str]:
    return [word.strip('"') for word in _WORD.findall(row)]


def every(block: Block) -> Iterator[Block]:
    """All blocks below, in the order of the file."""
    waiting = list(reversed(block.inside))
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(one.inside)


def _within(parent: Block, words: Sequence[str], number: int) -> Block:
    block = Block(list(words), number)
    parent.inside.append(block)
    return block


def _set(block: Block, row: str) -> None:
    if match := _SETS.match(row):
        block.values[match[1]] = match[2].strip().rstrip(",").strip('"')[:500]


def _rows(text: str) -> Iterator[tuple[str, int]]:
    """Lines without comments; what stands between here-document marks is passed over."""
    until, is_comment = "", False
    for number, line in enumerate(text.split("\n"), start=1):
        row = line[:4000].strip()
        if until or is_comment:
            until = "" if row == until else until
            is_comment = is_comment and "*/" not in row
            continue
        if row.startswith("/*"):
            is_comment = "*/" not in row
            continue
        if row.startswith(("#", "//")) or not row:
            continue
        if mark := _HEREDOC.search(row[-100:]):
            until = mark[1]
        yield _uncommented(row), number


def _uncommented(row: str) -> str:
    """Without a comment behind it; a sign inside quotation marks begins none."""
    for sign in (" #", " //"):
        at = row.find(sign)
        if at > 0 and row.count('"', 0, at) % 2 == 0:
            row = row[:at].rstrip()
    return row
