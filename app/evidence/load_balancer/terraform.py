"""AWS balancers in Terraform, as resources or as the registry's module, and Nomad's jobs: target groups, attachments,
scaling groups, counts."""

from __future__ import annotations

from collections.abc import Iterator

from app.evidence.load_balancer.hcl import Block, every, parse
from app.evidence.load_balancer.setup import MOST_POOLS, Health, Pool, Server, Setup, seconds, whole

INTERVAL_S, UNHEALTHY, DRAIN_S = 30.0, 3, 300.0  # the provider's own defaults
NOMAD_INTERVAL_S, KILL_S = 10.0, 5.0
_COUNTS = {"aws_autoscaling_group": "min_size", "aws_ecs_service": "desired_count"}
_MODULES = "terraform-aws-modules/"
_COUNTS_OF_MODULES = {"autoscaling/": "min_size", "ecs/": "desired_count"}


def read(text: str) -> Setup:
    """Every target group with what is attached to it; raises `BadSetup`."""
    top = parse(text)
    if jobs := top.all("job"):
        return _nomad(jobs)
    setup = Setup("terraform")
    resources = top.all("resource")
    groups = [one for one in resources if _type(one) in ("aws_lb_target_group", "aws_alb_target_group")]
    modules = top.all("module")
    setup.pools = [_group(one, one.words[2]) for one in groups]
    setup.pools += [pool for one in modules if _made_by(one, "alb/") for pool in _pools_of_module(one)]
    del setup.pools[MOST_POOLS:]
    attached = [one for one in resources if _type(one).endswith("_target_group_attachment")]
    for one in attached:
        _attach(setup, one)
    for one in resources:
        if _type(one) in _COUNTS:
            _count(setup, one, _COUNTS[_type(one)])
    for one in modules:
        for made, name in _COUNTS_OF_MODULES.items():
            if _made_by(one, made) and one.value(name):
                _count(setup, one, name)
    for pool in setup.pools:
        pool.is_dynamic = pool.is_dynamic or (not pool.servers and pool.replicas is None)
    return setup


def _type(resource: Block) -> str:
    return resource.words[1] if len(resource.words) > 2 else ""


def _made_by(module: Block, source: str) -> bool:
    return module.value("source").startswith(_MODULES + source)


def _pools_of_module(module: Block) -> Iterator[Pool]:
    """Target groups as a map by key, or, up to version 8, as a list; attached are their own targets and those named
    beside them."""
    pools: dict[str, Pool] = {}
    for groups in module.all("target_groups"):
        pools |= {one.words[0]: _group(one, one.words[0]) for one in groups.inside if one.words}
    listed = [one for one in module.all("(expression)") if one.value("backend_port") or one.all("targets")]
    for number, one in enumerate(listed):
        name = one.value("name") or one.value("name_prefix") or f"target_groups[{number}]"
        pools[f"{name}#{number}"] = _group(one, name)
    for beside in module.all("additional_target_group_attachments"):
        for one in beside.inside:
            key = one.value("target_group_key").partition('"')[0]
            if key in pools:
                pools[key].servers.append(Server(one.words[0][:200], one.words[0][:200], line=one.line))
    yield from pools.values()


def _targets(one: Block) -> Iterator[Server]:
    """What a module's target group is attached to by itself."""
    if one.value("target_id") and one.value("create_attachment") != "false":
        name = one.value("target_id")[:200]
        yield Server(name, name, one.value("port")[:20], line=one.line)
    for targets in one.all("targets"):
        for each in targets.inside:
            name = each.value("target_id").partition('"')[0][:200] or each.words[0][:200]
            yield Server(each.words[0][:200], name, each.value("port")[:20], line=each.line)


def _group(one: Block, name: str) -> Pool:
    pool = Pool(name[:200], one.line, servers=list(_targets(one)))
    delay = seconds(one.value("deregistration_delay"))
    pool.drain_s = DRAIN_S if not one.value("deregistration_delay") else delay
    pool.slow_start_s = seconds(one.value("slow_start"))
    for check in one.all("health_check"):
        interval = seconds(check.value("interval")) if check.value("interval") else INTERVAL_S
        fall = whole(check.value("unhealthy_threshold")) if check.value("unhealthy_threshold") else UNHEALTHY
        pool.health = Health(check.value("path")[:200] or "/", interval, fall, whole(check.value("healthy_threshold")),
                             check.line)  # fmt: skip
    for sticky in one.all("stickiness"):
        if sticky.value("enabled") != "false":
            pool.sticky = f"stickiness {sticky.value('type')[:60]}".strip()
    return pool


def _attach(setup: Setup, one: Block) -> None:
    """`count` and `for_each` make several of one resource; a number that is a variable is set elsewhere."""
    pool = _meant(setup, one.value("target_group_arn"))
    if pool is None:
        return
    times = whole(one.value("count")) if one.value("count") else 1
    if one.value("for_each") or times is None:
        pool.is_dynamic = True
        return
    name, port = one.value("target_id")[:200] or one.words[2][:200], one.value("port")[:20]
    pool.servers += [
        Server(name, f"{name}[{at}]" if times > 1 else name, port, line=one.line)
        for at in range(min(times, 100))
    ]


def _count(setup: Setup, one: Block, attribute: str) -> None:
    """A scaling group or service serves the target group that it names, or the only one there is."""
    typed = one.value(attribute)
    names = [inner.value("target_group_arn") for inner in one.all("load_balancer")] + [
        one.value("target_group_arns")
    ]
    pools = [pool for name in names if (pool := _meant(setup, name))] or setup.pools[:1]
    if not pools:
        setup.pools.append(Pool(one.words[-1][:200], one.line))
        pools = setup.pools[-1:]
    for pool in pools:
        pool.replicas = whole(typed)
        pool.is_dynamic = pool.replicas is None


def _meant(setup: Setup, reference: str) -> Pool | None:
    return next((pool for pool in setup.pools if f"target_group.{pool.name}" in reference), None)


def _nomad(jobs: list[Block]) -> Setup:
    """Each group is a pool of `count` allocations."""
    setup = Setup("nomad", has_workload=True)
    for job in jobs:
        for group in job.all("group")[: MOST_POOLS - len(setup.pools)]:
            pool = Pool(group.words[1][:200] if len(group.words) > 1 else "", group.line)
            pool.replicas = whole(group.value("count")) if group.value("count") else 1
            pool.is_dynamic = pool.replicas is None
            setup.pools.append(pool)
            for one in every(group):
                _nomad_part(setup, pool, one)
    return setup


def _nomad_part(setup: Setup, pool: Pool, one: Block) -> None:
    if one.words[:1] == ["check"] and pool.health is None:
        interval = seconds(one.value("interval"))
        pool.health = Health(
            one.value("path")[:200], NOMAD_INTERVAL_S if interval is None else interval, 1, 1, one.line
        )
        setup.readiness = setup.readiness or pool.health
    if one.words[:1] == ["task"]:
        delay, kill = seconds(one.value("shutdown_delay")), seconds(one.value("kill_timeout"))
        setup.pre_stop_s = setup.pre_stop_s if delay is None else delay
        setup.grace_s = (KILL_S if kill is None else kill) + (delay or 0.0)
