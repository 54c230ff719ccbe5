"""The same bytes are read once by one checker; anything that differs is read anew."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.evidence.findings import Audience, Finding, Report, Severity, Where
from app.models import CheckRun
from app.services import checks, readings

DATA = b"Seq Scan on orders"
SHA256 = hashlib.sha256(DATA).hexdigest()
REPORT = Report(
    "postgres_plan",
    0.9,
    {"plans": []},
    (
        Finding("E13", Severity.WARN, "Rows thrown away.", "Why.", "Fix.", Where(line=3), {"rows": 9}),
        Finding("E11", Severity.NOTE, "Most time here.", "Why.", "Fix.", audience=Audience.REVIEWER),
    ),
)


@pytest.fixture
def read_once(sessions, make, course, now):
    """A file that has been read, and another of the same bytes whose check is still owed: the run's id."""
    first = make.file(make.version(make.person()), data=DATA, name="plan.txt")
    second = make.file(make.version(make.person("Somebody else")), data=DATA, name="other.txt")
    with sessions.begin() as db:
        checks.promise_check(db, first.id, now=now)
    with sessions.begin() as db:
        claimed = checks.claim_check(db, lease=timedelta(seconds=15), now=now)
        checks.finish(
            db,
            claimed.run_id,
            claimed.fence,
            REPORT,
            sandbox="bubblewrap",
            took_ms=41,
            course=course,
            now=now,
        )
        checks.promise_check(db, second.id, now=now)
    with sessions.begin() as db:
        return checks.claim_check(db, lease=timedelta(seconds=15), now=now).run_id


def test_the_same_bytes_give_the_same_report(sessions, read_once):
    with sessions() as db:
        reading = readings.known(db, read_once, name="again.txt", sha256=SHA256)

    assert reading == readings.Reading(REPORT, "bubblewrap", 41)


@pytest.mark.parametrize(
    ("name", "sha256"), [("again.txt", "0" * 64), ("again.csv", SHA256), ("again", SHA256)]
)
def test_other_bytes_or_another_ending_are_read_anew(sessions, read_once, name, sha256):
    with sessions() as db:
        assert readings.known(db, read_once, name=name, sha256=sha256) is None


def test_another_checker_reads_anew(sessions, read_once):
    with sessions.begin() as db:
        db.execute(update(CheckRun).where(CheckRun.id == read_once).values(checker_version="another"))

    with sessions() as db:
        assert readings.known(db, read_once, name="again.txt", sha256=SHA256) is None
