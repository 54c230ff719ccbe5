"""What one file says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.evidence.findings import Finding, Where, phrase
from app.evidence.load_balancer import rules
from app.evidence.load_balancer.setup import Health, Pool, Setup

FEWEST = 3
SLOWEST_S = 15.0
MOST = 20
BALANCERS = ("haproxy", "caddy", "envoy", "traefik")
ASKED = (*BALANCERS, "kubernetes")
"""Open-source nginx has passive checks only, and cloud balancers always check."""
_TIMEOUTS = ("connect", "client", "server")
_NOT_READY = re.compile(
    r"/(?:health(?:z|check|/live)?|live(?:z|ness)?|ping)?/?(?:\?.{0,100})?", re.IGNORECASE
)


def findings(setup: Setup) -> Iterator[Finding]:
    """All of them; of pools, each rule is said of twenty at most."""
    yield from _count(setup)
    main = [pool for pool in setup.pools if pool.count >= 2 or pool.is_dynamic or len(setup.pools) == 1]
    for pool in main[:MOST]:
        yield from _health(setup, pool)
        yield from _resilience(setup, pool)
        yield from _place(setup, pool)
    for what, line in setup.open_doors[:MOST]:
        yield rules.OPEN_DOOR.at(Where(line=line), what=what, line=line)
    yield from _ending(setup)


def named(pool: Pool) -> str:
    return f"`{pool.name[:60]}`" if pool.name else phrase("the group of servers")


def detection_s(health: Health | None) -> float | None:
    """How long a dead instance can go unnoticed; None when the file does not say."""
    if health is None or health.interval_s is None:
        return None
    return health.interval_s * (health.fall or 1)


def _count(setup: Setup) -> Iterator[Finding]:
    largest = max(setup.pools, key=lambda pool: pool.count, default=None)
    if largest is None:
        yield rules.NO_POOL.at(tool=setup.tool)
        return
    if largest.count >= FEWEST:
        return
    if open_ones := [pool for pool in setup.pools if pool.is_dynamic]:
        yield rules.ELSEWHERE.at(Where(line=open_ones[0].line), pool=named(open_ones[0]))
        return
    yield rules.TOO_FEW.at(Where(line=largest.line), count=largest.count, pool=named(largest))


def _health(setup: Setup, pool: Pool) -> Iterator[Finding]:
    health = pool.health
    if pool.is_elsewhere:
        return
    if health is None:
        is_workload = setup.tool != "kubernetes" or setup.has_workload
        if setup.tool in ASKED and not pool.is_passive and is_workload:
            yield rules.NO_HEALTH.at(Where(line=pool.line), pool=named(pool), tool=setup.tool)
        return
    at = Where(line=health.line)
    if not health.path:
        yield rules.ONLY_PORT.at(at, pool=named(pool))
    elif _NOT_READY.fullmatch(health.path):
        yield rules.WRONG_PATH.at(at, pool=named(pool), path=health.path[:100])
    slowest = detection_s(health)
    if slowest is not None and slowest > SLOWEST_S and setup.tool != "compose":
        yield rules.SLOW.at(
            at, pool=named(pool), seconds=slowest, interval=health.interval_s or 0.0, fall=health.fall or 1
        )


def _resilience(setup: Setup, pool: Pool) -> Iterator[Finding]:
    at = Where(line=pool.line)
    if pool.retries == "none":
        yield rules.NO_RETRY.at(at, pool=named(pool))
    if pool.retry_post:
        yield rules.RETRY_POST.at(at, pool=named(pool))
    if pool.sticky:
        yield rules.STICKY.at(at, pool=named(pool), how=pool.sticky)
    missing = [name for name in _TIMEOUTS if name not in pool.timeouts]
    if setup.tool == "haproxy" and missing:
        yield rules.NO_TIMEOUT.at(at, pool=named(pool), names=", ".join(missing))


def _place(setup: Setup, pool: Pool) -> Iterator[Finding]:
    hosts = {server.address for server in pool.active if server.address}
    if setup.tool != "compose" and not pool.is_dynamic and len(pool.active) >= 2 and len(hosts) == 1:
        yield rules.ONE_HOST.at(
            Where(line=pool.line), count=len(pool.active), pool=named(pool), host=min(hosts)[:100]
        )


def _ending(setup: Setup) -> Iterator[Finding]:
    ready, live = setup.readiness, setup.liveness
    if ready and live and ready.path == live.path and ready.path.startswith("/"):
        yield rules.SAME_PROBE.at(Where(line=live.line), path=ready.path[:100])
    if setup.pre_stop_s and setup.grace_s is not None and setup.grace_s <= setup.pre_stop_s:
        yield rules.GRACE.at(pre_stop=setup.pre_stop_s, grace=setup.grace_s)
    kind, most = setup.strategy.get("type", ""), setup.strategy.get("maxUnavailable", "")
    if kind == "Recreate" or most == "100%":
        yield rules.ALL_AT_ONCE.at(how=kind if kind == "Recreate" else f"maxUnavailable: {most}")
