"""The course's comments: brought in from its files without losing counts, kept and removed by admins alone."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.course.values import Comment
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from app.models import AuditEntry, SavedComment
from app.queries import saved_comments
from app.services import course_comments, desk

SLUG = "three-bottlenecks"
KEY = "database-fix"


@pytest.fixture
def saying(course):
    """`saying("a", "b")`: the course with exactly these comments on one criterion."""

    def with_comments(*bodies):
        comments = tuple(Comment(KEY, body) for body in bodies)
        capstones = [
            replace(each, comments=comments if each.slug == SLUG else ()) for each in course.capstones
        ]
        return replace(course, capstones=tuple(capstones))

    return with_comments


@pytest.fixture
def publish(sessions, now):
    def published(course):
        with sessions.begin() as db:
            return course_comments.publish(db, course, actor_id=None, now=now)

    return published


@pytest.fixture
def keep(sessions, course, now):
    def kept(actor, body="Say which index.", slug=SLUG, key=KEY):
        with sessions.begin() as db:
            course_comments.keep(db, actor, slug, key, body=body, course=course, now=now)

    return kept


def found(sessions, actor, course):
    with sessions() as db:
        rows = saved_comments.saved_comments(db, actor, course.slug, SLUG, KEY)
    return [(row.body, row.uses, row.is_mine, row.from_course) for row in rows]


def ids(sessions):
    with sessions() as db:
        return {row.body: row.id for row in db.scalars(select(SavedComment))}


def test_publishing_brings_takes_and_keeps_the_counts(sessions, ada, saying, publish, now):
    assert publish(saying("One", "Two")) == (2, 0)
    with sessions.begin() as db:
        desk.use_comment(db, ada, ids(sessions)["Two"])

    assert publish(saying("One", "Two")) == (0, 0)
    assert publish(saying("Two", "Three")) == (1, 1)

    assert found(sessions, ada, saying()) == [("Two", 1, False, True), ("Three", 0, False, True)]
    with sessions() as db:
        trail = db.execute(select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.id)).all()
    assert trail == [
        ("saved_comment.publish", {"added": 2, "removed": 0}),
        ("saved_comment.publish", {"added": 1, "removed": 1}),
    ]


def test_what_admins_kept_stays_and_becomes_the_files_when_it_stands_there(
    sessions, ada, root, saying, publish, keep
):
    keep(root)
    keep(root)
    publish(saying("One"))
    assert found(sessions, ada, saying()) == [("Say which index.", 0, False, False), ("One", 0, False, True)]

    assert publish(saying("One", "Say which index.")) == (0, 0)

    assert {row[3] for row in found(sessions, ada, saying())} == {True}
    assert publish(saying()) == (0, 2)


def test_only_admins_keep_and_remove_and_files_are_changed_in_files(
    sessions, ada, root, saying, publish, keep, now
):
    publish(saying("One"))
    keep(root)
    kept = ids(sessions)
    with pytest.raises(Forbidden):
        keep(ada, "Another")
    with pytest.raises(Forbidden), sessions.begin() as db:
        course_comments.forget(db, ada, kept["Say which index."], now=now)
    with pytest.raises(Conflict), sessions.begin() as db:
        course_comments.forget(db, root, kept["One"], now=now)
    with sessions.begin() as db:
        desk.forget_comment(db, root, kept["One"], now=now)
        course_comments.forget(db, root, kept["Say which index."], now=now)
        course_comments.forget(db, root, kept["Say which index."], now=now)

    assert list(ids(sessions)) == ["One"]


def test_a_reviewers_own_comment_is_not_the_admins_to_remove(sessions, ada, root, course, now):
    with sessions.begin() as db:
        mine = SavedComment(
            course_slug=course.slug, capstone_slug=SLUG, criterion_key=KEY, owner_id=ada.id, body="Mine",
            created_at=now,
        )  # fmt: skip
        db.add(mine)
        db.flush()
        comment_id = mine.id

    with pytest.raises(NotFound), sessions.begin() as db:
        course_comments.forget(db, root, comment_id, now=now)


@pytest.mark.parametrize(("body", "key"), [(" ", KEY), ("x" * 2001, KEY), ("Fits.", "none-such")])
def test_what_does_not_fit_is_not_kept(sessions, root, keep, body, key):
    with pytest.raises(Invalid):
        keep(root, body, key=key)

    assert ids(sessions) == {}


def test_a_criterion_holds_no_more_than_the_desk_shows(root, keep):
    for number in range(course_comments.MOST_SHARED):
        keep(root, f"Number {number}")

    with pytest.raises(Conflict):
        keep(root, "One more")
