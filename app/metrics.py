"""What the portal counts of itself for Prometheus: every name is here, and docs/operating.md says what it means.

The web's numbers and a worker's are two registries, since each process answers for itself. The processes of one
gunicorn count in files they share (`gunicorn.conf.py`), so that whichever of them is asked answers for all.
"""

import hmac
import os

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

TEXT = "text/plain; version=0.0.4; charset=utf-8"
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The folder the processes of one gunicorn count in; the client library asks for this name."""
disable_created_metrics()  # type: ignore[no-untyped-call]
WEB, WORKER = CollectorRegistry(), CollectorRegistry()

REQUESTS = Histogram(
    "touchstone_http_request_duration_seconds",
    "Time until a response began, by the page's name and the class of its status.",
    ("endpoint", "code"),
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=WEB,
)
UPLOADS = Counter(
    "touchstone_uploads", "Files that were announced (begun) and taken in (kept).", ("step",), registry=WEB
)
UPLOAD_FAILURES = Counter(
    "touchstone_upload_failures",
    "Files that were announced and not taken in, by what went wrong.",
    ("reason",),
    registry=WEB,
)
CHECKS = Histogram(
    "touchstone_check_duration_seconds",
    "Time of one attempt to read a file, by how it ended.",
    ("outcome",),
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=WORKER,
)
FINDINGS = Histogram(
    "touchstone_check_turnaround_seconds",
    "Time from taking a file in to its findings, attempts and waiting included.",
    buckets=(1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
    registry=WORKER,
)
MAILS = Counter(
    "touchstone_mails", "Attempts to send a mail, by how they ended.", ("outcome",), registry=WORKER
)
ROUNDS = Counter(
    "touchstone_worker_rounds",
    "Rounds of a worker, by whether they ended well.",
    ("outcome",),
    registry=WORKER,
)

# A rate over a counter that first appears with its first failure misses that failure.
for _step in ("begun", "kept"):
    UPLOADS.labels(_step)
for _reason in ("absent", "different", "storage"):
    UPLOAD_FAILURES.labels(_reason)
for _outcome in ("done", "failed", "given_up", "given_back", "postponed", "stale"):
    CHECKS.labels(_outcome)
for _outcome in ("sent", "failed", "given_up", "stale"):
    MAILS.labels(_outcome)
for _outcome in ("well", "waits", "broke"):
    ROUNDS.labels(_outcome)


def counted(registry: CollectorRegistry) -> bytes:
    """What was counted, in the text format of Prometheus; of every process of this gunicorn."""
    if os.environ.get(SHARED):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def is_let_in(header: str | None, token: str) -> bool:
    """Whether a request's Authorization header shows the token."""
    return hmac.compare_digest((header or "").encode(), f"Bearer {token}".encode())
