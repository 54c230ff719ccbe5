"""A worker killed while an archive is being opened: its parts land once, and all of them."""

import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from app.adapters.storage import Storage
from app.domain.placing import PACKAGE
from app.domain.submissions import CheckState
from app.models import CheckRun, EvidenceFile
from tests.evidence.archive.packing import zipped
from tests.worker.conftest import PLAN
from tests.worker.parts import until

PATCHES = 12


def patch(number):
    """A patch that adds a thousand lines of its own."""
    chance = random.Random(number)
    lines = "".join(f"+retries = {chance.getrandbits(64)}\n" for _ in range(1000))
    return f"--- a/x{number}.py\n+++ b/x{number}.py\n@@ -0,0 +1,1000 @@\n{lines}".encode()


def files(sessions):
    with sessions() as db:
        return sorted(db.execute(select(EvidenceFile.slot, EvidenceFile.name)).all())


def states(sessions):
    with sessions() as db:
        return dict(db.execute(select(CheckRun.state, func.count()).group_by(CheckRun.state)).all())


def staged(storage):
    return storage.list_older("staging/", datetime.now(UTC) + timedelta(days=1))


def test_a_worker_killed_half_way_lands_every_part_once(sessions, hire, upload, store):
    storage = Storage(store.bucket())
    entries = [(f"changes/{number}.patch", patch(number)) for number in range(PATCHES)]
    upload(data=zipped(("db-plan-before.txt", PLAN), *entries), name="package.zip")
    unlucky = hire(CHECK_LEASE_SECONDS="2")
    assert until(lambda: len(list(staged(storage))) > 2, seconds=180)
    unlucky.kill()

    hire(CHECK_LEASE_SECONDS="30")

    assert until(lambda: states(sessions) == {CheckState.DONE: PATCHES + 2}, seconds=400)
    assert files(sessions) == sorted([
        (PACKAGE.key, "package.zip"),
        ("db-plan-before", "db-plan-before.txt"),
        *(("changes", name) for name, _ in entries),
    ])  # fmt: skip
