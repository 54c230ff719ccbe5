"""Calibrations: example work that reviewers rated."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016_calibrations"
down_revision = "0015_language"
branch_labels = None
depends_on = None

TABLE = "calibration"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("course_slug", sa.String(), nullable=False),
        sa.Column("capstone_slug", sa.String(), nullable=False),
        sa.Column("pack_key", sa.String(), nullable=False),
        sa.Column("levels", JSONB(), nullable=False),
        sa.Column("notes", JSONB(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f(f"fk_{TABLE}_reviewer_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(
        f"ix_{TABLE}_reviewer_id", TABLE, ["reviewer_id", "course_slug", "capstone_slug", "pack_key"]
    )


def downgrade() -> None:
    op.drop_table(TABLE)
