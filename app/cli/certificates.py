"""`flask certificates …`: the issuer's key, and what a certificate file is worth."""

from pathlib import Path
from typing import IO

import click
from flask.cli import AppGroup

from app.adapters import signing
from app.domain.errors import Unavailable
from app.web.certificates import VERIFY_LIMIT, judged

certificates_group = AppGroup("certificates", help="Certificates and the key that signs them.")


@certificates_group.command("verify")
@click.argument("file", type=click.File("rb"))
def certificates_verify(file: IO[bytes]) -> None:
    """Say whether FILE (a signed token, or the document as JSON; - for the input) is a valid certificate of ours.

    Ends with 0 for a valid one, with 1 for anything else: changed, not ours, revoked or replaced.
    """
    text = file.read(VERIFY_LIMIT).decode("utf-8", errors="replace").strip()
    try:
        result, row = judged(text)
    except Unavailable as down:
        raise click.ClickException(str(down)) from None
    if not result.valid or row is None:
        raise click.ClickException(result.sentence)
    if row.revoked_at is not None:
        raise click.ClickException(
            f"{result.sentence} It was {row.standing} on {row.revoked_at:%d %B %Y}. {row.revoke_reason}"
        )
    click.echo(
        f"{result.sentence}\n{row.code}: {row.name} completed {row.title} on {row.completed_at:%d %B %Y}."
    )


@certificates_group.command("new-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def certificates_new_key(file: Path) -> None:
    """Make a signing key in FILE, readable by its owner alone. A file that is there already is never touched."""
    if file.exists():
        raise click.ClickException(f"{file} is there already, and certificates may be signed with it.")
    try:
        signing.new_key(file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(
        f"{file} is made. Set CERTIFICATE_KEY_FILE to it, and keep a copy: without it nothing can be signed."
    )
