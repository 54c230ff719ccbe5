"""A released review: read by its learner for ever, undone with a reason."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from app.domain import appeals as appeal_rules
from app.domain.errors import NotFound, Refused
from app.queries import feedback as rows
from app.services import reviews
from app.web.access import SIGNED_IN, access
from app.web.desk_files import text_of
from app.web.errors import errors_of, status_of
from app.web.forms import Form
from app.web.pages import capstone_titles, course, names_shown, now, page, redirect_to, settings
from app.web.transactions import close_reading, reading, writing

AROUND = 20
"""Lines shown on either side of one that is spoken of."""

bp = Blueprint("feedback", __name__, url_prefix="/reviews/<uuid:review_id>")


@bp.get("/feedback")
@access(SIGNED_IN)
def show(review_id: UUID) -> Response:
    return feedback_page(review_id, Form())


@bp.get("/feedback/files/<uuid:file_id>")
@access(SIGNED_IN)
def lines(review_id: UUID, file_id: UUID) -> Response:
    """The lines around one that the review says something about, with what it says there."""
    found = rows.feedback(reading(), g.actor, review_id, named=names_shown(), now=now())
    said = [each for each in found.review.comments if each.file_id == file_id]
    if not said:
        raise NotFound
    close_reading()
    line = request.args.get("line", said[0].line, type=int)
    text = text_of(said[0].sha256, first=max(1, line - AROUND), count=2 * AROUND + 1)
    return page("reviews/said_lines.html", review=found.review, said=said, line=line, text=text)


@bp.post("/undo")
@access(SIGNED_IN)
def undo(review_id: UUID) -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            reviews.undo(
                db,
                g.actor,
                review_id,
                reason=form.value("reason"),
                course=course(),
                base_url=settings().base_url,
                now=now(),
            )
    except Refused as refused:
        if isinstance(refused, NotFound):
            raise
        form.errors = errors_of(refused)
        return feedback_page(review_id, form, status=status_of(refused))
    return redirect_to("feedback.show", review_id=review_id)


def feedback_page(review_id: UUID, form: Form, status: int = 200) -> Response:
    """The rating with its appeals and questions; `form` is what was typed into one of its forms."""
    found = rows.feedback(reading(), g.actor, review_id, named=names_shown(), now=now())
    titles = capstone_titles()
    title = titles.get(found.capstone_slug, found.capstone_slug)
    return page(
        "reviews/feedback.html",
        status,
        feedback=found,
        review=found.review,
        title=title,
        form=form,
        blank=Form(),
        no_appeal=_why_no_appeal(found),
        tokens=len(appeal_rules.TOKENS),
        appeal_until=appeal_rules.ends_at(found.review.released_at),
    )


def _why_no_appeal(found: rows.Feedback) -> str:
    return appeal_rules.why_not(
        verdict=found.review.verdict,
        stands=not found.review.is_undone,
        is_latest=found.is_latest,
        released_at=found.review.released_at,
        tokens_left=found.tokens_left,
        now=now(),
    )
