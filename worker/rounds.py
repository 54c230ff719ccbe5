"""The round: once a second, see to it that what is due is done; once an hour, clear away unfinished uploads, and have
a newer checker read drafts again.

This is what makes the doorbell optional. While Redis answers, a round rings; while it does not, or there is none,
the round does the work itself.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from app.adapters.storage import StorageDown
from app.domain.switches import Switch
from app.metrics import ROUNDS
from app.services import checks, decisions, files, mails, review_releases, switches
from worker import clearing, jobs
from worker.anchoring import Anchoring
from worker.context import Context

log = logging.getLogger(__name__)

PAUSE = 1.0
REST = 300.0
"""Seconds until a release that failed is tried again."""
SWEEP_EVERY = 3600.0
ABANDONED = timedelta(hours=24)


class Rounds:
    """Walks until asked to stop. A part that is down is logged once, not every second."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.anchoring = Anchoring(context)
        self._swept_at: float | None = None
        self._said: str | None = None
        self._resting: dict[UUID, float] = {}

    def walk(self) -> None:
        """Go round every second; at once again while there is more to do."""
        while not self.context.stopping.is_asked():
            busy = self._step()
            self.context.stopping.wait(0 if busy else PAUSE)

    def _step(self) -> bool:
        """One round, whatever is down; whether it did work itself."""
        try:
            done = self.once() + self.release()
            clearing.clear_unwanted(self.context)
            self.anchoring.anchor()
            self._sweep_sometimes()
        except (SQLAlchemyError, StorageDown) as error:
            self._say("round.waits", reason=type(error).__name__)
            ROUNDS.labels("waits").inc()
            return False
        except Exception:
            log.exception("round.broke")
            ROUNDS.labels("broke").inc()
            return False
        ROUNDS.labels("well").inc()
        return done > 0

    def once(self) -> int:
        """Ring if something is due, or do it here if nobody can hear; how many rows were done here."""
        if not self._is_anything_due() or self.context.doorbell.ring():
            return 0
        return jobs.work_off(self.context)

    def release(self) -> int:
        """Make true what can be taken back no longer, one transaction each: reviews, and decisions about requests.

        How many. One that fails rests for a while and holds up none of the others.
        """
        self._resting = {key: until for key, until in self._resting.items() if until > time.monotonic()}
        now = self.context.clock()
        with self.context.sessions() as db:
            rated = review_releases.due(db, now=now, without=self._resting)
            decided = decisions.due(db, now=now, without=self._resting)
        released = [self._release(key, self._release_review, "review.released") for key in rated]
        released += [self._release(key, decisions.release_due, "decision.released") for key in decided]
        return sum(released)

    def _release(self, key: UUID, release: Callable[..., bool], event: str) -> bool:
        if self.context.stopping.is_asked():
            return False
        try:
            with self.context.sessions.begin() as db:
                released = release(db, key, now=self.context.clock())
        except OperationalError:
            raise  # the database is down, which is no fault of this row
        except Exception:
            self._resting[key] = time.monotonic() + REST
            log.exception("release.broke", extra={"wanted": event, "id": str(key)})
            return False
        if released:
            log.info(event, extra={"id": str(key)})
        return released

    def _release_review(self, db: Session, review_id: UUID, *, now: datetime) -> bool:
        context = self.context
        return review_releases.release_due(
            db, review_id, course=context.course, base_url=context.settings.base_url, now=now
        )

    def sweep(self) -> int:
        """Forget uploads that nobody finished within a day, and delete staging objects no row names; how many."""
        now = self.context.clock()
        with self.context.sessions.begin() as db:
            keys = files.sweep(db, now=now)
        lost = list(self.context.storage.list_older("staging/", now - ABANDONED))
        with self.context.sessions.begin() as db:
            keys += files.unreferenced(db, lost)
        for key in set(keys):
            self.context.storage.delete(key)
        return len(set(keys))

    def _is_anything_due(self) -> bool:
        now = self.context.clock()
        with self.context.sessions() as db:
            paused = switches.is_paused(db, Switch.CHECKS) is not None
            self._say("checks.paused" if paused else "round.ready")
            return checks.any_due(db, now=now) or (self.context.post.is_set and mails.any_due(db, now=now))

    def _sweep_sometimes(self) -> None:
        if self._swept_at is not None and time.monotonic() - self._swept_at < SWEEP_EVERY:
            return
        self._swept_at = time.monotonic()
        if swept := self.sweep():
            log.info("uploads.swept", extra={"count": swept})
        with self.context.sessions.begin() as db:
            renewed = checks.promise_newer(db, now=self.context.clock())
        if renewed:
            log.info("checks.renewed", extra={"count": renewed})

    def _say(self, event: str, **fields: str) -> None:
        """Log a change of state, not its every second."""
        if event != self._said:
            self._said = event
            log.info(event, extra=fields)
