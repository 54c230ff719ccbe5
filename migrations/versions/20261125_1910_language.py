"""The language a person wants to read; NULL is what their browser asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0015_language"
down_revision = "0014_rubric_drafts"
branch_labels = None
depends_on = None

CHECK = "ck_person_language_is_a_code"


def upgrade() -> None:
    op.add_column("person", sa.Column("language", sa.String(), nullable=True))
    op.create_check_constraint(op.f(CHECK), "person", "language IS NULL OR language ~ '^[a-z]{2}$'")


def downgrade() -> None:
    op.drop_constraint(op.f(CHECK), "person", type_="check")
    op.drop_column("person", "language")
