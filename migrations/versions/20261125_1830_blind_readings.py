"""Blind second readings: a review beside the one that counts, and until when one is offered."""

import sqlalchemy as sa
from alembic import op

revision = "0013_blind_readings"
down_revision = "0012_decisions"
branch_labels = None
depends_on = None

OLD_STATES = ("claimed", "decided", "released", "returned", "undone")
NEW_STATES = (*OLD_STATES, "reading", "read")
# Each as it was and as it is.
CHECKS = {
    "state": tuple(f"state IN ({', '.join(map(repr, states))})" for states in (OLD_STATES, NEW_STATES)),
    "leased_while_claimed": (
        "(state = 'claimed') = (lease_until IS NOT NULL)",
        "(state IN ('claimed', 'reading')) = (lease_until IS NOT NULL)",
    ),
    "claimed_is_not_decided": (
        "state <> 'claimed' OR decided_at IS NULL",
        "state NOT IN ('claimed', 'reading') OR decided_at IS NULL",
    ),
    "decided_with_a_verdict": (
        "state NOT IN ('decided', 'released', 'undone') OR verdict IS NOT NULL",
        "state NOT IN ('decided', 'released', 'undone', 'read') OR verdict IS NOT NULL",
    ),
}
ADDED = {
    "blind_in_states_of_its_own": "CASE WHEN is_blind THEN state IN ('reading', 'read', 'returned') "
    "ELSE state NOT IN ('reading', 'read') END",
    "offered_once_released": "blind_until IS NULL OR released_at IS NOT NULL",
}
# What the triggers say of states, as it was and as it is.
WORDS = {
    "guard_review": (
        "NEW.state IN ('decided', 'released') AND",
        "NEW.state IN ('decided', 'released', 'read') AND",
    ),
    "freeze_review_part": (
        "SELECT state <> 'claimed' FROM",
        "SELECT state NOT IN ('claimed', 'reading') FROM",
    ),
}


def upgrade() -> None:
    op.add_column(
        "review", sa.Column("is_blind", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("review", sa.Column("blind_until", sa.DateTime(timezone=True), nullable=True))
    for name, (_, rule) in CHECKS.items():
        _replace_check(name, rule)
    for name, rule in ADDED.items():
        op.create_check_constraint(op.f(f"ck_review_{name}"), "review", rule)
    op.create_index(
        "uq_review_blind",
        "review",
        ["version_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('reading', 'read')"),
    )
    op.create_index(
        "ix_review_blind_until",
        "review",
        ["blind_until"],
        postgresql_where=sa.text("blind_until IS NOT NULL"),
    )
    for function, (before, after) in WORDS.items():
        _reword(function, before, after)


def downgrade() -> None:
    """Blind readings have no place in the schema before; they go."""
    op.execute("ALTER TABLE review DISABLE TRIGGER USER")
    for table in ("score", "review_comment"):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        op.execute(f"DELETE FROM {table} WHERE review_id IN (SELECT id FROM review WHERE is_blind)")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    op.execute("DELETE FROM review WHERE is_blind")
    op.execute("ALTER TABLE review ENABLE TRIGGER USER")
    for function, (before, after) in WORDS.items():
        _reword(function, after, before)
    op.drop_index("ix_review_blind_until", "review")
    op.drop_index("uq_review_blind", "review")
    for name in ADDED:
        op.drop_constraint(op.f(f"ck_review_{name}"), "review")
    for name, (rule, _) in CHECKS.items():
        _replace_check(name, rule)
    op.drop_column("review", "blind_until")
    op.drop_column("review", "is_blind")


def _replace_check(name: str, rule: str) -> None:
    op.drop_constraint(op.f(f"ck_review_{name}"), "review")
    op.create_check_constraint(op.f(f"ck_review_{name}"), "review", rule)


def _reword(function: str, before: str, after: str) -> None:
    """Make a trigger's function anew with other words in one place."""
    body = op.get_bind().scalar(
        sa.text("SELECT prosrc FROM pg_proc WHERE proname = :name"), {"name": function}
    )
    if body is None or body.count(before) != 1:
        raise RuntimeError(f"{function} does not say: {before}")
    changed = body.replace(before, after)
    op.execute(f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $${changed}$$")
