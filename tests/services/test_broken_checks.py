"""Checks that broke are tried again: one by one, or all at once; by admins, and each with an entry in the trail."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import Conflict, Forbidden
from app.domain.submissions import CheckState
from app.models import AuditEntry, CheckRun
from app.services import broken_checks, checks

LEASE = timedelta(seconds=60)


@pytest.fixture
def broken(sessions, make, now):
    """`broken(3)` – the ids of that many checks that ended in an error, a second after each other."""
    version = make.version(make.person("Mira Okafor"))

    def make_broken(count=1):
        ids = []
        for number in range(count):
            file = make.file(version, name=f"plan-{number}.txt")
            with sessions.begin() as db:
                checks.promise_check(db, file.id, now=now)
                claimed = checks.claim_check(db, lease=LEASE, now=now)
                ended = now + timedelta(seconds=number)
                checks.give_up(db, claimed.run_id, claimed.fence, f"It broke {number}.", now=ended)
            ids.append(claimed.run_id)
        return ids

    return make_broken


def runs(sessions):
    with sessions() as db:
        return {row.id: row for row in db.scalars(select(CheckRun))}


def entries(sessions):
    with sessions() as db:
        retried = select(AuditEntry).where(AuditEntry.action == "check.retry").order_by(AuditEntry.id)
        return [(entry.actor_id, entry.object_id, entry.detail) for entry in db.scalars(retried)]


def test_an_admin_has_a_broken_check_done_again(sessions, root, broken, now):
    (run_id,) = broken()

    with sessions.begin() as db:
        broken_checks.try_again(db, root, run_id, now=now)
        due = db.info["due"]

    again = runs(sessions)[run_id]
    assert (again.state, again.attempts, again.error, due) == (CheckState.QUEUED, 0, None, True)
    assert entries(sessions) == [(root.id, str(run_id), {"error": "It broke 0."})]


def test_all_that_broke_are_done_again_each_with_its_entry(sessions, make, root, broken, now):
    ids = broken(3)
    waiting = make.file(make.version(make.person("Lin")), name="waiting.txt")
    with sessions.begin() as db:
        checks.promise_check(db, waiting.id, now=now + timedelta(hours=1))

    with sessions.begin() as db:
        broken_checks.try_all_again(db, root, now=now)
        due = db.info["due"]

    after = runs(sessions)
    assert {(after[each].state, after[each].attempts, after[each].due_at) for each in ids} == {
        (CheckState.QUEUED, 0, now)
    }
    assert [run.due_at for run in after.values() if run.id not in ids] == [now + timedelta(hours=1)]
    assert entries(sessions) == [
        (root.id, str(each), {"error": f"It broke {number}."}) for number, each in enumerate(ids)
    ]
    assert due is True


def test_so_many_at_a_time_those_that_broke_first(sessions, root, broken, now):
    ids = broken(broken_checks.MOST_AT_ONCE + 1)

    with sessions.begin() as db:
        broken_checks.try_all_again(db, root, now=now)

    still = [run.id for run in runs(sessions).values() if run.state is CheckState.ERROR]
    assert still == ids[-1:]


def test_what_has_not_broken_is_not_repeated(sessions, root, broken, now):
    (run_id,) = broken()
    with sessions.begin() as db:
        broken_checks.try_again(db, root, run_id, now=now)

    with sessions.begin() as db, pytest.raises(Conflict):
        broken_checks.try_again(db, root, run_id, now=now)
    with sessions.begin() as db, pytest.raises(Conflict):
        broken_checks.try_all_again(db, root, now=now)

    assert len(entries(sessions)) == 1


def test_a_learner_does_not_repeat_checks(sessions, make, broken, now):
    (run_id,) = broken()
    learner = make.actor(make.person("Lin"))

    with sessions.begin() as db, pytest.raises(Forbidden):
        broken_checks.try_again(db, learner, run_id, now=now)
    with sessions.begin() as db, pytest.raises(Forbidden):
        broken_checks.try_all_again(db, learner, now=now)

    assert runs(sessions)[run_id].state is CheckState.ERROR
