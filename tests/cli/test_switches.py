"""`flask switches`: what the person on call has when no page opens."""

import pytest
from sqlalchemy import select

from app.domain.switches import Switch
from app.models import AuditEntry, SwitchState
from app.services import switches


@pytest.fixture
def run(app, sessions):
    def run(*words):
        with app.app_context():
            done = app.test_cli_runner().invoke(args=["switches", *words])
        return done.exit_code, done.output

    return run


def test_a_part_is_paused_named_and_resumed(run, sessions):
    assert run("list") == (0, "Everything runs.\n")
    assert run("pause", "uploads", "Back at 18:00.") == (0, "uploads is paused.\n")
    with sessions() as db:
        assert switches.is_paused(db, Switch.UPLOADS) == "Back at 18:00."
    assert run("list") == (0, "uploads: Back at 18:00.\n")
    assert run("resume", "uploads") == (0, "uploads runs.\n")
    assert run("list") == (0, "Everything runs.\n")


@pytest.mark.parametrize("switch", Switch)
def test_every_part_can_be_switched_and_the_trail_says_who(run, sessions, switch):
    run("pause", switch.value, "Back soon.")
    run("resume", switch.value)

    with sessions() as db:
        trail = db.execute(select(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.id)).all()
        assert [tuple(row) for row in trail] == [("switch.pause", None), ("switch.resume", None)]
        assert db.scalars(select(SwitchState.paused)).all() == [False]


@pytest.mark.parametrize(
    "words", [("pause", "uploads", "  "), ("pause", "everything", "x"), ("resume", "mails")]
)
def test_no_pause_without_words_and_no_other_parts(run, sessions, words):
    status, _ = run(*words)

    with sessions() as db:
        assert (status != 0, db.scalars(select(SwitchState)).all()) == (True, [])
