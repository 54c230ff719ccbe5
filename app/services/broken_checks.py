"""Checks that ended in an error get a new set of attempts: one, or all of them once what broke them is mended."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor, may_administer
from app.domain.errors import Conflict, NotFound, require
from app.domain.submissions import CheckState
from app.models import CheckRun
from app.services import audit, outbox
from app.words import _

MOST_AT_ONCE = 200
"""So that work that waits for its first check is not held up for long."""


def try_again(db: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    """Give a check that broke a new set of attempts."""
    run = db.get(CheckRun, run_id, with_for_update=True)
    require(may_administer(actor), _("Only an admin can have a check done again."))
    if run is None:
        raise NotFound
    if run.state is not CheckState.ERROR:
        raise Conflict(_("This check has not ended in an error, so there is nothing to repeat."))
    _make_due(db, actor, run, now=now)


def try_all_again(db: Session, actor: Actor, *, now: datetime) -> None:
    """Give every check that broke a new set of attempts: `MOST_AT_ONCE` at a time, those that broke first."""
    require(may_administer(actor), _("Only an admin can have a check done again."))
    broken = db.scalars(
        select(CheckRun)
        .where(CheckRun.state == CheckState.ERROR)
        .order_by(CheckRun.finished_at, CheckRun.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if not broken:
        raise Conflict(_("No check has ended in an error, so there is nothing to repeat."))
    for run in broken:
        _make_due(db, actor, run, now=now)


def _make_due(db: Session, actor: Actor, run: CheckRun, *, now: datetime) -> None:
    audit.record(db, actor.id, "check.retry", "check_run", run.id, error=run.error, now=now)
    run.state, run.attempts, run.due_at, run.finished_at = CheckState.QUEUED, 0, now, None
    run.error = None
    outbox.is_due(db)
