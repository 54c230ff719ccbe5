"""What the desk offers besides the rubric: files ticked off, saved comments, ten minutes to take a verdict back."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from app.domain import placeholders
from app.domain.errors import Conflict, Invalid, NotFound
from app.domain.reviews import State
from app.queries import saved_comments
from app.queries.review_desk import Desk
from app.queries.review_rubric import DeskCriterion
from app.services import desk as desks
from app.services import reviews
from app.web import desk_pages
from app.web.access import REVIEWER, access
from app.web.errors import errors_of, status_of
from app.web.forms import Form, read_uuid
from app.web.pages import capstones, course, is_fragment, now, page, redirect_to, settings
from app.web.transactions import reading, writing

bp = Blueprint("desk", __name__, url_prefix="/reviews/<uuid:review_id>")


@bp.post("/seen")
@access(REVIEWER)
def seen(review_id: UUID) -> Response:
    """Keep which files are ticked off; answers with how many are."""
    file_ids = {file_id for file_id in map(read_uuid, request.form.getlist("seen")) if file_id}
    with writing() as db:
        desks.mark_seen(db, g.actor, review_id, file_ids=file_ids, now=now())
    if not is_fragment():
        return redirect_to("reviews.desk", review_id=review_id, _anchor="rail")
    desk = desk_pages.opened(review_id)
    return page("reviews/_seen.html", desk=desk)


@bp.get("/bank/<key>")
@access(REVIEWER)
def bank(review_id: UUID, key: str) -> Response:
    return _bank(review_id, key, Form())


@bp.post("/bank/<key>")
@access(REVIEWER)
def keep(review_id: UUID, key: str) -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            desks.keep_comment(
                db,
                g.actor,
                review_id,
                key,
                body=form.value("body"),
                for_everybody=form.checked("for_everybody"),
                now=now(),
            )
    except (Invalid, Conflict) as refused:
        form.errors = errors_of(refused, field="body")
        return _bank(review_id, key, form, status=status_of(refused))
    return _bank(review_id, key, Form()) if is_fragment() else _to_bank(review_id, key)


@bp.post("/bank/<key>/<uuid:comment_id>/use")
@access(REVIEWER)
def use(review_id: UUID, key: str, comment_id: UUID) -> Response:
    """Count a use. The script has put the words in; without it the desk opens with them at the end of the comment."""
    with writing() as db:
        desks.use_comment(db, g.actor, comment_id)
    if is_fragment():
        return Response(status=204)
    return redirect_to(
        "reviews.desk", review_id=review_id, insert=comment_id, into=key, _anchor=f"criterion-{key}"
    )


@bp.post("/bank/<key>/<uuid:comment_id>/forget")
@access(REVIEWER)
def forget(review_id: UUID, key: str, comment_id: UUID) -> Response:
    with writing() as db:
        desks.forget_comment(db, g.actor, comment_id, now=now())
    return _bank(review_id, key, Form()) if is_fragment() else _to_bank(review_id, key)


@bp.get("/sent")
@access(REVIEWER)
def sent(review_id: UUID) -> Response:
    """A decided review until its release: what the learner will get, when, and the way back."""
    desk = desk_pages.opened(review_id)
    if desk.state is State.RELEASED:
        return redirect_to("feedback.show", review_id=review_id)
    if desk.state is not State.DECIDED:
        return redirect_to("reviews.desk", review_id=desk.live_id or review_id)
    return page(
        "reviews/sent.html",
        desk=desk,
        outcome=desk.outcome,
        rows=desk_pages.rated_rows(desk),
        capstones=capstones(),
    )


@bp.post("/take-back")
@access(REVIEWER)
def take_back(review_id: UUID) -> Response:
    with writing() as db:
        again = reviews.take_back(
            db, g.actor, review_id, lease_seconds=settings().limits.review_lease, now=now()
        )
    return redirect_to("reviews.desk", review_id=again)


def insert_chosen(desk: Desk, form: Form) -> None:
    """Put the saved comment that the address names at the end of its criterion's comment; saved with the next save."""
    comment_id = read_uuid(request.args.get("insert", ""))
    criterion = _criterion(desk, request.args.get("into", ""))
    if comment_id is None or criterion is None or not desk.is_open:
        return
    body = saved_comments.body(reading(), g.actor, comment_id)
    if body:
        words = placeholders.filled(body, desk_pages.places(desk, criterion, course()))
        name = f"comment-{criterion.key}"
        form.values[name] = "\n".join(filter(None, [form.value(name), words]))


def _bank(review_id: UUID, key: str, form: Form, status: int = 200) -> Response:
    db = reading()
    desk = desk_pages.opened(review_id)
    criterion = _criterion(desk, key)
    if criterion is None:
        raise NotFound
    known = desk_pages.places(desk, criterion, course())
    found = saved_comments.saved_comments(db, g.actor, course().slug, desk.capstone_slug, key)
    template = "reviews/_bank.html" if is_fragment() else "reviews/bank.html"
    return page(
        template,
        status,
        desk=desk,
        criterion=criterion,
        saved=[(each, placeholders.filled(each.body, known)) for each in found],
        known=sorted(known.items()),
        form=form,
    )


def _to_bank(review_id: UUID, key: str) -> Response:
    return redirect_to("desk.bank", review_id=review_id, key=key)


def _criterion(desk: Desk, key: str) -> DeskCriterion | None:
    return next((each for each in desk.criteria if each.key == key), None)
