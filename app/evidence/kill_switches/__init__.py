"""Registries of kill switches: a table in Markdown or CSV, a list in YAML, JSON or TOML, the export of a flag service.

Facts:
  format     markdown | csv | yaml | json | toml | flagd | unleash | launchdarkly | growthbook | flagsmith
  entries    [{name, turns_off, effect, owner, how, safe, tested, takes, line}], at most 500; what is not said is empty
  count      different names
  is_export  whether it is what a flag service gives out, which has no place for effect, way to flip and test
  tested     the newest day of a test (ISO), null without one; `last_time` is the same
"""

from __future__ import annotations

import re

from app.evidence.findings import Report, phrase
from app.evidence.kill_switches import between, rules, words
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "kill_switches"
_EXPORTS = (
    (
        '"flags"',
        lazy(
            r'"(?:defaultVariant|offVariation|fallthrough|defaultValue)"|"state" ?: ?"(?:ENABLED|DISABLED)"'
        ),
    ),
    ('"features"', lazy(r'"(?:strategies|defaultValue|feature_state_value|default_enabled)"')),
    ('"items"', lazy(r'"(?:_maintainer|offVariation|variations)"')),
)
_FLAGD = lazy(r"^ {1,8}[\"']?state[\"']?: {0,4}[\"']?(?:ENABLED|DISABLED)[\"']?[ \r]{0,4}$", re.MULTILINE)
_LIST = lazy(
    r"^[ {\"]{0,4}(?:kill[_ -]?switches|switches|flags|features|toggles|feature_flags)\"?: {0,4}[\[{]?$",
    re.MULTILINE | re.IGNORECASE,
)
_ENTRY = lazy(r"\b(?:defaultVariant|strategies|owner|how|safe|enabled|turns_off|last_tested)\b\"?:")
_TITLE = lazy(r"\bkill[ -]?switch(?:es)?\b|\b(?:kill|not)-?schalter\b", re.IGNORECASE)
_HEADING = lazy(r"^#{1,6} [^\n]{0,200}", re.MULTILINE)
_COLUMNS = tuple(
    lazy(words, re.IGNORECASE)
    for words in (
        r"turns? off|switch(?:es)? off|disables|schaltet ab",
        r"users? see|customers? see|(?:user|visible)[ _-](?:effect|impact)|\beffect\b|(?:nutzer|kunden) sehen"
        r"|auswirkung",
        r"how to (?:flip|turn|switch)|\bflip|\bcommand\b|\bhow\b|umlegen|befehl",
        r"safe[ _-](?:state|value)|\bdefault\b|sicherer zustand|grundzustand",
        r"\btested\b|last[ _-]test|getestet|geprüft",
        r"\bowner\b|verantwortlich|zuständig",
        r"\bswitch\b|\bflag\b|\bname\b|\bkey\b|\btoggle\b|schalter",
    )
)
_STEMS = (
    ("off", "disables", "schaltet"), ("see", "effect", "sehen", "auswirkung"),
    ("how", "flip", "command", "umlegen", "befehl"),
    ("safe", "default", "zustand"), ("test", "geprüft"), ("owner", "verantwortlich", "zuständig"),
    ("switch", "flag", "name", "key", "toggle", "schalter"),
)  # fmt: skip
"""The words of the columns again: where fewer than three of them stand, no line is looked at."""
_KEY = lazy(r"\"([A-Za-z][\w -]{1,40})\" ?:", re.ASCII)
_YAML_KEY = lazy(r"^ {2,6}([A-Za-z][\w -]{1,40}): ", re.ASCII | re.MULTILINE)
_NOT = lazy(
    r"hypothesis|blast radius|\babort\b|error budget|^(?:diff |@@ -|groups:|apiVersion)", re.IGNORECASE
)


def sniff(source: Source) -> float:
    """An export by its keys; a register by its title and the columns of its header."""
    head = source.head[:32_000]
    start = head.lstrip()[:1]
    if names := words.toml_keys(head):
        return 0.85 if _columns("\n".join(names)) >= 4 and not _NOT.search(head[:4000]) else 0.0
    if start in ("{", "["):
        if any(key in head and known.search(head) for key, known in _EXPORTS):
            return 0.9
        is_titled = _TITLE.search(head.replace("_", " ")[:2000]) and _ENTRY.search(head)
        return 0.8 if is_titled or _has_keys(head) else 0.0
    if _NOT.search(head[:4000]):
        return 0.0
    is_about = any(map(source.lowered.__contains__, ("switch", "feature", "flag", "toggle")))
    if is_about and _FLAGD.search(head) and _LIST.search(head):
        return 0.9
    if is_about and len(_ENTRY.findall(head)) >= 3 and _LIST.search(head):
        return 0.85
    if "tested: " in source.lowered and _has_keys(head, _YAML_KEY, 4):
        return 0.8
    return _of_table(head, source.lowered)


def _has_keys(head: str, key: re.Pattern[str] = _KEY, least: int = 5) -> bool:
    """Whether the keys of the first entries are those of a register."""
    keys = "\n".join(key.findall(head[:4000]))
    return _columns(keys) >= least and not _NOT.search(keys)


def _columns(keys: str) -> int:
    return sum(1 for known in _COLUMNS if known.search(keys))


def _of_table(head: str, lowered: str) -> float:
    if sum(any(map(lowered.__contains__, words)) for words in _STEMS) < 3:
        return 0.7 if _TITLE.search(_title(head)) else 0.0
    lines = [line for line in head.split("\n")[:80] if sum(map(line.count, ",;|\t")) >= 2]
    best = max((sum(1 for known in _COLUMNS if known.search(line[:600])) for line in lines), default=0)
    is_titled = _TITLE.search(_title(head)) is not None
    if best >= 5 or (best >= 3 and is_titled):
        return 0.9
    return 0.7 if is_titled else 0.45 if best == 4 else 0.0


def _title(head: str) -> str:
    """The first heading; of a text without one, how it begins."""
    heading = _HEADING.search(head[:600])
    return heading[0] if heading else head[:600]


def inspect(source: Source) -> Report:
    """Read every switch and say what is missing to flip it at night. Raises `Unreadable`."""
    from app.evidence.kill_switches.inspection import report

    return report(source)


KIND = Kind(
    NAME,
    phrase("Registry of kill switches"),
    sniff,
    inspect,
    rules.SINGLE + rules.BETWEEN,
    together=between.together,
)
