"""What a column or a key of a registry of kill switches is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.evidence.documents.wording import Subjects
from app.evidence.findings import phrase
from app.evidence.patterns import lazy

if TYPE_CHECKING:
    from app.evidence.registers.rows import Row

FIELDS = Subjects({
    "takes": (
        "time to effect", "takes", "effect after", "takes effect", "propagation", "measured time", "seconds to effect",
        "time from flip to effect", "latency", "wirkt nach", "dauer bis zur wirkung", "dauert",
    ),
    "tested": (
        "last tested", "tested", "last test", "last flipped", "last drill", "last exercised", "last drilled",
        "date of the last test", "last verified", "tested on", "test date",
        "zuletzt getestet", "zuletzt geprüft", "getestet", "geprüft am", "letzter test",
    ),
    "how": (
        "how to flip", "how", "command", "flip", "how to turn off", "how to switch off", "procedure", "instructions",
        "flip command", "how to disable", "turn off", "disable with", "url",
        "how to use", "umlegen", "wie umlegen", "befehl", "abschalten mit",
    ),
    "safe": (
        "safe state", "safe", "default state", "default", "safe value", "default value", "default variant",
        "fail state", "off variation", "default enabled", "normal state",
        "sicherer zustand", "standard", "grundzustand",
    ),
    "effect": (
        "users see", "users then see", "users will see", "user sees", "what users see",
        "user visible effect", "visible effect", "effect on users", "effect",
        "user impact", "impact", "customers see", "degradation", "fallback",
        "nutzer sehen", "nutzer sieht", "kunden sehen", "auswirkung",
        "wirkung für nutzer", "degraded behaviour", "degraded behavior",
    ),
    "owner": ("owner", "owners", "owned by", "team", "responsible", "contact", "maintainer", "maintainer id",
              "verantwortlich", "zuständig", "besitzer"),
    "turns_off": (
        "turns off", "what it turns off", "disables", "switches off", "description", "what", "scope", "controls",
        "purpose", "schaltet ab", "was er abschaltet", "beschreibung",
    ),
    "name": ("name", "switch", "kill switch", "flag", "key", "feature", "toggle", "feature flag", "flag name", "id",
             "schalter"),
})  # fmt: skip
NEEDED: dict[str, str] = {
    "turns_off": phrase("what it turns off"),
    "effect": phrase("what users see then"),
    "owner": phrase("owner"),
    "how": phrase("how to flip it"),
    "safe": phrase("safe state"),
}
EXPORTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("flagd", ("defaultVariant", "targeting")),
    ("unleash", ("strategies",)),
    ("launchdarkly", ("offVariation", "fallthrough", "_maintainer", "environments")),
    ("growthbook", ("defaultValue",)),
    ("flagsmith", ("default_enabled", "feature_state_value")),
)
"""Keys that only the exports of these services have."""
SERVICES = frozenset(name for name, _ in EXPORTS)
LEFT = frozenset(
    ("", "-", "–", "—", "?", "tbd", "todo", "n/a", "na", "none", "unknown", "null", "tba", "xxx")
)
_TABLE = lazy(r"[ \t]{0,8}\[{1,2}([A-Za-z\"'][\w.\"' -]{0,120})\]{1,2}[ \t]{0,8}(?:#[^\n]{0,200})?$")
_PAIR = lazy(r"(?:^|[{,])[ \t]{0,8}([A-Za-z\"'][\w\"'-]{0,40})[ \t]{0,8}=(?!=)")
_JOINT = lazy(r"_|(?<=[a-z])(?=[A-Z])")
_NAMED = lazy(
    r"\bdeploy(?:ments?)?(?:\.apps)?/|\bkubectl\b[^\n;|&]{0,80} scale\b[^\n;|&,]{0,120}", re.IGNORECASE
)
"""A Deployment of Kubernetes that is named, and one whose replicas are counted anew: nothing is deployed."""
_DEPLOY = lazy(
    r"\b(?:re)?deploy(?:s|ed|ing|ment)?\b|\brelease a\b|\bmerge\b|\bpull request\b|\brebuild\b", re.I
)
_WITHOUT = lazy(r"\b(?:no|without|not need|needs no|never needs)\b[a-z ]{0,20}\b(?:re)?deploy", re.IGNORECASE)
_TOOK = lazy(
    r"\b(?:took|takes|taken|in|after|within|effective|effect|dauerte?|nach|wirkt)\b[^\d\n]{0,20}"
    r"\d{1,5}(?:[.,]\d{1,3})? ?(?:ms|s|secs?|seconds?|sek\w{0,6}|m|min|mins|minutes?|minuten)\b",
    re.IGNORECASE,
)


def toml_keys(head: str) -> list[str]:
    """The names of tables and keys at the start of a text in TOML; none unless it begins with one and has both."""
    lines = [line for line in head[:4000].split("\n") if line.strip() and not line.lstrip().startswith("#")]
    tables = [match[1] for line in lines if (match := _TABLE.match(line))]
    keys = [key for line in lines for key in _PAIR.findall(line)]
    begins = bool(lines) and (_TABLE.match(lines[0]) or _PAIR.match(lines[0])) is not None
    return [_JOINT.sub(" ", name) for name in (*tables, *keys)] if begins and tables and keys else []


def takes(row: Row) -> str:
    """The time from flip to effect: in its column, or told with the test or the way to flip (`took 8 s`)."""
    told = (_TOOK.search(row.get(field)) for field in ("tested", "how"))
    return row.get("takes") or next((match[0] for match in told if match), "")


def is_left(cell: str) -> bool:
    """Whether a cell says nothing: empty, a dash, TBD."""
    return cell.strip().strip("<>.*_` ").lower() in LEFT


def needs_deploy(how: str) -> bool:
    """Whether flipping it is said to need a deploy."""
    return _DEPLOY.search(_NAMED.sub(" ", how)) is not None and _WITHOUT.search(how) is None
