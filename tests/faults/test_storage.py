"""The object store killed in the middle of an upload: nothing half is kept, and the same upload goes through later."""

import contextlib
import hashlib
import http.client
import os
import signal
import subprocess
import sys
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import select

from app.factory import create_app
from app.models import CheckRun, EvidenceFile
from config import StorageSettings
from embedded.process import Child, free_port, is_listening, wait_until
from tests.clock import CLOCK
from tests.conftest import ROOT
from tests.web.learners import announce, browser, send

DATA = b"2026-11-01T10:00:00Z,200,12.5\n" * 20_000
KEY = {"S3_ACCESS_KEY_ID": "TESTACCESSKEY00000001", "S3_SECRET_ACCESS_KEY": "test-secret-key-0123456789"}


class Store:
    """The store as a process over one folder, killed without a word and started anew on the same port."""

    def __init__(self, folder):
        self.folder, self.port, self.child = folder, free_port(), None

    def start(self):
        words = [self.folder, "--port", self.port, "--bucket", "touchstone", "--origin", "http://localhost"]
        environ = os.environ | KEY | {"S3_REGION": "us-east-1"}
        self.child = Child(
            [sys.executable, "-m", "embedded.objectstore", *words],
            name="store", env=environ, cwd=ROOT, output=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(lambda: is_listening(self.port), self.child, seconds=20, complaint=lambda: "no store")

    def kill(self):
        os.kill(self.child.pid, signal.SIGKILL)
        self.child.popen.wait()

    def settings(self):
        endpoint = f"http://127.0.0.1:{self.port}"
        return StorageSettings(
            endpoint=endpoint, public_endpoint=endpoint, bucket="touchstone", region="us-east-1",
            access_key_id=KEY["S3_ACCESS_KEY_ID"], secret_access_key=KEY["S3_SECRET_ACCESS_KEY"],
            sign_checksum=True, sign_write_once=True,
        )  # fmt: skip


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store")
    store.start()
    yield store
    store.child.stop()


@pytest.fixture
def portal(settings, store):
    app = create_app(replace(settings, storage=store.settings()), clock=lambda: CLOCK["now"])
    yield app
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


@contextlib.contextmanager
def half_sent(begun):
    """The headers and half of the bytes; the rest is never sent."""
    address = urlsplit(begun["url"])
    with contextlib.closing(http.client.HTTPConnection(address.netloc, timeout=5)) as connection:
        connection.putrequest("PUT", f"{address.path}?{address.query}")
        for name, value in (begun["headers"] | {"Content-Length": str(len(DATA))}).items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(DATA[: len(DATA) // 2])
        yield connection


def test_a_store_killed_mid_upload_keeps_no_half_and_takes_the_file_later(
    portal, store, sessions, make, course
):
    mira = make.person()
    version = make.version(mira)
    client = browser(portal, sessions, mira)
    slot = course.capstone("three-bottlenecks").slots[0].key
    begun = announce(client, version, slot=slot, name="requests.csv", data=DATA).json

    with half_sent(begun) as connection:
        store.kill()
        with pytest.raises((http.client.HTTPException, OSError)):
            connection.getresponse()
    down = client.post(begun["confirm"])
    with pytest.raises(requests.ConnectionError):
        send(begun, DATA)
    store.start()
    absent = client.post(begun["confirm"], headers={"Accept": "application/json"})

    assert down.status_code == 503
    assert (absent.status_code, "has not arrived" in absent.text) == (422, True)
    with sessions() as db:
        assert db.scalars(select(CheckRun.id)).all() == []
    assert send(begun, DATA) == 200
    assert client.post(begun["confirm"]).status_code == 200
    with sessions() as db:
        file = db.scalars(select(EvidenceFile)).one()
    stored = portal.extensions["touchstone"].storage.read(file.staging_key, limit=len(DATA))
    assert hashlib.sha256(stored).hexdigest() == file.sha256
