"""What balancer and instances say together, and beside the logs of the chaos run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.claims import Claim, Facts, FileFacts
from app.evidence.findings import Finding, phrase
from app.evidence.load_balancer import rules
from app.evidence.measured import Measured

LOGS = ("latency_table", "kill_log")
BALANCED = ("nginx", "haproxy", "caddy", "envoy", "traefik", "terraform")


def instances(_claim: Claim, facts: Facts) -> Measured | None:
    """Servers or replicas of the largest group; None where the count is set elsewhere."""
    count = int(facts.get("instances", 0))
    pools = facts.get("pools", ())
    if not count or (any(pool["is_dynamic"] for pool in pools) and count < 2):
        return None
    largest = max(pools, key=lambda pool: pool["count"])
    where = phrase(
        "the servers or replicas of {name}, line {line}",
        name=largest["name"] or phrase("the group"),
        line=largest["line"],
    )
    return Measured(
        float(count), float(count), float(count), None, None, phrase("none: instances are counted"), where
    )


def why_not(_metric: str, _facts: Facts) -> str:
    """Only a file without servers of its own leaves the number open."""
    return phrase("the number of instances is set elsewhere.")


def together(files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[Finding]:
    """Names across files, drains across files, and whether instances end gently where deploys are claimed."""
    own = [file for file in files if file.kind == "load_balancer" and file.facts]
    yield from _names(own, files)
    yield from _drains(own)
    if any(claim.metric == "deploys" for claim in claims):
        yield from _gentle(own, files)


def _names(own: Sequence[FileFacts], files: Sequence[FileFacts]) -> Iterator[Finding]:
    """Only where every server is listed by name: replicas get theirs when they start."""
    pools = [pool for file in own for pool in file.facts["pools"]]
    servers = [server for pool in pools for server in pool["servers"]]
    if not servers or any(pool["is_dynamic"] or (pool["replicas"] and not pool["servers"]) for pool in pools):
        return
    known = {word for server in servers for word in _names_of(server)}
    for file in files:
        strange = [name for name in _instances(file) if not _is_known(name.lower(), known)]
        if file.kind in LOGS and strange:
            names = ", ".join(name[:60] for name in strange[:5])
            yield rules.UNNAMED.at(file=file.name, names=names)


def _names_of(server: Facts) -> list[str]:
    name, address, port = (str(server[key]).lower() for key in ("name", "address", "port"))
    return [word for word in (name, address, f"{address}:{port}", address.rpartition(".")[0]) if word]


def _is_known(name: str, known: set[str]) -> bool:
    """`backend/app-1`, `project-app-1-1` and `10.0.0.11:8000` all mean a server that is listed."""
    tail = name.rpartition("/")[2]
    host = tail.rpartition(":")[0]
    return bool({name, tail, host} & known) or any(
        f"-{one}-" in f"-{tail}-".replace("_", "-") for one in known
    )


def _instances(file: FileFacts) -> list[str]:
    """Names of instances in a log's facts: a list of names or of rows with one, or a mapping by name."""
    if file.kind == "kill_log":
        return [str(one["instance"]) for one in file.facts.get("kills", ()) if one.get("instance")]
    found = file.facts.get("instances") or ()
    if isinstance(found, (str, int, float)):
        return []
    names = [one.get("instance") or one.get("name") if isinstance(one, dict) else one for one in found]
    return [name for name in names if isinstance(name, str) and name and "," not in name]


def _drains(own: Sequence[FileFacts]) -> Iterator[Finding]:
    graces = [file.facts["termination"]["grace_s"] for file in own if file.facts["has_workload"]]
    longest = max((grace for grace in graces if grace), default=None)
    for file in own:
        for pool in file.facts["pools"]:
            if longest is not None and pool["drain_s"] is not None and pool["drain_s"] < longest:
                yield rules.DRAIN.at(drain=pool["drain_s"], file=file.name, grace=longest)


def _gentle(own: Sequence[FileFacts], files: Sequence[FileFacts]) -> Iterator[Finding]:
    workloads = [file for file in own if file.facts["has_workload"]]
    pauses = [pause for file in workloads if (pause := file.facts["termination"]["pre_stop_s"]) is not None]
    graces = [
        file.facts["termination"]["grace_s"] for file in workloads if file.facts["tool"] != "kubernetes"
    ]
    is_in_patch = any(file.kind == "diff" and file.facts.get("drain") for file in files)
    is_in_script = any(file.kind == "deploy_config" and file.facts.get("drain") for file in files)
    if workloads and not pauses and not any(graces) and not is_in_patch and not is_in_script:
        yield rules.NO_DRAIN.at()
    for file in own:
        slowest = max((_detection(pool) for pool in file.facts["pools"]), default=0.0)
        if file.facts["tool"] in BALANCED and any(pauses) and max(pauses) < slowest:
            yield rules.SHORT_DRAIN.at(pre_stop=max(pauses), seconds=slowest, file=file.name)


def _detection(pool: Facts) -> float:
    health = pool["health"]
    return float((health["interval_s"] or 0) * (health["fall"] or 1)) if health else 0.0
