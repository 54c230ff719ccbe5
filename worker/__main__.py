"""`python -m worker`: do what is due until SIGTERM, then finish or give back what is under way and exit with 0."""

import logging
import os
import signal
import sys
import threading
from types import FrameType

from app import logs
from app.course import CourseInvalid
from config import SettingsInvalid
from worker import context as contexts
from worker import exposing, jobs, scratch
from worker.context import Context
from worker.listening import listen
from worker.rounds import PAUSE, Rounds
from worker.sandbox import NoSandbox

log = logging.getLogger("worker")


def main() -> None:
    logs.setup(os.environ.get("LOG_LEVEL"))
    scratch.hold()
    try:
        context = contexts.make(os.environ)
    except (SettingsInvalid, CourseInvalid, NoSandbox) as reason:
        sys.exit(str(reason))
    run(context)


def run(context: Context) -> None:
    """Work until asked to stop."""
    jobs.use(context)
    context.reader.keep()
    _heed_signals(context)
    log.info(
        "worker.started",
        extra={"sandbox": context.sandbox.label, "mail": "smtp" if context.post.is_set else "waiting"},
    )
    exposing.serve(context.settings)
    rounds = Rounds(context)
    if context.doorbell.url is None:
        log.info("worker.polling", extra={"every_seconds": PAUSE})
        rounds.walk()
    else:
        walking = threading.Thread(target=rounds.walk)
        walking.start()
        listen(context)
        walking.join()
    context.reader.close()
    log.info("worker.stopped")


def _heed_signals(context: Context) -> None:
    """SIGTERM and SIGINT ask; what is under way goes on until the context's patience ends."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        context.stopping.ask()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)


if __name__ == "__main__":
    main()
