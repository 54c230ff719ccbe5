"""`flask audit verify`: the whole trail, entry by entry, and every anchor that was kept outside the database."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from app.web.audit_trail import verified
from app.web.parts import parts

audit_group = AppGroup("audit", help="The audit trail.")


@audit_group.command("verify")
def audit_verify() -> None:
    """Recompute every entry and compare the trail with its anchors; ends with 1 when something does not hold."""
    with parts().reads.connect() as db:
        trail = verified(db, parts(), most=None, now=datetime.now(UTC))
    for fault in trail.faults:
        click.echo(fault)
    if trail.unread:
        raise click.ClickException(f"The anchors cannot be read: {trail.unread}")
    if trail.faults:
        raise SystemExit(1)
    click.echo(f"The trail holds. Entries: {trail.entries}. Anchors that agree with it: {trail.anchors}.")
