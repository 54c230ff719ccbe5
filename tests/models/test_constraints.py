"""Rows that must never exist: each named constraint is attacked with a row that breaks it and nothing else."""

import pytest
from sqlalchemy import text

from app.db import new_id
from tests.models.conftest import CHECK, FOREIGN, GUARD, NOT_NULL, UNIQUE


@pytest.fixture
def learner(make):
    return make.person()


@pytest.fixture
def reviewer(make):
    return make.person("Rosa", roles=("reviewer",))


REVIEW = (
    "INSERT INTO review (id, version_id, rubric_version_id, reviewer_id, state, claimed_at, lease_until) "
    "VALUES (:id, :version, :rubric, :reviewer, 'claimed', now(), now())"
)


def claim_of(version, reviewer, rubric=None):
    return {
        "id": new_id(),
        "version": version.id,
        "rubric": rubric or version.rubric_version_id,
        "reviewer": reviewer.id,
    }


def test_a_review_names_one_version_and_the_rubric_it_was_sent_under(attack, make, learner, reviewer):
    version = make.version(learner, state="submitted")
    other = make.rubric("launch-plan")

    assert attack("app", REVIEW, **claim_of(version, reviewer, rubric=other.id)) == FOREIGN
    assert attack("app", REVIEW.replace(":rubric", "NULL"), **claim_of(version, reviewer)) == NOT_NULL
    assert attack("app", REVIEW, **claim_of(version, reviewer)) is None


REWORD = (
    "INSERT INTO rubric_rewording (rubric_version_id, words_id, structure_hash, reworded_at) "
    "VALUES (:one, :other, :hash, now())"
)


def test_words_stand_for_those_of_a_version_that_decides_alike(attack, make):
    one, other = make.rubric(), make.rubric("launch-plan")

    for digest in (one.structure_hash, other.structure_hash):
        assert attack("app", REWORD, one=one.id, other=other.id, hash=digest) == FOREIGN
    assert attack("app", REWORD, one=one.id, other=one.id, hash=one.structure_hash) == CHECK


DRAFT = (
    "INSERT INTO rubric_draft (id, course_slug, capstone_slug, base_id, content, created_at, saved_by, saved_at) "
    "VALUES (gen_random_uuid(), :course, :slug, :base, :content, now(), :person, now())"
)


def test_a_capstone_has_one_draft_of_its_own_rubric(attack, make, reviewer):
    rubric = make.rubric()
    row = {
        "course": rubric.course_slug,
        "slug": rubric.capstone_slug,
        "base": rubric.id,
        "content": "{}",
        "person": reviewer.id,
    }

    assert attack("app", DRAFT, **row | {"slug": "launch-plan"}) == FOREIGN
    assert attack("app", DRAFT, **row | {"content": "[]"}) == CHECK
    assert attack("app", DRAFT, **row) is None
    assert attack("app", DRAFT, **row) == UNIQUE


def test_a_version_is_rated_under_a_rubric_of_its_own_capstone(attack, make, learner):
    version, other = make.version(learner), make.rubric("launch-plan")

    assert (
        attack("app", "UPDATE submission_version SET rubric_version_id = :other", other=other.id) == FOREIGN
    )
    assert attack("app", "UPDATE submission_version SET capstone_slug = 'launch-plan'") == FOREIGN
    assert version.capstone_slug == "three-bottlenecks"


def test_one_review_is_live_at_a_time(attack, make, learner, reviewer):
    version = make.version(learner, state="in_review")
    first = make.review(version, reviewer)
    second = make.person("Sami", roles=("reviewer",))

    assert attack("app", REVIEW, **claim_of(version, second)) == UNIQUE
    returned = "UPDATE review SET state = 'returned', lease_until = NULL, returned_at = now() WHERE id = :id"
    assert attack("app", returned, id=first.id) is None
    assert attack("app", REVIEW, **claim_of(version, second)) is None


def test_two_decisions_are_never_in_force(attack, make, learner, reviewer):
    version = make.version(learner, state="passed")
    make.review(version, reviewer, state="released")

    assert attack("app", REVIEW, **claim_of(version, make.person("Sami", roles=("reviewer",)))) == UNIQUE


def test_one_blind_reading_stands_beside_the_review_and_is_whole(attack, make, learner, reviewer):
    version = make.version(learner, state="passed")
    make.review(version, reviewer, state="released")
    blind = make.review(version, make.person("Sami", roles=("reviewer",)), state="reading")
    again = (
        "INSERT INTO review (id, version_id, rubric_version_id, reviewer_id, state, is_blind, lease_until, claimed_at) "
        "SELECT gen_random_uuid(), version_id, rubric_version_id, reviewer_id, 'reading', true, now(), now() "
        "FROM review WHERE id = :id"
    )
    read = "UPDATE review SET state = 'read', lease_until = NULL, decided_at = now(){} WHERE id = :id"

    assert attack("app", again, id=blind.id) == UNIQUE
    assert attack("app", read.format(""), id=blind.id) == GUARD
    assert attack("app", read.format(", verdict = 'pass'"), id=blind.id) == GUARD


@pytest.mark.parametrize("role", ["app", "owner"])
def test_nobody_reviews_their_own_work(attack, make, role):
    both = make.person(roles=("learner", "reviewer"))
    version = make.version(both, state="submitted")

    assert attack(role, REVIEW, **claim_of(version, both)) == GUARD


@pytest.mark.parametrize("role", ["app", "owner"])
def test_a_review_is_decided_only_when_every_criterion_is_rated(attack, told, make, learner, reviewer, role):
    version = make.version(learner, state="in_review")
    review = make.review(version, reviewer)
    score = (
        "INSERT INTO score (review_id, criterion_key, rubric_version_id, level_key, label, points) "
        "SELECT :review, c.key, c.rubric_version_id, l.key, l.label, l.points FROM rubric_criterion c "
        "JOIN LATERAL (SELECT * FROM rubric_level l WHERE (l.rubric_version_id, l.criterion_key) = "
        "(c.rubric_version_id, c.key) LIMIT 1) l ON true WHERE c.rubric_version_id = :rubric"
    )
    values = {"review": review.id, "rubric": review.rubric_version_id}
    decide = (
        "UPDATE review SET state = 'decided', lease_until = NULL, verdict = 'pass', decided_at = now(), "
        "release_at = now()"
    )

    assert attack(role, decide) == GUARD
    assert (
        attack(role, score + " AND c.position > (SELECT min(position) FROM rubric_criterion)", **values)
        is None
    )
    assert attack(role, decide) == GUARD
    assert told("SELECT state FROM review") == "claimed"
    assert attack(role, score + " ON CONFLICT DO NOTHING", **values) is None
    assert attack(role, decide) is None


def test_a_score_belongs_to_the_rubric_and_names_a_level_of_its_criterion(
    attack, make, learner, reviewer, course
):
    review = make.review(make.version(learner, state="in_review"), reviewer)
    first, second = course.capstone("three-bottlenecks").rubric.criteria[:2]
    score = (
        "INSERT INTO score (review_id, criterion_key, rubric_version_id, level_key, label, points) "
        "VALUES (:review, :criterion, :rubric, :level, 'x', :points)"
    )
    good = {
        "review": review.id,
        "criterion": first.key,
        "rubric": review.rubric_version_id,
        "level": first.levels[0].key,
        "points": 0,
    }
    foreign = make.rubric("launch-plan").id

    assert attack("app", score, **good | {"criterion": "kindness"}) == FOREIGN
    assert attack("app", score, **good | {"level": "no-such-level"}) == FOREIGN
    assert attack("app", score, **good | {"rubric": foreign}) == FOREIGN
    assert attack("app", score, **good | {"points": None}) == CHECK
    assert attack("app", score, **good) is None
    assert attack("app", score, **good) == UNIQUE
    assert second.key != first.key


def test_one_application_is_open_at_a_time(attack, make):
    person = make.person(roles=())
    make.application(person, state="received")
    again = (
        "INSERT INTO application (id, person_id, course_slug, state, created_at) "
        "VALUES (:id, :who, 'c', 'draft', now())"
    )

    assert attack("app", again, id=new_id(), who=person.id) == UNIQUE
    assert attack("app", "UPDATE application SET state = 'withdrawn', withdrawn_at = now()") is None
    assert attack("app", again, id=new_id(), who=person.id) is None


def test_nobody_decides_their_own_request(attack, make):
    make.application(make.person(roles=("admin",)), state="received")

    decide = "UPDATE application SET state = 'granted', decided_at = now(), decided_by = person_id"

    assert attack("app", decide) == CHECK


APPLICATION = {
    "granted by nobody": "state = 'granted', decided_at = now()",
    "declined at no time": "state = 'declined', decided_by = :by",
    "decided while it waits": "decided_at = now(), decided_by = :by",
    "received without a date": "due_at = NULL",
    "a draft that was received": "state = 'draft'",
    "withdrawn at no time": "state = 'withdrawn'",
    "an unknown state": "state = 'lost'",
}


@pytest.mark.parametrize("change", APPLICATION.values(), ids=APPLICATION)
def test_an_application_is_what_its_state_says(attack, make, change):
    make.application(make.person(roles=()), state="received")
    admin = make.person("Ada", roles=("admin",))

    assert attack("owner", f"UPDATE application SET {change}", by=admin.id) == CHECK


VERSION = {
    "submitted without a receipt": "state = 'submitted', submitted_at = now(), attested = true",
    "submitted at no time": "state = 'submitted'",
    "closed while a draft": "closed_at = now()",
    "passed and still open": "state = 'passed'",
    "numbered zero": "number = 0",
    "an unknown state": "state = 'lost'",
    "sent without saying that the numbers are one's own": "state = 'submitted', submitted_at = now(), "
    "queued_at = now(), receipt_code = 'R', manifest_sha256 = repeat('a', 64)",
}


@pytest.mark.parametrize("change", VERSION.values(), ids=VERSION)
def test_a_version_is_what_its_state_says(attack, make, learner, change):
    make.version(learner)

    assert attack("owner", f"UPDATE submission_version SET {change}") == CHECK


def test_a_submission_has_one_draft_and_one_version_in_flight(attack, make, learner):
    version = make.version(learner, state="submitted")
    another = (
        "INSERT INTO submission_version (id, submission_id, course_slug, capstone_slug, number, state, "
        "rubric_version_id, created_at, submitted_at, queued_at, receipt_code, manifest_sha256, attested) SELECT :id, "
        "submission_id, course_slug, capstone_slug, :number, {state}, rubric_version_id, now(), {sent} "
        "FROM submission_version WHERE number = 1"
    )
    draft = another.format(state="'draft'", sent="NULL, NULL, NULL, NULL, false")
    flying = another.format(state="'submitted'", sent="now(), now(), 'R' || :number, repeat('a', 64), true")

    assert attack("app", flying, id=new_id(), number=2) == UNIQUE
    assert attack("app", draft, id=new_id(), number=2) is None
    assert attack("app", draft, id=new_id(), number=3) == UNIQUE
    assert attack("app", draft, id=new_id(), number=1) == UNIQUE
    assert version.number == 1


FILE = {
    "a hash that is none": "sha256 = 'abc'",
    "a negative size": "size = -1",
    "no name": "name = ''",
    "a name as long as a page": "name = repeat('n', 256)",
    "stored before it was uploaded": "uploaded_at = NULL",
    "in no place": "stored_at = NULL, staging_key = NULL",
}


@pytest.mark.parametrize("change", FILE.values(), ids=FILE)
def test_a_file_is_somewhere_and_has_a_hash(attack, make, learner, change):
    make.version(learner, files=1)

    assert attack("owner", f"UPDATE evidence_file SET {change}") == CHECK


RUN = (
    "INSERT INTO check_run (id, file_id, checker, checker_version, state, lease_until, due_at, created_at, "
    "finished_at, error) SELECT gen_random_uuid(), id, 'evidence', '1', {} FROM evidence_file"
)
RUNS = {
    "running without a lease": "'running', NULL, now(), now(), NULL, NULL",
    "queued with a lease": "'queued', now(), now(), now(), NULL, NULL",
    "done at no time": "'done', NULL, now(), now(), NULL, NULL",
    "an error that says nothing": "'error', NULL, now(), now(), now(), NULL",
}


@pytest.mark.parametrize("values", RUNS.values(), ids=RUNS)
def test_a_check_is_what_its_state_says(attack, make, learner, values):
    make.version(learner, files=1)

    assert attack("owner", RUN.format(values)) == CHECK


def test_one_file_is_read_once_by_one_version_of_a_checker(attack, make, learner):
    make.version(learner, files=1)
    result = (
        "INSERT INTO check_result (id, file_id, checker, checker_version, file_sha256, kind, confidence, facts, "
        "sandbox, took_ms, created_at) SELECT gen_random_uuid(), id, 'evidence', '1', sha256, 'plan', 1, '{}', "
        "'none', 1, now() FROM evidence_file"
    )
    queued = RUN.format("'queued', NULL, now(), now(), NULL, NULL")

    assert [attack("app", statement) for statement in (queued, queued)] == [None, UNIQUE]
    assert [attack("app", statement) for statement in (result, result)] == [None, UNIQUE]
    assert attack("app", result.replace("'evidence', '1', sha256", "'evidence', '2', NULL")) == NOT_NULL


CERTIFICATE = (
    "INSERT INTO certificate (id, code, person_id, course_slug, course_version, name, document, issued_at) "
    "VALUES (gen_random_uuid(), :code, :who, 'c', '1', 'Mira', '{}', now())"
)


def test_one_certificate_is_in_force(attack, learner):
    assert attack("app", CERTIFICATE, code="7Q4K-2M9P", who=learner.id) is None
    assert attack("app", CERTIFICATE, code="7Q4K-2M9R", who=learner.id) == UNIQUE
    assert attack("app", "UPDATE certificate SET revoked_at = now(), revoke_reason = 'name'") is None
    assert attack("app", CERTIFICATE, code="7Q4K-2M9R", who=learner.id) is None
    assert attack("app", CERTIFICATE, code="7Q4K-2M9P", who=learner.id) == UNIQUE


@pytest.mark.parametrize("code", ["7q4k-2m9p", "7Q4K2M9P", "7Q4O-2M9P", "7Q4K-2M9", ""])
def test_a_certificates_code_can_be_read_over_the_phone(attack, learner, code):
    assert attack("app", CERTIFICATE, code=code, who=learner.id) == CHECK


def test_a_certificate_is_revoked_with_a_reason(attack, learner):
    assert attack("app", CERTIFICATE, code="7Q4K-2M9P", who=learner.id) is None

    assert attack("app", "UPDATE certificate SET revoked_at = now()") == CHECK
    assert attack("app", "UPDATE certificate SET revoke_reason = 'x'") == CHECK
    assert attack("app", "UPDATE certificate SET replaced_by_id = id") == CHECK


REVIEWS = {
    "claimed without a lease": "lease_until = NULL",
    "decided without a verdict": "state = 'decided', lease_until = NULL, decided_at = now()",
    "a verdict at no time": "verdict = 'pass'",
    "returned at no time": "state = 'returned', lease_until = NULL",
    "undone without a reason": "state = 'undone', lease_until = NULL, undone_at = now()",
    "a blind reading that is a claim": "is_blind = true",
    "a blind reading that is not marked": "state = 'reading'",
    "offered before it is released": "blind_until = now()",
}


@pytest.mark.parametrize("change", REVIEWS.values(), ids=REVIEWS)
def test_a_review_is_what_its_state_says(attack, make, learner, reviewer, change):
    make.review(make.version(learner, state="in_review"), reviewer)

    assert attack("owner", f"UPDATE review SET {change}") in {CHECK, GUARD}


def test_a_role_and_a_place_are_held_once(attack, make, learner):
    admin = make.person("Ada", roles=("admin",))
    appoint = "INSERT INTO appointment (id, person_id, role, appointed_at) VALUES (gen_random_uuid(), :who, {}, now())"
    enrol = (
        "INSERT INTO enrolment (id, person_id, course_slug, enrolled_at) SELECT gen_random_uuid(), person_id, "
        "course_slug, now() FROM enrolment"
    )

    assert attack("app", appoint.format("'admin'"), who=admin.id) == UNIQUE
    assert attack("app", appoint.format("'learner'"), who=admin.id) == CHECK
    assert attack("app", appoint.format("'emperor'"), who=admin.id) == CHECK
    assert attack("app", enrol) == UNIQUE
    assert attack("app", "UPDATE appointment SET ended_at = appointed_at - interval '1 day'") == CHECK


def test_an_identity_belongs_to_one_person(attack, make, learner):
    other = make.person("Noor")
    know = (
        "INSERT INTO identity (id, person_id, issuer, subject, created_at, last_used_at) "
        "VALUES (gen_random_uuid(), :who, 'https://id.example', '42', now(), now())"
    )

    assert attack("app", know, who=learner.id) is None
    assert attack("app", know, who=other.id) == UNIQUE


def test_a_session_is_stored_as_a_hash_only(attack, learner):
    begin = (
        "INSERT INTO sign_in (id, person_id, token_hash, provider, browser, created_at, last_seen_at, expires_at) "
        "VALUES (gen_random_uuid(), :who, :token, 'demo', '', now(), now(), now() + {})"
    )

    assert attack("app", begin.format("interval '1 h'"), who=learner.id, token=b"the token itself") == CHECK
    assert attack("app", begin.format("interval '0'"), who=learner.id, token=b"x" * 32) == CHECK
    assert attack("app", begin.format("interval '1 h'"), who=learner.id, token=b"x" * 32) is None


def test_one_event_is_one_mail_and_a_pause_has_a_message(attack, learner):
    mail = (
        "INSERT INTO outgoing_mail (id, dedupe_key, person_id, template, context, state, due_at, created_at) "
        "VALUES (gen_random_uuid(), 'granted', :who, 't', '{}', :state, now(), now())"
    )

    assert attack("app", mail, who=learner.id, state="queued") is None
    assert attack("app", mail, who=learner.id, state="queued") == UNIQUE
    assert attack("app", mail.replace("'granted'", "'x'"), who=learner.id, state="sent") == CHECK
    assert attack("app", mail.replace("'granted'", "'x'"), who=learner.id, state="sending") == CHECK
    assert attack("app", "INSERT INTO switch_state VALUES ('uploads', true, '', now(), NULL)") == CHECK
    assert attack("app", "INSERT INTO switch_state VALUES ('telepathy', false, '', now(), NULL)") == CHECK


def test_every_time_is_stored_with_its_zone(engine):
    naive = text(
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND data_type IN ('timestamp without time zone', 'date', 'time without time zone')"
    )

    with engine.connect() as connection:
        assert connection.scalars(naive).all() == []


def test_every_reference_and_unique_rule_has_a_name_of_ours(engine):
    unnamed = text(
        "SELECT conrelid::regclass || ': ' || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace "
        "AND contype IN ('c', 'f', 'u', 'p') AND conname !~ '^(ck|fk|uq|pk)_' "
        "AND conrelid::regclass::text <> 'alembic_version'"
    )

    with engine.connect() as connection:
        assert connection.scalars(unnamed).all() == []
