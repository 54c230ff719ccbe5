"""Whether the version that came back is one that the timelines beside the record know from before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding
from app.evidence.rollback_record import rules


def together(files: Sequence[FileFacts], _claims: Sequence[Claim]) -> Iterator[Finding]:
    """One finding a record that names its version, where a timeline names versions."""
    timelines = [file for file in files if file.kind == "deploy_timeline" and _versions(file)]
    for record in files:
        after = (record.facts or {}).get("after") if record.kind == "rollback_record" else None
        if after and timelines:
            yield _known(after["version"], timelines)


def _known(version: str, timelines: Sequence[FileFacts]) -> Finding:
    for file in timelines:
        for name, line in _versions(file).items():
            if _same(name, version):
                return rules.KNOWN_VERSION.at(version=version, file=file.name, line=line)
    count = sum(len(_versions(file)) for file in timelines)
    names = " and ".join(file.name for file in timelines)
    return rules.UNKNOWN_VERSION.at(version=version, file=names, count=count)


def _versions(file: FileFacts) -> dict[str, int]:
    deploys = (file.facts or {}).get("deploys", ())
    return {deploy["version"].lower(): deploy["line"] for deploy in deploys if deploy["version"]}


def _same(one: str, other: str) -> bool:
    """Equal, or one is the other's short form (seven characters or more)."""
    other = other.lower()
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 7 and (long.startswith(short) or long.endswith(short)))
