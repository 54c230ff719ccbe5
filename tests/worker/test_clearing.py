"""Bytes that nobody names any more leave the bucket; bytes that somebody names never do."""

import hashlib
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text

from app.adapters.storage import StorageDown
from app.models import EvidenceFile, UnwantedObject
from app.services import erasure
from worker.checking import check_next
from worker.clearing import clear_unwanted


@pytest.fixture
def later(context):
    return replace(context, clock=lambda: context.clock() + timedelta(hours=25))


def keep(context, data):
    key = f"evidence/{hashlib.sha256(data).hexdigest()}"
    context.storage.put_bytes(key, data, media_type="text/plain")
    return key


def drop(sessions, file):
    with sessions.begin() as db:
        db.execute(delete(EvidenceFile).where(EvidenceFile.id == file.id))


def noted(sessions):
    with sessions() as db:
        return db.scalars(select(UnwantedObject.sha256)).all()


def test_bytes_of_a_removed_file_are_deleted_a_day_later(context, later, sessions, make):
    file = make.file(make.version(make.person()), data=b"removed")
    key = keep(context, b"removed")
    drop(sessions, file)

    assert (clear_unwanted(context), context.storage.head(key) is None) == (0, False)
    assert (clear_unwanted(later), context.storage.head(key)) == (1, None)
    assert noted(sessions) == []


def test_bytes_that_another_file_names_stay(context, later, sessions, make):
    first = make.file(make.version(make.person("Mira")), data=b"shared")
    make.file(make.version(make.person("Lin")), data=b"shared")
    key = keep(context, b"shared")
    drop(sessions, first)

    clear_unwanted(later)

    assert context.storage.head(key) is not None
    assert noted(sessions) == []


def test_the_bytes_of_an_erased_person_go_at_once_and_those_of_others_stay(context, sessions, make):
    mira, lin = make.person("Mira"), make.person("Lin")
    root = make.actor(make.person("Root", roles=("admin",)))
    version = make.version(mira)
    make.file(version, data=b"hers alone")
    make.file(version, slot="db-plan-after", data=b"shared")
    make.file(make.version(lin), data=b"shared")
    alone, shared = keep(context, b"hers alone"), keep(context, b"shared")
    with sessions.begin() as db:
        erasure.erase(db, root, mira.id, now=context.clock())

    clear_unwanted(context)

    assert (context.storage.head(alone), context.storage.head(shared) is None) == (None, False)


def test_a_storage_that_is_down_is_asked_again(context, later, sessions, make, store):
    file = make.file(make.version(make.person()), data=b"removed")
    key = keep(context, b"removed")
    drop(sessions, file)
    store.stop()

    with pytest.raises(StorageDown):
        clear_unwanted(later)
    waiting = noted(sessions)
    store.start()

    assert waiting == [file.sha256]
    assert (clear_unwanted(later), context.storage.head(key)) == (1, None)


def test_nobody_announces_bytes_while_they_are_being_deleted(sessions, make, superuser):
    version = make.version(make.person())
    begun, done = threading.Event(), threading.Event()
    digest = hashlib.sha256(b"contested").hexdigest()

    def announce():
        begun.set()
        make.file(version, data=b"contested")
        done.set()

    with superuser.connect().execution_options(isolation_level="READ COMMITTED") as deleting:
        deleting.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"object {digest}"}
        )
        thread = threading.Thread(target=announce)
        thread.start()
        begun.wait()
        waited = not done.wait(0.5)
        deleting.rollback()
        thread.join()

    assert (waited, done.is_set()) == (True, True)


def test_bytes_stored_for_a_file_that_vanished_meanwhile_are_noted(context, sessions, uploaded):
    file = uploaded()
    storage = context.storage
    gone = replace(context, storage=_Vanishing(storage, lambda: drop(sessions, file)))

    check_next(gone)

    assert noted(sessions) == [file.sha256]


class _Vanishing:
    """The storage, during whose work the file's author removes it."""

    def __init__(self, storage, remove):
        self._storage, self._remove = storage, remove

    def __getattr__(self, name):
        return getattr(self._storage, name)

    def settle(self, *args, **kwargs):
        key = self._storage.settle(*args, **kwargs)
        self._remove()
        return key
