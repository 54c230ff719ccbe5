"""Claims in words beside claims in numbers: the address a load test asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0003_claims_in_words"
down_revision = "0002_guards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("claim", sa.Column("text", sa.String(), nullable=True))
    op.alter_column("claim", "value", existing_type=sa.Numeric(), nullable=True)
    op.create_check_constraint(
        op.f("ck_claim_a_number_or_words"), "claim", "(value IS NULL) <> (text IS NULL)"
    )
    op.create_check_constraint(op.f("ck_claim_words_are_few"), "claim", "length(text) BETWEEN 1 AND 200")


def downgrade() -> None:
    """Words have no place in the schema before: they are lost, the numbers stay."""
    op.drop_constraint(op.f("ck_claim_words_are_few"), "claim")
    op.drop_constraint(op.f("ck_claim_a_number_or_words"), "claim")
    op.execute("ALTER TABLE claim DISABLE TRIGGER USER")
    op.execute("DELETE FROM claim WHERE value IS NULL")
    op.execute("ALTER TABLE claim ENABLE TRIGGER USER")
    op.alter_column("claim", "value", existing_type=sa.Numeric(), nullable=False)
    op.drop_column("claim", "text")
