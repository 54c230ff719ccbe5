"""Caddy: the reverse proxies of a Caddyfile or of its JSON. `import` and placeholders are not followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.evidence.findings import phrase
from app.evidence.load_balancer.loose import child, everywhere, items, line, text
from app.evidence.load_balancer.setup import (
    MOST_POOLS,
    BadSetup,
    Health,
    Pool,
    Server,
    Setup,
    apart,
    seconds,
    whole,
)

INTERVAL_S, FAILS = 30.0, 1
DEEPEST = 60
_ANYWHERE = ("0.0.0.0", ":", "[::]")  # noqa: S104 - looked for, not bound
_STICKY = ("ip_hash", "client_ip_hash", "cookie", "header")


@dataclass(slots=True)
class Block:
    """The words of one line and the lines in its braces."""

    words: list[str]
    line: int
    inside: list[Block] = field(default_factory=list)


def read(content: str) -> Setup:
    """The pools of a Caddyfile; raises `BadSetup` when braces do not match."""
    setup = Setup("caddy")
    waiting = list(reversed(_parse(content)))
    while waiting:
        one = waiting.pop()
        if one.words[:1] == ["reverse_proxy"] and len(setup.pools) < MOST_POOLS:
            setup.pools.append(_pool(one))
        elif one.words[:1] == ["import"] and len(one.words) > 1:
            setup.includes.append((one.words[1], one.line))
        elif one.words[:1] == ["admin"] and one.words[1:2] and one.words[1].startswith(_ANYWHERE):
            setup.open_doors.append((phrase("the administration address"), one.line))
        waiting += reversed(one.inside)
    return setup


def _parse(content: str) -> list[Block]:
    top: list[Block] = []
    levels = [top]
    for number, row in enumerate(content.split("\n"), start=1):
        words = row[:16_000].split()
        start = next((at for at, word in enumerate(words) if word.startswith("#")), len(words))
        words = words[:start]
        if words == ["}"]:
            if len(levels) == 1:
                raise BadSetup(phrase("a closing brace has no opening one"), number)
            levels.pop()
        elif words:
            block = Block([word.strip('"`') for word in words if word != "{"], number)
            levels[-1].append(block)
            if words[-1] == "{":
                levels.append(block.inside)
        if len(levels) > DEEPEST:
            raise BadSetup(phrase("it nests deeper than {deepest} levels", deepest=DEEPEST), number)
    if len(levels) > 1:
        raise BadSetup(phrase("a brace is never closed"), len(content.split("\n")))
    return top


def _pool(one: Block) -> Pool:
    pool = Pool("reverse_proxy", one.line, retries="none")
    options = {inner.words[0]: inner.words[1:] for inner in one.inside if inner.words}
    places = [word for word in one.words[1:] if not word.startswith(("/", "@", "*"))]
    places += [word for inner in one.inside if inner.words[:1] == ["to"] for word in inner.words[1:]]
    for place in places:
        _upstreams(pool, place, one.line)
    pool.is_dynamic = pool.is_dynamic or "dynamic" in options
    pool.is_passive = "fail_duration" in options
    if "lb_try_duration" in options or "lb_retries" in options:
        pool.retries = "connect"
    policy = " ".join(options.get("lb_policy", [])[:2])
    pool.sticky = f"lb_policy {policy}" if policy.startswith(_STICKY) else ""
    path = (options.get("health_uri") or options.get("health_path") or [""])[0]
    if path:
        interval = seconds((options.get("health_interval") or [""])[0])
        fails = whole((options.get("health_fails") or [""])[0])
        at = next(inner.line for inner in one.inside if inner.words[:1] in (["health_uri"], ["health_path"]))
        pool.health = Health(path[:200], INTERVAL_S if interval is None else interval, fails or FAILS, 1, at)
    return pool


def _upstreams(pool: Pool, place: str, number: int) -> None:
    """One server, or one for each port of a range like `localhost:8001-8003`."""
    if "{" in place or place.startswith("srv+"):
        pool.is_dynamic = True
        return
    host, port = apart(place)
    first, _, last = port.partition("-")
    low, high = whole(first), whole(last)
    ports = range(low, min(high, low + 99) + 1) if low is not None and high is not None else [port]
    pool.servers += [Server(host, host, str(each), line=number) for each in ports]


def is_json(documents: Sequence[Any]) -> bool:
    """Whether a document holds Caddy's reverse proxy."""
    return any("reverse_proxy" in map(text, everywhere(one, "handler")) for one in documents)


def read_json(documents: Sequence[Any]) -> Setup:
    """The same from JSON."""
    setup = Setup("caddy")
    handles = [
        one for document in documents for value in everywhere(document, "handle") for one in items(value)
    ]
    proxies = [one for one in handles if text(child(one, "handler")) == "reverse_proxy"]
    setup.pools = [_from_json(one) for one in proxies[:MOST_POOLS]]
    return setup


def _from_json(one: Any) -> Pool:
    pool = Pool("reverse_proxy", line(one), retries="none")
    for upstream in items(child(one, "upstreams")):
        _upstreams(pool, text(child(upstream, "dial")), line(upstream))
    pool.is_dynamic = pool.is_dynamic or child(one, "dynamicupstreams") is not None
    balancing, checks = child(one, "loadbalancing"), child(one, "healthchecks")
    if child(balancing, "tryduration") is not None or child(balancing, "retries") is not None:
        pool.retries = "connect"
    policy = text(child(balancing, "selectionpolicy", "policy"))
    pool.sticky = f"policy {policy}" if policy in _STICKY else ""
    pool.is_passive = child(checks, "passive", "failduration") is not None
    active = child(checks, "active")
    if path := text(child(active, "uri")) or text(child(active, "path")):
        interval = seconds(text(child(active, "interval")), "ns")
        fails = whole(text(child(active, "fails")))
        pool.health = Health(
            path, INTERVAL_S if interval is None else interval, fails or FAILS, 1, line(active)
        )
    return pool
