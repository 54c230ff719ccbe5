"""The doorbell: tells a waiting worker, through Redis and RQ, that something is due.

It carries no work. What is due stands in the database, a sweeper looks there every second, and so a ring that is
lost costs a second and nothing else. Redis is trusted with nothing: the only message is the name of a function
without arguments, as JSON, because RQ's usual pickles would let whoever writes to Redis run code in the worker.

Redis and RQ are loaded with the first address: they are a tenth of the portal's start, and it runs without them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis import Redis
    from rq import Queue

log = logging.getLogger(__name__)

QUEUE = "touchstone"
DRAIN = "worker.jobs.drain"
PATIENCE = 1.0
ENOUGH = 2
"""Rings that may wait: one ring empties the whole table, and each costs a worker a look."""


class Doorbell:
    """Rings for the worker. Without an address it does nothing and says so by answering False."""

    def __init__(self, url: str | None, *, enough: int = ENOUGH) -> None:
        self.url = url
        self.enough = enough
        self._queue = queue(url) if url else None

    def ring(self) -> bool:
        """Whether a ring is on its way. Takes two seconds at most and never raises: the sweeper makes up for it."""
        if self._queue is None:
            return False
        from redis import RedisError

        try:
            if self._queue.count < self.enough:
                self._queue.enqueue(DRAIN, job_timeout=-1, result_ttl=0, failure_ttl=60)
        except (RedisError, OSError) as error:
            log.warning("doorbell.silent", extra={"reason": type(error).__name__})
            return False
        return True

    def alive(self) -> bool:
        """Whether Redis answers within a second."""
        if self._queue is None:
            return False
        from redis import RedisError

        try:
            return bool(self._queue.connection.ping())
        except (RedisError, OSError):
            return False


def queue(url: str) -> Queue:
    """The one queue, on a connection that gives up after a second instead of trying again."""
    from rq import Queue
    from rq.serializers import JSONSerializer

    return Queue(QUEUE, connection=connection(url), serializer=JSONSerializer)


def connection(url: str) -> Redis:
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    limits: dict[str, Any] = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), **limits)
