"""Rubrics edited by admins: the draft, and what publishing it does to work and to ratings."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.course import load
from app.course.rubric_drafts import fields_of
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.models import AuditEntry, RubricDraft, RubricRewording, RubricVersion, Score
from app.services import rubric_drafts, rubric_publishing, rubrics
from app.services.rubric_drafts import Arrangement
from app.services.rubric_publishing import Effect

SLUG = "three-bottlenecks"


@pytest.fixture
def live(make):
    return make.rubric(SLUG)


@pytest.fixture
def draft(db, root, live, course, now):
    """An open draft of the rubric in force, committed."""
    draft_id = rubric_drafts.begin(db, root, SLUG, course=course, now=now)
    db.commit()
    return draft_id


@pytest.fixture
def first(course):
    return course.capstone(SLUG).rubric.criteria[0]


@pytest.fixture
def type_in(db, root, draft, now):
    """Save the draft with these fields changed; returns the tag."""

    def type_in(**fields):
        row = db.get_one(RubricDraft, draft)
        tag = rubric_drafts.save_draft(db, root, draft, fields_of(row.content) | fields, tag=row.tag, now=now)
        db.commit()
        return tag

    return type_in


@pytest.fixture
def publish(db, root, draft, live, course, now):
    def publish(effect=Effect.NEW_WORK, *, tag=1, against=live.id):
        number = rubric_publishing.publish(
            db, root, draft, tag=tag, against=against, effect=effect, course=course, now=now
        )
        db.commit()
        return number

    return publish


def versions(db):
    return db.execute(
        select(RubricVersion.number, RubricVersion.retired_at.is_(None))
        .where(RubricVersion.capstone_slug == SLUG)
        .order_by(RubricVersion.number)
    ).all()


def test_a_draft_begins_with_the_words_in_force_and_there_is_one(db, root, draft, live, course, now):
    again = rubric_drafts.begin(db, root, SLUG, course=course, now=now)

    row = db.get_one(RubricDraft, draft)
    assert again == draft
    assert rubrics.words(db, live.id) == course.capstone(SLUG).rubric
    assert (row.base_id, row.tag, row.content["threshold"]) == (live.id, 0, live.threshold)
    assert db.scalar(select(func.count()).where(AuditEntry.action == "rubric.draft")) == 1


def test_only_admins_edit(db, ada, draft, live, course, now):
    attempts = (
        lambda: rubric_drafts.begin(db, ada, SLUG, course=course, now=now),
        lambda: rubric_drafts.save_draft(db, ada, draft, {}, tag=0, now=now),
        lambda: rubric_drafts.arrange(db, ada, draft, Arrangement.UP, "x", tag=0, now=now),
        lambda: rubric_drafts.discard(db, ada, draft, tag=0, now=now),
        lambda: rubric_publishing.publish(
            db, ada, draft, tag=0, against=live.id, effect=Effect.NEW_WORK, course=course, now=now
        ),
    )

    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()


def test_a_save_on_an_older_page_is_refused_with_the_text_that_is_there(db, root, draft, type_in, first, now):
    name = f"title-{first.key}"
    assert type_in(**{name: "Mine"}) == 1
    saved = fields_of(db.get_one(RubricDraft, draft).content)

    with pytest.raises(Stale) as refused:
        rubric_drafts.save_draft(db, root, draft, saved | {name: "Theirs"}, tag=0, now=now)

    assert (refused.value.tag, refused.value.theirs[name]) == (1, "Mine")
    assert rubric_drafts.save_draft(db, root, draft, saved, tag=0, now=now) == 1


def test_a_text_that_is_too_long_is_refused_and_nothing_is_kept(db, root, draft, first, now):
    with pytest.raises(Invalid) as refused:
        rubric_drafts.save_draft(
            db, root, draft, {f"title-{first.key}": "x" * 301, "threshold": "9"}, tag=0, now=now
        )

    assert refused.value.errors == {f"title-{first.key}": "Use at most 300 characters; this has 301."}
    assert db.get_one(RubricDraft, draft).tag == 0


def keys(db, draft):
    return [each["key"] for each in db.get_one(RubricDraft, draft).content["criteria"]]


def test_criteria_are_arranged_by_buttons(db, root, draft, course, now):
    before = keys(db, draft)

    def press(what, key):
        tag = db.get_one(RubricDraft, draft).tag
        rubric_drafts.arrange(db, root, draft, what, key, tag=tag, now=now)
        return keys(db, draft)

    assert press(Arrangement.DOWN, before[0])[:2] == [before[1], before[0]]
    assert press(Arrangement.UP, before[0]) == before
    assert press(Arrangement.UP, before[0]) == before
    assert press(Arrangement.REMOVE, before[0]) == before[1:]
    assert press(Arrangement.ADD, "rollback") == [*before[1:], "rollback"]
    assert press(Arrangement.ADD, before[0]) == [*before[1:], "rollback", before[0]]
    brought_back = db.get_one(RubricDraft, draft).content["criteria"][-1]
    assert brought_back["title"] == course.capstone(SLUG).rubric.criteria[0].title


@pytest.mark.parametrize("key", ["", "Two words", "x" * 41])
def test_a_new_criterion_needs_a_short_name_of_its_own(db, root, draft, first, now, key):
    for typed in (key, first.key):
        with pytest.raises(Invalid) as refused:
            rubric_drafts.arrange(db, root, draft, Arrangement.ADD, typed, tag=0, now=now)

        assert set(refused.value.errors) == {"new_key"}


def test_a_button_on_an_older_page_moves_nothing(db, root, draft, type_in, first, now):
    type_in(threshold="9")

    with pytest.raises(Stale):
        rubric_drafts.arrange(db, root, draft, Arrangement.DOWN, first.key, tag=0, now=now)


def test_discarding_is_told_and_a_second_time_nothing(db, root, draft, type_in, now):
    type_in(threshold="9")
    with pytest.raises(Stale):
        rubric_drafts.discard(db, root, draft, tag=0, now=now)

    for _ in range(2):
        rubric_drafts.discard(db, root, draft, tag=1, now=now)
        db.flush()

    assert db.scalar(select(func.count()).select_from(RubricDraft)) == 0
    assert db.scalar(select(func.count()).where(AuditEntry.action == "rubric.discard")) == 1
    with pytest.raises(NotFound):
        rubric_drafts.save_draft(db, root, draft, {}, tag=1, now=now)


def test_publishing_makes_the_next_version_once(db, root, draft, publish, type_in, first):
    type_in(**{f"title-{first.key}": "Better words"})

    numbers = [publish(), publish()]

    entry = db.scalar(select(AuditEntry).where(AuditEntry.detail["number"].as_integer() == 2))
    version = db.scalar(select(RubricVersion).where(RubricVersion.number == 2))
    assert numbers == [2, 2]
    assert versions(db) == [(1, False), (2, True)]
    assert (version.draft_id, version.published_by) == (draft, root.id)
    assert rubrics.words(db, version.id).criteria[0].title == "Better words"
    assert db.scalar(select(func.count()).select_from(RubricDraft)) == 0
    assert db.scalar(select(func.count()).select_from(RubricRewording)) == 0
    assert (entry.action, entry.actor_id, entry.detail) == (
        "rubric.publish",
        root.id,
        {"number": 2, "effect": "new_work"},
    )


def test_a_draft_with_mistakes_or_without_a_change_is_not_published(db, publish, type_in, first):
    with pytest.raises(Invalid, match="says what version 1 says"):
        publish(tag=0)
    type_in(**{f"label-{first.key}-2": ""})
    with pytest.raises(Invalid, match="cannot be published yet"):
        publish()

    db.rollback()
    assert versions(db) == [(1, True)]


def test_what_changed_since_the_preview_stops_the_publication(db, publish, type_in, first, course, root, now):
    type_in(**{f"title-{first.key}": "Better words"})
    with pytest.raises(Conflict, match="saved since"):
        publish(tag=0)
    rubrics.put_in_force(db, course, SLUG, course.capstone("launch-plan").rubric, actor_id=None, now=now)
    db.commit()

    with pytest.raises(Conflict, match="Version 2 was published since"):
        publish()

    db.rollback()
    assert versions(db) == [(1, False), (2, True)]
    assert db.scalar(select(func.count()).select_from(RubricDraft)) == 1


def test_structure_counts_for_new_work_only(db, publish, type_in, live):
    type_in(threshold=str(live.threshold - 1))

    with pytest.raises(Invalid) as refused:
        publish(Effect.RETAG)

    assert set(refused.value.errors) == {"effect"}
    db.rollback()
    assert publish(Effect.NEW_WORK) == 2


def test_retagging_leaves_every_rating_as_it_was(db, make, publish, type_in, live, first):
    version = make.version(make.person("Omar"), state="in_review", files=1)
    review = make.review(version, make.person("Rosa", roles=("reviewer",)), state="released")
    held = select(Score.criterion_key, Score.level_key, Score.label, Score.points, Score.rubric_version_id)
    before = db.execute(held.order_by(Score.criterion_key)).all()
    type_in(**{f"label-{first.key}-1": "Not there"})

    assert publish(Effect.RETAG) == 2

    newest = db.scalar(select(RubricVersion.id).where(RubricVersion.number == 2))
    pairs = db.execute(select(RubricRewording.rubric_version_id, RubricRewording.words_id)).all()
    assert pairs == [(live.id, newest)]
    assert db.execute(held.order_by(Score.criterion_key)).all() == before
    assert {row.rubric_version_id for row in before} == {review.rubric_version_id} == {live.id}


def test_an_edit_stays_when_its_file_is_as_it_was_and_is_not_lost_when_it_is_not(
    db, publish, type_in, first, course, copied, now
):
    type_in(**{f"title-{first.key}": "Better words"})
    publish()

    assert rubrics.publish(db, course, actor_id=None, now=now) == []
    assert rubrics.edited(db, course) == [(SLUG, 2)]
    changed = copied(title="Other words")
    with pytest.raises(Conflict, match=f"flask course rubric export {SLUG}"):
        rubrics.publish(db, changed, actor_id=None, now=now)
    assert versions(db) == [(1, False), (2, True)]
    assert rubrics.publish(db, changed, replacing=[SLUG], actor_id=None, now=now) == [(SLUG, 3)]
    assert rubrics.edited(db, changed) == []


@pytest.fixture
def copied(tmp_path):
    """The shipped course with another title for the first criterion of the capstone."""

    def copied(*, title):
        folder = Path(shutil.copytree(Path(__file__).parents[2] / "course", tmp_path / "course"))
        path = folder / "capstones" / SLUG / "rubric.toml"
        lines = path.read_text(encoding="utf-8").splitlines()
        at = next(number for number, line in enumerate(lines) if line.startswith("title ="))
        lines[at] = f'title = "{title}"'
        path.write_text("\n".join(lines), encoding="utf-8")
        return load(folder)

    return copied


def test_publishing_at_the_same_time_publishes_once(
    sessions, db, root, draft, type_in, live, course, now, first
):
    tag = type_in(**{f"title-{first.key}": "Better words"})

    def publish(_):
        with sessions.begin() as own:
            return rubric_publishing.publish(
                own, root, draft, tag=tag, against=live.id, effect=Effect.RETAG, course=course, now=now
            )

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(publish, range(6)))

    assert numbers == [2] * 6
    assert versions(db) == [(1, False), (2, True)]
    assert db.scalar(select(func.count()).select_from(RubricRewording)) == 1
