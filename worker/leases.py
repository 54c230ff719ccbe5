"""Keeps a claim alive while its work takes long. A worker that is stopped or dead renews nothing, and loses it."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from app.services import checks
from worker.context import Context

log = logging.getLogger(__name__)

MOST_RENEWALS = 60
"""Twenty leases: no check takes as long, so whoever renews more often is stuck."""


@contextmanager
def kept(context: Context, run_id: UUID, fence: int) -> Iterator[None]:
    """Renew the lease of a check three times in each, until the block ends."""
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(context, run_id, fence, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(context: Context, run_id: UUID, fence: int, done: threading.Event) -> None:
    for _ in range(MOST_RENEWALS):
        if done.wait(context.lease.total_seconds() / 3) or not _renewed(context, run_id, fence):
            return


def _renewed(context: Context, run_id: UUID, fence: int) -> bool:
    """False when the claim is lost; a database that does not answer is asked again the next time."""
    try:
        with context.sessions.begin() as db:
            return checks.renew(db, run_id, fence, lease=context.lease, now=context.clock())
    except SQLAlchemyError as error:
        log.warning("lease.not_renewed", extra={"run_id": run_id, "reason": type(error).__name__})
        return True
