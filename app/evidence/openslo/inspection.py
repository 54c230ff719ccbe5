"""One file of objectives from bytes to report."""

from __future__ import annotations

from typing import Any

from app.evidence import yamls
from app.evidence.findings import Report, Unreadable, Where, phrase
from app.evidence.objectives import checks, rules
from app.evidence.objectives.objective import MOST, Objective
from app.evidence.openslo import openslo_form, pyrra_form, sloth_form
from app.evidence.openslo.tree import maps, text
from app.evidence.source import Source

FORMS = (("openslo", openslo_form), ("sloth", sloth_form), ("pyrra", pyrra_form))
MOST_NAMES = 50


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable`."""
    try:
        documents = _documents(yamls.documents(source.text()))
    except yamls.BadYaml as bad:
        at = Where(line=bad.line)
        raise Unreadable(rules.NO_YAML.at(at, reason=str(bad), line=bad.line, column=bad.column)) from bad
    read = {name: form.objectives(documents) for name, form in FORMS}
    objectives = sorted((one for found in read.values() for one in found), key=lambda one: one.line)[:MOST]
    if not objectives:
        raise Unreadable(rules.NONE.at(what=_instead(documents)))
    forms = [name for name, found in read.items() if found]
    facts = _facts(documents, objectives, forms[0] if len(forms) == 1 else "mixed")
    return Report("openslo", 0.97, facts, tuple(checks.findings(objectives)))


def _documents(found: list[Any]) -> list[yamls.Map]:
    """Every mapping; a list of documents (as OpenSLO's own tools write it) counts as its items."""
    flat: list[yamls.Map] = []
    for one in found:
        flat += maps(one) if isinstance(one, yamls.Seq) else [one] if isinstance(one, yamls.Map) else []
        items = one.get("items") if isinstance(one, yamls.Map) else None
        flat += maps(items)
    return flat


def _instead(documents: list[yamls.Map]) -> str:
    kinds = sorted({text(one.get("kind")) for one in documents} - {""})
    return (
        phrase("the documents are of kind {names}", names=", ".join(kinds[:5]))
        if kinds
        else phrase("the file lists none")
    )


def _facts(documents: list[yamls.Map], objectives: list[Objective], form: str) -> dict[str, Any]:
    versions = {text(one.get("apiVersion") or one.get("version")) for one in documents}
    services = {
        text(part.get("service"))
        for one in documents
        for part in (one, one.get("spec"))
        if isinstance(part, yamls.Map)
    }
    return {
        "format": form,
        "versions": sorted(versions - {""})[:MOST_NAMES],
        "services": sorted(services - {""})[:MOST_NAMES],
        "objectives": [one.facts() for one in objectives],
        "other_kinds": sorted(
            {text(one.get("kind")) for one in documents}
            - {"", "SLO", "ServiceLevelObjective", "PrometheusServiceLevel"}
        )[:MOST_NAMES],
    }
