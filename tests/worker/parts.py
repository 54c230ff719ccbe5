"""What a worker needs around it, real and in this process: a store and a mail server that can go away and return."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app.adapters.jobs import Doorbell
from app.adapters.mail import Post
from app.adapters.storage import Bucket, Storage
from config import MailSettings
from embedded import redis, smtp
from embedded.objectstore.application import ObjectStore
from embedded.objectstore.shelf import Shelf
from embedded.objectstore.signatures import Key
from embedded.process import Child, free_port, is_listening, wait_until
from embedded.serving import serving
from worker.context import READER, Context
from worker.spares import Spares

ROOT = Path(__file__).parents[2]
KEY = Key("TESTACCESSKEY00000001", "test-secret-key-0123456789", "us-east-1")
BUCKET = "touchstone"


class StoreSwitch:
    """A store on one port that can be stopped and started again over the same folder."""

    def __init__(self, folder):
        self.port = free_port()
        self.shelf = Shelf(folder)
        self.shelf.create_bucket(BUCKET, datetime.now(UTC))
        self._open = contextlib.ExitStack()

    def start(self):
        store = ObjectStore(self.shelf, KEY, origins=(), clock=lambda: datetime.now(UTC))
        self._open.enter_context(serving(store, self.port))

    def stop(self):
        self._open.close()

    def bucket(self):
        endpoint = f"http://127.0.0.1:{self.port}"
        return Bucket(endpoint, endpoint, BUCKET, "us-east-1", KEY.id, KEY.secret, True, True)

    def environment(self):
        return {
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "S3_BUCKET": BUCKET,
            "S3_ACCESS_KEY_ID": KEY.id,
            "S3_SECRET_ACCESS_KEY": KEY.secret,
        }


class MailServer:
    """An SMTP server on one port that keeps what it takes in a list."""

    def __init__(self):
        self.port = free_port()
        self.taken = []
        self._loop = None

    def start(self):
        ready = threading.Event()

        async def serve():
            self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
            server = await smtp.listen(self.port, lambda *mail: self.taken.append(mail))
            ready.set()
            await self._done.wait()
            server.close()

        self._thread = threading.Thread(target=asyncio.run, args=(serve(),))
        self._thread.start()
        ready.wait()

    def stop(self):
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()

    def settings(self):
        return MailSettings("127.0.0.1", self.port, None, None, False, "Touchstone <portal@example.org>")


def make_context(settings, course, sessions, box, bucket, *, mail=None, redis_url=None, **limits):
    """A context as `python -m worker` makes it, on these parts, with its own limits."""
    settings = replace(settings, redis_url=redis_url, limits=replace(settings.limits, **limits))
    return Context(
        settings=settings,
        course=course,
        sessions=sessions,
        storage=Storage(bucket),
        post=Post(mail or replace(settings.mail, host=None)),
        doorbell=Doorbell(redis_url),
        sandbox=box,
        reader=Spares(box, READER),
        clock=lambda: datetime.now(UTC),
    )


def until(ready, *, seconds):
    """Ask ten times a second; whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class RedisSwitch:
    """A Redis without memory on one port, stopped and started again as empty as on the first day."""

    def __init__(self, folder):
        self.port, self.folder, self.child = free_port(), folder, None
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        words = (
            "--port",
            self.port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            self.folder,
        )
        self.child = Child([redis.find(), *words], name="redis", output=subprocess.DEVNULL)
        wait_until(lambda: is_listening(self.port), self.child, seconds=20, complaint=lambda: "no redis")

    def stop(self):
        if self.child is not None:
            self.child.stop()
            self.child = None


class Worker:
    """`python -m worker` as a process of its own; what it logs is kept."""

    def __init__(self, environment, log):
        self.log = log
        with log.open("ab") as output:
            self.child = Child(
                [sys.executable, "-m", "worker"], name="worker", env=environment, cwd=ROOT, output=output
            )

    def events(self):
        return [
            json.loads(line)["event"] for line in self.log.read_text().splitlines() if line.startswith("{")
        ]

    def send(self, number):
        os.kill(self.child.pid, number)

    def kill(self):
        """Kill it and its group without a word of warning."""
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.popen.wait()

    def stop(self):
        return self.child.stop(patience=60)
