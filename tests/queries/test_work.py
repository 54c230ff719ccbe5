from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db import new_id
from app.domain.errors import NotFound
from app.domain.submissions import State
from app.models import EvidenceFile
from app.queries import files, progress, waiting, work
from app.queries.evidence import Reading

SLUG = "three-bottlenecks"


def test_a_capstone_that_was_not_started_has_no_work(db, make, course, now):
    actor = make.actor(make.person())

    assert work.current_work(db, actor, course.capstone(SLUG), course=course, now=now) is None


def test_the_newest_version_is_current_and_every_version_is_listed(db, make, course, now):
    person = make.person()
    first = make.version(person, state="needs_changes")
    second = make.version(person, number=2)

    found = work.current_work(db, make.actor(person), course.capstone(SLUG), course=course, now=now)

    assert found.version.id == second.id
    assert [(one.id, one.number, one.state) for one in found.versions] == [
        (second.id, 2, State.DRAFT),
        (first.id, 1, State.NEEDS_CHANGES),
    ]


def test_a_file_in_a_slot_the_course_dropped_is_still_shown(db, make, course, now):
    person = make.person()
    version = make.version(person)
    make.file(version, slot="dropped-long-ago")

    found = work.version_work(db, make.actor(person), version.id, course=course, now=now)

    last = found.slots[-1]
    assert (last.slot.key, [file.name for file in last.files]) == ("dropped-long-ago", ["plan.txt"])
    assert {card.reading for card in found.slots[:-1]} == {Reading.MISSING}


def test_only_the_author_and_staff_read_a_version(db, make, course, now):
    version = make.version(make.person(), state="submitted", files=1)
    readers = [make.actor(make.person(role, roles=[role])) for role in ("reviewer", "admin")]

    for reader in readers:
        assert work.version_work(db, reader, version.id, course=course, now=now).version.id == version.id
    with pytest.raises(NotFound):
        work.version_work(db, make.actor(make.person("Other")), version.id, course=course, now=now)


def test_refusing_a_version_takes_as_long_as_not_finding_it(db, make, course, now, count_selects):
    """Else the time of the answer says that it exists (I20)."""
    version, other = make.version(make.person(), state="submitted", files=1), make.actor(make.person("Other"))
    asked = []

    for version_id in (version.id, new_id()):
        with count_selects() as seen, pytest.raises(NotFound):
            work.version_work(db, other, version_id, course=course, now=now)
        asked.append(len(seen))

    assert asked == [1, 1]


def test_the_place_in_the_queue_counts_unclaimed_work_that_waits_longer(db, make, course, now):
    hour = timedelta(hours=1)
    versions = [
        make.version(make.person(f"Learner {n}"), state=state, queued_at=now - n * hour)
        for n, state in ((5, "in_review"), (4, "submitted"), (3, "submitted"), (2, "submitted"))
    ]

    outlook = waiting.queue_outlook(db, course.slug, now=now)

    assert [outlook.before(version.id) for version in versions] == [None, 0, 1, 2]
    assert outlook.waits is None


def test_waits_are_of_ratings_of_the_last_sixty_days(db, make, course, now):
    day = timedelta(days=1)
    make.version(make.person("Recent"), state="passed", queued_at=now - 4 * day, closed_at=now - day)
    make.version(make.person("Old"), state="passed", queued_at=now - 90 * day, closed_at=now - 61 * day)

    outlook = waiting.queue_outlook(db, course.slug, now=now)

    assert (outlook.waits.p50.length, outlook.waits.sample) == (3 * day, 1)


def test_the_home_shows_a_pass_even_when_something_was_begun_after_it(db, make, course, now):
    person = make.person()
    reviewer = make.person("Ada", roles=["reviewer"])
    passed = make.version(person, state="passed")
    make.review(passed, reviewer, state="released", summary="The tables are clear.")

    home = progress.learner_home(db, person.id, course=course, now=now)

    row = next(row for row in home.capstones if row.slug == SLUG)
    assert (row.state, row.passed, row.news) == (State.PASSED, True, "“The tables are clear.”")
    assert home.progress.passed == (SLUG,)
    assert {row.state for row in home.capstones if row.slug != SLUG} == {None}


def test_a_file_is_read_by_its_author_and_once_sent_by_staff(db, make):
    owner, reviewer = make.person(), make.actor(make.person("Ada", roles=["reviewer"]))
    version = make.version(owner, state="submitted", files=1)
    draft = make.file(make.version(owner, capstone="stateless"), slot="readyz")
    sent = db.scalar(select(EvidenceFile.id).where(EvidenceFile.version_id == version.id))

    assert files.readable_file(db, reviewer, sent).id == sent
    assert files.own_file(db, make.actor(owner), draft.id).storage_key == f"evidence/{draft.sha256}"
    with pytest.raises(NotFound):
        files.readable_file(db, reviewer, draft.id)
    with pytest.raises(NotFound):
        files.own_file(db, reviewer, sent)
    with pytest.raises(NotFound):
        files.readable_file(db, make.actor(make.person("Other")), sent)


def test_only_uploaded_and_unstored_files_of_ones_own_are_unsettled(db, make, now):
    owner = make.person()
    version = make.version(owner)
    waiting_file = make.file(version, stored=False, uploaded_at=now)
    make.file(version, data=b"begun", stored=False)
    make.file(version, data=b"stored")

    assert [row.id for row in files.unsettled_files(db, make.actor(owner), version.id)] == [waiting_file.id]
    assert files.unsettled_files(db, make.actor(make.person("Other")), version.id) == []
