"""`flask switches …`: the operator pauses and resumes parts of the portal, also while its pages cannot be opened."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from app.domain.errors import Refused
from app.domain.switches import Switch
from app.queries import admin
from app.services import certificates, switches
from app.web.parts import parts

switches_group = AppGroup("switches", help="Parts of the portal: what is paused, pause one, resume one.")
NAME = click.argument("name", type=click.Choice([switch.value for switch in Switch]))


@switches_group.command("list")
def switches_list() -> None:
    """Name what is paused, with its message."""
    with parts().sessions() as db:
        paused = [row for row in admin.switches(db) if row.paused]
    for row in paused:
        click.echo(f"{row.switch.value}: {row.message}")
    if not paused:
        click.echo("Everything runs.")


@switches_group.command("pause")
@NAME
@click.argument("message")
def switches_pause(name: str, message: str) -> None:
    """Pause NAME at once; whoever meets it reads MESSAGE."""
    try:
        with parts().sessions.begin() as db:
            switches.pause(db, None, Switch(name), message=message, now=datetime.now(UTC))
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{name} is paused.")


@switches_group.command("resume")
@NAME
def switches_resume(name: str) -> None:
    """Let NAME run again; certificates that were earned meanwhile are issued."""
    switch, now = Switch(name), datetime.now(UTC)
    with parts().sessions.begin() as db:
        if switch is Switch.CERTIFICATES:
            base_url = parts().settings.base_url
            certificates.resume_issuing(db, None, course=parts().course, base_url=base_url, now=now)
        else:
            switches.resume(db, None, switch, now=now)
    click.echo(f"{name} runs.")
