"""Traefik's dynamic configuration, YAML or TOML, and the backends of its first version; keys are read whatever their
case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.evidence import tomls
from app.evidence.findings import phrase
from app.evidence.load_balancer import toml_lines
from app.evidence.load_balancer.loose import child, items, line, text
from app.evidence.load_balancer.setup import MOST_POOLS, BadSetup, Health, Pool, Server, Setup, apart, seconds

INTERVAL_S = 30.0


def is_ours(documents: Sequence[Any]) -> bool:
    """Whether a document has services with a load balancer."""
    return any(_services(one) for one in documents)


def from_toml(content: str) -> Setup:
    """The same from TOML; raises `BadSetup`."""
    try:
        document = tomls.plain(content)
    except tomls.BadToml as error:
        if "{{" in content:
            raise BadSetup(phrase("it is a template that nobody filled in"), 1) from error
        raise BadSetup(str(error), error.line) from error
    setup = read([document])
    toml_lines.place(setup, content.split("\n"))
    return setup


def read(documents: Sequence[Any]) -> Setup:
    """Each service or backend with servers is a pool; a retry middleware is held to cover them all."""
    setup = Setup("traefik")
    for document in documents:
        middlewares = child(document, "http", "middlewares")
        values = middlewares.values() if isinstance(middlewares, Mapping) else ()
        retries = "connect" if any(child(one, "retry") is not None for one in values) else "none"
        pools = [_pool(name, balancer, retries) for name, balancer in _services(document)[:MOST_POOLS]]
        setup.pools += pools + _shared(document, {pool.name: pool for pool in pools}, retries)
        setup.pools += _backends(document)[:MOST_POOLS]
        if text(child(document, "api", "insecure")).lower() == "true":
            setup.open_doors.append((phrase("the dashboard (api.insecure)"), line(child(document, "api"))))
    return setup


def _services(document: Any) -> list[tuple[str, Any]]:
    found = []
    for protocol in ("http", "tcp"):
        services = child(document, protocol, "services")
        for name, one in services.items() if isinstance(services, Mapping) else ():
            balancer = child(one, "loadbalancer")
            if isinstance(balancer, Mapping):
                found.append((str(name)[:200], balancer))
    return found


def _shared(document: Any, pools: dict[str, Pool], retries: str) -> list[Pool]:
    """Services that hand their requests on to others by weight, each with the servers of all of those."""
    services = child(document, "http", "services")
    found = []
    for name, one in list(services.items())[:MOST_POOLS] if isinstance(services, Mapping) else ():
        named = [
            text(child(part, "name")).partition("@")[0] for part in items(child(one, "weighted", "services"))
        ]
        parts = [pools[part] for part in dict.fromkeys(named) if part in pools]
        if not parts:
            continue
        pool = Pool(str(name)[:200], line(one), retries=retries)
        pool.servers = [server for part in parts for server in part.servers]
        pool.health = parts[0].health if all(part.health for part in parts) else None
        pool.sticky = "weighted.sticky.cookie" if child(one, "weighted", "sticky") is not None else ""
        found.append(pool)
    return found


def _backends(document: Any) -> list[Pool]:
    """The pools of version 1, whose servers have names and whose `retry` is for all of them."""
    backends = child(document, "backends")
    retries = "none" if child(document, "retry") is None else "connect"
    pools = []
    for name, one in backends.items() if isinstance(backends, Mapping) else ():
        servers = child(one, "servers")
        if not isinstance(servers, Mapping):
            continue
        pool = Pool(str(name)[:200], line(one), retries=retries)
        pool.servers = [_server(each) for each in servers.values()]
        pool.health = _health(child(one, "healthcheck"))
        if (
            child(one, "loadbalancer", "stickiness") is not None
            or child(one, "loadbalancer", "sticky") is True
        ):
            pool.sticky = "loadBalancer.stickiness"
        pools.append(pool)
    return pools


def _pool(name: str, balancer: Any, retries: str) -> Pool:
    pool = Pool(name, line(balancer), retries=retries)
    pool.servers = [_server(one) for one in items(child(balancer, "servers"))]
    pool.health = _health(child(balancer, "healthcheck"))
    if child(balancer, "sticky") is not None:
        pool.sticky = "sticky.cookie"
    return pool


def _server(one: Any) -> Server:
    host, port = apart(text(child(one, "url")) or text(child(one, "address")))
    return Server(host, host, port, line=line(one))


def _health(check: Any) -> Health | None:
    if not isinstance(check, Mapping):
        return None
    interval = seconds(text(child(check, "interval")))
    path = text(child(check, "path")) or "/"
    return Health(path, INTERVAL_S if interval is None else interval, 1, 1, line(check))
