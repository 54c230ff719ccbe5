"""Envoy: the static clusters of a bootstrap file, YAML or JSON, and what its routes say of retries.

A cluster that only brings the configuration (the control plane) serves no user and is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.evidence.findings import phrase
from app.evidence.load_balancer.loose import child, everywhere, items, line, text
from app.evidence.load_balancer.setup import MOST_POOLS, Health, Pool, Server, Setup, seconds, whole

_FOUND_LATER = ("STRICT_DNS", "LOGICAL_DNS", "EDS", "ORIGINAL_DST")
_AGAIN = ("5xx", "gateway-error", "reset", "retriable-status-codes", "retriable-4xx")
_HASHED = ("RING_HASH", "MAGLEV")


def is_ours(documents: Sequence[Any]) -> bool:
    """Whether a document has clusters as a bootstrap file has them."""
    return any(_clusters(one) for one in documents)


def read(documents: Sequence[Any]) -> Setup:
    """Each cluster is a pool; the retry policy of any route is held to cover them all."""
    setup = Setup("envoy")
    for document in documents:
        policies = list(everywhere(document, "retrypolicy"))
        on = ",".join(text(child(policy, "retryon")) for policy in policies)
        is_matched = _is_matched(document)
        told_by = _control_plane(document)
        for cluster in _clusters(document)[:MOST_POOLS]:
            pool = _pool(cluster)
            if pool.name in told_by:
                continue
            pool.retries = (
                ("full" if any(word in on for word in _AGAIN) else "connect") if on.strip(",") else "none"
            )
            pool.retry_post = pool.retries == "full" and not is_matched
            setup.pools.append(pool)
        if told_by:
            at = line(child(document, "dynamicresources"))
            setup.pools.append(Pool("", at, is_dynamic=True, is_elsewhere=True))
        address = child(document, "admin", "address", "socketaddress", "address")
        if text(address) in ("0.0.0.0", "::"):  # noqa: S104 - looked for, not bound
            setup.open_doors.append((phrase("the administration address"), line(child(document, "admin"))))
    return setup


def _clusters(document: Any) -> list[Any]:
    own = items(child(document, "staticresources", "clusters")) or items(child(document, "resources"))
    return [
        one
        for one in own
        if child(one, "loadassignment") is not None or child(one, "edsclusterconfig") is not None
    ]


def _control_plane(document: Any) -> set[str]:
    """The names of the clusters from which the others come."""
    sources = child(document, "dynamicresources")
    named = {text(child(one, "clustername")) for one in everywhere(sources, "envoygrpc")}
    return named | {text(name) for names in everywhere(sources, "clusternames") for name in items(names)}


def _is_matched(document: Any) -> bool:
    """Whether a route looks at the method, as one that keeps POST from being sent again does."""
    return any(text(name) == ":method" for name in everywhere(document, "name"))


def _pool(cluster: Any) -> Pool:
    pool = Pool(text(child(cluster, "name")), line(cluster))
    pool.is_dynamic = text(child(cluster, "type")).upper() in _FOUND_LATER
    pool.is_passive = child(cluster, "outlierdetection") is not None
    policy = text(child(cluster, "lbpolicy")).upper()
    pool.sticky = f"lb_policy: {policy}" if policy in _HASHED else ""
    for group in items(child(cluster, "loadassignment", "endpoints")):
        for one in items(child(group, "lbendpoints")):
            place = child(one, "endpoint", "address", "socketaddress")
            host, port = text(child(place, "address")), text(child(place, "portvalue"))
            is_down = text(child(one, "healthstatus")).upper() in ("UNHEALTHY", "DRAINING")
            is_backup = text(child(group, "priority")) not in ("", "0")
            pool.servers.append(Server(host, host, port, is_backup, is_down, line(one)))
    for check in items(child(cluster, "healthchecks"))[:1]:
        path = text(child(check, "httphealthcheck", "path"))
        interval = seconds(text(child(check, "interval")))
        fall, rise = (
            whole(text(child(check, "unhealthythreshold"))),
            whole(text(child(check, "healthythreshold"))),
        )
        pool.health = Health(path, interval, fall, rise, line(check))
    for start in everywhere(cluster, "slowstartwindow"):
        pool.slow_start_s = seconds(text(start))
    return pool
