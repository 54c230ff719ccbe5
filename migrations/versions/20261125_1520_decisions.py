"""When a decision about a request becomes true, and who sent it; until then it can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0012_decisions"
down_revision = "0011_second_readings"
branch_labels = None
depends_on = None

TABLE = "drafted_decision"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("sent_by", sa.Uuid(), nullable=True))
    op.add_column(TABLE, sa.Column("send_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_drafted_decision_sent_by_person"), TABLE, "person", ["sent_by"], ["id"])
    op.create_check_constraint(
        op.f("ck_drafted_decision_sent_by_somebody_at_some_time"),
        TABLE,
        "(send_at IS NULL) = (sent_by IS NULL)",
    )
    op.create_index(
        "ix_drafted_decision_send_at", TABLE, ["send_at"], postgresql_where=sa.text("send_at IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_drafted_decision_send_at", TABLE)
    op.drop_column(TABLE, "send_at")
    op.drop_column(TABLE, "sent_by")
