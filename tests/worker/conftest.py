"""A worker's context on real parts, and evidence waiting in staging."""

import pytest

from app.services import checks
from tests.worker.parts import MailServer, StoreSwitch, make_context
from worker import sandbox

PLAN = (sandbox.ROOT / "app" / "evidence" / "postgres_plan" / "samples" / "before.txt").read_bytes()


@pytest.fixture(scope="session")
def box():
    return sandbox.probe()


@pytest.fixture
def store(tmp_path):
    store = StoreSwitch(tmp_path / "store")
    store.start()
    yield store
    store.stop()
    store.shelf.close()


@pytest.fixture
def mail_server():
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def context(settings, course, sessions, box, store, mail_server):
    return make_context(settings, course, sessions, box, store.bucket(), mail=mail_server.settings())


@pytest.fixture
def uploaded(sessions, make, context, now):
    """`uploaded(data, …)` – a file whose upload was confirmed: bytes in staging, its check promised."""
    version = make.version(make.person())

    def upload(data=PLAN, *, staged=None, name="plan.txt"):
        file = make.file(version, name=name, data=data, stored=False, uploaded_at=now)
        context.storage.put_bytes(
            file.staging_key, data if staged is None else staged, media_type="text/plain"
        )
        with sessions.begin() as db:
            checks.promise_check(db, file.id, now=now)
        return file

    return upload
