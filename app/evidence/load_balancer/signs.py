"""Which tool a text is for, by words that only its configuration has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import dedent

from app.evidence.patterns import lazy

HEAD = 64 * 1024


Sign = tuple[str, float, tuple[str, ...], tuple[re.Pattern[str], ...]]
"""A tool, how sure its words make us, words of which one must be there (found many times faster), and the lines."""


def _lines(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(lazy(pattern, re.MULTILINE) for pattern in patterns)


_WORKLOADS = "Deployment|StatefulSet|DaemonSet|ReplicaSet|Rollout"
_KINDS = rf"{_WORKLOADS}|Service|Ingress|HorizontalPodAutoscaler|PodDisruptionBudget"
_SIGNS: tuple[Sign, ...] = (
    (
        "haproxy",
        0.95,
        ("backend", "listen", "frontend"),
        _lines(
            r"^(?:backend|listen|frontend)[ \t]{1,20}[^\s{]{1,80}[^{\n]{0,80}$",
            r"^[ \t]{1,20}(?:server|server-template|bind|balance|default_backend|use_backend|mode)[ \t]",
        ),
    ),
    ("nginx", 0.95, ("upstream ",), _lines(r"^[ \t]{0,20}upstream [\w.-]{1,80}[ \t\n]{0,20}\{")),
    (
        "nginx",
        0.9,
        ("proxy_pass", "listen", "worker_processes", "server_name"),
        _lines(
            r"^[ \t]{0,40}(?:proxy_pass|listen|worker_processes|server_name)[ \t]{1,40}[^;{}\n:][^;{}\n]{0,200};"
        ),
    ),
    ("envoy", 0.95, ("ssignment",), _lines(r"load_?[aA]ssignment[\"']?:", r"lb_?[eE]ndpoints[\"']?:")),
    (
        "traefik toml",
        0.95,
        ("http.services.", "backends."),
        _lines(
            r"^[ \t]{0,20}\[{1,2}(?:http\.services\.[^\n]{1,120}\.load[bB]alancer|backends\.[^\n.]{1,120}\.servers\.)"
        ),
    ),
    (
        "traefik",
        0.9,
        ("http:",),
        _lines(r"^http:", r"^[ \t]{1,20}services:", r"^[ \t]{1,20}load[bB]alancer:"),
    ),
    ("caddy json", 0.9, ("reverse_proxy",), _lines(r"\"handler\"[ \t]{0,4}:[ \t\n]{0,80}\"reverse_proxy\"")),
    ("caddy", 0.9, ("reverse_proxy",), _lines(r"^[ \t]{0,40}reverse_proxy[ \t]{1,20}[^;\n]{1,400}$")),
    (
        "terraform",
        0.9,
        ("resource",),
        _lines(r"^resource[ \t]{1,8}\"aws_(?:a?lb|autoscaling_group|ecs_service)\w{0,60}\"[ \t]{1,8}\""),
    ),
    (
        "terraform",
        0.9,
        ("terraform-aws-modules/alb/",),
        _lines(
            r"^module[ \t]{1,8}\"",
            r"^[ \t]{1,20}source[ \t]{0,40}=[ \t]{0,8}\"terraform-aws-modules/alb/aws\"",
        ),
    ),
    ("nomad", 0.9, ("job",), _lines(r"^job[ \t]{1,8}\"", r"^[ \t]{0,20}group[ \t]{1,8}\"")),
    (
        "kubernetes",
        0.85,
        ("apiVersion:",),
        _lines(rf"^kind:[ \t]{{1,8}}[\"']?(?:{_KINDS})\b", r"^apiVersion:(?![ \t]{0,8}[\"']?openslo)"),
    ),
    (
        "compose",
        0.85,
        ("services:",),
        _lines(r"^services:[ \t]{0,20}(?:#[^\n]{0,200})?$", r"^[ \t]{2,20}(?:image|build):"),
    ),
)


_OF_MANIFESTS = tuple(sign for sign in _SIGNS if sign[0] == "kubernetes")
CONFIG_MAP = "config map"
_IS_MANIFEST = _lines(r"^apiVersion:", r"^kind:")
_IS_CONFIG_MAP = lazy(r"^kind:[ \t]{1,8}[\"']?ConfigMap\b", re.MULTILINE)
_CARRIES = lazy(r"([ \t]{1,8})[\w.-]{1,100}:[ \t]{1,8}\|[-+]?[ \t]{0,20}")


def tool(head: str) -> tuple[str, float]:
    """The tool and how sure it is; an empty name for a text of none.

    A manifest that carries a balancer's file is `CONFIG_MAP`, whatever the lines of that file look like.
    """
    if not all(pattern.search(head) for pattern in _IS_MANIFEST):
        return _tool(head, _SIGNS)
    if _IS_CONFIG_MAP.search(head) and any(_tool(text, _SIGNS)[0] for text in _carried(head)):
        return CONFIG_MAP, 0.85
    return _tool(head, _OF_MANIFESTS)


def _carried(head: str) -> Iterator[str]:
    """The texts that stand behind a `|`, without their indentation."""
    lines = head.split("\n")
    for number, line in enumerate(lines):
        if match := _CARRIES.fullmatch(line):
            inner: list[str] = []
            for row in lines[number + 1 :]:
                if row.strip() and not row.startswith(match[1] + " "):
                    break
                inner.append(row)
            yield dedent("\n".join(inner))


def _tool(head: str, signs: Sequence[Sign]) -> tuple[str, float]:
    for name, sure, words, patterns in signs:
        if any(map(head.__contains__, words)) and all(pattern.search(head) for pattern in patterns):
            is_quoted = "```" in head or "\n@@ -" in head or head.startswith("diff --git ")
            return name, 0.35 if is_quoted else sure
    return "", 0.0
