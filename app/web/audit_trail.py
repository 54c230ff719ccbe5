"""Whether the audit trail holds: every entry recomputed, and compared with the anchors kept outside the database.

The admins' page and `flask audit verify` ask this one function.
"""

from dataclasses import dataclass
from datetime import datetime

from app.adapters import anchors, signing
from app.adapters.signing import KeyUnusable
from app.db import Reader
from app.domain.errors import Unavailable
from app.queries import audit_chain
from app.queries.admin import broken_audit_entry
from app.web.parts import Parts


@dataclass(frozen=True, slots=True)
class Trail:
    """What was found: a sentence for each fault, and why the anchors could not be read, if they could not."""

    faults: tuple[str, ...]
    entries: int
    anchors: int
    unread: str

    @property
    def holds(self) -> bool:
        return not self.faults and not self.unread


def verified(db: Reader, portal: Parts, *, most: int | None, now: datetime) -> Trail:
    """Recompute every entry and compare with the newest anchors, with all of them where `most` is None."""
    kept, unread = [], ""
    try:
        kept = kept_outside(portal, most=most, now=now)
    except (Unavailable, KeyUnusable) as reason:
        unread = str(reason)
    broken, head = broken_audit_entry(db), audit_chain.head(db)
    faults = audit_chain.contradictions(db, kept)
    if broken is not None:
        faults.insert(0, f"Entry {broken}, or the one before it, is not what was written.")
    return Trail(tuple(faults), head.number if head else 0, len(kept), unread)


def kept_outside(portal: Parts, *, most: int | None, now: datetime) -> list[audit_chain.Kept]:
    """What the newest anchors say. Raises StorageDown or KeyUnusable."""
    chosen = portal.settings
    keys = signing.load(pem=chosen.signing_key_pem, path=chosen.signing_key_path, may_create=False)
    found = anchors.newest(portal.storage, keys, most=most, now=now)
    return [audit_chain.Kept(anchor.key, anchor.number, anchor.hash) for anchor in found]
