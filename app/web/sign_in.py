"""Signing in and out."""

from flask import Blueprint, Response, current_app, g, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.adapters.identity import SignInFailed
from app.queries import people as people_rows
from app.services import people, sign_ins
from app.web import sessions
from app.web.access import PUBLIC, SIGNED_IN, access
from app.web.pages import course, now, page, redirect_to, settings
from app.web.parts import parts
from app.web.transactions import reading, writing
from app.words import _, listening

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
@access(PUBLIC)
def show() -> Response:
    if g.actor is not None:
        return redirect_to("home.show")
    return _show(200)


@bp.get("/sign-in/<provider>")
@access(PUBLIC)
def begin(provider: str) -> Response:
    session["next"] = local_path(request.args.get("next"))
    answer: Response = parts().providers.begin(provider, redirect_uri=_callback(provider))
    return answer


@bp.get("/sign-in/<provider>/callback")
@access(PUBLIC)
def callback(provider: str) -> Response:
    try:
        introduction = parts().providers.finish(provider)
    except SignInFailed as failed:
        return _show(400, failed.args[0])
    onward = local_path(session.get("next"))
    language = listening().language.code
    with writing() as db:
        person_id = people.meet(db, introduction, language=None if language == "en" else language, now=now())
    actor = people_rows.actor(reading(), person_id, course_slug=course().slug)
    if actor is None:
        return _show(
            403, _("This account was closed. Write to the people who run this portal if that is a mistake.")
        )
    with writing() as db:
        token = sign_ins.begin(
            db,
            person_id,
            provider=provider,
            browser=request.user_agent.string,
            staff=actor.is_admin or actor.is_reviewer,
            now=now(),
        )
    sessions.open_session(token)
    return Response("", 303, {"Location": onward})


@bp.post("/sign-out")
@access(SIGNED_IN)
def out() -> Response:
    with writing() as db:
        sign_ins.end(db, g.actor, g.sign_in_id, now=now())
    sessions.close_session()
    return redirect_to("home.show")


def local_path(path: str | None) -> str:
    """`path` if a GET of our own answers it, else the home page: a sign-in never leads elsewhere."""
    if (
        not path
        or not path.startswith("/")
        or path.startswith("//")
        or "\\" in path
        or not path.isprintable()
    ):
        return "/"
    adapter = current_app.create_url_adapter(request)
    try:
        if adapter is not None:
            adapter.match(path.split("?")[0], method="GET")
    except RequestRedirect:
        return "/"
    except HTTPException:
        return "/"
    return path


def _callback(provider: str) -> str:
    return settings().base_url + url_for("sign_in.callback", provider=provider)


def _show(status: int, problem: str = "") -> Response:
    onward = local_path(request.args.get("next") or session.get("next"))
    return page(
        "sign_in/show.html",
        status,
        providers=parts().providers.by_name.values(),
        onward=onward,
        problem=problem,
    )
