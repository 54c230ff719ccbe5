"""`flask people …`: the operator appoints somebody, gives them their data, or erases them."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from app.adapters.storage import StorageDown
from app.domain.actors import Role
from app.domain.errors import Refused
from app.models import Person
from app.services import erasure, people
from app.web import takeout
from app.web.parts import parts

people_group = AppGroup("people", help="People: their appointments, a copy of their data, their erasing.")


@people_group.command("appoint")
@click.argument("who")
@click.argument("role", type=click.Choice([Role.REVIEWER.value, Role.ADMIN.value]))
def people_appoint(who: str, role: str) -> None:
    """Make WHO (an id, or an e-mail that exactly one person has) a reviewer or an admin."""
    with parts().sessions.begin() as db:
        found = _one(db, who)
        try:
            people.appoint(db, None, found.id, Role(role), now=datetime.now(UTC))
        except Refused as refused:
            raise click.ClickException(str(refused)) from None
    click.echo(f"{found.name} is now {role}.")


@people_group.command("export")
@click.argument("who")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def people_export(who: str, file: Path) -> None:
    """Write all that is held of WHO to the new ZIP in FILE: JSON for each part, and their evidence files."""
    with parts().sessions() as db:
        found = _one(db, who)
    now = datetime.now(UTC)
    try:
        with file.open("xb") as target, click.progressbar(length=0, label=found.name) as bar:
            for piece in takeout.pieces(parts().reads, parts().storage, found.id, now=now):
                target.write(piece)
                bar.update(len(piece))
    except FileExistsError:
        raise click.ClickException(f"{file} is there already; choose another name.") from None
    except (StorageDown, ValueError) as reason:
        file.unlink()
        raise click.ClickException(f"{reason} Nothing was written.") from None
    click.echo(f"{file}: {file.stat().st_size:,} bytes.")


@people_group.command("erase")
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask whether they asked for it.")
def people_erase(who: str, yes: bool) -> None:
    """Erase WHO, who asked for it: what they wrote, uploaded and are called. It cannot be taken back."""
    with parts().sessions() as db:
        found = _one(db, who)
    if not yes:
        click.confirm(f"Has {found.name} ({found.id}) asked to be erased?", abort=True)
    try:
        with parts().sessions.begin() as db:
            staged = erasure.erase(db, None, found.id, now=datetime.now(UTC))
        for key in staged:
            parts().storage.delete(key)
    except StorageDown:
        click.echo("The storage does not answer; the worker deletes the files when it does.")
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{found.id} is erased. The worker deletes the stored bytes within a minute.")


def _one(db: Session, who: str) -> Row[UUID, str]:
    found = db.execute(select(Person.id, Person.name).where(_named(who))).all()
    if len(found) != 1:
        raise click.ClickException(
            f"{len(found)} people match {who}. They must have signed in once; use the id from the admin's list."
        )
    return found[0]


def _named(who: str) -> ColumnElement[bool]:
    try:
        return Person.id == UUID(who)
    except ValueError:
        return func.lower(Person.email) == who.strip().lower()
