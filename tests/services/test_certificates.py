import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.domain import certificates as rules
from app.domain.errors import Conflict, Forbidden, Invalid
from app.domain.reviews import Verdict
from app.domain.switches import Switch
from app.models import AuditEntry, Certificate, MoveDone, OutgoingMail, Submission, SubmissionVersion
from app.services import certificates, reviews, switches
from app.services.certificate_grounds import rated_capstones

BASE = "http://localhost"


@pytest.fixture
def learner(make):
    return make.person("Mira Okafor")


def tick_all(sessions, person, course, now, *, but=0):
    moves = [(module.slug, move.key) for module in course.modules for move in module.moves if move.required]
    with sessions.begin() as db:
        db.add_all(
            MoveDone(
                person_id=person.id, course_slug=course.slug, module_slug=module, move_key=key, done_at=now
            )
            for module, key in moves[: len(moves) - but]
        )


def passed(make, person, reviewer, capstone):
    version = make.version(person, capstone=capstone.slug, state="passed", files=1)
    return make.review(version, reviewer, state="released")


def earn(sessions, make, person, reviewer, course, now, *, extra=0):
    """Everything the rule wants, as records; returns the reviews."""
    tick_all(sessions, person, course, now)
    return [
        passed(make, person, reviewer, capstone)
        for capstone in course.capstones[: course.required_capstones + extra]
    ]


def issue(sessions, person, course, now):
    with sessions.begin() as db:
        return certificates.issue_if_earned(db, person.id, course=course, base_url=BASE, now=now)


def load(sessions, certificate_id):
    with sessions() as db:
        return db.get(Certificate, certificate_id)


def count(sessions):
    with sessions() as db:
        return db.scalar(select(func.count()).select_from(Certificate))


def test_it_is_issued_when_the_rule_is_met_with_mail_and_record(sessions, make, learner, ada, course, now):
    given = earn(sessions, make, learner, ada, course, now)

    certificate_id = issue(sessions, learner, course, now)

    certificate = load(sessions, certificate_id)
    results = certificate.document["credentialSubject"]["result"]
    with sessions() as db:
        mail = db.scalars(select(OutgoingMail)).one()
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.issue")).one()
    assert certificate.name == "Mira Okafor"
    assert certificate.document["id"] == f"{BASE}/c/{certificate.code}"
    assert [result["review"] for result in results] == [str(review.id) for review in given]
    assert (mail.template, mail.person_id, mail.context["url"]) == (
        "certificate",
        learner.id,
        f"{BASE}/c/{certificate.code}",
    )
    assert (entry.subject_id, entry.detail["code"]) == (learner.id, certificate.code)


def test_the_document_can_be_made_again_from_the_records(sessions, make, learner, ada, course, now):
    """I15: recomputed from the rows it rests on, it is equal to the byte."""
    earn(sessions, make, learner, ada, course, now)
    certificate = load(sessions, issue(sessions, learner, course, now))

    with sessions() as db:
        again = rules.document(
            base_url=BASE,
            code=certificate.code,
            name=certificate.name,
            course_title=course.title,
            course_version=course.version,
            course_hash=course.content_hash,
            issued_at=certificate.issued_at,
            capstones=list(rated_capstones(db, learner.id, course)),
            modules=len(course.modules),
        )

    assert again == certificate.document


def test_the_name_is_the_one_chosen_for_certificates(sessions, make, ada, course, now):
    person = make.person("mira_o", certificate_name="Mira Adaeze Okafor")
    earn(sessions, make, person, ada, course, now)

    assert load(sessions, issue(sessions, person, course, now)).name == "Mira Adaeze Okafor"


def test_one_move_or_one_capstone_short_issues_nothing(sessions, make, learner, ada, course, now):
    other = make.person("Other")
    tick_all(sessions, learner, course, now, but=1)
    tick_all(sessions, other, course, now)
    for capstone in course.capstones[: course.required_capstones]:
        passed(make, learner, ada, capstone)
    for capstone in course.capstones[: course.required_capstones - 1]:
        passed(make, other, ada, capstone)

    assert issue(sessions, learner, course, now) is None
    assert issue(sessions, other, course, now) is None
    assert count(sessions) == 0


def test_asking_again_returns_the_one_in_force(sessions, make, learner, ada, course, now):
    earn(sessions, make, learner, ada, course, now)

    first = issue(sessions, learner, course, now)
    second = issue(sessions, learner, course, now + timedelta(days=1))

    assert second == first
    assert count(sessions) == 1


def test_many_at_once_issue_one(sessions, make, learner, ada, course, now):
    earn(sessions, make, learner, ada, course, now)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(issue(sessions, learner, course, now)))
        for _ in range(12)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert len(found) == 12
    assert count(sessions) == 1


def test_an_undo_racing_with_an_issue_leaves_no_certificate_on_an_undone_rating(
    sessions, make, ada, root, course, now
):
    """I16, ten times: whoever comes second sees what the first committed."""
    for number in range(10):
        person = make.person(f"Learner {number}")
        review = earn(sessions, make, person, ada, course, now)[-1]
        barrier = threading.Barrier(2)

        def take_back(review=review, barrier=barrier):
            barrier.wait()
            with sessions.begin() as db:
                reviews.undo(db, root, review.id, reason="Wrong file.", course=course, base_url=BASE, now=now)

        def give(person=person, barrier=barrier):
            barrier.wait()
            issue(sessions, person, course, now)

        threads = [threading.Thread(target=take_back), threading.Thread(target=give)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with sessions() as db:
        assert db.scalar(select(func.count()).where(Certificate.revoked_at.is_(None))) == 0


def test_a_pause_issues_nothing_and_its_end_issues_what_was_earned(
    sessions, make, learner, ada, root, course, now
):
    earn(sessions, make, learner, ada, course, now)
    make.person("Not finished")
    with sessions.begin() as db:
        switches.pause(db, root, Switch.CERTIFICATES, message="Key change.", now=now)

    during = issue(sessions, learner, course, now)
    with sessions.begin() as db:
        switches.resume(db, root, Switch.CERTIFICATES, now=now)
        afterwards = certificates.issue_waiting(db, course=course, base_url=BASE, now=now)

    assert (during, afterwards, count(sessions)) == (None, 1, 1)


def test_the_last_decision_issues_it_in_the_same_transaction(sessions, make, learner, ada, course, now):
    tick_all(sessions, learner, course, now)
    *before, last = course.capstones[: course.required_capstones]
    for capstone in before:
        passed(make, learner, ada, capstone)
    version = make.version(learner, capstone=last.slug, state="submitted", files=1)
    levels = {criterion.key: criterion.levels[-1].key for criterion in last.rubric.criteria}
    with sessions.begin() as db:
        review_id = reviews.claim(db, ada, version.id, lease_seconds=60, now=now)
        draft = reviews.Draft(levels)
        tag = reviews.save_draft(db, ada, review_id, draft, tag=0, lease_seconds=60, now=now)

    with sessions.begin() as db:
        reviews.decide(
            db,
            ada,
            review_id,
            tag=tag,
            verdict=Verdict.PASS,
            hold_seconds=0,
            course=course,
            base_url=BASE,
            now=now,
        )

    assert count(sessions) == 1


def test_undoing_a_rating_it_needs_ends_it_with_the_reason(sessions, make, learner, ada, root, course, now):
    review = earn(sessions, make, learner, ada, course, now)[0]
    certificate_id = issue(sessions, learner, course, now)

    with sessions.begin() as db:
        reviews.undo(db, root, review.id, reason="Wrong file.", course=course, base_url=BASE, now=now)

    ended = load(sessions, certificate_id)
    assert (ended.revoked_at, ended.revoke_reason) == (now, "A rating it rests on was undone: Wrong file.")
    assert (ended.replaced_by_id, count(sessions)) == (None, 1)


def test_undoing_a_rating_it_does_not_name_leaves_it_in_force(
    sessions, make, learner, ada, root, course, now
):
    earn(sessions, make, learner, ada, course, now)
    certificate_id = issue(sessions, learner, course, now)
    other = make.version(learner, capstone=course.capstones[-1].slug, state="needs_changes", files=1)
    turned_down = make.review(other, ada, state="released", verdict=Verdict.NEEDS_CHANGES)

    with sessions.begin() as db:
        reviews.undo(db, root, turned_down.id, reason="Wrong file.", course=course, base_url=BASE, now=now)

    assert load(sessions, certificate_id).revoked_at is None
    assert count(sessions) == 1


def test_who_still_meets_the_rule_after_an_undo_gets_a_new_one(
    sessions, make, learner, ada, root, course, now
):
    review = earn(sessions, make, learner, ada, course, now, extra=1)[0]
    old = issue(sessions, learner, course, now)

    with sessions.begin() as db:
        reviews.undo(db, root, review.id, reason="Wrong file.", course=course, base_url=BASE, now=now)

    new = load(sessions, load(sessions, old).replaced_by_id)
    named = [result["review"] for result in new.document["credentialSubject"]["result"]]
    assert new.revoked_at is None
    assert str(review.id) not in named


def test_a_rating_passed_again_issues_it_anew(sessions, make, learner, ada, root, course, now):
    review = earn(sessions, make, learner, ada, course, now)[0]
    old = issue(sessions, learner, course, now)
    with sessions.begin() as db:
        reviews.undo(db, root, review.id, reason="Wrong file.", course=course, base_url=BASE, now=now)
    with sessions.begin() as db:
        version = db.get(SubmissionVersion, review.version_id)
        slug = db.get(Submission, version.submission_id).capstone_slug
        rubric = course.capstone(slug).rubric
        again = reviews.claim(db, ada, version.id, lease_seconds=60, now=now)
        draft = reviews.Draft({criterion.key: criterion.levels[-1].key for criterion in rubric.criteria})
        tag = reviews.save_draft(db, ada, again, draft, tag=0, lease_seconds=60, now=now)
        reviews.decide(
            db,
            ada,
            again,
            tag=tag,
            verdict=Verdict.PASS,
            hold_seconds=0,
            course=course,
            base_url=BASE,
            now=now,
        )

    in_force = issue(sessions, learner, course, now)

    assert in_force not in (None, old)
    with pytest.raises(Conflict, match="newer certificate"), sessions.begin() as db:
        certificates.reissue(db, root, old, name="Another", base_url=BASE, now=now)
    assert count(sessions) == 2


def test_a_revocation_by_an_admin_is_final_and_said(sessions, make, learner, ada, root, course, now):
    earn(sessions, make, learner, ada, course, now)
    certificate_id = issue(sessions, learner, course, now)
    with sessions.begin() as db:
        certificates.revoke(db, root, certificate_id, reason=" Copied work. ", now=now)
        certificates.revoke(db, root, certificate_id, reason="Something else", now=now + timedelta(days=1))

    again = issue(sessions, learner, course, now)

    ended = load(sessions, certificate_id)
    assert (ended.revoked_at, ended.revoked_by, ended.revoke_reason) == (now, root.id, "Copied work.")
    assert (again, count(sessions)) == (None, 1)


def test_revoking_wants_an_admin_and_a_reason(sessions, make, learner, ada, root, course, now):
    earn(sessions, make, learner, ada, course, now)
    certificate_id = issue(sessions, learner, course, now)

    with pytest.raises(Forbidden), sessions.begin() as db:
        certificates.revoke(db, ada, certificate_id, reason="No.", now=now)
    with pytest.raises(Invalid), sessions.begin() as db:
        certificates.revoke(db, root, certificate_id, reason=" ", now=now)

    assert load(sessions, certificate_id).revoked_at is None


def test_a_new_name_replaces_it_and_changes_nothing_else(sessions, make, learner, ada, root, course, now):
    earn(sessions, make, learner, ada, course, now)
    old_id = issue(sessions, learner, course, now)

    with sessions.begin() as db:
        new_id = certificates.reissue(
            db, root, old_id, name="Mira Adaeze  Okafor", base_url=BASE, now=now + timedelta(days=3)
        )

    old, new = load(sessions, old_id), load(sessions, new_id)
    assert (old.replaced_by_id, old.name, new.name) == (new_id, "Mira Okafor", "Mira Adaeze Okafor")
    assert new.document["credentialStatus"] == old.document["credentialStatus"]
    assert new.code != old.code
    assert new.document["validFrom"] == old.document["validFrom"]
    assert new.document["credentialSubject"]["result"] == old.document["credentialSubject"]["result"]
    assert new.document["credentialSubject"]["name"] == "Mira Adaeze Okafor"


def test_a_replaced_one_is_not_replaced_again(sessions, make, learner, ada, root, course, now):
    earn(sessions, make, learner, ada, course, now)
    old_id = issue(sessions, learner, course, now)
    with sessions.begin() as db:
        certificates.reissue(db, root, old_id, name="Another", base_url=BASE, now=now)

    with pytest.raises(Conflict), sessions.begin() as db:
        certificates.reissue(db, root, old_id, name="A third", base_url=BASE, now=now)

    assert count(sessions) == 2
