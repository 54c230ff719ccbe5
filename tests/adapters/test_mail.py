"""Mail over TLS with a password, as most servers want it, and what is said when they do not let us in."""

from datetime import UTC, datetime

import pytest

from app.adapters import mail
from app.adapters.letters import Letter
from app.adapters.mail import MailDown, MailRefused, Post
from config import MailSettings
from embedded.process import free_port
from tests.adapters.mail_server import NAME, PASSWORD, mail_server

LETTER = Letter("It works", "Text", "<p>Text</p>")


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    """Let OpenSSL know the test's authority, as an operator does with one of their own."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


def post(server, **other):
    port = server.server_address[1] if server else free_port()
    values = {"username": NAME, "password": PASSWORD, "starttls": True, "sender": "portal@example.org"}
    return Post(MailSettings(**({"host": "localhost", "port": port} | values | other)))


def send(sender, email="mira@example.org"):
    sender.send(LETTER, name="Mira", email=email, key="1", thread=None, now=datetime.now(UTC))


def test_a_mail_goes_out_encrypted_and_signed_in(tmp_path, trusted):
    with mail_server(tmp_path) as server:
        send(post(server))

        ((encrypted, signed_in, data),) = server.taken
        assert (encrypted, signed_in, b"Subject: It works" in data) == (True, True, True)
        assert post(server).trouble() is None


def test_the_port_for_tls_from_the_start_needs_no_starttls(tmp_path, trusted, monkeypatch):
    with mail_server(tmp_path, implicit=True) as server:
        monkeypatch.setattr(mail, "TLS_FROM_THE_START", server.server_address[1])
        send(post(server))

        assert [taken[:2] for taken in server.taken] == [(True, True)]


def test_a_certificate_nobody_vouches_for_gets_no_password_and_no_mail(tmp_path):
    with mail_server(tmp_path) as server:
        with pytest.raises(MailDown, match="certificate is not trusted: unable to get local issuer"):
            send(post(server))

        assert server.taken == []


def test_a_certificate_for_another_name_is_not_trusted(tmp_path, trusted):
    with mail_server(tmp_path) as server:
        trouble = post(server, host="127.0.0.1").trouble()

        assert "certificate is not trusted" in trouble
        assert "127.0.0.1" in trouble


@pytest.mark.parametrize(("offers", "given", "says"), [
    ({}, {"password": "wrong"}, "The mail server said 535: 5.7.8 wrong name or password."),
    ({}, {"username": None}, "The mail server said 530: 5.7.0 sign in first."),
    ({"tls": False}, {}, "The mail server offers no STARTTLS. Use its other port, or set SMTP_STARTTLS=0."),
    ({"takes_passwords": False}, {},
     "The mail server takes no password here. Turn STARTTLS on, or unset SMTP_USERNAME."),
    ({}, {"starttls": False}, "The mail server takes no password here. Turn STARTTLS on, or unset SMTP_USERNAME."),
])  # fmt: skip
def test_a_server_that_will_not_have_us_is_tried_again_and_quoted(tmp_path, trusted, offers, given, says):
    with mail_server(tmp_path, **offers) as server:
        with pytest.raises(MailDown) as down:
            send(post(server, **given))

        assert (str(down.value), server.taken) == (says, [])


@pytest.mark.parametrize(("email", "says"), [
    ("nobody@example.org", "The mail server said 550: 5.1.1 no such mailbox."),
    ("mira@müller.example", "The mail server does not take addresses with letters beyond ASCII."),
    ("müller@example.org",
     "The address or subject cannot be written into a mail: local-part contains non-ASCII characters)."),
])  # fmt: skip
def test_an_address_the_server_will_never_take_is_given_up(tmp_path, trusted, email, says):
    with mail_server(tmp_path) as server:
        with pytest.raises(MailRefused) as refused:
            send(post(server), email)

        assert (str(refused.value), server.taken) == (says, [])


def test_silence_is_said_in_the_systems_own_words():
    assert post(None).trouble() == "The mail server does not answer: Connection refused."
    assert "does not answer: " in post(None, host="mail.invalid").trouble()
