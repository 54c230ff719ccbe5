"""A learner's work on a capstone: begun, sent, withdrawn, and begun again with everything carried over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course.values import Capstone, Course, Slot
from app.domain import waiting
from app.domain.actors import Actor
from app.domain.certificates import manifest, new_code
from app.domain.errors import Conflict, Invalid, Stale, require
from app.domain.placing import PACKAGE, UNPLACED
from app.domain.submissions import (
    IN_FLIGHT,
    Action,
    SlotFilling,
    State,
    after,
    problems_before_sending,
)
from app.domain.switches import Switch
from app.models import CheckRun, Claim, EvidenceFile, Submission, SubmissionVersion
from app.services import audit, ledgers, outbox, rubrics, switches, versions
from app.words import _, grouped

LONGEST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Words:
    """What the learner says to the reviewer: a question, and why something is sent as it is."""

    question: str
    reason: str
    attested: bool


def start(db: Session, actor: Actor, capstone_slug: str, *, course: Course, now: datetime) -> UUID:
    """The draft of this capstone, made if there is none; what was sent last is carried over into it."""
    require(actor.is_learner, _("Only people enrolled in the course can start a capstone."))
    versions.capstone_of(course, capstone_slug)
    submission = versions.lock_submission(db, actor.id, course.slug, capstone_slug, now=now)
    known = versions.versions_of(db, submission.id)
    if draft := _draft(known):
        return draft.id
    if any(version.state is State.PASSED for version in known):
        raise Conflict(_("This capstone has passed, so nothing more needs to be sent for it."))
    sent = next((version for version in known if version.submitted_at is not None), None)
    version_id = versions.add_version(db, submission, len(known) + 1, source=sent, now=now)
    audit.record(db, actor.id, "version.start", "version", version_id, subject_id=actor.id, now=now)
    return version_id


def open_next_version(db: Session, version_id: UUID, *, now: datetime) -> UUID:
    """A draft with the files and claims of `version_id`, to be checked anew; an open draft is returned as it is."""
    source = db.get_one(SubmissionVersion, version_id)
    submission = db.get_one(Submission, source.submission_id, with_for_update={"key_share": True})
    known = versions.versions_of(db, submission.id)
    if draft := _draft(known):
        return draft.id
    next_id = versions.add_version(db, submission, len(known) + 1, source=source, now=now)
    audit.record(db, None, "version.start", "version", next_id, subject_id=submission.person_id, now=now)
    return next_id


def save_words(db: Session, actor: Actor, version_id: UUID, words: Words, *, tag: int, now: datetime) -> int:
    """Keep a draft's words as typed so far; returns its new tag. Stale when another page saved meanwhile."""
    version = versions.lock_draft(db, actor, version_id)
    if (words.question, words.reason) == (version.question, version.reason):
        return version.tag
    if version.tag != tag:
        theirs = {"question": version.question, "reason": version.reason}
        raise Stale(_("This draft was saved from another page."), tag=version.tag, theirs=theirs)
    _write_words(version, words)
    version.tag += 1
    audit.record(db, actor.id, "version.save", "version", version_id, subject_id=actor.id, now=now)
    return version.tag


def submit(
    db: Session, actor: Actor, version_id: UUID, words: Words, *, course: Course, now: datetime
) -> str:
    """Hand the version in and return its receipt code. From now on it never changes; a second time, the same code."""
    version = versions.lock_own(db, actor, version_id)
    if version.receipt_code is not None and version.state is not State.WITHDRAWN:
        return version.receipt_code
    switches.require_running(db, Switch.UPLOADS)
    sent = after(version.state, Action.SUBMIT)
    earlier = [other for other in versions.versions_of(db, version.submission_id) if other.id != version.id]
    _require_room(earlier)
    _write_words(version, words)
    files = versions.files_of(db, version_id)
    _require_complete(db, version, files, course=course)
    version.rubric_version_id = rubrics.current(db, version.course_slug, version.capstone_slug)
    version.state, version.submitted_at = sent, now
    version.queued_at = waiting.queue_time(_earlier(earlier), now=now)
    version.receipt_code = f"R-{new_code()}"
    version.manifest_sha256 = manifest([(file.slot, file.name, file.size, file.sha256) for file in files])
    audit.record(
        db,
        actor.id,
        "version.submit",
        "version",
        version_id,
        subject_id=actor.id,
        manifest_sha256=version.manifest_sha256,
        now=now,
    )
    _promise_receipt(db, actor, version, files, course=course, now=now)
    return version.receipt_code


def withdraw(db: Session, actor: Actor, version_id: UUID, *, now: datetime) -> None:
    """Take a draft or unclaimed version back; it stays readable. A second time changes nothing."""
    version = versions.lock_own(db, actor, version_id)
    if version.state is State.WITHDRAWN:
        return
    version.state = after(version.state, Action.WITHDRAW)
    version.closed_at = now
    audit.record(db, actor.id, "version.withdraw", "version", version_id, subject_id=actor.id, now=now)


def _draft(known: Sequence[SubmissionVersion]) -> SubmissionVersion | None:
    return next((version for version in known if version.state is State.DRAFT), None)


def _require_room(earlier: Sequence[SubmissionVersion]) -> None:
    """One version at a time is rated, and none after one that passed: an undone rating may leave such a draft."""
    for version in earlier:
        if version.state is State.PASSED:
            raise Conflict(_("This capstone has passed, so nothing more needs to be sent for it."))
        if version.state in IN_FLIGHT:
            raise Conflict(
                _(
                    "Version %(number)s is still waiting for its rating, and one version at a time is rated. "
                    "Withdraw it if no reviewer has taken it yet, or send this one after its rating.",
                    number=version.number,
                )
            )


def _require_complete(
    db: Session, version: SubmissionVersion, files: Sequence[EvidenceFile], *, course: Course
) -> None:
    capstone = versions.capstone_of(course, version.capstone_slug)
    blocked = ledgers.blocked_files(db, version.id)
    checking = _unended(db, version.id)
    slots = [_filling(slot, files, blocked, checking) for slot in (*capstone.slots, PACKAGE)]
    problems = problems_before_sending(slots, attested=version.attested, reason=version.reason)
    if not version.reason and (missing := _missing_claims(db, version.id, capstone)):
        problems.setdefault(
            "reason",
            _("Not given: %(missing)s. Type it, or say why it is sent without.", missing=", ".join(missing)),
        )
    if problems:
        raise Invalid(problems)


def _missing_claims(db: Session, version_id: UUID, capstone: Capstone) -> list[str]:
    given = set(db.scalars(select(Claim.key).where(Claim.version_id == version_id)))
    return [claim.label for claim in capstone.claims if claim.required and claim.key not in given]


def _filling(
    slot: Slot,
    files: Sequence[EvidenceFile],
    blocked: frozenset[UUID],
    checking: frozenset[UUID],
) -> SlotFilling:
    waiting = [file for file in files if file.slot == UNPLACED] if slot is PACKAGE else []
    here = [file for file in files if file.slot == slot.key] + waiting
    return SlotFilling(
        key=slot.key,
        title=slot.title,
        required=slot.required,
        received=sum(file.stored_at is not None for file in here),
        unfinished=sum(file.stored_at is None for file in here),
        blocked=sum(file.id in blocked for file in here),
        checking=sum(file.id in checking for file in here),
        unplaced=len(waiting),
    )


def _unended(db: Session, version_id: UUID) -> frozenset[UUID]:
    return frozenset(
        db.scalars(
            select(CheckRun.file_id)
            .join(EvidenceFile, EvidenceFile.id == CheckRun.file_id)
            .where(EvidenceFile.version_id == version_id, CheckRun.finished_at.is_(None))
        )
    )


def _earlier(known: Sequence[SubmissionVersion]) -> list[waiting.Earlier]:
    return [
        waiting.Earlier(version.state is State.WITHDRAWN, version.queued_at, version.closed_at)
        for version in known
    ]


def _write_words(version: SubmissionVersion, words: Words) -> None:
    for name in ("question", "reason"):
        if len(getattr(words, name)) > LONGEST_WORDS:
            raise Invalid(
                {name: _("Use at most %(longest_words)s characters.", longest_words=grouped(LONGEST_WORDS))}
            )
    version.question, version.reason, version.attested = words.question, words.reason, words.attested


def _promise_receipt(
    db: Session,
    actor: Actor,
    version: SubmissionVersion,
    files: Sequence[EvidenceFile],
    *,
    course: Course,
    now: datetime,
) -> None:
    outbox.promise_mail(
        db,
        actor.id,
        "submission-received",
        {
            "capstone": course.capstone(version.capstone_slug).title,
            "number": version.number,
            "receipt_code": version.receipt_code,
            "manifest_sha256": version.manifest_sha256,
            "files": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files],
            "path": f"/versions/{version.id}/receipt",
        },
        dedupe_key=f"submission-received:{version.id}",
        now=now,
    )
