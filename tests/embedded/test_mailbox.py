"""Mail goes in by SMTP and is read on a page that cannot be taken over by it."""

import re
import smtplib
import socket
import threading
from email.message import EmailMessage

import pytest
import requests

from embedded import mailbox as mailboxes
from embedded import smtp
from embedded.mailbox import Mailbox, create_app
from embedded.process import LOOPBACK, free_port, is_listening
from embedded.serving import serving


@pytest.fixture(scope="module")
def receiver(tmp_path_factory):
    """The SMTP side in a thread; gives its port and the mailbox."""
    box, port = Mailbox(tmp_path_factory.mktemp("mail")), free_port()
    threading.Thread(target=mailboxes.receive, args=(box, port), daemon=True).start()
    while not is_listening(port):
        pass
    return box, port


@pytest.fixture
def box(receiver):
    """The mailbox, emptied."""
    for path in receiver[0].folder.iterdir():
        path.unlink()
    return receiver[0]


@pytest.fixture
def line(receiver):
    with smtplib.SMTP(LOOPBACK, receiver[1], timeout=10) as line:
        yield line


@pytest.fixture
def web(box):
    with serving(create_app(box)) as address:
        yield address


def mail(subject="Your application", *, html=None):
    letter = EmailMessage()
    letter["From"] = "Touchstone <touchstone@localhost>"
    letter["To"] = "ada@example.org"
    letter["Subject"] = subject
    letter.set_content("Grüß Gott,\n.hidden dot\n..two dots\nsee http://localhost:8000/a?b=1&c=2.\n")
    if html:
        letter.add_alternative(html, subtype="html")
    return letter


def test_a_mail_is_kept_with_its_envelope(box, line):
    line.send_message(mail(), "portal@localhost", ["ada@example.org", "blind@example.org"])

    (letter,) = box.letters()

    assert (letter.subject, letter.to) == ("Your application", "ada@example.org, blind@example.org")
    assert letter.sender == "Touchstone <touchstone@localhost>"
    assert box.source(letter.id).startswith(
        b"Return-Path: <portal@localhost>\r\nX-Original-To: ada@example.org\r\n"
    )
    assert [path.suffix for path in box.folder.iterdir()] == [".eml"]


def test_the_bytes_arrive_unchanged(box, line):
    data = b"Subject: dots\r\n\r\n.one\r\n..two\r\n\r\nlast\r\n"

    line.sendmail("a@localhost", ["b@localhost"], data)

    (letter,) = box.letters()
    assert box.source(letter.id).partition(b"X-Original-To: b@localhost\r\n")[2] == data


def test_a_long_line_and_a_mail_of_a_megabyte_arrive(box, line):
    data = b"Subject: large\r\n\r\n" + b"x" * 100_000 + b"\r\n" + b"y" * 70 * 14_000 + b"\r\n"

    line.sendmail("a@localhost", ["b@localhost"], data)

    (letter,) = box.letters()
    assert box.source(letter.id).endswith(data)


def test_several_mails_on_one_connection_are_listed_newest_first(box, line):
    for subject in ("first", "second", "third"):
        line.send_message(mail(subject))

    assert [letter.subject for letter in box.letters()] == ["third", "second", "first"]


def test_a_mail_that_is_too_large_is_refused_and_the_next_one_arrives(box, line):
    with pytest.raises(smtplib.SMTPSenderRefused) as announced:
        line.sendmail("a@localhost", ["b@localhost"], b"x" * (smtp.LARGEST + 1))
    line.rset()
    line.send_message(mail("small"))

    assert announced.value.smtp_code == 552
    assert [letter.subject for letter in box.letters()] == ["small"]


def test_a_client_that_hides_the_size_is_refused_at_the_end(box, line):
    line.ehlo()
    line.mail("a@localhost")
    line.rcpt("b@localhost")

    code, _ = line.data((b"x" * 998 + b"\r\n") * (smtp.LARGEST // 1000 + 1))

    assert code == 552
    assert list(box.letters()) == []


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        (["MAIL FROM:<a@b>"], 503),
        (["EHLO"], 501),
        (["EHLO me", "RCPT TO:<a@b>"], 503),
        (["EHLO me", "DATA"], 503),
        (["EHLO me", "MAIL FROM:<a@b>", "DATA"], 503),
        (["EHLO me", "MAIL FROM:<a@b>", "MAIL FROM:<a@b>"], 503),
        (["EHLO me", "MAIL FROM a@b"], 501),
        (["EHLO me", "MAIL TO:<a@b>"], 501),
        (["EHLO me", "MAIL FROM:<>", "RCPT TO:<>"], 501),
        (["EHLO me", "MAIL FROM:<a@b>", "RSET", "RCPT TO:<a@b>"], 503),
        (["AUTH PLAIN x"], 502),
        (["NOOP"], 250),
        (["helo me", "mail from:<a@b>", "rcpt to:<c@d>"], 250),
        (["QUIT"], 221),
        (["X" * 5000], 500),
    ],
)
def test_commands_are_answered_as_the_standard_has_it(receiver, commands, code):
    with (
        socket.create_connection((LOOPBACK, receiver[1]), timeout=10) as line,
        line.makefile("rb") as answers,
    ):
        answers.readline()
        for command in commands:
            line.sendall(f"{command}\r\n".encode())
            while (answer := answers.readline())[3:4] == b"-":
                pass

    assert int(answer[:3]) == code


def test_a_client_that_hangs_up_in_the_middle_leaves_nothing(box, receiver, line):
    with socket.create_connection((LOOPBACK, receiver[1]), timeout=10) as rude:
        rude.sendall(b"EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: half\r\n")
    line.send_message(mail("whole"))

    assert [letter.subject for letter in box.letters()] == ["whole"]


def test_the_list_leads_to_the_mail(box, web, line):
    assert "No mail yet" in requests.get(web).text

    line.send_message(mail("<b>bold</b>"))
    page = requests.get(web).text
    (address,) = re.findall(r'href="(/mail/[^"]*)"', page)

    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "Grüß Gott" in requests.get(web + address).text


def test_addresses_in_the_text_can_be_clicked(box, web, line):
    line.send_message(mail())
    (letter,) = box.letters()

    page = requests.get(f"{web}/mail/{letter.id}").text

    assert re.findall(r'<a href="(http[^"]*)"', page) == ["http://localhost:8000/a?b=1&amp;c=2"]
    assert "iframe" not in page


def test_the_page_of_a_mail_is_shown_in_a_sandbox(box, web, line):
    line.send_message(
        mail(html='<p>Hello <a href="http://localhost:8000/x">there</a></p><script>alert(1)</script>')
    )
    (letter,) = box.letters()

    outer = requests.get(f"{web}/mail/{letter.id}")
    inner = requests.get(f"{web}/mail/{letter.id}/html")

    assert f'<iframe src="/mail/{letter.id}/html"' in outer.text
    assert outer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "frame-src 'self'; form-action 'none'"
    )
    assert inner.text.startswith('<base target="_blank"><p>Hello')
    assert inner.headers["Content-Security-Policy"] == (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        "img-src data:; frame-ancestors 'self'"
    )


def test_the_source_is_plain_text(box, web, line):
    line.send_message(mail(html="<p>x</p>"))
    (letter,) = box.letters()

    answer = requests.get(f"{web}/mail/{letter.id}/source")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content == box.source(letter.id)


@pytest.mark.parametrize("name", ["nothing", "20261122T080000000000-00000000", "..%2f..%2fetc%2fpasswd"])
def test_a_mail_that_is_not_there_is_not_found(web, name):
    assert requests.get(f"{web}/mail/{name}").status_code == 404
    assert requests.get(f"{web}/mail/{name}/source").status_code == 404


def test_a_mail_without_html_has_no_page(box, web, line):
    line.send_message(mail())
    (letter,) = box.letters()

    assert requests.get(f"{web}/mail/{letter.id}/html").status_code == 404


def test_a_mail_in_a_broken_charset_is_shown_all_the_same(box, web, line):
    line.sendmail("a@b", ["c@d"], b"Content-Type: text/plain; charset=no-such\r\n\r\nreadable\r\n")
    (letter,) = box.letters()

    page = requests.get(f"{web}/mail/{letter.id}")

    assert page.status_code == 200
    assert "readable" in page.text
    assert "(no subject)" in page.text
