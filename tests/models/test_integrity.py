"""What `flask doctor` counts: each invariant is broken behind the triggers' back, and found by its name."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.db import new_id
from app.models import CheckRun
from app.queries.integrity import violations
from tests.clock import NOON


@pytest.fixture
def found(sessions):
    def found(now=NOON):
        with sessions() as db:
            return [(violation.invariant, violation.rows) for violation in violations(db, now=now)]

    return found


@pytest.fixture
def released(make):
    """A passed version with its review: everything in order."""
    version = make.version(make.person(), state="passed", files=2)
    return make.review(version, make.person("Rosa", roles=("reviewer",)), state="released")


def broken(superuser, statement):
    with superuser.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        changed = connection.execute(text(statement)).rowcount
        connection.execute(text("SET session_replication_role = DEFAULT"))
    assert changed >= 1


def test_a_portal_in_order_has_no_violation(found, released, make):
    make.application(make.person("Noor", roles=()), state="received")

    assert found() == []


BREAKS = {
    "a file of a sent version was exchanged": (
        "UPDATE evidence_file SET sha256 = repeat('0', 64) WHERE name = 'file-0.txt'", [("I1", 1)],
    ),
    "a file of a sent version is gone": ("DELETE FROM evidence_file WHERE name = 'file-1.txt'", [("I1", 1)]),
    "a score is gone": (
        "DELETE FROM score WHERE criterion_key = (SELECT min(criterion_key) FROM score)", [("I6", 1)],
    ),
    "a review of one's own work": (
        "UPDATE review SET reviewer_id = (SELECT person_id FROM submission)", [("I10", 1)],
    ),
    "a sent version with an unverified upload": (
        "UPDATE evidence_file SET stored_at = NULL, staging_key = name WHERE name = 'file-0.txt'", [("I28", 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "expected"), BREAKS.values(), ids=BREAKS)
def test_a_violation_is_found_by_its_name(found, superuser, released, statement, expected):
    broken(superuser, statement)

    assert found() == expected


def test_a_result_about_other_bytes_is_found(found, superuser, attack, released):
    add = (
        "INSERT INTO check_result (id, file_id, checker, checker_version, file_sha256, kind, confidence, facts, "
        "sandbox, took_ms, created_at) SELECT gen_random_uuid(), id, 'evidence', '1', {}, 'plan', 1, '{{}}', 'none', "
        "1, now() FROM evidence_file"
    )
    assert attack("app", add.format("sha256")) is None
    assert found() == []

    broken(superuser, "UPDATE check_result SET file_sha256 = repeat('0', 64)")

    assert found() == [("I11", 2)]


def test_a_certificate_resting_on_an_undone_review_is_found(found, superuser, attack, released):
    add = """
        INSERT INTO certificate (id, code, person_id, course_slug, course_version, name, document, issued_at)
        SELECT gen_random_uuid(), '7Q4K-2M9P', s.person_id, s.course_slug, '1', 'Mira',
          jsonb_build_object('credentialSubject', jsonb_build_object('result', jsonb_build_array(jsonb_build_object(
            'review', review.id, 'version', v.id, 'manifestSha256', v.manifest_sha256,
            'rubricSha256', u.content_hash)))), now()
        FROM review JOIN submission_version v ON v.id = review.version_id
          JOIN submission s ON s.id = v.submission_id JOIN rubric_version u ON u.id = review.rubric_version_id"""
    assert attack("app", add) is None
    assert found() == []

    broken(
        superuser,
        "UPDATE review SET state = 'undone', undone_at = now(), undone_by = reviewer_id, undo_reason = 'x'",
    )

    assert found() == [("I16", 1)]


def test_a_request_past_its_date_is_found_when_its_date_has_passed(found, make):
    application = make.application(make.person("Noor", roles=()), state="received")

    assert found(now=application.due_at) == []
    assert found(now=application.due_at + timedelta(seconds=1)) == [("I27", 1)]


def test_a_broken_trail_is_found(found, superuser, released):
    broken(superuser, "UPDATE audit_entry SET detail = '{\"forged\": true}' WHERE id = 1")

    assert found() == [("I23", 1)]


def test_a_claim_of_somebody_who_may_not_review_any_more_is_found(found, superuser, make):
    ruth = make.person("Ruth", roles=("reviewer",))
    make.review(make.version(make.person(), state="in_review"), ruth)
    assert found() == []

    broken(superuser, "UPDATE appointment SET ended_at = now(), ended_by = person_id")

    assert found() == [("I7", 1)]


def test_a_review_of_a_version_that_was_not_the_newest_is_found(found, superuser, released, make):
    broken(
        superuser,
        "INSERT INTO submission_version SELECT (jsonb_populate_record(v, jsonb_build_object('id', gen_random_uuid(), "
        "'number', 2, 'state', 'withdrawn', 'submitted_at', r.decided_at - interval '1 hour', "
        "'receipt_code', 'R-2', 'manifest_sha256', encode(sha256(''), 'hex')))).* "
        "FROM submission_version v JOIN review r ON r.version_id = v.id",
    )

    assert found() == [("I9", 1)]


@pytest.mark.parametrize("values", [{}, {"state": "running", "lease_until": NOON}], ids=["queued", "running"])
def test_a_check_that_nobody_does_is_found(found, sessions, make, values):
    file = make.file(make.version(make.person()))
    with sessions.begin() as db:
        db.add(
            CheckRun(
                **{"state": "queued"} | values,
                file_id=file.id,
                checker="evidence",
                checker_version="1",
                due_at=NOON,
                created_at=NOON,
                id=new_id(),
            )
        )

    assert found(now=NOON + timedelta(minutes=14)) == []
    assert found(now=NOON + timedelta(minutes=16)) == [("I27, checks", 1)]


def test_an_upload_that_nobody_cleared_away_is_found(found, make):
    make.file(make.version(make.person()), stored=False, uploaded_at=None)

    assert found(now=NOON + timedelta(hours=47)) == []
    assert found(now=NOON + timedelta(hours=49)) == [("I3", 1)]
