"""What a registry means beside the export of the flag service, which shows that its switches exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding
from app.evidence.kill_switches import rules
from app.evidence.kill_switches.words import SERVICES
from app.evidence.patterns import lazy

_ELSEWHERE = lazy(
    r"\b(?:kubectl|systemctl|docker|psql|mysql|redis-cli|nginx|haproxy|socat|terraform|aws|gcloud|az|ssh)\s",
    re.IGNORECASE,
)
_WORD = lazy(r"[\w.-]{1,120}")


def together(files: Sequence[FileFacts], _claims: Sequence[Claim]) -> Iterator[Finding]:
    """Switches of a registry that no export knows, and an export without a registry."""
    found = [file for file in files if file.kind == "kill_switches" and file.facts]
    exports = [file for file in found if file.facts.get("is_export", file.facts["format"] in SERVICES)]
    registries = [file for file in found if file not in exports]
    if exports and not registries:
        yield rules.EXPORT_ALONE.at(export=exports[0].name)
    known = {_key(entry["name"]) for file in exports for entry in file.facts["entries"]}
    for file in registries if exports else ():
        names = [entry["name"] for entry in file.facts["entries"] if not _is_known(entry, known)]
        if names:
            listed = ", ".join(name.strip("` ")[:60] for name in names[:5])
            export = ", ".join(one.name for one in exports[:3])
            yield rules.NOT_EXPORTED.at(count=len(names), file=file.name, export=export, names=listed)


def _is_known(entry: dict[str, str], known: Collection[str]) -> bool:
    """Its name is a flag's, or it says which flag is flipped, or that something else than a flag is."""
    said = {_key(word) for word in _WORD.findall(f"{entry['name']} {entry['how']}")}
    is_flag = _key(entry["name"]) in known or not said.isdisjoint(known)
    return is_flag or _ELSEWHERE.search(entry["how"].strip("` ")) is not None


def _key(name: str) -> str:
    return name.strip("`. ").lower()
