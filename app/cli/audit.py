"""`flask audit verify`: the whole trail, entry by entry, and every anchor that was kept outside the database."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from app.adapters import anchors, signing
from app.adapters.signing import KeyUnusable
from app.domain.errors import Unavailable
from app.queries import audit_chain
from app.queries.admin import broken_audit_entry
from app.web.parts import parts

audit_group = AppGroup("audit", help="The audit trail.")


@audit_group.command("verify")
def audit_verify() -> None:
    """Recompute every entry and compare the trail with its anchors; ends with 1 when something does not hold."""
    try:
        kept = kept_outside(most=None)
    except (Unavailable, KeyUnusable) as reason:
        raise click.ClickException(f"The anchors cannot be read: {reason}") from None
    with parts().reads.connect() as db:
        broken, head = broken_audit_entry(db), audit_chain.head(db)
        faults = audit_chain.contradictions(db, kept)
    if broken is not None:
        faults.insert(0, f"Entry {broken}, or the one before it, is not what was written.")
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(1)
    entries = head.number if head else 0
    click.echo(f"The trail holds. Entries: {entries}. Anchors that agree with it: {len(kept)}.")


def kept_outside(*, most: int | None) -> list[audit_chain.Kept]:
    """What the newest anchors say. Raises StorageDown or KeyUnusable."""
    chosen = parts().settings
    keys = signing.load(pem=chosen.signing_key_pem, path=chosen.signing_key_path, may_create=False)
    found = anchors.newest(parts().storage, keys, most=most, now=datetime.now(UTC))
    return [audit_chain.Kept(anchor.key, anchor.number, anchor.hash) for anchor in found]
