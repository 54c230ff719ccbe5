"""One registry of kill switches from bytes to report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.evidence import tomls, yamls
from app.evidence.findings import Finding, Report, Unreadable, Where, few, phrase
from app.evidence.kill_switches import rules, words
from app.evidence.registers import days, page, rows
from app.evidence.registers.rows import Row
from app.evidence.source import Source

FEWEST = 4
OLDEST_DAYS = 180
LONGEST = 2_000_000
ROOTS = (
    "kill_switches", "kill-switches", "killSwitches", "switches", "flags", "features", "items", "toggles", "entries",
    "registry", "feature_flags",
)  # fmt: skip
TABLES = ("kill_switch", "kill-switch", "switch", "flag", "toggle", "feature", "entry")
"""How a list in TOML is headed, `[[switch]]`: at the top only."""
NO_SWITCH = frozenset(("meta", "metadata", "info", "defaults"))
"""Tables about the registry itself."""


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` without any switch."""
    text = source.text(LONGEST)
    form, found = _read(source, text)
    found = [row for row in found if row.get("name")]
    if not found:
        raise Unreadable(
            rules.NONE.at(what=phrase("no table, list or export of switches with two known columns"))
        )
    tested = [day for row in found if (day := days.first(row.get("tested"))) is not None]
    newest = max(tested, default=None)
    facts = {
        "format": form,
        "entries": [_entry(row) for row in found[:500]],
        "count": len({_key(row) for row in found}),
        "tested": newest.isoformat() if newest else None,
        "last_time": newest.isoformat() if newest else None,
        "is_export": is_export(form, found),
    }
    said = _twice(found) if facts["is_export"] else _findings(found, newest)
    return Report("kill_switches", 0.9, facts, tuple(said))


def is_export(form: str, found: Sequence[Row]) -> bool:
    """Whether it is what a flag service gives out, without a word of what a person decides."""
    decided = ("effect", "how", "tested")
    return form in words.SERVICES and not any(row.get(field) for row in found for field in decided)


def _read(source: Source, text: str) -> tuple[str, list[Row]]:
    """The first way of reading that finds a switch."""
    start = text.lstrip()[:1]
    if words.toml_keys(text):
        return _of_tree(text, "toml")
    if start in ("{", "["):
        return _of_tree(text, "json")
    starts = {line.lstrip()[:1] for line in text.split("\n", 40)[:40]}
    if not starts & {"|", "#"} and (found := rows.of_csv(text, words.FIELDS)):
        return "csv", found
    if "|" not in starts:  # a heading of a page is a comment of YAML
        form, found = _of_tree(text, "yaml")
        if any(row.get("name") for row in found):
            return form, found
    _, document = page.read(source, rules.NONE_LONG)
    return "markdown", rows.of_document(document, words.FIELDS)


def _of_tree(text: str, form: str) -> tuple[str, list[Row]]:
    try:
        root = tomls.document(text) if form == "toml" else rows.tree(text)
    except (yamls.BadYaml, tomls.BadToml) as error:
        if form == "yaml":
            return form, []
        reason = str(error)
        is_toml = form == "toml"
        what = (
            phrase("it is no TOML: {reason}", reason=reason)
            if is_toml
            else phrase("it is no JSON: {reason}", reason=reason)
        )
        raise Unreadable(rules.NONE.at(Where(line=error.line), what=what)) from error
    entries = [(name, _whole(entry)) for name, entry in rows.named(_container(root))]
    keys = {key for _, entry in entries[:50] for key in entry}
    service = next((name for name, known in words.EXPORTS if keys & set(known)), form)
    found = rows.of_tree(entries, words.FIELDS)
    return service, [
        _of_service(row, entry, service) for row, (_, entry) in zip(found, entries, strict=False)
    ]


def _container(root: Any) -> Any:
    """The list or map that holds the switches: at the top, or one level down as in `{"state": {"features": [...]}}`."""
    if not isinstance(root, yamls.Map):
        return root
    inner = [value for value in root.values() if isinstance(value, yamls.Map)]
    lists = [root.get(key) for key in (*ROOTS, *TABLES)] + [each.get(key) for each in inner for key in ROOTS]
    return next((one for one in lists if isinstance(one, yamls.Map | yamls.Seq)), None) or _switches(root)


def _switches(root: yamls.Map) -> yamls.Map:
    """Without the tables about the registry itself."""
    found = yamls.Map(root.line)
    found.update({key: value for key, value in root.items() if key not in NO_SWITCH})
    return found


def _whole(entry: yamls.Map) -> yamls.Map:
    """What flag services nest one level down is said of the flag too: Flagsmith's `feature`, flagd's `metadata`."""
    for key in ("feature", "metadata"):
        inner = entry.get(key)
        for name, value in inner.items() if isinstance(inner, yamls.Map) else ():
            entry.setdefault(name, value)
    return entry


def _of_service(row: Row, entry: yamls.Map, service: str) -> Row:
    """In an export the key is the name people flip, and the state is the value that holds without a rule."""
    if service not in words.SERVICES:
        return row
    cells = dict(row.cells)
    if isinstance(entry.get("key"), str):
        cells["name"] = entry["key"]
    elif isinstance(entry.get("name"), str):
        cells["name"] = entry["name"]
    if "safe" not in cells and isinstance(entry.get("enabled"), str):
        cells["safe"] = entry["enabled"]
    return replace(row, cells=cells)


def _entry(row: Row) -> dict[str, Any]:
    kept = ("name", "turns_off", "effect", "owner", "how", "safe", "tested")
    return {
        **{field: row.get(field)[:300] for field in kept},
        "takes": words.takes(row)[:300],
        "line": row.line,
    }


def _key(row: Row) -> str:
    return row.get("name").strip("` ").lower()


def _findings(found: Sequence[Row], newest: date | None) -> Iterator[Finding]:
    different = len({_key(row) for row in found})
    if different < FEWEST:
        yield rules.FEW.at(count=different)
    yield from _twice(found)
    for field, said in words.NEEDED.items():
        if lacking := [row for row in found if words.is_left(row.get(field)) and not _is_none(row, field)]:
            yield rules.INCOMPLETE.at(
                Where(line=lacking[0].line), count=len(lacking), missing=said, names=_names(lacking)
            )
    yield from _tests(found, newest)
    for row in found:
        if words.needs_deploy(row.get("how")):
            yield rules.DEPLOY.at(Where(line=row.line), name=_name(row), how=row.get("how")[:120])
    yield from _owners(found)
    timed = sum(1 for row in found if any(sign.isdigit() for sign in words.takes(row)))
    yield rules.TIMED.at(count=timed) if timed >= 2 else rules.NOT_TIMED.at()


def _is_none(row: Row, field: str) -> bool:
    """Of what users see, `none` is an answer."""
    return field == "effect" and row.get(field).strip().lower() == "none"


def _twice(found: Sequence[Row]) -> Iterator[Finding]:
    for name, count in Counter(map(_key, found)).items():
        if count > 1:
            yield rules.TWICE.at(name=name[:80], times=count)


def _tests(found: Sequence[Row], newest: date | None) -> Iterator[Finding]:
    never = [row for row in found if days.first(row.get("tested")) is None]
    if never:
        yield rules.NEVER_TESTED.at(Where(line=never[0].line), count=len(never), names=_names(never))
    for row in found:
        tested = days.first(row.get("tested"))
        if tested and newest and (newest - tested).days > OLDEST_DAYS:
            yield rules.STALE.at(
                Where(line=row.line), name=_name(row), tested=tested.isoformat(), days=(newest - tested).days,
                newest=newest.isoformat(),
            )  # fmt: skip


def _owners(found: Sequence[Row]) -> Iterator[Finding]:
    owners = {row.get("owner").lower(): row.get("owner") for row in found}
    if len(owners) == 1 and len(found) >= FEWEST and not words.is_left(next(iter(owners))):
        yield rules.ONE_OWNER.at(count=len(found), owner=next(iter(owners.values()))[:80])


def _name(row: Row) -> str:
    return row.get("name").strip("` ")[:80]


def _names(found: Sequence[Row]) -> str:
    return few([_name(row) for row in found])
