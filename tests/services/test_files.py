import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import Conflict, Invalid, NotFound, Paused
from app.domain.switches import Switch
from app.evidence import registry
from app.models import CheckRun, EvidenceFile
from app.services import files, switches

PLAN = b"Seq Scan on orders"


@pytest.fixture
def limits(settings):
    return settings.limits


@pytest.fixture
def learner(make):
    return make.person()


@pytest.fixture
def draft(make, learner):
    return make.version(learner)


def offer(course, slot=None, *, name="plan.txt", data=PLAN, **values):
    slot = slot or one_file_slot(course)
    made = files.Offer(slot, name, len(data), "text/plain", hashlib.sha256(data).hexdigest())
    return replace(made, **values)


def slots(course):
    return course.capstone("three-bottlenecks").slots


def one_file_slot(course):
    return next(slot.key for slot in slots(course) if not slot.many)


def begin(sessions, actor, draft, made, course, limits, now):
    with sessions.begin() as db:
        return files.begin(db, actor, draft.id, made, course=course, limits=limits, now=now)


def confirm(sessions, actor, file_id, course, now):
    with sessions.begin() as db:
        files.confirm(db, actor, file_id, course=course, now=now)


def rows(sessions):
    with sessions() as db:
        return list(db.scalars(select(EvidenceFile).order_by(EvidenceFile.created_at, EvidenceFile.id)))


def test_begin_makes_a_row_that_is_not_uploaded_yet(sessions, make, learner, draft, course, limits, now):
    begun = begin(sessions, make.actor(learner), draft, offer(course), course, limits, now)

    (row,) = rows(sessions)
    assert (row.id, row.staging_key, row.size) == (begun.file_id, f"staging/{begun.file_id}", len(PLAN))
    assert (row.uploaded_at, row.stored_at) == (None, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"size": 0}, "file"),
        ({"size": -1}, "file"),
        ({"size": 64 * 1024 * 1024 + 1}, "file"),
        ({"sha256": "not a hash"}, "file"),
        ({"sha256": "A" * 64}, "file"),
        ({"slot": "no-such-slot"}, "slot"),
    ],
)
def test_begin_refuses_what_cannot_be_evidence(
    sessions, make, learner, draft, course, limits, now, values, field
):
    with pytest.raises(Invalid) as refused:
        begin(sessions, make.actor(learner), draft, offer(course, **values), course, limits, now)

    assert set(refused.value.errors) == {field}
    assert rows(sessions) == []


def test_begin_takes_a_file_of_exactly_the_limit(sessions, make, learner, draft, course, limits, now):
    begin(sessions, make.actor(learner), draft, offer(course, size=limits.file_bytes), course, limits, now)

    assert [row.size for row in rows(sessions)] == [limits.file_bytes]


def test_begin_refuses_one_file_too_many_but_lets_one_be_replaced(
    sessions, make, learner, draft, course, limits, now
):
    make.file(draft, slot=one_file_slot(course), data=b"first")
    tight = replace(limits, version_files=1)
    other = next(slot.key for slot in slots(course) if slot.key != one_file_slot(course))

    with pytest.raises(Invalid):
        begin(sessions, make.actor(learner), draft, offer(course, other), course, tight, now)
    begin(sessions, make.actor(learner), draft, offer(course), course, tight, now)

    assert [row.slot for row in rows(sessions)] == [one_file_slot(course)] * 2


def test_begin_counts_the_bytes_of_the_whole_version(sessions, make, learner, draft, course, limits, now):
    other = next(slot.key for slot in slots(course) if slot.key != one_file_slot(course))
    make.file(draft, slot=other, data=b"x" * 50)
    tight = replace(limits, version_bytes=60)

    with pytest.raises(Invalid) as refused:
        begin(sessions, make.actor(learner), draft, offer(course), course, tight, now)

    assert set(refused.value.errors) == {"file"}
    assert len(rows(sessions)) == 1


def test_begin_again_takes_the_place_of_the_unfinished_try(
    sessions, make, learner, draft, course, limits, now
):
    first = begin(sessions, make.actor(learner), draft, offer(course), course, limits, now)
    second = begin(sessions, make.actor(learner), draft, offer(course), course, limits, now)

    assert [row.id for row in rows(sessions)] == [second.file_id]
    assert first.staging_key != second.staging_key


@pytest.mark.parametrize("state", ["submitted", "in_review", "passed", "withdrawn"])
def test_begin_refuses_a_version_that_is_no_draft(sessions, make, learner, course, limits, now, state):
    version = make.version(learner, state=state)

    with pytest.raises(Conflict):
        begin(sessions, make.actor(learner), version, offer(course), course, limits, now)

    assert rows(sessions) == []


def test_other_people_find_nothing(sessions, make, learner, draft, course, limits, now):
    file = make.file(draft, stored=False)
    strangers = [
        make.actor(make.person("Other")),
        make.actor(make.person("Ada", roles=["reviewer", "learner"])),
    ]

    for stranger in strangers:
        with pytest.raises(NotFound):
            begin(sessions, stranger, draft, offer(course), course, limits, now)
        with pytest.raises(NotFound):
            confirm(sessions, stranger, file.id, course, now)
        with pytest.raises(NotFound), sessions.begin() as db:
            files.remove(db, stranger, file.id, course=course, now=now)

    assert [(row.id, row.uploaded_at) for row in rows(sessions)] == [(file.id, None)]


def test_begin_is_refused_while_uploads_are_paused(sessions, make, learner, draft, course, limits, now):
    with sessions.begin() as db:
        admin = make.actor(make.person("Ruth", roles=["admin"]))
        switches.pause(db, admin, Switch.UPLOADS, message="The store moves until 14:00.", now=now)

    with pytest.raises(Paused) as paused:
        begin(sessions, make.actor(learner), draft, offer(course), course, limits, now)

    assert str(paused.value) == "The store moves until 14:00."
    assert rows(sessions) == []


def test_confirm_promises_one_check_however_often_it_is_called(
    sessions, make, learner, draft, course, limits, now
):
    actor = make.actor(learner)
    begun = begin(sessions, actor, draft, offer(course), course, limits, now)

    for _ in range(2):
        confirm(sessions, actor, begun.file_id, course, now)

    with sessions() as db:
        assert list(db.scalars(select(CheckRun.file_id))) == [begun.file_id]
    assert rows(sessions)[0].uploaded_at == now


def test_confirm_replaces_the_file_of_a_slot_for_one(sessions, make, learner, draft, course, limits, now):
    actor = make.actor(learner)
    old = make.file(draft, slot=one_file_slot(course), data=b"old plan")
    begun = begin(sessions, actor, draft, offer(course), course, limits, now)
    assert {row.id for row in rows(sessions)} == {old.id, begun.file_id}

    confirm(sessions, actor, begun.file_id, course, now)

    assert [row.id for row in rows(sessions)] == [begun.file_id]


def test_confirm_adds_to_a_slot_for_many(sessions, make, learner, course, limits, now):
    capstone, slot = next(
        (capstone, slot) for capstone in course.capstones for slot in capstone.slots if slot.many
    )
    actor, version = make.actor(learner), make.version(learner, capstone=capstone.slug)
    for name in ("one.txt", "two.txt"):
        made = offer(course, slot.key, name=name, data=name.encode())
        confirm(
            sessions, actor, begin(sessions, actor, version, made, course, limits, now).file_id, course, now
        )

    assert [row.name for row in rows(sessions)] == ["one.txt", "two.txt"]


def test_remove_takes_the_file_and_its_check_and_names_what_can_go(
    sessions, make, learner, draft, course, limits, now
):
    actor = make.actor(learner)
    begun = begin(sessions, actor, draft, offer(course), course, limits, now)
    confirm(sessions, actor, begun.file_id, course, now)

    with sessions.begin() as db:
        key = files.remove(db, actor, begun.file_id, course=course, now=now)

    assert (key, rows(sessions)) == (begun.staging_key, [])
    with sessions() as db:
        assert list(db.scalars(select(CheckRun.id))) == []


def test_a_sent_file_is_never_removed(sessions, make, learner, course, now):
    version = make.version(learner, state="submitted", files=1)
    (file,) = rows(sessions)

    with pytest.raises(Conflict), sessions.begin() as db:
        files.remove(db, make.actor(learner), file.id, course=course, now=now)

    assert [(row.id, row.version_id) for row in rows(sessions)] == [(file.id, version.id)]


def test_stored_is_marked_once_and_only_after_the_upload(sessions, make, draft, now):
    waiting = make.file(draft, stored=False)
    arrived = make.file(draft, stored=False, data=b"other", uploaded_at=now)

    for moment in (now, now + timedelta(minutes=5)):
        with sessions.begin() as db:
            files.mark_stored(db, waiting.id, now=moment)
            files.mark_stored(db, arrived.id, now=moment)

    found = {row.id: (row.stored_at, row.staging_key) for row in rows(sessions)}
    assert found == {waiting.id: (None, waiting.staging_key), arrived.id: (now, None)}


def test_sweep_forgets_what_nobody_finished_within_a_day(sessions, make, draft, now):
    old = now - timedelta(hours=25)
    abandoned = make.file(draft, stored=False, created_at=old)
    uploaded = make.file(draft, stored=False, data=b"b", created_at=old, uploaded_at=old)
    recent = make.file(draft, stored=False, data=b"c", created_at=now - timedelta(hours=23))

    with sessions.begin() as db:
        keys = files.sweep(db, now=now)

    assert keys == [abandoned.staging_key]
    assert {row.id for row in rows(sessions)} == {uploaded.id, recent.id}


def test_only_objects_without_a_row_are_unreferenced(sessions, make, draft):
    stored = make.file(draft)
    staged = make.file(draft, stored=False, data=b"other")
    gone = "evidence/" + "0" * 64

    with sessions() as db:
        orphans = files.unreferenced(
            db, [f"evidence/{stored.sha256}", staged.staging_key, gone, "staging/lost"]
        )

    assert orphans == [gone, "staging/lost"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("plan.txt", "plan.txt"),
        ("C:\\Users\\me\\plan.txt", "plan.txt"),
        ("../../etc/passwd", "passwd"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("tab\there\x00.csv", "tabhere.csv"),
        ("..", "evidence"),
        ("", "evidence"),
        ("\u200b", "evidence"),
        ("naïve résumé.md", "naïve résumé.md"),
        ("<script>alert(1)</script>.txt", "script>.txt"),
        ("计划.md", "计划.md"),
    ],
)
def test_names_hold_no_folders_control_or_direction_signs(typed, kept):
    assert files.clean_name(typed) == kept


def test_a_long_name_keeps_its_ending():
    name = files.clean_name("a" * 400 + ".csv.gz")

    assert (len(name) <= 200, name.endswith(".gz")) == (True, True)


def test_a_chosen_kind_asks_for_one_more_check_and_stays_with_the_file(sessions, make, learner, draft, now):
    file = make.file(draft, name="notes.txt", data=PLAN)

    for kind in ("profile", "profile", None):
        with sessions.begin() as db:
            files.choose_kind(db, make.actor(learner), file.id, kind, now=now)

    with sessions() as db:
        asked = db.execute(select(CheckRun.checker, CheckRun.checker_version).order_by(CheckRun.id)).all()
    version = registry.VERSION
    assert asked == [("evidence as profile", f"{version}+0"), ("evidence", f"{version}+1")]
    assert rows(sessions)[0].kind is None


def test_a_kind_nobody_knows_is_refused_and_nothing_is_asked(sessions, make, learner, draft, now):
    file = make.file(draft, name="notes.txt", data=PLAN)

    with pytest.raises(Invalid) as refused, sessions.begin() as db:
        files.choose_kind(db, make.actor(learner), file.id, "poem", now=now)

    assert refused.value.errors == {"kind": "Choose one of the kinds in the list."}
    with sessions() as db:
        assert db.scalars(select(CheckRun)).all() == []


def test_only_the_author_of_a_draft_chooses(sessions, make, learner, draft, now):
    file = make.file(draft, name="notes.txt", data=PLAN)
    sent = make.version(learner, state="submitted", capstone="on-call-package", files=1)
    with sessions() as db:
        sent_file = db.scalars(select(EvidenceFile.id).where(EvidenceFile.version_id == sent.id)).one()

    with pytest.raises(NotFound), sessions.begin() as db:
        files.choose_kind(db, make.actor(make.person()), file.id, "profile", now=now)
    with pytest.raises(Conflict), sessions.begin() as db:
        files.choose_kind(db, make.actor(learner), sent_file, "profile", now=now)


@pytest.mark.parametrize(("blind", "kept"), [(True, "author-plan.txt"), (False, "mira-plan.txt")])
def test_while_reviews_are_blind_a_file_is_kept_without_the_name_of_its_author(
    sessions, make, learner, draft, course, limits, now, blind, kept
):
    chosen = replace(course, reviewing=replace(course.reviewing, blind=blind))

    begin(sessions, make.actor(learner), draft, offer(course, name="mira-plan.txt"), chosen, limits, now)

    assert [row.name for row in rows(sessions)] == [kept]
