"""Whether this process lives, and whether it should be sent traffic."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.web.access import PUBLIC, access
from app.web.pages import settings, storage
from app.web.parts import parts
from app.web.transactions import reading

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@access(PUBLIC)
def healthz() -> Response:
    return jsonify(status="ok")


@bp.get("/readyz")
@access(PUBLIC)
def readyz() -> tuple[Response, int]:
    """503 first of all while draining, then without the database. Without bucket or Redis we are degraded.

    Every instance has the same bucket: if its outage took them all out of the balancer, nobody could read a page.
    """
    if settings().drain_file.exists():
        return jsonify(status="draining"), 503
    parts = {"database": _database(), "storage": _storage(), "redis": _redis()}
    if parts["database"] == "down":
        return jsonify(status="not ready", **parts), 503
    return jsonify(status="degraded" if "down" in parts.values() else "ready", **parts), 200


def _database() -> str:
    try:
        reading().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "down"
    return "ok"


def _storage() -> str:
    return "ok" if storage().is_up() else "down"


def _redis() -> str:
    if settings().redis_url is None:
        return "not set"
    return "ok" if parts().doorbell.alive() else "down"
