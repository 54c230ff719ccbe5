"""The reviewer's work: the queue, the desk, the draft, the decision."""

from uuid import UUID

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from app.domain import rubric
from app.domain.errors import Conflict, Invalid, Stale
from app.domain.reviews import State, Verdict
from app.evidence.repeats import Repeats
from app.queries.review_desk import Desk
from app.services import calibrations, reviews
from app.web import autosaves, desk_files, desk_pages, queue_pages
from app.web.access import REVIEWER, SIGNED_IN, access
from app.web.desk import insert_chosen
from app.web.figures import pair_figures
from app.web.forms import Form
from app.web.pages import capstones, course, now, page, redirect_to, settings
from app.web.transactions import close_reading, writing
from app.web.verdicts import VERDICT_EFFECTS, choices
from app.words import _, joined

bp = Blueprint("reviews", __name__)

LEVEL, COMMENT = "level-", "comment-"


@bp.get("/queue")
@access(REVIEWER)
def queue() -> Response:
    """The queue under the search in the address; without one, under the one used last in this session."""
    return queue_pages.asked()


@bp.post("/queue/next")
@access(REVIEWER)
def claim_next() -> Response:
    return queue_pages.take_next(reviews.claim_next)


@bp.post("/queue/<uuid:version_id>/claim")
@access(REVIEWER)
def claim(version_id: UUID) -> Response:
    try:
        with writing() as db:
            slug = calibrations.capstone_of(db, version_id)
            if slug in calibrations.owed(db, g.actor, course=course()):
                return redirect_to("calibrations.index", _anchor=slug)
            review_id = reviews.claim(
                db, g.actor, version_id, lease_seconds=settings().limits.review_lease, now=now()
            )
    except Conflict as refused:
        return queue_pages.show(problem=refused.sentence, status=409)
    return redirect_to("reviews.desk", review_id=review_id)


@bp.post("/queue/<uuid:version_id>/skip")
@access(REVIEWER)
def skip(version_id: UUID) -> Response:
    try:
        with writing() as db:
            reviews.skip(db, g.actor, version_id, reason=request.form.get("reason", ""), now=now())
    except Invalid as invalid:
        return queue_pages.show(problem=invalid.sentence, status=422)
    return redirect_to("reviews.queue")


@bp.get("/reviews/<uuid:review_id>")
@access(SIGNED_IN)
def desk(review_id: UUID) -> Response:
    return _desk(review_id)


@bp.post("/reviews/<uuid:review_id>/draft")
@access(REVIEWER)
def save(review_id: UUID) -> Response:
    """Keep the draft: for the script as JSON, else as the next page (`then` is "preview" for the decision)."""
    form = Form(request.form)
    try:
        tag = _save(review_id, form)
    except Stale as stale:
        if autosaves.is_autosave():
            return autosaves.stale(stale)
        return _conflict(review_id, form, stale)
    except Conflict as refused:
        if autosaves.is_autosave():
            raise
        return _too_late(review_id, form, refused)
    except Invalid as invalid:
        if autosaves.is_autosave():
            return autosaves.invalid(invalid)
        form.errors = invalid.errors
        return _desk(review_id, form=form, status=422)
    if autosaves.is_autosave():
        return autosaves.saved(tag)
    if form.value("then") == "preview":
        return redirect_to("reviews.preview", review_id=review_id)
    return redirect_to("reviews.desk", review_id=review_id)


@bp.post("/reviews/<uuid:review_id>/outcome")
@access(REVIEWER)
def outcome(review_id: UUID) -> Response:
    """What the rule says of the levels as they are ticked, saved or not. Changes nothing."""
    found = desk_pages.opened(review_id)
    draft = _draft(Form(request.form))
    known = {criterion.key: {level.key for level in criterion.levels} for criterion in found.criteria}
    chosen = {key: level for key, level in draft.levels.items() if level in known.get(key, ())}
    return page("reviews/_outcome.html", outcome=found.outcome_of(chosen))


@bp.get("/reviews/<uuid:review_id>/preview")
@access(REVIEWER)
def preview(review_id: UUID) -> Response:
    return _preview(review_id, Form())


@bp.post("/reviews/<uuid:review_id>/decide")
@access(REVIEWER)
def decide(review_id: UUID) -> Response:
    form = Form(request.form)
    tag, verdict = form.number("tag"), form.choice("verdict", Verdict, label=_("the verdict"))
    try:
        form.done()
        with writing() as db:
            reviews.decide(
                db,
                g.actor,
                review_id,
                tag=int(tag or 0),
                verdict=verdict or Verdict.NEEDS_CHANGES,
                hold_seconds=settings().limits.review_hold,
                course=course(),
                base_url=settings().base_url,
                now=now(),
            )
    except Invalid as invalid:
        form.errors = invalid.errors
        return _preview(review_id, form, status=422)
    except Stale as stale:
        form.errors = {"": joined([stale.sentence, _("Read it again before you send it.")])}
        return _preview(review_id, form, status=409)
    return redirect_to("desk.sent", review_id=review_id)


@bp.post("/reviews/<uuid:review_id>/give-back")
@access(SIGNED_IN)
def give_back(review_id: UUID) -> Response:
    with writing() as db:
        reviews.give_back(db, g.actor, review_id, now=now())
    return redirect_to("reviews.queue" if g.actor.is_reviewer else "admin.home")


def _desk(review_id: UUID, *, form: Form | None = None, status: int = 200) -> Response:
    found = desk_pages.opened(review_id)
    if elsewhere := _elsewhere(found):
        return elsewhere
    form = form or desk_pages.desk_form(found)
    insert_chosen(found, form)
    close_reading()
    pairs = desk_pages.desk_pairs(found, course())
    titles = desk_pages.slot_titles(found, course())
    files = desk_files.shown_files(found, titles, pairs)
    return page(
        "reviews/desk.html",
        status,
        desk=found,
        files=files,
        told=Repeats(finding for file in files for finding in file.findings),
        pairs=pair_figures(pairs),
        ledger=desk_pages.desk_ledger(found),
        bearing={each.key: desk_pages.bearing(each, files) for each in found.criteria},
        claims=desk_pages.changed_claims(found) if found.before_number else (),
        changes=desk_pages.changed_files(found, titles) if found.before_number else (),
        outcome=found.outcome,
        form=form,
        capstones=capstones(),
    )


def _elsewhere(found: Desk) -> Response | None:
    """Where a review that has left the desk is read."""
    if found.state is State.DECIDED:
        return redirect_to("desk.sent", review_id=found.review_id)
    if found.state is State.READ:
        return redirect_to("blind_readings.show", review_id=found.review_id)
    if found.released_at is not None:
        return redirect_to("feedback.show", review_id=found.review_id)
    if found.state is State.UNDONE and found.live_id:
        return redirect_to("reviews.desk", review_id=found.live_id)
    return None


def _save(review_id: UUID, form: Form) -> int:
    tag = form.number("tag")
    with writing() as db:
        return reviews.save_draft(
            db,
            g.actor,
            review_id,
            _draft(form),
            tag=int(tag or 0),
            lease_seconds=settings().limits.review_lease,
            now=now(),
        )


def _draft(form: Form) -> reviews.Draft:
    return reviews.Draft(
        levels=form.under(LEVEL),
        comments=form.under(COMMENT),
        summary=form.plain("summary"),
        private_note=form.plain("private_note"),
    )


def _conflict(review_id: UUID, form: Form, stale: Stale) -> Response:
    """Both texts, side by side; what is typed here stays in the boxes and carries the newest tag."""
    found = desk_pages.opened(review_id)
    mine = _draft(form).as_fields()
    names = [
        name for name in dict.fromkeys([*stale.theirs, *mine]) if stale.theirs.get(name) != mine.get(name)
    ]
    form.values = MultiDict(mine)
    return page("reviews/conflict.html", 409, desk=found, form=form, stale=stale, names=names, mine=mine)


def _too_late(review_id: UUID, form: Form, refused: Conflict) -> Response:
    """What was typed after the claim had ended, beside what was saved before: nothing of it is kept here."""
    found = desk_pages.opened(review_id)
    typed = {name: value for name, value in _draft(form).as_fields().items() if value}
    saved = desk_pages.desk_form(found)
    rows = [(name, saved.value(name), value) for name, value in typed.items()]
    return page("reviews/too_late.html", 409, desk=found, refused=refused.sentence, rows=rows)


def _preview(review_id: UUID, form: Form, status: int = 200) -> Response:
    found = desk_pages.opened(review_id)
    if not found.is_open:
        return redirect_to("reviews.desk", review_id=review_id)
    if found.is_blind:
        return redirect_to("blind_readings.ask", review_id=review_id)
    says: rubric.Outcome = found.outcome
    if len(says.verdicts) == 1 and not form.value("verdict"):
        form.values = MultiDict({"verdict": says.verdicts[0].value})
    return page(
        "reviews/preview.html",
        status,
        desk=found,
        outcome=says,
        hold_seconds=settings().limits.review_hold,
        rows=desk_pages.rated_rows(found),
        options=choices(says.verdicts, VERDICT_EFFECTS),
        form=form,
        capstones=capstones(),
    )
