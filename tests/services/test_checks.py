"""Checks as rows: promised once, claimed by one, finished behind a fence, retried, given up."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.domain.submissions import CheckState
from app.domain.switches import Switch
from app.evidence.findings import Audience, Finding, Report, Severity, Where
from app.models import CheckResult, CheckRun, Ledger
from app.models import Finding as FindingRow
from app.services import checks, switches

LEASE = timedelta(seconds=60)
FOUND = Finding("E1", Severity.WARN, "What.", "Why.", "Fix.", Where(line=3), {"rows": 7}, Audience.REVIEWER)
REPORT = Report("postgres_plan", 0.9, {"execution_ms": 4.2}, (FOUND,))


@pytest.fixture
def file(make):
    return make.file(make.version(make.person()), stored=False, uploaded_at=make.now)


@pytest.fixture
def promised(sessions, file, now):
    with sessions.begin() as db:
        checks.promise_check(db, file.id, now=now)
    return file


def claim(sessions, now, *, lease=LEASE):
    with sessions.begin() as db:
        return checks.claim_check(db, lease=lease, now=now)


def finish(sessions, claimed, course, now, report=REPORT):
    with sessions.begin() as db:
        return checks.finish(
            db, claimed.run_id, claimed.fence, report, sandbox="limits", took_ms=12, course=course, now=now
        )


def run(sessions):
    with sessions() as db:
        return db.scalars(select(CheckRun)).one()


def results(sessions):
    with sessions() as db:
        return db.scalar(select(func.count()).select_from(CheckResult))


def test_a_check_promised_twice_is_owed_once_and_rings(sessions, file, now):
    with sessions.begin() as db:
        checks.promise_check(db, file.id, now=now)
        checks.promise_check(db, file.id, now=now)
        due = db.info["due"]

    assert due is True
    assert run(sessions).state is CheckState.QUEUED


def test_a_claim_carries_the_file_and_takes_it_from_others(sessions, promised, now):
    claimed = claim(sessions, now)

    assert (claimed.file_id, claimed.name, claimed.sha256) == (promised.id, promised.name, promised.sha256)
    assert (claimed.fence, claimed.attempts, claimed.staging_key) == (1, 1, promised.staging_key)
    assert run(sessions).lease_until == now + LEASE
    assert claim(sessions, now) is None


def test_the_check_that_is_due_longest_comes_first(sessions, make, now):
    version = make.version(make.person())
    files = [make.file(version, name=name) for name in ("later.txt", "sooner.txt")]
    with sessions.begin() as db:
        checks.promise_check(db, files[0].id, now=now)
        checks.promise_check(db, files[1].id, now=now - timedelta(minutes=1))

    assert [claim(sessions, now).name, claim(sessions, now).name] == ["sooner.txt", "later.txt"]


def test_of_eight_workers_each_check_is_claimed_by_one(sessions, make, now):
    version = make.version(make.person())
    files = [make.file(version, name=f"{number}.txt") for number in range(20)]
    with sessions.begin() as db:
        for file in files:
            checks.promise_check(db, file.id, now=now)
    claimed, start = [], threading.Barrier(8)

    def work():
        start.wait()
        while taken := claim(sessions, now):
            claimed.append(taken.file_id)

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(claimed) == sorted(file.id for file in files)


def test_a_finished_check_keeps_its_findings_and_settles_the_ledger(sessions, promised, course, now):
    claimed = claim(sessions, now)

    kept = finish(sessions, claimed, course, now)

    with sessions() as db:
        result = db.scalars(select(CheckResult)).one()
        found = db.scalars(select(FindingRow)).one()
        ledger = db.get_one(Ledger, promised.version_id)
    assert kept
    assert (result.file_sha256, result.sandbox, result.facts) == (
        promised.sha256,
        "limits",
        {"execution_ms": 4.2},
    )
    assert (found.code, found.audience, found.place, found.numbers) == (
        "E1",
        "reviewer",
        {"line": 3},
        {"rows": 7},
    )
    assert ledger.warned == 1
    assert run(sessions).state is CheckState.DONE


def test_a_claim_whose_lease_has_ended_goes_to_another_and_the_first_result_is_thrown_away(
    sessions, promised, course, now
):
    later = now + LEASE + timedelta(seconds=1)
    first = claim(sessions, now)
    second = claim(sessions, later)

    assert not finish(sessions, first, course, later)
    assert results(sessions) == 0
    assert finish(sessions, second, course, later)
    assert not finish(sessions, first, course, later)
    assert (results(sessions), second.fence, second.attempts) == (1, 2, 2)


def test_a_renewed_lease_keeps_others_away(sessions, promised, now):
    claimed = claim(sessions, now)
    late = now + timedelta(seconds=50)

    with sessions.begin() as db:
        renewed = checks.renew(db, claimed.run_id, claimed.fence, lease=LEASE, now=late)

    assert renewed
    assert claim(sessions, now + timedelta(seconds=100)) is None
    assert claim(sessions, now + timedelta(seconds=111)) is not None


def test_a_lost_lease_is_not_renewed(sessions, promised, now):
    first = claim(sessions, now)
    claim(sessions, now + timedelta(seconds=61))

    with sessions.begin() as db:
        renewed = checks.renew(db, first.run_id, first.fence, lease=LEASE, now=now)

    assert not renewed


def test_a_failed_attempt_waits_longer_each_time_and_ends_as_our_error(sessions, promised, now):
    moment, pauses = now, []
    for _ in range(2):
        claimed = claim(sessions, moment)
        with sessions.begin() as db:
            checks.fail(db, claimed.run_id, claimed.fence, "It broke.", attempts_max=3, now=moment)
        pauses.append(run(sessions).due_at - moment)
        assert claim(sessions, moment) is None
        moment = run(sessions).due_at
    claimed = claim(sessions, moment)
    with sessions.begin() as db:
        checks.fail(db, claimed.run_id, claimed.fence, "It broke.", attempts_max=3, now=moment)

    ended = run(sessions)
    assert pauses == [timedelta(seconds=2), timedelta(seconds=8)]
    assert (ended.state, ended.error, ended.finished_at) == (CheckState.ERROR, "It broke.", moment)
    assert claim(sessions, moment + timedelta(days=1)) is None


@pytest.mark.parametrize("pause", [timedelta(), timedelta(seconds=5)])
def test_giving_back_and_postponing_do_not_cost_an_attempt(sessions, promised, now, pause):
    claimed = claim(sessions, now)

    with sessions.begin() as db:
        checks.postpone(db, claimed.run_id, claimed.fence, "Down.", pause=pause, now=now)

    again = claim(sessions, now + pause)
    assert (again.attempts, again.fence) == (1, 2)


def test_nothing_is_claimed_or_due_while_checks_are_paused(sessions, make, promised, now):
    admin = make.actor(make.person("Ada", roles=("admin",)))
    with sessions.begin() as db:
        switches.pause(db, admin, Switch.CHECKS, message="We mend the checks until Friday.", now=now)

    with sessions() as db:
        due = checks.any_due(db, now=now)

    assert due is False
    assert claim(sessions, now) is None
    assert run(sessions).attempts == 0


def test_only_what_can_be_claimed_is_due(sessions, promised, now):
    with sessions() as db:
        before, now_due = checks.any_due(db, now=now - timedelta(seconds=1)), checks.any_due(db, now=now)
    claim(sessions, now)
    with sessions() as db:
        while_running = checks.any_due(db, now=now)
        after_lease = checks.any_due(db, now=now + LEASE + timedelta(seconds=1))

    assert (before, now_due, while_running, after_lease) == (False, True, False, True)


def test_removing_the_file_while_it_is_read_keeps_nothing(sessions, promised, course, now):
    claimed = claim(sessions, now)
    with sessions.begin() as db:
        db.delete(db.merge(promised))

    assert not finish(sessions, claimed, course, now)
    assert results(sessions) == 0
