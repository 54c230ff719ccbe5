"""The queue's page: the search in the address, remembered for the way back, and the rows that fit it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Response, g, request, session, url_for

from app.course import Course
from app.domain import queue_search
from app.domain.errors import Conflict
from app.domain.queue_search import Search
from app.queries import review_queue
from app.queries.queue_standing import COUNTED, queue_standing
from app.queries.review_queue import Key
from app.services import calibrations
from app.web.forms import Form
from app.web.pages import capstones, course, names_shown, now, page, redirect_to, settings
from app.web.transactions import reading, writing

REMEMBERED = "queue_search"


def asked() -> Response:
    """The queue as the address asks for it. An address without a search leads to the last one of this session."""
    if "q" not in request.args and "after" not in request.args and session.get(REMEMBERED):
        return redirect_to("reviews.queue", q=session[REMEMBERED])
    remember(request.args.get("q", ""))
    return show()


def remember(typed: str) -> None:
    """Keep the search for the way back from the desk; the cookie changes only when the search does."""
    if session.get(REMEMBERED, "") != typed[: queue_search.LONGEST]:
        session[REMEMBERED] = typed[: queue_search.LONGEST]


def take_next(take: Callable[..., UUID | None]) -> Response:
    """Open on the desk what `take` holds for the viewer, of the capstones whose examples are rated.

    When nothing else is left than work on the others, the way leads to their examples.
    """
    try:
        with writing() as db:
            owed = calibrations.owed(db, g.actor, course=course())
            review_id = take(
                db,
                g.actor,
                course_slug=course().slug,
                lease_seconds=settings().limits.review_lease,
                now=now(),
                without=owed,
            )
    except Conflict as refused:
        return show(problem=refused.sentence, status=409)
    if review_id is None:
        return redirect_to("calibrations.index") if owed else show(nothing=True)
    return redirect_to("reviews.desk", review_id=review_id)


def show(
    *, problem: str = "", nothing: bool = False, form: Form | None = None, status: int = 200
) -> Response:
    """The queue under the search of this session; `form` is a search that could not be saved."""
    db, moment, slug = reading(), now(), course().slug
    typed = session.get(REMEMBERED, "")
    search = queue_search.parse(typed, named=names_shown())
    standing = queue_standing(db, g.actor, slug, now=moment)
    found = review_queue.review_queue(
        db,
        g.actor,
        slug,
        search=search,
        capstones=capstones_meant(course(), search),
        after=_after(),
        named=names_shown(),
        now=moment,
    )
    return page(
        "reviews/queue.html",
        status,
        queue=found,
        mine=review_queue.my_claims(db, g.actor, named=names_shown(), now=moment)
        if standing.holds_work
        else (),
        standing=standing,
        blind=standing.blind,
        has_packs=any(capstone.packs for capstone in course().capstones),
        counted=COUNTED,
        capstones=capstones(),
        problem=problem,
        nothing=nothing,
        typed=typed,
        search=search,
        form=form or Form(),
        more_url=url_for("reviews.queue", q=typed or None, after=_written(found.more)) if found.more else "",
        first_url=url_for("reviews.queue", q=typed) if "after" in request.args else "",
    )


def capstones_meant(course: Course, search: Search) -> dict[str, frozenset[str]]:
    """The capstones that each word of a search means: by number, by slug, or by a part of the title."""
    words = {value for term in search.terms if term.key == "capstone" for value in term.values}
    return {
        word: frozenset(
            capstone.slug
            for capstone in course.capstones
            if word == str(capstone.number) or word in capstone.slug or word in capstone.title.casefold()
        )
        for word in words
    }


def _written(key: Key | None) -> str:
    return f"{key.at.isoformat()}_{key.version_id}_{key.number}" if key else ""


def _after() -> Key | None:
    """The key of the last row of the page before; a mangled one means the first page."""
    at, version_id, number, *_ = [*request.args.get("after", "").split("_", 2), "", ""]
    try:
        moment = datetime.fromisoformat(at)
        return Key(moment, UUID(version_id), min(int(number or 1), 99_999)) if moment.tzinfo else None
    except ValueError:
        return None
