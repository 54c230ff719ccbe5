"""Deciding about requests: read the notes, draft, see the mails, send them all."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, g, request

from app.adapters import letters
from app.domain.applications import Action
from app.domain.errors import Invalid, NotFound, Refused
from app.queries import applications as requests
from app.services import applications
from app.web.access import ADMIN, access
from app.web.forms import Form
from app.web.pages import course, is_fragment, now, page, redirect_to, settings
from app.web.transactions import reading, writing

bp = Blueprint("decisions", __name__, url_prefix="/admin/applications")

SUGGESTED = {
    Action.GRANT: "Start with module 1; the first capstone you hand in is read by a person.",
    Action.ASK: "",
    Action.DECLINE: "This time we cannot give you access. You can ask again whenever your situation changes.",
}


@bp.get("")
@access(ADMIN)
def show() -> Response:
    db = reading()
    waiting = requests.waiting(db, after=_after())
    return page(
        "decisions/show.html",
        waiting=waiting,
        drafted=requests.drafted(db),
        counts=requests.counts(db),
        more=_key(waiting[-1]) if len(waiting) == requests.PAGE else "",
        suggested={action.value: words for action, words in SUGGESTED.items()},
        blank=Form(),
    )


@bp.post("/<uuid:application_id>/draft")
@access(ADMIN)
def draft(application_id: UUID) -> Response:
    form = Form(request.form)
    action = form.choice("action", Action, label="the decision")
    body = form.text("body", longest=applications.BODY_LIMIT, label="The words")
    try:
        form.done()
        with writing() as db:
            applications.draft_decision(
                db, g.actor, application_id, action=action or Action.ASK, body=body, now=now()
            )
    except Invalid as invalid:
        form.errors = invalid.errors
        return _one(application_id, form, status=422)
    return _one(application_id, Form()) if is_fragment() else redirect_to("decisions.show")


@bp.get("/<uuid:application_id>")
@access(ADMIN)
def edit(application_id: UUID) -> Response:
    return _one(application_id, Form())


@bp.post("/<uuid:application_id>/drop")
@access(ADMIN)
def drop(application_id: UUID) -> Response:
    with writing() as db:
        applications.drop_draft(db, g.actor, application_id)
    return _one(application_id, Form()) if is_fragment() else redirect_to("decisions.show")


@bp.get("/outbox")
@access(ADMIN)
def outbox() -> Response:
    """Every drafted decision as the mail it will become."""
    drafted = requests.drafted(reading())
    return page("decisions/outbox.html", mails=[(row, _letter(row)) for row in drafted])


@bp.post("/send")
@access(ADMIN)
def send() -> Response:
    """Send the chosen decisions, each in its own transaction: one that has moved on does not hold up the rest."""
    sent, problems = 0, []
    for application_id in request.form.getlist("application", type=UUID):
        try:
            with writing() as db:
                sent += applications.send_decision(db, g.actor, application_id, now=now()) is not None
        except Refused as refused:
            problems.append(str(refused))
    return page("decisions/sent.html", sent=sent, problems=problems)


def _letter(row: requests.Waiting) -> letters.Letter:
    template = applications.MAILS[row.drafted or Action.ASK]
    known = letters.surroundings(
        base_url=settings().base_url, person_name=row.name, course_title=course().title
    )
    return letters.render(template, known | {"body": row.drafted_body})


def _one(application_id: UUID, form: Form, *, status: int = 200) -> Response:
    row = requests.one(reading(), application_id)
    if row is None:
        raise NotFound
    template = "decisions/_request.html" if is_fragment() else "decisions/edit.html"
    suggested = {action.value: words for action, words in SUGGESTED.items()}
    return page(template, status, row=row, form=form, suggested=suggested)


def _after() -> tuple[datetime, UUID] | None:
    """The key of the last row of the page before, from the address."""
    try:
        moment, _, row_id = request.args.get("after", "").partition("_")
        return datetime.fromisoformat(moment), UUID(row_id)
    except ValueError:
        return None


def _key(row: requests.Waiting) -> str:
    return f"{row.received_at.isoformat()}_{row.id}"
