"""A portal over a real object store, for the learner's pages; and an upload as the browser's script does it."""

import contextlib
import hashlib
from dataclasses import replace
from datetime import timedelta

import requests

from app.evidence.findings import Finding, Report, Severity
from app.factory import create_app
from app.services import checks
from config import StorageSettings
from tests.browser_client import Browser
from tests.clock import CLOCK
from tests.embedded.stores import local_store


@contextlib.contextmanager
def portal_with_store(settings, folder):
    """The same portal as the `app` fixture, but with a store that answers."""
    with local_store(folder, origins=("http://localhost",)) as store:
        stored = StorageSettings(
            endpoint=store.endpoint,
            public_endpoint=store.endpoint,
            bucket=store.bucket,
            region="us-east-1",
            access_key_id=store.key_id,
            secret_access_key=store.secret,
            sign_checksum=True,
            sign_write_once=True,
        )
        app = create_app(replace(settings, storage=stored), clock=lambda: CLOCK["now"])
        yield app
        app.extensions["touchstone"].sessions.kw["bind"].dispose()


def browser(app, sessions, person):
    client = Browser(app, sessions)
    client.sign_in(person)
    return client


def announce(client, version, *, slot, name="plan.txt", data=b"Seq Scan on orders", **values):
    """What the upload script says first; the answer as it comes."""
    form = {
        "slot": slot,
        "name": name,
        "size": len(data),
        "media_type": "text/plain",
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    return client.post(
        f"/versions/{version.id}/files", data=form | values, headers={"Accept": "application/json, text/html"}
    )


def send(begun, data):
    """The bytes, straight to the store as it was signed."""
    return requests.put(begun["url"], headers=begun["headers"], data=data, timeout=5).status_code


def read_as(
    sessions, course, now, *, severity=None, kind="postgres_plan", message="The plan is an estimate."
):
    """Do every due check, finding `severity` in each file."""
    found = (
        (Finding("E2", Severity(severity), message, "It shows no times.", "Run it with ANALYZE."),)
        if severity
        else ()
    )
    with sessions.begin() as db:
        while claimed := checks.claim_check(db, lease=timedelta(minutes=1), now=now):
            report = Report(kind, 1.0, {}, found)
            checks.finish(
                db, claimed.run_id, claimed.fence, report, sandbox="none", took_ms=1, course=course, now=now
            )
