import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.domain import submissions
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.domain.reviews import State, Verdict
from app.models import AuditEntry, EvidenceFile, OutgoingMail, Review, ReviewComment, Score, SubmissionVersion
from app.services import reviews

LEASE = 1800
BASE = "http://localhost"
CAPSTONE = "three-bottlenecks"


@pytest.fixture
def learner(make):
    return make.person("Mira Okafor")


@pytest.fixture
def version(make, learner):
    return make.version(learner, state="submitted", files=1)


@pytest.fixture
def review_id(sessions, ada, version, now):
    with sessions.begin() as db:
        return reviews.claim(db, ada, version.id, lease_seconds=LEASE, now=now)


@pytest.fixture
def rubric(course):
    return course.capstone(CAPSTONE).rubric


def best(rubric, **changed):
    """The highest level of every criterion, and what a test wants otherwise."""
    return {criterion.key: criterion.levels[-1].key for criterion in rubric.criteria} | changed


def save(sessions, actor, review_id, now, *, tag=0, **draft):
    with sessions.begin() as db:
        return reviews.save_draft(
            db, actor, review_id, reviews.Draft(**draft), tag=tag, lease_seconds=LEASE, now=now
        )


def decide(sessions, actor, review_id, course, now, *, verdict=Verdict.PASS, tag=1):
    with sessions.begin() as db:
        reviews.decide(
            db,
            actor,
            review_id,
            tag=tag,
            verdict=verdict,
            hold_seconds=0,
            course=course,
            base_url=BASE,
            now=now,
        )


def undo(sessions, actor, review_id, course, now, *, reason="Rated the wrong file."):
    with sessions.begin() as db:
        reviews.undo(db, actor, review_id, reason=reason, course=course, base_url=BASE, now=now)


def load(sessions, table, key):
    with sessions() as db:
        return db.get(table, key)


def mails(sessions):
    with sessions() as db:
        return db.scalars(select(OutgoingMail.template).order_by(OutgoingMail.id)).all()


def test_a_save_keeps_the_text_renews_the_lease_and_counts(sessions, ada, review_id, rubric, now):
    criterion = rubric.criteria[0]
    later = now + timedelta(minutes=20)

    tag = save(
        sessions,
        ada,
        review_id,
        later,
        levels={criterion.key: criterion.levels[1].key},
        comments={criterion.key: "Which index?"},
        summary="So far",
        private_note="Check the pair again",
    )

    review = load(sessions, Review, review_id)
    score = load(sessions, Score, (review_id, criterion.key))
    assert (tag, review.tag, review.summary, review.private_note) == (1, 1, "So far", "Check the pair again")
    assert review.lease_until == later + timedelta(seconds=LEASE)
    assert (score.level_key, score.label, score.points, score.comment) == (
        criterion.levels[1].key,
        criterion.levels[1].label,
        criterion.levels[1].points,
        "Which index?",
    )


def test_taking_a_level_back_leaves_the_comment(sessions, ada, review_id, rubric, now):
    criterion = rubric.criteria[0]
    save(
        sessions,
        ada,
        review_id,
        now,
        levels={criterion.key: criterion.levels[1].key},
        comments={criterion.key: "Which index?"},
    )

    save(sessions, ada, review_id, now, tag=1, comments={criterion.key: "Which index?"})

    score = load(sessions, Score, (review_id, criterion.key))
    assert (score.level_key, score.points, score.comment) == (None, None, "Which index?")


def test_an_old_page_is_refused_with_the_text_that_is_there(sessions, ada, review_id, now):
    save(sessions, ada, review_id, now, summary="From the other window")

    with pytest.raises(Stale) as refused:
        save(sessions, ada, review_id, now, summary="From this window")

    assert (refused.value.tag, refused.value.theirs) == (1, {"summary": "From the other window"})
    assert load(sessions, Review, review_id).summary == "From the other window"


def test_the_same_text_again_is_no_conflict(sessions, ada, review_id, now):
    save(sessions, ada, review_id, now, summary="The same")

    tag = save(sessions, ada, review_id, now, summary="The same")

    assert tag == 1


def test_no_edit_is_lost_silently_among_many_at_once(sessions, ada, review_id, now):
    """Every save from an older page is refused; every accepted one is the one before the next."""
    outcomes = []

    def edit(number):
        for turn in range(3):
            tag = load(sessions, Review, review_id).tag
            try:
                outcomes.append(
                    (save(sessions, ada, review_id, now, tag=tag, summary=f"{number}.{turn}"), None)
                )
            except Stale as stale:
                outcomes.append((None, stale.theirs["summary"]))

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    accepted = sorted(tag for tag, _ in outcomes if tag is not None)
    assert len(outcomes) == 18
    assert accepted == list(range(1, len(accepted) + 1))
    assert load(sessions, Review, review_id).tag == len(accepted)


def test_an_unknown_level_is_refused(sessions, ada, review_id, rubric, now):
    with pytest.raises(Invalid) as refused:
        save(sessions, ada, review_id, now, levels={rubric.criteria[0].key: "splendid"})

    assert set(refused.value.errors) == {f"level-{rubric.criteria[0].key}"}


def test_a_colleague_cannot_write_in_it(sessions, bo, review_id, now):
    with pytest.raises(NotFound):
        save(sessions, bo, review_id, now, summary="Mine now")


def test_after_a_take_over_the_save_is_refused_and_says_who_has_it(
    sessions, ada, bo, version, review_id, now
):
    later = now + timedelta(seconds=LEASE)
    with sessions.begin() as db:
        reviews.claim(db, bo, version.id, lease_seconds=LEASE, now=later)

    with pytest.raises(Conflict) as refused:
        save(sessions, ada, review_id, later, summary="Too late")

    assert str(refused.value) == (
        "Your claim has ended. Bo Reviewer has the work now. What was saved stays readable on this page."
    )


def test_an_ended_lease_will_do_while_nobody_took_over(sessions, ada, review_id, rubric, course, now):
    later = now + timedelta(hours=5)
    save(sessions, ada, review_id, later, levels=best(rubric))

    decide(sessions, ada, review_id, course, later)

    assert load(sessions, Review, review_id).state is State.RELEASED


def test_a_pass_is_released_to_the_learner_in_one_go(
    sessions, ada, learner, version, review_id, rubric, course, now
):
    save(sessions, ada, review_id, now, levels=best(rubric), summary="Clear.")

    decide(sessions, ada, review_id, course, now)

    review, rated = load(sessions, Review, review_id), load(sessions, SubmissionVersion, version.id)
    with sessions() as db:
        mail = db.scalars(select(OutgoingMail)).one()
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "review.release")).one()
    assert (review.state, review.verdict, review.decided_at, review.released_at) == (
        State.RELEASED,
        Verdict.PASS,
        now,
        now,
    )
    assert (rated.state, rated.closed_at) == (submissions.State.PASSED, now)
    assert (mail.template, mail.person_id, mail.context["url"]) == (
        "review-released",
        learner.id,
        f"{BASE}/reviews/{review_id}/feedback",
    )
    assert (entry.subject_id, entry.detail["verdict"]) == (learner.id, "pass")


def test_a_second_click_decides_nothing_twice(sessions, ada, review_id, rubric, course, now):
    save(sessions, ada, review_id, now, levels=best(rubric))
    decide(sessions, ada, review_id, course, now)

    decide(sessions, ada, review_id, course, now + timedelta(seconds=1))

    assert load(sessions, Review, review_id).decided_at == now
    assert mails(sessions) == ["review-released"]


def test_another_verdict_afterwards_is_a_conflict(sessions, ada, review_id, rubric, course, now):
    save(sessions, ada, review_id, now, levels=best(rubric))
    decide(sessions, ada, review_id, course, now)

    with pytest.raises(Conflict):
        decide(sessions, ada, review_id, course, now, verdict=Verdict.NOT_PASSED)

    assert load(sessions, Review, review_id).verdict is Verdict.PASS


def test_many_decisions_at_once_release_one_review(sessions, ada, review_id, rubric, course, now):
    save(sessions, ada, review_id, now, levels=best(rubric))
    threads = [
        threading.Thread(target=decide, args=(sessions, ada, review_id, course, now)) for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with sessions() as db:
        released = db.scalar(select(func.count()).where(AuditEntry.action == "review.release"))
    assert released == 1
    assert mails(sessions) == ["review-released"]


def test_changes_open_the_next_version_with_the_files_carried_over(
    sessions, ada, version, review_id, rubric, course, now
):
    must = next(criterion for criterion in rubric.criteria if criterion.must_pass)
    lowest = {must.key: must.levels[0].key}
    save(sessions, ada, review_id, now, levels=best(rubric) | lowest, summary="Show the plan.")

    decide(sessions, ada, review_id, course, now, verdict=Verdict.NEEDS_CHANGES)

    with sessions() as db:
        states = db.execute(
            select(SubmissionVersion.number, SubmissionVersion.state).order_by(SubmissionVersion.number)
        ).all()
    assert states == [(1, submissions.State.NEEDS_CHANGES), (2, submissions.State.DRAFT)]


def test_the_rule_decides_which_verdicts_are_open(sessions, ada, version, review_id, rubric, course, now):
    save(sessions, ada, review_id, now, levels=best(rubric), summary="Good.")

    with pytest.raises(Invalid, match="By the rubric this work passes"):
        decide(sessions, ada, review_id, course, now, verdict=Verdict.NEEDS_CHANGES)

    assert load(sessions, SubmissionVersion, version.id).state is submissions.State.IN_REVIEW


def test_an_unrated_criterion_is_named(sessions, ada, review_id, rubric, course, now):
    levels = best(rubric)
    del levels[rubric.criteria[2].key]
    save(sessions, ada, review_id, now, levels=levels)

    with pytest.raises(Invalid) as refused:
        decide(sessions, ada, review_id, course, now)

    assert refused.value.errors == {
        "verdict": f"Rate every criterion first. Not rated yet: {rubric.criteria[2].title}."
    }


def test_nobody_is_turned_down_without_a_word(sessions, ada, review_id, rubric, course, now):
    lowest = {criterion.key: criterion.levels[0].key for criterion in rubric.criteria}
    save(sessions, ada, review_id, now, levels=lowest)

    with pytest.raises(Invalid) as refused:
        decide(sessions, ada, review_id, course, now, verdict=Verdict.NOT_PASSED)

    assert set(refused.value.errors) == {"summary"}
    assert mails(sessions) == []


def test_a_decision_on_an_older_draft_is_refused(sessions, ada, version, review_id, rubric, course, now):
    save(sessions, ada, review_id, now, levels=best(rubric))
    save(sessions, ada, review_id, now, tag=1, levels=best(rubric), summary="Added in another window")

    with pytest.raises(Stale):
        decide(sessions, ada, review_id, course, now, tag=1)

    assert load(sessions, SubmissionVersion, version.id).state is submissions.State.IN_REVIEW


def test_a_line_comment_is_anchored_to_the_bytes_and_can_be_taken_back(
    sessions, ada, version, review_id, now
):
    with sessions.begin() as db:
        evidence = db.scalars(select(EvidenceFile).where(EvidenceFile.version_id == version.id)).one()
        comment_id = reviews.comment_on_line(
            db,
            ada,
            review_id,
            file_id=evidence.id,
            line=3,
            body=" Cold cache? ",
            lease_seconds=LEASE,
            now=now,
        )

    comment = load(sessions, ReviewComment, comment_id)
    assert (comment.line, comment.body, comment.file_sha256) == (3, "Cold cache?", evidence.sha256)
    with sessions.begin() as db:
        reviews.remove_line_comment(db, ada, review_id, comment_id)
    assert load(sessions, ReviewComment, comment_id) is None


def test_an_undone_verdict_keeps_the_review_and_the_place_in_the_queue(
    sessions, ada, learner, version, review_id, rubric, course, now
):
    save(sessions, ada, review_id, now, levels=best(rubric), summary="Clear.")
    decide(sessions, ada, review_id, course, now)

    undo(sessions, ada, review_id, course, now)
    undo(sessions, ada, review_id, course, now)

    review, back = load(sessions, Review, review_id), load(sessions, SubmissionVersion, version.id)
    assert (review.state, review.undo_reason, review.undone_by, review.summary) == (
        State.UNDONE,
        "Rated the wrong file.",
        ada.id,
        "Clear.",
    )
    assert (back.state, back.queued_at, back.closed_at) == (
        submissions.State.SUBMITTED,
        version.queued_at,
        None,
    )
    assert mails(sessions) == ["review-released", "review-undone"]


def test_undone_work_can_be_rated_again_and_the_open_draft_stays(
    sessions, ada, bo, version, review_id, rubric, course, now
):
    lowest = {criterion.key: criterion.levels[0].key for criterion in rubric.criteria}
    save(sessions, ada, review_id, now, levels=lowest, summary="Show more.")
    decide(sessions, ada, review_id, course, now, verdict=Verdict.NEEDS_CHANGES)
    undo(sessions, ada, review_id, course, now)
    with sessions.begin() as db:
        again = reviews.claim(db, bo, version.id, lease_seconds=LEASE, now=now)
    save(sessions, bo, again, now, levels=lowest, summary="Still.")

    decide(sessions, bo, again, course, now, verdict=Verdict.NEEDS_CHANGES)

    with sessions() as db:
        states = db.execute(
            select(SubmissionVersion.number, SubmissionVersion.state).order_by(SubmissionVersion.number)
        ).all()
    assert states == [(1, submissions.State.NEEDS_CHANGES), (2, submissions.State.DRAFT)]


def test_a_verdict_stands_once_a_later_version_was_sent(sessions, make, ada, learner, course, now):
    first = make.version(learner, state="needs_changes")
    review = make.review(first, ada, state="released", verdict="needs_changes")
    make.version(learner, state="submitted", number=2)

    with pytest.raises(Conflict, match="Version 2 has been sent since"):
        undo(sessions, ada, review.id, course, now)

    assert load(sessions, Review, review.id).state is State.RELEASED


def test_who_may_undo(sessions, make, ada, bo, learner, course, now):
    version = make.version(learner, state="passed")
    review = make.review(version, ada, state="released")
    admin = make.actor(make.person("Root", roles=("admin",)))

    with pytest.raises(NotFound):
        undo(sessions, make.actor(learner), review.id, course, now)
    with pytest.raises(Forbidden):
        undo(sessions, bo, review.id, course, now)
    with pytest.raises(Invalid):
        undo(sessions, admin, review.id, course, now, reason=" ")
    undo(sessions, admin, review.id, course, now)

    assert load(sessions, Review, review.id).state is State.UNDONE
