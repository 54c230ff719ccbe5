"""Rules out of every form that carries them: the tree is searched for lists called `groups`, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.evidence import yamls
from app.evidence.findings import phrase

MOST_RULES = 5000
_MACRO = re.compile(
    r"(?<=\[)\$(?:__(?:rate_interval|interval|range)\b|\{__(?:rate_interval|interval|range)\})"
)
"""What Grafana puts a length in for. It takes care that there are four scrapes in it."""


@dataclass(frozen=True, slots=True)
class RawRule:
    """One rule as it is written; `expr_line` is where its expression stands."""

    name: str
    expr: str
    is_alert: bool
    group: str
    line: int
    expr_line: int
    written_for: str | None
    labels: dict[str, str]
    annotations: dict[str, str]
    form: str


def rules(documents: list[Any]) -> list[RawRule]:
    """Every rule, in the order of the file; a file inside a ConfigMap is read too. Raises `BadYaml`."""
    found: list[RawRule] = []
    for document in documents:
        for group, is_resource in _groups(document):
            form = "operator" if is_resource else ""
            found += [rule for one in _maps(group.get("rules")) if (rule := _rule(one, group, form))]
            if len(found) >= MOST_RULES:
                return found[:MOST_RULES]
    return sorted(found, key=lambda rule: rule.line) if len(documents) == 1 else found


def _groups(document: Any) -> Iterator[tuple[yamls.Map, bool]]:
    """(group, whether it stands in a resource of Kubernetes) for each group below a document."""
    waiting: list[tuple[Any, bool]] = [(document, False)]
    while waiting:
        one, is_resource = waiting.pop()
        if isinstance(one, yamls.Seq):
            waiting += [(child, is_resource) for child in reversed(one)]
        if not isinstance(one, yamls.Map):
            continue
        is_resource = is_resource or ("apiVersion" in one and isinstance(one.get("spec"), yamls.Map))
        if one.get("kind") == "ConfigMap":
            waiting += [(inner, True) for inner in _carried(one)]
        groups = one.get("groups")
        if isinstance(groups, yamls.Seq):
            yield from ((group, is_resource) for group in groups if isinstance(group, yamls.Map))
        waiting += [(child, is_resource) for key, child in reversed(one.items()) if key != "groups"]


def _carried(config: yamls.Map) -> list[Any]:
    """The files that a ConfigMap holds as text."""
    data = config.get("data")
    texts = [text for text in data.values() if isinstance(text, str)] if isinstance(data, yamls.Map) else []
    return [inner for text in texts if "groups:" in text for inner in yamls.documents(text)]


def _rule(one: yamls.Map, group: yamls.Map, form: str) -> RawRule | None:
    """One rule of any form; None for a mapping that is none."""
    if "data" in one and ("condition" in one or "title" in one or "record" in one):
        return _grafana(one, group)
    is_api = "query" in one and "type" in one
    name = one.get("alert") or one.get("record") or (one.get("name") if is_api else None)
    if name is None and "expr" not in one:
        return None
    is_alert = one.get("type") == "alerting" if is_api else "record" not in one
    written = one.get("duration") if is_api else one.get("for")
    expr = one.get("query") if is_api else one.get("expr")
    return RawRule(
        name=_text(name) or phrase("without a name"),
        expr=expr.strip() if isinstance(expr, str) else "",
        is_alert=is_alert,
        group=_text(group.get("name")),
        line=one.line,
        expr_line=one.lines.get("expr", one.line),
        written_for=f"{written}s"
        if is_api and isinstance(written, str)
        else written
        if isinstance(written, str)
        else None,
        labels=_texts(one.get("labels")),
        annotations=_texts(one.get("annotations")),
        form="api" if is_api else form or "prometheus",
    )


def _grafana(one: yamls.Map, group: yamls.Map) -> RawRule:
    """Grafana's rule: its first query, and the threshold of its condition written behind it."""
    models = [model for part in _maps(one.get("data")) if isinstance(model := part.get("model"), yamls.Map)]
    query = next((model for model in models if isinstance(model.get("expr"), str)), yamls.Map(one.line))
    expr = _MACRO.sub("5m", _text(query.get("expr")))
    compared = next(filter(None, map(_threshold, models)), "")
    is_alert = "record" not in one
    return RawRule(
        name=_text(one.get("title")) or phrase("without a name"),
        expr=f"({expr}) {compared}" if expr and compared and is_alert else expr,
        is_alert=is_alert,
        group=_text(group.get("name")),
        line=one.line,
        expr_line=query.lines.get("expr", query.line),
        written_for=written if isinstance(written := one.get("for"), str) else None,
        labels=_texts(one.get("labels")),
        annotations=_texts(one.get("annotations")),
        form="grafana",
    )


def _threshold(model: yamls.Map) -> str:
    """`> 0.02` of an expression of type threshold or of a classic condition; empty for a range."""
    for condition in _maps(model.get("conditions")):
        evaluator = condition.get("evaluator")
        params = evaluator.get("params") if isinstance(evaluator, yamls.Map) else None
        sign = (
            {"gt": ">", "lt": "<"}.get(str(evaluator.get("type")))
            if isinstance(evaluator, yamls.Map)
            else None
        )
        if (
            sign
            and isinstance(params, yamls.Seq)
            and params
            and isinstance(params[0], str)
            and _is_number(params[0])
        ):
            return f"{sign} {params[0]}"
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return len(text) < 40


def _maps(value: Any) -> list[yamls.Map]:
    return [one for one in value if isinstance(one, yamls.Map)] if isinstance(value, yamls.Seq) else []


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _texts(value: Any) -> dict[str, str]:
    """A mapping of texts; what is no text is left out."""
    return (
        {key: one for key, one in value.items() if isinstance(one, str)}
        if isinstance(value, yamls.Map)
        else {}
    )
