"""An archive is unpacked in the sandbox; its parts are put into staging like uploads and land in their slots.

What the child leaves behind is as hostile as the archive: only plain files of bounded size are taken, by number, from
a folder that is no link, and each is hashed here.
"""

import contextlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from app.adapters.storage import StorageDown
from app.db import new_id
from app.evidence import archive
from app.evidence.archive.rules import NO_ROOM
from app.evidence.archive.unpacking import MOST_OF_ONE, MOST_PARTS
from app.evidence.findings import Report
from app.services import packages
from app.services.checks import ClaimedCheck
from app.services.packages import Unpacked
from app.services.readings import Reading
from worker.context import Context
from worker.watching import Outcome

FOLDER = "parts"
MEDIA_TYPE = "application/octet-stream"
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class NotUnpacked(Exception):
    """What the child left behind is not what its report announced."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A part as the report on the archive names it."""

    path: str
    kinds: tuple[str, ...]
    sha256: str


def is_due(context: Context, claimed: ClaimedCheck, report: Report) -> bool:
    """Whether this is a sound archive of a draft that has not been unpacked."""
    if report.kind != archive.NAME or report.is_blocked or claimed.kind not in (None, archive.NAME):
        return False
    with context.sessions() as db:
        return packages.is_to_be_unpacked(db, claimed.file_id)


def without_refusal(report: Report) -> Report:
    """What is said of these bytes anywhere: whether there was room for their parts belonged to another moment."""
    said = tuple(finding for finding in report.findings if finding.code != NO_ROOM.code)
    return replace(report, findings=said)


def unpack(context: Context, report: Report, path: Path) -> tuple[Outcome, list[Unpacked]]:
    """Unpack the file at `path` in the sandbox and put its parts into staging. Raises NotUnpacked, StorageDown."""
    announced = tuple(_announced(report.facts))
    staged: list[Unpacked] = []

    def collect(scratch: Path) -> None:
        staged.extend(_staged(context, announced, scratch))

    outcome = context.reader.run(["unpack"], path, asked_to_stop=context.stopping.is_urgent, collect=collect)
    if outcome.stopped is None and (outcome.status != 0 or not staged):
        raise NotUnpacked
    return outcome, staged


def land(context: Context, claimed: ClaimedCheck, reading: Reading, parts: Sequence[Unpacked]) -> bool:
    """Put the parts into their slots and keep the report; False, and nothing kept, when the fence is lost."""
    with context.sessions.begin() as db:
        landing = packages.land(
            db,
            claimed.run_id,
            claimed.fence,
            reading,
            parts,
            lease=context.lease,
            course=context.course,
            limits=context.settings.limits,
            now=context.clock(),
        )
    with contextlib.suppress(StorageDown):  # what stays is swept a day later
        for key in landing.unused:
            context.storage.delete(key)
    return landing.is_kept


def _announced(facts: Mapping[str, Any]) -> Iterator[Announced]:
    """The report has been through `reports.parse`, which knows its frame but not its facts."""
    parts = facts.get("parts")
    for part in parts[:MOST_PARTS] if isinstance(parts, list) else ():
        path, kind, also, sha256 = (part.get(key) for key in ("path", "kind", "also", "sha256"))
        if not (isinstance(path, str) and isinstance(sha256, str) and isinstance(also, list)):
            raise NotUnpacked
        yield Announced(path, tuple(each for each in (kind, *also) if isinstance(each, str)), sha256)


def _staged(context: Context, announced: Sequence[Announced], scratch: Path) -> Iterator[Unpacked]:
    """Put each part into staging; raises NotUnpacked when its bytes are not those announced."""
    with _folder(scratch) as folder:
        for number, part in enumerate(announced):
            key = f"staging/{new_id()}"
            with _opened(f"{number:04}", folder) as file:
                stored = context.storage.put_file(key, file, media_type=MEDIA_TYPE, limit=MOST_OF_ONE)
            if stored.sha256_hex != part.sha256:
                raise NotUnpacked
            yield Unpacked(part.path, part.kinds, stored.size, part.sha256, key)


@contextlib.contextmanager
def _folder(scratch: Path) -> Iterator[int]:
    """The child's folder of parts, opened step by step so that no step can be a link."""
    try:
        outer = os.open(scratch, _FOLDER_FLAGS)
    except OSError as error:
        raise NotUnpacked from error
    try:
        inner = os.open(FOLDER, _FOLDER_FLAGS, dir_fd=outer)
    except OSError as error:
        raise NotUnpacked from error
    finally:
        os.close(outer)
    try:
        yield inner
    finally:
        os.close(inner)


def _opened(name: str, folder: int) -> IO[bytes]:
    """A plain file of the child's own; a link or a pipe in its place could lead anywhere or never answer."""
    try:
        number = os.open(name, _FILE_FLAGS, dir_fd=folder)
    except OSError as error:
        raise NotUnpacked from error
    file = os.fdopen(number, "rb")
    found = os.fstat(number)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1 or found.st_size > MOST_OF_ONE:
        file.close()
        raise NotUnpacked
    return file
