"""Asking for free access: write, check, send, and see where it stands."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from app.domain.applications import OPEN, QUESTIONS, State, actions, decided_by, digest
from app.domain.errors import Invalid, Stale
from app.domain.switches import Switch
from app.queries import applications as requests
from app.services import applications, switches
from app.web import autosaves
from app.web.access import SIGNED_IN, access
from app.web.forms import Form
from app.web.pages import course, now, page, redirect_to
from app.web.transactions import reading, writing
from app.words import _, joined

bp = Blueprint("applications", __name__)

FIELDS = (*(question.name for question in QUESTIONS), "link")
LONGEST = 20_000  # far beyond the limit that is told, so that what was typed is kept and shown again


@bp.get("/apply")
@access(SIGNED_IN)
def show() -> Response:
    known = requests.latest(reading(), g.actor.id)
    if g.actor.is_learner or (known and known.state in OPEN - {State.DRAFT}):
        return redirect_to("applications.status")
    draft = known if known and known.state is State.DRAFT else None
    return _show(Form(MultiDict({name: getattr(draft, name) for name in FIELDS} if draft else {})))


@bp.post("/apply")
@access(SIGNED_IN)
def save() -> Response:
    """Keep the draft, whatever it holds; then check it, unless it was only to be kept. Autosaved while it is typed."""
    form = Form(request.form)
    answers = {name: form.text(name, longest=LONGEST) for name in FIELDS}
    if not autosaves.is_autosave():  # while it is typed it stays as it stands in its box
        answers["link"] = applications.with_scheme(answers["link"])
    try:
        with writing() as db:
            applications.save_draft(
                db,
                g.actor,
                answers,
                seen=request.form.get("tag"),
                course_slug=course().slug,
                now=now(),
            )
    except Stale as stale:
        return _changed_elsewhere(form, stale)
    if autosaves.is_autosave():
        return autosaves.saved(digest(answers))
    if request.form.get("then") == "keep":
        return redirect_to("applications.show", kept=1)
    form.errors |= applications.problems(answers)
    if form.errors:
        return _show(form, status=422)
    return redirect_to("applications.check")


@bp.get("/apply/check")
@access(SIGNED_IN)
def check() -> Response:
    draft = requests.latest(reading(), g.actor.id)
    if draft is None or draft.state is not State.DRAFT:
        return redirect_to("applications.status")
    return page(
        "applications/check.html",
        draft=draft,
        questions=QUESTIONS,
        due=decided_by(now(), days=course().decision_days),
    )


@bp.post("/apply/send")
@access(SIGNED_IN)
def send() -> Response:
    try:
        with writing() as db:
            applications.send(db, g.actor, days=course().decision_days, now=now())
    except Invalid as invalid:
        draft = requests.latest(reading(), g.actor.id)
        form = Form(MultiDict({name: getattr(draft, name, "") for name in FIELDS}))
        form.errors = invalid.errors
        return _show(form, status=422)
    return redirect_to("applications.status")


@bp.get("/application")
@access(SIGNED_IN)
def status() -> Response:
    return _status(Form())


@bp.post("/application/<uuid:application_id>/reply")
@access(SIGNED_IN)
def reply(application_id: UUID) -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            applications.reply(
                db, g.actor, application_id, body=form.text("body", longest=LONGEST), now=now()
            )
    except Invalid as invalid:
        form.errors |= invalid.errors
        return _status(form, status=422)
    return redirect_to("applications.status")


@bp.post("/application/<uuid:application_id>/withdraw")
@access(SIGNED_IN)
def withdraw(application_id: UUID) -> Response:
    with writing() as db:
        applications.withdraw(db, g.actor, application_id, now=now())
    return redirect_to("applications.status")


def _status(form: Form, *, status: int = 200) -> Response:
    db = reading()
    current = requests.latest(db, g.actor.id)
    if current is None or current.state is State.DRAFT:
        return redirect_to("modules.home" if g.actor.is_learner else "applications.show")
    return page(
        "applications/status.html",
        status,
        form=form,
        application=current,
        messages=requests.messages(db, current.id),
        actions={action.value for action in actions(current.state)},
        questions=QUESTIONS,
    )


def _show(form: Form, *, status: int = 200, theirs: Mapping[str, str] | None = None) -> Response:
    """The form. `theirs` is what another page has kept; what is kept is what the next save must have seen."""
    db = reading()
    kept = requests.latest(db, g.actor.id)
    is_draft = kept is not None and kept.state is State.DRAFT
    seen = digest({name: getattr(kept, name) if is_draft else "" for name in FIELDS})
    paused = switches.is_paused(db, Switch.APPLICATIONS)
    values = {
        "form": form,
        "questions": QUESTIONS,
        "days": course().decision_days,
        "paused": paused,
        "seen": seen,
    }
    values["is_kept"] = "kept" in request.args and is_draft
    return page("applications/show.html", status, theirs=theirs or {}, **values)


def _changed_elsewhere(form: Form, stale: Stale) -> Response:
    """Both texts: in the boxes what was typed here, below what is kept. Saving again keeps the boxes."""
    if autosaves.is_autosave():
        return autosaves.stale(stale, tag=digest(stale.theirs))
    form.errors = {
        "": joined(
            [stale.sentence, _("The boxes hold what was typed here; save again to keep that instead.")]
        )
    }
    return _show(form, status=409, theirs=stale.theirs)
