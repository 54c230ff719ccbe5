"""Files of an archive that wait: several moved at once, all or none."""

import pytest
from sqlalchemy import func, select

from app.domain.errors import Invalid, NotFound
from app.domain.placing import UNPLACED
from app.models import AuditEntry, EvidenceFile
from app.services import packages

NOTHING = frozenset()


@pytest.fixture
def draft(make, mira):
    return make.version(mira, capstone="on-call-package")


@pytest.fixture
def waiting(make, draft):
    return [
        make.file(draft, slot=UNPLACED, name=name, data=name.encode())
        for name in ("a.yaml", "b.yaml", "c.md")
    ]


@pytest.fixture
def place(sessions, make, mira, course, now):
    def moved(moves, actor=None):
        with sessions.begin() as db:
            return packages.move_all(db, actor or make.actor(mira), moves, course=course, now=now)

    return moved


def slots(sessions):
    with sessions() as db:
        return {file.name: file.slot for file in db.scalars(select(EvidenceFile))}


def test_all_are_moved_and_each_is_recorded(sessions, waiting, place):
    place(
        [
            (waiting[0].id, "slo", NOTHING),
            (waiting[1].id, "runbooks", NOTHING),
            (waiting[2].id, "runbooks", NOTHING),
        ]
    )

    assert slots(sessions) == {"a.yaml": "slo", "b.yaml": "runbooks", "c.md": "runbooks"}
    with sessions() as db:
        assert db.scalar(select(func.count()).where(AuditEntry.action == "file.move")) == 3


def test_what_was_shown_is_replaced_and_its_object_can_go(sessions, make, draft, waiting, place):
    old = make.file(draft, slot="slo", name="old.yaml", data=b"old")

    keys = place([(waiting[0].id, "slo", frozenset({old.id})), (waiting[2].id, "runbooks", NOTHING)])

    assert slots(sessions) == {"a.yaml": "slo", "b.yaml": UNPLACED, "c.md": "runbooks"}
    assert keys == [key for key in (old.staging_key,) if key]


@pytest.mark.parametrize(("second", "sentence"), [("slo", "it takes one"), ("nowhere", "slots in the list")])
def test_one_that_cannot_be_moved_is_named_and_none_is(sessions, waiting, place, second, sentence):
    with pytest.raises(Invalid) as refused:
        place([(waiting[0].id, "slo", NOTHING), (waiting[1].id, second, NOTHING)])

    ((file_id, said),) = refused.value.errors.items()
    assert (file_id, sentence in said) == (str(waiting[1].id), True)
    assert set(slots(sessions).values()) == {UNPLACED}


def test_nobody_else_moves_them(sessions, waiting, place, ada):
    with pytest.raises(NotFound):
        place([(waiting[0].id, "slo", NOTHING)], actor=ada)

    assert set(slots(sessions).values()) == {UNPLACED}
