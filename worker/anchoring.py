"""Once an hour the head of the audit trail is signed and kept outside the database (I23)."""

import logging

from app.adapters import anchors, signing
from app.adapters.signing import KeyUnusable
from app.queries import audit_chain
from worker.context import Context

log = logging.getLogger(__name__)


class Anchoring:
    """Remembers the hour that is done, so that a storage that was down is tried again until it is."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._done: str | None = None

    def anchor(self) -> bool:
        """Keep this hour's anchor if nobody has; whether this call kept it. Raises StorageDown."""
        now = self.context.clock()
        if self._done == anchors.key_of(now):
            return False
        with self.context.sessions() as db:
            head = audit_chain.head(db)
        kept = head is not None and self._keep(head)
        self._done = anchors.key_of(now)
        return kept

    def _keep(self, head: audit_chain.Head) -> bool:
        settings, now = self.context.settings, self.context.clock()
        try:
            keys = signing.load(
                pem=settings.signing_key_pem,
                path=settings.signing_key_path,
                may_create=not settings.production,
            )
        except KeyUnusable as reason:
            log.warning("audit.not_anchored", extra={"reason": str(reason)})
            return False
        kept = anchors.write(self.context.storage, keys, head.number, head.hash, now=now)
        if kept:  # a second place: whoever keeps the logs elsewhere has the head there too
            log.info("audit.anchored", extra={"number": head.number, "hash": head.hash})
        return kept
