"""Throughput of the queue page against a bare Flask view on the same server, by ratio in one run.

    python -m bench.queue [SUBMISSIONS …]     (default: 1000 100000)

The bare view makes four indexed queries and renders a page of the same size. Both are asked in turn by one client,
so that whatever else the machine does slows both. The last line compares the largest with the smallest queue.
"""

import http.client
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, render_template_string
from sqlalchemy import create_engine, text

from app import course as courses
from app.db import make_engine, make_sessions
from app.factory import create_app
from app.models import Appointment, Person
from app.services import rubrics, sign_ins
from config import from_environment
from embedded import postgres
from embedded.serving import serving
from tests.conftest import environment, migrate

ROUNDS, REQUESTS = 9, 30

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
ANALYZE;
"""

BARE = [
    "SELECT p.id, p.name FROM sign_in s JOIN person p ON p.id = s.person_id WHERE s.token_hash = :token",
    "SELECT id, capstone_slug, number, queued_at FROM submission_version WHERE course_slug = :course"
    " AND state IN ('submitted', 'in_review') ORDER BY queued_at, id LIMIT 31",
    "SELECT version_id, agreeing, warned FROM ledger WHERE version_id = ANY(:ids)",
    "SELECT switch, message FROM switch_state WHERE switch = 'reviews'",
]
PAGE = """<!doctype html><title>Bare</title>
{% for row in rows %}<p>{{ row[1] }} {{ row[2] }} {{ row[3] }} {{ fill }}</p>{% endfor %}"""


def main(sizes: list[int]) -> None:
    folder = Path(tempfile.mkdtemp())
    with postgres.start() as server:
        migrate(server.owner_url(), server.app_url())
        settings = from_environment(environment(server.app_url(), server.owner_url(), folder))
        course = courses.load(settings.course_path)
        engine = make_engine(server.app_url())
        cookie_token = _reviewer(engine, course)
        portal = create_app(settings)
        cookie = _cookie(portal, cookie_token)
        superuser = create_engine(server.superuser_url("touchstone"), isolation_level="AUTOCOMMIT")
        costs = []
        for size in sizes:
            _seed(superuser, size, course)
            costs.append(_compare(portal, engine, course, cookie, cookie_token, size))
        print(f"largest against smallest queue: {costs[-1] / costs[0]:.2f} times the time of a page")


def _compare(portal, engine, course, cookie, token, size):
    with serving(portal) as address:
        weight = len(_ask(address, "/queue", cookie))
        with serving(_bare(engine, course, token, weight)) as bare:
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(_rate(address, "/queue", cookie))
                theirs.append(_rate(bare, "/", cookie))
    mine, other = statistics.median(ours), statistics.median(theirs)
    rates = f"queue {mine:.0f}/s, bare Flask {other:.0f}/s, ratio {mine / other:.2f}"
    print(f"{size:>7} submissions: {rates}, page of {weight} bytes", flush=True)
    return 1 / mine


def _bare(engine, course, token, weight):
    app = Flask("bare")
    fill = "x" * max(0, weight // 30 - 60)

    @app.get("/")
    def show():
        with engine.connect() as db:
            db.execute(text(BARE[0]), {"token": sign_ins.token_hash(token)}).all()
            rows = db.execute(text(BARE[1]), {"course": course.slug}).all()
            db.execute(text(BARE[2]), {"ids": [row[0] for row in rows]}).all()
            db.execute(text(BARE[3])).all()
        return render_template_string(PAGE, rows=rows[:30], fill=fill)

    return app


def _rate(address, path, cookie):
    _ask(address, path, cookie)
    begun = time.perf_counter()
    for _ in range(REQUESTS):
        _ask(address, path, cookie)
    return REQUESTS / (time.perf_counter() - begun)


def _ask(address, path, cookie):
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}")
    return body


def _seed(superuser, size, course):
    with superuser.connect() as connection:
        there = connection.scalar(text("SELECT count(*) FROM submission"))
        script = SEED.format(n=max(0, size - there), course=course.slug, capstone=course.capstones[0].slug)
        connection.connection.driver_connection.execute(script)


def _reviewer(engine, course):
    now = datetime.now(UTC)
    with make_sessions(engine).begin() as db:
        rubrics.publish(db, course, actor_id=None, now=now)
        person = Person(name="Ada Reviewer", time_zone="UTC", created_at=now)
        db.add(person)
        db.flush()
        db.add(Appointment(person_id=person.id, role="reviewer", appointed_at=now))
        return sign_ins.begin(db, person.id, provider="demo", browser="bench", staff=True, now=now)


def _cookie(portal, token):
    with portal.test_client() as client:
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
        name = portal.config["SESSION_COOKIE_NAME"]
        return f"{name}={client.get_cookie(name).value}"


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1000, 100_000])
