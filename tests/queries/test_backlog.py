from datetime import timedelta

from sqlalchemy import update

from app.domain.submissions import CheckState
from app.domain.switches import Switch
from app.models import CheckRun, OutgoingMail, SwitchState
from app.models.operations import MailState
from app.queries.backlog import Backlog, backlog
from app.services import checks, outbox


def test_nothing_waits_in_an_empty_portal(db, now):
    assert backlog(db, now=now) == Backlog(0, None, 0, 0, None, 0, 0, None, frozenset())


def test_checks_wait_from_their_promise_whoever_has_them(db, sessions, make, now):
    """Due: one nobody took, one whose worker went silent. Not due: one at work, one resting before its next attempt."""
    promised = {
        "untouched": {"due_at": now},
        "silent": {"state": CheckState.RUNNING, "due_at": now, "lease_until": now - timedelta(seconds=1)},
        "at work": {"state": CheckState.RUNNING, "due_at": now, "lease_until": now + timedelta(seconds=9)},
        "resting": {"due_at": now + timedelta(seconds=9), "created_at": now - timedelta(minutes=7)},
        "broken": {
            "state": CheckState.ERROR, "due_at": now, "finished_at": now, "error": "It broke.",
            "created_at": now - timedelta(days=9),
        },
        "done": {
            "state": CheckState.DONE, "due_at": now, "finished_at": now, "created_at": now - timedelta(days=9),
        },
    }  # fmt: skip
    version = make.version(make.person())
    for name, values in promised.items():
        file = make.file(version, name=name, data=name.encode())
        with sessions.begin() as writing:
            checks.promise_check(writing, file.id, now=now)
            writing.execute(update(CheckRun).where(CheckRun.file_id == file.id).values(**values))

    found = backlog(db, now=now)

    assert (found.checks_due, found.checks_since, found.checks_failed) == (2, now - timedelta(minutes=7), 1)


def test_mail_waits_until_it_is_sent_or_given_up(db, sessions, make, now):
    person = make.person()
    ages = {MailState.QUEUED: 5, MailState.SENDING: 8, MailState.SENT: 50, MailState.FAILED: 60}
    for state, minutes in ages.items():
        at = now - timedelta(minutes=minutes)
        with sessions.begin() as writing:
            outbox.promise_mail(writing, person.id, "application-received", {}, dedupe_key=state, now=at)
            values = {
                "state": state,
                "lease_until": now if state is MailState.SENDING else None,
                "sent_at": now if state is MailState.SENT else None,
            }
            writing.execute(update(OutgoingMail).where(OutgoingMail.dedupe_key == state).values(**values))

    found = backlog(db, now=now)

    assert (found.mails_waiting, found.mails_since, found.mails_failed) == (2, now - timedelta(minutes=8), 1)


def test_versions_wait_until_they_are_rated_and_pauses_are_named(db, sessions, make, now):
    for state in ("draft", "submitted", "in_review", "passed"):
        make.version(make.person(), state=state)
    with sessions.begin() as writing:
        for switch, paused in ((Switch.CHECKS, True), (Switch.UPLOADS, False)):
            writing.add(SwitchState(switch=switch, paused=paused, message="Back at noon.", changed_at=now))

    found = backlog(db, now=now)

    assert (found.reviews_waiting, found.paused) == (2, {Switch.CHECKS})
    assert found.reviews_since is not None


def test_one_select_says_it_all(db, count_selects, now):
    with count_selects() as seen:
        backlog(db, now=now)

    assert len(seen) == 1
