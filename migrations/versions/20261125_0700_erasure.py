"""A person can be erased, and bytes that no row names any more are noted until they are deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0005_erasure"
down_revision = "0004_fingerprints"
branch_labels = None
depends_on = None

ERASED = "erased_at IS NULL OR (email IS NULL AND certificate_name IS NULL AND deactivated_at IS NOT NULL)"
# The lock is shared by all who announce these bytes, and taken alone by whoever is about to delete them.
HOLD = """
    BEGIN
      PERFORM pg_advisory_xact_lock_shared(hashtextextended('object ' || NEW.sha256, 0));
      RETURN NEW;
    END"""
NOTE = """
    BEGIN
      INSERT INTO unwanted_object (sha256, due_at) VALUES (OLD.sha256, now() + interval '24 hours')
      ON CONFLICT (sha256) DO NOTHING;
      RETURN NULL;
    END"""


def upgrade() -> None:
    op.add_column("person", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_person_erased_ones_are_nobody"), "person", ERASED)
    op.create_table(
        "unwanted_object",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_unwanted_object_sha256_is_hex")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_unwanted_object")),
    )
    op.create_index("ix_unwanted_object_due_at", "unwanted_object", ["due_at"])
    for name, body, moment in (
        ("hold_object", HOLD, "BEFORE INSERT"),
        ("note_unwanted", NOTE, "AFTER DELETE"),
    ):
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
        op.execute(f"CREATE TRIGGER {name} {moment} ON evidence_file FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    for name in ("note_unwanted", "hold_object"):
        op.execute(f"DROP TRIGGER {name} ON evidence_file")
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_index("ix_unwanted_object_due_at", "unwanted_object")
    op.drop_table("unwanted_object")
    op.drop_constraint(op.f("ck_person_erased_ones_are_nobody"), "person")
    op.drop_column("person", "erased_at")
