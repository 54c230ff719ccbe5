"""Lines of an evidence file, what the reviewer says about them, and how they differ from the round before."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from app.domain.errors import Conflict, Invalid, NotFound
from app.queries.review_desk import Desk
from app.queries.review_evidence import DeskFile
from app.services import reviews
from app.web import desk_files, desk_pages
from app.web.access import REVIEWER, SIGNED_IN, access
from app.web.desk_files import ShownLine
from app.web.differences import differences
from app.web.errors import errors_of, status_of
from app.web.forms import Form
from app.web.pages import is_fragment, now, page, redirect_to, settings
from app.web.transactions import close_reading, writing
from app.words import _

bp = Blueprint("lines", __name__, url_prefix="/reviews/<uuid:review_id>/files/<uuid:file_id>")


@bp.get("")
@access(SIGNED_IN)
def show(review_id: UUID, file_id: UUID) -> Response:
    """One file of the version, a thousand lines at a time; on the desk itself a hundred."""
    return _show(review_id, file_id, Form())


@bp.get("/changes")
@access(SIGNED_IN)
def changes(review_id: UUID, file_id: UUID) -> Response:
    """What is different in this file since the version before."""
    desk = desk_pages.opened(review_id)
    file = _file(desk, file_id)
    if file.before is None:
        raise NotFound
    close_reading()
    old, new = (
        desk_files.text_of(digest, first=1, count=desk_files.LINES_COMPARED)
        for digest in (file.before.sha256, file.sha256)
    )
    return page(
        "reviews/changes.html",
        desk=desk,
        file=file,
        found=differences(old, new),
        problem=old.problem or new.problem,
        most=desk_files.LINES_COMPARED,
    )


@bp.get("/comments")
@access(REVIEWER)
def said(review_id: UUID, file_id: UUID) -> Response:
    """What is said at one line, with a box for more; for the place below that line on the desk."""
    desk = desk_pages.opened(review_id)
    file = _file(desk, file_id)
    shown = desk_files.line_wanted(desk, file, max(1, request.args.get("line", 1, type=int)))
    return _said_part(desk, file, shown, Form(), is_asked=desk.is_open)


@bp.post("/comments")
@access(REVIEWER)
def comment(review_id: UUID, file_id: UUID) -> Response:
    form = Form(request.form)
    line = form.number("line", label=_("The line"))
    number = int(line or 0)
    try:
        form.done()
        with writing() as db:
            reviews.comment_on_line(
                db,
                g.actor,
                review_id,
                file_id=file_id,
                line=number,
                body=form.value("body"),
                lease_seconds=settings().limits.review_lease,
                now=now(),
            )
    except (Invalid, Conflict) as refused:
        return _refused(review_id, file_id, number, form, refused)
    return _said(review_id, file_id, number)


@bp.post("/comments/<uuid:comment_id>/reword")
@access(REVIEWER)
def reword(review_id: UUID, file_id: UUID, comment_id: UUID) -> Response:
    form = Form(request.form)
    number = int(form.number("line", label=_("The line")) or 0)
    try:
        with writing() as db:
            reviews.reword_line_comment(
                db,
                g.actor,
                review_id,
                comment_id,
                body=form.value("body"),
                lease_seconds=settings().limits.review_lease,
                now=now(),
            )
    except (Invalid, Conflict) as refused:
        return _refused(review_id, file_id, number, form, refused)
    return _said(review_id, file_id, number)


@bp.post("/comments/<uuid:comment_id>/remove")
@access(REVIEWER)
def remove(review_id: UUID, file_id: UUID, comment_id: UUID) -> Response:
    with writing() as db:
        reviews.remove_line_comment(db, g.actor, review_id, comment_id)
    return _said(review_id, file_id, request.form.get("line", 0, type=int))


def _said(review_id: UUID, file_id: UUID, line: int) -> Response:
    """What is said at that line now: the fragment below it, or the desk opened there."""
    desk = desk_pages.opened(review_id)
    file = _file(desk, file_id)
    if not is_fragment():
        return redirect_to("reviews.desk", review_id=review_id, _anchor=f"file-{file.index}-L{line}")
    shown = desk_files.line_wanted(desk, file, line)
    return _said_part(desk, file, shown, Form())


def _refused(review_id: UUID, file_id: UUID, line: int, form: Form, refused: Invalid | Conflict) -> Response:
    """The form again with what was typed and why it was not taken."""
    form.errors = errors_of(refused, field="body")
    status = status_of(refused)
    if not is_fragment():
        return _show(review_id, file_id, form, status=status)
    desk = desk_pages.opened(review_id)
    file = _file(desk, file_id)
    shown = desk_files.line_wanted(desk, file, line)
    return _said_part(desk, file, shown, form, status=status)


def _said_part(
    desk: Desk, file: DeskFile, line: ShownLine, form: Form, *, is_asked: bool = False, status: int = 200
) -> Response:
    return page(
        "reviews/_said.html",
        status,
        desk=desk,
        file_id=file.id,
        index=file.index,
        line=line,
        form=form,
        is_asked=is_asked or bool(form.errors),
    )


def _show(review_id: UUID, file_id: UUID, form: Form, status: int = 200) -> Response:
    desk = desk_pages.opened(review_id)
    file = _file(desk, file_id)
    first = max(1, request.args.get("first", 1, type=int))
    close_reading()
    if is_fragment():
        return _part(desk, file, first)
    text = desk_files.text_of(file.sha256, first=first, count=desk_files.LINES_A_PAGE)
    return page(
        "reviews/lines.html",
        status,
        desk=desk,
        file=file,
        first=first,
        text=text,
        blocks=desk_files.blocks_of(text, desk, file),
        form=form,
    )


def _part(desk: Desk, file: DeskFile, first: int) -> Response:
    """The next lines for the place on the desk where they were left out; that place ends with `last`, or the file."""
    last = request.args.get("last", type=int)
    count = (
        desk_files.LINES_A_PART if last is None else min(desk_files.LINES_A_PART, max(1, last - first + 1))
    )
    text = desk_files.text_of(file.sha256, first=first, count=count)
    left = (None if text.more else 0) if last is None else max(0, last - first - count + 1)
    return page(
        "reviews/_lines.html",
        desk=desk,
        file_id=file.id,
        index=file.index,
        first=first,
        block=desk_files.part(text, desk, file, gap=left),
        problem=text.problem,
    )


def _file(desk: Desk, file_id: UUID) -> DeskFile:
    file = next((each for each in desk.files if each.id == file_id), None)
    if file is None:
        raise NotFound
    return file
