import pytest
from sqlalchemy import select

from app.domain.errors import Conflict, NotFound, Stale
from app.models import Claim, Ledger, SubmissionVersion
from app.services import claims

SLUG = "three-bottlenecks"


@pytest.fixture
def learner(make):
    return make.person()


@pytest.fixture
def draft(make, learner):
    return make.version(learner)


@pytest.fixture
def keys(course):
    return [claim.key for claim in course.capstone(SLUG).claims][:2]


def save(sessions, actor, draft, typed, course, now, *, tag=0):
    with sessions.begin() as db:
        return claims.save(db, actor, draft.id, typed, tag=tag, course=course, now=now)


def unread(sessions, actor, draft, typed, course, now, *, tag=0):
    return save(sessions, actor, draft, typed, course, now, tag=tag).unread


def kept(sessions):
    with sessions() as db:
        return {row.key: (row.value, row.unit) for row in db.scalars(select(Claim))}


def tag_of(sessions, draft):
    with sessions() as db:
        return db.get_one(SubmissionVersion, draft.id).tag


def test_claims_are_kept_with_the_unit_of_the_course(sessions, make, learner, draft, course, now, keys):
    units = {claim.key: claim.unit for claim in course.capstone(SLUG).claims}

    tag = save(sessions, make.actor(learner), draft, {keys[0]: "412", keys[1]: "96,5"}, course, now).tag

    assert kept(sessions) == {keys[0]: (412, units[keys[0]]), keys[1]: (96.5, units[keys[1]])}
    assert tag == 1


def test_an_emptied_box_takes_its_claim_back_and_an_unnamed_one_stays(
    sessions, make, learner, draft, course, now, keys
):
    actor = make.actor(learner)
    save(sessions, actor, draft, {keys[0]: "412", keys[1]: "96"}, course, now)

    save(sessions, actor, draft, {keys[0]: " "}, course, now, tag=1)

    assert {key: value for key, (value, _) in kept(sessions).items()} == {keys[1]: 96}


def test_an_unreadable_number_names_its_box_and_the_others_are_kept(
    sessions, make, learner, draft, course, now, keys
):
    actor = make.actor(learner)
    save(sessions, actor, draft, {keys[1]: "96"}, course, now)

    kept_so_far = save(sessions, actor, draft, {keys[0]: "412", keys[1]: "fast"}, course, now, tag=1)

    assert set(kept_so_far.unread) == {keys[1]}
    assert {key: value for key, (value, _) in kept(sessions).items()} == {keys[0]: 412, keys[1]: 96}
    assert (kept_so_far.tag, tag_of(sessions, draft)) == (2, 2)


def test_a_save_from_an_older_page_shows_what_is_there(sessions, make, learner, draft, course, now, keys):
    actor = make.actor(learner)
    save(sessions, actor, draft, {keys[0]: "412"}, course, now)

    with pytest.raises(Stale) as stale:
        save(sessions, actor, draft, {keys[0]: "500"}, course, now, tag=0)

    assert (stale.value.tag, stale.value.theirs) == (1, {keys[0]: "412"})
    assert kept(sessions)[keys[0]][0] == 412


def test_the_same_numbers_again_are_no_conflict(sessions, make, learner, draft, course, now, keys):
    actor = make.actor(learner)
    save(sessions, actor, draft, {keys[0]: "412"}, course, now)

    tag = save(sessions, actor, draft, {keys[0]: "412.0"}, course, now, tag=0).tag

    assert (tag, tag_of(sessions, draft)) == (1, 1)


def test_boxes_the_course_does_not_know_are_ignored(sessions, make, learner, draft, course, now):
    save(sessions, make.actor(learner), draft, {"verdict": "1", "tag": "3"}, course, now)

    assert kept(sessions) == {}


def test_only_the_author_of_a_draft_claims(sessions, make, learner, draft, course, now, keys):
    with pytest.raises(NotFound):
        save(sessions, make.actor(make.person("Other")), draft, {keys[0]: "1"}, course, now)
    sent = make.version(make.person("Third"), state="submitted")
    with pytest.raises(NotFound):
        save(sessions, make.actor(learner), sent, {keys[0]: "1"}, course, now)

    assert kept(sessions) == {}


def test_what_was_sent_is_not_claimed_anew(sessions, make, course, now, keys):
    learner = make.person()
    sent = make.version(learner, state="submitted")

    with pytest.raises(Conflict):
        save(sessions, make.actor(learner), sent, {keys[0]: "1"}, course, now)

    assert kept(sessions) == {}


def test_an_address_is_claimed_in_words_once_for_both_runs(sessions, make, learner, draft, course, now):
    typed = {"db-endpoint": "  GET   /orders ", "db-duration": "180"}

    save(sessions, make.actor(learner), draft, typed, course, now)

    with sessions() as db:
        found = {row.key: (row.value, row.text) for row in db.scalars(select(Claim))}
        rows = db.scalars(select(Ledger)).one().rows
    assert found == {"db-endpoint": (None, "GET /orders"), "db-duration": (180, None)}
    assert [(row["key"], row["said"], row["claimed"], row["verdict"]) for row in rows] == [
        ("db-endpoint", "GET /orders", None, "unchecked"),
        ("db-endpoint-db-latency-after", "GET /orders", None, "unchecked"),
        ("db-duration", "", 180.0, "unchecked"),
        ("db-duration-db-latency-after", "", 180.0, "unchecked"),
    ]


def test_words_can_be_taken_back_and_are_few(sessions, make, learner, draft, course, now):
    actor = make.actor(learner)
    save(sessions, actor, draft, {"db-endpoint": "/orders"}, course, now)

    refused = unread(sessions, actor, draft, {"db-endpoint": "x" * 201}, course, now, tag=1)
    save(sessions, actor, draft, {"db-endpoint": " "}, course, now, tag=1)

    assert "at most 200 characters" in refused["db-endpoint"]
    assert kept(sessions) == {}
