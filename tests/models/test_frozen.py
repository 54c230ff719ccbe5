"""What was sent, published, said, found or decided never changes: attacked with raw SQL, as the app and as the owner.

The app's role is refused by its missing right (42501) or by the trigger (23001), the owner always by the trigger.
"""

from datetime import timedelta

import pytest

from app.db import new_id
from tests.clock import NOON
from tests.models.conftest import GUARD, RIGHTS

ROLES = ("app", "owner")
SEND = (
    "UPDATE submission_version SET state = 'submitted', submitted_at = now(), queued_at = now(), "
    "receipt_code = 'R', manifest_sha256 = repeat('a', 64), attested = true"
)
REFUSED = {"app": {GUARD, RIGHTS}, "owner": {GUARD}}


@pytest.fixture
def sent(make):
    """A version under review, with a file, a claim and everything that hangs on them."""
    return make.version(make.person(), state="in_review", files=1)


@pytest.fixture
def decided(make, sent):
    return make.review(sent, make.person("Rosa", roles=("reviewer",)), state="released")


VERSION = {
    "question": "'another question'",
    "reason": "'another reason'",
    "number": "9",
    "attested": "false",
    "submitted_at": "submitted_at - interval '1 day'",
    "receipt_code": "'FORGED'",
    "manifest_sha256": "repeat('0', 64)",
    "created_at": "created_at - interval '1 day'",
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("column", "value"), VERSION.items(), ids=VERSION)
def test_a_sent_version_keeps_every_word(attack, told, sent, role, column, value):
    before = told("SELECT md5(v::text) FROM submission_version v")

    assert attack(role, f"UPDATE submission_version SET {column} = {value}") in REFUSED[role]

    assert told("SELECT md5(v::text) FROM submission_version v") == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("statement", [
    "UPDATE evidence_file SET sha256 = repeat('0', 64)",
    "UPDATE evidence_file SET name = 'other.txt'",
    "UPDATE evidence_file SET size = size + 1",
    "UPDATE evidence_file SET slot = 'other'",
    "DELETE FROM evidence_file",
    "INSERT INTO evidence_file (id, version_id, slot, name, size, media_type, sha256, staging_key, created_at) "
    "SELECT gen_random_uuid(), id, 'x', 'late.txt', 1, 'text/plain', repeat('0', 64), 'staging/x', now() "
    "FROM submission_version",
    "INSERT INTO claim (version_id, key, value, unit, typed_at) SELECT id, 'p99', 1, 'ms', now() "
    "FROM submission_version",
], ids=["hash", "name", "size", "slot", "remove", "add", "claim"])  # fmt: skip
def test_a_sent_version_keeps_its_files_and_claims(attack, told, sent, role, statement):
    held = "SELECT md5(string_agg(f::text, '|' ORDER BY id)) FROM evidence_file f"
    before = told(held)

    assert attack(role, statement) == GUARD

    assert told(held) == before
    assert told("SELECT count(*) FROM claim") == 0


def test_a_claim_of_a_sent_version_is_neither_changed_nor_removed(attack, told, make):
    version = make.version(make.person(), state="draft")
    assert attack("app", "INSERT INTO claim VALUES (:id, 'p99', 210, 'ms', now())", id=version.id) is None
    assert attack("owner", SEND) is None

    for role in ROLES:
        assert attack(role, "UPDATE claim SET value = 21") == GUARD
        assert attack(role, "DELETE FROM claim") == GUARD

    assert told("SELECT value::int FROM claim") == 210


def test_a_draft_stays_open(attack, make):
    """The guards refuse what was sent, and nothing else."""
    version = make.version(make.person(), state="draft", files=1)

    assert attack("app", "UPDATE submission_version SET question = 'What is the knee?'") is None
    assert attack("app", "INSERT INTO claim VALUES (:id, 'p99', 210, 'ms', now())", id=version.id) is None
    assert attack("app", "UPDATE claim SET value = 21") is None
    assert attack("app", "DELETE FROM claim") is None
    assert attack("app", "DELETE FROM evidence_file") is None


def test_a_file_cannot_wander_from_a_draft_into_a_sent_version(attack, make, sent):
    draft = make.version(make.person("Noor"), state="draft", files=1)

    move = "UPDATE evidence_file SET version_id = :sent WHERE version_id = :draft"

    assert {attack(role, move, sent=sent.id, draft=draft.id) for role in ROLES} == {GUARD}


def test_a_version_is_not_sent_with_an_unverified_upload(attack, told, make):
    version = make.version(make.person(), state="draft")
    make.file(version, stored=False, uploaded_at=NOON)

    assert {attack(role, SEND) for role in ROLES} == {GUARD}
    assert told("SELECT state FROM submission_version") == "draft"
    assert attack("app", "UPDATE evidence_file SET stored_at = now(), staging_key = NULL") is None
    assert attack("app", SEND) is None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", [
    "submission_version", "rubric_version", "rubric_criterion", "rubric_level", "review", "certificate",
    "audit_entry", "application_message", "check_result", "finding",
])  # fmt: skip
def test_what_is_kept_is_not_emptied(attack, role, table):
    assert attack(role, f"TRUNCATE {table} CASCADE") in REFUSED[role]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("statement", [
    "UPDATE rubric_version SET threshold = 0",
    "UPDATE rubric_version SET content_hash = repeat('0', 64)",
    "UPDATE rubric_criterion SET title = 'easier'",
    "UPDATE rubric_criterion SET must_pass = false",
    "UPDATE rubric_level SET points = points + 1",
    "DELETE FROM rubric_level",
    "DELETE FROM rubric_criterion",
    "DELETE FROM rubric_version",
])  # fmt: skip
def test_a_published_rubric_never_changes(attack, told, make, role, statement):
    make.rubric()
    held = "SELECT md5(string_agg(l::text, '|' ORDER BY l::text)) FROM rubric_level l"
    before = told(held)

    assert attack(role, statement) in REFUSED[role]

    assert told(held) == before


def test_a_rubric_is_retired_once(attack, make):
    make.rubric()

    assert attack("app", "UPDATE rubric_version SET retired_at = now()") is None
    assert attack("app", "UPDATE rubric_version SET retired_at = NULL") == GUARD


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("statement", [
    "UPDATE review SET summary = 'Better than I said.'",
    "UPDATE review SET verdict = 'not_passed'",
    "UPDATE review SET private_note = 'forget this'",
    "UPDATE review SET decided_at = decided_at - interval '1 day'",
    "UPDATE review SET reviewer_id = (SELECT id FROM person WHERE name = 'Mira Okafor')",
    "DELETE FROM review",
    "UPDATE score SET points = 0",
    "DELETE FROM score",
    "INSERT INTO review_comment (id, review_id, file_id, file_sha256, line, body, created_at) SELECT "
    "gen_random_uuid(), review.id, f.id, f.sha256, 1, 'late', now() FROM review, evidence_file f",
])  # fmt: skip
def test_a_decided_review_never_changes(attack, told, decided, role, statement):
    held = "SELECT md5(string_agg(r::text, '|' ORDER BY r::text)) FROM (SELECT * FROM review, score) r"
    before = told(held)

    assert attack(role, statement) in REFUSED[role]

    assert told(held) == before
    assert told("SELECT count(*) FROM review_comment") == 0


def test_a_review_that_was_undone_is_over(attack, decided, make):
    admin = make.person("Ada", roles=("admin",))
    undo = (
        "UPDATE review SET state = 'undone', undone_at = now(), undone_by = :by, undo_reason = 'wrong file'"
    )
    assert attack("app", undo, by=admin.id) is None

    for role in ROLES:
        assert attack(role, "UPDATE review SET undo_reason = 'no reason'") == GUARD
        assert attack(role, "UPDATE review SET state = 'released', undone_at = NULL, undone_by = NULL, "
                      "undo_reason = ''") == GUARD  # fmt: skip


@pytest.fixture
def certificate(attack, make):
    person = make.person()
    add = (
        "INSERT INTO certificate (id, code, person_id, course_slug, course_version, name, document, issued_at) "
        "VALUES (:id, '7Q4K-2M9P', :person, 'c', '1', 'Mira', '{\"a\": 1}', now())"
    )
    assert attack("app", add, id=new_id(), person=person.id) is None
    return person


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("statement", [
    "UPDATE certificate SET name = 'Someone Else'",
    "UPDATE certificate SET document = '{}'",
    "UPDATE certificate SET issued_at = now() - interval '1 year'",
    "UPDATE certificate SET code = 'AAAA-AAAA'",
    "DELETE FROM certificate",
])  # fmt: skip
def test_a_certificate_stays_as_it_was_issued(attack, told, certificate, role, statement):
    assert attack(role, statement) in REFUSED[role]

    assert told("SELECT name || code FROM certificate") == "Mira7Q4K-2M9P"


def test_a_revocation_is_final(attack, told, certificate):
    assert attack("app", "UPDATE certificate SET revoked_at = now(), revoke_reason = 'copied work'") is None

    for role in ROLES:
        assert attack(role, "UPDATE certificate SET revoked_at = NULL, revoke_reason = ''") == GUARD
        assert attack(role, "UPDATE certificate SET revoke_reason = 'a mistake'") == GUARD

    assert told("SELECT revoke_reason FROM certificate") == "copied work"


def test_what_was_said_to_an_applicant_stays(attack, told, make):
    person, admin = make.person(roles=()), make.person("Ada", roles=("admin",))
    application = make.application(person, state="question")
    say = (
        "INSERT INTO application_message (id, application_id, author_id, action, body, sent_at) "
        "VALUES (:id, :to, :by, 'ask', 'When would you start?', now())"
    )
    assert attack("app", say, id=new_id(), to=application.id, by=admin.id) is None

    for role in ROLES:
        assert attack(role, "UPDATE application_message SET body = 'never mind'") in REFUSED[role]
        assert attack(role, "DELETE FROM application_message") in REFUSED[role]

    assert told("SELECT body FROM application_message") == "When would you start?"


RESULT = (
    "INSERT INTO check_result (id, file_id, checker, checker_version, file_sha256, kind, confidence, facts, sandbox, "
    "took_ms, created_at) SELECT :id, id, 'evidence', '1', sha256, 'plan', 1, '{}', 'none', 1, now() FROM evidence_file"
)


def test_what_a_check_found_stays_until_its_draft_file_goes(attack, told, make):
    make.version(make.person(), state="draft", files=1)
    assert attack("app", RESULT, id=new_id()) is None
    find = (
        "INSERT INTO finding SELECT id, 1, 'X1', 'warn', 'both', 'm', 'w', 'f', '{}', '{}' FROM check_result"
    )
    assert attack("app", find) is None

    for role in ROLES:
        for table in ("check_result", "finding"):
            assert attack(role, f"DELETE FROM {table}") in REFUSED[role]
        assert attack(role, "UPDATE finding SET severity = 'good'") in REFUSED[role]
        assert attack(role, "UPDATE check_result SET facts = '{\"p99\": 1}'") in REFUSED[role]
    assert attack("app", "DELETE FROM evidence_file") is None

    assert told("SELECT count(*) FROM finding") + told("SELECT count(*) FROM check_result") == 0


def test_the_moves_of_a_sent_version_are_still_possible(attack, make, sent):
    """Frozen is what was sent, not what happens to it."""
    closed = NOON + timedelta(hours=1)

    assert attack("app", "UPDATE submission_version SET state = 'passed', closed_at = :at", at=closed) is None
    assert attack("app", "UPDATE submission_version SET state = 'submitted', closed_at = NULL") is None
