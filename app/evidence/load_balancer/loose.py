"""Keys as people write them: `loadBalancer`, `load_balancer` and `loadbalancer` are one key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MOST = 200_000


def child(value: Any, *names: str) -> Any:
    """What lies below these keys, written in small letters without underscores; None where one is missing."""
    for name in names:
        if not isinstance(value, Mapping):
            return None
        key = next((key for key in value if plain(key) == name), None)
        value = None if key is None else value[key]
    return value


def plain(key: object) -> str:
    return str(key).lower().replace("_", "").replace("-", "")


def items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else []


def text(value: Any) -> str:
    """A scalar as text; YAML's are already."""
    return str(value)[:200] if isinstance(value, str | int | float) else ""


def line(value: Any) -> int:
    """Where a mapping begins; TOML does not say."""
    return int(getattr(value, "line", 1))


def everywhere(top: Any, name: str) -> Iterator[Any]:
    """Every value of a key of this name, however deep."""
    waiting, seen = [top], 0
    while waiting and seen < MOST:
        one, seen = waiting.pop(), seen + 1
        if isinstance(one, Mapping):
            yield from (value for key, value in one.items() if plain(key) == name)
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
