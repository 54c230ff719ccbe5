"""The admins' start page, people, switches, and the audit trail."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from app.domain.actors import APPOINTABLE, Role
from app.domain.cohort import Step
from app.domain.errors import Invalid, NotFound
from app.domain.switches import Switch
from app.queries import admin as rows
from app.queries import cohort
from app.services import certificates, people, switches
from app.web import paging
from app.web.access import ADMIN, access
from app.web.audit_trail import verified
from app.web.cohort import STEP_WORDS
from app.web.exports import csv
from app.web.forms import Form
from app.web.pages import course, now, page, redirect_to, settings
from app.web.parts import parts
from app.web.transactions import reading, writing
from app.words import _

ANCHORS = 168
"""How many anchors the page compares with: a week of them."""

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.get("")
@access(ADMIN)
def home() -> Response:
    db = reading()
    return page(
        "admin/home.html",
        funnel=cohort.funnel(db, course().slug),
        step_words=STEP_WORDS,
        due=rows.due(db),
        switches=rows.switches(db),
    )


@bp.get("/people")
@access(ADMIN)
def people_list() -> Response:
    search = request.args.get("q", "").strip()[:100]
    step, after = request.args.get("step", type=Step), request.args.get("after", type=UUID)
    found = rows.people(reading(), search=search, after=after, course_slug=course().slug, step=step)
    people, last = paging.cut(found, rows.PAGE)
    return page(
        "admin/people.html",
        people=people,
        search=search,
        step=step,
        step_words=STEP_WORDS,
        more=last.id if last else None,
        appointable=sorted(APPOINTABLE),
    )


@bp.get("/people.csv")
@access(ADMIN)
def people_export() -> Response:
    found = rows.people(reading(), search="", after=None, course_slug=course().slug, limit=rows.EXPORT_LIMIT)
    return csv(
        "people.csv",
        ("id", "name", "email", "first seen", "roles", "capstones passed", "certificate"),
        (
            (
                person.id,
                person.name,
                person.email or "",
                person.created_at.isoformat(),
                " ".join(sorted(person.roles)),
                person.passed,
                person.certificate or "",
            )
            for person in found
        ),
    )


@bp.post("/people/<uuid:person_id>/appoint")
@access(ADMIN)
def appoint(person_id: UUID) -> Response:
    with writing() as db:
        people.appoint(db, g.actor, person_id, _role(), now=now())
    return redirect_to("admin.people_list", q=request.form.get("q") or None)


@bp.post("/people/<uuid:person_id>/dismiss")
@access(ADMIN)
def dismiss(person_id: UUID) -> Response:
    with writing() as db:
        people.dismiss(db, g.actor, person_id, _role(), now=now())
    return redirect_to("admin.people_list", q=request.form.get("q") or None)


@bp.get("/switches")
@access(ADMIN)
def switch_list() -> Response:
    return _switches(Form(), "")


@bp.post("/switches/<name>/pause")
@access(ADMIN)
def pause(name: str) -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            message = form.text("message", longest=500, label=_("The message"))
            form.done()
            switches.pause(db, g.actor, _switch(name), message=message, now=now())
    except Invalid as invalid:
        form.errors = invalid.errors
        return _switches(form, name, status=422)
    return redirect_to("admin.switch_list")


@bp.post("/switches/<name>/resume")
@access(ADMIN)
def resume(name: str) -> Response:
    switch = _switch(name)
    with writing() as db:
        if switch is Switch.CERTIFICATES:
            certificates.resume_issuing(db, g.actor, course=course(), base_url=settings().base_url, now=now())
        else:
            switches.resume(db, g.actor, switch, now=now())
    return redirect_to("admin.switch_list")


@bp.get("/audit")
@access(ADMIN)
def audit() -> Response:
    action = request.args.get("action", "").strip()[:60]
    db = reading()
    found = rows.audit(db, action=action, before=request.args.get("before", type=int))
    entries, last = paging.cut(found, rows.PAGE)
    return page(
        "admin/audit.html",
        entries=entries,
        action=action,
        more=last.id if last else None,
    )


@bp.post("/audit/verify")
@access(ADMIN)
def verify_audit() -> Response:
    """Recompute the whole chain and compare it with its newest anchors; a POST because it reads every entry.

    Rewriting any entry changes the hash of every later one, so a week of anchors shows what all of them would.
    """
    trail = verified(reading(), parts(), most=ANCHORS, now=now())
    return page("admin/audit_verified.html", trail=trail)


@bp.get("/audit.csv")
@access(ADMIN)
def audit_export() -> Response:
    entries = rows.audit(reading(), action="", before=None, limit=rows.EXPORT_LIMIT)
    return csv(
        "audit.csv",
        ("id", "at", "who", "action", "object", "object id", "about", "detail"),
        (
            (e.id, e.at.isoformat(), e.actor, e.action, e.object_type, e.object_id, e.subject, e.detail)
            for e in entries
        ),
    )


def _switches(form: Form, named: str, *, status: int = 200) -> Response:
    return page("admin/switches.html", status, form=form, named=named, switches=rows.switches(reading()))


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        raise Invalid({"role": _("Choose reviewer or admin.")}) from None


def _switch(name: str) -> Switch:
    try:
        return Switch(name)
    except ValueError:
        raise NotFound from None
