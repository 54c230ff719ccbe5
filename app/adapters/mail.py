"""Letters out by SMTP, each as text and HTML.

A mail may go out twice when a worker dies between sending and noting it; both carry the same Message-ID, so that
mail programs show one.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from app.adapters.letters import Letter
from config import MailSettings

PATIENCE = 10.0
TLS_FROM_THE_START = 465
"""The port on which a mail server speaks TLS before anything else (RFC 8314); STARTTLS is for the others."""
_NOT_THIS_MAIL = frozenset({421, 450, 451, 452, 454, 530, 534, 535, 538})


class MailDown(Exception):
    """The mail server does not answer or cannot take mail now; worth another try."""


class MailRefused(Exception):
    """This mail will never be taken: its address or its content is refused."""


class Post:
    """The mail server of the settings. `is_set` is False when there is none; mails then wait."""

    def __init__(self, settings: MailSettings) -> None:
        self.settings = settings
        self.is_set = settings.host is not None

    def send(
        self, letter: Letter, *, name: str, email: str, key: str, thread: str | None, now: datetime
    ) -> None:
        """Send one letter. `key` makes its Message-ID; mails of one `thread` are shown together.

        Raises `MailDown` or `MailRefused`.
        """
        message = self._message(letter, name=name, email=email, key=key, thread=thread, now=now)
        with self._connected() as server:
            server.send_message(message)

    def trouble(self) -> str | None:
        """Why the server does not let us in, for `flask doctor`; None when it does."""
        try:
            with self._connected():
                return None
        except (MailDown, MailRefused) as reason:
            return str(reason)

    def _message(
        self, letter: Letter, *, name: str, email: str, key: str, thread: str | None, now: datetime
    ) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        try:
            message["From"] = self.settings.sender
            message["To"] = Address(display_name=_plain(name), addr_spec=email)
            message["Subject"] = letter.subject
        except (MessageError, ValueError, IndexError) as error:
            said = _ended(f"The address or subject cannot be written into a mail: {error}")
            raise MailRefused(said) from error
        message["Date"] = format_datetime(now)
        message["Message-ID"] = self._id(key)
        if thread is not None:
            message["In-Reply-To"] = message["References"] = self._id(thread)
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message

    def _id(self, key: str) -> str:
        domain = parseaddr(self.settings.sender)[1].rpartition("@")[2] or "localhost"
        return f"<{''.join(sign if sign.isalnum() or sign in '.-' else '-' for sign in key)}@{domain}>"

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A session with the server; what goes wrong in it becomes MailDown or MailRefused."""
        try:
            with self._greeted() as server:
                self._enter(server)
                yield server
        except smtplib.SMTPRecipientsRefused as error:
            raise _judged(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPResponseException as error:
            raise _judged(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:  # only SMTPUTF8 is left: `_enter` asked for the rest
            raise MailRefused("The mail server does not take addresses with letters beyond ASCII.") from error
        except ssl.SSLCertVerificationError as error:
            said = _ended(f"The mail server's certificate is not trusted: {error.verify_message}")
            raise MailDown(said) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailDown(_ended(f"The mail server does not answer: {_reason(error)}")) from error

    def _greeted(self) -> smtplib.SMTP:
        if self.settings.host is None:
            raise MailDown("SMTP_HOST is not set.")
        where = self.settings.host, self.settings.port
        if self.settings.port == TLS_FROM_THE_START:
            return smtplib.SMTP_SSL(*where, timeout=PATIENCE, context=ssl.create_default_context())
        return smtplib.SMTP(*where, timeout=PATIENCE)

    def _enter(self, server: smtplib.SMTP) -> None:
        """Encrypt and sign in, as the settings say."""
        server.ehlo_or_helo_if_needed()
        if self.settings.starttls and self.settings.port != TLS_FROM_THE_START:
            if not server.has_extn("starttls"):
                raise MailDown(
                    "The mail server offers no STARTTLS. Use its other port, or set SMTP_STARTTLS=0."
                )
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
        if self.settings.username:
            if not server.has_extn("auth"):
                raise MailDown(
                    "The mail server takes no password here. Turn STARTTLS on, or unset SMTP_USERNAME."
                )
            server.login(self.settings.username, self.settings.password or "")


def _judged(code: int, words: bytes | str) -> MailDown | MailRefused:
    """A 5xx is about this mail for ever; a 4xx, or being refused ourselves, is about now."""
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    refused = 500 <= code < 600 and code not in _NOT_THIS_MAIL
    return (MailRefused if refused else MailDown)(_ended(f"The mail server said {code}: {said[:200]}"))


def _reason(error: Exception) -> str:
    """What the system said, without its number: "Connection refused", "timed out"."""
    said = error.strerror if isinstance(error, OSError) else None
    return str(said or error or type(error).__name__)[:200]


def _ended(said: str) -> str:
    """With the full stop that the words of a server or a library may lack."""
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _plain(name: str) -> str:
    """A display name without line ends or other signs that are not printed."""
    return "".join(sign for sign in name if sign.isprintable())
