"""What a patch means beside the other files: the index in the plan, and what each capstone wants to see moved.

Which capstone it is shows in its claims: `instances` are claimed where state has to move out, `deploys` where
deploys have to go unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evidence.claims import Claim, Facts, FileFacts
from app.evidence.diff import rules
from app.evidence.findings import Finding, Rule, Where

_OF_ITSELF = re.compile(r"PRIMARY|GEN_CLUST_INDEX|<.*|\w+_pkey|sqlite_autoindex_.*", re.ASCII)
PARTS = ("sessions", "uploads", "locks", "caches")


def together(files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[Finding]:
    """Everything the patches of a version say together with its plans and claims."""
    patches = [file for file in files if file.kind == "diff" and file.facts]
    yield from _indexes(files, patches, claims)
    metrics = {claim.metric for claim in claims}
    if "instances" in metrics:
        yield from _state(patches)
    if "deploys" in metrics:
        yield from _drain(patches)


def _indexes(
    files: Sequence[FileFacts], patches: Sequence[FileFacts], claims: Sequence[Claim]
) -> Iterator[Finding]:
    """The indexes that only the plans after the change use, held against those the patches make."""
    used: dict[str, set[str]] = {"before": set(), "after": set()}
    for claim in claims:
        if claim.side in used and claim.metric == "plan_time":
            for file in files:
                if file.slot == claim.slot:
                    used[claim.side] |= _used(file.facts)
    made = {
        str(index["name"]).lower(): (patch, index)
        for patch in patches
        for index in patch.facts["indexes"]
        if index["name"]
    }
    unnamed = any(not index["name"] for patch in patches for index in patch.facts["indexes"])
    for name in sorted(used["after"] - used["before"] if _both(claims) else ()):
        if name.lower() in made:
            patch, index = made[name.lower()]
            yield rules.INDEX_MADE.at(
                Where(line=index["line"]), index=name, file=f"{patch.name}, {index['file']}"
            )
        elif not unnamed:
            yield rules.INDEX_MISSING.at(index=name)


def _both(claims: Sequence[Claim]) -> bool:
    return {"before", "after"} <= {claim.side for claim in claims if claim.metric == "plan_time"}


def _used(facts: Facts) -> set[str]:
    """Every index named in a plan that somebody has to create: neither a primary key nor one made for one query."""
    found: set[str] = set()
    waiting: list[Mapping[str, Any]] = [plan["root"] for plan in facts.get("plans", ()) if plan.get("root")]
    while waiting:
        node = waiting.pop()
        name = str(node.get("index") or "")
        found |= {name} if name and not _OF_ITSELF.fullmatch(name) else set()
        waiting += node.get("children", ())
    return found


def _state(patches: Sequence[FileFacts]) -> Iterator[Finding]:
    seen = set()
    for patch in patches:
        for move in patch.facts["moved_out"]:
            if move["what"] not in seen:
                seen.add(move["what"])
                yield _said(rules.MOVED, patch, move)
        for kept in patch.facts["still_local"]:
            yield _said(rules.STILL_LOCAL, patch, kept)
        seen |= {gone["what"] for gone in patch.facts["no_longer_local"]}
    if patches and not any(patch.facts["ready"] for patch in patches):
        yield rules.NO_READY.at()
    missing = [what for what in PARTS if what not in seen]
    if patches and missing:
        yield rules.NOT_SEEN.at(what=", ".join(missing))


def _drain(patches: Sequence[FileFacts]) -> Iterator[Finding]:
    steps = [(patch, step) for patch in patches for step in patch.facts["drain"]]
    for patch, step in steps[:1]:
        yield rules.DRAIN.at(
            Where(line=step["line"]), what=step["what"], file=f"{patch.name}, {step['file']}"
        )
    if patches and not steps:
        yield rules.NO_DRAIN.at()


def _said(rule: Rule, patch: FileFacts, place: Mapping[str, Any]) -> Finding:
    where, file = Where(line=place["line"]), f"{patch.name}, {place['file']}"
    return rule.at(where, what=place["what"], how=place["how"], file=file)
