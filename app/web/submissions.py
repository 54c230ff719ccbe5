"""A learner's work on a capstone: start, fill, claim, check, send, withdraw, and read for ever."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from app.domain.errors import Conflict, Invalid, NotFound, Paused, Stale, Unavailable
from app.domain.submissions import Action, State, actions, problems_before_sending
from app.queries import work as works
from app.queries.evidence import SlotCard
from app.queries.work import Work
from app.services import claims, submissions
from app.services.submissions import LONGEST_WORDS, Words
from app.services.versions import capstone_of
from app.web import autosaves, learner_pages, ledger_rows, packed, polls, uploads
from app.web.access import LEARNER, SIGNED_IN, access
from app.web.errors import errors_of, status_of
from app.web.forms import Form
from app.web.languages import write
from app.web.pages import course, is_fragment, now, page, redirect_to, settings
from app.web.transactions import reading, writing
from app.words import _, joined

bp = Blueprint("submissions", __name__)


@bp.get("/work/<slug>")
@access(LEARNER)
def show(slug: str) -> Response:
    """The newest version of one's own work."""
    capstone = capstone_of(course(), slug)
    work = works.current_work(reading(), g.actor, capstone, course=course(), now=now())
    if work is None:
        return page("submissions/start.html", capstone=capstone)
    return draft_page(work) if work.is_draft else _sent_page(work)


@bp.post("/work/<slug>/start")
@access(LEARNER)
def start(slug: str) -> Response:
    with writing() as db:
        submissions.start(db, g.actor, slug, course=course(), now=now())
    return redirect_to("submissions.show", slug=slug)


@bp.get("/versions/<uuid:version_id>")
@access(SIGNED_IN)
def version(version_id: UUID) -> Response:
    """One version as it is or was, for its author, reviewers and admins."""
    work = _work(version_id)
    if work.is_draft and work.owner_id == g.actor.id:
        return redirect_to("submissions.show", slug=work.capstone.slug)
    return _sent_page(work)


@bp.get("/versions/<uuid:version_id>/slots/<key>")
@access(LEARNER)
def slot(version_id: UUID, key: str) -> Response:
    """One slot as it stands; with it what depends on it, while somebody waits for a check."""
    work = own_work(version_id)
    if not is_fragment():
        return redirect_to("submissions.show", slug=work.capstone.slug, _anchor=f"slot-{key}")
    quiet = polls.without_news(work, _card(work, key))
    return quiet or slot_fragment(work, key, poll=polls.asked().after(), is_polled=True)


@bp.post("/versions/<uuid:version_id>/claims")
@access(LEARNER)
def claim(version_id: UUID) -> Response:
    """Keep the claims; autosaved while they are typed."""
    form = Form(request.form)
    try:
        with writing() as db:
            kept = claims.save(
                db, g.actor, version_id, request.form, tag=autosaves.tag_in(form), course=course(), now=now()
            )
    except Stale as stale:
        return _claims_refused(version_id, form, stale)
    if kept.unread:
        return _claims_refused(version_id, form, kept)
    if autosaves.is_autosave():
        return autosaves.saved(kept.tag, beside=_tasks(version_id))
    if is_fragment():
        return _claims_fragment(own_work(version_id))
    return redirect_to("submissions.show", slug=own_work(version_id).capstone.slug, _anchor="claims")


@bp.get("/versions/<uuid:version_id>/check")
@access(LEARNER)
def check(version_id: UUID) -> Response:
    """Everything that would be sent, and what still stands in the way."""
    work = own_work(version_id)
    if not work.is_draft:
        return redirect_to("submissions.version", version_id=version_id)
    said = work.version
    return _check_page(work, Form(MultiDict({"question": said.question, "reason": said.reason})))


@bp.post("/versions/<uuid:version_id>/words")
@access(LEARNER)
def words(version_id: UUID) -> Response:
    """Keep the words to the reviewer while they are typed."""
    form = Form(request.form)
    try:
        with writing() as db:
            tag = submissions.save_words(
                db, g.actor, version_id, _words(form), tag=autosaves.tag_in(form), now=now()
            )
    except Stale as stale:
        return autosaves.stale(stale)
    except Invalid as invalid:
        return autosaves.invalid(invalid)
    return autosaves.saved(tag)


@bp.post("/versions/<uuid:version_id>/submit")
@access(LEARNER)
def submit(version_id: UUID) -> Response:
    form = Form(request.form)
    try:
        uploads.settle(version_id)
        with writing() as db:
            submissions.submit(db, g.actor, version_id, _words(form), course=course(), now=now())
    except (Invalid, Conflict, Paused, Unavailable) as refused:
        form.errors = errors_of(refused)
        return _check_page(own_work(version_id), form, status=status_of(refused))
    return redirect_to("receipts.show", version_id=version_id)


@bp.post("/versions/<uuid:version_id>/withdraw")
@access(LEARNER)
def withdraw(version_id: UUID) -> Response:
    with writing() as db:
        submissions.withdraw(db, g.actor, version_id, now=now())
    return redirect_to("submissions.version", version_id=version_id)


def own_work(version_id: UUID) -> Work:
    """The version with everything in it, for its author alone."""
    work = _work(version_id)
    if work.owner_id != g.actor.id:
        raise NotFound
    return work


def draft_page(work: Work, form: Form | None = None, status: int = 200, **values: Any) -> Response:
    """The page where a draft is filled; `form` holds what was typed and what is wrong with it."""
    return page(
        "submissions/show.html",
        status,
        work=work,
        form=form or Form(),
        **(_draft_values(work) | values),
    )


def slot_fragment(
    work: Work,
    key: str,
    *,
    poll: polls.Poll = polls.FIRST_POLL,
    also: Collection[str] = (),
    status: int = 200,
    **values: Any,
) -> Response:
    """The slot, and out of band what may have changed with it: the list of slots, the ledger, other slots.

    Those are the ones in `also` and, once an archive has been opened, the ones its files are in.
    """
    card = _card(work, key)
    values = _draft_values(work) | {"work": work, "poll": poll} | values
    response = page("submissions/_slot.html", status, card=card, **values)
    for other in work.slots:
        if other.slot.key in {*also, *packed.landed_in(card, work.slots)} - {key}:
            html = write("submissions/_slot.html", card=other, out_of_band=True, **values)
            response.data += html.encode()
    return _with_standing(response, values)


def _with_standing(response: Response, values: Mapping[str, Any]) -> Response:
    """With the list of what is needed and the ledger, out of band."""
    for part in ("submissions/_tasks.html", "submissions/_ledger.html"):
        response.data += write(part, out_of_band=True, **values).encode()
    return response


def _card(work: Work, key: str) -> SlotCard:
    card = next((card for card in work.slots if card.slot.key == key), None)
    if card is None:
        raise NotFound
    return card


def _sent_page(work: Work) -> Response:
    is_author = work.owner_id == g.actor.id
    return page(
        "submissions/sent.html",
        work=work,
        is_author=is_author,
        may_withdraw=is_author and Action.WITHDRAW in actions(work.version.state),
        may_start=is_author and not _is_settled(work),
        words=work.version,
        **_draft_values(work),
        waiting=learner_pages.waiting_words(work.before, work.waits),
    )


def _is_settled(work: Work) -> bool:
    """Whether there is nothing to begin: passed, or a draft is open."""
    return any(version.state in (State.PASSED, State.DRAFT) for version in work.versions)


def _check_page(work: Work, form: Form, status: int = 200) -> Response:
    fillings = [card.filling for card in work.slots]
    standing = problems_before_sending(fillings, attested=True, reason="")
    unclaimed = any(claim.definition.required and not claim.is_typed for claim in work.claims)
    return page(
        "submissions/check.html",
        status,
        work=work,
        form=form,
        needs_reason="reason" in standing
        or unclaimed
        or bool(form.value("reason"))
        or "reason" in form.errors,
        longest=LONGEST_WORDS,
        **_draft_values(work),
    )


def _claims_refused(version_id: UUID, form: Form, refused: claims.Kept | Stale) -> Response:
    """What was typed, again, with what is wrong beside it; for the autosave as JSON."""
    if autosaves.is_autosave():
        if isinstance(refused, Stale):
            return autosaves.stale(refused)
        return autosaves.unread(refused, beside=_tasks(version_id))
    work = own_work(version_id)
    if isinstance(refused, Stale):
        kept = _("The boxes hold what was typed here; save again to keep it.")
        form.errors, status = {"": joined([refused.sentence, kept])}, 409
    else:
        form.errors, status = dict(refused.unread), 422
    if is_fragment():
        return _claims_fragment(work, form, status)
    return draft_page(work, form, status, claim_form=form)


def _tasks(version_id: UUID) -> str:
    """The list of what is needed, for the page beside the claims that were saved while they were typed."""
    work = own_work(version_id)
    tally = learner_pages.tallied(work.slots)
    return write("submissions/_tasks.html", work=work, tally=tally, out_of_band=True)


def _claims_fragment(work: Work, form: Form | None = None, status: int = 200) -> Response:
    values = _draft_values(work) | {"work": work}
    if form is not None:
        values["claim_form"] = form
    return _with_standing(page("submissions/_claims.html", status, **values), values)


def _draft_values(work: Work) -> dict[str, Any]:
    return {
        "ledger": ledger_rows.shown_ledger(work.ledger),
        "comparison": learner_pages.shown_comparison(work),
        "tally": learner_pages.tallied(work.slots),
        "claim_form": Form(MultiDict(learner_pages.claim_values(work.claims))),
        "limits": settings().limits,
        "addresses": learner_pages.sending_addresses(work.version.id),
        "blank_form": Form(),
        "upload_form": Form(),
        "upload_slot": None,
        "first_open": next((card.slot.key for card in learner_pages.unfilled(work.slots)), None),
        "shown_findings": learner_pages.shown_findings,
        "shown_figures": learner_pages.shown_figures,
        "kind_words": learner_pages.kind_words,
        "is_misplaced": learner_pages.is_misplaced,
        "places": partial(packed.places, work),
        "guess": packed.guess,
        "packed_parts": partial(packed.packed_parts, work.slots),
        "place_form": Form(),
        "place_file": None,
        "poll": polls.FIRST_POLL,
    }


def _work(version_id: UUID) -> Work:
    return works.version_work(reading(), g.actor, version_id, course=course(), now=now())


def _words(form: Form) -> Words:
    return Words(
        form.text("question", longest=10**9), form.text("reason", longest=10**9), form.checked("attested")
    )
