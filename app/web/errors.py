"""Every error as a page, or as a toast where a fragment was asked for: what happened and what to do."""

import logging
from uuid import uuid4

from flask import Flask, Response, g, make_response, request
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Paused, Refused, Stale, Unavailable
from app.web.autosaves import is_autosave
from app.web.languages import write
from app.web.transactions import close_reading
from app.words import _, spoken

log = logging.getLogger(__name__)

STATUS: dict[type[Refused], int] = {
    Invalid: 422,
    NotFound: 404,
    Forbidden: 403,
    Stale: 409,
    Conflict: 409,
    Paused: 503,
    Unavailable: 503,
    Refused: 400,
}
TITLES = {
    400: _("That did not work"),
    403: _("This is not open to you"),
    404: _("Page not found"),
    405: _("That page cannot be used this way"),
    409: _("Somebody was faster"),
    410: _("This is gone"),
    413: _("That is too large"),
    415: _("That kind of request is not understood"),
    422: _("Something does not fit"),
    429: _("Too many requests"),
    500: _("Our mistake"),
    503: _("Not available right now"),
}
WORDS = {
    404: _("There is nothing at this address that you can open. Check the address, or go back."),
    405: _("Open the page from its own link or button."),
    413: _("The request is larger than the portal accepts. Use the upload button for files."),
    500: _(
        "Something broke on our side, and it has been recorded. What you typed is still in the page before this one."
    ),
}


def status_of(refused: Refused) -> int:
    """The HTTP status of a domain error, by its nearest class."""
    return next(STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS)


def errors_of(refused: Refused, *, field: str = "") -> dict[str, str]:
    """The sentences for a form, by field; what is about no field of its own stands at `field`, "" being above all."""
    return dict(refused.errors) if isinstance(refused, Invalid) else {field: refused.sentence}


def register(app: Flask) -> None:
    """Answer every error ourselves."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(DataError, _unkeepable)
    app.register_error_handler(Exception, _broken)


def _refused(refused: Refused) -> Response:
    return answer(status_of(refused), refused.sentence)


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if code < 400:
        return error.get_response()  # type: ignore[return-value]
    response = answer(code, WORDS.get(code) or error.description or "")
    if allow := error.get_response().headers.get("Allow"):
        response.headers["Allow"] = allow
    return response


def _database(error: OperationalError) -> Response:
    log.error("database.unavailable", exc_info=error)
    return answer(503, _("The database does not answer. Nothing was lost; try again in a minute."))


def _unkeepable(_error: DataError) -> Response:
    """PostgreSQL keeps no NUL, and no browser sends one by itself."""
    return answer(400, _("The address or the form holds a sign that cannot be kept."))


def _broken(error: Exception) -> Response:
    request_id = uuid4().hex[:12]
    log.exception(
        "request.broken", extra={"request_id": request_id, "endpoint": request.endpoint}, exc_info=error
    )
    return answer(500, WORDS[500], request_id=request_id)


def answer(status: int, message: str, *, request_id: str = "") -> Response:
    """The error as a toast for htmx, as JSON for scripts, else as a page."""
    close_reading()
    values = {"title": TITLES.get(status, TITLES[400]), "message": message, "request_id": request_id}
    if request.headers.get("HX-Request"):
        response = make_response(write("errors/toast.html", **values), status)
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
    elif request.accept_mimetypes.best == "application/json" or is_autosave():
        response = make_response({"message": spoken(message), "request_id": request_id}, status)
    else:
        g.setdefault("actor", None)
        response = make_response(write("errors/error.html", status=status, **values), status)
    response.headers["Cache-Control"] = "no-store"
    if request_id:
        response.headers["X-Request-Id"] = request_id
    if status == 503:
        response.headers["Retry-After"] = "30"
    return response
