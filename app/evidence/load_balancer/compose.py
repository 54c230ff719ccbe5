"""Compose files: each service with its replicas, or a family of services that differ in a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.evidence.load_balancer.kubernetes import under
from app.evidence.load_balancer.setup import MOST_POOLS, Health, Pool, Server, Setup, seconds, short, whole
from app.evidence.yamls import Map, Seq

INTERVAL_S, RETRIES, GRACE_S = 30.0, 3, 10.0
_NUMBERED = re.compile(r"([a-zA-Z][a-zA-Z_.-]{0,60}?)(?:[-_]?\d{1,3}|[-_][a-c])")
_STORE = re.compile(
    r"(?:redis|valkey|postgres|postgis|mysql|mariadb|mongo|rabbitmq|memcached|kafka|zookeeper|elasticsearch|opensearch"
    r"|minio|etcd|prom|grafana|mailhog|mailpit|adminer)"
)
"""Images of what an application needs beside it; of services that run equally often, the application is meant."""
_URL = re.compile(r"https?://[^/\s\"']{1,200}(/[^\s\"']{0,200})?")


def is_ours(documents: Sequence[Any]) -> bool:
    """Whether the first document has services with images or builds."""
    services = under(documents[0], "services") if documents else None
    return isinstance(services, Map) and any(
        isinstance(one, Map) and {"image", "build", "extends"} & set(one) for one in services.values()
    )


def read(documents: Sequence[Any]) -> Setup:
    """A pool for each service that says how often it runs, and for each family app-1, app-2, …"""
    setup = Setup("compose", has_workload=True)
    services = documents[0]["services"]
    named = [
        (name, one, services.lines.get(name, 1)) for name, one in services.items() if isinstance(one, Map)
    ]
    families: dict[str, Pool] = {}
    for name, one, line in named[:MOST_POOLS]:
        match = _NUMBERED.fullmatch(name[:80])
        key = match[1] if match else name[:200]
        pool = families.setdefault(key, Pool(key, line))
        times = whole(under(one, "deploy", "replicas")) or whole(one.get("scale"))
        if "replicas" in (under(one, "deploy") or ()) and times is None:
            pool.is_dynamic = True
        pool.servers += [
            Server(name[:200], f"{name[:200]}.{number}", "", line=line)
            for number in range(min(times or 1, 500))
        ]
        pool.replicas = len(pool.servers)
        pool.health = pool.health or _labelled(pool, one) or _health(one)
        _ending(setup, one)
    stores = {name for name, one, _ in named if _STORE.match(short(one.get("image")).rpartition("/")[2])}
    setup.pools = sorted(families.values(), key=lambda pool: {one.name for one in pool.servers} <= stores)
    largest = max(setup.pools, key=lambda pool: pool.count, default=None)
    setup.readiness = largest.health if largest else None
    return setup


def _health(service: Map) -> Health | None:
    check = service.get("healthcheck")
    if not isinstance(check, Map) or str(check.get("disable")).lower() == "true":
        return None
    test = check.get("test")
    words = " ".join(short(word) for word in test) if isinstance(test, Seq) else short(test)
    match = _URL.search(words[:2000])
    interval, fall = seconds(check.get("interval")), whole(check.get("retries"))
    return Health((match[1] or "/")[:200] if match else "(a command)", INTERVAL_S if interval is None else interval,
                  RETRIES if fall is None else fall, 1, service.lines.get("healthcheck", 1))  # fmt: skip


def _labelled(pool: Pool, service: Map) -> Health | None:
    """The check that Traefik is told to make by labels; keys in any case. Stickiness is noted on the pool."""
    labels = under(service, "labels") or under(service, "deploy", "labels")
    pairs = (
        labels.items()
        if isinstance(labels, Map)
        else [short(one).partition("=")[::2] for one in labels or ()]
    )
    told = {
        _option(key): short(value) for key, value in pairs if key.lower().startswith("traefik.http.services.")
    }
    if any(name.startswith("sticky") for name in told):
        pool.sticky = "traefik sticky.cookie"
    if not told.get("healthcheck.path"):
        return None
    interval = seconds(told.get("healthcheck.interval", ""))
    at = service.lines.get("labels", service.line)
    return Health(told["healthcheck.path"], INTERVAL_S if interval is None else interval, 1, 1, at)


def _option(key: str) -> str:
    return key.lower().partition(".loadbalancer.")[2]


def _ending(setup: Setup, service: Map) -> None:
    grace = seconds(service.get("stop_grace_period"))
    if grace is not None:
        setup.grace_s = max(grace, setup.grace_s or 0.0)
    update = under(service, "deploy", "update_config")
    for name in ("order", "parallelism"):
        if isinstance(update, Map) and (value := short(update.get(name))):
            setup.strategy[name] = value
