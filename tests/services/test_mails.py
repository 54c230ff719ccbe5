"""Outgoing mail as rows: claimed by one, sent once, tried for two days, given up, tried again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import Conflict, Forbidden
from app.models import AuditEntry, OutgoingMail
from app.models.operations import MailState
from app.services import mails
from app.services.outbox import promise_mail

LEASE = timedelta(seconds=90)


@pytest.fixture
def owed(sessions, make, now):
    person = make.person("Mira Okafor", email="mira@example.org")
    with sessions.begin() as db:
        promise_mail(db, person.id, "application-received", {"thread": "a1"}, dedupe_key="one", now=now)
    return person


def claim(sessions, now):
    with sessions.begin() as db:
        return mails.claim_mail(db, lease=LEASE, now=now)


def mail(sessions):
    with sessions() as db:
        return db.scalars(select(OutgoingMail)).one()


def test_a_claim_carries_the_mail_and_takes_it_from_others(sessions, owed, now):
    claimed = claim(sessions, now)

    assert (claimed.template, claimed.context) == ("application-received", {"thread": "a1"})
    assert (claimed.name, claimed.email, claimed.fence) == ("Mira Okafor", "mira@example.org", 1)
    assert claim(sessions, now) is None


def test_a_sent_mail_is_noted_once(sessions, owed, now):
    claimed = claim(sessions, now)

    with sessions.begin() as db:
        noted = mails.finish(db, claimed.mail_id, claimed.fence, now=now)

    with sessions.begin() as db:
        again = mails.finish(db, claimed.mail_id, claimed.fence, now=now)
    assert (noted, again) == (True, False)
    assert (mail(sessions).state, mail(sessions).sent_at) == (MailState.SENT, now)
    assert claim(sessions, now + timedelta(days=1)) is None


def test_a_worker_that_comes_back_late_does_not_note_anything(sessions, owed, now):
    first = claim(sessions, now)
    second = claim(sessions, now + timedelta(seconds=91))

    with sessions.begin() as db:
        late = mails.finish(db, first.mail_id, first.fence, now=now)

    assert (late, second.fence) == (False, 2)
    assert mail(sessions).state is MailState.SENDING


def test_each_failure_waits_longer_up_to_a_quarter_of_an_hour(sessions, owed, now):
    moment, pauses = now, []
    for _ in range(10):
        claimed = claim(sessions, moment)
        with sessions.begin() as db:
            mails.fail(db, claimed.mail_id, claimed.fence, "Down.", now=moment)
        pauses.append((mail(sessions).due_at - moment).total_seconds())
        moment = mail(sessions).due_at

    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert (mail(sessions).state, mail(sessions).error) == (MailState.QUEUED, "Down.")


def test_the_last_attempt_gives_up(sessions, owed, now):
    with sessions.begin() as db:
        db.scalars(select(OutgoingMail)).one().attempts = mails.ATTEMPTS - 1
    claimed = claim(sessions, now)

    with sessions.begin() as db:
        mails.fail(db, claimed.mail_id, claimed.fence, "Down.", now=now)

    assert (mail(sessions).state, mail(sessions).lease_until) == (MailState.FAILED, None)


def test_only_what_can_be_claimed_is_due(sessions, owed, now):
    with sessions() as db:
        before = mails.any_due(db, now=now)
    claim(sessions, now)
    with sessions() as db:
        after = mails.any_due(db, now=now)

    assert (before, after) == (True, False)


def test_an_admin_has_a_failed_mail_sent_again(sessions, make, owed, now):
    admin = make.actor(make.person("Ada", roles=("admin",)))
    claimed = claim(sessions, now)
    with sessions.begin() as db:
        mails.give_up(db, claimed.mail_id, claimed.fence, "No address.")

    with sessions.begin() as db:
        mails.try_again(db, admin, claimed.mail_id, now=now)

    with sessions() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "mail.retry")).one()
    assert (mail(sessions).state, mail(sessions).attempts, mail(sessions).error) == (
        MailState.QUEUED,
        0,
        None,
    )
    assert (entry.actor_id, entry.subject_id) == (admin.id, owed.id)
    assert claim(sessions, now).attempts == 1


@pytest.mark.parametrize(("roles", "refusal"), [(("admin",), Conflict), (("reviewer",), Forbidden)])
def test_a_waiting_mail_is_not_repeated_and_only_an_admin_repeats(sessions, make, owed, now, roles, refusal):
    actor = make.actor(make.person("Ada", roles=roles))

    with sessions.begin() as db, pytest.raises(refusal):
        mails.try_again(db, actor, mail(sessions).id, now=now)

    assert mail(sessions).state is MailState.QUEUED
