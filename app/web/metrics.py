"""What Prometheus reads: how requests went, counted as they end, and what waits, looked up when it asks."""

from collections.abc import Iterator
from datetime import datetime
from time import perf_counter

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from app import metrics
from app.domain.errors import NotFound
from app.domain.switches import Switch
from app.queries.backlog import Backlog, backlog
from app.web.access import PUBLIC, access
from app.web.pages import now, settings
from app.web.transactions import reading

bp = Blueprint("metrics", __name__)

NOBODYS = frozenset({"health", "metrics"})
"""Asked by machines every few seconds, and a drain answers 503 on purpose: no person waits for these."""


def register(app: Flask) -> None:
    """Count every request; to be called before anything else adds a hook, so that all of their time is in it."""
    app.before_request(_begin)
    app.after_request(_count)


@bp.get("/metrics")
@access(PUBLIC)
def show() -> Response:
    """For whoever shows the token. Without one in the settings there is no such page: an address proves nothing
    behind a balancer."""
    token = settings().metrics_token
    if token is None or not metrics.is_let_in(request.headers.get("Authorization"), token):
        raise NotFound
    answer = Response(metrics.counted(metrics.WEB) + _standing(), content_type=metrics.TEXT)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _begin() -> None:
    g.began = perf_counter()


def _count(response: Response) -> Response:
    if request.blueprint not in NOBODYS:
        code = f"{response.status_code // 100}xx"
        metrics.REQUESTS.labels(request.endpoint or "none", code).observe(perf_counter() - g.began)
    return response


def _standing() -> bytes:
    """The backlog as gauges; a database that does not answer is a number too, for the rest must still be told."""
    try:
        found = backlog(reading(), now=now())
    except SQLAlchemyError:
        found = None
    registry = CollectorRegistry()
    registry.register(Standing(found, now()))
    return generate_latest(registry)


class Standing(Collector):
    """One reading of the backlog, in the words of Prometheus."""

    def __init__(self, found: Backlog | None, at: datetime) -> None:
        self.found, self.at = found, at

    def collect(self) -> Iterator[Metric]:
        yield _gauge(
            "touchstone_database_up", "Whether the database answered this scrape.", self.found is not None
        )
        if self.found is not None:
            yield from self._waiting(self.found)
            yield self._paused(self.found)

    def _waiting(self, found: Backlog) -> Iterator[Metric]:
        yield _gauge(
            "touchstone_checks_due", "Checks that nobody is at work on though they are due.", found.checks_due
        )
        yield self._age(
            "touchstone_checks_oldest_wait_seconds", "Age of the oldest check not ended.", found.checks_since
        )
        yield _gauge(
            "touchstone_checks_failed", "Checks that broke and wait for an admin.", found.checks_failed
        )
        yield _gauge("touchstone_mails_waiting", "Mails that have not gone out yet.", found.mails_waiting)
        yield self._age(
            "touchstone_mails_oldest_wait_seconds", "Age of the oldest mail not sent.", found.mails_since
        )
        yield _gauge(
            "touchstone_mails_failed", "Mails that were given up and wait for an admin.", found.mails_failed
        )
        yield _gauge(
            "touchstone_reviews_waiting", "Versions that wait for their rating.", found.reviews_waiting
        )
        yield self._age(
            "touchstone_reviews_oldest_wait_seconds", "Age of the oldest of these.", found.reviews_since
        )

    def _paused(self, found: Backlog) -> Metric:
        family = GaugeMetricFamily(
            "touchstone_paused", "Whether an admin has paused this part.", labels=("switch",)
        )
        for switch in Switch:
            family.add_metric((switch.value,), float(switch in found.paused))
        return family

    def _age(self, name: str, words: str, since: datetime | None) -> Metric:
        """Seconds since then; 0 while nothing waits, so that an alert ends when the last one is done."""
        return _gauge(name, words, max(0.0, (self.at - since).total_seconds()) if since else 0.0)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=float(value))
