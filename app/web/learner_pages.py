"""What the learner's pages show of rows: words, numbers with units, places with addresses."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import url_for

from app.course.values import Course
from app.domain.claims import shown
from app.domain.submissions import State
from app.domain.waiting import Wait, Waits
from app.evidence import registry
from app.queries.evidence import FileCard, FindingRow, Reading, SlotCard
from app.queries.progress import CapstoneRow, Home
from app.queries.work import ClaimRow, Work
from app.web.figures import Figure, file_figures
from app.web.kinds import kind_title
from app.words import _, _n, joined

PROSE = "markdown"
SEVERITIES = ("block", "warn", "note", "good")


@dataclass(frozen=True, slots=True)
class Step:
    """The one thing to do next: a sentence, and where."""

    sentence: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with the address of its line and a name of its own on the page."""

    id: str
    file_id: UUID | None
    severity: str
    code: str
    message: str
    why: str
    fix: str
    file: str
    where: Mapping[str, Any]
    where_url: str


def next_step(home: Home, course: Course) -> Step | None:
    """What helps most now: mend a draft, else the next module, else the next capstone; None when all is done."""
    drafts = [row for row in home.capstones if row.state is State.DRAFT]
    module = next((one for one in home.progress.modules if not one.complete), None)
    fresh = next(
        (row for row in home.capstones if row.state in (None, State.WITHDRAWN, State.NOT_PASSED)), None
    )
    if home.progress.complete:
        return None
    if drafts:
        return _draft_step(drafts[0])
    if module is not None:
        label = _("Go to module %(number)s", number=module.number)
        url = url_for("modules.show", slug=module.slug)
        return Step(module.left, label, url)
    if fresh is not None and len(home.progress.passed) < course.required_capstones:
        url = url_for("submissions.show", slug=fresh.slug)
        said = _("Capstone %(number)s, %(title)s, is next", number=fresh.number, title=fresh.title)
        return Step(said, _go(fresh), url)
    return None


def _draft_step(row: CapstoneRow) -> Step:
    named = {"number": row.number, "title": row.title}
    said = _("Capstone %(number)s, %(title)s, is a draft", **named)
    if row.blocked:
        said = _("Capstone %(number)s, %(title)s, has a file to fix", **named)
    elif row.contradicted:
        said = _("Capstone %(number)s, %(title)s, has a claim that its evidence contradicts", **named)
    elif row.round and row.round > 1:
        said = _("Capstone %(number)s, %(title)s, waits for version %(version)s", version=row.round, **named)
    return Step(said, _go(row), url_for("submissions.show", slug=row.slug))


def _go(row: CapstoneRow) -> str:
    return _("Go to capstone %(number)s", number=row.number)


def waiting_words(before: int | None, waits: Waits | None) -> str:
    """Place and usual wait as one sentence; what is not known is left out."""
    parts: list[str] = []
    if before is not None:
        parts.append(_("%(count)s before this one", count=before) if before else _("next in the queue"))
    if waits is not None:
        usual, long = _length(waits.p50), _length(waits.p90)
        parts.append(
            _("usually more than %(length)s", length=usual)
            if waits.p50.at_least
            else _("usually %(length)s", length=usual)
        )
        if (waits.p50.at_least, usual) != (waits.p90.at_least, long):
            parts.append(
                _("one in ten longer than %(length)s", length=long)
                if waits.p90.at_least
                else _("nine in ten within %(length)s", length=long)
            )
    return joined(parts, between=", ")


def shown_findings(files: Iterable[FileCard]) -> list[ShownFinding]:
    """The findings of these files, gravest first within the file order."""
    return [
        _shown_finding(number, file, text_url, finding)
        for file in files
        for text_url in [url_for("files.text", file_id=file.id)]
        for number, finding in enumerate(
            sorted(file.findings, key=lambda each: SEVERITIES.index(each.severity)), start=1
        )
    ]


def shown_figures(file: FileCard, slots: Sequence[SlotCard]) -> tuple[Figure, ...]:
    """What can be drawn of a file of these slots."""
    version = [each for slot in slots for each in slot.files]
    return file_figures(file, f"file-{file.id}", version, paired=False)


def kind_words(kind: str, wanted: Collection[str]) -> str:
    """What a file was read as, and what its slot asks for when that is something else."""
    titles = joined(map(kind_title, wanted), between=", ")
    if kind not in registry.KINDS_BY_NAME:
        asked = _("Not recognised. This slot asks for: %(wanted)s.", wanted=titles)
        return asked if wanted else _("Not recognised.")
    if not is_misplaced(kind, wanted):
        return _("Read as: %(kind)s.", kind=kind_title(kind))
    return _(
        "Read as: %(kind)s. This slot asks for something else: %(wanted)s.",
        kind=kind_title(kind),
        wanted=titles,
    )


def is_misplaced(kind: str, wanted: Collection[str]) -> bool:
    """Whether a file was recognised as something its slot does not ask for.

    Nothing is said where a wanted kind is not read yet, since the file may be one, or where prose is wanted, since a
    page of prose may look like a runbook or a plan.
    """
    can_tell = all(each in registry.KINDS_BY_NAME for each in wanted) and PROSE not in wanted
    return bool(wanted) and can_tell and kind in registry.KINDS_BY_NAME and kind not in wanted


def shown_comparison(work: Work) -> list[ShownFinding]:
    """What several files say together, as far as it is for the learner."""
    return [
        ShownFinding(
            "",
            None,
            found["severity"],
            found["code"],
            found["message"],
            found["why"],
            found["fix"],
            "",
            {},
            "",
        )
        for found in work.comparison
        if found.get("audience") == "both"
    ]


def claim_values(claims: Iterable[ClaimRow]) -> dict[str, str]:
    """The claims as they stand in their boxes."""
    return {claim.definition.key: shown(claim.value, claim.text) for claim in claims}


def tallied(slots: Iterable[SlotCard]) -> dict[str, int]:
    """How many findings there are to fix, to look at, and fine."""
    severities = [finding.severity for slot in slots for file in slot.files for finding in file.findings]
    return {
        "fix": severities.count("block"),
        "look": severities.count("warn"),
        "good": severities.count("good"),
    }


def sending_addresses(version_id: UUID) -> dict[str, str]:
    """Where the files of a draft go, whichever slot they are for."""
    return {way: url_for(f"files.{way}", version_id=version_id) for way in ("upload", "begin", "paste")}


def unfilled(slots: Iterable[SlotCard]) -> list[SlotCard]:
    """The required slots that hold nothing yet."""
    return [slot for slot in slots if slot.slot.required and slot.reading is Reading.MISSING]


def _shown_finding(number: int, file: FileCard, text_url: str, finding: FindingRow) -> ShownFinding:
    line = finding.place.get("line")
    url = ""
    if line:
        first = max(1, int(line) - 20)
        url = f"{text_url}?first={first}&line={line}#file-L{line}"
    return ShownFinding(
        f"finding-{file.id}-{number}",
        file.id,
        finding.severity,
        finding.code,
        finding.message,
        finding.why,
        finding.fix,
        file.name,
        finding.place,
        url,
    )


def _length(wait: Wait) -> str:
    """A wait in its largest sensible unit."""
    hours = wait.length / timedelta(hours=1)
    if hours < 1.5:
        return _("an hour")
    if hours < 36:
        return _n("%(count)s hour", "%(count)s hours", round(hours))
    return _n("%(count)s day", "%(count)s days", round(hours / 24))
