"""The name of a node as TEXT prints it, for messages and pictures."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

TITLED = frozenset((
    "Aggregate", "Hash Join", "Merge Join", "Nested Loop", "SetOp", "ModifyTable", "Foreign Scan", "Custom Scan",
))  # fmt: skip
"""Kinds of node that TEXT names after more than their kind."""
_JOINS = ("Hash Join", "Merge Join", "Nested Loop")


def title(node: Facts, provider: str, command: str) -> str:
    """`Parallel Hash Left Join`, `Partial HashAggregate`."""
    kind = name = node["node"]
    if kind == "Aggregate":
        prefix = {"Sorted": "Group", "Hashed": "Hash", "Mixed": "Mixed"}.get(node["strategy"] or "", "")
        mode = node["partial_mode"]
        name = f"{mode} {prefix}Aggregate" if mode in ("Partial", "Finalize") else f"{prefix}Aggregate"
    elif kind in _JOINS and node["join_type"] not in (None, "Inner"):
        name = f"{kind.removesuffix(' Join')} {node['join_type']} Join"
    elif kind == "SetOp":
        name = f"{'Hash' if node['strategy'] == 'Hashed' else ''}SetOp {command}".strip()
    elif kind == "ModifyTable":
        name = node["operation"] or kind
    elif kind == "Foreign Scan" and node["operation"] not in (None, "Select"):
        name = f"Foreign {node['operation']}"
    elif provider:
        name = f"Custom Scan ({provider})"
    return f"{'Parallel ' if node['parallel_aware'] else ''}{name}{' Backward' if node['backward'] else ''}"
