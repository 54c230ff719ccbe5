"""Every component on one page in each of its states; not registered in production."""

from flask import Blueprint, Response

from app.domain.errors import NotFound
from app.web.access import PUBLIC, access
from app.web.pages import page

bp = Blueprint("styleguide", __name__, url_prefix="/styleguide")

PAGES = frozenset({"index", "errors", "empty", "desk"})


@bp.get("")
@access(PUBLIC)
def show() -> Response:
    return page("styleguide/index.html")


@bp.get("/<name>")
@access(PUBLIC)
def part(name: str) -> Response:
    if name not in PAGES:
        raise NotFound
    return page(f"styleguide/{name}.html")
