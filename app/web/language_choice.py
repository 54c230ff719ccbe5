"""The links below every page that choose its language."""

from flask import Blueprint, Response, current_app, g, redirect, request

from app.services import people
from app.web.access import PUBLIC, access, path_of
from app.web.languages import COOKIE
from app.web.sign_in import local_path
from app.web.transactions import writing
from app.words.catalogue import LANGUAGES

bp = Blueprint("languages", __name__)

ONE_YEAR = 31_536_000


@bp.post("/language")
@access(PUBLIC)
def choose() -> Response:
    """The choice is kept in this browser, and with the person who is signed in."""
    code = request.form.get("language", "")
    answer = redirect(local_path(path_of(request.referrer)), 303)
    if code not in LANGUAGES:
        return answer  # type: ignore[return-value]
    if g.actor is not None:
        with writing() as db:
            people.choose_language(db, g.actor, code)
    answer.set_cookie(
        COOKIE,
        code,
        max_age=ONE_YEAR,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return answer  # type: ignore[return-value]
