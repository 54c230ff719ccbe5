"""Rubrics edited by admins: the list, the editor of a draft, its preview, its publication; and any version's text."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from app.course.rubric_drafts import Mistake, fields_of, read_draft, typed_into
from app.domain.errors import Conflict, Invalid, NotFound, Stale
from app.queries import rubrics as versions
from app.queries.rubrics import OpenDraft
from app.services import rubric_drafts, rubric_publishing
from app.services.rubric_drafts import Arrangement
from app.services.rubric_publishing import Effect
from app.web import autosaves, rubric_pages
from app.web.access import ADMIN, PUBLIC, access
from app.web.forms import Form
from app.web.pages import course, now, page, redirect_to
from app.web.transactions import reading, writing
from app.words import _

bp = Blueprint("rubrics", __name__)

OWN_FIELDS = ("tag", "then", "do", "new_key")
"""What the editor sends besides the words of the rubric."""


@bp.get("/capstones/<slug>/rubric/<int:number>")
@access(PUBLIC)
def version(slug: str, number: int) -> Response:
    """The text of one published version, readable for ever."""
    shown = versions.version(reading(), course().slug, slug, number)
    if shown is None:
        raise NotFound
    title = rubric_pages.title_of(course(), slug)
    return page("rubrics/version.html", shown=shown, rubric=shown.rubric, slug=slug, title=title)


@bp.get("/admin/rubrics")
@access(ADMIN)
def show() -> Response:
    return _list()


@bp.post("/admin/rubrics/<slug>/draft")
@access(ADMIN)
def begin(slug: str) -> Response:
    with writing() as db:
        draft_id = rubric_drafts.begin(db, g.actor, slug, course=course(), now=now())
    return redirect_to("rubrics.edit", draft_id=draft_id)


@bp.get("/admin/rubrics/drafts/<uuid:draft_id>")
@access(ADMIN)
def edit(draft_id: UUID) -> Response:
    return _editor(_opened(draft_id))


@bp.post("/admin/rubrics/drafts/<uuid:draft_id>")
@access(ADMIN)
def save(draft_id: UUID) -> Response:
    """Keep what was typed: for the script as JSON, else with what the button says, and on to the next page."""
    form, is_script = Form(request.form), autosaves.is_autosave()
    try:
        tag, key = _save(draft_id, form, presses=not is_script)
    except Stale as stale:
        return _stale(draft_id, form, stale, is_script=is_script)
    except Invalid as invalid:
        if is_script:
            return autosaves.invalid(invalid)
        form.errors = invalid.errors
        return _editor(_opened(draft_id), form=form, status=422)
    if is_script:
        return autosaves.saved(tag)
    if form.value("then") == "preview":
        return redirect_to("rubrics.preview", draft_id=draft_id)
    return redirect_to("rubrics.edit", draft_id=draft_id, _anchor=f"criterion-{key}" if key else None)


@bp.post("/admin/rubrics/drafts/<uuid:draft_id>/mistakes")
@access(ADMIN)
def mistakes(draft_id: UUID) -> Response:
    """What is to be mended in the rubric as it is typed, saved or not. Changes nothing."""
    found = _opened(draft_id)
    typed = typed_into(found.content, _typed(Form(request.form)))
    return page("rubrics/_mistakes.html", mistakes=_read(found, typed)[1])


@bp.get("/admin/rubrics/drafts/<uuid:draft_id>/preview")
@access(ADMIN)
def preview(draft_id: UUID) -> Response:
    return _preview(draft_id, Form(MultiDict({"effect": Effect.NEW_WORK.value})))


@bp.post("/admin/rubrics/drafts/<uuid:draft_id>/publish")
@access(ADMIN)
def publish(draft_id: UUID) -> Response:
    form = Form(request.form)
    tag, against = form.number("tag"), form.uuid("against")
    effect = form.choice("effect", Effect, label=_("whom it counts for"))
    try:
        form.done()
        with writing() as db:
            rubric_publishing.publish(
                db,
                g.actor,
                draft_id,
                tag=int(tag or 0),
                against=against,
                effect=effect or Effect.NEW_WORK,
                course=course(),
                now=now(),
            )
    except Invalid as invalid:
        form.errors = invalid.errors
        return _preview(draft_id, form, status=422)
    except Conflict as conflict:
        form.errors = {"": conflict.sentence}
        return _preview(draft_id, form, status=409)
    return redirect_to("rubrics.show")


@bp.post("/admin/rubrics/drafts/<uuid:draft_id>/discard")
@access(ADMIN)
def discard(draft_id: UUID) -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            rubric_drafts.discard(db, g.actor, draft_id, tag=int(form.number("tag") or 0), now=now())
    except Stale:
        form.errors = {
            "": _("The draft was saved since this page was made. Read it again before you discard it.")
        }
        return _preview(draft_id, form, status=409)
    return redirect_to("rubrics.show")


def _list() -> Response:
    db = reading()
    rows = rubric_pages.capstones(
        course(), versions.versions(db, course().slug), versions.drafts(db, course().slug)
    )
    return page("rubrics/show.html", rows=rows)


def _save(draft_id: UUID, form: Form, *, presses: bool) -> tuple[int, str]:
    """Save, then do what the pressed button says; returns the tag and the criterion it was about."""
    tag = int(form.number("tag") or 0)
    pressed, _colon, key = form.value("do").partition(":")
    if not pressed and form.value("new_key").strip() and form.value("then") != "preview":
        # Enter in the box of the new name presses the first button of the form.
        pressed = Arrangement.ADD.value
    with writing() as db:
        tag = rubric_drafts.save_draft(db, g.actor, draft_id, _typed(form), tag=tag, now=now())
        if not presses or pressed not in set(Arrangement):
            return tag, ""
        key = form.value("new_key").strip() if pressed == Arrangement.ADD else key
        rubric_drafts.arrange(db, g.actor, draft_id, Arrangement(pressed), key, tag=tag, now=now())
    return tag, "" if pressed == Arrangement.REMOVE else key


def _typed(form: Form) -> dict[str, str]:
    return {
        name: value.replace("\r\n", "\n").replace("\x00", "")
        for name, value in form.values.items()
        if name not in OWN_FIELDS
    }


def _opened(draft_id: UUID) -> OpenDraft:
    found = versions.draft(reading(), draft_id)
    if found is None:
        raise NotFound(rubric_drafts.GONE)
    return found


def _read(found: OpenDraft, content: dict[str, Any]) -> tuple[Any, tuple[Mistake, ...]]:
    return read_draft(content, rubric_publishing.slots_of(course(), found.capstone_slug))


def _editor(found: OpenDraft, *, form: Form | None = None, status: int = 200) -> Response:
    content = found.content
    if form is None:
        form = Form(MultiDict(fields_of(content) | {"tag": str(found.tag)}))
    return page(
        "rubrics/edit.html",
        status,
        draft=found,
        criteria=content["criteria"],
        form=form,
        mistakes=_read(found, typed_into(content, _typed(form)))[1],
        title=rubric_pages.title_of(course(), found.capstone_slug),
        slots=course().capstone(found.capstone_slug).slots,
    )


def _stale(draft_id: UUID, form: Form, stale: Stale, *, is_script: bool) -> Response:
    """Both texts; what is typed here stays in the boxes and carries the newest tag."""
    found = _opened(draft_id)
    by = "" if found.saved_by_id == g.actor.id else found.saved_by
    if is_script:
        return autosaves.stale(stale, by=by)
    mine = fields_of(typed_into(found.content, _typed(form)))
    names = [name for name, value in stale.theirs.items() if mine[name] != value]
    boxes = rubric_pages.named(found.content, names)
    return page(
        "rubrics/conflict.html",
        409,
        draft=found,
        form=Form(MultiDict(mine)),
        stale=stale,
        boxes=boxes,
        mine=mine,
        by=by,
    )


def _preview(draft_id: UUID, form: Form, status: int = 200) -> Response:
    found = _opened(draft_id)
    live = versions.in_force(reading(), course().slug, found.capstone_slug)
    rubric, wrong = _read(found, found.content)
    return page(
        "rubrics/preview.html",
        status,
        draft=found,
        rubric=rubric,
        mistakes=wrong,
        difference=rubric_pages.difference(live, rubric),
        form=form,
        blank=Form(),
        title=rubric_pages.title_of(course(), found.capstone_slug),
    )
