"""What changed between two plans of one query: the time, the step that saved it, indexes, disk, rows read in vain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.evidence.findings import Finding, phrase
from app.evidence.plans import pair_rules as rules
from app.evidence.plans.shape import name, walk
from app.evidence.plans.work import removed, same_work, spilled, total_ms

Facts = dict[str, Any]

NOISE = 0.20  # share by which single runs of one query differ
LEAST_WASTE = 1_000
LEAST_SAVED_MS, SAVED_SHARE = (
    1.0,
    0.5,
)  # a step is named when it saved at least this much, and this part of it all
SETTINGS_SHOWN = 3


def _speed(before: Facts, after: Facts) -> Iterator[Finding]:
    old, new = total_ms(before), total_ms(after)
    if old is None or new is None:
        return
    if new >= old:
        yield rules.NOT_FASTER.at(before=old, after=new, detail=phrase("it is not faster"))
    elif same_work(before, after):
        detail = phrase(
            "the steps and what they read are the same, so the machine was faster and not the query"
        )
        yield rules.NOT_FASTER.at(before=old, after=new, detail=detail)
    elif new > (1 - NOISE) * old:
        yield rules.NOT_FASTER.at(
            before=old, after=new, detail=phrase("the difference is inside the noise of single runs")
        )
    else:
        yield rules.FASTER.at(before=old, after=new)


def _saved(before: Facts, after: Facts) -> Iterator[Finding]:
    """The table, or the sort of step, whose own time fell most, when it explains most of the difference."""
    old, new = total_ms(before), total_ms(after)
    if old is None or new is None or new > (1 - NOISE) * old or same_work(before, after):
        return
    first, second = _own_times(before), _own_times(after)
    what = max(first, key=lambda key: first[key][0] - second.get(key, (0.0, ""))[0], default=None)
    if what is None:
        return
    ms, step = first[what]
    later, other = second.get(what, (0.0, phrase("it is gone")))
    if ms - later >= max(LEAST_SAVED_MS, SAVED_SHARE * (old - new)):
        yield rules.SAVED_HERE.at(what=what, before=ms, first=step, after=later, second=other)


def _own_times(plan: Facts) -> dict[str, tuple[float, str]]:
    """Milliseconds of their own by table, or by the step's name where it reads none, with the longest step's title."""
    found: dict[str, list[tuple[float, str]]] = {}
    for node in walk(plan["root"]):
        if node["exclusive_ms"]:
            key = node["relation"] or node["title"]
            found.setdefault(key, []).append((node["exclusive_ms"], name(node)))
    return {key: (sum(ms for ms, _ in steps), max(steps)[1]) for key, steps in found.items()}


def _index_used(before: Facts, after: Facts) -> Iterator[Finding]:
    """Tables scanned before that an index serves now."""
    scanned = {node["relation"] for node in walk(before["root"]) if node.get("full_scan")}
    still = {node["relation"] for node in walk(after["root"]) if node.get("full_scan")}
    known = {_index_of(node) for node in walk(before["root"])}
    for node in walk(after["root"]):
        index, table = _index_of(node)
        if index and table in scanned - still and (index, table) not in known:
            scanned.discard(table)
            yield rules.INDEX_USED.at(table=table, index=index)


def index_lost(before: Facts, after: Facts) -> Iterator[Finding]:
    """The way round: what an index served is scanned, and nothing else got an index for it."""
    lost = [finding.numbers for finding in _index_used(after, before)]
    if lost and not list(_index_used(before, after)):
        yield rules.INDEX_LOST.at(table=lost[0]["table"], index=lost[0]["index"])


def _index_of(node: Facts) -> tuple[str | None, str]:
    """The index that serves this node's table: a bitmap's stands below it."""
    table = node["relation"] or ""
    if node["node"] != "Bitmap Heap Scan":
        return (node["index"] if table else None), table
    return next((inner["index"] for inner in walk(node) if inner["index"]), None), table


def _no_spill(before: Facts, after: Facts) -> Iterator[Finding]:
    old, new = spilled(before), spilled(after)
    if old and not new and after["analyzed"]:
        yield rules.SORT_IN_MEMORY.at(detail=old)


def _no_waste(before: Facts, after: Facts) -> Iterator[Finding]:
    old, new = removed(before), removed(after)
    if old >= LEAST_WASTE and new * 10 <= old and after["analyzed"]:
        yield rules.ROWS_KEPT.at(before=old, after=new)


def _other_settings(before: Facts, after: Facts) -> Iterator[Finding]:
    """Settings printed with the after plan that the before plan does not have; the planner's switches are a doubt."""
    changed = [
        f"{setting} = {value}"
        for setting, value in sorted(after["settings"].items())
        if before["settings"].get(setting) != value and not setting.startswith("enable_")
    ]
    if changed:
        yield rules.OTHER_SETTINGS.at(detail=", ".join(changed[:SETTINGS_SHOWN])[:200])


NEWS = (_speed, _saved, _index_used, _no_spill, _no_waste, _other_settings)
