"""What makes a faster plan no proof: another query, other data, a warm cache, a switched-off planner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.evidence.findings import Finding, phrase
from app.evidence.plans import pair_rules as rules
from app.evidence.plans.shape import walk
from app.evidence.plans.work import rows_looked_at, same_work

Facts = dict[str, Any]

SIZE_FACTOR, LEAST_ROWS = 2.0, 100
LEAST_READ, STILL_READ = 100, 0.01  # blocks read before; share of them read after
_DISABLED_COST = 1e10  # what a switched-off step costs before version 18 of PostgreSQL
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_FILTERS = ("filter", "index_cond", "recheck_cond")
_NO_COLUMNS = frozenset((
    "and", "or", "not", "is", "null", "true", "false", "any", "all", "array", "text", "integer", "bigint", "numeric",
    "date", "timestamp", "without", "with", "time", "zone", "varchar", "character", "varying", "boolean", "case",
    "when", "then", "else", "end", "between", "in", "like", "exists", "const",
))  # fmt: skip


def _same_query(before: Facts, after: Facts) -> Iterator[Finding]:
    old, new = _tables(before), _tables(after)
    known = set().union(*old) if old else set()
    if old and any(not (names & known) for names in new):
        detail = phrase("before reads {old}, after reads {new}", old=_listed(old), new=_listed(new))
        yield rules.OTHER_QUERY.at(detail=detail)
    elif before["query"] and after["query"] and _words(before["query"]) != _words(after["query"]):
        yield rules.OTHER_QUERY.at(detail=phrase("their texts differ by more than the values in them"))
    else:
        yield from _other_columns(before, after)


def _tables(plan: Facts) -> list[frozenset[str]]:
    """The tables read, each by all the names it goes by; temporary ones have none."""
    nodes = (node for node in walk(plan["root"]) if node["relation"] and not node["relation"].startswith("<"))
    return list({frozenset(name for name in (node["relation"], node["alias"]) if name) for node in nodes})


def _listed(tables: list[frozenset[str]]) -> str:
    shown = sorted({max(names, key=len) for names in tables})
    return ", ".join(shown[:5]) + (phrase(" and others") if len(shown) > 5 else "")


def _words(query: str) -> list[str]:
    """The query's words without its values, white space and the EXPLAIN before it."""
    pieces = query.split("'")  # every second piece stands between quotes
    text = " ? ".join(pieces[::2]).lower()
    spaced = "".join(mark if mark.isalnum() or mark in "_.$" else f" {mark} " for mark in text)
    words = ["?" if word[0].isdigit() or word[0] == "$" else word for word in spaced.split()]
    return [word for word in words if word != ";"]


def _other_columns(before: Facts, after: Facts) -> Iterator[Finding]:
    """A table picked by columns that the other plan names nowhere, and the other way round."""
    old, new = _picked(before), _picked(after)
    all_old, all_new = _named(before), _named(after)
    for table in sorted(old.keys() & new.keys()):
        if old[table] and new[table] and not old[table] & all_new and not new[table] & all_old:
            first, second = (", ".join(sorted(columns[table])[:3]) for columns in (old, new))
            yield rules.OTHER_QUERY.at(
                detail=phrase(
                    "before picks rows of {table} by {first}, after by {second}",
                    table=table,
                    first=first,
                    second=second,
                )
            )
            return


def _picked(plan: Facts) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for node in walk(plan["root"]):
        below = node["children"][0]["relation"] if node["node"] == "Filter" and node["children"] else None
        if table := node["relation"] or below:
            texts = [node["conditions"].get(name, "") for name in _FILTERS]
            found.setdefault(table, set()).update(*map(_columns, texts))
    return found


def _named(plan: Facts) -> set[str]:
    return {
        word for node in walk(plan["root"]) for text in node["conditions"].values() for word in _columns(text)
    }


def _columns(text: str) -> set[str]:
    """The names in a condition, without its values, types and connecting words."""
    unquoted = re.sub(r"::[a-z ]{1,40}", " ", " ".join(text.split("'")[::2]).replace("`", ""))
    unquoted = re.sub(
        r"\b[A-Za-z_][A-Za-z0-9_]{0,62}\.", " ", unquoted
    )  # the table's name before the column's
    return {word for word in _WORD.findall(unquoted) if word.lower() not in _NO_COLUMNS}


def _same_data(before: Facts, after: Facts) -> Iterator[Finding]:
    old, new = _scanned(before), _scanned(after)
    for table in sorted(old.keys() & new.keys()):
        if _differ(old[table], new[table]):
            yield rules.OTHER_DATA.at(
                what=phrase("What a scan of {table} read", table=table), before=old[table], after=new[table]
            )
            return
    rows, later = before["root"]["rows_total"], after["root"]["rows_total"]
    if rows is not None and later is not None and _differ(rows, later):
        yield rules.OTHER_DATA.at(what=phrase("What the query returned"), before=rows, after=later)


def _scanned(plan: Facts) -> dict[str, float]:
    """Rows one full scan of each table reads; a scan under a Limit may stop early and is left out."""
    if any(node["node"].startswith("Limit") for node in walk(plan["root"])):
        return {}
    return {
        node["relation"]: _read_per_scan(node)
        for node in walk(plan["root"])
        if node.get("full_scan") and node["actual_rows"] is not None and not node["never_executed"]
    }


def _read_per_scan(node: Facts) -> float:
    return rows_looked_at(node) * ((node["loops"] or 1) if node["parallel_aware"] else 1)


def _differ(one: float, other: float) -> bool:
    low, high = sorted((one, other))
    return high >= LEAST_ROWS and high > SIZE_FACTOR * low


def _only_cache(before: Facts, after: Facts) -> Iterator[Finding]:
    read = before["root"]["buffers"].get("shared_read", 0)
    later = after["root"]["buffers"].get("shared_read", 0)
    if read >= LEAST_READ and later <= STILL_READ * read and same_work(before, after):
        yield rules.CACHE_ONLY.at(before=read, after=later)


def _forced(before: Facts, after: Facts) -> Iterator[Finding]:
    for setting, value in after["settings"].items():
        if setting.startswith("enable_") and value == "off" and before["settings"].get(setting) != "off":
            yield rules.FORCED.at(detail=f"{setting} = off")
            return
    if _has_disabled(after) and not _has_disabled(before):
        yield rules.FORCED.at(detail=phrase("a step the planner had been told to avoid"))


def _has_disabled(plan: Facts) -> bool:
    return any(
        node["disabled"] or (node["startup_cost"] or 0) >= _DISABLED_COST for node in walk(plan["root"])
    )


DOUBTS = (_same_query, _same_data, _only_cache, _forced)  # any of these makes good news worthless
