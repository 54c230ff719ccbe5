"""The yardsticks: bare Flask applications of one file, for `bench.side_by_side`.

`/plain` is the view that Flask's and SQLAlchemy's own guides teach: a session, entities, a template over rows. `/text`
does as little as Python can: text SQL, and a page that is nearly all filler. Both make four indexed queries and answer
with as many bytes as the portal's page has; both save with six queries and one commit.

It reads what it needs from the environment, because gunicorn starts it: DATABASE_URL, BENCH_TOKEN (hex), BENCH_COURSE.
"""

import os
import uuid
from datetime import UTC, datetime

from flask import Flask, jsonify, render_template, request
from jinja2 import DictLoader
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from app.domain.submissions import State
from app.models import Ledger, Person, Review, Score, SignIn, SubmissionVersion, SwitchState
from app.models.operations import Switch

ROWS = 30
PLAIN = """<!doctype html><title>Bare</title><p>{{ person.name }}</p><table>
{% for version in versions %}
  <tr><th scope="row"><a href="/versions/{{ version.id }}">{{ version.capstone_slug }}</a></th>
    <td>{{ version.state }}</td><td class="number">{{ version.number }}</td>
    <td class="number"><time datetime="{{ version.queued_at.isoformat() }}">{{ version.queued_at }}</time></td>
    <td>{{ ledgers[version.id].agreeing }} agree, {{ ledgers[version.id].contradicted }} do not,
      {{ ledgers[version.id].warned }} to look at</td></tr>{{ fill }}
{% endfor %}</table>"""
TEXT = """<!doctype html><title>Bare</title>
{% for row in rows %}<p>{{ row[1] }} {{ row[2] }} {{ row[3] }} {{ fill }}</p>{% endfor %}"""

WHO = text(
    "SELECT p.id, p.name FROM sign_in s JOIN person p ON p.id = s.person_id WHERE s.token_hash = :token"
)
QUEUE = text(
    "SELECT id, capstone_slug, number, queued_at FROM submission_version WHERE course_slug = :course"
    " AND state IN ('submitted', 'in_review') ORDER BY queued_at, id LIMIT 31"
)
LEDGERS = text("SELECT version_id, agreeing, warned FROM ledger WHERE version_id = ANY(:ids)")
SWITCH = text("SELECT switch, message FROM switch_state WHERE switch = 'reviews'")
LOCK = text("SELECT id, tag, version_id FROM review WHERE id = :id FOR UPDATE")
REVIEW = text("UPDATE review SET summary = :summary, saved_at = now() WHERE id = :id")
SCORES = text("UPDATE score SET comment = :summary WHERE review_id = :id")
SEEN = text("UPDATE sign_in SET last_seen_at = now() WHERE token_hash = :token")

app = Flask("bare")
app.jinja_loader = DictLoader({"plain.html": PLAIN, "text.html": TEXT})
engine = create_engine(os.environ["DATABASE_URL"])
token = bytes.fromhex(os.environ["BENCH_TOKEN"])


@app.get("/plain/<int:weight>")
def plain(weight):
    """Four indexed queries for entities, and a page of about `weight` bytes over thirty rows."""
    waiting = (
        select(SubmissionVersion)
        .where(
            SubmissionVersion.course_slug == os.environ["BENCH_COURSE"],
            SubmissionVersion.state.in_([State.SUBMITTED, State.IN_REVIEW]),
        )
        .order_by(SubmissionVersion.queued_at, SubmissionVersion.id)
        .limit(ROWS + 1)
    )
    with Session(engine) as db:
        person = db.scalars(select(Person).join(SignIn).where(SignIn.token_hash == token)).one()
        versions = db.scalars(waiting).all()
        shown = Ledger.version_id.in_([version.id for version in versions])
        ledgers = {ledger.version_id: ledger for ledger in db.scalars(select(Ledger).where(shown))}
        db.get(SwitchState, Switch.REVIEWS)
        fill = "x" * max(0, weight // ROWS - 420)
        return render_template(
            "plain.html", person=person, versions=versions[:ROWS], ledgers=ledgers, fill=fill
        )


@app.get("/text/<int:weight>")
def least(weight):
    """Four indexed queries in text, and a page of about `weight` bytes, nearly all of it filler."""
    with engine.connect() as db:
        db.execute(WHO, {"token": token}).all()
        rows = db.execute(QUEUE, {"course": os.environ["BENCH_COURSE"]}).all()
        db.execute(LEDGERS, {"ids": [row[0] for row in rows]}).all()
        db.execute(SWITCH).all()
    return render_template("text.html", rows=rows[:ROWS], fill="x" * max(0, weight // ROWS - 70))


@app.post("/plain/save/<uuid:review_id>")
def save_plain(review_id: uuid.UUID):
    """Six queries through a session, three of them writing, and one commit."""
    now = datetime.now(UTC)
    with Session(engine) as db, db.begin():
        sign_in = db.scalars(select(SignIn).where(SignIn.token_hash == token)).one()
        review = db.get_one(Review, review_id, with_for_update=True)
        db.get(SwitchState, Switch.REVIEWS)
        for score in db.scalars(select(Score).where(Score.review_id == review_id)):
            score.comment = request.form["summary"]
        review.summary, review.saved_at, sign_in.last_seen_at = request.form["summary"], now, now
        tag = review.tag
    return jsonify(tag=tag)


@app.post("/text/save/<uuid:review_id>")
def save_least(review_id: uuid.UUID):
    """Six queries in text, three of them writing, and one commit."""
    values = {"id": review_id, "summary": request.form["summary"]}
    with engine.begin() as db:
        db.execute(WHO, {"token": token}).all()
        review = db.execute(LOCK, values).one()
        db.execute(SWITCH).all()
        db.execute(REVIEW, values)
        db.execute(SCORES, values)
        db.execute(SEEN, {"token": token})
    return jsonify(tag=review.tag)
