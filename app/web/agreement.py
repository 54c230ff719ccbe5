"""How alike reviewers rate, for admins: by criterion, by reviewer, by pair; and the readings behind every number."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, request

from app.course import Course
from app.domain.agreement import FEW, Agreement, agreement
from app.queries import agreement as rows
from app.queries.agreement import VERDICT, Counted, Narrowed, by_levels
from app.web.access import ADMIN, access
from app.web.pages import course, page
from app.web.transactions import reading
from app.words import _

bp = Blueprint("agreement", __name__, url_prefix="/admin/agreement")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: what it is about, its numbers, and what its links ask for."""

    title: str
    group: str
    told: Agreement
    asks: dict[str, str]


@bp.get("")
@access(ADMIN)
def show() -> Response:
    counted = rows.counted(reading(), course().slug)
    rated = [row for row in counted if row.criterion_key != VERDICT]
    verdicts = by_levels(row for row in counted if row.criterion_key == VERDICT)
    return page(
        "agreement/show.html",
        criteria=_by_criterion(rated, course()),
        verdict=Line(_("The verdict"), "", agreement(verdicts), {"criterion": VERDICT}),
        reviewers=_by_reviewer(rated),
        pairs=_by_pair(rated),
        few=FEW,
    )


@bp.get("/readings")
@access(ADMIN)
def readings() -> Response:
    narrowed = Narrowed(
        capstone_slug=request.args.get("capstone", ""),
        criterion_key=request.args.get("criterion", ""),
        reviewer_id=request.args.get("reviewer", type=UUID),
        other_id=request.args.get("other", type=UUID),
        within={"0": 0, "1": 1}.get(request.args.get("within", "")),
    )
    return page(
        "agreement/readings.html",
        rows=rows.pair_rows(reading(), course().slug, narrowed),
        narrowed=narrowed,
        titles=_titles(course()),
        most=rows.MOST,
    )


def _by_criterion(counted: Sequence[Counted], course: Course) -> list[Line]:
    """In the order of the course; what it has dropped since comes last, under its keys."""
    titles = _titles(course)
    order = {place: number for number, place in enumerate(titles)}
    places = sorted(
        {(row.capstone_slug, row.criterion_key) for row in counted},
        key=lambda place: (order.get(place, len(order)), place),
    )
    return [
        Line(
            titles.get((slug, key), key),
            titles.get((slug, ""), slug),
            agreement(by_levels(r for r in counted if (r.capstone_slug, r.criterion_key) == (slug, key))),
            {"capstone": slug, "criterion": key},
        )
        for slug, key in places
    ]


def _by_reviewer(counted: Sequence[Counted]) -> list[Line]:
    people = {row.first_id: row.first for row in counted} | {row.second_id: row.second for row in counted}
    return [
        Line(
            name,
            "",
            agreement(by_levels((r for r in counted if who in {r.first_id, r.second_id}), seen_from=who)),
            {"reviewer": str(who)},
        )
        for who, name in sorted(people.items(), key=lambda each: (each[1], each[0]))
    ]


def _by_pair(counted: Sequence[Counted]) -> list[Line]:
    """Two people and how alike they rate, where there are enough pairs to say so."""
    names = {frozenset({row.first_id, row.second_id}): (row.first, row.second) for row in counted}
    lines = []
    for both, (one, other) in sorted(names.items(), key=lambda each: sorted(each[1])):
        who, whom = sorted(both)
        told = agreement(by_levels((r for r in counted if {r.first_id, r.second_id} == both), seen_from=who))
        if not told.is_few:
            asks = {"reviewer": str(who), "other": str(whom)}
            lines.append(Line(" · ".join(sorted((one, other))), "", told, asks))
    return lines


def _titles(course: Course) -> dict[tuple[str, str], str]:
    """Titles of capstones, under an empty key, and of their criteria."""
    found: dict[tuple[str, str], str] = {}
    for capstone in course.capstones:
        found[capstone.slug, ""] = capstone.title
        found |= {(capstone.slug, each.key): each.title for each in capstone.rubric.criteria}
    return found
