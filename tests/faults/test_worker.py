"""The worker as a process while everything around it breaks: nothing lost, nothing twice."""

import json
import random
import signal

import redis
from sqlalchemy import func, select

from app.domain.submissions import CheckState
from app.models import CheckResult, CheckRun, OutgoingMail
from app.models.operations import MailState
from app.services.outbox import promise_mail
from tests.worker.parts import until

CHECKS, KILLS = 30, 8


def states(sessions):
    with sessions() as db:
        return dict(db.execute(select(CheckRun.state, func.count()).group_by(CheckRun.state)).all())


def done(sessions):
    return states(sessions).get(CheckState.DONE, 0)


def is_running(sessions):
    return CheckState.RUNNING in states(sessions)


def results(sessions):
    """How many results there are, and of how many files."""
    with sessions() as db:
        count = db.execute(select(func.count(), func.count(CheckResult.file_id.distinct())))
        return tuple(count.one())


def test_killed_workers_and_an_emptied_redis_lose_nothing(sessions, hire, bell, upload):
    upload(CHECKS)
    workers = [hire(REDIS_URL=bell.url) for _ in range(2)]
    chance = random.Random(7)

    for kill in range(1, KILLS + 1):
        assert until(lambda kill=kill: done(sessions) >= 2 * kill and is_running(sessions), seconds=180)
        unlucky = chance.randrange(2)
        workers[unlucky].kill()
        workers[unlucky] = hire(REDIS_URL=bell.url)
        if kill % 4 == 0:
            redis.Redis.from_url(bell.url).flushall()
        if kill == KILLS // 2:
            bell.stop()
            bell.start()

    assert until(lambda: done(sessions) == CHECKS, seconds=240)
    assert states(sessions) == {CheckState.DONE: CHECKS}
    assert results(sessions) == (CHECKS, CHECKS)


def test_a_killed_worker_leaves_no_evidence_on_the_disk(sessions, hire, upload, tmp_path):
    rows = "".join(f"2026-11-01T10:00:{n % 60:02d}Z,200,{n % 9973 / 7:.3f}\n" for n in range(200_000))
    upload(data=("ts,status,latency_ms\n" + rows).encode(), name="requests.csv")
    place = tmp_path / "disk"
    place.mkdir(mode=0o711)
    tmp_path.chmod(0o711)
    unlucky = hire(TMPDIR=str(place))
    assert until(lambda: list(place.glob("*/touchstone-evidence-*/*")), seconds=180)
    unlucky.kill()

    heir = hire(TMPDIR=str(place))

    assert until(lambda: done(sessions) == 1, seconds=180)
    assert heir.stop() == 0
    assert list(place.iterdir()) == []


def test_a_worker_that_wakes_after_its_lease_brings_a_result_nobody_wants(sessions, hire, upload):
    rows = "".join(f"2026-11-01T10:00:{n % 60:02d}Z,200,{n % 9973 / 7:.3f}\n" for n in range(200_000))
    upload(data=("ts,status,latency_ms\n" + rows).encode(), name="requests.csv")
    sleeper = hire(CHECK_LEASE_SECONDS="1")
    assert until(lambda: is_running(sessions), seconds=180)
    sleeper.send(signal.SIGSTOP)

    hire(CHECK_LEASE_SECONDS="30")

    assert until(lambda: done(sessions) == 1, seconds=180)
    sleeper.send(signal.SIGCONT)
    assert until(lambda: "check.stale" in sleeper.events(), seconds=180)
    assert results(sessions) == (1, 1)
    with sessions() as db:
        assert db.scalars(select(CheckRun.fence)).one() == 2


def test_with_a_redis_that_never_answers_everything_is_done(sessions, hire, bell, upload):
    bell.stop()
    upload(5)

    worker = hire(REDIS_URL=bell.url)

    assert until(lambda: done(sessions) == 5, seconds=180)
    assert worker.stop() == 0


def test_without_redis_the_worker_says_that_it_polls(sessions, hire, upload):
    upload(2)

    worker = hire()

    assert until(lambda: done(sessions) == 2, seconds=180)
    assert "worker.polling" in worker.events()


def test_storage_and_mail_that_return_find_their_work_waiting(
    sessions, hire, store, mail_server, upload, make, now
):
    upload(3)
    person = make.person("Ines", email="ines@example.org")
    with sessions.begin() as db:
        context = {"body": "A question?", "thread": "application-1"}
        promise_mail(db, person.id, "application-question", context, dedupe_key="one", now=now)
    store.stop()
    mail_server.stop()
    worker = hire()
    assert until(lambda: {"check.postponed", "mail.failed"} <= set(worker.events()), seconds=180)

    store.start()
    mail_server.start()

    assert until(lambda: done(sessions) == 3, seconds=180)
    with sessions() as db:
        sent = select(OutgoingMail.state)
        assert until(lambda: db.scalars(sent).one() is MailState.SENT or db.rollback(), seconds=180)
    assert [recipients for _, recipients, _ in mail_server.taken] == [["ines@example.org"]]


def test_a_worker_asked_to_stop_leaves_nothing_half_done(sessions, hire, bell, upload):
    upload(30)
    worker = hire(REDIS_URL=bell.url)
    assert until(lambda: is_running(sessions), seconds=180)

    status = worker.stop()

    left = states(sessions)
    assert status == 0
    assert set(left) <= {CheckState.DONE, CheckState.QUEUED}
    assert left[CheckState.QUEUED] > 0
    assert results(sessions) == (left.get(CheckState.DONE, 0), left.get(CheckState.DONE, 0))
    assert worker.events()[-1] == "worker.stopped"


def test_no_log_line_holds_what_somebody_wrote(sessions, hire, upload):
    upload(data=b"canary-in-the-file " * 50, name="canary-in-the-name.txt")

    worker = hire()

    assert until(lambda: done(sessions) == 1, seconds=180)
    worker.stop()
    logged = worker.log.read_text()
    assert "canary" not in logged
    assert all(json.loads(line)["event"] for line in logged.splitlines())
