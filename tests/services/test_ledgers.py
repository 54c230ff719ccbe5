from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db import new_id
from app.models import CheckResult, Claim, Finding, Ledger
from app.services import ledgers

SLUG = "three-bottlenecks"


@pytest.fixture
def draft(make):
    return make.version(make.person())


@pytest.fixture
def claim(course):
    return course.capstone(SLUG).claims[0]


def claimed(sessions, draft, claim, value, now):
    with sessions.begin() as db:
        db.add(Claim(version_id=draft.id, key=claim.key, value=value, unit=claim.unit, typed_at=now))


def read(sessions, file, now, *severities, version="1"):
    with sessions.begin() as db:
        result = CheckResult(
            id=new_id(),
            file_id=file.id,
            checker="evidence",
            checker_version=version,
            file_sha256=file.sha256,
            kind="unknown",
            confidence=0,
            facts={},
            sandbox="none",
            took_ms=1,
            created_at=now,
        )
        db.add(result)
        db.flush()
        for position, severity in enumerate(severities):
            texts = {"code": "X1", "message": "m", "why": "w", "fix": "f", "place": {}, "numbers": {}}
            db.add(
                Finding(result_id=result.id, position=position, severity=severity, audience="both", **texts)
            )


def reckoned(sessions, draft, course, now):
    with sessions.begin() as db:
        ledgers.reckon(db, draft.id, course=course, now=now)
    with sessions() as db:
        (row,) = db.scalars(select(Ledger))
        return row


def test_a_claim_without_a_file_cannot_be_checked(sessions, draft, claim, course, now):
    claimed(sessions, draft, claim, 96.5, now)

    row = reckoned(sessions, draft, course, now)

    assert [(line["key"], line["claimed"], line["verdict"]) for line in row.rows] == [
        (claim.key, 96.5, "unchecked")
    ]
    assert (row.agreeing, row.contradicted, row.unchecked) == (0, 0, 1)


def test_reckoning_twice_keeps_one_ledger_with_the_newest_numbers(sessions, draft, claim, course, now):
    reckoned(sessions, draft, course, now)
    claimed(sessions, draft, claim, 1, now)

    row = reckoned(sessions, draft, course, now + timedelta(minutes=1))

    assert (len(row.rows), row.made_at) == (1, now + timedelta(minutes=1))


def test_findings_are_counted_from_the_newest_reading_of_each_file(sessions, make, draft, course, now):
    file, other = make.file(draft), make.file(draft, data=b"other")
    read(sessions, file, now, "block", "block", "warn")
    read(sessions, file, now + timedelta(minutes=1), "warn", "good", version="2")
    read(sessions, other, now, "block")

    row = reckoned(sessions, draft, course, now)

    assert (row.blocked, row.warned) == (1, 1)
    with sessions() as db:
        assert ledgers.blocked_files(db, draft.id) == {other.id}
