"""The yardstick: a bare Flask application with text SQL and one compiled template, for `bench.side_by_side`.

It reads what it needs from the environment, because gunicorn starts it: DATABASE_URL, BENCH_TOKEN (hex), BENCH_COURSE.
"""

import os
import uuid

from flask import Flask, jsonify, render_template, request
from jinja2 import DictLoader
from sqlalchemy import create_engine, text

ROWS = 30
PAGE = """<!doctype html><title>Bare</title>
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
app.jinja_loader = DictLoader({"page.html": PAGE})
engine = create_engine(os.environ["DATABASE_URL"])
token = bytes.fromhex(os.environ["BENCH_TOKEN"])


@app.get("/page/<int:weight>")
def page(weight):
    """Four indexed queries and a page of `weight` bytes."""
    with engine.connect() as db:
        db.execute(WHO, {"token": token}).all()
        rows = db.execute(QUEUE, {"course": os.environ["BENCH_COURSE"]}).all()
        db.execute(LEDGERS, {"ids": [row[0] for row in rows]}).all()
        db.execute(SWITCH).all()
    return render_template("page.html", rows=rows[:ROWS], fill="x" * max(0, weight // ROWS - 70))


@app.post("/save/<uuid:review_id>")
def save(review_id: uuid.UUID):
    """Six queries, three of them writing, and one commit."""
    values = {"id": review_id, "summary": request.form["summary"]}
    with engine.begin() as db:
        db.execute(WHO, {"token": token}).all()
        review = db.execute(LOCK, values).one()
        db.execute(SWITCH).all()
        db.execute(REVIEW, values)
        db.execute(SCORES, values)
        db.execute(SEEN, {"token": token})
    return jsonify(tag=review.tag)
