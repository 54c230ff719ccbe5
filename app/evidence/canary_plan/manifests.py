"""The plan as the tool that carries it out reads it: Canary of Flagger, Rollout of Argo.

Sources: Flagger, "How it works", `spec.analysis`; Argo Rollouts, "Canary" and "Analysis". A manifest says shares, times
and what stops it; for which changes it is, and what becomes of the data, only its comments can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from app.evidence import yamls
from app.evidence.canary_plan import signs, words
from app.evidence.objectives import durations

MOST_STEPS = 30
Step = dict[str, Any]


def read(text: str) -> dict[str, Any] | None:
    """The facts of a plan, without its words; None for any other text."""
    if not signs.likeness(text[:32_000]):
        return None
    try:
        roots = [root for root in yamls.documents(text) if isinstance(root, yamls.Map)]
    except yamls.BadYaml:
        return None
    found = _of_roots(roots)
    if found is not None:
        found["parts"] |= {"class": _comment(text, words.CLASS), "data": _comment(text, words.DATA)}
    return found


def _of_roots(roots: Sequence[yamls.Map]) -> dict[str, Any] | None:
    """The first manifest of a release."""
    for root in roots:
        spec = _map(root, "spec")
        if root.get("kind") == "Canary" and (
            analysis := _map(spec, "analysis") or _map(spec, "canaryAnalysis")
        ):
            return _facts(root, list(_of_flagger(analysis)), analysis, _stops_flagger(analysis))
        if root.get("kind") == "Rollout" and (strategy := _map(spec, "strategy")):
            return _of_argo(root, strategy, roots)
    return None


def _facts(
    root: yamls.Map, steps: Sequence[Step], at: yamls.Map, stops: tuple[int | None, bool]
) -> dict[str, Any]:
    is_blue_green = "blueGreen" in at or (not steps and "iterations" in at)
    return {
        "way": "blue-green" if is_blue_green else "canary",
        "title": str(_map(root, "metadata").get("name", ""))[:300],
        "steps": list(steps)[:MOST_STEPS],
        "parts": {"class": None, "abort": stops[0], "data": None},
        "abort_numbers": stops[1],
        "words": 0,
    }


def _of_flagger(analysis: yamls.Map) -> Iterator[Step]:
    """Shares that grow by a step up to the most, each for an interval; then everybody."""
    bake = _seconds(analysis.get("interval"))
    weights = analysis.get("stepWeights")
    step, most = _number(analysis.get("stepWeight")), _number(analysis.get("maxWeight")) or 100.0
    shares = [_number(one) or 0.0 for one in weights] if isinstance(weights, yamls.Seq) else _upto(step, most)
    for share in shares:
        yield {"share": share, "bake_s": bake, "line": analysis.line}
    if shares and shares[-1] < 100:
        yield {"share": 100.0, "bake_s": None, "line": analysis.line}


def _upto(step: float | None, most: float) -> list[float]:
    if not step or step <= 0 or most > 100:
        return []
    return [step * count for count in range(1, MOST_STEPS) if step * count <= most]


def _stops_flagger(analysis: yamls.Map) -> tuple[int | None, bool]:
    """The line of the metrics, and whether one of them has a bound."""
    metrics = analysis.get("metrics")
    if not isinstance(metrics, yamls.Seq) or not metrics:
        return None, False
    return metrics.line, any(isinstance(one, yamls.Map) and _map(one, "thresholdRange") for one in metrics)


def _of_argo(root: yamls.Map, strategy: yamls.Map, roots: Sequence[yamls.Map]) -> dict[str, Any]:
    way = _map(strategy, "canary") or _map(strategy, "blueGreen")
    given = way.get("steps")
    steps = [one for one in given if isinstance(one, yamls.Map)] if isinstance(given, yamls.Seq) else []
    return _facts(root, list(_of_weights(steps)), strategy, _stops_argo(way, steps, roots))


def _of_weights(steps: Sequence[yamls.Map]) -> Iterator[Step]:
    """Each share with the pauses up to the next; Argo goes on to everybody after the last."""
    weights = [at for at, one in enumerate(steps) if _number(one.get("setWeight")) is not None]
    for at, after in pairwise([*weights, len(steps)]):
        pauses = [_seconds(_map(one, "pause").get("duration")) for one in steps[at + 1 : after]]
        times = [time for time in pauses if time is not None]
        share = _number(steps[at].get("setWeight")) or 0.0
        yield {"share": share, "bake_s": sum(times) if times else None, "line": steps[at].line}
    if weights and (_number(steps[weights[-1]].get("setWeight")) or 0.0) < 100:
        yield {"share": 100.0, "bake_s": None, "line": steps[-1].line}


def _stops_argo(
    way: yamls.Map, steps: Sequence[yamls.Map], roots: Sequence[yamls.Map]
) -> tuple[int | None, bool]:
    """Where an analysis is asked for, and whether its template has a bound; one of another file may have."""
    asked = [way.get(key) for key in ("analysis", "prePromotionAnalysis", "postPromotionAnalysis")]
    found = [one for one in (*asked, *(step.get("analysis") for step in steps)) if isinstance(one, yamls.Map)]
    if not found:
        return None, False
    templates = [root for root in roots if str(root.get("kind")).endswith("AnalysisTemplate")]
    metrics = [metric for root in templates for metric in _map(root, "spec").get("metrics") or ()]
    bounds = ("failureCondition", "successCondition")
    has_bound = any(isinstance(one, yamls.Map) and any(one.get(key) for key in bounds) for one in metrics)
    return found[0].line, has_bound or not templates


def _comment(text: str, says: re.Pattern[str]) -> int | None:
    """The first line with a comment that says so."""
    marked = ((at, line.partition("#")[2][:400]) for at, line in enumerate(text.split("\n"), 1))
    return next((at for at, said in marked if said and says.search(said)), None)


def _map(value: Any, key: str) -> yamls.Map:
    found = value.get(key) if isinstance(value, yamls.Map) else None
    return found if isinstance(found, yamls.Map) else yamls.Map(0)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, str) and re.fullmatch(r"\d{1,3}(?:\.\d{1,3})?", value) else None


def _seconds(value: Any) -> float | None:
    """`1m`, `15m`, or bare seconds as Argo counts them."""
    if not isinstance(value, str):
        return None
    return float(value) if re.fullmatch(r"\d{1,6}", value) else durations.compact(value)
