"""Every rule in words: `docs/evidence.md` and `explain CODE` are made from the rules themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.evidence import registry
from app.evidence.findings import Audience, Rule

INTRODUCTION = """\
# What the evidence checks say

Made from the rules by `python -m app.evidence.catalogue`; do not edit by hand.

Every code means one thing for ever. A **block** asks for another file, because this one is no evidence; it can be sent
anyway with a reason. A **warn** is a probable mistake, a **note** is context, and **good** is worth knowing too. None
of them decides a rating: people do. Rules marked *reviewers only* have innocent causes and are questions.

## The report as JSON

`python -m app.evidence check FILE... --json` prints a list with one entry a file:

| field | content |
|---|---|
| `schema` | 1; it rises when a field changes its meaning |
| `file`, `kind`, `confidence` | the name as given; the kind recognised by content, or `unknown`; 0 to 1 |
| `facts` | what was recomputed; its shape belongs to the kind |
| `findings` | a list of `code`, `severity`, `message`, `why`, `fix`, `where`, `numbers`, `audience` |

`where` holds `line`, `last_line`, `row` (both from 1) and `node`, each null where it does not apply. The exit status is
0 without a block, 1 with one and 2 when the command is wrong.
"""


def markdown() -> str:
    """The whole of docs/evidence.md."""
    parts = [INTRODUCTION]
    parts += [_section(title, rules) for title, rules in _groups()]
    return "\n".join(parts)


def explain(code: str) -> str | None:
    """All variants of one code as text, or None when there is no such code."""
    found = [rule for rule in registry.rules() if rule.code == code]
    return "\n\n".join(_plain(rule) for rule in found) or None


def kinds() -> str:
    """The kinds of evidence that are read, one a line."""
    return "\n".join(f"{kind.name:<18} {kind.title}" for kind in registry.KINDS)


def _groups() -> list[tuple[str, list[Rule]]]:
    from app.evidence import generic, ledger_rules

    return [
        ("Every file", list(generic.RULES)),
        ("Claims and pairs of files", list(ledger_rules.RULES)),
        *((kind.title, list(kind.rules)) for kind in registry.KINDS),
    ]


def _section(title: str, rules: Sequence[Rule]) -> str:
    return f"## {title}\n\n" + "\n".join(_entry(rule) for rule in sorted(rules, key=_order))


def _entry(rule: Rule) -> str:
    whom = ", reviewers only" if rule.audience is Audience.REVIEWER else ""
    example = f"- Example: {rule.example}\n" if rule.example else ""
    return (
        f"### {rule.code} ({rule.severity}{whom})\n\n{_words(rule.message)}\n\n"
        f"- Why: {_words(rule.why)}\n- Fix: {_words(rule.fix)}\n{example}"
    )


def _plain(rule: Rule) -> str:
    lines = [f"{rule.code} ({rule.severity})", f"  {_words(rule.message)}", f"  why: {_words(rule.why)}"]
    lines += [f"  fix: {_words(rule.fix)}"] + ([f"  example: {rule.example}"] if rule.example else [])
    return "\n".join(lines)


def _words(template: str) -> str:
    """Fields as they are read: `{p99_ok}` becomes <p99 ok>."""
    return re.sub(r"\{(\w+)(?:[:!][^}]*)?\}", lambda field: f"⟨{field[1].replace('_', ' ')}⟩", template)


def _order(rule: Rule) -> tuple[str, int]:
    letters, digits = re.match(r"([A-Z]+)(\d*)", rule.code).groups()  # type: ignore[union-attr]
    return letters, int(digits or 0)


def codes(rules: Iterable[Rule]) -> list[str]:
    """The codes in order, each once."""
    return sorted({rule.code for rule in rules}, key=lambda code: (code[0], int(code[1:])))


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201
