"""Load balancers and what runs behind them: nginx, HAProxy, Caddy, Envoy, Traefik, AWS in Terraform, compose,
Kubernetes, Nomad.

Facts:
  tool         nginx | haproxy | caddy | envoy | traefik | terraform | compose | kubernetes |
               nomad
  pools        [{name, line, servers: [{name, address, port, is_backup, is_down, line}], is_dynamic, is_elsewhere,
               replicas, count, health: {path, interval_s, fall, rise, line} or null, is_passive, retries, retry_post,
               sticky, slow_start_s, drain_s, timeouts}]; retries is none, connect, full or empty (not the file's)
  instances    the count of the largest pool: backup and down servers left out, an address counted once
  probes       {readiness, liveness}, each like health
  termination  {grace_s, pre_stop_s}
  strategy     {type, maxUnavailable, maxSurge, order, parallelism} as far as written
  has_workload whether the file says how instances run
  includes     names of files that the configuration includes; none is opened
"""

from __future__ import annotations

from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.load_balancer import between, rules, signs
from app.evidence.source import Source

NAME = "load_balancer"


def sniff(source: Source) -> float:
    """How sure the words of a tool make us."""
    return signs.tool(source.head)[1]


def inspect(source: Source) -> Report:
    """Read the configuration; raises `Unreadable` when it does not hold together."""
    from app.evidence.load_balancer.inspection import report

    return report(source)


KIND = Kind(
    NAME,
    phrase("Load balancer or replicas"),
    sniff,
    inspect,
    rules.SINGLE + rules.BETWEEN,
    measures={"instances": between.instances},
    why_not=between.why_not,
    together=between.together,
)
