"""Where the demo's mail ends: received by SMTP, kept as .eml files, read on a page of its own.

`python -m embedded.mailbox FOLDER --smtp PORT --web PORT`
"""

import argparse
import asyncio
import email
import email.policy
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

from flask import Flask, Response, abort, render_template

from embedded import pages, smtp
from embedded.serving import serve

_ID = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")
_LINK = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)])")
_SHOWN = 500  # mails on the list
_HTML_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as the list shows it."""

    id: str
    sender: str
    to: str
    subject: str
    date: str


class Mailbox:
    """A folder of mails, one file each, named so that they sort by arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, sender: str, recipients: list[str], data: bytes) -> None:
        """Put a mail on disk, whole or not at all, its envelope in front of its own headers."""
        envelope = f"Return-Path: <{sender}>\r\n" + "".join(f"X-Original-To: {to}\r\n" for to in recipients)
        path = self.folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}.eml"
        with (making := path.with_suffix(".making")).open("xb") as file:
            file.write(envelope.encode() + data)
            file.flush()
            os.fsync(file.fileno())
        making.rename(path)

    def letters(self) -> Iterator[Letter]:
        """The newest first."""
        for path in sorted(self.folder.glob("*.eml"), reverse=True)[:_SHOWN]:
            yield _letter(path.stem, _parsed(path.read_bytes()))

    def source(self, mail_id: str) -> bytes:
        """The file of a mail; raises KeyError if there is none."""
        path = self.folder / f"{mail_id}.eml"
        if not _ID.fullmatch(mail_id) or not path.exists():
            raise KeyError(mail_id)
        return path.read_bytes()


def create_app(mailbox: Mailbox) -> Flask:
    """The pages: a list, a mail, its HTML in a sandbox, its source."""
    app = pages.application(__name__, policy="frame-src 'self'; form-action 'none'")

    @app.errorhandler(KeyError)
    def missing(_: KeyError) -> tuple[str, int]:
        return "There is no such mail.", 404

    @app.get("/")
    def show_list() -> str:
        return render_template("mailbox/list.html", letters=list(mailbox.letters()))

    @app.get("/mail/<mail_id>")
    def show(mail_id: str) -> str:
        mail = _parsed(mailbox.source(mail_id))
        return render_template(
            "mailbox/mail.html",
            letter=_letter(mail_id, mail),
            text=_linked(_content(mail, "plain") or ""),
            has_html=_content(mail, "html") is not None,
        )

    @app.get("/mail/<mail_id>/html")
    def show_html(mail_id: str) -> Response:
        html = _content(_parsed(mailbox.source(mail_id)), "html")
        if html is None:
            abort(404)
        headers = {"Content-Security-Policy": _HTML_POLICY}
        return Response(f'<base target="_blank">{html}', mimetype="text/html", headers=headers)

    @app.get("/mail/<mail_id>/source")
    def show_source(mail_id: str) -> Response:
        return Response(mailbox.source(mail_id), mimetype="text/plain")

    return app


def _parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)


def _letter(mail_id: str, mail: EmailMessage) -> Letter:
    recipients = [str(to) for to in mail.get_all("X-Original-To", [])]
    return Letter(
        id=mail_id,
        sender=str(mail.get("From", mail.get("Return-Path", ""))),
        to=", ".join(recipients),
        subject=str(mail.get("Subject", "")) or "(no subject)",
        date=str(mail.get("Date", "")),
    )


def _content(mail: EmailMessage, subtype: str) -> str | None:
    """The body of one kind, as text; a broken charset is read as well as it can be."""
    part = mail.get_body((subtype,))
    if part is None:
        return None
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode(errors="replace") if isinstance(payload, bytes) else ""


def _linked(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is an address to click."""
    pieces = _LINK.split(text)
    return [(piece, index % 2 == 1) for index, piece in enumerate(pieces) if piece]


def receive(mailbox: Mailbox, port: int) -> None:
    async def forever() -> None:
        server = await smtp.listen(port, mailbox.keep)
        await server.serve_forever()

    asyncio.run(forever())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m embedded.mailbox", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--smtp", type=int, required=True)
    parser.add_argument("--web", type=int, required=True)
    asked = parser.parse_args()
    mailbox = Mailbox(asked.folder)
    threading.Thread(target=receive, args=(mailbox, asked.smtp), daemon=True).start()
    serve(create_app(mailbox), asked.web)


if __name__ == "__main__":
    main()
