"""Appeals and questions about a rating: made on its page, decided by another reviewer on a page of their own."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, g, request
from sqlalchemy.orm import Session

from app.domain.errors import Forbidden, NotFound, Refused
from app.queries import appeals as rows
from app.services import appeals, explanations
from app.web.access import ADMIN, REVIEWER, SIGNED_IN, access
from app.web.errors import errors_of, status_of
from app.web.feedback import feedback_page
from app.web.forms import Form
from app.web.pages import capstone_titles, course, names_shown, now, page, redirect_to, settings
from app.web.transactions import reading, writing

bp = Blueprint("appeals", __name__)


@bp.get("/appeals")
@access(REVIEWER)
def waiting() -> Response:
    return page(
        "appeals/waiting.html",
        waiting=rows.waiting(reading(), g.actor, named=names_shown()),
        titles=capstone_titles(),
    )


@bp.get("/admin/appeals")
@access(ADMIN)
def overview() -> Response:
    """The same list for admins, who see that none waits too long and appoint somebody who can answer."""
    return page(
        "appeals/overview.html",
        waiting=rows.waiting(reading(), g.actor, named=names_shown()),
        titles=capstone_titles(),
    )


@bp.post("/reviews/<uuid:review_id>/appeals")
@access(SIGNED_IN)
def begin(review_id: UUID) -> Response:
    form = Form(request.form)
    criterion_key, reason = form.value("criterion"), form.value("reason")

    def change(db: Session) -> None:
        appeals.begin(
            db,
            g.actor,
            review_id,
            criterion_key=criterion_key,
            reason=reason,
            course=course(),
            base_url=settings().base_url,
            now=now(),
        )

    return _on_feedback(review_id, form, change)


@bp.post("/reviews/<uuid:review_id>/appeals/<uuid:appeal_id>/withdraw")
@access(SIGNED_IN)
def withdraw(review_id: UUID, appeal_id: UUID) -> Response:
    def change(db: Session) -> None:
        appeals.withdraw(db, g.actor, review_id, appeal_id, now=now())

    return _on_feedback(review_id, Form(), change)


@bp.post("/reviews/<uuid:review_id>/questions")
@access(SIGNED_IN)
def ask(review_id: UUID) -> Response:
    form = Form(request.form)

    def change(db: Session) -> None:
        explanations.ask(
            db,
            g.actor,
            review_id,
            question=form.value("question"),
            course=course(),
            base_url=settings().base_url,
            now=now(),
        )

    return _on_feedback(review_id, form, change)


@bp.post("/reviews/<uuid:review_id>/questions/<uuid:explanation_id>")
@access(SIGNED_IN)
def answer(review_id: UUID, explanation_id: UUID) -> Response:
    form = Form(request.form)

    def change(db: Session) -> None:
        explanations.answer(
            db,
            g.actor,
            review_id,
            explanation_id,
            answer=form.value("answer"),
            course=course(),
            base_url=settings().base_url,
            now=now(),
        )

    return _on_feedback(review_id, form, change)


@bp.get("/appeals/<uuid:appeal_id>")
@access(REVIEWER)
def show(appeal_id: UUID) -> Response:
    return _desk(appeal_id, Form())


@bp.post("/appeals/<uuid:appeal_id>")
@access(REVIEWER)
def decide(appeal_id: UUID) -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            appeals.decide(
                db,
                g.actor,
                appeal_id,
                level_key=form.value("level"),
                answer=form.value("answer"),
                course=course(),
                base_url=settings().base_url,
                now=now(),
            )
    except Refused as refused:
        form.errors = _errors(refused)
        return _desk(appeal_id, form, status=status_of(refused))
    return redirect_to("appeals.show", appeal_id=appeal_id)


def _on_feedback(review_id: UUID, form: Form, change: Callable[[Session], None]) -> Response:
    """Make the change and show the rating again; with what was typed when it was refused."""
    try:
        with writing() as db:
            change(db)
    except Refused as refused:
        form.errors = _errors(refused)
        return feedback_page(review_id, form, status=status_of(refused))
    return redirect_to("feedback.show", review_id=review_id)


def _desk(appeal_id: UUID, form: Form, *, status: int = 200) -> Response:
    found = rows.desk(reading(), g.actor, appeal_id, named=names_shown())
    if not form.values:
        form.values["level"] = found.level_key
    levels = [
        (level.key, f"{level.label} ({level.points})", *filter(None, [level.description]))
        for level in found.levels
    ]
    return page("appeals/show.html", status, desk=found, form=form, levels=levels, titles=capstone_titles())


def _errors(refused: Refused) -> dict[str, str]:
    """One sentence for each field; what is not there, or not for this person, has a page of its own."""
    if isinstance(refused, (NotFound, Forbidden)):
        raise refused
    return errors_of(refused)
