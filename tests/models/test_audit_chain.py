"""The audit trail is a chain: nobody edits, removes or reorders an entry unnoticed, and many may write at once."""

import threading

import pytest
from sqlalchemy import text

from app.db import make_engine, make_sessions
from app.queries.admin import broken_audit_entry
from app.services import audit
from tests.clock import NOON
from tests.models.conftest import CHECK, GUARD, RIGHTS

WRITERS, EACH = 16, 25


@pytest.fixture
def five(sessions):
    with sessions.begin() as db:
        for number in range(5):
            audit.record(
                db, None, "switch.pause", "switch", f"s{number}", now=NOON, message=f"pause {number}"
            )
            db.flush()


def broken(sessions):
    with sessions() as db:
        return broken_audit_entry(db)


@pytest.mark.parametrize("role", ["app", "owner"])
@pytest.mark.parametrize("statement", [
    "UPDATE audit_entry SET action = 'switch.resume' WHERE id = 3",
    "UPDATE audit_entry SET at = at - interval '1 day' WHERE id = 3",
    "DELETE FROM audit_entry WHERE id = 5",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
])  # fmt: skip
def test_an_entry_is_never_changed_or_removed(attack, sessions, five, role, statement):
    assert attack(role, statement) in ({GUARD, RIGHTS} if role == "app" else {GUARD})

    assert broken(sessions) is None


EDITS = {
    "the action": "action = 'switch.resume'",
    "who": "actor_id = (SELECT id FROM person)",
    "about whom": "subject_id = (SELECT id FROM person)",
    "when": "at = at + interval '1 microsecond'",
    "the object": "object_id = 's9'",
    "the kind of object": "object_type = 'person'",
    "the words": 'detail = detail || \'{"message": "nothing happened"}\'',
    "its own hash": "hash = sha256('forged')",
}


@pytest.mark.parametrize("change", EDITS.values(), ids=EDITS)
def test_an_edit_behind_the_triggers_back_breaks_the_chain_at_that_entry(
    superuser, sessions, make, five, change
):
    """A superuser can switch the triggers off; the chain still says where."""
    make.person()

    tamper(superuser, f"UPDATE audit_entry SET {change} WHERE id = 3")

    assert broken(sessions) == 3


def test_an_edit_with_its_hash_made_anew_breaks_the_next_entry(superuser, sessions, five):
    tamper(superuser, "UPDATE audit_entry SET action = 'switch.resume' WHERE id = 3")
    tamper(superuser, "UPDATE audit_entry a SET hash = audit_hash(a) WHERE id = 3")

    assert broken(sessions) == 4


@pytest.mark.parametrize(("statement", "at"), [
    ("DELETE FROM audit_entry WHERE id = 3", 4),
    ("DELETE FROM audit_entry WHERE id = 1", 2),
    ("UPDATE audit_entry SET id = 30 WHERE id = 3", 4),
])  # fmt: skip
def test_a_removed_entry_leaves_a_gap(superuser, sessions, five, statement, at):
    tamper(superuser, statement)

    assert broken(sessions) == at


def test_two_entries_that_change_places_are_noticed(superuser, sessions, five):
    for was, becomes in ((2, 99), (3, 2), (99, 3)):
        tamper(superuser, f"UPDATE audit_entry SET id = {becomes} WHERE id = {was}")

    assert broken(sessions) == 2


def test_whoever_writes_cannot_choose_number_or_hash(attack, told, sessions, five):
    forge = (
        "INSERT INTO audit_entry (id, at, action, object_type, object_id, detail, previous_hash, hash) "
        "VALUES (77, now(), 'switch.pause', 'switch', 'x', '{}', 'a', 'b')"
    )

    assert attack("app", forge) is None

    assert told("SELECT max(id) FROM audit_entry") == 6
    assert broken(sessions) is None


@pytest.mark.parametrize("action", ["pause", "Switch.Pause", "switch.pause.now", "switch pause", ""])
def test_an_action_is_a_noun_and_a_verb(attack, action):
    add = "INSERT INTO audit_entry (at, action, object_type, object_id, detail) VALUES (now(), :action, 'x', 'x', '{}')"

    assert attack("app", add, action=action) == CHECK


def test_sixteen_writers_keep_one_unbroken_chain(postgres, sessions, told):
    """Some of them give up half-way: what is rolled back leaves no gap."""
    engine = make_engine(postgres.app_url(), pool_size=WRITERS)
    factory, start, failed = make_sessions(engine), threading.Barrier(WRITERS), []

    def write(writer):
        start.wait()
        for number in range(EACH):
            try:
                with factory.begin() as db:
                    audit.record(db, None, "person.meet", "person", f"{writer}-{number}", now=NOON)
                    db.flush()
                    if number % 5 == 4:
                        raise _GiveUp
            except _GiveUp:
                continue
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    engine.dispose()

    kept = WRITERS * EACH * 4 // 5
    assert failed == []
    assert told("SELECT count(*) FROM audit_entry") == told("SELECT max(id) FROM audit_entry") == kept
    assert told("SELECT count(DISTINCT object_id) FROM audit_entry") == kept
    assert broken(sessions) is None


class _GiveUp(Exception):
    pass


def tamper(superuser, statement):
    with superuser.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        changed = connection.execute(text(statement)).rowcount
        connection.execute(text("SET session_replication_role = DEFAULT"))
    assert changed == 1
