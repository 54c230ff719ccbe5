"""What a calendar of drills means beside the alerts of a package, and manifests beside a calendar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.claims import Claim, FileFacts
from app.evidence.drill_schedule import rules
from app.evidence.drill_schedule.words import GROUPS, NEEDED
from app.evidence.findings import Finding


def together(files: Sequence[FileFacts], _claims: Sequence[Claim]) -> Iterator[Finding]:
    """How many drills name an alert, where alerts are handed in too; what manifests without a calendar leave open."""
    yield from _manifests([file for file in files if file.kind == "drill_schedule" and file.facts])
    names = list(
        dict.fromkeys(
            alert["name"]
            for file in files
            for alert in (file.facts.get("alerts", ()) if file.kind == "alert_rules" else ())
        )
    )[:200]
    drills = [
        drill
        for file in files
        if file.kind == "drill_schedule" and file.facts and not _is_manifest(file)
        for drill in file.facts["drills"]
    ]
    if not names or not drills:
        return
    said = [_bare(" ".join(str(value) for value in drill.values())) for drill in drills]
    bare = [name for name in map(_bare, names) if name]
    mapped = sum(1 for text in said if any(name in text for name in bare))
    if mapped:
        yield rules.WITH_ALERT.at(count=mapped, total=len(drills))
    else:
        yield rules.WITHOUT_ALERT.at(alerts=", ".join(names[:5]))


def _bare(text: str) -> str:
    """`Payments errors` as `PaymentsErrors` has it."""
    return "".join(sign for sign in text.lower() if sign.isalnum())


def _manifests(files: Sequence[FileFacts]) -> Iterator[Finding]:
    if files and all(map(_is_manifest, files)):
        drills = [drill for file in files for drill in file.facts["drills"]]
        lacking = [said for field, said in NEEDED.items() if not all(drill[field] for drill in drills)]
        if lacking:
            yield rules.MANIFEST_ALONE.at(file=files[0].name, missing=", ".join(lacking), count=len(lacking))


def _is_manifest(file: FileFacts) -> bool:
    return file.facts["format"] in GROUPS.values()
