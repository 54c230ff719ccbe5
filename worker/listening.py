"""Waiting at the doorbell: an RQ worker on one queue, in this process, restarted whenever Redis comes back.

One queue, because RQ loses jobs on two; JSON, because its pickles would run code from Redis. RQ 3 gives up on a
long outage: the rounds do the work meanwhile.
"""

import contextlib
import logging
from types import FrameType
from typing import Any

from redis import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from app.adapters import jobs as bell
from worker.context import Context, Stopping

log = logging.getLogger(__name__)

PAUSE = 1.0
ANSWER_WITHIN = 40  # seconds: how long RQ waits for a ring before it looks whether Redis is still there


class Listener(SimpleWorker):
    """Stops between two jobs when asked: at once while it waits, else after the job."""

    stopping: Stopping
    is_busy = False

    def execute_job(self, *job: Any) -> None:
        self.is_busy = True
        try:
            super().execute_job(*job)
        finally:
            self.is_busy = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """RQ's own handler asks Redis for leave, which may be down, and a second signal would drop the work."""
        self.stopping.ask()
        self._stop_requested = True
        if not self.is_busy:
            raise StopRequested


def listen(context: Context) -> None:
    """Answer rings until asked to stop."""
    logging.getLogger("rq").setLevel(logging.ERROR)
    with contextlib.suppress(StopRequested):  # RQ's handler stays in place between two listeners
        while not context.stopping.is_asked():
            if context.doorbell.alive():
                _answer(context)
            context.stopping.wait(PAUSE)


def _answer(context: Context) -> None:
    """Be an RQ worker until asked to stop or until Redis is gone."""
    try:
        listener = Listener(
            [bell.QUEUE],
            connection=bell.connection(str(context.settings.redis_url)),
            serializer=JSONSerializer,
            worker_ttl=ANSWER_WITHIN,
        )
        listener.stopping = context.stopping
        log.info("worker.listening", extra={"queue": bell.QUEUE})
        listener.work(logging_level="ERROR")
    except (RedisError, OSError, StopRequested) as error:
        log.warning("worker.bell_lost", extra={"reason": type(error).__name__})
