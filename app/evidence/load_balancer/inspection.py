"""One file from bytes to report: the tool is told by its own words, then read by its own reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence import yamls
from app.evidence.findings import Report, Unreadable, Where, phrase
from app.evidence.load_balancer import (
    caddy,
    checks,
    compose,
    envoy,
    haproxy,
    kubernetes,
    nginx,
    rules,
    signs,
    terraform,
    traefik,
)
from app.evidence.load_balancer.setup import BadSetup, Setup
from app.evidence.source import Source

MOST_MAPS = 20


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` when the file does not hold together."""
    text = source.text()
    tool = signs.tool(text[: signs.HEAD])[0]
    try:
        setup = _read(tool, text)
    except (BadSetup, yamls.BadYaml) as bad:
        said = rules.NO_SYNTAX.at(
            Where(line=bad.line), tool=tool or phrase("load balancer"), reason=str(bad), line=bad.line
        )
        raise Unreadable(said) from bad
    return Report("load_balancer", 0.9, setup.facts(), tuple(checks.findings(setup)))


def _read(tool: str, text: str) -> Setup:
    if tool == "haproxy":
        return haproxy.read(text)
    if tool in ("", "nginx"):
        return nginx.read(text)
    if tool == "caddy":
        return caddy.read(text)
    if tool in ("terraform", "nomad"):
        return terraform.read(text)
    if tool == "traefik toml":
        return traefik.from_toml(text)
    documents = _documents(text)
    if tool == signs.CONFIG_MAP:
        return _from_config_maps(documents)
    if tool == "caddy json" and caddy.is_json(documents):
        return caddy.read_json(documents)
    if compose.is_ours(documents):
        return compose.read(documents)
    if kubernetes.is_ours(documents):
        return kubernetes.read(documents)
    if envoy.is_ours(documents):
        return envoy.read(documents)
    if traefik.is_ours(documents):
        return traefik.read(documents)
    raise _unknown()


def _unknown() -> BadSetup:
    return BadSetup(phrase("it names no service, deployment or pool that is known here"), 1)


def _from_config_maps(documents: Sequence[Any]) -> Setup:
    """What the manifests run, if they run anything, with the pools of every balancer's file that they carry."""
    inside = list(_carried(documents))
    if kubernetes.is_ours(documents):
        setup = kubernetes.read(documents)
    elif inside:
        setup = inside.pop(0)
    else:
        raise _unknown()
    for each in inside:
        setup.pools += each.pools
        setup.open_doors += each.open_doors
        setup.includes += each.includes
    return setup


def _carried(documents: Sequence[Any]) -> Iterator[Setup]:
    """The balancers' files that ConfigMaps carry as text, each read on its own; lines stay those of the manifest."""
    maps = [one for one in documents if isinstance(one, yamls.Map) and one.get("kind") == "ConfigMap"]
    for one in maps[:MOST_MAPS]:
        texts = one.get("data")
        if not isinstance(texts, yamls.Map):
            continue
        for name, value in list(texts.items())[:MOST_MAPS]:
            tool = signs.tool(value[: signs.HEAD])[0] if isinstance(value, str) else ""
            if tool not in ("", signs.CONFIG_MAP):
                yield _read(tool, "\n" * texts.lines[name] + value)


def _documents(text: str) -> list[Any]:
    """The documents of a YAML file; a template that nobody filled in is named as one."""
    try:
        return yamls.documents(text)
    except yamls.BadYaml as bad:
        if "{{" in text:
            raise BadSetup(phrase("it is a template; upload what `helm template` prints"), bad.line) from bad
        raise
