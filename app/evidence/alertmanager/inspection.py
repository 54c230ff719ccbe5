"""One configuration from bytes to report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.evidence import yamls
from app.evidence.alertmanager import rules, secrets
from app.evidence.alertmanager.reading import Configuration, Route, read
from app.evidence.findings import Finding, Report, Unreadable, Where, phrase
from app.evidence.objectives.rules import NO_YAML
from app.evidence.source import Source

PAGING = ("critical", "page", "error", "high", "p1", "sev1", "emergency")
MOST = 20


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable`."""
    try:
        documents = yamls.documents(source.text())
        documents += [inner for one in documents for inner in _inside(one)]
    except yamls.BadYaml as bad:
        at = Where(line=bad.line)
        raise Unreadable(NO_YAML.at(at, reason=str(bad), line=bad.line, column=bad.column)) from bad
    read_ones = [found for one in documents if isinstance(one, yamls.Map) and (found := read(one))]
    found = next((one for one in read_ones if one.routes), read_ones[0] if read_ones else None)
    if found is None:
        raise Unreadable(rules.NO_ROUTE.at(what=_instead(documents)))
    said = [*_findings(found), *_secrets(documents)]
    return Report("alertmanager", 0.95, _facts(found), tuple(said[:200]))


def _inside(document: Any) -> list[Any]:
    """The file that a Secret or ConfigMap carries as text."""
    if not isinstance(document, yamls.Map) or document.get("kind") not in ("Secret", "ConfigMap"):
        return []
    parts = [document.get(name) for name in ("stringData", "data")]
    texts = [
        value
        for part in parts
        if isinstance(part, yamls.Map)
        for value in part.values()
        if isinstance(value, str)
    ]
    return [inner for text in texts if "receiver" in text for inner in yamls.documents(text)]


def _instead(documents: list[Any]) -> str:
    keys = sorted({key for one in documents if isinstance(one, yamls.Map) for key in one})
    if "scrape_configs" in keys:
        return phrase("this is Prometheus's own configuration")
    return (
        phrase("its keys are {names}", names=", ".join(key[:40] for key in keys[:6]))
        if keys
        else phrase("it holds no keys")
    )


def _facts(found: Configuration) -> dict[str, Any]:
    names = {receiver.name for receiver in found.receivers}
    used = {route.receiver for route in found.routes}
    return {
        "format": found.form,
        "receivers": [
            {"name": one.name[:200], "kinds": one.kinds[:20], "line": one.line}
            for one in found.receivers[:500]
        ],
        "routes": [
            {
                "receiver": route.receiver[:200],
                "parent": route.parent,
                "matchers": [[part[:300] for part in matcher] for matcher in route.matchers],
                "is_final": route.is_final,
                "group_by": [name[:100] for name in route.group_by],
                "line": route.line,
            }
            for route in found.routes
        ],
        "undefined": sorted(name[:200] for name in used - names if name)[:50],
        "unused": sorted(name[:200] for name in names - used if name)[:50],
        "inhibit_rules": found.inhibit_rules,
    }


def _findings(found: Configuration) -> Iterator[Finding]:
    kinds = {receiver.name: receiver.kinds for receiver in found.receivers}
    top = found.routes[0] if found.routes else None
    if top is not None and not top.receiver:
        yield rules.NO_DEFAULT.at(Where(line=top.line))
    if top is not None and not top.group_by:
        yield rules.NO_GROUPS.at(Where(line=top.line))
    undefined = [
        one for one in found.routes if one.receiver and one.receiver not in kinds and not one.is_inherited
    ]
    for route in undefined[:MOST] if found.receivers else ():
        yield rules.UNDEFINED.at(Where(line=route.line), line=route.line, receiver=route.receiver[:100])
    nowhere = list(_nowhere(found, kinds))
    yield from nowhere[:MOST]
    yield from list(_unreached(found.routes))[:MOST]
    if (
        unused := sorted(set(kinds) - {route.receiver for route in found.routes} - {""})
        if found.routes
        else []
    ):
        yield rules.UNUSED.at(names=", ".join(name[:60] for name in unused[:5]))
    if top is not None and not undefined and all(kinds.get(one.receiver) for one in found.routes):
        yield rules.FULL.at(count=len(found.routes), receivers=len(found.receivers))


def _nowhere(found: Configuration, kinds: dict[str, list[str]]) -> Iterator[Finding]:
    """Routes for what is to wake somebody whose receiver is only a name."""
    for route in found.routes:
        for label, operator, value in route.matchers:
            paging = [word for word in value.lower().strip("^$()").split("|") if word in PAGING]
            is_paging = (
                label in ("severity", "priority", "level") and operator in ("=", "=~") and bool(paging)
            )
            if is_paging and kinds.get(route.receiver) == []:
                at = Where(line=route.line)
                yield rules.NOWHERE.at(
                    at, severity=value[:60], receiver=route.receiver[:100], line=route.line
                )


def _unreached(routes: list[Route]) -> Iterator[Finding]:
    """Siblings behind one that takes everything."""
    taking: dict[int | None, Route] = {}
    for route in routes:
        if route.parent is None:
            continue
        before = taking.get(route.parent)
        if before is not None:
            yield rules.UNREACHED.at(Where(line=route.line), line=route.line, before=before.line)
        elif not route.matchers and route.is_final:
            taking[route.parent] = route


def _secrets(documents: list[Any]) -> Iterator[Finding]:
    for document in documents:
        for name, line in secrets.written(document):
            yield rules.SECRET.at(Where(line=line), line=line, field=name)
