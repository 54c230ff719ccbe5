"""One mail: claim it, write it, send it, note it."""

import logging
from datetime import timedelta

from app.adapters import letters
from app.adapters.letters import Unwritable
from app.adapters.mail import MailDown, MailRefused
from app.metrics import MAILS
from app.services import mails
from app.services.mails import ClaimedMail
from worker.context import Context

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
"""Longer than a mail server may take to answer every step of one mail."""
NO_ADDRESS = "This person has given no e-mail address."


def mail_next(context: Context) -> bool:
    """Send the mail that has been due longest; whether there was one. Without a mail server all of them wait."""
    if not context.post.is_set:
        return False
    with context.sessions.begin() as db:
        claimed = mails.claim_mail(db, lease=LEASE, now=context.clock())
    if claimed is None:
        return False
    try:
        _send(context, claimed)
    except Exception as error:
        event = _note(context, claimed, error)
    else:
        with context.sessions.begin() as db:
            is_kept = mails.finish(db, claimed.mail_id, claimed.fence, now=context.clock())
        event = "mail.sent" if is_kept else "mail.stale"
    MAILS.labels(event.removeprefix("mail.")).inc()
    log.info(event, extra={"mail_id": claimed.mail_id, "attempt": claimed.attempts})
    return True


def _send(context: Context, claimed: ClaimedMail) -> None:
    if claimed.email is None:
        raise MailRefused(NO_ADDRESS)
    known = letters.surroundings(
        base_url=context.settings.base_url, person_name=claimed.name, course_title=context.course.title
    )
    letter = letters.render(claimed.template, known | claimed.context, language=claimed.language)
    context.post.send(
        letter,
        name=claimed.name,
        email=claimed.email,
        key=str(claimed.mail_id),
        thread=claimed.context.get("thread"),
        now=context.clock(),
    )


def _note(context: Context, claimed: ClaimedMail, error: Exception) -> str:
    """Write down why it was not sent; the event to log."""
    ours = claimed.mail_id, claimed.fence
    with context.sessions.begin() as db:
        match error:
            case MailRefused() | Unwritable():
                mails.give_up(db, *ours, str(error))
                return "mail.given_up"
            case MailDown():
                mails.fail(db, *ours, str(error), now=context.clock())
            case _:
                log.error("mail.broke", exc_info=error)
                mails.fail(db, *ours, f"It could not be sent: {type(error).__name__}.", now=context.clock())
    return "mail.failed"
