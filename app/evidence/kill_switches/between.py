"""What a registry means beside the export of the flag service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding
from app.evidence.kill_switches import rules
from app.evidence.kill_switches.words import SERVICES


def together(files: Sequence[FileFacts], _claims: Sequence[Claim]) -> Iterator[Finding]:
    """Switches of a table that no export knows; said only where an export was handed in."""
    registries = [file for file in files if file.kind == "kill_switches" and file.facts]
    exports = [file for file in registries if file.facts["format"] in SERVICES]
    known = {_key(entry) for file in exports for entry in file.facts["entries"]}
    for file in registries if exports else ():
        if file in exports:
            continue
        names = [entry["name"] for entry in file.facts["entries"] if _key(entry) not in known]
        if names:
            listed = ", ".join(name.strip("` ")[:60] for name in names[:5])
            export = ", ".join(one.name for one in exports[:3])
            yield rules.NOT_EXPORTED.at(count=len(names), file=file.name, export=export, names=listed)


def _key(entry: dict[str, str]) -> str:
    return entry["name"].strip("` ").lower()
