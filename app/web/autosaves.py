"""What the script that saves drafts as they are typed is answered; `static/js/autosave.js` says what it relies on."""

from typing import Any

from flask import Response, jsonify, request

from app.domain.errors import Invalid, Stale
from app.services import claims
from app.web.forms import Form
from app.web.pages import now
from app.words import _n, spoken


def is_autosave() -> bool:
    """Whether the script asks, and not the form itself."""
    return "X-Autosave" in request.headers


def tag_in(form: Form) -> int:
    """The number of the save that the form was made after; -1, which none has, when it holds no number."""
    typed = form.value("tag")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def saved(tag: int | str, *, beside: str = "") -> Response:
    """All was kept; the next save carries `tag`. `beside` is the HTML of what changed with it elsewhere on the page."""
    return _answer(200, tag=tag, saved_at=now().isoformat(), beside=beside)


def stale(refused: Stale, *, tag: int | str | None = None, by: str = "") -> Response:
    """Another page has saved since: its text and its tag, and who wrote it when that was somebody else."""
    return _answer(409, tag=refused.tag if tag is None else tag, fields=refused.theirs, by=by)


def invalid(refused: Invalid) -> Response:
    """Nothing was kept."""
    return _answer(422, message=spoken(refused.sentence))


def unread(kept: claims.Kept, *, beside: str) -> Response:
    """The first box that cannot be read and how many there are; the others are kept under the new tag."""
    first, count = next(iter(kept.unread.values())), len(kept.unread)
    message = _n("%(first)s", "%(count)s boxes, the first: %(first)s", count, count=count, first=first)
    return _answer(422, message=spoken(message), tag=kept.tag, beside=beside)


def _answer(status: int, **values: Any) -> Response:
    response = jsonify(**values)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
