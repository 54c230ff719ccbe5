"""Kubernetes manifests, several in a file: what runs how often, is ready when, and ends how."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.evidence.findings import phrase
from app.evidence.load_balancer.setup import MOST_POOLS, Health, Pool, Setup, seconds, short, whole
from app.evidence.yamls import Map, Seq

WORKLOADS = ("Deployment", "StatefulSet", "ReplicaSet", "Rollout", "DaemonSet")
OTHERS = ("HorizontalPodAutoscaler", "PodDisruptionBudget", "Service", "Ingress", "Gateway", "HTTPRoute")
PERIOD_S, FAILURES, GRACE_S = 10.0, 3, 30.0
_SLEEP = re.compile(r"\bsleep[ \"',]{1,4}(\d{1,5})")
_AFFINITY = "nginx.ingress.kubernetes.io/affinity"


def is_ours(documents: Sequence[Any]) -> bool:
    """Whether one of the documents is of a kind that is read here."""
    return any(one.get("kind") in (*WORKLOADS, *OTHERS) for one in every(documents))


def every(documents: Sequence[Any]) -> list[Map]:
    """The resources, those of a List included."""
    tops = [one for one in documents if isinstance(one, Map)]
    inner = [
        item
        for one in tops
        if isinstance(one.get("items"), Seq)
        for item in one["items"]
        if isinstance(item, Map)
    ]
    return [one for one in (*tops, *inner) if isinstance(one.get("kind"), str)]


def read(documents: Sequence[Any]) -> Setup:
    """Each workload is a pool; autoscalers raise the count of the one they name."""
    setup = Setup("kubernetes")
    resources = every(documents)
    for one in resources:
        if one["kind"] in WORKLOADS and len(setup.pools) < MOST_POOLS:
            setup.pools.append(_workload(setup, one))
    for one in resources:
        _autoscaler(setup, one)
        _affinity(setup, one)
    setup.has_workload = bool(setup.pools)
    if not setup.pools:
        setup.pools = [
            Pool(_name(one), one.line, is_dynamic=True)
            for one in resources
            if one["kind"] in ("Service", "Ingress")
        ]
    return setup


def under(value: Any, *names: str) -> Any:
    """What lies below these keys; None where one is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, Map) else None
    return value


def _workload(setup: Setup, one: Map) -> Pool:
    pool = Pool(_name(one), one.line)
    typed = under(one, "spec", "replicas")
    pool.replicas = 1 if typed is None and one["kind"] != "DaemonSet" else whole(typed)
    pool.is_dynamic = pool.replicas is None
    pod = under(one, "spec", "template", "spec")
    containers = [each for each in under(pod, "containers") or () if isinstance(each, Map)]
    for container in containers:
        ready, live = _probe(container, "readinessProbe"), _probe(container, "livenessProbe")
        pool.health = pool.health or ready
        setup.readiness, setup.liveness = setup.readiness or ready, setup.liveness or live
        setup.pre_stop_s = setup.pre_stop_s if setup.pre_stop_s is not None else _pre_stop(container)
    grace = seconds(under(pod, "terminationGracePeriodSeconds"))
    setup.grace_s = GRACE_S if grace is None else grace
    _strategy(setup, one)
    return pool


def _name(one: Map) -> str:
    return short(under(one, "metadata", "name"))


def _probe(container: Map, name: str) -> Health | None:
    probe = container.get(name)
    if not isinstance(probe, Map):
        return None
    interval, fall = seconds(probe.get("periodSeconds")), whole(probe.get("failureThreshold"))
    command = under(probe, "exec", "command")
    path = short(under(probe, "httpGet", "path")) or (phrase("(a command)") if command else "")
    return Health(path, PERIOD_S if interval is None else interval, FAILURES if fall is None else fall,
                  whole(probe.get("successThreshold")) or 1, container.lines.get(name, probe.line))  # fmt: skip


def _pre_stop(container: Map) -> float | None:
    """Seconds that the hook sleeps; zero for a hook whose length is not to be seen."""
    hook = under(container, "lifecycle", "preStop")
    if not isinstance(hook, Map):
        return None
    if (slept := seconds(under(hook, "sleep", "seconds"))) is not None:
        return slept
    command = under(hook, "exec", "command")
    words = " ".join(short(word) for word in command) if isinstance(command, Seq) else ""
    match = _SLEEP.search(words[:2000])
    return float(match[1]) if match else 0.0


def _strategy(setup: Setup, one: Map) -> None:
    strategy = under(one, "spec", "strategy") or under(one, "spec", "updateStrategy")
    if not isinstance(strategy, Map):
        return
    setup.strategy["type"] = short(strategy.get("type")) or "RollingUpdate"
    for name in ("maxUnavailable", "maxSurge"):
        if value := short(under(strategy, "rollingUpdate", name)):
            setup.strategy[name] = value


def _autoscaler(setup: Setup, one: Map) -> None:
    if one["kind"] != "HorizontalPodAutoscaler":
        return
    least = whole(under(one, "spec", "minReplicas")) or 1
    target = short(under(one, "spec", "scaleTargetRef", "name"))
    for pool in setup.pools:
        if pool.name == target:
            pool.replicas = max(least, pool.replicas or 0) if pool.replicas != 1 else least
            pool.is_dynamic = False


def _affinity(setup: Setup, one: Map) -> None:
    annotations = under(one, "metadata", "annotations")
    sticky = ""
    if under(one, "spec", "sessionAffinity") == "ClientIP":
        sticky = "sessionAffinity: ClientIP"
    elif isinstance(annotations, Map) and annotations.get(_AFFINITY):
        sticky = f"{_AFFINITY}: {short(annotations[_AFFINITY])}"
    for pool in setup.pools if sticky else ():
        pool.sticky = pool.sticky or sticky[:100]
