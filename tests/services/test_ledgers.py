from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db import new_id
from app.evidence import registry
from app.models import CheckResult, CheckRun, Claim, Finding, Ledger
from app.services import checks, ledgers

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


def read(sessions, file, now, *severities, version=registry.VERSION, **values):
    with sessions.begin() as db:
        result = CheckResult(
            id=new_id(),
            file_id=file.id,
            checker="evidence",
            checker_version=version,
            file_sha256=file.sha256,
            confidence=0,
            **{"kind": "unknown", "facts": {}} | values,
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
    read(sessions, file, now, "block", "block", "warn", version="1")
    read(sessions, file, now + timedelta(minutes=1), "warn", "good")
    read(sessions, other, now, "block")

    row = reckoned(sessions, draft, course, now)

    assert (row.blocked, row.warned) == (1, 1)
    with sessions() as db:
        assert ledgers.blocked_files(db, draft.id) == {other.id}


def test_a_text_that_others_have_sent_is_told_to_reviewers_only(sessions, make, draft, course, now):
    mine, theirs, again = (
        make.file(draft),
        make.file(make.version(make.person())),
        make.file(draft, data=b"2"),
    )
    for file, fingerprint in ((mine, "ab" * 32), (theirs, "ab" * 32), (again, "cd" * 32)):
        read(sessions, file, now, fingerprint=fingerprint)

    found = reckoned(sessions, draft, course, now).comparison

    assert [(one["code"], one["audience"], one["numbers"]) for one in found] == [
        ("G6", "reviewer", {"file": "plan.txt", "others": 1})
    ]


def test_ones_own_file_in_another_version_is_no_copy(sessions, make, course, now):
    author = make.person()
    draft, other = make.version(author), make.version(author, capstone="on-call-package")
    for version in (draft, other):
        read(sessions, make.file(version), now, fingerprint="ab" * 32)

    assert reckoned(sessions, draft, course, now).comparison == []


def test_facts_of_an_older_checker_wait_for_the_next_reading(sessions, make, draft, claim, course, now):
    claimed(sessions, draft, claim, 96.5, now)
    file = make.file(draft, slot=claim.slot)
    read(sessions, file, now, version="1", kind="latency_table", facts={"p99": "of another shape"})

    row = reckoned(sessions, draft, course, now)

    assert [line["verdict"] for line in row.rows] == ["unchecked"]


def test_a_newer_checker_reads_drafts_again_and_nothing_that_was_sent(sessions, make, draft, now):
    old, new, chosen = (make.file(draft, data=data) for data in (b"old", b"new", b"chosen"))
    make.version(make.person(), state="submitted", files=1)
    with sessions.begin() as db:
        for file, version in ((old, "1"), (new, registry.VERSION), (chosen, f"{registry.VERSION}+1")):
            values = {"checker": "evidence", "checker_version": version, "created_at": now, "due_at": now}
            db.add(CheckRun(id=new_id(), file_id=file.id, state="queued", **values))

    with sessions.begin() as db:
        renewed = checks.promise_newer(db, now=now)
    with sessions.begin() as db:
        again = checks.promise_newer(db, now=now)

    assert (renewed, again) == (1, 0)
    with sessions() as db:
        runs = db.scalars(select(CheckRun.checker_version).where(CheckRun.file_id == old.id)).all()
    assert sorted(runs) == ["1", registry.VERSION]
