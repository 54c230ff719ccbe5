"""The cohort for admins: where people are, how long they wait, who rates how; and the lists behind the numbers."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, g, request

from app.domain.cohort import SPANS, Step, span
from app.domain.errors import Forbidden, NotFound, Refused
from app.domain.reviews import SAID, Verdict
from app.pictures import counted_bars
from app.queries import cohort as rows
from app.queries import ratings as lists
from app.queries.ratings import Narrowed, Rating, Shown
from app.services import review_releases
from app.web import paging
from app.web.access import ADMIN, access
from app.web.errors import status_of
from app.web.exports import csv
from app.web.figures import Figure, counted_figure
from app.web.forms import Form
from app.web.pages import capstone_titles, course, now, page, redirect_to, settings
from app.web.transactions import reading, writing
from app.web.verdicts import VERDICT_TITLES
from app.words import _, spoken

bp = Blueprint("cohort", __name__, url_prefix="/admin")

EXPORT_LIMIT = 50_000
STEP_WORDS = {
    Step.APPLIED: _("Asked for access"),
    Step.LET_IN: _("Let in"),
    Step.ACTIVE: _("Began to learn"),
    Step.HANDED_IN: _("Handed in a capstone"),
    Step.PASSED: _("Passed a capstone"),
    Step.CERTIFIED: _("Hold a certificate"),
}


@bp.get("/cohort")
@access(ADMIN)
def show() -> Response:
    db, slug, moment = reading(), course().slug, now()
    funnel, spans = rows.funnel(db, slug), rows.spans(db, slug, now=moment)
    return page(
        "cohort/show.html",
        funnel=funnel,
        step_words=STEP_WORDS,
        span_words=span_words(),
        spans=spans,
        queue=rows.queue(db, slug, now=moment),
        decisions=rows.decision_waits(db, slug, now=moment),
        reviewers=rows.reviewers(db, slug, now=moment),
        pictures=_pictures(funnel, spans),
        verdicts=SAID,
        verdict_titles=VERDICT_TITLES,
    )


@bp.get("/ratings")
@access(ADMIN)
def ratings() -> Response:
    return _list(Form())


@bp.get("/ratings.csv")
@access(ADMIN)
def export() -> Response:
    found = lists.ratings(reading(), course().slug, _narrowed(), now=now(), limit=EXPORT_LIMIT)
    heads = ("version", "capstone", "number", "learner", "reviewer", "verdict", "queued", "rated")
    return csv("ratings.csv", heads, map(_cells, found))


@bp.post("/reviews/<uuid:review_id>/stop")
@access(ADMIN)
def stop(review_id: UUID) -> Response:
    """Keep a decided review from its learner while it can still be taken back."""
    form = Form(request.form)
    try:
        with writing() as db:
            review_releases.stop(
                db,
                g.actor,
                review_id,
                reason=form.value("reason"),
                course=course(),
                base_url=settings().base_url,
                now=now(),
            )
    except Refused as refused:
        if isinstance(refused, (NotFound, Forbidden)):
            raise
        form.errors = {f"reason-{review_id}": refused.sentence}
        return _list(form, Narrowed(Shown.DECIDED), status=status_of(refused), stopped=review_id)
    return redirect_to("cohort.ratings", shown=Shown.DECIDED.value)


def span_words() -> dict[str, str]:
    """The ranges of waits in words, by key."""
    words: dict[str, str] = {}
    for each in SPANS:
        first = each.shortest.days
        last = each.longest.days if each.longest else None
        words[each.key] = (
            _("%(first)s days and more", first=first)
            if last is None
            else _("%(first)s to %(last)s days", first=first, last=last)
        )
    return words | {SPANS[0].key: _("under a day")}


def _pictures(funnel: Mapping[Step, int], spans: Mapping[str, int]) -> dict[str, Figure]:
    steps = [(spoken(STEP_WORDS[step]), count) for step, count in funnel.items()]
    words = span_words()
    waits = [(spoken(words[key]), count) for key, count in spans.items()]
    drawn = {
        "funnel": (_("Where people are"), counted_bars.funnel(steps)),
        "waits": (_("Waits until the rating"), counted_bars.waits(waits)),
    }
    return {key: counted_figure(key, title, picture) for key, (title, picture) in drawn.items() if picture}


def _list(
    form: Form, narrowed: Narrowed | None = None, *, status: int = 200, stopped: UUID | None = None
) -> Response:
    narrowed = narrowed or _narrowed()
    found = lists.ratings(reading(), course().slug, narrowed, after=paging.after(), now=now())
    shown, last = paging.cut(found, lists.PAGE)
    chosen = {
        "shown": narrowed.shown.value,
        "reviewer": narrowed.reviewer_id,
        "verdict": narrowed.verdict.value if narrowed.verdict else None,
        "wait": narrowed.span.key if narrowed.span else None,
    }
    return page(
        "cohort/ratings.html",
        status,
        ratings=shown,
        narrowed=narrowed,
        chosen={name: value for name, value in chosen.items() if value},
        more=paging.key(last.queued_at, last.version_id) if last else "",
        span_words=span_words(),
        titles=capstone_titles(),
        verdicts=SAID,
        form=form,
        stopped=stopped,
    )


def _narrowed() -> Narrowed:
    """What the address asks for; a word that is none narrows nothing."""
    asked = request.args
    shown = asked.get("shown", type=Shown) or Shown.RATED
    return Narrowed(
        shown,
        asked.get("reviewer", type=UUID),
        asked.get("verdict", type=Verdict),
        span(asked.get("wait", "")),
    )


def _cells(row: Rating) -> tuple[object, ...]:
    verdict = row.verdict.value if row.verdict else ""
    closed = row.closed_at.isoformat() if row.closed_at else ""
    return (
        row.version_id, row.capstone_slug, row.number, row.learner, row.reviewer, verdict,
        row.queued_at.isoformat(), closed,
    )  # fmt: skip
