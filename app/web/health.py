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
    """503 first of all while draining; then by the parts. Redis is a doorbell: without it we are degraded."""
    if settings().drain_file.exists():
        return jsonify(status="draining"), 503
    parts = {"database": _database(), "storage": _storage(), "redis": _redis()}
    ready = parts["database"] == "ok" and parts["storage"] == "ok"
    degraded = parts["redis"] not in {"ok", "not set"}
    status = "degraded" if ready and degraded else "ready" if ready else "not ready"
    return jsonify(status=status, **parts), 200 if ready else 503


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
