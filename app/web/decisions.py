"""Deciding about requests: read the notes, draft a decision for each by one key. `web.outbox` sends them."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, g, request

from app.domain.applications import Action, State
from app.domain.errors import Conflict, Invalid, NotFound
from app.queries import applications as requests
from app.queries import decided_requests as past
from app.services import applications, decisions
from app.web import paging
from app.web.access import ADMIN, access
from app.web.forms import Form
from app.web.languages import write
from app.web.pages import is_fragment, now, page, redirect_to
from app.web.transactions import reading, writing
from app.words import _
from app.words.catalogue import catalogue

bp = Blueprint("decisions", __name__, url_prefix="/admin/applications")

LONGEST_SEARCH = 100
SUGGESTED = {
    Action.GRANT: _("Start with module 1; the first capstone you hand in is read by a person."),
    Action.DECLINE: _(
        "This time we cannot give you access. You can ask again whenever your situation changes."
    ),
}


@bp.get("")
@access(ADMIN)
def show() -> Response:
    db, search = reading(), _search()
    waiting, last = paging.cut(requests.waiting(db, search=search, after=paging.after()), requests.PAGE)
    return page(
        "decisions/show.html",
        waiting=waiting,
        search=search,
        standing=requests.standing(db),
        more=paging.key(last.received_at, last.id) if last else "",
        suggested=_suggested,
        form=Form(),
    )


@bp.get("/decided")
@access(ADMIN)
def decided() -> Response:
    """What was granted and declined, for looking up."""
    search, state = _search(), request.args.get("state", type=State)
    found = past.decided(reading(), state=state, search=search, after=paging.after())
    shown, last = paging.cut(found, requests.PAGE)
    return page(
        "decisions/decided.html",
        decided=shown,
        search=search,
        state=state.value if state else "",
        more=paging.key(last.decided_at, last.id) if last else "",
    )


@bp.post("/<uuid:application_id>/draft")
@access(ADMIN)
def draft(application_id: UUID) -> Response:
    form = Form(request.form)
    action = form.choice("action", Action, label=_("the decision"))
    body = form.text("body", longest=applications.BODY_LIMIT, label=_("The words"))
    try:
        form.done()
        with writing() as db:
            decisions.draft(
                db,
                g.actor,
                application_id,
                action=action or Action.ASK,
                body=body,
                seen=moment(form.value("seen")),
                now=now(),
            )
    except Invalid as invalid:
        form.errors = invalid.errors
        return _one(application_id, form, status=422)
    except Conflict as conflict:
        form.errors = {"": conflict.sentence}
        return _one(application_id, form, status=409)
    return _changed(application_id)


@bp.get("/<uuid:application_id>")
@access(ADMIN)
def edit(application_id: UUID) -> Response:
    return _one(application_id, Form())


@bp.post("/<uuid:application_id>/drop")
@access(ADMIN)
def drop(application_id: UUID) -> Response:
    with writing() as db:
        decisions.drop(db, g.actor, application_id)
    return _changed(application_id)


@bp.post("/<uuid:application_id>/take-back")
@access(ADMIN)
def take_back(application_id: UUID) -> Response:
    with writing() as db:
        decisions.take_back(db, g.actor, application_id, now=now())
    return _changed(application_id)


def moment(text: str) -> datetime | None:
    """The time a hidden field carries; None for a mangled one."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _changed(application_id: UUID) -> Response:
    return _one(application_id, Form()) if is_fragment() else redirect_to("decisions.show")


def _one(application_id: UUID, form: Form, *, status: int = 200) -> Response:
    """One request: its page, or its row together with the head of the list."""
    db = reading()
    row = requests.one(db, application_id)
    if row is None:
        raise NotFound
    if not is_fragment():
        return page("decisions/edit.html", status, row=row, form=form, suggested=_suggested)
    standing = requests.standing(db)
    response = page("decisions/_request.html", status, row=row, form=form, suggested=_suggested)
    response.data += write("decisions/_pending.html", standing=standing, out_of_band=True).encode()
    return response


def _suggested(row: requests.Waiting) -> dict[str, str]:
    """The usual words in the language of whoever gets them, as their mail is."""
    words = catalogue(row.language)
    return {action.value: said.spoken_in(words) for action, said in SUGGESTED.items()}


def _search() -> str:
    """The words looked for, from the address."""
    return " ".join(request.args.get("q", "").replace("\x00", "").split())[:LONGEST_SEARCH]
