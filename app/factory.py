"""The one place that knows every part of the web."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, course, db
from app.adapters.identity import Providers
from app.adapters.jobs import Doorbell
from app.adapters.storage import from_settings
from app.web import (
    access,
    admin,
    agreement,
    appeals,
    applications,
    blind_readings,
    calibrations,
    certificates,
    certificates_admin,
    checks,
    cohort,
    compression,
    conflicts,
    course_comments,
    decisions,
    desk,
    errors,
    feedback,
    files,
    filters,
    handovers,
    health,
    home,
    language_choice,
    languages,
    lines,
    metrics,
    modules,
    origin,
    outbox,
    pages,
    personal,
    profile,
    queue,
    receipts,
    reviews,
    rubrics,
    second_readings,
    security,
    sessions,
    sign_in,
    styleguide,
    submissions,
)
from app.web.parts import NAME, Parts
from app.web.transactions import close_reading
from config import MIB, ROOT, Settings

BLUEPRINTS = (
    home.bp,
    language_choice.bp,
    sign_in.bp,
    profile.bp,
    personal.bp,
    health.bp,
    metrics.bp,
    applications.bp,
    decisions.bp,
    outbox.bp,
    checks.bp,
    admin.bp,
    cohort.bp,
    agreement.bp,
    course_comments.bp,
    certificates.bp,
    certificates_admin.bp,
    feedback.bp,
    appeals.bp,
    conflicts.bp,
    handovers.bp,
    rubrics.bp,
    second_readings.bp,
    blind_readings.bp,
    calibrations.bp,
    desk.bp,
    lines.bp,
    reviews.bp,
    queue.bp,
    modules.bp,
    submissions.bp,
    receipts.bp,
    files.bp,
)


def create_app(settings: Settings, *, clock: Callable[[], datetime] = pages.system_clock) -> Flask:
    """The portal as a WSGI application."""
    app = Flask("touchstone", template_folder=ROOT / "templates", static_folder=ROOT / "static")
    app.config["MAX_CONTENT_LENGTH"] = settings.limits.file_bytes + MIB
    app.config["MAX_FORM_MEMORY_SIZE"] = 8 * MIB
    languages.prepare(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    engine = db.make_engine(settings.database_url)
    app.extensions[NAME] = Parts(
        settings=settings,
        course=course.load(settings.course_path),
        sessions=db.make_sessions(engine),
        reads=db.make_reads(engine),
        storage=from_settings(settings.storage),
        doorbell=Doorbell(settings.redis_url),
        providers=Providers(app, settings.providers),
        clock=clock,
    )
    metrics.register(app)
    compression.register(app)
    sessions.register(app, settings)
    security.add_headers(app, settings)
    errors.register(app)
    filters.register(app)
    _wire(app)
    if not settings.production:
        app.register_blueprint(styleguide.bp)
    languages.register(app)
    return app


def _wire(app: Flask) -> None:
    """What every request passes through, the pages, and the commands."""
    for before in (languages.listen, sessions.identify, origin.guard, access.guard):
        app.before_request(before)
    app.teardown_request(lambda _error: close_reading())
    app.context_processor(pages.base_values)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    cli.register(app)
