"""Files seen, comments saved for another time, and the moment at which a decided review is released."""

import sqlalchemy as sa
from alembic import op

revision = "0006_desk"
down_revision = "0005_erasure"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seen_file",
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("file_sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_seen_file_sha256_is_hex")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_seen_file_reviewer_id_person")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_seen_file_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("reviewer_id", "submission_id", "file_sha256", name=op.f("pk_seen_file")),
    )
    op.create_table(
        "saved_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_slug", sa.String(), nullable=False),
        sa.Column("capstone_slug", sa.String(), nullable=False),
        sa.Column("criterion_key", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("uses", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(body) BETWEEN 1 AND 2000", name=op.f("ck_saved_comment_body_is_said_in_one_breath")
        ),
        sa.CheckConstraint("uses >= 0", name=op.f("ck_saved_comment_uses_are_counted_from_nil")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_saved_comment_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_comment")),
    )
    op.create_index(
        "ix_saved_comment_criterion", "saved_comment", ["course_slug", "capstone_slug", "criterion_key"]
    )
    op.create_index("ix_saved_comment_owner_id", "saved_comment", ["owner_id"])
    op.add_column("review", sa.Column("release_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE review SET release_at = decided_at WHERE state = 'decided'")
    op.create_check_constraint(
        op.f("ck_review_decided_with_a_release_time"),
        "review",
        "state <> 'decided' OR release_at IS NOT NULL",
    )
    op.create_index(
        "ix_review_release_at", "review", ["release_at"], postgresql_where=sa.text("state = 'decided'")
    )


def downgrade() -> None:
    op.drop_index("ix_review_release_at", "review")
    op.drop_constraint(op.f("ck_review_decided_with_a_release_time"), "review")
    op.drop_column("review", "release_at")
    op.drop_table("saved_comment")
    op.drop_table("seen_file")
