"""Comments of the course's files in the bank, told from those that admins kept."""

import sqlalchemy as sa
from alembic import op

revision = "0017_course_comments"
down_revision = "0016_calibrations"
branch_labels = None
depends_on = None

TABLE = "saved_comment"
RULE = "NOT from_course OR owner_id IS NULL"


def upgrade() -> None:
    op.add_column(
        TABLE, sa.Column("from_course", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_check_constraint(op.f(f"ck_{TABLE}_course_owns_its_files"), TABLE, RULE)


def downgrade() -> None:
    op.drop_constraint(op.f(f"ck_{TABLE}_course_owns_its_files"), TABLE)
    op.drop_column(TABLE, "from_course")
