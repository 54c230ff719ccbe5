"""Whoever adds a table decides what becomes of it when a person asks for their data, or asks to be erased."""

from app.db import Base
from app.queries.personal import NOT_GIVEN, PARTS
from migrations.erasure import KEPT, STEPS

TABLES = set(Base.metadata.tables)


def test_every_table_is_given_to_its_person_or_says_why_not():
    given = {part.table.__tablename__ for part in PARTS}

    assert TABLES - given - set(NOT_GIVEN) == set(), (
        "add a Part to app/queries/personal.py, or a line to NOT_GIVEN"
    )
    assert given & set(NOT_GIVEN) == set()
    assert (given | set(NOT_GIVEN)) - TABLES == set()


def test_every_table_is_met_by_erasing_or_says_why_not():
    met = {table for table, _ in STEPS}

    assert TABLES - met - set(KEPT) == set(), "add a step to migrations/erasure.py, or a line to KEPT"
    assert met & set(KEPT) == set()
    assert (met | set(KEPT)) - TABLES == set()


def test_each_part_has_a_name_of_its_own():
    names = [part.name for part in PARTS]

    assert len(names) == len(set(names))
    assert all(part.hidden <= set(part.table.__table__.columns.keys()) for part in PARTS)
