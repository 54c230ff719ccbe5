"""What the words of a cost sheet mean: which layer, which side of the change, which number of which period.

A text may say several things at once (`db_cost_before`, `Requests per month (millions)`), so every part of its meaning
is kept on its own. `database` is a layer in one table and a line of the bill in another; the table decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.evidence.cost_sheet import german
from app.evidence.cost_sheet.amounts import CENTS, CURRENCIES, HUNDREDTHS, SCALES
from app.evidence.cost_sheet.periods import ALONE, WORDS
from app.evidence.findings import phrase

LONGEST = 80
"""Longer texts are notes."""


class Role(StrEnum):
    """What a number is."""

    PER_REQUEST = "cost per request"
    REQUESTS = "requests"
    RATE = "requests per second"
    PEAK_FACTOR = "peak factor"
    DURATION = "length of the period"
    LINE = "line of the bill"
    COST = "cost"
    TOTAL = "total cost"
    PRICE = "unit price"
    QUANTITY = "quantity"
    PERIOD = "period"
    NAME = "name of a line"
    ASIDE = "note"
    UNNAMED = "number under a name that says nothing here"


LINES: dict[str, tuple[str, ...]] = {
    "load_balancer": ("load balancer", "load balancing", "loadbalancer", "alb", "elb", "nlb", "haproxy", "lb"),
    "egress": ("egress", "data transfer", "transfer", "bandwidth", "cdn", "cloudfront", "traffic out", "outbound",
               "network", "cloudflare", "fastly"),
    "logs": ("logs", "logging", "log", "cloudwatch", "monitoring", "observability", "datadog", "newrelic",
             "metrics", "tracing"),
    "storage": ("storage", "ebs", "disk", "disks", "s3", "volume", "volumes", "backup", "backups", "snapshots", "gp3",
                "object store"),
    "cache": ("cache", "redis", "elasticache", "memcached", "valkey"),
    "database": ("database", "databases", "db", "rds", "aurora", "postgres", "postgresql", "mysql", "cloud sql", "sql"),
    "compute": ("compute", "ec2", "vm", "vms", "instance", "instances", "server", "servers", "app servers", "fargate",
                "ecs", "eks", "kubernetes", "droplet", "droplets", "cpu", "containers", "lambda", "functions",
                "app service", "dyno", "dynos", "workers", "hosting"),
}  # fmt: skip
LAYERS = {
    "db": ("db", "database", "databases", "postgres", "postgresql", "mysql"),
    "app": ("app", "application", "applications", "backend", "code"),
    "infra": ("infra", "infrastructure", "edge", "platform"),
}
FIXES = {
    "db": ("index", "query", "sql", "n 1", "join", "partition", "replica", "rewrite"),
    "app": ("cache", "caching", "async", "projection", "serialization", "json", "batch", "batching", "memoization"),
    "infra": ("cdn", "gzip", "brotli", "compression", "http", "http2", "http3", "keep alive", "keepalive", "network",
              "nginx", "lb", "load balancer", "tls", "autoscaling"),
}  # fmt: skip
SIDES = {
    "before": ("before", "baseline", "old", "previous", "prior", "pre"),
    "after": ("after", "new", "optimized", "optimised", "post", "improved"),
}
LAYER_NAMES = {"db": phrase("database"), "app": phrase("application"), "infra": phrase("infrastructure")}
_REQUEST = {"request", "requests", "req", "reqs", "hit", "hits", "call", "calls"}
_COST = {
    "cost",
    "costs",
    "spend",
    "bill",
    "amount",
    "charge",
    "charges",
    "expense",
    *CURRENCIES,
    *CENTS,
    *HUNDREDTHS,
}
_PRICE = {"price", "prices", "tariff", "rate", "list"}
_QUANTITY = {"quantity", "qty", "count", "units", "number", "gb", "tb", "gib", "vcpu", "vcpus", "nodes", "users", "gbs",
             "share", "ratio", "percent", "%", "change", "saving", "savings", "delta", "difference"}  # fmt: skip
_NAMES = {
    "item",
    "line",
    "service",
    "resource",
    "component",
    "category",
    "description",
    "what",
    "product",
    "position",
}
_ASIDES = {"source", "sources", "note", "notes", "pricing", "date", "as", "author", "owner", "region", "provider",
           "comment", "comments", "version", "link", "url"}  # fmt: skip
_MACHINE = re.compile(r"\b(db|cache)\.(?=[a-z]\d)")
"""`db.r6g.large` is a size to buy and names no layer."""
RESETS = {
    "assumptions",
    "assumption",
    "inputs",
    "input",
    "shared",
    "general",
    "common",
    "parameters",
    "summary",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """All that one text says. `scale` multiplies a count (`millions`), `per` divides a cost (`per 1,000`).

    `plain_role` is the role where `database` names the layer and not a line of the bill.
    """

    role: Role | None = None
    plain_role: Role | None = None
    layer: str = ""
    side: str = ""
    line: str = ""
    period: str = ""
    currency: str = ""
    is_cents: bool = False
    scale: float = 1.0
    per: float = 1.0
    is_peak: bool = False
    names_layers: bool = False
    names_sides: bool = False


NOTHING = Meaning()


def tokens(text: str) -> tuple[str, ...]:
    """Lower-case words, German ones in English, numbers without their commas, and the signs `/ $ € %`."""
    typed = _MACHINE.sub(r"\1 instance ", german.ungrouped(text[:200]))
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", typed)
    joined = re.sub(r"(?<=\d)[,\u00a0 ](?=\d{3}(?!\d))", "", parted).lower().replace("new relic", "newrelic")
    return german.in_english(
        re.findall(
            r"[a-z\u00c0-\u024f]{1,40}\$|[a-z\u00c0-\u024f]{1,40}\d?|\d{1,12}[km]?|[/$€£₹¥¢%#]", joined
        )
    )


@lru_cache(maxsize=4096)
def meaning(text: str) -> Meaning:
    """What a text says; nothing when it is too long to be a label."""
    if len(text) > LONGEST:
        return NOTHING
    words = tokens(text)
    plainly = (*words, "|", *tokens(text.lower()))
    said = frozenset(words)
    role, per, period = _role(words, said)
    line = "" if role in (Role.PER_REQUEST, Role.REQUESTS, Role.RATE) else _named(LINES, plainly)
    plain = role
    if role in (None, Role.COST, Role.TOTAL) and line and not (role is Role.TOTAL and line == "database"):
        role = Role.LINE
    return Meaning(
        role=role,
        plain_role=plain,
        layer=_layer(words, said),
        side=_named(SIDES, words),
        line=line,
        period=period,
        currency=next(
            (CURRENCIES[word] for word in words if word in CURRENCIES), "USD" if said & CENTS else ""
        ),
        is_cents=bool(said & (CENTS | HUNDREDTHS)),
        scale=_scale(words, text) if role in (Role.REQUESTS, Role.COST, Role.TOTAL, Role.LINE) else 1.0,
        per=per,
        is_peak=bool(said & {"peak", "max", "maximum", "highest"}),
        names_layers=bool(said & {"layer", "layers", "fix", "bottleneck", "tier"}),
        names_sides=bool(said & {"side", "state", "when", "phase", "variant", "version"}),
    )


def layer_named(text: str) -> str:
    """The layer of a cell in a column that names layers or fixes: `index` is a fix of the database."""
    words = tokens(text)
    return _named(LAYERS, words) or _named(FIXES, words)


def _role(words: tuple[str, ...], said: frozenset[str]) -> tuple[Role | None, float, str]:
    """Role, requests a cost is for, and period."""
    head, tail = _parted(words)
    requests = _requests(tail)
    period = next((WORDS[word] for word in tail if word in WORDS), "") or _period(said)
    if said & _ASIDES and not said & (_COST | _REQUEST):
        return Role.ASIDE, 1.0, period
    if requests and (set(head) & (_COST | {"unit"}) or not head) and not said & _PRICE:
        return Role.PER_REQUEST, requests, ""
    if said & {"cpr"}:
        return Role.PER_REQUEST, 1.0, ""
    return _counted(words, head, tail, period), 1.0, period


def _counted(
    words: tuple[str, ...], before: tuple[str, ...], tail: tuple[str, ...], period: str
) -> Role | None:
    """The role of what is no cost per request; `before` and `tail` are what stands before and after `per`."""
    head, said = set(before), frozenset(words)
    if "peak" in said and said & {"factor", "ratio"}:
        return Role.PEAK_FACTOR
    if said & {"rps", "qps", "throughput"} or (head & _REQUEST and period in ("second", "minute") and tail):
        return Role.RATE
    if head & _REQUEST and not said & _COST:
        return Role.REQUESTS if not tail or period else Role.QUANTITY
    if said & {"period", "interval"}:
        return Role.PERIOD
    if said & _PRICE or {"unit", "cost"} <= said or (tail and head & _COST and not period):
        return Role.PRICE
    if head & _COST:
        return Role.TOTAL if said & {"total", "sum", "overall"} else Role.COST
    if head & {"total", "sum", "subtotal"}:
        return Role.TOTAL
    if said & _QUANTITY:
        return Role.QUANTITY
    if said & {"hours", "hour", "days", "day", "seconds"}:
        return Role.QUANTITY if _named(LINES, words) else Role.DURATION
    return Role.NAME if said & _NAMES else None


def _parted(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands before and after the first `per`, `/` or `a` (`USD a month`)."""
    for place, word in enumerate(words):
        rest = words[place + 1 :]
        if word in ("per", "/") or (
            word == "a" and rest and (rest[0] in WORDS or rest[0] in _REQUEST | SCALES.keys())
        ):
            return words[:place], rest
    return words, ()


def _requests(tail: tuple[str, ...]) -> float:
    """How many requests a cost is for, by what stands after `per`; 0 when it is for something else."""
    if not tail:
        return 0.0
    number, is_about_requests = 1.0, False
    for word in tail:
        found = re.fullmatch(r"(\d{1,12})([km]?)", word, re.ASCII)
        if found:
            number *= float(found[1]) * SCALES.get(found[2], 1.0)
        elif word in SCALES and word not in ("b", "m"):
            number *= SCALES[word]
        elif word in WORDS or word in ("gb", "user", "users", "instance", "server", "gib", "tb"):
            return 0.0
        is_about_requests |= word in _REQUEST or (number > 1 and word != "b")
    return number if is_about_requests and number > 0 else 0.0


def _period(said: frozenset[str]) -> str:
    return next((WORDS[word] for word in sorted(said & ALONE)), "")


def _scale(words: tuple[str, ...], text: str) -> float:
    """`requests (millions)`, `requests in k` and `Requests (M)` count in larger units."""
    if "(M)" in text or "[M]" in text:
        return SCALES["m"]
    return next((SCALES[word] for word in words if word in SCALES and word not in ("b", "m")), 1.0)


def _layer(words: tuple[str, ...], said: frozenset[str]) -> str:
    if said & {"server", "servers", "instance", "instances", "rds", "managed", "storage"}:
        return ""
    found = _named(LAYERS, words)
    return found or (_named(FIXES, words) if said & {"fix", "change"} else "")


def _named(names: Mapping[str, tuple[str, ...]], words: tuple[str, ...]) -> str:
    """The first of the names one of whose words or phrases is said."""
    text = f" {' '.join(words)} "
    return next((name for name, phrases in names.items() if any(f" {one} " in text for one in phrases)), "")
