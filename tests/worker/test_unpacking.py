"""An archive from staging to the slots of its parts, in the real sandbox, and everything that can go wrong between."""

import hashlib
import os
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.domain.placing import PACKAGE, UNPLACED
from app.domain.submissions import CheckState, State
from app.evidence import registry
from app.models import AuditEntry, CheckResult, CheckRun, EvidenceFile, Finding, SubmissionVersion
from app.services import checks
from tests.evidence.archive.packing import tarred, zipped
from worker import unpacking
from worker.checking import check_next

KINDS = Path(registry.__file__).parent
ONCALL = {
    "slo": ["oncall/slo.yaml"],
    "alert-rules": ["oncall/alerts.yaml"],
    "runbooks": ["oncall/runbooks/payments.md"],
    "kill-switches": ["oncall/kill-switches.csv"],
    PACKAGE.key: ["package.zip"],
}
PACKED = (KINDS / "archive" / "samples" / "clean-oncall.zip").read_bytes()
SLO = (KINDS / "openslo" / "samples" / "clean-openslo-v1.yaml").read_bytes()
BOOK = (KINDS / "runbook" / "samples" / "clean-payments.md").read_bytes()


@pytest.fixture
def version(make):
    return make.version(make.person(), capstone="on-call-package")


@pytest.fixture
def packed(sessions, make, context, version, now):
    """`packed(data)` – an archive whose upload was confirmed."""

    def upload(data=PACKED, *, name="package.zip", slot=PACKAGE.key):
        file = make.file(version, slot=slot, name=name, data=data, stored=False, uploaded_at=now)
        context.storage.put_bytes(file.staging_key, data, media_type="application/zip")
        with sessions.begin() as db:
            checks.promise_check(db, file.id, now=now)
        return file

    return upload


def work_off(context):
    """Do every check that is due; how many."""
    count = 0
    while check_next(context):
        count += 1
    return count


def slots(sessions):
    with sessions() as db:
        found = {}
        for file in db.scalars(select(EvidenceFile).order_by(EvidenceFile.name)):
            found.setdefault(file.slot, []).append(file.name)
        return found


def rows(sessions, table):
    with sessions() as db:
        return list(db.scalars(select(table)))


def codes(sessions, file):
    with sessions() as db:
        found = select(Finding.code).join(CheckResult, CheckResult.id == Finding.result_id)
        return sorted(db.scalars(found.where(CheckResult.file_id == file.id)))


def staged(context):
    return list(context.storage.list_older("staging/", datetime.now(UTC) + timedelta(days=1)))


def test_the_parts_of_a_package_land_in_their_slots_and_are_checked(context, sessions, packed):
    file = packed()

    assert work_off(context) == 5

    assert slots(sessions) == ONCALL
    assert {run.state for run in rows(sessions, CheckRun)} == {CheckState.DONE}
    assert sorted(result.kind for result in rows(sessions, CheckResult)) == [
        "alert_rules", "archive", "kill_switches", "openslo", "runbook"
    ]  # fmt: skip
    assert codes(sessions, file) == ["Z11"]
    assert staged(context) == []
    for row in rows(sessions, EvidenceFile):
        assert context.storage.head(f"evidence/{row.sha256}").size == row.size


def test_a_part_is_stored_under_the_hash_of_the_file_it_was_packed_from(context, sessions, packed):
    packed()

    work_off(context)

    book = next(row for row in rows(sessions, EvidenceFile) if row.slot == "runbooks")
    assert (book.sha256, book.size) == (hashlib.sha256(BOOK).hexdigest(), len(BOOK))


def test_it_is_written_down_who_unpacked_what(context, sessions, packed, version):
    file = packed()

    work_off(context)

    (entry,) = [entry for entry in rows(sessions, AuditEntry) if entry.action == "file.unpack"]
    assert (entry.object_id, entry.detail["parts"], entry.actor_id) == (str(file.id), 4, None)


def test_an_archive_brought_to_a_slot_leaves_it(context, sessions, packed):
    packed(slot="slo", name="package.bin")

    work_off(context)

    assert slots(sessions) == ONCALL | {PACKAGE.key: ["package.bin"]}


def test_nothing_that_is_there_is_replaced(context, sessions, make, packed, version):
    old = make.file(version, slot="slo", name="old.yaml", data=b"apiVersion: openslo/v1\n# mine\n")
    book = make.file(version, slot="runbooks", name="old.md", data=b"# Disk\n")
    packed()

    work_off(context)

    found = slots(sessions)
    assert (found["slo"], found[UNPLACED]) == (["old.yaml"], ["oncall/slo.yaml"])
    assert found["runbooks"] == ["old.md", "oncall/runbooks/payments.md"]
    assert {old.id, book.id} <= {row.id for row in rows(sessions, EvidenceFile)}


def test_what_is_there_already_does_not_come_twice(context, sessions, make, packed, version):
    make.file(version, slot="slo", name="mine.yaml", data=SLO)
    packed()

    work_off(context)

    assert slots(sessions) == ONCALL | {"slo": ["mine.yaml"]}


def test_two_parts_for_one_place_wait_and_what_no_slot_asks_for_stays_inside(context, sessions, packed):
    packed(
        zipped(("a.yaml", SLO), ("b.yaml", SLO + b"# b\n"), ("numbers.txt", b"1 2 3\n"), ("disk.md", BOOK))
    )

    work_off(context)

    assert slots(sessions) == {
        UNPLACED: ["a.yaml", "b.yaml"],
        "runbooks": ["disk.md"],
        PACKAGE.key: ["package.zip"],
    }


def test_what_was_left_out_is_kept_with_the_archive(context, sessions, packed):
    file = packed(
        tarred(("slo.yaml", SLO), ("../up.md", BOOK), ("old.zip", zipped(("a", b"b")))), name="p.tar"
    )

    work_off(context)

    assert codes(sessions, file) == ["Z11", "Z5", "Z7"]
    assert slots(sessions) == {"slo": ["slo.yaml"], PACKAGE.key: ["p.tar"]}


def test_a_bomb_lands_nothing_and_says_so(context, sessions, packed):
    file = packed(zipped(*((f"{number}.csv", bytes(33 << 20)) for number in range(4))))

    work_off(context)

    assert (slots(sessions), codes(sessions, file)) == ({PACKAGE.key: ["package.zip"]}, ["Z2"])
    assert staged(context) == []


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"version_files": 4}, "its 4 files and the 1 that are here make more than the 4 of one version."),
        ({"version_bytes": 4000}, "all files of one version together must stay under 0 MB."),
        ({"file_bytes": 2000}, "a file in it has over 0 MB."),
    ],
)
def test_a_package_over_a_limit_lands_nothing_and_says_which(context, sessions, packed, limits, words):
    settings = replace(context.settings, limits=replace(context.settings.limits, **limits))
    file = packed()

    work_off(replace(context, settings=settings))

    assert (slots(sessions), codes(sessions, file)) == ({PACKAGE.key: ["package.zip"]}, ["Z11", "Z12"])
    (said,) = [found.message for found in rows(sessions, Finding) if found.code == "Z12"]
    assert said == f"It was not unpacked: {words}"
    assert staged(context) == []


def test_the_same_package_lands_once_there_is_room(context, sessions, packed):
    tight = replace(context.settings, limits=replace(context.settings.limits, version_files=4))
    first = packed()
    work_off(replace(context, settings=tight))
    with sessions.begin() as db:
        db.delete(db.get_one(EvidenceFile, first.id))
    again = packed()

    work_off(context)

    assert (slots(sessions), codes(sessions, again)) == (ONCALL, ["Z11"])


def test_a_second_check_of_the_archive_brings_nothing_back(context, sessions, packed, now):
    file = packed()
    work_off(context)
    with sessions.begin() as db:
        for part in db.scalars(select(EvidenceFile).where(EvidenceFile.slot == "slo")):
            db.delete(part)
        checks.promise_another(db, file.id, kind=None, now=now)

    assert work_off(context) == 1

    assert "slo" not in slots(sessions)


def test_a_version_carried_over_unpacks_nothing_again(context, sessions, make, packed, version, now):
    file = packed()
    work_off(context)
    with sessions.begin() as db:
        db.execute(update(SubmissionVersion).where(SubmissionVersion.id == version.id).values(number=7))
    heir = make.file(
        version, slot=PACKAGE.key, name="package.zip", data=PACKED, carried_from_id=file.id
    )  # as `versions` carries it
    with sessions.begin() as db:
        checks.promise_check(db, heir.id, now=now)
    before = len(rows(sessions, EvidenceFile))

    assert work_off(context) == 1

    assert len(rows(sessions, EvidenceFile)) == before
    assert codes(sessions, heir) == ["Z11"]


def test_what_was_withdrawn_meanwhile_is_read_and_not_unpacked(context, sessions, packed, version, now):
    file = packed()
    with sessions.begin() as db:
        row = db.get_one(SubmissionVersion, version.id)
        row.state, row.closed_at = State.WITHDRAWN, now

    work_off(context)

    assert (slots(sessions), codes(sessions, file)) == ({PACKAGE.key: ["package.zip"]}, ["Z11"])


@pytest.mark.parametrize(("data", "slot"), [(SLO, "slo"), (BOOK, "runbooks"), (b"1 2 3\n", UNPLACED)])
def test_a_file_that_is_no_archive_goes_to_its_own_slot(context, sessions, packed, data, slot):
    packed(data, name="one.zip")

    work_off(context)

    assert slots(sessions) == {slot: ["one.zip"]}


def test_a_worker_that_ends_between_staging_and_landing_leaves_it_to_the_next(
    context, sessions, packed, tmp_path
):
    file = packed()
    with sessions.begin() as db:
        claimed = checks.claim_check(db, lease=timedelta(seconds=1), now=context.clock())
    path = tmp_path / "package.zip"
    path.write_bytes(PACKED)
    report = registry.inspect(registry.Source(path.name, path))
    unpacking.unpack(context, report, path)
    left = len(staged(context))

    count = work_off(replace(context, clock=lambda: datetime.now(UTC) + timedelta(minutes=1)))

    assert (claimed.file_id, left, count) == (file.id, 5, 5)
    assert slots(sessions) == ONCALL
    assert len(staged(context)) == 4  # what nobody names is swept a day later


def test_a_store_that_fails_half_way_costs_no_attempt_and_lands_nothing(context, sessions, store, packed):
    packed()
    inner = context.storage.put_file
    calls = iter([inner, inner])

    class Failing(type(context.storage)):
        def put_file(self, key, *arguments, **values):
            call = next(calls, None)
            if call is None:
                store.stop()
                return inner(key, *arguments, **values)
            return call(key, *arguments, **values)

    check_next(replace(context, storage=Failing(store.bucket())))

    store.start()
    (run,) = rows(sessions, CheckRun)
    assert (run.state, run.attempts, slots(sessions)) == (
        CheckState.QUEUED,
        0,
        {PACKAGE.key: ["package.zip"]},
    )
    work_off(replace(context, clock=lambda: datetime.now(UTC) + timedelta(seconds=10)))
    assert slots(sessions) == ONCALL


@pytest.mark.parametrize(
    "trick", ["folder is a link", "file is a link", "file is a pipe", "hard link", "other bytes"]
)
def test_what_a_hostile_child_leaves_behind_is_not_followed(context, tmp_path, trick):
    scratch, secret = tmp_path / "scratch", tmp_path / "secret"
    elsewhere = tmp_path / "elsewhere"
    for folder in (scratch, elsewhere):
        folder.mkdir()
    secret.write_bytes(SLO)
    (elsewhere / "0000").write_bytes(SLO)
    if trick == "folder is a link":
        (scratch / "parts").symlink_to(elsewhere)
    else:
        part = scratch / "parts" / "0000"
        part.parent.mkdir()
        {
            "file is a link": lambda: part.symlink_to(secret),
            "file is a pipe": lambda: os.mkfifo(part),
            "hard link": lambda: os.link(secret, part),
            "other bytes": lambda: part.write_bytes(b"other"),
        }[trick]()
    announced = [unpacking.Announced("slo.yaml", ("openslo",), hashlib.sha256(SLO).hexdigest())]

    with pytest.raises(unpacking.NotUnpacked):
        list(unpacking._staged(context, announced, scratch))

    with suppress(FileNotFoundError):
        assert secret.read_bytes() == SLO
