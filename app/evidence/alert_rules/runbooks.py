"""Which runbook of a package belongs to which alert: by name, heading, anchor and the last part of a link."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.evidence.claims import FileFacts
from app.evidence.patterns import lazy

_NOISE = lazy(r"run ?book|play ?book|\bsop\b|\balerts?\b|\bhow to\b", re.IGNORECASE)
_NO_WORD = lazy(r"[^a-z0-9]{1,200}")
_WORD = lazy(r"[A-Za-z][\w-]{2,120}")
_SUFFIX = lazy(r"\.(?:md|markdown|txt|rst|html?|adoc|asciidoc)$", re.IGNORECASE)


class Matched(NamedTuple):
    """The alerts of a package by what was found for each: a page, only a link to elsewhere, nothing."""

    inside: tuple[str, ...]
    elsewhere: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def total(self) -> int:
        return len(self.inside) + len(self.elsewhere) + len(self.missing)


def matched(files: Sequence[FileFacts]) -> Matched:
    """Every alert of every rule file, once, against every runbook, and against notes that bear its name."""
    pages = {key for file in files if file.kind == "runbook" and file.facts for key in _page_keys(file)}
    pages |= {key for file in files if file.kind == "markdown" and file.facts for key in _note_keys(file)}
    alerts: dict[str, set[str]] = {}
    for file in files:
        for alert in file.facts["alerts"] if file.kind == "alert_rules" and file.facts else ():
            alerts.setdefault(alert["name"], set()).add(alert["runbook"])
    inside = {name for name, links in alerts.items() if _alert_keys(name, links) & pages}
    outside = {name for name, links in alerts.items() if name not in inside and any(map(_is_address, links))}
    return Matched(
        tuple(name for name in alerts if name in inside),
        tuple(name for name in alerts if name in outside),
        tuple(name for name in alerts if name not in inside | outside),
    )


def _is_address(link: str) -> bool:
    return link.startswith("https://") and "example." not in link[:200]


def _alert_keys(name: str, links: set[str]) -> set[str]:
    keys = {_key(name)}
    for link in links:
        path, _, fragment = link.partition("#")
        last = path.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        # a link that ends in the alert's own template is the alert's name
        keys |= {_key(_SUFFIX.sub("", part)) for part in (last, fragment) if part and "{" not in part}
    return keys - {""}


def _note_keys(file: FileFacts) -> Iterator[str]:
    """A page without the headings of a runbook is one when its name or its title is the alert's and nothing else."""
    for title in (_stem(file), str(file.facts.get("title") or "")):
        yield _key(title)
        yield _key(_NOISE.sub(" ", title))


def _stem(file: FileFacts) -> str:
    return _SUFFIX.sub("", file.name.rsplit("/", 1)[-1])


def _page_keys(file: FileFacts) -> Iterator[str]:
    """The names a runbook answers to."""
    titles = [_stem(file), str(file.facts.get("title") or ""), *_titles(file.facts.get("sections"))]
    titles += [str(name) for name in _list(file.facts.get("alerts")) if isinstance(name, str)]
    titles += [str(name) for name in _list(file.facts.get("anchors")) if isinstance(name, str)]
    for title in titles:
        yield _key(title)
        yield _key(_NOISE.sub(" ", title))
        # a name in one word inside a longer heading: "What to do when PaymentsErrors fires"
        yield from (_key(word) for word in _WORD.findall(title[:300]) if _is_name(word))


def _is_name(word: str) -> bool:
    """Capitals inside, as alerts are named; an ordinary word of a heading is none."""
    return sum(sign.isupper() for sign in word) >= 2 and any(sign.islower() for sign in word)


def _titles(sections: Any) -> Iterator[str]:
    for one in _list(sections):
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            yield str(one.get("title") or one.get("heading") or "")


def _list(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return list(value)
    return value if isinstance(value, list | tuple) else ()


def _key(text: str) -> str:
    return _NO_WORD.sub("", text[:300].lower())
