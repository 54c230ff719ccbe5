"""Every drafted decision as the mail it will become: its words can be changed here, and all are sent together."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from app.adapters import letters
from app.domain.applications import Action
from app.domain.errors import Conflict, Invalid, NotFound, Refused
from app.queries import applications as requests
from app.services import decisions
from app.web.access import ADMIN, access
from app.web.decisions import moment
from app.web.forms import Form
from app.web.pages import course, now, page, redirect_to, settings
from app.web.transactions import reading, writing
from app.words import _

bp = Blueprint("outbox", __name__, url_prefix="/admin/applications")

HERE = "\ue000"
"""Stands for the words while the mail around them is written; no keyboard has it."""
AS_A_MAIL = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups; frame-ancestors 'none'"


@bp.get("/outbox")
@access(ADMIN)
def show() -> Response:
    return _page(Form())


@bp.get("/<uuid:application_id>/mail")
@access(ADMIN)
def mail(application_id: UUID) -> Response:
    """The HTML part of the mail with the words that are kept, shown as a mail program does: no script, no picture."""
    row = requests.one(reading(), application_id)
    if row is None or row.drafted is None:
        raise NotFound
    response = Response(_letter(row, row.drafted_body).html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = AS_A_MAIL
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/send")
@access(ADMIN)
def send() -> Response:
    """Keep all words as typed, then send what is ticked; each in its own transaction, so that none holds up others."""
    form, sent, status = Form(request.form), [], 409
    chosen = set() if form.value("then") == "keep" else set(request.form.getlist("application", type=UUID))
    for application_id in dict.fromkeys([*_typed(), *chosen]):
        try:
            if _keep_and_send(form, application_id, is_chosen=application_id in chosen):
                sent.append(application_id)
        except Invalid as invalid:
            form.errors[f"body-{application_id}"], status = invalid.sentence, 422
        except Refused as refused:
            form.errors[f"body-{application_id}"] = refused.sentence
    if form.errors:
        return _page(form, sent=len(sent), status=status)
    if not chosen:
        return redirect_to("outbox.show")
    return page("decisions/sent.html", sent=sent, hold_seconds=settings().limits.review_hold)


@bp.post("/take-back")
@access(ADMIN)
def take_back() -> Response:
    """Keep the decisions that are on their way after all."""
    late = 0
    for application_id in request.form.getlist("application", type=UUID):
        try:
            with writing() as db:
                decisions.take_back(db, g.actor, application_id, now=now())
        except Conflict:
            late += 1
    return _page(Form(), late=late, status=409) if late else redirect_to("outbox.show")


def _typed() -> list[UUID]:
    """The requests whose words stand in the form."""
    found = []
    for name in request.form:
        if name.startswith("body-"):
            try:
                found.append(UUID(name.removeprefix("body-")))
            except ValueError:
                continue
    return found


def _keep_and_send(form: Form, application_id: UUID, *, is_chosen: bool) -> bool:
    key = str(application_id)
    with writing() as db:
        if f"body-{key}" in form.values:
            decisions.draft(
                db,
                g.actor,
                application_id,
                action=_action(form.value(f"action-{key}")),
                body=form.value(f"body-{key}").replace("\r\n", "\n").replace("\x00", ""),
                seen=moment(form.value(f"seen-{key}")),
                now=now(),
            )
        if not is_chosen:
            return False
        hold = settings().limits.review_hold
        return decisions.send(db, g.actor, application_id, hold_seconds=hold, now=now()) is not None


def _action(word: str) -> Action:
    try:
        return Action(word)
    except ValueError:
        raise Invalid({"action": _("This page is out of date. Open it again.")}) from None


def _page(form: Form, *, sent: int = 0, late: int = 0, status: int = 200) -> Response:
    drafted = requests.drafted(reading())
    pending = [row for row in drafted if row.send_at is None]
    shown = {str(row.id) for row in pending}
    lost = [
        (sentence, form.value(name))
        for name, sentence in form.errors.items()
        if name.removeprefix("body-") not in shown
    ]
    form.errors = {name: said for name, said in form.errors.items() if name.removeprefix("body-") in shown}
    return page(
        "decisions/outbox.html",
        status,
        mails=[(row, *_around(row)) for row in pending],
        leaving=[row for row in drafted if row.send_at is not None],
        form=form,
        lost=lost,
        sent=sent,
        late=late,
        hold_seconds=settings().limits.review_hold,
    )


def _around(row: requests.Waiting) -> tuple[str, str, str]:
    """The subject of the mail, and its text before and after the words, in the language it is sent in."""
    letter = _letter(row, HERE)
    before, _, after = letter.text.partition(HERE)
    return letter.subject, before, after


def _letter(row: requests.Waiting, words: str) -> letters.Letter:
    known = letters.surroundings(
        base_url=settings().base_url, person_name=row.name, course_title=course().title
    )
    template = decisions.MAILS[row.drafted or Action.ASK]
    return letters.render(template, known | {"body": words}, language=row.language)
