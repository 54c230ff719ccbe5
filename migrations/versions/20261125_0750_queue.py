"""Searches of the queue saved by name, and the indexes that searches use."""

import sqlalchemy as sa
from alembic import op

revision = "0008_queue"
down_revision = "0007_appeals"
branch_labels = None
depends_on = None

IN_FLIGHT = sa.text("state IN ('submitted', 'in_review')")
RATED = sa.text("state IN ('passed', 'needs_changes', 'not_passed')")
TABLE = "submission_version"


def upgrade() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name=op.f("ck_saved_search_name_is_short")),
        sa.CheckConstraint(
            "length(query) BETWEEN 1 AND 300", name=op.f("ck_saved_search_query_fits_the_box")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_saved_search_reviewer_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("reviewer_id", "name", name=op.f("uq_saved_search_reviewer_id_name")),
    )
    op.create_index(
        "ix_submission_version_queue_capstone",
        TABLE,
        ["course_slug", "capstone_slug", "queued_at", "id"],
        postgresql_where=IN_FLIGHT,
    )
    op.create_index(
        "ix_submission_version_queue_round",
        TABLE,
        ["course_slug", "number", "queued_at", "id"],
        postgresql_where=IN_FLIGHT,
    )
    op.create_index(
        "ix_submission_version_rated_queue",
        TABLE,
        ["course_slug", "queued_at", "id"],
        postgresql_where=RATED,
    )


def downgrade() -> None:
    op.drop_index("ix_submission_version_rated_queue", TABLE)
    op.drop_index("ix_submission_version_queue_round", TABLE)
    op.drop_index("ix_submission_version_queue_capstone", TABLE)
    op.drop_table("saved_search")
