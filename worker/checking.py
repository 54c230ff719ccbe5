"""One check: claim it, keep the bytes under their hash, read them in the sandbox, keep what was found."""

import errno
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from app.adapters.storage import StorageDown, StorageMismatch, StorageMissing
from app.domain.placing import PACKAGE
from app.evidence.findings import Report
from app.metrics import CHECKS, FINDINGS
from app.services import checks, files, objects, packages, readings
from app.services.checks import ClaimedCheck
from app.services.packages import Unpacked
from app.services.readings import Reading
from worker import reports, unpacking
from worker.context import Context
from worker.leases import kept
from worker.sandbox import open_to_child
from worker.watching import Outcome

log = logging.getLogger(__name__)

STORAGE_PAUSE = timedelta(seconds=5)
ROOM_PAUSE = timedelta(seconds=30)
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
FULL = "The worker has no room left on its machine. The check goes on by itself once there is."
LEFT_ALONE = 4
"""A check is begun again this many times its attempts when workers die over it without a word."""
MISMATCH = (
    "What arrived is not the file that was announced: its size or its bytes differ. "
    "Remove it and upload it again."
)
MISSING = "The upload is no longer in the storage. Remove the file and upload it again."
CHANGED = "The stored bytes no longer match their hash. An admin has to look at the storage."
STOPPED = {
    "memory": "Reading it took more memory than a check may have.",
    "time": "Reading it took longer than a check may take.",
    "output": "The check printed more than a report may hold.",
    "disk": "Reading it took more disk than a check may have.",
}


GONE = "The worker ended again and again while it read this file, so it was left alone."
OURS = "The check broke on our side."


class Broken(Exception):
    """The check did not come to a report; the message is a sentence for people."""


class Hopeless(Broken):
    """Another attempt would end the same way."""


class Interrupted(Exception):
    """The worker has to stop before the check has ended."""


def check_next(context: Context) -> bool:
    """Do the check that has been due longest; whether there was one."""
    with context.sessions.begin() as db:
        claimed = checks.claim_check(db, lease=context.lease, now=context.clock())
    if claimed is None:
        return False
    ids = {"run_id": claimed.run_id, "file_id": claimed.file_id, "fence": claimed.fence}
    log.info("check.claimed", extra=ids | {"attempt": claimed.attempts})
    began = time.monotonic()
    try:
        with kept(context, claimed.run_id, claimed.fence):
            event = _check(context, claimed)
    except Exception as error:
        event = _note(context, claimed, error)
    CHECKS.labels(event.removeprefix("check.")).observe(time.monotonic() - began)
    if event == "check.done":
        FINDINGS.observe((context.clock() - claimed.promised_at).total_seconds())
    log.info(event, extra=ids)
    return True


def _check(context: Context, claimed: ClaimedCheck) -> str:
    """Everything that may break; no transaction is open while the file is moved and read."""
    if claimed.attempts > context.settings.limits.check_attempts * LEFT_ALONE:
        raise Hopeless(GONE)
    if claimed.staging_key is not None:
        _settle(context, claimed, claimed.staging_key)
    with context.sessions() as db:
        reading = readings.known(db, claimed.run_id, name=claimed.name, sha256=claimed.sha256)
    if reading is None:
        outcome = _read(context, claimed)
        reading = Reading(_report(outcome), context.sandbox.label, outcome.took_ms)
    reading = replace(reading, report=unpacking.without_refusal(reading.report))
    if unpacking.is_due(context, claimed, reading.report):
        parts = _unpack(context, claimed, reading.report)
        return "check.done" if unpacking.land(context, claimed, reading, parts) else "check.stale"
    with context.sessions.begin() as db:
        if claimed.slot == PACKAGE.key:
            packages.place_alone(db, claimed.file_id, reading.report.kind, course=context.course)
        is_kept = checks.finish(
            db,
            claimed.run_id,
            claimed.fence,
            reading.report,
            sandbox=reading.sandbox,
            took_ms=reading.took_ms,
            course=context.course,
            now=context.clock(),
        )
    return "check.done" if is_kept else "check.stale"


def _settle(context: Context, claimed: ClaimedCheck, staging_key: str) -> None:
    """Hash what arrived and keep it where only we can write."""
    try:
        context.storage.settle(staging_key, sha256_hex=claimed.sha256, size=claimed.size)
    except StorageMismatch as error:
        raise Hopeless(MISMATCH) from error
    except StorageMissing as error:
        raise Hopeless(MISSING) from error
    with context.sessions.begin() as db:
        if not files.mark_stored(db, claimed.file_id, now=context.clock()):
            objects.note(db, claimed.sha256, now=context.clock())


def _read(context: Context, claimed: ClaimedCheck) -> Outcome:
    """Run the learner's own command on a copy of the file."""
    with _copied(context, claimed) as path:
        as_kind = ["--kind", claimed.kind] if claimed.kind else []
        today = context.clock().date().isoformat()
        return context.reader.run(
            ["check", "--json", "--closed", "--today", today, *as_kind],
            path,
            asked_to_stop=context.stopping.is_urgent,
        )


def _unpack(context: Context, claimed: ClaimedCheck, report: Report) -> Sequence[Unpacked]:
    """The parts of an archive, in staging."""
    with _copied(context, claimed) as path:
        try:
            outcome, parts = unpacking.unpack(context, report, path)
        except unpacking.NotUnpacked as error:
            raise Broken(OURS) from error
    _require_ended(outcome)
    return parts


@contextmanager
def _copied(context: Context, claimed: ClaimedCheck) -> Iterator[Path]:
    """The file as a child may read it, with the bytes that were stored."""
    with TemporaryDirectory(prefix="touchstone-evidence-") as folder:
        path = Path(folder, _file_name(claimed.name))
        try:
            found = context.storage.download_to(f"evidence/{claimed.sha256}", path, limit=claimed.size)
        except (StorageMismatch, StorageMissing) as error:
            raise Hopeless(CHANGED) from error
        if found.sha256_hex != claimed.sha256:
            raise Hopeless(CHANGED)
        open_to_child(path)
        yield path


def _require_ended(outcome: Outcome) -> None:
    """Interrupted or Broken when the child was stopped."""
    if outcome.stopped == "asked":
        raise Interrupted
    if outcome.stopped is not None:
        raise Broken(STOPPED[outcome.stopped])


def _report(outcome: Outcome) -> Report:
    """The child's report, or the sentence that says how it ended without one."""
    _require_ended(outcome)
    if outcome.status not in (0, 1):  # 1: the report has a finding that blocks
        log.warning("check.crashed", extra={"status": outcome.status, "said": _last_word(outcome.complaint)})
        raise Broken(OURS)
    try:
        return reports.parse(outcome.output)
    except reports.NoReport as error:
        log.warning("check.no_report", extra={"status": outcome.status, "reason": str(error)})
        raise Broken(OURS) from error


def _note(context: Context, claimed: ClaimedCheck, error: Exception) -> str:
    """Write down how an attempt ended without a result; the event to log."""
    ours, now = (claimed.run_id, claimed.fence), context.clock()
    attempts_max = context.settings.limits.check_attempts
    with context.sessions.begin() as db:
        match error:
            case Interrupted():
                checks.give_back(db, *ours, now=now)
                return "check.given_back"
            case StorageDown():
                checks.postpone(db, *ours, str(error), pause=STORAGE_PAUSE, now=now)
                return "check.postponed"
            case OSError() if error.errno in NO_ROOM:
                log.error("check.no_room", extra={"reason": error.strerror})
                checks.postpone(db, *ours, FULL, pause=ROOM_PAUSE, now=now)
                return "check.postponed"
            case Hopeless():
                checks.give_up(db, *ours, str(error), now=now)
                return "check.given_up"
            case Broken():
                checks.fail(db, *ours, str(error), attempts_max=attempts_max, now=now)
            case _:
                log.error("check.broke", exc_info=error)
                checks.fail(db, *ours, OURS, attempts_max=attempts_max, now=now)
    return "check.failed"


def _file_name(name: str) -> str:
    """A name any shell and any file system takes; the ending stays, because it is a hint about the kind."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "_" for sign in name)
    return f"evidence-{plain[-80:]}"


def _last_word(complaint: str) -> str:
    """The kind of error a crashed check ended with, without its message, which may quote the file."""
    lines = complaint.strip().splitlines()
    return lines[-1].partition(":")[0][:80] if lines else ""
