"""A mail from its row to the server, and every way it can stay behind."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.adapters.mail import Post
from app.models import OutgoingMail
from app.models.operations import MailState
from app.services.outbox import promise_mail
from worker.mailing import NO_ADDRESS, mail_next


@pytest.fixture
def owed(sessions, make, now):
    def owe(template="application-question", context=None, *, name="Mira Okafor", address="mira@example.org"):
        person = make.person(name, email=address)
        body = {"body": "Which course did you take?", "thread": "application-1"}
        with sessions.begin() as db:
            promise_mail(db, person.id, template, context or body, dedupe_key=str(person.id), now=now)
        return person

    return owe


def mail(sessions):
    with sessions() as db:
        return db.scalars(select(OutgoingMail)).one()


def test_a_mail_goes_out_as_text_and_html(context, sessions, mail_server, owed):
    owed()

    assert mail_next(context)

    ((sender, recipients, data),) = mail_server.taken
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert (sender, recipients) == ("portal@example.org", ["mira@example.org"])
    assert message["To"] == "Mira Okafor <mira@example.org>"
    assert message["Message-ID"] == f"<{mail(sessions).id}@example.org>"
    assert message["In-Reply-To"] == "<application-1@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "Which course did you take?" in message.get_body(("plain",)).get_content()
    assert (mail(sessions).state, mail(sessions).error) == (MailState.SENT, None)
    assert not mail_next(context)


def test_a_name_with_line_ends_makes_no_header(context, mail_server, owed):
    owed(name="Eve\r\nBcc: all@example.org")

    mail_next(context)

    ((_, recipients, data),) = mail_server.taken
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert (recipients, message["Bcc"]) == (["mira@example.org"], None)


def test_without_a_mail_server_mails_wait_unclaimed(context, sessions, mail_server, owed):
    owed()
    silent = replace(context, post=Post(replace(mail_server.settings(), host=None)))

    assert not mail_next(silent)
    assert (mail(sessions).state, mail(sessions).attempts) == (MailState.QUEUED, 0)


def test_a_mail_server_that_is_down_is_tried_again(context, sessions, mail_server, owed):
    owed()
    mail_server.stop()

    mail_next(context)

    waiting = mail(sessions)
    mail_server.start()
    assert (waiting.state, waiting.attempts) == (MailState.QUEUED, 1)
    assert mail_next(replace(context, clock=lambda: datetime.now(UTC) + timedelta(minutes=1)))
    assert (mail(sessions).state, len(mail_server.taken)) == (MailState.SENT, 1)


@pytest.mark.parametrize("address", [None, "not an address", "a@b@c", "mira@example.org\r\nBcc: x@y.z"])
def test_a_mail_without_a_usable_address_is_given_up(context, sessions, mail_server, owed, address):
    owed(address=address)

    mail_next(context)

    assert mail(sessions).state is MailState.FAILED
    assert (mail(sessions).error == NO_ADDRESS) is (address is None)
    assert mail_server.taken == []


def test_a_mail_that_cannot_be_written_is_given_up(context, sessions, mail_server, owed):
    owed("no-such-mail")

    mail_next(context)

    assert mail(sessions).state is MailState.FAILED
    assert "no-such-mail" in mail(sessions).error
    assert mail_server.taken == []
