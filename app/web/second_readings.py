"""Second readings: a reviewer agrees with a decided review or not; an admin decides between two ratings."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from app.domain.errors import Conflict, Invalid
from app.domain.reviews import Verdict
from app.queries import second_readings as rows
from app.queries.blind_readings import blind_standing
from app.queries.compared_readings import compared_readings
from app.queries.second_readings import ReadCriterion
from app.services import second_readings
from app.services.review_drafts import Draft
from app.web.access import ADMIN, REVIEWER, access
from app.web.errors import errors_of, status_of
from app.web.forms import Form
from app.web.pages import capstone_titles, course, names_shown, now, page, redirect_to, settings
from app.web.transactions import reading, writing
from app.web.verdicts import choices
from app.words import _

bp = Blueprint("second_readings", __name__)

LEVEL, COMMENT = "level-", "comment-"


class _Answer(StrEnum):
    AGREE = "agree"
    DISAGREE = "disagree"


@bp.get("/second-readings")
@access(REVIEWER)
def waiting() -> Response:
    db = reading()
    return page(
        "second_readings/waiting.html",
        waiting=rows.to_read(db, g.actor, named=names_shown()),
        blind=blind_standing(db, g.actor, course().slug, now=now()),
        compared=compared_readings(db, g.actor),
        titles=capstone_titles(),
    )


@bp.get("/second-readings/<uuid:review_id>")
@access(REVIEWER)
def show(review_id: UUID) -> Response:
    return _show(review_id, Form())


@bp.post("/second-readings/<uuid:review_id>")
@access(REVIEWER)
def answer(review_id: UUID) -> Response:
    form = Form(request.form)
    said = form.choice("answer", _Answer, label=_("whether you agree"))
    try:
        form.done()
        with writing() as db:
            second_readings.answer(
                db,
                g.actor,
                review_id,
                levels=form.under(LEVEL),
                reason=form.value("reason"),
                agrees=said is _Answer.AGREE,
                course=course(),
                base_url=settings().base_url,
                now=now(),
            )
    except (Invalid, Conflict) as refused:
        form.errors = errors_of(refused)
        return _show(review_id, form, status=status_of(refused))
    return redirect_to("second_readings.waiting")


@bp.get("/admin/second-readings")
@access(ADMIN)
def disputed() -> Response:
    found = rows.to_settle(reading(), g.actor, named=names_shown())
    return page("second_readings/disputed.html", waiting=found, titles=capstone_titles())


@bp.get("/admin/second-readings/<uuid:review_id>")
@access(ADMIN)
def judge(review_id: UUID) -> Response:
    return _judge(review_id, Form())


@bp.post("/admin/second-readings/<uuid:review_id>")
@access(ADMIN)
def settle(review_id: UUID) -> Response:
    form = Form(request.form)
    verdict = form.choice("verdict", Verdict, label=_("the verdict"))
    draft = Draft(levels=form.under(LEVEL), comments=form.under(COMMENT), summary=form.plain("summary"))
    try:
        form.done()
        with writing() as db:
            second_readings.settle(
                db, g.actor, review_id, draft=draft, verdict=verdict or Verdict.NEEDS_CHANGES, now=now()
            )
    except (Invalid, Conflict) as refused:
        form.errors = errors_of(refused)
        return _judge(review_id, form, status=status_of(refused))
    return redirect_to("second_readings.disputed")


def _show(review_id: UUID, form: Form, *, status: int = 200) -> Response:
    found = rows.as_second_reader(reading(), g.actor, review_id, named=names_shown())
    if not form.values:
        form.values = _levels(found.criteria)
    return page("second_readings/show.html", status, read=found, form=form, titles=capstone_titles())


def _judge(review_id: UUID, form: Form, *, status: int = 200) -> Response:
    found = rows.as_judge(reading(), g.actor, review_id, named=names_shown())
    if not form.values:
        form.values = _levels(found.criteria)
        form.values.update({f"{COMMENT}{each.published.key}": each.comment for each in found.criteria})
        form.values.update({"summary": found.summary, "verdict": found.verdict.value})
    return page(
        "second_readings/judge.html",
        status,
        read=found,
        form=form,
        verdicts=choices(Verdict),
        titles=capstone_titles(),
    )


def _levels(criteria: Iterable[ReadCriterion]) -> "MultiDict[str, str]":
    return MultiDict({f"{LEVEL}{each.published.key}": each.level for each in criteria})
