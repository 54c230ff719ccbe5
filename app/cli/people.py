"""`flask people …`: the first admin has nobody to appoint them but the operator."""

from datetime import UTC, datetime
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import ColumnElement, func, select

from app.domain.actors import Role
from app.domain.errors import Refused
from app.models import Person
from app.services import people
from app.web.parts import parts

people_group = AppGroup("people", help="People and their appointments.")


@people_group.command("appoint")
@click.argument("who")
@click.argument("role", type=click.Choice([Role.REVIEWER.value, Role.ADMIN.value]))
def people_appoint(who: str, role: str) -> None:
    """Make WHO (an id, or an e-mail that exactly one person has) a reviewer or an admin."""
    with parts().sessions.begin() as db:
        found = db.execute(select(Person.id, Person.name).where(_named(who))).all()
        if len(found) != 1:
            raise click.ClickException(
                f"{len(found)} people match {who}. They must have signed in once; use the id from the admin's list."
            )
        try:
            people.appoint(db, None, found[0].id, Role(role), now=datetime.now(UTC))
        except Refused as refused:
            raise click.ClickException(str(refused)) from None
    click.echo(f"{found[0].name} is now {role}.")


def _named(who: str) -> ColumnElement[bool]:
    try:
        return Person.id == UUID(who)
    except ValueError:
        return func.lower(Person.email) == who.strip().lower()
