"""The portal and the yardsticks as two gunicorn workers of the same shape, on one database with many submissions.

The database writes down what it commits, as in production. One client asks them in turn, so that whatever else the
machine does slows all. Beside the rate by the clock stands the processor time of the worker, which is steadier on a
machine that is shared.
"""

import contextlib
import http.client
import os
import statistics
import sys
import tempfile
import time
import urllib.parse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import create_engine, text

from app import course as courses
from app.db import make_engine, make_sessions
from app.factory import create_app
from app.services import rubrics, sign_ins
from config import ROOT, from_environment
from embedded import postgres
from embedded.process import Child, free_port, is_listening, wait_until
from tests.conftest import environment, migrate
from tests.factories import Make

ROUNDS, REQUESTS = 5, 40
TICKS = os.sysconf("SC_CLK_TCK")

SEED = """
SET session_replication_role = replica;
INSERT INTO person (id, name, created_at)
  SELECT gen_random_uuid(), 'Learner ' || n, now() FROM generate_series(1, {n}) n;
INSERT INTO submission (id, person_id, course_slug, capstone_slug, created_at)
  SELECT gen_random_uuid(), p.id, '{course}', '{capstone}', now() FROM person p WHERE p.name LIKE 'Learner %'
  ON CONFLICT DO NOTHING;
INSERT INTO submission_version (id, submission_id, course_slug, capstone_slug, number, state, rubric_version_id,
    attested, created_at, submitted_at, queued_at, closed_at, receipt_code, manifest_sha256)
  SELECT gen_random_uuid(), s.id, s.course_slug, s.capstone_slug, 1,
    CASE WHEN s.n % 2 = 0 THEN 'passed' ELSE 'submitted' END, r.id, true, now(),
    now() - s.n * interval '1 minute', now() - s.n * interval '1 minute',
    CASE WHEN s.n % 2 = 0 THEN now() END, 'R-' || s.n, repeat('a', 64)
  FROM (SELECT submission.*, row_number() OVER () n FROM submission) s,
    (SELECT id FROM rubric_version WHERE capstone_slug = '{capstone}') r
  WHERE NOT EXISTS (SELECT FROM submission_version v WHERE v.submission_id = s.id);
INSERT INTO ledger (version_id, rows, comparison, agreeing, contradicted, unchecked, blocked, warned, made_at)
  SELECT id, '[]', '[]', 3, 1, 0, 0, 2, now() FROM submission_version ON CONFLICT DO NOTHING;
"""


@dataclass
class Worker:
    """One gunicorn worker, and what it has used so far."""

    port: int
    master: int

    def ask(self, method, path, *, cookie="", form=None, fragment=False):
        """One request over a connection of its own, for a page or a part of one; the body and where it leads."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        if fragment:
            headers |= {"HX-Request": "true", "HX-Request-Type": "partial", "Accept-Encoding": "gzip"}
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        elif form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-Autosave": "1"}
        connection.request(method, path, urllib.parse.urlencode(form or {}), headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status not in (200, 204, 303):
            raise SystemExit(f"{method} {path} answered {answer.status}: {body[:300]!r}")
        return body, answer.getheader("Location", "")

    @property
    def pid(self):
        return int(Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()[0])

    @property
    def cpu(self):
        """Seconds of processor time of the worker."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def megabytes(self):
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


class World:
    """A database with the course, people who are signed in, and two workers before it."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        migrate(server.owner_url(), server.app_url())
        self.environment = environment(server.app_url(), server.owner_url(), folder)
        self.course = courses.load(from_environment(self.environment).course_path)
        self.sessions = make_sessions(make_engine(server.app_url()))
        self.make = Make(self.sessions, self.course, datetime.now(UTC))
        with self.sessions.begin() as db:
            rubrics.publish(db, self.course, actor_id=None, now=self.make.now)
        self.reviewer = self.make.person("Ada Reviewer", roles={"reviewer"})
        self.learner = self.make.person("Mira Okafor")
        self.tokens = {person.id: self._sign_in(person) for person in (self.reviewer, self.learner)}

    def seed(self, size):
        """Bring the number of submissions to about `size`."""
        superuser = create_engine(self.server.superuser_url("touchstone"), isolation_level="AUTOCOMMIT")
        with superuser.connect() as connection:
            there = connection.scalar(text("SELECT count(*) FROM submission"))
            values = {"course": self.course.slug, "capstone": self.course.capstones[0].slug}
            script = SEED.format(n=max(0, size - there), **values)
            connection.connection.driver_connection.execute(script)
            connection.exec_driver_sql("VACUUM ANALYZE")
        superuser.dispose()

    def cookie(self, person):
        """The cookie of that person's browser, signed as the portal signs it."""
        app = create_app(from_environment(self.environment))
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        value = signer.dumps({"_user_id": self.tokens[person.id], "_fresh": True})
        return f"{app.config['SESSION_COOKIE_NAME']}={value}"

    @contextlib.contextmanager
    def worker(self, target):
        """`target` behind gunicorn: one worker, eight threads, as the Procfile starts it."""
        port = free_port()
        words = (
            sys.executable,
            "-m",
            "gunicorn",
            target,
            "-k",
            "gthread",
            "--threads",
            "8",
            "--workers",
            "1",
        )
        token = sign_ins.token_hash(self.tokens[self.reviewer.id])
        told = {
            "BENCH_TOKEN": token.hex(),
            "BENCH_COURSE": self.course.slug,
            "LOG_LEVEL": "WARNING",
            "REVIEW_UNDO_SECONDS": "600",  # as in production: what a decision sets free is the worker's to do
        }
        child = Child(
            [*words, "--bind", f"127.0.0.1:{port}", "--log-level", "warning"],
            name=target,
            env=os.environ | self.environment | told,
            cwd=ROOT,
        )
        try:
            wait_until(lambda: is_listening(port), child, seconds=60, complaint=lambda: f"{target} is silent")
            yield Worker(port, child.pid)
        finally:
            child.stop()

    def _sign_in(self, person):
        with self.sessions.begin() as db:
            return sign_ins.begin(
                db, person.id, provider="demo", browser="bench", staff=False, now=self.make.now
            )


@contextlib.contextmanager
def world():
    """PostgreSQL, the portal and the yardsticks, started; yields (world, portal, bare)."""
    with tempfile.TemporaryDirectory() as folder, postgres.start(Path(folder) / "postgres") as server:
        made = World(server, Path(folder))
        with made.worker("wsgi:app") as portal, made.worker("bench.bare:app") as bare:
            yield made, portal, bare


def pages(bare, weight):
    """Both yardsticks for a page of `weight` bytes."""
    return {
        "a plain view": (bare, lambda: bare.ask("GET", f"/plain/{weight}")),
        "text SQL and filler": (bare, lambda: bare.ask("GET", f"/text/{weight}")),
    }


def compare(name, ours, yardsticks):
    """Run all in turn and print what share of each yardstick's throughput ours is; returns the share of the first.

    `ours` and each yardstick are (worker, what to do once).
    """
    runs = {"": ours} | yardsticks
    rounds = [{each: _round(*run) for each, run in runs.items()} for _ in range(ROUNDS + 1)][
        1:
    ]  # one to warm up
    wall, cpu = (statistics.median(each[""][side] for each in rounds) for side in (0, 1))
    print(f"{name}: {1 / wall:.0f} a second, {cpu * 1000:.1f} ms of processor time")
    shares = {}
    for yardstick in yardsticks:
        wall = sorted(each[yardstick][0] / each[""][0] for each in rounds)
        cpu = statistics.median(each[yardstick][1] / each[""][1] for each in rounds)
        shares[yardstick] = statistics.median(wall)
        print(
            f"  {shares[yardstick]:.2f} of the throughput of {yardstick} ({wall[0]:.2f} to {wall[-1]:.2f}),"
            f" {cpu:.2f} by processor time",
            flush=True,
        )
    return next(iter(shares.values()))


def _round(worker, once):
    """Seconds by the clock and of processor time for one request."""
    began, used = time.perf_counter(), worker.cpu
    for _ in range(REQUESTS):
        once()
    return (time.perf_counter() - began) / REQUESTS, max(worker.cpu - used, 1 / TICKS) / REQUESTS
