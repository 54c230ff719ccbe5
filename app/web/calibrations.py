"""Calibration: reviewers rate example work and see the known rating beside theirs; admins see who has."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from flask import Blueprint, Response, g, request

from app.course.values import Criterion, KnownLevel, PackFile
from app.domain import calibration as rules
from app.domain.errors import Invalid, NotFound
from app.evidence import registry
from app.evidence.findings import Finding
from app.evidence.source import Source
from app.queries import calibrations as rows
from app.services import calibrations
from app.web.access import ADMIN, REVIEWER, SIGNED_IN, access
from app.web.forms import Form
from app.web.pages import course, now, page, redirect_to
from app.web.transactions import reading, writing

bp = Blueprint("calibrations", __name__)

LEVEL, COMMENT = "level-", "comment-"


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of an example with what the machine says of it and its lines."""

    number: int
    name: str
    slot_title: str
    findings: tuple[Finding, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One criterion of an attempt beside what is known."""

    criterion: Criterion
    known: KnownLevel
    level: str
    note: str

    @property
    def apart(self) -> int:
        places = [level.key for level in self.criterion.levels]
        return abs(places.index(self.level) - places.index(self.known.level))


@bp.get("/calibration")
@access(REVIEWER)
def index() -> Response:
    return page(
        "calibrations/index.html",
        capstones=[each for each in course().capstones if each.packs],
        standing=rows.standing(reading(), g.actor, course().slug),
        rule=course().calibration,
    )


@bp.get("/calibration/<slug>/<key>")
@access(REVIEWER)
def show(slug: str, key: str) -> Response:
    return _show(slug, key, Form())


@bp.post("/calibration/<slug>/<key>")
@access(REVIEWER)
def hand_in(slug: str, key: str) -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            attempt_id = calibrations.hand_in(
                db,
                g.actor,
                slug,
                key,
                levels=form.under(LEVEL),
                notes=form.under(COMMENT),
                course=course(),
                now=now(),
            )
    except Invalid as invalid:
        form.errors = invalid.errors
        return _show(slug, key, form, status=422)
    return redirect_to("calibrations.compared", attempt_id=attempt_id)


@bp.get("/calibration/attempts/<uuid:attempt_id>")
@access(SIGNED_IN)
def compared(attempt_id: UUID) -> Response:
    """The attempt beside the known rating; NotFound when the course has another rubric or no such pack now."""
    attempt = rows.attempt(reading(), g.actor, attempt_id)
    capstone, pack = calibrations.found(course(), attempt.capstone_slug, attempt.pack_key)
    known = {each.criterion: each for each in pack.levels}
    try:
        told = [
            Told(each, known[each.key], attempt.levels[each.key], attempt.notes.get(each.key, ""))
            for each in capstone.rubric.criteria
        ]
        result = rules.compare(capstone.rubric, pack, attempt.levels, course().calibration)
    except (KeyError, Invalid):
        raise NotFound from None
    return page(
        "calibrations/compared.html",
        attempt=attempt,
        capstone=capstone,
        pack=pack,
        told=told,
        result=result,
        rule=course().calibration,
    )


@bp.get("/admin/calibration")
@access(ADMIN)
def overview() -> Response:
    return page(
        "calibrations/overview.html",
        reviewers=rows.calibrated(reading(), course().slug),
        packs=[(each, pack) for each in course().capstones for pack in each.packs],
        rule=course().calibration,
    )


def _show(slug: str, key: str, form: Form, status: int = 200) -> Response:
    capstone, pack = calibrations.found(course(), slug, key)
    titles = {slot.key: slot.title for slot in capstone.slots}
    return page(
        "calibrations/show.html",
        status,
        capstone=capstone,
        pack=pack,
        files=[
            _shown(number, file, titles.get(file.slot, file.slot))
            for number, file in enumerate(pack.files, start=1)
        ],
        form=form,
        rule=course().calibration,
    )


def _shown(number: int, file: PackFile, slot_title: str) -> ShownFile:
    return ShownFile(number, file.name, slot_title, _findings(file), tuple(file.text.splitlines()))


@lru_cache(maxsize=256)
def _findings(file: PackFile) -> tuple[Finding, ...]:
    """What the machine says of it, read once a process: the operator's own small file, not a stranger's."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_text(file.text, encoding="utf-8")
        return registry.inspect(Source(file.name, path)).findings
