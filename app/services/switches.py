"""Pausing parts of the portal."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db import Reader
from app.domain.actors import Actor, may_administer
from app.domain.errors import Invalid, Paused, require
from app.domain.switches import Switch
from app.models import SwitchState
from app.services import audit
from app.words import _


def pause(db: Session, actor: Actor | None, switch: Switch, *, message: str, now: datetime) -> None:
    """Stop that part; whoever meets it reads `message`. `actor` is None for the operator at the command line."""
    require(actor is None or may_administer(actor), _("Only an admin can pause parts of the portal."))
    if not message.strip():
        raise Invalid({"message": _("Say what people who meet the pause should know, and until when.")})
    _set(db, actor, switch, paused=True, message=message.strip(), now=now)


def resume(db: Session, actor: Actor | None, switch: Switch, *, now: datetime) -> None:
    """Let that part run again."""
    require(actor is None or may_administer(actor), _("Only an admin can resume parts of the portal."))
    _set(db, actor, switch, paused=False, message="", now=now)


def is_paused(db: Reader, switch: Switch) -> str | None:
    """The message of a paused switch; None while it runs."""
    return db.scalar(select(SwitchState.message).where(SwitchState.switch == switch, SwitchState.paused))


def require_running(db: Session, switch: Switch) -> None:
    """Refuse with the admin's message while `switch` is paused."""
    if message := is_paused(db, switch):
        raise Paused(message)


def _set(
    db: Session, actor: Actor | None, switch: Switch, *, paused: bool, message: str, now: datetime
) -> None:
    actor_id = actor.id if actor else None
    values = {"paused": paused, "message": message, "changed_at": now, "changed_by": actor_id}
    db.execute(
        insert(SwitchState)
        .values(switch=switch, **values)
        .on_conflict_do_update(index_elements=["switch"], set_=values)
    )
    verb = "pause" if paused else "resume"
    audit.record(db, actor_id, f"switch.{verb}", "switch", switch.value, message=message, now=now)
