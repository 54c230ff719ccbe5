"""A check from staging to findings, and every way it can end without them."""

import resource
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.submissions import CheckState
from app.models import CheckResult, CheckRun, EvidenceFile, Finding, Person, Submission, SubmissionVersion
from app.services import files
from worker import checking
from worker.checking import check_next
from worker.context import READER, Stopping
from worker.sandbox import MIB
from worker.spares import Spares


def run_of(sessions, file):
    with sessions() as db:
        return db.scalars(select(CheckRun).where(CheckRun.file_id == file.id)).one()


def results(sessions):
    with sessions() as db:
        return db.scalars(select(CheckResult)).all()


def test_an_upload_is_stored_under_its_hash_read_and_kept(context, sessions, uploaded):
    file = uploaded()

    assert check_next(context)

    with sessions() as db:
        stored = db.get_one(EvidenceFile, file.id)
        result = db.scalars(select(CheckResult)).one()
        codes = db.scalars(select(Finding.code).where(Finding.result_id == result.id)).all()
    assert (stored.staging_key, stored.stored_at is not None) == (None, True)
    assert context.storage.head(file.staging_key) is None
    assert context.storage.head(f"evidence/{file.sha256}").size == file.size
    assert (result.kind, result.file_sha256) == ("postgres_plan", file.sha256)
    assert result.sandbox == context.sandbox.label
    assert codes != []
    assert run_of(sessions, file).state is CheckState.DONE
    assert not check_next(context)


def test_bytes_that_were_not_announced_end_the_check_with_a_sentence(context, sessions, uploaded):
    file = uploaded(b"what was announced", staged=b"what really came..")

    check_next(context)

    run = run_of(sessions, file)
    assert (run.state, run.error) == (CheckState.ERROR, checking.MISMATCH)
    assert context.storage.head(f"evidence/{file.sha256}") is None
    assert results(sessions) == []


def test_an_upload_that_is_gone_ends_the_check_with_a_sentence(context, sessions, uploaded):
    file = uploaded()
    context.storage.delete(file.staging_key)

    check_next(context)

    assert (run_of(sessions, file).state, run_of(sessions, file).error) == (
        CheckState.ERROR,
        checking.MISSING,
    )


def test_stored_bytes_that_have_changed_are_not_read(context, sessions, uploaded):
    file = uploaded()
    context.storage.settle(file.staging_key, sha256_hex=file.sha256, size=file.size)
    context.storage.delete(f"evidence/{file.sha256}")
    context.storage.put_bytes(f"evidence/{file.sha256}", b"!" * file.size, media_type="text/plain")
    with sessions.begin() as db:
        row = db.get_one(EvidenceFile, file.id)
        row.stored_at, row.staging_key = row.uploaded_at, None

    check_next(context)

    assert (run_of(sessions, file).state, run_of(sessions, file).error) == (
        CheckState.ERROR,
        checking.CHANGED,
    )
    assert results(sessions) == []


def test_a_check_that_takes_too_much_is_tried_again_and_then_our_error(context, sessions, uploaded):
    file = uploaded()
    starved = replace(context.sandbox, bounds=replace(context.sandbox.bounds, memory=2 * MIB))
    moments = iter([datetime.now(UTC) + timedelta(hours=hour) for hour in range(100)])
    context = replace(context, reader=Spares(starved, READER), clock=lambda: next(moments))

    attempts = [check_next(context) for _ in range(4)]

    run = run_of(sessions, file)
    assert attempts == [True, True, True, False]
    assert (run.state, run.attempts, run.error) == (CheckState.ERROR, 3, checking.STOPPED["memory"])
    assert results(sessions) == []


def test_a_storage_that_is_down_costs_no_attempt(context, sessions, store, uploaded):
    file = uploaded()
    store.stop()

    check_next(context)

    run = run_of(sessions, file)
    store.start()
    assert (run.state, run.attempts) == (CheckState.QUEUED, 0)
    assert check_next(replace(context, clock=lambda: datetime.now(UTC) + timedelta(seconds=10)))
    assert run_of(sessions, file).state is CheckState.DONE


def test_a_machine_without_room_costs_no_attempt(context, sessions, uploaded):
    file = uploaded(b"a,b\n" + b"1,2\n" * 200_000)
    context.storage.settle(file.staging_key, sha256_hex=file.sha256, size=file.size)
    with sessions.begin() as db:
        row = db.get_one(EvidenceFile, file.id)
        row.stored_at, row.staging_key = row.uploaded_at, None
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (400_000, before[1])
    )  # the kernel refuses, as it does on a full disk
    try:
        check_next(context)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    run = run_of(sessions, file)
    assert (run.state, run.attempts, run.error) == (CheckState.QUEUED, 0, checking.FULL)
    assert check_next(replace(context, clock=lambda: datetime.now(UTC) + timedelta(minutes=1)))
    assert run_of(sessions, file).state is CheckState.DONE


def test_a_check_under_way_is_given_back_when_the_worker_must_stop(context, sessions, uploaded):
    file = uploaded()
    stopping = Stopping(grace=-1)
    stopping.ask()

    check_next(replace(context, stopping=stopping))

    run = run_of(sessions, file)
    assert (run.state, run.attempts, run.lease_until) == (CheckState.QUEUED, 0, None)
    assert results(sessions) == []


def test_a_file_over_which_workers_keep_dying_is_left_alone(context, sessions, uploaded):
    file = uploaded()
    with sessions.begin() as db:
        db.scalars(select(CheckRun)).one().attempts = 12

    check_next(context)

    assert (run_of(sessions, file).state, run_of(sessions, file).error) == (CheckState.ERROR, checking.GONE)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a b;rm -rf ~.txt", "-rf", "ü" * 200 + ".csv", "\u202egnp.exe"]
)
def test_any_name_is_read(context, sessions, uploaded, name):
    file = uploaded(name=name)

    check_next(context)

    assert run_of(sessions, file).state is CheckState.DONE


def test_a_file_is_read_as_what_its_author_says_it_is(context, sessions, uploaded, make):
    file = uploaded()
    check_next(context)
    with sessions.begin() as db:
        author = make.actor(db.get_one(Person, owner_of(db, file)))
        files.choose_kind(db, author, file.id, "latency_table", now=context.clock())

    assert check_next(context)

    with sessions() as db:
        kinds = db.scalars(select(CheckResult.kind).order_by(CheckResult.created_at, CheckResult.id)).all()
    assert kinds == ["postgres_plan", "latency_table"]


def owner_of(db, file):
    version = db.get_one(SubmissionVersion, file.version_id)
    return db.get_one(Submission, version.submission_id).person_id
