"""What the portal's own role may do. Triggers refuse the same things to everybody; this is the second lock.

The owner migrates; the portal logs in as another role that cannot change what is append-only.
"""

from sqlalchemy import Connection, inspect, text

ADD_ONLY = frozenset(
    {
        "application_message",
        "audit_entry",
        "calibration",
        "check_result",
        "finding",
        "handover",
        "rubric_criterion",
        "rubric_level",
        "rubric_rewording",
        "skipped_review",
    }
)
CHANGED_ONLY_IN = {
    "conflict_of_interest": ("withdrawn_at", "withdrawn_by"),
    "certificate": ("revoked_at", "revoked_by", "revoke_reason", "replaced_by_id"),
    "enrolment": ("ended_at",),
    "appointment": ("ended_at", "ended_by"),
    "identity": ("last_used_at",),
    "rubric_version": ("retired_at",),
}
REMOVABLE = frozenset(
    {
        "claim",
        "drafted_decision",
        "evidence_file",
        "move_done",
        "rubric_draft",
        "score",
        "review_comment",
        "saved_comment",
        "saved_search",
        "seen_file",
        "skipped_review",
        "unwanted_object",
    }
)

ERASE = "erase_person(uuid, uuid, timestamptz)"
"""The one way past the locks: see erasure.py."""


def grant(connection: Connection, role: str) -> None:
    """Give `role` exactly these rights on every table, taking any others away."""
    name = connection.dialect.identifier_preparer.quote(role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {name}"))
    connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}"))
    for table in inspect(connection).get_table_names():
        for right in _rights(table):
            connection.execute(text(f"GRANT {right} ON {table} TO {name}"))
    if connection.scalar(text("SELECT to_regprocedure(:function) IS NOT NULL"), {"function": ERASE}):
        connection.execute(text(f"GRANT EXECUTE ON FUNCTION {ERASE} TO {name}"))


def _rights(table: str) -> list[str]:
    if table == "alembic_version":
        return ["SELECT"]
    rights = ["SELECT", "INSERT"]
    if columns := CHANGED_ONLY_IN.get(table):
        rights.append(f"UPDATE ({', '.join(columns)})")
    elif table not in ADD_ONLY:
        rights.append("UPDATE")
    if table in REMOVABLE:
        rights.append("DELETE")
    return rights
