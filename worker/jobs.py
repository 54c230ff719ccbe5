"""The one job RQ knows: `worker.jobs.drain`, without arguments. Its name is stable across versions.

It runs in the worker's own process: a fork for each ring would cost six times as much, and hostile files are read
in a child of their own anyway.
"""

import logging
import os
import threading
import time
from functools import cache

from worker import context as contexts
from worker.checking import check_next
from worker.context import Context
from worker.mailing import mail_next

log = logging.getLogger(__name__)

MOST_ROWS = 25
LONGEST = 20.0  # seconds after which no further row is begun

_one_at_a_time = threading.Lock()
_given: list[Context] = []


def use(context: Context) -> None:
    """Work with this context from now on."""
    _given[:] = [context]


def drain() -> None:
    """What RQ calls: do what is due."""
    work_off(_given[0] if _given else _own())


def work_off(context: Context) -> int:
    """Do what is due, up to 25 rows or 20 seconds; how many. Rings again when there may be more.

    A second call in the same process returns at once: the sandbox watches one child at a time.
    """
    if not _one_at_a_time.acquire(blocking=False):
        return 0
    try:
        done = _rows(context)
    finally:
        _one_at_a_time.release()
    if done >= MOST_ROWS:
        context.doorbell.ring()
    return done


def _rows(context: Context) -> int:
    """Mails and checks in turn, so that neither waits for the other to be all done."""
    began, done = time.monotonic(), 0
    while done < MOST_ROWS and time.monotonic() - began < LONGEST:
        found = 0
        for work_next in (mail_next, check_next):
            if not context.stopping.is_asked():
                found += work_next(context)
        if not found:
            break
        done += found
    return done


@cache
def _own() -> Context:
    """For whoever runs plain `rq worker touchstone`."""
    return contexts.make(os.environ)
