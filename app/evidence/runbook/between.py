"""What runbooks mean beside each other, the alerts and the switches. That an alert has none is said of it (A4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding
from app.evidence.runbook import rules

COMMON = frozenset(
    ("http", "https", "total", "rate", "requests", "request", "seconds", "sum", "count", "bucket", "errors", "error",
     "get", "job", "status", "time", "www", "com", "org", "api", "var", "log", "node", "service", "kube", "system")
)  # fmt: skip


def together(files: Sequence[FileFacts], _claims: Sequence[Claim]) -> Iterator[Finding]:
    """Pages that repeat each other; pages whose commands are about nothing else in the package."""
    pages = [file for file in files if file.kind == "runbook" and file.facts]
    yield from _same(pages)
    known = _words_of_the_package(files)
    for one in pages if known else ():
        own = {part for name in one.facts["names"] for part in _parts(name)}
        own |= (
            {part for word in one.facts.get("command_words", ()) for part in _parts(word)} if own else set()
        )
        if one.facts["has_commands"] and own and not own & known:
            yield rules.NAMES_NOTHING.at(page=one.name)


def _same(pages: Sequence[FileFacts]) -> Iterator[Finding]:
    first: dict[str, FileFacts] = {}
    for one in pages:
        body = one.facts["body"]
        other = first.setdefault(body, one)
        if body and other is not one and other.sha256 != one.sha256:
            yield rules.SAME_PAGE.at(first=other.name, second=one.name)


def _words_of_the_package(files: Sequence[FileFacts]) -> set[str]:
    """Parts of the names of metrics and switches; empty when neither is there to compare with."""
    found: set[str] = set()
    for file in files:
        for alert in file.facts.get("alerts", ()) if file.kind == "alert_rules" else ():
            found |= {part for name in alert["metrics"] for part in _parts(name)}
        for entry in file.facts.get("entries", ()) if file.kind == "kill_switches" else ():
            found |= set(_parts(entry["name"]))
    return found


def _parts(name: str) -> Iterator[str]:
    for part in re.findall("[a-z0-9]{3,60}", name.lower()):
        if part not in COMMON:
            yield part
            yield part.removesuffix("s")
