"""Every rule in words: `docs/evidence.md` and `explain CODE` are made from the rules themselves."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.evidence import coverage, formats, registry
from app.evidence.findings import Audience, Rule

WIDTH = 80
INTRODUCTION = Path(__file__).with_name("catalogue.md")
_LETTERS = {
    "G": "Every file",
    "E": "Query plans",
    "L": "Latency and throughput",
    "C": "Cost sheets",
    "P": "Profiles",
}
EVERY_FILE, BETWEEN_FILES = "every file", "claims and pairs"


@dataclass(frozen=True, slots=True)
class Variant:
    """A rule and who says it: a kind by its title, or all of them."""

    rule: Rule
    said_by: tuple[str, ...]


def markdown() -> str:
    """The whole of docs/evidence.md."""
    by_code = variants()
    letters = dict.fromkeys((*_LETTERS, *(_letter(code) for code in by_code)))
    sections = (_section(letter, by_code) for letter in letters)
    return "\n".join(
        [INTRODUCTION.read_text("utf-8"), _kinds(), _formats(), _coverage(by_code), *filter(None, sections)]
    )


def explain(code: str) -> str | None:
    """All variants of one code as text for a terminal, or None when there is no such code."""
    found = variants().get(code, [])
    return "\n\n".join(_plain(variant) for variant in found) or None


def kinds() -> str:
    """The kinds of evidence that are read, one a line."""
    longest = max(len(kind.name) for kind in registry.KINDS)
    return "\n".join(f"{kind.name:<{longest}}  {kind.title}" for kind in registry.KINDS)


def variants() -> dict[str, list[Variant]]:
    """Every code once, in order, with all that is said under it."""
    who: dict[str, dict[Rule, list[str]]] = {}
    for said_by, rules in _groups():
        for rule in rules:
            who.setdefault(rule.code, {}).setdefault(rule, []).append(said_by)
    return {
        code: [Variant(rule, tuple(dict.fromkeys(names))) for rule, names in who[code].items()]
        for code in sorted(who, key=_order)
    }


def codes(rules: Iterable[Rule]) -> list[str]:
    """The codes in order, each once."""
    return sorted({rule.code for rule in rules}, key=_order)


def _groups() -> Iterator[tuple[str, tuple[Rule, ...]]]:
    from app.evidence import generic, ledger_rules

    yield EVERY_FILE, generic.RULES
    yield BETWEEN_FILES, ledger_rules.RULES
    yield from ((kind.title, kind.rules) for kind in registry.KINDS)


def _kinds() -> str:
    rows = (f"| `{kind.name}` | {kind.title} |" for kind in registry.KINDS)
    return "\n".join(["## The kinds that are read", "", "| kind | what it is |", "|---|---|", *rows, ""])


def _formats() -> str:
    read = (f"| {name} | `{sample.partition('/')[0]}` |" for name, sample in formats.FORMATS.items())
    unread = (f"| {name} | no: {reason} |" for name, reason in formats.UNREAD.items())
    return "\n".join(
        ["## The formats that are read", "", "| format | read as |", "|---|---|", *read, *unread, ""]
    )


def _coverage(by_code: dict[str, list[Variant]]) -> str:
    severities = {
        code: tuple(dict.fromkeys(str(variant.rule.severity) for variant in found))
        for code, found in by_code.items()
    }
    rows = (
        f"| {line.code} | {line.what} | {line.gap or _severities(line)} |"
        for line in coverage.lines(severities)
    )
    head = [
        "## Checks that were asked for",
        "",
        "Each is made, with these severities, or the gap has a reason.",
        "",
        "A deviation, on purpose: those marked *milder* were asked for as a block and are at most a warn. A file that "
        "contradicts a claim, or lacks a number, is evidence all the same, the claim may be what is wrong, and a check "
        "that errs must not keep work from a reviewer. Only a file that is no evidence is blocked.",
        "",
        coverage.UNSEEN,
        "",
    ]
    return "\n".join(
        [*head, "| code | what is looked for | severity, or why not |", "|---|---|---|", *rows, ""]
    )


def _severities(line: coverage.Line) -> str:
    return ", ".join(line.severities) + (" (*milder*)" if line.code in coverage.MILDER else "")


def _section(letter: str, by_code: dict[str, list[Variant]]) -> str:
    found = {code: by_code[code] for code in by_code if _letter(code) == letter}
    if not found:
        return ""
    said_by = dict.fromkeys(name for each in found.values() for variant in each for name in variant.said_by)
    title = _LETTERS.get(letter) or ", ".join(said_by)
    return f"## {letter}: {title}\n\n" + "\n".join(_entry(code, each) for code, each in found.items())


def _entry(code: str, found: list[Variant]) -> str:
    return f"### {code}\n\n" + "\n".join(_variant(variant) for variant in found)


def _variant(variant: Variant) -> str:
    rule = variant.rule
    whom = ", reviewers only" if rule.audience is Audience.REVIEWER else ""
    example = f"- Example: {rule.example}\n" if rule.example else ""
    return (
        f"**{rule.severity}{whom}** ({', '.join(variant.said_by)}): {_words(rule.message)}\n\n"
        f"- Why: {_words(rule.why)}\n- Fix: {_words(rule.fix)}\n{example}"
    )


def _plain(variant: Variant) -> str:
    rule = variant.rule
    whom = ", reviewers only" if rule.audience is Audience.REVIEWER else ""
    head = f"{rule.code}  {rule.severity}{whom}  ({', '.join(variant.said_by)})"
    lines = textwrap.wrap(head, WIDTH, subsequent_indent="  ")
    parts = {"": rule.message, "why: ": rule.why, "fix: ": rule.fix, "example: ": rule.example}
    for lead, text in parts.items():
        lines += textwrap.wrap(
            _words(text), WIDTH, initial_indent=f"  {lead}", subsequent_indent=" " * (2 + len(lead))
        )
    return "\n".join(lines)


def _words(template: str) -> str:
    """Fields as they are read: `{p99_ok}` becomes ⟨p99 ok⟩, of two words that of many; doubled braces are braces."""
    template = re.sub(r"\{\w+:[^|{}]*\|([^{}]*)\}", r"\1", template)
    read = re.sub(r"\{(\w+)(?:[:!][^}]*)?\}", lambda field: f"⟨{field[1].replace('_', ' ')}⟩", template)
    return read.replace("{{", "{").replace("}}", "}")


def _letter(code: str) -> str:
    return code.rstrip("0123456789")


def _order(code: str) -> tuple[int, str, int]:
    """In the order of the letters above, then of the alphabet."""
    letter, known = _letter(code), list(_LETTERS)
    return known.index(letter) if letter in known else len(known), letter, int(code[len(letter) :] or 0)


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201
