"""A person who asked to be erased is nowhere any more (I29): every table is searched for what was theirs."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Enum, ForeignKey, String, inspect, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from app.db import Base, new_id
from app.domain.errors import Conflict, Forbidden, NotFound
from app.domain.reviews import State as ReviewState
from app.domain.submissions import State
from app.models import (
    ApplicationMessage,
    Appointment,
    AuditEntry,
    Certificate,
    CheckResult,
    Claim,
    ConflictOfInterest,
    DraftedDecision,
    EvidenceFile,
    Finding,
    Handover,
    Identity,
    Ledger,
    OutgoingMail,
    Person,
    Review,
    ReviewComment,
    SecondReading,
    SkippedReview,
    SubmissionVersion,
    UnwantedObject,
)
from app.queries import integrity, personal
from app.services import certificates, erasure, outbox, sign_ins
from tests.services.test_certificates import earn

CANARY = "canary-7Q4K"
OF_OTHERS = {"reviews-given", "scores-given", "line-comments-given", "reviews-skipped", "audit-trail"}
"""What a reviewer gave to learners is the learners'; the trail holds no words, see tests/conventions/test_audit.py."""


@pytest.fixture
def reviewer(make):
    return make.person("Ada Reviewer", roles=("reviewer",))


@pytest.fixture
def mira(make):
    return make.person(f"Mira {CANARY}", email=f"{CANARY}@example.org", certificate_name=f"M. {CANARY}")


def erase(sessions, actor, person, now):
    with sessions.begin() as db:
        return erasure.erase(db, actor, person.id, now=now)


def everything(superuser):
    """Every row of every table as text."""
    with superuser.connect() as connection:
        return {
            name: "\n".join(connection.scalars(text(f"SELECT to_jsonb(t)::text FROM {name} t")))
            for name in Base.metadata.tables
        }


def keep(sessions, *rows):
    with sessions.begin() as db:
        for row in rows:
            db.add(row)
            db.flush()


def live_a_life(sessions, make, person, reviewer, root, course, now):
    """Rows of every part: an identity, requests, work in every state, findings, ratings, a certificate, mails."""
    keep(
        sessions,
        Identity(person_id=person.id, issuer="demo", subject=CANARY, created_at=now, last_used_at=now),
    )
    with sessions.begin() as db:
        sign_ins.begin(db, person.id, provider="demo", browser=CANARY, staff=False, now=now)
        outbox.promise_mail(db, person.id, "certificate", {"name": CANARY}, dedupe_key="one", now=now)
    asked = make.application(person, state="question", building=CANARY, link=CANARY)
    keep(
        sessions,
        ApplicationMessage(
            application_id=asked.id, author_id=root.id, action="ask", body=CANARY, sent_at=now
        ),
        DraftedDecision(
            application_id=asked.id, action="grant", body=CANARY, drafted_by=root.id, drafted_at=now
        ),
    )
    first, *_ = earn(sessions, make, person, reviewer, course, now)
    with sessions.begin() as db:
        certificates.issue_if_earned(db, person.id, course=course, base_url="http://localhost", now=now)
    waiting = make.version(person, capstone=course.capstones[-1].slug, files=1)
    file = make.file(waiting, name=f"{CANARY}.txt", data=b"an open file")
    result = CheckResult(
        file_id=file.id, checker="evidence", checker_version="1", file_sha256=file.sha256, kind="generic",
        confidence=1.0, facts={"said": CANARY}, sandbox="limits", took_ms=1, created_at=now, id=new_id(),
    )  # fmt: skip
    found = Finding(
        result_id=result.id, position=0, code="G1", severity="note", audience="reviewer", message=CANARY,
        why=CANARY, fix=CANARY, place={}, numbers={},
    )  # fmt: skip
    counts = {"agreeing": 0, "contradicted": 0, "unchecked": 0, "blocked": 0, "warned": 0}
    keep(
        sessions,
        result,
        found,
        Claim(version_id=waiting.id, key="p99", text=CANARY, unit="", typed_at=now),
        Ledger(version_id=waiting.id, rows=[CANARY], comparison=[], made_at=now, **counts),
        SkippedReview(reviewer_id=reviewer.id, version_id=first.version_id, reason=CANARY, skipped_at=now),
        ConflictOfInterest(
            reviewer_id=reviewer.id, submission_id=waiting.submission_id, reason=CANARY, declared_at=now
        ),
    )
    return waiting


def sow(superuser, person):
    """Write the canary into every text of every row that is this person's, where a constraint leaves room for it."""
    sown = 0
    with superuser.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for part in personal.PARTS:
            if part.name in OF_OTHERS:
                continue
            table = part.table.__table__
            keys = list(inspect(part.table).primary_key)
            rows = connection.execute(select(*keys).where(part.whose), {"person_id": person.id}).all()
            for column in table.columns:
                if not is_free(column):
                    continue
                value = {"said": CANARY} if isinstance(column.type, JSONB) else CANARY
                for index, row in enumerate(rows):
                    here = [key == found for key, found in zip(keys, row, strict=True)]
                    with_index = value if isinstance(value, dict) else f"{value}{index}"
                    try:
                        connection.execute(table.update().where(*here).values({column: with_index}))
                        sown += 1
                    except DBAPIError:
                        continue  # a code, a hash, a word of a list
    return sown


def is_free(column):
    is_text = isinstance(column.type, String | JSONB) and not isinstance(column.type, Enum)
    fixed = column.primary_key or column.foreign_keys or column.name in FIXED
    return is_text and not fixed


FIXED = {
    "course_slug", "capstone_slug", "module_slug", "course_version", "document", "action", "object_type", "label",
    "receipt_code", "manifest_sha256",
}  # fmt: skip
"""The course's words, codes of ours, and the certificate's document, in which the name alone is a person's."""


def test_no_table_holds_anything_of_an_erased_person(
    sessions, superuser, make, mira, reviewer, root, course, now
):
    live_a_life(sessions, make, mira, reviewer, root, course, now)
    sown = sow(superuser, mira)
    before = {name for name, rows in everything(superuser).items() if CANARY in rows}

    erase(sessions, root, mira, now)

    assert sown > 80
    assert before >= {
        "person",
        "application",
        "evidence_file",
        "finding",
        "review",
        "certificate",
        "identity",
    }
    assert {name for name, rows in everything(superuser).items() if CANARY in rows} == set()


def test_verdicts_levels_and_hashes_stay(sessions, make, mira, reviewer, root, course, now):
    live_a_life(sessions, make, mira, reviewer, root, course, now)
    with sessions() as db:
        rated = select(SubmissionVersion.manifest_sha256, Review.verdict).join(
            Review, Review.version_id == SubmissionVersion.id
        ).order_by(Review.id)  # fmt: skip
        before = db.execute(rated).all()

    erase(sessions, root, mira, now)

    with sessions() as db:
        assert db.execute(rated).all() == before
        assert integrity.violations(db, now=now) == []


def test_a_certificate_ends_without_its_name(sessions, make, mira, reviewer, root, course, now):
    live_a_life(sessions, make, mira, reviewer, root, course, now)

    erase(sessions, root, mira, now)

    with sessions() as db:
        row = db.scalars(select(Certificate)).one()
    assert (row.name, row.revoked_at, row.revoked_by) == ("Erased person", now, root.id)
    assert row.document["credentialSubject"]["name"] == "Erased person"
    assert "asked for their data to be erased" in row.revoke_reason
    with pytest.raises(Conflict, match="asked to be erased"), sessions.begin() as db:
        certificates.reissue(db, root, row.id, name="Somebody", base_url="http://localhost", now=now)


@pytest.mark.parametrize("state", ["draft", "submitted", "in_review"])
def test_work_in_progress_is_taken_out_of_the_queue(sessions, make, mira, reviewer, root, now, state):
    version = make.version(mira, state=state, files=1)
    review = make.review(version, reviewer) if state == "in_review" else None

    erase(sessions, root, mira, now)

    with sessions() as db:
        assert db.get(SubmissionVersion, version.id).state is State.WITHDRAWN
        assert review is None or db.get(Review, review.id).state is ReviewState.RETURNED
        assert integrity.violations(db, now=now) == []


@pytest.mark.parametrize("whose", ["learner", "reader"])
def test_a_blind_reading_ends_with_whose_work_it_is_about_and_with_who_holds_it(
    sessions, make, mira, reviewer, root, now, whose
):
    version, bo = make.version(mira, state="passed", files=1), make.person("Bo", roles=("reviewer",))
    first = make.review(version, reviewer, state="released", blind_until=now + timedelta(days=14))
    blind = make.review(version, bo, state="reading", summary="Half a thought.")

    erase(sessions, root, mira if whose == "learner" else bo, now)

    with sessions() as db:
        held = db.get(Review, blind.id)
        assert (held.state, held.summary) == (ReviewState.RETURNED, "")
        assert (db.get(Review, first.id).blind_until > now) is (whose == "reader")
        assert integrity.violations(db, now=now) == []


def test_an_erased_reviewer_leaves_what_learners_were_told(sessions, make, reviewer, root, now):
    lin, tom = make.person("Lin"), make.person("Tom")
    told = make.review(
        make.version(lin, state="passed", files=1), reviewer, state="released", summary="Well done.",
        private_note="Looks tired.",
    )  # fmt: skip
    open_version = make.version(tom, state="in_review", files=1)
    begun = make.review(open_version, reviewer, summary="Not sure yet.")

    erase(sessions, root, reviewer, now)

    with sessions() as db:
        assert (db.get(Review, told.id).summary, db.get(Review, told.id).private_note) == ("Well done.", "")
        assert (db.get(Review, begun.id).summary, db.get(Review, begun.id).state) == (
            "",
            ReviewState.RETURNED,
        )
        assert db.get(SubmissionVersion, open_version.id).state is State.SUBMITTED
        assert (
            db.scalars(select(Appointment.ended_at).where(Appointment.person_id == reviewer.id)).one() == now
        )
        assert integrity.violations(db, now=now) == []


@pytest.mark.parametrize("whose", ["learner", "giver"])
def test_the_note_of_a_handover_goes_with_whom_it_is_about_and_with_who_wrote_it(
    sessions, make, mira, reviewer, root, now, whose
):
    version = make.version(mira, state="in_review", files=1)
    given = make.review(version, reviewer, state="returned")
    taken = make.review(version, make.person("Bo Reviewer", roles=("reviewer",)))
    keep(sessions, Handover(review_id=taken.id, from_review_id=given.id, note=CANARY, handed_at=now))

    erase(sessions, root, mira if whose == "learner" else reviewer, now)

    with sessions() as db:
        assert db.scalars(select(Handover.note)).all() == []
        assert integrity.violations(db, now=now) == []


@pytest.mark.parametrize("whose", ["learner", "second reader"])
def test_the_words_of_a_second_reading_go_with_whom_they_are_about_and_with_who_wrote_them(
    sessions, make, mira, reviewer, root, now, whose
):
    bo = make.person("Bo Reviewer", roles=("reviewer",))
    review = make.review(make.version(mira, state="in_review", files=1), reviewer, state="decided")
    said = {"state": "disagreed", "levels": {}, "reason": CANARY, "asked_at": now, "read_at": now}
    keep(sessions, SecondReading(review_id=review.id, reader_id=bo.id, **said))

    erase(sessions, root, mira if whose == "learner" else bo, now)

    with sessions() as db:
        assert db.scalars(select(SecondReading.reason)).all() == ([] if whose == "learner" else [""])
        assert integrity.violations(db, now=now) == []


def test_erasing_twice_is_erasing_once(sessions, make, mira, root, now):
    make.version(mira, files=1)
    erase(sessions, root, mira, now)

    erase(sessions, root, mira, now + timedelta(days=1))

    with sessions() as db:
        assert db.get(Person, mira.id).erased_at == now
        told = select(AuditEntry.id).where(AuditEntry.action == "person.erase")
        assert len(db.scalars(told).all()) == 1


def test_two_at_once_erase_once(sessions, make, mira, root, now):
    make.version(mira, files=3)
    begun = threading.Barrier(4)

    def run():
        begun.wait()
        erase(sessions, root, mira, now)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with sessions() as db:
        told = select(AuditEntry.id).where(AuditEntry.action == "person.erase")
        assert len(db.scalars(told).all()) == 1


def test_bytes_that_somebody_else_handed_in_too_are_only_noted(sessions, make, mira, root, now):
    theirs = make.file(make.version(make.person("Lin")), data=b"shared")
    mine = make.file(make.version(mira), data=b"shared")
    alone = make.file(make.version(mira, capstone="safe-deploys"), data=b"mine alone")

    erase(sessions, root, mira, now)

    with sessions() as db:
        assert set(db.scalars(select(UnwantedObject.sha256))) == {mine.sha256, alone.sha256}
        assert db.scalars(select(EvidenceFile.id)).all() == [theirs.id]


def test_bytes_on_their_way_are_named_so_that_they_can_be_deleted(sessions, make, mira, root, now):
    draft = make.version(mira)
    make.file(draft, data=b"stored")
    coming = make.file(draft, name="later.txt", data=b"coming", stored=False)
    make.file(make.version(make.person("Lin")), data=b"theirs", stored=False)

    assert erase(sessions, root, mira, now) == [coming.staging_key]
    assert erase(sessions, root, mira, now) == []


def test_nobody_erases_themselves_and_only_admins_erase(sessions, make, mira, root, now):
    with pytest.raises(Forbidden, match="another admin"):
        erase(sessions, root, make_person(root), now)
    with pytest.raises(Forbidden, match="Only an admin"):
        erase(sessions, make.actor(mira), make_person(root), now)
    with sessions() as db:
        assert db.scalars(select(Person.erased_at).where(Person.erased_at.is_not(None))).all() == []


def test_somebody_unknown_is_not_found(sessions, root, now):
    with pytest.raises(NotFound):
        erase(sessions, root, Person(id=new_id()), now)


def test_the_locks_hold_again_afterwards(sessions, make, mira, reviewer, root, now):
    review = make.review(
        make.version(make.person("Lin"), state="passed", files=1), reviewer, state="released"
    )
    erase(sessions, root, mira, now)

    with pytest.raises(DBAPIError), sessions.begin() as db:
        db.execute(text("UPDATE review SET verdict = 'not_passed' WHERE id = :id"), {"id": review.id})


def make_person(actor):
    return Person(id=actor.id)


def test_the_foreign_keys_are_known_to_the_test():
    assert isinstance(next(iter(OutgoingMail.__table__.c.person_id.foreign_keys)), ForeignKey)
    assert not is_free(OutgoingMail.__table__.c.person_id)
    assert is_free(ReviewComment.__table__.c.body)
