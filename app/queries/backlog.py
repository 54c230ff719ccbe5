"""What waits for a worker or a reviewer now, and for how long: one SELECT, for those who watch the portal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select

from app.db import Reader
from app.domain.submissions import CheckState
from app.domain.switches import Switch
from app.models import CheckRun, OutgoingMail, SubmissionVersion, SwitchState
from app.models.operations import MailState
from app.queries.waiting import IN_QUEUE

UNREAD: ColumnElement[bool] = literal_column("(check_run.state IN ('queued', 'running'))")
UNSENT: ColumnElement[bool] = literal_column("(outgoing_mail.state IN ('queued', 'sending'))")
"""Spelled out, because only so does PostgreSQL see that the partial indexes serve."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Counts, and since when the oldest of each kind waits; None where nothing does.

    A check or a mail waits from the moment it was promised until it has ended, also between two attempts; `checks_due`
    of them have nobody at work on them though their time has come.
    """

    checks_due: int
    checks_since: datetime | None
    checks_failed: int
    mails_waiting: int
    mails_since: datetime | None
    mails_failed: int
    reviews_waiting: int
    reviews_since: datetime | None
    paused: frozenset[Switch]


def backlog(db: Reader, *, now: datetime) -> Backlog:
    """How things stand, whoever waits."""
    row = db.execute(_statement(now)).one()._asdict()
    return Backlog(**row | {"paused": frozenset(map(Switch, row["paused"] or ()))})


def _statement(now: datetime) -> Select[*tuple[Any, ...]]:
    run, mail, version = CheckRun, OutgoingMail, SubmissionVersion
    has_no_worker = or_(
        and_(run.state == CheckState.QUEUED, run.due_at <= now),
        and_(run.state == CheckState.RUNNING, run.lease_until < now),
    )
    return select(
        _count(run).where(UNREAD, has_no_worker).label("checks_due"),
        select(func.min(run.created_at)).where(UNREAD).label("checks_since"),
        _count(run).where(run.state == CheckState.ERROR).label("checks_failed"),
        _count(mail).where(UNSENT).label("mails_waiting"),
        select(func.min(mail.created_at)).where(UNSENT).label("mails_since"),
        _count(mail).where(mail.state == MailState.FAILED).label("mails_failed"),
        _count(version).where(IN_QUEUE).label("reviews_waiting"),
        select(func.min(version.queued_at)).where(IN_QUEUE).label("reviews_since"),
        select(func.array_agg(SwitchState.switch)).where(SwitchState.paused).label("paused"),
    )


def _count(table: Any) -> Select[int]:
    return select(func.count()).select_from(table)
