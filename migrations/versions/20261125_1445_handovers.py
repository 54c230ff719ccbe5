"""Claims that a reviewer hands to a named colleague, with a note."""

import sqlalchemy as sa
from alembic import op

revision = "0010_handovers"
down_revision = "0009_conflicts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("from_review_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("review_id <> from_review_id", name=op.f("ck_handover_goes_to_another_review")),
        sa.CheckConstraint("length(note) BETWEEN 1 AND 2000", name=op.f("ck_handover_says_what_to_know")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_handover_review_id_review")),
        sa.ForeignKeyConstraint(
            ["from_review_id"], ["review.id"], name=op.f("fk_handover_from_review_id_review")
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_handover")),
        sa.UniqueConstraint("from_review_id", name=op.f("uq_handover_from_review_id")),
    )


def downgrade() -> None:
    op.drop_table("handover")
