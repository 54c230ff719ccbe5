"""Conflicts of interest that reviewers declare."""

import sqlalchemy as sa
from alembic import op

revision = "0009_conflicts"
down_revision = "0008_queue"
branch_labels = None
depends_on = None

TABLE = "conflict_of_interest"
IN_FORCE = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 500", name=op.f(f"ck_{TABLE}_says_why")),
        sa.CheckConstraint("reviewer_id <> learner_id", name=op.f(f"ck_{TABLE}_is_about_another_person")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f(f"ck_{TABLE}_withdrawn_by_somebody")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f(f"fk_{TABLE}_reviewer_id_person")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f(f"fk_{TABLE}_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(["learner_id"], ["person.id"], name=op.f(f"fk_{TABLE}_learner_id_person")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f(f"fk_{TABLE}_withdrawn_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    _indexes()


def _indexes() -> None:
    """One conflict in force for each piece of work and for each person; and the lists of a reviewer."""
    op.create_index(
        f"uq_{TABLE}_work",
        TABLE,
        ["reviewer_id", "submission_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL AND learner_id IS NULL"),
    )
    op.create_index(
        f"uq_{TABLE}_learner",
        TABLE,
        ["reviewer_id", "learner_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL AND learner_id IS NOT NULL"),
    )
    op.create_index(f"ix_{TABLE}_reviewer_id", TABLE, ["reviewer_id"], postgresql_where=IN_FORCE)


def downgrade() -> None:
    op.drop_table(TABLE)
