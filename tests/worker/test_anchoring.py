"""What the chain alone cannot show is shown by its anchors: an end cut off, a trail written anew, a forged anchor."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.adapters import anchors, signing
from app.adapters.storage import StorageDown
from app.factory import create_app
from app.queries import audit_chain
from app.queries.admin import broken_audit_entry
from app.services import audit
from config import StorageSettings
from worker.anchoring import Anchoring


@pytest.fixture
def entries(sessions, now):
    def write(count, *, action="switch.pause"):
        with sessions.begin() as db:
            for _ in range(count):
                audit.record(db, None, action, "switch", "uploads", now=now)
                db.flush()

    return write


@pytest.fixture
def keys(context, settings):
    return signing.load(pem=None, path=settings.signing_key_path, may_create=True)


def faults(context, sessions, keys):
    found = anchors.newest(context.storage, keys, most=None, now=context.clock())
    kept = [audit_chain.Kept(each.key, each.number, each.hash) for each in found]
    with sessions() as db:
        return audit_chain.contradictions(db, kept)


def tamper(superuser, *statements):
    with superuser.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def chain_is_whole(sessions):
    with sessions() as db:
        return broken_audit_entry(db) is None


def test_one_anchor_an_hour_whoever_comes_first(context, sessions, entries, keys):
    entries(3)
    first, second = Anchoring(context), Anchoring(context)
    later = Anchoring(replace(context, clock=lambda: context.clock() + timedelta(hours=1)))

    kept = [first.anchor(), first.anchor(), second.anchor(), later.anchor()]

    found = list(anchors.newest(context.storage, keys, most=None, now=context.clock()))
    assert kept == [True, False, False, True]
    assert [(each.number, len(each.hash)) for each in found] == [(3, 64), (3, 64)]
    assert faults(context, sessions, keys) == []


def test_a_trail_whose_end_was_cut_off_is_whole_to_itself_and_not_to_its_anchor(
    context, sessions, superuser, entries, keys
):
    entries(5)
    Anchoring(context).anchor()

    tamper(superuser, "DELETE FROM audit_entry WHERE id > 3")

    (fault,) = faults(context, sessions, keys)
    assert chain_is_whole(sessions)
    assert "saw entry 5, and the trail ends at 3" in fault


def test_a_trail_written_anew_is_whole_to_itself_and_not_to_its_anchor(
    context, sessions, superuser, entries, keys
):
    entries(5)
    Anchoring(context).anchor()

    tamper(superuser, "DELETE FROM audit_entry")
    entries(7, action="switch.resume")

    (fault,) = faults(context, sessions, keys)
    assert chain_is_whole(sessions)
    assert "the trail was written anew" in fault


def test_an_anchor_that_nobody_of_ours_signed_is_named(context, sessions, entries, keys, tmp_path):
    entries(2)
    stranger = tmp_path / "stranger.pem"
    signing.new_key(stranger)
    strangers = signing.load(pem=None, path=stranger, may_create=False)
    anchors.write(context.storage, strangers, 2, "00" * 32, now=context.clock())
    context.storage.put_bytes("audit/9999.jws", b"not even a signature", media_type="text/plain")

    told = faults(context, sessions, keys)

    assert [fault.split(" is not signed")[0] for fault in told] == [
        "audit/9999.jws",
        anchors.key_of(context.clock()),
    ]


def test_an_anchor_is_written_once(context, entries, keys):
    entries(1)
    now = context.clock()

    kept = [anchors.write(context.storage, keys, number, "ab" * 32, now=now) for number in (1, 2)]

    (found,) = anchors.newest(context.storage, keys, most=None, now=now)
    assert (kept, found.number) == ([True, False], 1)


def test_a_storage_that_is_down_is_tried_again_within_the_hour(context, entries, store):
    entries(1)
    anchoring = Anchoring(context)
    store.stop()
    with pytest.raises(StorageDown):
        anchoring.anchor()

    store.start()

    assert anchoring.anchor()


def test_without_a_key_the_log_says_so(context, entries, caplog):
    entries(1)
    keyless = replace(
        context, settings=replace(context.settings, signing_key_path=None, signing_key_pem=None)
    )

    assert not Anchoring(keyless).anchor()
    assert [record.message for record in caplog.records if record.name == "worker.anchoring"] == [
        "audit.not_anchored"
    ]


@pytest.fixture
def flask(context, settings):
    """`flask …` of a portal on this store."""
    bucket = context.storage.bucket
    stored = StorageSettings(
        endpoint=bucket.endpoint, public_endpoint=bucket.endpoint, bucket=bucket.name, region=bucket.region,
        access_key_id=bucket.access_key_id, secret_access_key=bucket.secret_access_key, sign_checksum=True,
        sign_write_once=True,
    )  # fmt: skip
    app = create_app(replace(settings, storage=stored))

    def run(*words):
        with app.app_context():
            done = app.test_cli_runner().invoke(args=words)
        return done.exit_code, done.output

    yield run
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


def test_the_operator_has_the_trail_verified(flask, context, superuser, entries):
    entries(4)
    Anchoring(context).anchor()
    well = flask("audit", "verify")

    tamper(superuser, "DELETE FROM audit_entry WHERE id = 4")
    ill, doctor = flask("audit", "verify"), flask("doctor")

    assert well == (0, "The trail holds. Entries: 4. Anchors that agree with it: 1.\n")
    assert (ill[0], "its end was cut off" in ill[1]) == (1, True)
    assert (doctor[0], "I23: audit/" in doctor[1]) == (1, True)
