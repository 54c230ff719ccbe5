"""The doorbell, the one job, and the round that makes both optional."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.adapters.jobs import DRAIN, Doorbell, queue
from app.domain.submissions import CheckState
from app.domain.switches import Switch
from app.models import CheckRun, EvidenceFile, OutgoingMail
from app.models.operations import MailState
from app.services import switches
from app.services.outbox import promise_mail
from embedded import redis
from embedded.process import free_port
from worker import jobs
from worker.context import Stopping
from worker.rounds import Rounds


@pytest.fixture(scope="module")
def server():
    with redis.start() as server:
        yield server


@pytest.fixture
def bell(server):
    bell = Doorbell(server.url)
    queue(server.url).empty()
    return bell


def states(sessions):
    with sessions() as db:
        return sorted(db.scalars(select(CheckRun.state)))


def test_a_ring_is_the_name_of_one_function_as_json(bell, server):
    assert bell.ring()

    (job,) = queue(server.url).jobs
    assert (job.func_name, job.args, job.kwargs) == (DRAIN, [], {})
    assert job.serializer.__name__ == "JSONSerializer"
    assert bell.alive()


def test_rings_do_not_pile_up(bell, server):
    for _ in range(10):
        assert bell.ring()

    assert queue(server.url).count == 2


@pytest.mark.parametrize("url", [None, "redis://127.0.0.1:{port}/0"])
def test_a_bell_that_nobody_hears_says_so_and_does_not_raise(url):
    bell = Doorbell(url and url.format(port=free_port()))

    assert (bell.ring(), bell.alive()) == (False, False)


def test_the_job_exists_under_the_name_that_is_rung():
    module, _, name = DRAIN.rpartition(".")

    assert (module, callable(getattr(jobs, name))) == (jobs.__name__, True)


def test_one_drain_does_mails_and_checks(context, sessions, mail_server, make, uploaded, now):
    uploaded()
    person = make.person("Ines", email="ines@example.org")
    with sessions.begin() as db:
        words = {"body": "A question?", "thread": "a"}
        promise_mail(db, person.id, "application-question", words, dedupe_key="one", now=now)
    jobs.use(context)

    jobs.drain()

    assert states(sessions) == [CheckState.DONE]
    assert len(mail_server.taken) == 1


def test_a_worker_asked_to_stop_begins_nothing(context, sessions, uploaded):
    uploaded()
    stopping = Stopping()
    stopping.ask()

    done = jobs.work_off(replace(context, stopping=stopping))

    assert (done, states(sessions)) == (0, [CheckState.QUEUED])


def test_a_round_rings_while_redis_answers_and_leaves_the_work_to_the_bell(
    context, sessions, uploaded, bell, server
):
    uploaded()

    done = Rounds(replace(context, doorbell=bell)).once()

    assert (done, queue(server.url).count) == (0, 1)
    assert states(sessions) == [CheckState.QUEUED]


def test_a_round_does_the_work_when_nobody_hears_the_bell(context, sessions, uploaded):
    uploaded()

    done = Rounds(context).once()

    assert (done, states(sessions)) == (1, [CheckState.DONE])


def test_a_round_with_nothing_due_does_not_ring(context, sessions, bell, server):
    assert Rounds(replace(context, doorbell=bell)).once() == 0
    assert queue(server.url).count == 0


def test_while_checks_are_paused_mails_go_out(context, sessions, mail_server, make, uploaded, now):
    uploaded()
    admin = make.person("Ada", roles=("admin",), email="ada@example.org")
    with sessions.begin() as db:
        switches.pause(db, make.actor(admin), Switch.CHECKS, message="Until Friday.", now=now)
        words = {"body": "A question?", "thread": "a"}
        promise_mail(db, admin.id, "application-question", words, dedupe_key="one", now=now)

    done = Rounds(context).once()

    with sessions() as db:
        mail = db.scalars(select(OutgoingMail.state)).one()
    assert (done, mail, states(sessions)) == (1, MailState.SENT, [CheckState.QUEUED])


def test_uploads_nobody_finished_are_swept_after_a_day(context, sessions, make):
    version = make.version(make.person())
    old = datetime.now(UTC) - timedelta(hours=25)
    begun = [
        make.file(version, name="old.txt", data=b"old", stored=False, created_at=old),
        make.file(version, name="new.txt", data=b"new", stored=False, created_at=datetime.now(UTC)),
    ]
    for file in begun:
        context.storage.put_bytes(file.staging_key, b"half", media_type="text/plain")
    context.storage.put_bytes("staging/of-nobody", b"lost", media_type="text/plain")

    swept = Rounds(context).sweep()
    tomorrow = replace(context, clock=lambda: datetime.now(UTC) + timedelta(hours=23))
    kept = Rounds(tomorrow).sweep()
    the_day_after = replace(context, clock=lambda: datetime.now(UTC) + timedelta(hours=25))
    last = Rounds(the_day_after).sweep()

    with sessions() as db:
        names = db.scalars(select(EvidenceFile.name)).all()
    assert (swept, kept, last) == (1, 0, 2)
    assert names == []
    assert context.storage.head("staging/of-nobody") is None
