"""What the portal's own role may do to each table, asked of the database itself."""

import pytest
from sqlalchemy import text

from app.db import Base
from tests.models.conftest import RIGHTS

# By hand, not from migrations/grants.py: this is the promise, that is how it is kept.
NOTHING_CHANGES = {
    "application_message", "audit_entry", "calibration", "check_result", "finding", "handover", "rubric_criterion",
    "rubric_level", "rubric_rewording", "skipped_review",
}  # fmt: skip
ONLY_THESE_CHANGE = {
    "conflict_of_interest": {"withdrawn_at", "withdrawn_by"},
    "certificate": {"revoked_at", "revoked_by", "revoke_reason", "replaced_by_id"},
    "enrolment": {"ended_at"},
    "appointment": {"ended_at", "ended_by"},
    "identity": {"last_used_at"},
    "rubric_version": {"retired_at"},
}
GO_AWAY = {
    "claim", "drafted_decision", "evidence_file", "move_done", "rubric_draft", "score", "review_comment",
    "saved_comment", "saved_search", "seen_file", "skipped_review", "unwanted_object",
}  # fmt: skip
TABLES = sorted(Base.metadata.tables)


@pytest.fixture
def may(engine):
    """`may("UPDATE", "person")`, or with a column: what PostgreSQL says of the portal's role."""

    def may(right, table, column=None):
        asked = (
            "has_column_privilege(:table, :column, :right)"
            if column
            else "has_table_privilege(:table, :right)"
        )
        with engine.connect() as connection:
            return connection.scalar(
                text(f"SELECT {asked}"), {"table": table, "column": column, "right": right}
            )

    return may


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_read_and_added_to_and_never_emptied(may, table):
    rights = [may(right, table) for right in ("SELECT", "INSERT", "TRUNCATE", "REFERENCES", "TRIGGER")]

    assert rights == [True, True, False, False, False]


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_removed_only_where_a_draft_allows_it(may, table):
    assert may("DELETE", table) == (table in GO_AWAY)


@pytest.mark.parametrize("table", TABLES)
def test_columns_change_only_where_the_promise_allows_it(may, table):
    columns = {column.name for column in Base.metadata.tables[table].columns}
    promised = set() if table in NOTHING_CHANGES else ONLY_THESE_CHANGE.get(table, columns)

    assert {column for column in columns if may("UPDATE", table, column)} == promised


def test_the_tables_belong_to_another_role(engine, owner):
    owned = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")

    with engine.connect() as ours, owner.connect() as theirs:
        assert (ours.scalar(owned), theirs.scalar(owned)) == (0, len(TABLES) + 1)


@pytest.mark.parametrize("statement", [
    "CREATE TABLE mine (id int)",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER refuse_change ON audit_entry",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = 'x'",
])  # fmt: skip
def test_the_portals_role_cannot_unlock_anything(attack, statement):
    assert attack("app", statement) == RIGHTS


def test_the_portals_role_cannot_give_itself_a_right(attack, may):
    attack("app", "GRANT UPDATE ON audit_entry TO PUBLIC")  # PostgreSQL only warns

    assert not may("UPDATE", "audit_entry")
