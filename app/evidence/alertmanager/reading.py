"""Routes and receivers out of the three forms, as one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from app.evidence import yamls

MOST_ROUTES = 2000
_MATCHER = re.compile(
    r'\{?\s{0,4}"?([A-Za-z_][\w.]{0,80})"?\s{0,4}(=~|!~|!=|=)\s{0,4}"?([^"{}]{0,300})"?\s{0,4}\}?'
)


@dataclass(slots=True)
class Route:
    """One node of the tree; `parent` is its place in the list."""

    receiver: str
    parent: int | None
    matchers: list[tuple[str, str, str]]
    is_final: bool
    group_by: list[str]
    line: int
    is_inherited: bool


@dataclass(slots=True)
class Receiver:
    name: str
    kinds: list[str]
    line: int


@dataclass(slots=True)
class Configuration:
    form: str
    routes: list[Route] = field(default_factory=list)
    receivers: list[Receiver] = field(default_factory=list)
    inhibit_rules: int = 0


def read(document: yamls.Map) -> Configuration | None:
    """The configuration of one document; None when it holds neither routes nor receivers."""
    if "contactPoints" in document or "policies" in document:
        return _grafana(document)
    spec = document.get("spec")
    is_resource = document.get("kind") == "AlertmanagerConfig" and isinstance(spec, yamls.Map)
    body: Any = spec if is_resource else document
    if "route" not in body and "receivers" not in body:
        return None
    found = Configuration("operator" if is_resource else "alertmanager")
    found.routes = _tree(body.get("route"))
    found.receivers = [_receiver(one) for one in _maps(body.get("receivers"))]
    found.inhibit_rules = len(_maps(body.get("inhibit_rules")) + _maps(body.get("inhibitRules")))
    return found


def _grafana(document: yamls.Map) -> Configuration:
    found = Configuration("grafana")
    for policy in _maps(document.get("policies")):
        found.routes += _tree(policy)
    for point in _maps(document.get("contactPoints")):
        kinds = [str(one.get("type")) for one in _maps(point.get("receivers")) if one.get("type")]
        found.receivers.append(Receiver(str(point.get("name") or ""), kinds, point.line))
    return found


def _tree(top: Any) -> list[Route]:
    """Every route in the order of the file; a route without receiver has its parent's."""
    routes: list[Route] = []
    waiting: list[tuple[Any, int | None]] = [(top, None)]
    while waiting and len(routes) < MOST_ROUTES:
        one, parent = waiting.pop()
        if not isinstance(one, yamls.Map):
            continue
        written = one.get("receiver")
        above = routes[parent].receiver if parent is not None else ""
        route = Route(
            receiver=written if isinstance(written, str) else above,
            parent=parent,
            matchers=_matchers(one),
            is_final=str(one.get("continue") or "false").lower() != "true",
            group_by=_texts(one.get("group_by") or one.get("groupBy")),
            line=one.line,
            is_inherited=not isinstance(written, str),
        )
        routes.append(route)
        waiting += [(child, len(routes) - 1) for child in reversed(_maps(one.get("routes")))]
    return routes


def _matchers(route: yamls.Map) -> list[tuple[str, str, str]]:
    """Old (`match`, `match_re`) and new (`matchers`) ways to say which alerts a route takes."""
    found = [
        (key, operator, str(value))
        for name, operator in (("match", "="), ("match_re", "=~"))
        for key, value in (route[name].items() if isinstance(route.get(name), yamls.Map) else ())
    ]
    for one in _items(route.get("matchers")) + _items(route.get("object_matchers")):
        found += _matcher(one)
    return found[:50]


def _matcher(one: Any) -> list[tuple[str, str, str]]:
    if isinstance(one, str):
        return [
            (match[1], match[2], match[3].strip())
            for part in one[:2000].split(",")
            if (match := _MATCHER.match(part))
        ]
    if isinstance(one, yamls.Seq) and len(one) == 3:
        return [(str(one[0]), str(one[1]), str(one[2]))]
    if isinstance(one, yamls.Map) and one.get("name"):
        operator = one.get("matchType") or ("=~" if str(one.get("regex")).lower() == "true" else "=")
        return [(str(one["name"]), str(operator), str(one.get("value") or ""))]
    return []


def _receiver(one: yamls.Map) -> Receiver:
    """Its channels are the keys that end in `_configs` or `Configs` and are not empty."""
    kinds = [
        re.sub(r"_?[cC]onfigs$", "", key)
        for key, value in one.items()
        if key.lower().endswith("configs") and isinstance(value, yamls.Seq) and value
    ]
    return Receiver(str(one.get("name") or ""), kinds, one.line)


def _maps(value: Any) -> list[yamls.Map]:
    return [one for one in value if isinstance(one, yamls.Map)] if isinstance(value, yamls.Seq) else []


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, yamls.Seq) else [value] if isinstance(value, str) else []


def _texts(value: Any) -> list[str]:
    return [one for one in _items(value) if isinstance(one, str)][:30]
