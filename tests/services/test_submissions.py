import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.domain.certificates import manifest
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Paused, Stale
from app.domain.submissions import State
from app.domain.switches import Switch
from app.models import AuditEntry, CheckRun, Claim, EvidenceFile, OutgoingMail, Submission, SubmissionVersion
from app.services import rubrics, submissions, switches
from app.services.submissions import Words

SLUG = "three-bottlenecks"
WORDS = Words(question="Is the pool size sound?", reason="", attested=True)
WITH_REASON = Words("", "The claims are in the text.", attested=True)


@pytest.fixture
def learner(make):
    make.rubric(SLUG)
    return make.person()


def start(sessions, actor, course, now, slug=SLUG):
    with sessions.begin() as db:
        return submissions.start(db, actor, slug, course=course, now=now)


def submit(sessions, actor, version_id, course, now, words=WORDS):
    with sessions.begin() as db:
        return submissions.submit(db, actor, version_id, words, course=course, now=now)


def withdraw(sessions, actor, version_id, now):
    with sessions.begin() as db:
        submissions.withdraw(db, actor, version_id, now=now)


def version_of(sessions, version_id):
    with sessions() as db:
        return db.get_one(SubmissionVersion, version_id)


def count(sessions, table, *conditions):
    with sessions() as db:
        return db.scalar(select(func.count()).select_from(table).where(*conditions))


def filled(make, course, learner, *, number=1, claims=True, **values):
    """A draft with one stored file in each required slot, and every required claim."""
    version = make.version(learner, number=number, **values)
    for slot in course.capstone(SLUG).slots:
        if slot.required:
            make.file(version, slot=slot.key, name=f"{slot.key}.txt", data=slot.key.encode())
    with make.sessions.begin() as db:
        for claim in course.capstone(SLUG).claims:
            if claims and claim.required:
                db.add(
                    Claim(version_id=version.id, key=claim.key, value=1, unit=claim.unit, typed_at=make.now)
                )
    return version


def test_start_twice_makes_one_draft(sessions, make, learner, course, now):
    first = start(sessions, make.actor(learner), course, now)
    second = start(sessions, make.actor(learner), course, now)

    assert first == second
    assert (count(sessions, Submission), count(sessions, SubmissionVersion)) == (1, 1)


def test_start_at_the_same_time_makes_one_draft(sessions, make, learner, course, now):
    actor = make.actor(learner)
    with ThreadPoolExecutor(8) as pool:
        started = set(pool.map(lambda _: start(sessions, actor, course, now), range(8)))

    assert len(started) == 1
    assert count(sessions, SubmissionVersion) == 1


def test_start_binds_the_draft_to_the_rubric_published_now(sessions, make, learner, course, now):
    rubric = make.rubric(SLUG)

    version = version_of(sessions, start(sessions, make.actor(learner), course, now))

    assert (version.rubric_version_id, version.number, version.state) == (rubric.id, 1, State.DRAFT)


def test_only_learners_start_and_only_what_the_course_asks(sessions, make, learner, course, now):
    with pytest.raises(Forbidden):
        start(sessions, make.actor(make.person(roles=["reviewer"])), course, now)
    with pytest.raises(NotFound):
        start(sessions, make.actor(learner), course, now, slug="no-such-capstone")

    assert count(sessions, Submission) == 0


def test_start_after_a_pass_is_refused(sessions, make, learner, course, now):
    make.version(learner, state="passed")

    with pytest.raises(Conflict):
        start(sessions, make.actor(learner), course, now)

    assert count(sessions, SubmissionVersion) == 1


def test_a_draft_beside_a_pass_is_not_sent(sessions, make, learner, course, now):
    make.version(learner, state="passed")
    draft = filled(make, course, learner, number=2)

    with pytest.raises(Conflict, match="has passed"):
        submit(sessions, make.actor(learner), draft.id, course, now)

    assert version_of(sessions, draft.id).state is State.DRAFT


def test_start_after_not_passed_carries_files_and_claims_over(sessions, make, learner, course, now):
    draft = filled(make, course, learner)
    submit(sessions, make.actor(learner), draft.id, course, now)
    with sessions.begin() as db:
        sent = db.get_one(SubmissionVersion, draft.id)
        sent.state, sent.closed_at = State.NOT_PASSED, now

    next_id = start(sessions, make.actor(learner), course, now)

    with sessions() as db:
        old, new = (
            list(
                db.execute(
                    select(EvidenceFile.slot, EvidenceFile.sha256, EvidenceFile.stored_at)
                    .where(EvidenceFile.version_id == version_id)
                    .order_by(EvidenceFile.slot)
                )
            )
            for version_id in (draft.id, next_id)
        )
        claims = [
            set(db.execute(select(Claim.key, Claim.value).where(Claim.version_id == version_id)))
            for version_id in (draft.id, next_id)
        ]
        promised = set(db.scalars(select(CheckRun.file_id)))
        carried = set(db.scalars(select(EvidenceFile.id).where(EvidenceFile.version_id == next_id)))
    assert (new, len(new) > 0) == (old, True)
    assert (claims[0], len(claims[0]) > 0) == (claims[1], True)
    assert promised == carried
    assert version_of(sessions, next_id).number == 2


def test_opening_the_next_version_twice_opens_it_once(sessions, make, learner, course, now):
    version = make.version(learner, state="needs_changes", files=2)

    with sessions.begin() as db:
        first = submissions.open_next_version(db, version.id, now=now)
    with sessions.begin() as db:
        second = submissions.open_next_version(db, version.id, now=now)

    assert first == second
    assert count(sessions, SubmissionVersion) == 2
    assert count(sessions, EvidenceFile, EvidenceFile.carried_from_id.is_not(None)) == 2


def test_submit_freezes_the_version_with_a_receipt(sessions, make, learner, course, now):
    draft = filled(make, course, learner)

    code = submit(sessions, make.actor(learner), draft.id, course, now)

    sent = version_of(sessions, draft.id)
    with sessions() as db:
        files = db.execute(
            select(EvidenceFile.slot, EvidenceFile.name, EvidenceFile.size, EvidenceFile.sha256)
        )
        assert sent.manifest_sha256 == manifest(list(files))
    assert (sent.state, sent.receipt_code, sent.submitted_at, sent.queued_at) == (
        State.SUBMITTED,
        code,
        now,
        now,
    )
    assert (sent.question, sent.attested) == (WORDS.question, True)
    assert re.fullmatch(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", code)


def test_submit_binds_the_version_to_the_rubric_in_force_then(sessions, make, learner, course, now):
    draft, capstone = filled(make, course, learner), course.capstone(SLUG)
    easier = replace(capstone.rubric, threshold=1, content_hash="c" * 64, structure_hash="d" * 64)
    with sessions.begin() as db:
        newest = rubrics.put_in_force(db, course, SLUG, easier, actor_id=None, now=now).id

    submit(sessions, make.actor(learner), draft.id, course, now)

    assert version_of(sessions, draft.id).rubric_version_id == newest != draft.rubric_version_id


def test_submit_twice_gives_the_same_receipt_and_one_mail(sessions, make, learner, course, now):
    draft = filled(make, course, learner)
    actor = make.actor(learner)

    first = submit(sessions, actor, draft.id, course, now)
    second = submit(sessions, actor, draft.id, course, now + timedelta(minutes=1), Words("changed", "", True))

    assert first == second
    assert version_of(sessions, draft.id).question == WORDS.question
    assert count(sessions, OutgoingMail, OutgoingMail.template == "submission-received") == 1
    assert count(sessions, AuditEntry, AuditEntry.action == "version.submit") == 1


def test_submit_at_the_same_time_submits_once(sessions, make, learner, course, now):
    draft = filled(make, course, learner)
    actor = make.actor(learner)

    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(lambda _: submit(sessions, actor, draft.id, course, now), range(8)))

    assert len(codes) == 1
    assert count(sessions, OutgoingMail) == 1


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (Words("", "", attested=False), {"attested", "reason"}),
        (Words("", "", attested=True), {"reason"}),
        (Words("", "The plan is on paper only.", attested=False), {"attested"}),
        (Words("x" * 2001, "because", attested=True), {"question"}),
    ],
)
def test_submit_says_what_stands_in_the_way_and_changes_nothing(
    sessions, make, learner, course, now, words, fields
):
    draft = make.version(learner)
    make.file(draft, slot=course.capstone(SLUG).slots[0].key)

    with pytest.raises(Invalid) as refused:
        submit(sessions, make.actor(learner), draft.id, course, now, words)

    assert set(refused.value.errors) == fields
    assert (version_of(sessions, draft.id).state, count(sessions, OutgoingMail)) == (State.DRAFT, 0)


def test_what_is_missing_can_be_sent_with_a_reason(sessions, make, learner, course, now):
    draft = make.version(learner)
    make.file(draft, slot=course.capstone(SLUG).slots[0].key)

    submit(sessions, make.actor(learner), draft.id, course, now, Words("", "The profiler is broken.", True))

    assert version_of(sessions, draft.id).reason == "The profiler is broken."


def test_a_missing_required_claim_needs_a_reason(sessions, make, learner, course, now):
    draft = filled(make, course, learner, claims=False)
    label = next(claim.label for claim in course.capstone(SLUG).claims if claim.required)

    with pytest.raises(Invalid) as refused:
        submit(sessions, make.actor(learner), draft.id, course, now)
    code = submit(sessions, make.actor(learner), draft.id, course, now, WITH_REASON)

    assert set(refused.value.errors) == {"reason"}
    assert refused.value.errors["reason"].startswith(f"Not given: {label}")
    assert version_of(sessions, draft.id).receipt_code == code


def test_an_unfinished_upload_cannot_be_sent_even_with_a_reason(sessions, make, learner, course, now):
    draft = filled(make, course, learner)
    slot = course.capstone(SLUG).slots[0].key
    make.file(draft, slot=slot, data=b"on its way", stored=False)

    with pytest.raises(Invalid) as refused:
        submit(sessions, make.actor(learner), draft.id, course, now, Words("", "never mind", True))

    assert set(refused.value.errors) == {f"slot-{slot}"}
    assert version_of(sessions, draft.id).submitted_at is None


def test_an_empty_version_cannot_be_sent(sessions, make, learner, course, now):
    draft = make.version(learner)

    with pytest.raises(Invalid) as refused:
        submit(sessions, make.actor(learner), draft.id, course, now, Words("", "never mind", True))

    assert set(refused.value.errors) == {"files"}


@pytest.mark.parametrize("state", ["submitted", "in_review"])
def test_one_version_at_a_time_waits_for_its_rating(sessions, make, learner, course, now, state):
    make.version(learner, state=state)
    draft = filled(make, course, learner, number=2)

    with pytest.raises(Conflict) as refused:
        submit(sessions, make.actor(learner), draft.id, course, now)

    assert str(refused.value).startswith("Version 1 is still waiting for its rating")
    assert version_of(sessions, draft.id).state is State.DRAFT


def test_nothing_is_sent_while_uploads_are_paused(sessions, make, learner, course, now):
    draft = filled(make, course, learner)
    with sessions.begin() as db:
        switches.pause(
            db, make.actor(make.person(roles=["admin"])), Switch.UPLOADS, message="Until noon.", now=now
        )

    with pytest.raises(Paused):
        submit(sessions, make.actor(learner), draft.id, course, now)

    assert version_of(sessions, draft.id).state is State.DRAFT


def test_somebody_elses_version_is_not_found(sessions, make, learner, course, now):
    draft = filled(make, course, learner)
    for roles in (["learner"], ["reviewer", "admin"]):
        stranger = make.actor(make.person("Other", roles=roles))
        with pytest.raises(NotFound):
            submit(sessions, stranger, draft.id, course, now)
        with pytest.raises(NotFound):
            withdraw(sessions, stranger, draft.id, now)

    assert version_of(sessions, draft.id).state is State.DRAFT


def test_withdrawn_work_sent_again_the_same_day_keeps_its_place(sessions, make, learner, course, now):
    draft = filled(make, course, learner)
    actor = make.actor(learner)
    submit(sessions, actor, draft.id, course, now, WITH_REASON)
    withdraw(sessions, actor, draft.id, now + timedelta(hours=1))
    again = start(sessions, actor, course, now + timedelta(hours=2))

    submit(sessions, actor, again, course, now + timedelta(hours=3), WITH_REASON)

    sent = version_of(sessions, again)
    assert (sent.queued_at, sent.submitted_at) == (now, now + timedelta(hours=3))
    assert version_of(sessions, draft.id).state is State.WITHDRAWN


def test_withdrawing_twice_is_withdrawing_once(sessions, make, learner, now):
    version = make.version(learner, state="submitted", files=1)
    actor = make.actor(learner)

    withdraw(sessions, actor, version.id, now)
    withdraw(sessions, actor, version.id, now + timedelta(hours=1))

    assert version_of(sessions, version.id).closed_at == now
    assert count(sessions, AuditEntry, AuditEntry.action == "version.withdraw") == 1


@pytest.mark.parametrize("state", ["in_review", "passed", "needs_changes", "not_passed"])
def test_claimed_or_rated_work_is_not_withdrawn(sessions, make, learner, now, state):
    version = make.version(learner, state=state)

    with pytest.raises(Conflict):
        withdraw(sessions, make.actor(learner), version.id, now)

    assert version_of(sessions, version.id).state is State(state)


def test_words_are_kept_with_a_tag(sessions, make, learner, now):
    draft = make.version(learner)
    actor = make.actor(learner)

    with sessions.begin() as db:
        tag = submissions.save_words(db, actor, draft.id, Words("First", "", False), tag=0, now=now)
    with pytest.raises(Stale) as stale, sessions.begin() as db:
        submissions.save_words(db, actor, draft.id, Words("Other", "", False), tag=0, now=now)

    assert (tag, stale.value.tag, stale.value.theirs["question"]) == (1, 1, "First")
    assert version_of(sessions, draft.id).question == "First"


def test_words_saved_again_as_they_are_change_nothing(sessions, make, learner, now):
    draft = make.version(learner)
    actor = make.actor(learner)
    for _ in range(2):
        with sessions.begin() as db:
            tag = submissions.save_words(db, actor, draft.id, Words("First", "", False), tag=0, now=now)

    assert tag == 1
