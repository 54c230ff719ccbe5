"""Bytes that no row names any more: deleted from the bucket, one by one, unless somebody has handed them in again."""

import logging

from app.services import objects
from worker.context import Context

log = logging.getLogger(__name__)

MOST = 50
"""So many in one round, so that the rest of it is not kept waiting."""


def clear_unwanted(context: Context) -> int:
    """Delete what is due; how many. Raises StorageDown, and then what was not deleted is still noted."""
    count = 0
    while count < MOST and not context.stopping.is_asked() and _clear_one(context):
        count += 1
    if count:
        log.info("objects.cleared", extra={"count": count})
    return count


def _clear_one(context: Context) -> bool:
    """Delete before the commit, which is what lets these bytes be announced again: see `take_unwanted`."""
    with context.sessions.begin() as db:
        if not objects.any_due(db, now=context.clock()):
            return False
        sha256 = objects.take_unwanted(db, now=context.clock())
        if sha256:
            context.storage.delete(f"evidence/{sha256}")
    return sha256 is not None
