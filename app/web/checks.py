"""What the worker does and where it is stuck, for admins."""

from uuid import UUID

from flask import Blueprint, Response, g

from app.domain.switches import Switch
from app.queries import checks as queries
from app.services import broken_checks, mails, switches
from app.web.access import ADMIN, access
from app.web.pages import is_fragment, now, page, redirect_to, settings
from app.web.parts import parts
from app.web.transactions import reading, writing
from app.words import _

bp = Blueprint("checks", __name__, url_prefix="/admin/checks")


@bp.get("")
@access(ADMIN)
def show() -> Response:
    return _show()


@bp.post("/runs/<uuid:run_id>/again")
@access(ADMIN)
def check_again(run_id: UUID) -> Response:
    with writing() as db:
        broken_checks.try_again(db, g.actor, run_id, now=now())
    return _changed()


@bp.post("/runs/again")
@access(ADMIN)
def check_all_again() -> Response:
    with writing() as db:
        broken_checks.try_all_again(db, g.actor, now=now())
    return _changed()


@bp.post("/mails/<uuid:mail_id>/again")
@access(ADMIN)
def send_again(mail_id: UUID) -> Response:
    with writing() as db:
        mails.try_again(db, g.actor, mail_id, now=now())
    return _changed()


@bp.post("/mails/again")
@access(ADMIN)
def send_all_again() -> Response:
    with writing() as db:
        mails.try_all_again(db, g.actor, now=now())
    return _changed()


def _changed() -> Response:
    return _show() if is_fragment() else redirect_to("checks.show")


def _show() -> Response:
    db, moment = reading(), now()
    template = "checks/_work.html" if is_fragment() else "checks/show.html"
    return page(
        template,
        counts=[
            (_("Checks of evidence"), queries.check_counts(db, now=moment)),
            (_("Mails"), queries.mail_counts(db, now=moment)),
        ],
        at_once={"checks": broken_checks.MOST_AT_ONCE, "mails": mails.MOST_AT_ONCE},
        problems=queries.problems(db, now=moment),
        readings=queries.readings(db, now=moment),
        paused=switches.is_paused(db, Switch.CHECKS),
        bell=_bell(),
        mail_is_set=settings().mail.host is not None,
    )


def _bell() -> str:
    """How the worker learns of work: "rung", "silent" while Redis is down, "polled" without one."""
    if settings().redis_url is None:
        return "polled"
    return "rung" if parts().doorbell.alive() else "silent"
