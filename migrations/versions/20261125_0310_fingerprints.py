"""What makes a text known again in another learner's work."""

import sqlalchemy as sa
from alembic import op

revision = "0004_fingerprints"
down_revision = "0003_claims_in_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("check_result", sa.Column("fingerprint", sa.String(), nullable=True))
    op.create_index(
        "ix_check_result_fingerprint",
        "check_result",
        ["fingerprint"],
        postgresql_where=sa.text("fingerprint IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_check_result_fingerprint", "check_result")
    op.drop_column("check_result", "fingerprint")
