"""What the database refuses is logged without what somebody typed (I24)."""

import json
import logging
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.db import new_id
from app.logs import Lines

CANARY = "canary-7f3a of a blind learner"
REFUSED = {
    "a row that breaks a CHECK": "INSERT INTO outgoing_mail (id, dedupe_key, person_id, template, context, state,"
    " attempts, fence, due_at, created_at) VALUES (:id, :typed, :id, :typed, '{}', 'nonsense', 0, 0, now(), now())",
    "a key that is taken": "INSERT INTO identity (id, person_id, issuer, subject, created_at)"
    " SELECT each, :person, 'https://idp.example', :typed, now() FROM unnest(ARRAY[:id, :other]) AS each",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_neither_the_row_nor_the_parameters_are_logged(sessions, make, statement):
    values = {"id": new_id(), "other": new_id(), "person": make.person().id, "typed": CANARY}
    known = {name: value for name, value in values.items() if f":{name}" in statement}
    record = None

    try:
        with sessions.begin() as db:
            db.execute(text(statement), known)
    except IntegrityError:
        record = logging.LogRecord("app", logging.ERROR, __file__, 1, "request.broken", None, sys.exc_info())

    assert record is not None
    line = Lines().format(record)
    assert "violates" in json.loads(line)["error"]
    assert CANARY not in line
