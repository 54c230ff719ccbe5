"""What a balancer's or orchestrator's file says, in one form for every tool."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_POOLS = 200
MOST_SERVERS = 500
LONGEST = 200
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ns|us|µs|ms|s|m|h|d)?")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class BadSetup(ValueError):
    """The text cannot be read as what it seems to be; the message is half a sentence."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class Server:
    """One place that requests go to; an empty `address` is one that is found out at run time."""

    name: str
    address: str
    port: str = ""
    is_backup: bool = False
    is_down: bool = False
    line: int = 1


@dataclass(slots=True)
class Health:
    """A check that the balancer or the orchestrator makes itself; no `path` means that only a port is tried."""

    path: str = ""
    interval_s: float | None = None
    fall: int | None = None
    rise: int | None = None
    line: int = 1


@dataclass(slots=True)
class Pool:
    """Servers that share the work. `retries` is none, connect (a failed connection goes elsewhere) or full.

    Of a pool that `is_elsewhere` the file says nothing but that there is one.
    """

    name: str
    line: int
    servers: list[Server] = field(default_factory=list)
    is_dynamic: bool = False
    is_elsewhere: bool = False
    replicas: int | None = None
    health: Health | None = None
    is_passive: bool = False
    retries: str = ""
    retry_post: bool = False
    sticky: str = ""
    slow_start_s: float | None = None
    drain_s: float | None = None
    timeouts: dict[str, str] = field(default_factory=dict)

    @property
    def active(self) -> list[Server]:
        """Servers that take traffic on a good day, each address once."""
        used = [one for one in self.servers if not one.is_backup and not one.is_down]
        return list({(one.address, one.port) if one.address else one.name: one for one in used}.values())

    @property
    def count(self) -> int:
        """How many instances the file itself shows."""
        return max(len(self.active), self.replicas or 0)


@dataclass(slots=True)
class Setup:
    """One file. `open_doors` are statistics and administration that anybody may reach."""

    tool: str
    pools: list[Pool] = field(default_factory=list)
    readiness: Health | None = None
    liveness: Health | None = None
    grace_s: float | None = None
    pre_stop_s: float | None = None
    strategy: dict[str, str] = field(default_factory=dict)
    open_doors: list[tuple[str, int]] = field(default_factory=list)
    includes: list[tuple[str, int]] = field(default_factory=list)
    has_workload: bool = False

    def facts(self) -> dict[str, Any]:
        """Plain values for the report; long lists are cut."""
        return {
            "tool": self.tool,
            "pools": [_pool(one) for one in self.pools[:MOST_POOLS]],
            "probes": {
                "readiness": asdict(self.readiness) if self.readiness else None,
                "liveness": asdict(self.liveness) if self.liveness else None,
            },
            "termination": {"grace_s": self.grace_s, "pre_stop_s": self.pre_stop_s},
            "strategy": dict(list(self.strategy.items())[:10]),
            "has_workload": self.has_workload,
            "includes": [name[:LONGEST] for name, _ in self.includes[:20]],
            "instances": max((one.count for one in self.pools), default=0),
        }


def _pool(pool: Pool) -> dict[str, Any]:
    return asdict(pool) | {
        "servers": [asdict(one) for one in pool.servers[:MOST_SERVERS]],
        "count": pool.count,
    }


def short(value: object) -> str:
    """A text of the file, cut to what is kept."""
    return value[:LONGEST] if isinstance(value, str) else ""


def seconds(value: object, unit: str = "s") -> float | None:
    """`10s`, `500ms`, `1m30s` or a bare number of `unit`; None for anything else."""
    text = value.strip()[:40] if isinstance(value, str) else ""
    total, at = 0.0, 0
    while match := _DURATION.match(text, at):
        total += float(match[1]) * _SECONDS[match[2] or unit]
        at = match.end()
    return round(total, 6) if text and at == len(text) else None


def whole(value: object) -> int | None:
    """A count as typed; None for templates and words."""
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def apart(address: str) -> tuple[str, str]:
    """Host and port of `host:port`, `[::1]:80`, `http://host:80/path`; a socket has no port."""
    text = address[:LONGEST]
    if text.startswith("unix"):
        return text, ""
    text = text.partition("://")[2] or text
    text = text.partition("/")[0]
    host, colon, port = text.rpartition(":")
    return (host, port) if colon and not host.endswith(":") and "]" not in port else (text, "")
