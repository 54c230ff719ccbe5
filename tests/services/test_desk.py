import pytest
from sqlalchemy import select

from app.domain import placeholders
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from app.domain.reviews import State
from app.models import AuditEntry, EvidenceFile, Review, ReviewComment, SavedComment, Score, SeenFile
from app.services import desk, reviews

LEASE = 1800


@pytest.fixture
def learner(make):
    return make.person("Mira Okafor")


@pytest.fixture
def version(make, learner):
    return make.version(learner, state="submitted", files=2)


@pytest.fixture
def review_id(sessions, ada, version, now):
    with sessions.begin() as db:
        return reviews.claim(db, ada, version.id, lease_seconds=LEASE, now=now)


@pytest.fixture
def files(sessions, version):
    with sessions() as db:
        chosen = (EvidenceFile.id, EvidenceFile.sha256)
        return db.execute(select(*chosen).where(EvidenceFile.version_id == version.id)).all()


def see(sessions, actor, review_id, file_ids, now):
    with sessions.begin() as db:
        desk.mark_seen(db, actor, review_id, file_ids=file_ids, now=now)
    with sessions() as db:
        return set(db.scalars(select(SeenFile.file_sha256).where(SeenFile.reviewer_id == actor.id)))


def say(sessions, actor, review_id, file_id, now, *, line=3, body="Which index?"):
    with sessions.begin() as db:
        return reviews.comment_on_line(
            db, actor, review_id, file_id=file_id, line=line, body=body, lease_seconds=LEASE, now=now
        )


def keep(sessions, actor, review_id, key, now, *, body="Run it for {duration_s}.", for_everybody=False):
    with sessions.begin() as db:
        desk.keep_comment(db, actor, review_id, key, body=body, for_everybody=for_everybody, now=now)


def saved(sessions):
    with sessions() as db:
        return db.scalars(select(SavedComment).order_by(SavedComment.id)).all()


def test_files_are_seen_by_their_bytes_and_unseen_again(sessions, ada, review_id, files, now):
    both = see(sessions, ada, review_id, {each.id for each in files}, now)
    one = see(sessions, ada, review_id, {files[0].id}, now)
    again = see(sessions, ada, review_id, {files[0].id}, now)

    assert both == {each.sha256 for each in files}
    assert one == again == {files[0].sha256}


def test_only_the_reviewer_of_the_review_ticks_files_off(sessions, make, review_id, files, now):
    bo = make.actor(make.person("Bo", roles=("reviewer",)))

    with pytest.raises(NotFound):
        see(sessions, bo, review_id, {files[0].id}, now)


def test_a_line_comment_is_said_once_reworded_and_taken_away(sessions, ada, review_id, files, now):
    first = say(sessions, ada, review_id, files[0].id, now)
    second = say(sessions, ada, review_id, files[0].id, now)
    with sessions.begin() as db:
        reviews.reword_line_comment(
            db, ada, review_id, first, body="Which index, and why?", lease_seconds=LEASE, now=now
        )
    with sessions() as db:
        said = db.get(ReviewComment, first)
    with sessions.begin() as db:
        reviews.remove_line_comment(db, ada, review_id, first)
        reviews.remove_line_comment(db, ada, review_id, first)

    assert first == second
    assert (said.body, said.line, said.file_sha256) == ("Which index, and why?", 3, files[0].sha256)
    with sessions() as db:
        assert db.scalars(select(ReviewComment)).all() == []


def test_a_comment_that_is_gone_is_not_reworded(sessions, ada, review_id, files, now):
    comment_id = say(sessions, ada, review_id, files[0].id, now)
    with sessions.begin() as db:
        reviews.remove_line_comment(db, ada, review_id, comment_id)

    with pytest.raises(NotFound), sessions.begin() as db:
        reviews.reword_line_comment(db, ada, review_id, comment_id, body="x", lease_seconds=LEASE, now=now)


def test_comments_on_lines_come_back_with_the_draft(sessions, ada, version, review_id, files, now):
    say(sessions, ada, review_id, files[0].id, now)
    with sessions.begin() as db:
        reviews.give_back(db, ada, review_id, now=now)
    with sessions.begin() as db:
        again = reviews.claim(db, ada, version.id, lease_seconds=LEASE, now=now)

    with sessions() as db:
        bodies = db.scalars(select(ReviewComment.body).where(ReviewComment.review_id == again)).all()
    assert bodies == ["Which index?"]


def test_a_comment_is_kept_once_counted_and_forgotten(sessions, ada, course, review_id, now):
    key = course.capstone("three-bottlenecks").rubric.criteria[0].key
    keep(sessions, ada, review_id, key, now)
    keep(sessions, ada, review_id, key, now)
    (only,) = saved(sessions)

    with sessions.begin() as db:
        words = [desk.use_comment(db, ada, only.id) for _ in range(2)]
    (counted,) = saved(sessions)
    with sessions.begin() as db:
        desk.forget_comment(db, ada, only.id, now=now)

    assert words == ["Run it for {duration_s}."] * 2
    assert (counted.uses, counted.owner_id, counted.criterion_key) == (2, ada.id, key)
    assert saved(sessions) == []


def test_what_is_one_reviewers_own_is_not_used_or_forgotten_by_another(
    sessions, make, ada, course, review_id, now
):
    bo = make.actor(make.person("Bo", roles=("reviewer",)))
    key = course.capstone("three-bottlenecks").rubric.criteria[0].key
    keep(sessions, ada, review_id, key, now)
    (only,) = saved(sessions)

    with pytest.raises(NotFound), sessions.begin() as db:
        desk.use_comment(db, bo, only.id)
    with sessions.begin() as db:
        desk.forget_comment(db, bo, only.id, now=now)

    assert [each.uses for each in saved(sessions)] == [0]


def test_only_an_admin_keeps_a_comment_for_everybody(sessions, ada, course, review_id, now):
    key = course.capstone("three-bottlenecks").rubric.criteria[0].key

    with pytest.raises(Forbidden, match="Only an admin"):
        keep(sessions, ada, review_id, key, now, for_everybody=True)

    assert saved(sessions) == []


def test_what_admins_share_every_reviewer_uses_and_the_trail_says_so(
    sessions, make, ada, course, version, review_id, now
):
    root = make.actor(make.person("Root", roles=("reviewer", "admin")))
    key = course.capstone("three-bottlenecks").rubric.criteria[0].key
    with sessions.begin() as db:
        reviews.give_back(db, ada, review_id, now=now)
        roots = reviews.claim(db, root, version.id, lease_seconds=LEASE, now=now)
    keep(sessions, root, roots, key, now, for_everybody=True)
    (only,) = saved(sessions)

    with sessions.begin() as db:
        words = desk.use_comment(db, ada, only.id)
        desk.forget_comment(db, ada, only.id, now=now)
    left = saved(sessions)
    with sessions.begin() as db:
        desk.forget_comment(db, root, only.id, now=now)

    with sessions() as db:
        trail = db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert (words, [each.id for each in left], saved(sessions)) == (only.body, [only.id], [])
    assert trail[-2:] == ["saved_comment.share", "saved_comment.unshare"]


def test_a_criterion_holds_no_more_than_can_be_found_again(sessions, ada, course, review_id, now):
    key = course.capstone("three-bottlenecks").rubric.criteria[0].key
    for number in range(desk.MOST_SAVED):
        keep(sessions, ada, review_id, key, now, body=f"Number {number}")

    with pytest.raises(Conflict, match="50 comments are kept here already"):
        keep(sessions, ada, review_id, key, now, body="One more")


@pytest.mark.parametrize(("body", "key"), [("  ", None), ("x" * 2001, None), ("fits", "no-such-criterion")])
def test_what_does_not_fit_is_not_kept(sessions, ada, course, review_id, now, body, key):
    key = key or course.capstone("three-bottlenecks").rubric.criteria[0].key

    with pytest.raises((Invalid, NotFound)):
        keep(sessions, ada, review_id, key, now, body=body)

    assert saved(sessions) == []


def test_places_are_filled_where_known_and_stay_visible_where_not():
    text = placeholders.filled("{p99} of {claimed} at /orders/{id}", {"p99": "412 ms", "id": "7"})

    assert text == "412 ms of {claimed} at /orders/7"
    assert placeholders.left(text + " {claimed} {anything}") == ["claimed"]


def test_round_two_begins_with_what_stood(sessions, make, ada, learner, course, now):
    rubric = course.capstone("three-bottlenecks").rubric
    fell = rubric.criteria[0]
    first = make.version(learner, state="needs_changes")
    make.review(first, ada, state="released", levels={fell.key: fell.levels[0].key}, verdict="needs_changes")
    second = make.version(learner, state="submitted", number=2)

    with sessions.begin() as db:
        review_id = reviews.claim(db, ada, second.id, lease_seconds=LEASE, now=now)

    with sessions() as db:
        scores = db.execute(
            select(Score.criterion_key, Score.level_key).where(Score.review_id == review_id)
        ).all()
        assert db.get(Review, review_id).state is State.CLAIMED
    assert dict(scores) == {each.key: each.levels[-1].key for each in rubric.criteria if each is not fell}
